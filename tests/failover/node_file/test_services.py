"""What a node file says of a group's service and of its names; no secrets, no name servers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from failover.node_file.content import Dns, HttpTarget, NodeFile, Probe, Target
from failover.node_file.reading import read_node_file
from failover.plan_file.values import PlanProblem

GUIDE = Path(__file__).resolve().parents[3] / "docs/guides/install-a-centre.md"
HEAD = 'name = "dc-a"\nplan = "plan.json"\nkeys = "keys"\nrun = "run"\nstate = "state"\n'
SHORT = '\n[probes.portal]\nhttp = "http://10.0.12.1:8080/health"\n'
LONG = """
[probes.portal]
http = ["https://10.0.12.1", "http://[2001:db8::1]:81/a?b=c"]
tcp = ["127.0.0.1:104", "[::1]:11112"]
sql = { host = "/run/postgresql", dbname = "portal", user = "probe", passfile = "/etc/pgpass" }
expected = "ready"
authority = "tls/ca.crt"
server_name = "portal.example"
standby = "starts"
failures = 2
every_s = 0.5
timeout_s = 0.25
start_s = 60
rest_s = 0
"""
NAMES = """
[dns.portal]
server = "10.0.150.53"
zone = "Tele.example"
key = "tls/move.key"
names = { "portal.tele.example" = ["10.0.12.1", "2001:db8:0::1"] }
"""


def node(folder: Path, text: str) -> NodeFile:
    path = folder / "node.toml"
    path.write_text(HEAD + text, "utf-8")
    return read_node_file(path)


def test_a_short_probe_and_all_that_it_may_say(tmp_path: Path) -> None:
    page = HttpTarget(address="10.0.12.1", port=8080, path="/health", tls=False)
    assert node(tmp_path, SHORT).probes == {"portal": Probe(http=(page,))}
    assert node(tmp_path, LONG).probes["portal"] == Probe(
        http=(
            HttpTarget(address="10.0.12.1", port=443, path="/", tls=True),
            HttpTarget(address="2001:db8::1", port=81, path="/a?b=c", tls=False),
        ),
        tcp=(Target(address="127.0.0.1", port=104), Target(address="::1", port=11112)),
        sql={
            "host": "/run/postgresql",
            "dbname": "portal",
            "user": "probe",
            "passfile": "/etc/pgpass",
        },
        expected="ready",
        authority=tmp_path / "tls/ca.crt",
        server_name="portal.example",
        failures=2,
        every_s=0.5,
        timeout_s=0.25,
        start_s=60.0,
        rest_s=0.0,
    )
    assert node(tmp_path, SHORT + 'standby = "runs"').probes["portal"].runs_in_standby


def test_names_and_their_server(tmp_path: Path) -> None:
    assert node(tmp_path, NAMES).dns == {
        "portal": Dns(
            server="10.0.150.53",
            zone="tele.example.",
            key=tmp_path / "tls/move.key",
            names={"portal.tele.example.": ("10.0.12.1", "2001:db8::1")},
        )
    }
    said = node(tmp_path, NAMES + "port = 5353\nttl_s = 30\ntimeout_s = 0.5").dns["portal"]
    assert (said.port, said.ttl_s, said.timeout_s) == (5353, 30, 0.5)


def test_the_guides_sections_are_read(tmp_path: Path) -> None:
    blocks = re.findall(r"^```text\n(\[.*?)^```$", GUIDE.read_text("utf-8"), re.M | re.DOTALL)
    found = node(tmp_path, "".join(blocks))
    assert found.probes["archive"].runs_in_standby
    portal, usual = found.probes["portal"], Probe()
    assert (portal.every_s, portal.timeout_s, portal.failures, portal.start_s, portal.rest_s) == (
        (usual.every_s, usual.timeout_s, usual.failures, usual.start_s, usual.rest_s)
    ), "the guide shows what is so if nothing is said"
    assert not portal.runs_in_standby
    assert found.dns["portal"].names == {"portal.tele.example.": ("10.0.12.1",)}


ASKS, RUNS = "[probes.portal]\n", SHORT + 'standby = "runs"\n'


@pytest.mark.parametrize(
    ("text", "place", "says", "hint"),
    [
        (ASKS, "", "asks nothing", "give one of http, tcp, sql"),
        (ASKS + "icmp = 1", ".icmp", "the key is unknown here", "keys here: http"),
        (ASKS + "http = []", ".http", "has 0 items", ""),
        (ASKS + "http = 'ftp://10.0.0.1'", ".http", "is not a URL", ""),
        (ASKS + "http = 'http://portal/'", ".http", "`portal` is no address", "no name server"),
        (ASKS + "http = 'http://u:hush@10.0.0.1/'", ".http", "passwords do not", "others may read"),
        (ASKS + "http = ['http://10.0.0.1:0']", ".http[0]", "0 is no port", "1 to 65535"),
        (ASKS + "http = 'https://10.0.0.1'", "", "has no `authority`", "certificate"),
        (SHORT + "authority = 'ca'", ".authority", "is for https://", "leave it out"),
        (ASKS + "tcp = '127.0.0.1'", ".tcp", "is not an address and a port", ""),
        (ASKS + "tcp = '[::1:104'", ".tcp", "is not an address and a port", ""),
        (ASKS + "tcp = '10.0.0.1:9'\nexpected = 'x'", ".expected", "is for `http`", "leave it out"),
        (ASKS + "sql = { user = 'x' }", ".sql", "names no `host`", "an address"),
        (ASKS + "sql = { password = 'hush' }", ".sql.password", "passwords do not", "`passfile`"),
        (ASKS + "sql = { host = 'db' }", ".sql.host", "is no address", "no name server"),
        (SHORT + "standby = 'sleeps'", ".standby", "is none of starts, runs", ""),
        (SHORT + "failures = 0", ".failures", "is out of range", "1 to 20"),
        (SHORT + "timeout_s = 5", ".timeout_s", "is out of range", "at most 4"),
        (RUNS + "rest_s = 1", ".rest_s", "starts with a take", 'write `standby = "starts"`'),
    ],
)
def test_a_probe_that_is_wrong_is_named_with_its_place_and_its_mend(
    tmp_path: Path, text: str, place: str, says: str, hint: str
) -> None:
    with pytest.raises(PlanProblem) as refused:
        node(tmp_path, text)
    assert refused.value.place == f"{tmp_path}/node.toml: probes.portal{place}"
    assert says in refused.value.message
    assert hint in refused.value.hint
    assert "hush" not in str(refused.value)


WRONG_NAMES = {
    '{ "portal.other.example" = ["10.0.12.1"] }': "is not in the zone tele.example.",
    '{ "x-tele.example" = ["10.0.12.1"] }': "is not in the zone tele.example.",
    '{ "portal..tele.example" = ["10.0.12.1"] }': "is not the name of a zone or a host",
    '{ "a.tele.example" = ["1.2.3.4"], "A.tele.example." = ["1.2.3.4"] }': "stands there twice",
    '{ "portal.tele.example" = [] }': "has 0 items",
    '{ "portal.tele.example" = ["10.0.12"] }': "`10.0.12` is no address",
    "{}": "has 0 names",
}


@pytest.mark.parametrize(("names", "says"), WRONG_NAMES.items())
def test_names_that_are_wrong(tmp_path: Path, names: str, says: str) -> None:
    text = "\n".join(line for line in NAMES.splitlines() if not line.startswith("names"))
    with pytest.raises(PlanProblem) as refused:
        node(tmp_path, f"{text}\nnames = {names}")
    assert refused.value.place.startswith(f"{tmp_path}/node.toml: dns.portal.names")
    assert says in refused.value.message


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ('server = "10.0.150.53"', 'server = "ns1"', ".server", "is not an address"),
        ('key = "tls/move.key"', "", ".key", "is missing"),
        ('key = "tls/move.key"', 'key = "k"\nsecret = "hush"', ".secret", "is unknown here"),
        ("[dns.portal]", "[dns.portal]\nport = 0", ".port", "is out of range"),
    ],
)
def test_a_name_server_that_is_wrong(
    tmp_path: Path, old: str, new: str, place: str, says: str
) -> None:
    with pytest.raises(PlanProblem) as refused:
        node(tmp_path, NAMES.replace(old, new))
    assert refused.value.place == f"{tmp_path}/node.toml: dns.portal{place}"
    assert says in refused.value.message
    assert "hush" not in str(refused.value)
