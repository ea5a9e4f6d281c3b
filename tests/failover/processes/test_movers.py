"""An agent moves all that its plan names, or does not start."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from failover.actuators.port import DONE, Observation, Result, Role
from failover.actuators.postgresql.settings import Limits
from failover.core.cells import Position, Term
from failover.core.effects import (
    Actuate,
    Actuated,
    Event,
    Flush,
    Mirrored,
    Positioned,
    Probed,
    Shut,
    Verb,
)
from failover.laboratory.places import plan_document
from failover.node_file.content import Bgp, Hook, NodeFile, Postgresql
from failover.plan_file.reading import hash_of, plan_file_of
from failover.processes.databases import cluster_of
from failover.processes.movers import Movers, Watched, actuators_of
from failover.processes.places import Place
from failover.processes.problem import CannotRun

HERE = Position("7412", 1, 5000)
LOOKS, SOME = 40, 3
CLUSTER = Postgresql(
    programs=Path("/usr/lib/postgresql/15/bin"),
    data=Path("/srv/images/data"),
    config_file=Path("/srv/images/conf/postgresql.conf"),
    managed_file=Path("/srv/images/conf/telemed.conf"),
    log_file=Path("/srv/images/log"),
    local={"host": "/srv/images", "user": "telemed_agent"},
    peer={"host": "10.0.0.6", "user": "telemed_rejoin"},
    run_as=(),
    limits={"promote_s": 7.0},
    reserve_mib=3,
)


def look(role: Role, *, fit: bool = True, why: str = "", **more: Any) -> Observation:
    return Observation(role=role, fit=fit, why=why, **more)


class Acting:
    """An actuator that shows what it is told to, the last of it for ever."""

    def __init__(self, name: str, *looks: Observation) -> None:
        self.name = name
        self.verbs: list[tuple[Verb, Term]] = []
        self.looks = 0
        self.hangs = self.hanging = False
        self._looks = list(looks)

    async def observe(self) -> Observation:
        self.looks += 1
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]

    async def prepare(self, term: Term) -> Result:
        return await self._act(Verb.PREPARE, term)

    async def take(self, term: Term) -> Result:
        return await self._act(Verb.TAKE, term)

    async def release(self, term: Term) -> Result:
        return await self._act(Verb.RELEASE, term)

    async def relax(self, term: Term) -> Result:
        return await self._act(Verb.RELAX, term)

    async def tighten(self, term: Term) -> Result:
        return await self._act(Verb.TIGHTEN, term)

    async def close(self) -> None:
        """Nothing is open."""

    async def _act(self, verb: Verb, term: Term) -> Result:
        self.verbs.append((verb, term))
        if self.hangs:
            self.hanging = True
            await asyncio.Event().wait()
        return DONE


def place(actuators: Mapping[str, object], hooks: Mapping[str, Hook] | None = None) -> Place:
    document = plan_document()
    document["groups"][0]["actuators"] = actuators
    document["hash"] = hash_of(document)
    nowhere = Path("/nowhere")
    node = NodeFile(
        name="dc-a",
        plan=nowhere / "plan.json",
        keys=nowhere,
        run=nowhere,
        state=nowhere,
        register=None,
        page=(),
        hooks=hooks or {},
    )
    return Place(node=node, plan=plan_file_of("plan.json", json.dumps(document).encode()))


@pytest.mark.parametrize(
    ("actuators", "says"),
    [
        (
            {"bgp": False, "hooks": [], "postgresql": {"cluster": "images"}},
            "node.toml has no cluster `images`, which group `portal` moves",
        ),
        ({"bgp": False, "hooks": ["announce"]}, "node.toml has no hook `announce`"),
    ],
)
def test_what_cannot_be_moved_keeps_the_agent_from_starting(
    actuators: Mapping[str, object], says: str
) -> None:
    with pytest.raises(CannotRun) as refused:
        actuators_of(place(actuators))
    assert says in refused.value.problem
    assert "portal" in refused.value.problem


def test_a_cluster_is_one_groups_and_is_made_of_the_node_file(tmp_path: Path) -> None:
    where = place({"bgp": False, "hooks": [], "postgresql": {"cluster": "images"}})
    described = replace(where.node, postgresql={"images": CLUSTER})
    (group, other) = where.plan.groups
    found = cluster_of(replace(where, node=described), group)
    assert (found.name, found.site, found.peer_site) == ("images", "dc-a", "dc-b")
    assert (found.reserve_bytes, found.limits.promote_s) == (3 << 20, 7.0)
    assert found.limits.start_s == Limits().start_s
    assert not found.synchronous
    inside = replace(CLUSTER, config_file=CLUSTER.data / "postgresql.conf")
    with pytest.raises(CannotRun, match="lies in the data directory"):
        cluster_of(replace(where, node=replace(described, postgresql={"images": inside})), group)
    both = replace(where.plan, groups=(group, replace(other, actuators=group.actuators)))
    with pytest.raises(CannotRun, match="groups `portal` and `archive` share the cluster"):
        cluster_of(replace(where, node=described, plan=both), group)


def run(work: Callable[[Movers, list[Event]], Awaitable[None]], *watched: Watched) -> list[Event]:
    """Movers of one group, on a real loop and their own thread."""
    heard: list[Event] = []

    async def drive() -> None:
        movers = Movers({"portal": watched}, heard.append, {"portal-1": "portal"})
        try:
            await work(movers, heard)
        finally:
            await movers.close()

    asyncio.run(asyncio.wait_for(drive(), 20))
    return heard


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


def test_a_hook_is_run_for_its_group(tmp_path: Path) -> None:
    program, said = tmp_path / "announce", tmp_path / "said"
    program.write_text(f"#!/bin/sh\nenv | sort >>{said}\necho serves >&2\nexit 0\n", "ascii")
    program.chmod(0o755)
    hooks = {"announce": Hook(program=program, timeout_s=3.0)}
    groups = actuators_of(place({"bgp": False, "hooks": ["announce"]}, hooks))

    async def work(movers: Movers, heard: list[Event]) -> None:
        movers.drive(Actuate("portal", Verb.TAKE, Term(1, 2), 7))
        await until(lambda: heard)

    (answer,) = run(work, *groups["portal"])
    assert isinstance(answer, Actuated)
    asked = answer.group, answer.verb, answer.term, answer.request
    assert asked == ("portal", Verb.TAKE, Term(1, 2), 7)
    assert "portal" in said.read_text("ascii")


def test_a_group_without_actuators_is_moved_by_its_door_alone() -> None:
    async def work(movers: Movers, heard: list[Event]) -> None:
        movers.drive(Actuate("portal", Verb.RELEASE, Term(1, 1), 1))
        await until(lambda: heard)

    assert run(work) == [Actuated("portal", Verb.RELEASE, Term(1, 1), 1, done=True)]


def test_what_a_look_shows_becomes_perceptions() -> None:
    database = Acting("postgresql", look(Role.SERVES, position=HERE, mirrored=False))
    hook = Acting("hook announce", look(Role.SERVES, fit=False, why="it says no"))

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        await until(lambda: len(heard) > 2)
        looking.cancel()
        shown = movers.shown(lambda: {"portal": "no lease row"})["portal"]
        assert shown["postgresql"]["position"] == ["7412", 1, 5000]
        assert shown["hook announce"]["why"] == "it says no"
        assert shown["lease"] == {"role": "unknown", "fit": False, "why": "no lease row"}

    heard = run(work, Watched(database, 60.0), Watched(hook, 60.0))
    assert heard == [
        Positioned("portal", HERE),
        Mirrored("portal", confirmed=False),
        Probed("portal", fit=False),
    ]


def test_one_look_without_an_answer_moves_nothing() -> None:
    silent = look(Role.UNKNOWN, fit=False)
    looks = [look(Role.SERVES), silent, look(Role.SERVES), silent, silent, look(Role.SERVES)]
    database = Acting("postgresql", *looks)

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        await until(lambda: len(heard) >= len(looks))
        looking.cancel()

    fits = [each.fit for each in run(work, Watched(database, 0.001)) if isinstance(each, Probed)]
    assert fits[: len(looks)] == [True, True, True, True, False, True]


def test_a_server_that_died_is_told_at_once() -> None:
    database = Acting("postgresql", look(Role.SERVES), look(Role.DOWN, fit=False))

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        await until(lambda: Probed("portal", fit=False) in heard)
        looking.cancel()

    assert run(work, Watched(database, 0.001))[:2] == [
        Probed("portal", fit=True),
        Probed("portal", fit=False),
    ]


@pytest.mark.parametrize(
    ("asked", "seen", "again"),
    [
        (Verb.RELEASE, {"role": Role.STANDS_BY, "following": False}, True),
        (Verb.RELEASE, {"role": Role.STANDS_BY, "following": True}, False),
        (Verb.RELEASE, {"role": Role.DOWN}, True),
        (Verb.TAKE, {"role": Role.DOWN}, True),
        (Verb.TAKE, {"role": Role.STANDS_BY, "following": False}, False),
        (Verb.PREPARE, {"role": Role.DOWN}, False),
    ],
)
def test_what_has_come_undone_is_done_again(
    asked: Verb, seen: Any, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("failover.processes.movers.AGAIN_S", 0.01)
    database = Acting("postgresql", look(**seen))

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        movers.drive(Actuate("portal", asked, Term(1, 1), 1))
        await until(lambda: len(database.verbs) > 1 or database.looks > LOOKS)
        looking.cancel()

    heard = run(work, Watched(database, 0.001))
    assert set(database.verbs) == {(asked, Term(1, 1))}
    assert (len(database.verbs) > 1) is again
    assert sum(isinstance(each, Actuated) for each in heard) == 1, "the agent asked once"


def test_what_only_looks_has_nothing_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("failover.processes.movers.AGAIN_S", 0.01)
    probe = Acting("probe", look(Role.DOWN, fit=False))

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        movers.drive(Actuate("portal", Verb.TAKE, Term(1, 1), 1))
        await until(lambda: probe.looks > LOOKS)
        looking.cancel()

    run(work, Watched(probe, 0.001, mends=False))
    assert probe.verbs == [(Verb.TAKE, Term(1, 1))]


@pytest.mark.parametrize(
    ("asked", "seen", "again"),
    [
        (Verb.TAKE, {"role": Role.SERVES}, True),
        (Verb.TAKE, {"role": Role.STANDS_BY}, True),
        (Verb.TAKE, {"role": Role.SERVES, "term": Term(1, 1)}, False),
        (Verb.TAKE, {"role": Role.UNKNOWN, "fit": False}, False),
        (Verb.RELEASE, {"role": Role.STANDS_BY}, False),
    ],
)
def test_a_take_that_the_routes_have_forgotten_is_done_again(
    asked: Verb, seen: Any, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("failover.processes.movers.AGAIN_S", 0.01)
    routes = Acting("bgp", look(**seen))

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        movers.drive(Actuate("portal", asked, Term(1, 1), 1))
        await until(lambda: len(routes.verbs) > 1 or routes.looks > LOOKS)
        looking.cancel()

    run(work, Watched(routes, 0.001, tells_term=True))
    assert (len(routes.verbs) > 1) is again


def test_the_routes_of_a_group_are_looked_at_as_the_node_file_says(tmp_path: Path) -> None:
    """Where FRR does not run, what is announced by it cannot be taken, and that is said."""
    where = place({"bgp": True, "hooks": []})
    node = replace(where.node, bgp=Bgp(sockets=tmp_path / "frr"))
    groups = actuators_of(replace(where, node=node))
    (routes,) = groups["portal"]
    assert (routes.actuator.name, routes.tells_term, groups["archive"]) == ("bgp", True, [])

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        movers.drive(Actuate("portal", Verb.TAKE, Term(1, 2), 7))
        await until(lambda: len(heard) > 1)
        looking.cancel()

    heard = run(work, routes)
    (taken,) = (each for each in heard if isinstance(each, Actuated))
    assert not taken.done
    assert str(tmp_path / "frr" / "bgpd.vty") in taken.why
    assert Probed("portal", fit=False) in heard


def test_the_agents_word_does_not_wait_for_what_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("failover.processes.movers.AGAIN_S", 0.01)
    database = Acting("postgresql", look(Role.STANDS_BY, following=False))

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        movers.drive(Actuate("portal", Verb.RELEASE, Term(1, 1), 1))
        await until(lambda: (heard and isinstance(heard[-1], Actuated)) or database.looks)
        database.hangs = True
        await until(lambda: database.hanging)
        database.hangs = False
        movers.drive(Actuate("portal", Verb.TAKE, Term(1, 2), 2))
        await until(lambda: (Verb.TAKE, Term(1, 2)) in database.verbs)
        looking.cancel()

    taken = [each for each in run(work, Watched(database, 0.001)) if isinstance(each, Actuated)]
    assert [each.verb for each in taken] == [Verb.RELEASE, Verb.TAKE]
    assert all(each.done for each in taken)


def test_doors_that_are_shut_have_their_group_looked_at_often() -> None:
    database, hook = Acting("postgresql", look(Role.SERVES)), Acting("hook", look(Role.SERVES))

    async def work(movers: Movers, heard: list[Event]) -> None:
        looking = asyncio.create_task(movers.run())
        await until(lambda: database.looks == hook.looks == 1)
        movers.shut(Flush())
        movers.shut(Shut(frozenset(("portal-1",))))
        await until(lambda: database.looks > SOME)
        assert hook.looks == 1
        looking.cancel()

    run(work, Watched(database, 60.0, cheap=True), Watched(hook, 60.0))


def test_an_actuator_that_breaks_its_promise_ends_the_agents_task() -> None:
    database = Acting("postgresql")  # nothing to see: it raises

    async def work(movers: Movers, heard: list[Event]) -> None:
        with pytest.raises(ExceptionGroup):
            await movers.run()

    loud: list[Event] = []
    with pytest.raises(AssertionError, match="the loop was told"):
        asyncio.run(_with_handler(work, Watched(database, 1.0), loud))


async def _with_handler(work: Any, watched: Watched, heard: list[Event]) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    movers = Movers({"portal": [watched]}, heard.append)
    await work(movers, heard)
    await until(lambda: told)
    await movers.close()
    raise AssertionError("the loop was told")
