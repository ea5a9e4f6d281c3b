"""What a machine's settings may say, and what is made of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from failover.actuators.postgresql.files import settings_text
from failover.actuators.postgresql.settings import Cluster

CLUSTER = Cluster(
    name="imaging@dc-a",
    site="dc-a",
    peer_site="dc-b",
    programs=Path("/usr/lib/postgresql/15/bin"),
    data=Path("/var/lib/postgresql/15/main"),
    config_file=Path("/etc/postgresql/15/main/postgresql.conf"),
    managed_file=Path("/etc/postgresql/15/main/conf.d/telemed.conf"),
    log_file=Path("/var/log/postgresql/main.log"),
    local={"host": "/run/postgresql"},
    peer={"host": "10.4.1.2", "user": "telemed_rejoin", "dbname": "imaging",
          "passfile": "/etc/telemed/it's.pgpass"},
)  # fmt: skip

REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"local": {"password": "x"}}, "local: no passwords here"),
    ({"peer": {"sslpassword": "x"}}, "peer: no passwords here"),
    ({"environment": {"PGPASSWORD": "x"}}, "environment: no passwords here"),
    ({"data": Path("var/lib")}, "`var/lib` is not an absolute, plain path"),
    ({"log_file": Path("/var/log/it's")}, "not an absolute, plain path"),
    ({"data": Path("/var/../lib")}, "not an absolute, plain path"),
    ({"config_file": Path("/var/lib/postgresql/15/main/postgresql.conf")}, "a clone replaces"),
    ({"peer_site": "DC B"}, "`DC B` is no name of a centre"),
)


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_what_cannot_work_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match="imaging@dc-a: ") as caught:
        replace(CLUSTER, **change)
    assert words in str(caught.value)


def test_the_settings_that_are_written() -> None:
    text = settings_text(CLUSTER, relaxed=False, isolated=False)
    lines = dict(line.split(" = ", 1) for line in text.splitlines()[1:])
    assert lines["primary_conninfo"] == (
        "'host=10.4.1.2 user=telemed_rejoin passfile=/etc/telemed/it\\\\''s.pgpass "
        "application_name=dc-a connect_timeout=2'"
    )
    assert lines["primary_slot_name"] == "'telemed_dc_a'"
    assert lines["max_slot_wal_keep_size"] == "'16384MB'"
    assert lines["synchronous_standby_names"] == "''"
    assert "synchronous_commit" not in lines


def test_a_synchronous_copy_waits_unless_it_is_relaxed() -> None:
    cluster = replace(CLUSTER, synchronous=True)
    tight, relaxed = (
        settings_text(cluster, relaxed=relaxed, isolated=False) for relaxed in (False, True)
    )
    assert "synchronous_standby_names = '\"dc-b\"'\n" in tight
    assert "synchronous_standby_names = ''\n" in relaxed
    assert "synchronous_commit = 'on'\n" in relaxed


def test_an_isolated_copy_follows_nobody() -> None:
    text = settings_text(CLUSTER, relaxed=False, isolated=True)
    assert "primary_conninfo = ''\n" in text
    assert "recovery_target_timeline = 'current'\n" in text
