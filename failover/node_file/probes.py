"""The tables `[probes.GROUP]` of a node file: what shows that a group's service works here.

[probes.portal]
http = "http://10.0.12.1:8080/health"   # or a list; all must answer with 2xx
expected = "ready"                      # a word in the page
tcp = "127.0.0.1:104"                   # or a list; something listens
sql = { host = "127.0.0.1", dbname = "portal", user = "probe", passfile = "/etc/portal/pgpass" }
standby = "starts"                      # "runs": also where the other centre owns the group

`authority` (a file) and `server_name` are for `https://`. `every_s` 1, `timeout_s` 1 and `failures`
3, in a row, say how soon a service counts as failing. For a service that starts with a take:
`start_s` 10, in which no failure counts, and `rest_s` 300, in which a centre at which it has failed
stays unfit for the group.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path

from failover.node_file.content import HttpTarget, Probe, Target
from failover.node_file.postgresql import connection_keywords
from failover.plan_file.values import Number, Text, Value

ASKED = ("http", "tcp", "sql")
STANDBY = ("starts", "runs")
TIMES = {
    "every_s": Number(0.1, 60),
    "timeout_s": Number(0, 4, above=True),
    "start_s": Number(0, 3600),
    "rest_s": Number(0, 86_400),
}
OPTIONAL = (*ASKED, "expected", "authority", "server_name", "standby", "failures", *TIMES)
FAILURES_MAX = 20
TARGETS_MAX = 16
PORTS = {"http": 80, "https": 443}
PORT_MAX = 65_535
HOST = r"(\[[^\[\]/]*\]|[^\[\]/:@]+)"
URL = re.compile(rf"(https?)://{HOST}(?::([0-9]{{1,5}}))?(/[!-~]*)?")
END = re.compile(rf"{HOST}:([0-9]{{1,5}})")
PLACE = Text("an address and a port, like 127.0.0.1:104", END)
PAGE = Text("a URL, like http://127.0.0.1:8080/health", URL, 2048)
PATH = Text("a path", re.compile(r"[^\0]+"), 4096)
SERVER_NAME = Text("the name in a certificate", re.compile(r"[A-Za-z0-9.:_-]+"))
EXPECTED = Text("a word", re.compile(r"[^\0]+"))
NAMED = re.compile(r"[^/]*//[^/]*@")


def read_probe(value: Value, folder: Path) -> Probe:
    """One table; relative paths are of `folder`.

    Raises:
        PlanProblem: Something in it is wrong; the place says where.
    """
    keys = value.keys((), OPTIONAL)
    if not any(key in keys for key in ASKED):
        raise value.problem("asks nothing", f"give one of {', '.join(ASKED)}")
    http = tuple(map(_page, _one_or_more(keys["http"]))) if "http" in keys else ()
    secured = any(each.tls for each in http)
    _check_needs(value, keys, http=bool(http), secured=secured)
    usual = Probe()
    return Probe(
        http=http,
        tcp=tuple(map(_place, _one_or_more(keys["tcp"]))) if "tcp" in keys else (),
        sql=connection_keywords(keys["sql"]) if "sql" in keys else None,
        expected=keys["expected"].text(EXPECTED) if "expected" in keys else "",
        authority=folder / keys["authority"].text(PATH) if "authority" in keys else None,
        server_name=keys["server_name"].text(SERVER_NAME) if "server_name" in keys else "",
        runs_in_standby="standby" in keys and keys["standby"].choice(STANDBY) == "runs",
        failures=(
            keys["failures"].whole(1, FAILURES_MAX) if "failures" in keys else usual.failures
        ),
        every_s=_time(keys, "every_s", usual.every_s),
        timeout_s=_time(keys, "timeout_s", usual.timeout_s),
        start_s=_time(keys, "start_s", usual.start_s),
        rest_s=_time(keys, "rest_s", usual.rest_s),
    )


def _time(keys: dict[str, Value], key: str, usual_s: float) -> float:
    return keys[key].number(TIMES[key]) if key in keys else usual_s


def _check_needs(value: Value, keys: dict[str, Value], *, http: bool, secured: bool) -> None:
    if secured and "authority" not in keys:
        raise value.problem("asks https, and has no `authority`", "name its certificate's file")
    for key in ("start_s", "rest_s"):
        if key in keys and "standby" in keys and keys["standby"].choice(STANDBY) == "runs":
            hint = 'leave it out, or write `standby = "starts"`'
            raise keys[key].problem("is for a service that starts with a take", hint)
    for key, useful in (("authority", secured), ("server_name", http), ("expected", http)):
        if key in keys and not useful:
            scheme = "https://" if key == "authority" else "`http`"
            raise keys[key].problem(f"is for {scheme}, which is not asked here", "leave it out")


def _one_or_more(value: Value) -> list[Value]:
    return value.items(least=1, most=TARGETS_MAX) if isinstance(value.raw, list) else [value]


def _page(value: Value) -> HttpTarget:
    if isinstance(value.raw, str) and NAMED.match(value.raw):
        # The value itself is not shown.
        raise value.problem("passwords do not belong here", "others may read a node file")
    found = URL.fullmatch(value.text(PAGE))
    if found is None:
        raise value.problem(f"is not {PAGE.noun}")
    scheme, host, port, path = found.groups()
    return HttpTarget(
        address=_address(value, host),
        port=_port(value, port) if port else PORTS[scheme],
        path=path or "/",
        tls=scheme == "https",
    )


def _place(value: Value) -> Target:
    found = END.fullmatch(value.text(PLACE))
    if found is None:
        raise value.problem(f"is not {PLACE.noun}")
    return Target(address=_address(value, found[1]), port=_port(value, found[2]))


def _address(value: Value, host: str) -> str:
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        hint = "write an address: no name server is asked for a probe"
        raise value.problem(f"`{host[:64]}` is no address", hint) from None


def _port(value: Value, text: str) -> int:
    if not 1 <= int(text) <= PORT_MAX:
        raise value.problem(f"{text} is no port", f"it is 1 to {PORT_MAX}")
    return int(text)
