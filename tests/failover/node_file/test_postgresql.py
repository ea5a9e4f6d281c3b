"""A cluster's table in a node file: Debian's places by default, no passwords, no names."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from failover.actuators.postgresql.settings import Limits
from failover.node_file import postgresql
from failover.node_file.content import Postgresql
from failover.node_file.reading import read_node_file
from failover.plan_file.values import PlanProblem

HEAD = 'name = "dc-a"\nplan = "plan.json"\nkeys = "keys"\nrun = "run"\nstate = "state"\n'
SHORT = """
[postgresql.imaging-dc-a]
version = 15
database = "imaging"
peer = { host = "10.0.0.6", passfile = "/etc/telemed-failover/pgpass" }
"""
LONG = """
[postgresql.imaging-dc-a]
version = 16
database = "imaging"
cluster = "images"
port = 5433
programs = "/opt/pg/bin"
data = "/srv/pg/images"
config_file = "/srv/pg/conf/postgresql.conf"
log_file = "/srv/pg/log"
local = { host = "127.0.0.1", user = "agent", sslmode = "require" }
run_as = ["/usr/bin/runuser", "-u", "pg", "--"]
start_command = ["/usr/bin/systemctl", "start", "postgresql@16-images"]
environment = { PGSERVICEFILE = "/etc/pg_service.conf" }
slot_mib_max = 1024
reserve_mib = 0
kept_max = 1
prepare_mib_max = 4
limits = { promote_s = 2.5, rewind_s = 3600 }

[postgresql.imaging-dc-a.peer]
host = "2001:db8::6"
port = 5432
user = "rejoin"
"""


def table(folder: Path, text: str) -> Postgresql:
    path = folder / "node.toml"
    path.write_text(HEAD + text, "utf-8")
    return read_node_file(path).postgresql["imaging-dc-a"]


def test_a_short_table_means_debians_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    common = {"port": "5432", "dbname": "imaging"}
    passfile = "/etc/telemed-failover/pgpass"
    assert table(tmp_path, SHORT) == Postgresql(
        programs=Path("/usr/lib/postgresql/15/bin"),
        data=Path("/var/lib/postgresql/15/imaging-dc-a"),
        config_file=Path("/etc/postgresql/15/imaging-dc-a/postgresql.conf"),
        managed_file=Path("/etc/postgresql/15/imaging-dc-a/conf.d/telemed.conf"),
        log_file=Path("/var/log/postgresql/postgresql-15-imaging-dc-a.log"),
        local={"host": "/var/run/postgresql", "user": "telemed_agent"} | common,
        peer={"host": "10.0.0.6", "user": "telemed_rejoin", "passfile": passfile} | common,
        run_as=("/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"),
    )


def test_the_owner_of_the_data_runs_its_programs_himself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert table(tmp_path, SHORT).run_as == ()


def test_everything_can_be_said(tmp_path: Path) -> None:
    assert table(tmp_path, LONG) == Postgresql(
        programs=Path("/opt/pg/bin"),
        data=Path("/srv/pg/images"),
        config_file=Path("/srv/pg/conf/postgresql.conf"),
        managed_file=Path("/srv/pg/conf/conf.d/telemed.conf"),
        log_file=Path("/srv/pg/log"),
        local={
            "host": "127.0.0.1",
            "port": "5433",
            "user": "agent",
            "dbname": "imaging",
            "sslmode": "require",
        },
        peer={"host": "2001:db8::6", "port": "5432", "user": "rejoin", "dbname": "imaging"},
        run_as=("/usr/bin/runuser", "-u", "pg", "--"),
        start_command=("/usr/bin/systemctl", "start", "postgresql@16-images"),
        environment={"PGSERVICEFILE": "/etc/pg_service.conf"},
        limits={"promote_s": 2.5, "rewind_s": 3600.0},
        slot_mib_max=1024,
        reserve_mib=0,
        kept_max=1,
        prepare_mib_max=4,
    )


def test_every_limit_can_be_set() -> None:
    assert list(postgresql.LIMITS) == [each.name for each in fields(Limits)]


@pytest.mark.parametrize(
    ("text", "place", "says", "hint"),
    [
        (SHORT.replace("version = 15", ""), "version", "is missing", ""),
        (SHORT.replace("15", "14"), "version", "out of range", "15 to 99"),
        (SHORT + "ports = 5432", "ports", "the key is unknown here", "keys here: version"),
        (
            SHORT.replace("passfile", "password"),
            "peer.password",
            "passwords do not belong here",
            "name a `passfile`",
        ),
        (
            SHORT + 'environment = { PGPASSWORD = "hush" }',
            "environment.PGPASSWORD",
            "passwords do not belong here",
            "name a `passfile`",
        ),
        (SHORT + "environment = { lower = '1' }", "environment.lower", "no name of a variable", ""),
        (SHORT.replace("10.0.0.6", "db.example"), "peer.host", "is no address", "no name server"),
        (SHORT.replace('host = "10.0.0.6", ', ""), "peer", "names no `host`", "address"),
        (SHORT.replace("10.0.0.6", "/run/pg"), "peer.host", "is no address", "write an address"),
        (SHORT + 'local = { socket = "/run" }', "local.socket", "is unknown here", "keys here: "),
        (SHORT + 'data = "pg"', "data", "is not an absolute path", ""),
        (SHORT + 'data = "/srv/../pg"', "data", "is not an absolute path", ""),
        (SHORT + 'data = "/srv/p g"', "data", "is not an absolute path", ""),
        (SHORT + 'start_command = ["pg_ctl"]', "start_command[0]", "is not an absolute path", ""),
        (SHORT + "kept_max = 1.5", "kept_max", "is not a whole number", ""),
        (SHORT + "limits = { promote_s = 0 }", "limits.promote_s", "out of range", "more than 0"),
        (SHORT + "limits = { promote = 1 }", "limits.promote", "is unknown here", "promote_s"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_its_mend(
    tmp_path: Path, text: str, place: str, says: str, hint: str
) -> None:
    with pytest.raises(PlanProblem) as refused:
        table(tmp_path, text)
    assert refused.value.place == f"{tmp_path}/node.toml: postgresql.imaging-dc-a.{place}"
    assert says in refused.value.message
    assert hint in refused.value.hint
    assert "hush" not in str(refused.value)
