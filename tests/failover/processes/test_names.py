"""The names that a node file describes are published by the agent's movers, and hold up nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from failover.core.cells import Term
from failover.core.effects import Actuate, Actuated, Event, Probed, Verb
from failover.node_file.content import Dns, Hook, Probe, Target
from failover.processes.movers import Movers, actuators_of
from failover.processes.problem import CannotRun
from tests.failover.actuators.clusters import LOOPBACK
from tests.failover.actuators.name_servers import KEY_FILE, SECRET, ZONE, Scripted, found, knot
from tests.failover.processes.nodes import place_with

TAKE = Actuate("portal", Verb.TAKE, Term(1, 2), 7)
LIMIT_S = 20.0


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "move.key"
    path.touch(0o600)
    path.write_text(KEY_FILE, "utf-8")
    return path


@pytest.fixture
def knots(tmp_path: Path) -> Iterator[int]:
    folder = tmp_path / "knot"
    folder.mkdir()
    with knot(folder) as port:
        yield port


def described(key: Path, port: int) -> dict[str, Dns]:
    names = {f"portal.{ZONE}": ("10.0.0.7",)}
    return {"portal": Dns(server=LOOPBACK, port=port, zone=ZONE, key=key, names=names)}


def movers_of(key: Path, port: int, heard: list[Event]) -> Movers:
    return Movers(actuators_of(place_with(dns=described(key, port))), heard.append)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.005)


def shown(movers: Movers) -> dict[str, object]:
    return movers.shown(dict).get("portal", {}).get(f"dns {ZONE}", {})


@pytest.mark.debian("knotd")
def test_a_real_server_has_the_names_when_the_group_is_taken(knots: int, key: Path) -> None:
    async def work() -> None:
        heard: list[Event] = []
        movers = movers_of(key, knots, heard)
        looking = asyncio.create_task(movers.run())
        movers.drive(TAKE)
        await until(lambda: shown(movers).get("why") == "published for 1.2")
        assert TAKE.answered(done=True, why=f"dns {ZONE}: being published") in heard
        looking.cancel()
        await movers.close()

    asyncio.run(work())
    assert found(knots, "portal", "A") == ["10.0.0.7"]
    assert found(knots, "_telemed.portal", "TXT") == ['"1.2 dc-a"']


def test_a_take_is_done_while_the_name_server_says_nothing(key: Path) -> None:
    async def work() -> None:
        server, heard = Scripted(), list[Event]()
        server.silent = True
        async with server.serving() as port:
            movers = movers_of(key, port, heard)
            looking = asyncio.create_task(movers.run())
            movers.drive(TAKE)
            await until(lambda: "gives no answer" in str(shown(movers).get("why")))
            assert shown(movers)["fit"] is True
            assert Probed("portal", fit=False) not in heard
            (taken,) = (each for each in heard if isinstance(each, Actuated))
            assert taken.done
            movers.drive(Actuate("portal", Verb.RELEASE, Term(1, 3), 8))
            await until(lambda: isinstance(heard[-1], Actuated) and heard[-1].done)
            looking.cancel()
            await movers.close()

    asyncio.run(work())


def test_names_call_users_after_all_else_and_the_probe_looks_at_it(key: Path) -> None:
    where = place_with(
        {"bgp": True, "hooks": ["start"]},
        dns=described(key, 53),
        hooks={"start": Hook(program=Path("/bin/true"), timeout_s=1.0)},
        probes={"portal": Probe(tcp=(Target(address=LOOPBACK, port=104),), every_s=5.0)},
    )
    groups = actuators_of(where)
    names = [each.actuator.name for each in groups["portal"]]
    assert names == ["hook start", "bgp", f"dns {ZONE}", "probe"]
    assert groups["portal"][-1].look_s == 5.0
    assert groups["archive"] == []


def test_a_key_that_cannot_be_used_keeps_the_agent_from_starting(key: Path) -> None:
    key.write_text(KEY_FILE.replace("hmac-sha256", "hmac-md5"), "utf-8")
    with pytest.raises(CannotRun, match=r"node\.toml: dns\.portal\.key: .*algorithm") as refused:
        actuators_of(place_with(dns=described(key, 53)))
    assert SECRET not in refused.value.problem + refused.value.hint
    key.unlink()
    with pytest.raises(CannotRun, match="No such file"):
        actuators_of(place_with(dns=described(key, 53)))


def test_names_of_a_group_that_the_plan_has_not(key: Path) -> None:
    strange = {"portals": described(key, 53)["portal"]}
    with pytest.raises(CannotRun) as refused:
        actuators_of(place_with(dns=strange))
    assert refused.value.problem == (
        "dc-a: node.toml: dns.portals: /nowhere/plan.json has no group `portals`"
    )
    assert refused.value.hint == "groups there: portal, archive"
