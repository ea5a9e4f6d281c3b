"""Installing and upgrading the product's own tables, on a real server."""

from __future__ import annotations

import pytest

from failover.actuators.postgresql.schema import NotInstallable, install, scripts
from failover.actuators.postgresql.sql import NotAnswered
from tests.failover.actuators.clusters import INSTANCES, Pair, Site
from tests.failover.register.loops import on_loop

pytestmark = pytest.mark.xdist_group("waiting")
ROLES = {"agent": "telemed_agent", "rejoin": "telemed_rejoin"}


def conninfo(site: Site, user: str = "postgres") -> str:
    return f"host={site.base} port={site.port} user={user} dbname=postgres"


def test_the_scripts_are_numbered_without_a_gap() -> None:
    assert list(scripts()) == list(range(1, len(scripts()) + 1))


@on_loop
async def test_installed_again_it_changes_nothing_but_what_is_new(one: Site) -> None:
    assert await install(conninfo(one), instances=INSTANCES, **ROLES) == []
    assert await install(conninfo(one), instances=["it's new"], **ROLES) == []
    assert one.sql("SELECT name FROM telemed_failover.instance ORDER BY name") == [
        ("imaging.a",),
        ("imaging.b",),
        ("it's new",),
    ]


@on_loop
async def test_all_of_it_or_nothing(one: Site) -> None:
    one.sql("DROP SCHEMA telemed_failover CASCADE")
    with pytest.raises(NotAnswered, match='role "nobody_at_all" does not exist'):
        await install(conninfo(one), instances=INSTANCES, agent="nobody_at_all", rejoin="app")
    assert one.sql("SELECT number FROM telemed_failover.script") == []
    assert one.value("SELECT to_regclass('telemed_failover.take')") is None
    assert await install(conninfo(one), instances=INSTANCES, **ROLES) == list(scripts())


@on_loop
async def test_who_must_not_install(pair: Pair) -> None:
    with pytest.raises(NotInstallable, match="this is a standby"):
        await install(conninfo(pair.b), instances=(), **ROLES)
    with pytest.raises(NotInstallable, match="no superuser"):
        await install(conninfo(pair.a, "telemed_agent"), instances=(), **ROLES)
    with pytest.raises(NotInstallable, match="no plain name of a role"):
        await install(conninfo(pair.a), instances=(), agent='x"; DROP', rejoin="app")
    pair.a.sql("INSERT INTO telemed_failover.script VALUES (999)")
    with pytest.raises(NotInstallable, match="the database has script 999"):
        await install(conninfo(pair.a), instances=(), **ROLES)
    pair.a.stop()
    with pytest.raises(NotAnswered):
        await install(conninfo(pair.a), instances=(), **ROLES)
