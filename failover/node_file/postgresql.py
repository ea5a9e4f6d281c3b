"""The tables `[postgresql.CLUSTER]` of a node file: one for each cluster that the plan names.

[postgresql.imaging-dc-a]
version = 15                            # of PostgreSQL
database = "imaging"                    # where `telemed-failover database install` was run
port = 5433                             # 5432
cluster = "imaging"                     # Debian's name of it; the table's own name

[postgresql.imaging-dc-a.peer]          # the other centre's, as libpq's keywords
host = "10.0.0.6"                       # its address: no name server is asked
passfile = "/etc/telemed-failover/pgpass"

Everything else has a default that fits Debian's layout: `programs`, `data`, `config_file`,
`managed_file`, `log_file`, `local` (the agent's own connection), `run_as`, `start_command`,
`environment`, `slot_mib_max`, `reserve_mib`, `kept_max`, `prepare_mib_max`, `limits`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

from failover.node_file.content import Postgresql
from failover.plan_file.values import Number, Text, Value

NEEDED = ("version", "database", "peer")
PATHS = ("programs", "data", "config_file", "managed_file", "log_file")
NUMBERS = ("slot_mib_max", "reserve_mib", "kept_max", "prepare_mib_max")
OPTIONAL = (
    "cluster", "port", *PATHS, "local", "run_as", "start_command", "environment", *NUMBERS,
    "limits",
)  # fmt: skip
# Of libpq's keywords those that say where, as whom, and how it is kept secret.
KEYWORDS = (
    "host", "port", "user", "dbname", "passfile", "service", "sslmode", "sslcert", "sslkey",
    "sslrootcert", "sslcrl", "channel_binding", "krbsrvname", "tcp_user_timeout",
)  # fmt: skip
LIMITS = (
    "connect_s", "statement_s", "promote_s", "start_s", "rule_s", "caught_up_s", "follow_s",
    "patience_s", "poll_s", "mirror_s", "stop_s", "keep_s", "rewind_s", "clone_s", "again_s",
)  # fmt: skip
SECRET = re.compile("password", re.IGNORECASE)
NO_SECRETS = (
    "others may read a node file: name a `passfile`, a `service`, or a certificate by `sslcert`"
)
NAME = Text("the name of a cluster", re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*"), 63)
DATABASE = Text("the name of a database", re.compile(r"[^\0\n]+"), 63)
PLAIN_PATH = Text(
    "an absolute path of plain letters", re.compile(r"/(?!(?:.*/)?\.\.(?:/|$))[A-Za-z0-9_./+@:-]*"),
    4096,
)  # fmt: skip
SAID = Text("a word", re.compile(r"[^\0\n]*"), 4096)
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
LIMIT_S = Number(0, 7 * 86_400, above=True)
MIB_MAX = 1 << 30
OLDEST, NEWEST, PORT_MAX = 15, 99, 65_535
CONFIG = "postgresql.conf"
SOCKETS = "/var/run/postgresql"
AGENT, REJOIN, OWNER = "telemed_agent", "telemed_rejoin", "postgres"


def read_postgresql(name: str, value: Value) -> Postgresql:
    """One table; `name`: the plan's of the cluster.

    Raises:
        PlanProblem: Something in it is wrong; the place says where.
    """
    _refuse_secrets(value)
    keys = value.keys(NEEDED, OPTIONAL)
    version = str(keys["version"].whole(OLDEST, NEWEST))
    cluster = keys["cluster"].text(NAME) if "cluster" in keys else name
    said = {key: Path(keys[key].text(PLAIN_PATH)) for key in PATHS if key in keys}
    port = keys["port"].whole(1, PORT_MAX) if "port" in keys else 5432
    common = {"port": str(port), "dbname": keys["database"].text(DATABASE)}
    local = {"host": SOCKETS, "user": AGENT} | common
    if "local" in keys:
        local |= _keywords(keys["local"], sockets=True)
    peer = {"user": REJOIN} | common | _keywords(keys["peer"], sockets=False)
    if "host" not in peer and "service" not in peer:
        raise keys["peer"].problem("names no `host`", "give the other centre's address")
    config_file = said.get("config_file", Path("/etc/postgresql", version, cluster) / CONFIG)
    return Postgresql(
        programs=said.get("programs", Path("/usr/lib/postgresql", version, "bin")),
        data=said.get("data", Path("/var/lib/postgresql", version, cluster)),
        config_file=config_file,
        managed_file=said.get("managed_file", config_file.parent / "conf.d" / "telemed.conf"),
        log_file=said.get(
            "log_file", Path(f"/var/log/postgresql/postgresql-{version}-{cluster}.log")
        ),
        local=local,
        peer=peer,
        run_as=_command(keys["run_as"]) if "run_as" in keys else _as_owner(),
        start_command=_command(keys["start_command"]) if "start_command" in keys else (),
        environment=_environment(keys["environment"]) if "environment" in keys else {},
        limits=_limits(keys["limits"]) if "limits" in keys else {},
        **{key: keys[key].whole(0, MIB_MAX) for key in NUMBERS if key in keys},
    )


def connection_keywords(value: Value) -> dict[str, str]:
    """A connection that is not the agent's own: libpq's keywords, without secrets.

    Raises:
        PlanProblem: Something in it is wrong; the place says where.
    """
    _refuse_secrets(value)
    found = _keywords(value, sockets=True)
    if "host" not in found and "service" not in found:
        raise value.problem("names no `host`", "give an address, or a folder of sockets")
    return found


def _as_owner() -> tuple[str, ...]:
    """PostgreSQL's programs refuse to be root's."""
    if os.geteuid() != 0:
        return ()
    return ("/usr/bin/setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups")


def _keywords(value: Value, *, sockets: bool) -> dict[str, str]:
    found = {}
    for key, one in value.keys((), KEYWORDS).items():
        found[key] = str(one.whole(1, PORT_MAX)) if key == "port" else one.text(SAID)
        if key == "host":
            _refuse_name(one, found[key], sockets=sockets)
    return found


def _refuse_name(value: Value, host: str, *, sockets: bool) -> None:
    if sockets and PLAIN_PATH.pattern.fullmatch(host):
        return
    try:
        ip_address(host)
    except ValueError:
        wanted = "a folder of sockets or an address" if sockets else "an address"
        hint = f"write {wanted}: no name server is asked on the way of a take-over"
        raise value.problem(f"`{host[:64]}` is no address", hint) from None


def _refuse_secrets(value: Value) -> None:
    """Wherever it stands, and whatever else is wrong."""
    for key, one in value.members().items():
        if SECRET.search(key):
            # The value itself is not shown.
            raise one.problem("passwords do not belong here", NO_SECRETS)
        if isinstance(one.raw, dict):
            _refuse_secrets(one)


def _environment(value: Value) -> Mapping[str, str]:
    for key, one in value.members().items():
        if not VARIABLE.fullmatch(key):
            raise one.problem("is no name of a variable", "like PGSERVICEFILE")
    return {key: one.text(SAID) for key, one in value.members().items()}


def _limits(value: Value) -> Mapping[str, float]:
    return {key: one.number(LIMIT_S) for key, one in value.keys((), LIMITS).items()}


def _command(value: Value) -> tuple[str, ...]:
    """A program and its arguments; no shell reads it. Empty: none."""
    words = tuple(each.text(SAID) for each in value.items(most=64))
    if words and not words[0].startswith("/"):
        first = value.items()[0]
        raise first.problem("is not an absolute path", "no PATH is searched, no shell is asked")
    return words
