"""All actuators of a group, driven one verb after the other."""

from __future__ import annotations

import asyncio

import pytest

from failover.actuators.group import GroupActuators
from failover.actuators.port import DONE, Observation, Result, Role, not_done
from failover.core.cells import Term
from failover.core.effects import Verb
from tests.failover.register.loops import in_no_time

TERM = Term(1, 1)


class Recorded:
    """An actuator that notes what it is asked, and answers as it is told."""

    def __init__(self, name: str, notes: list[str], answer: Result = DONE) -> None:
        self.name = name
        self.answer = answer
        self.lasts_s = 0.0
        self._notes = notes

    async def observe(self) -> Observation:
        return Observation(role=Role.STANDS_BY, fit=True, why="")

    async def _act(self, verb: str) -> Result:
        self._notes.append(f"{verb} {self.name}")
        await asyncio.sleep(self.lasts_s)
        self._notes.append(f"{verb} {self.name} ends")
        return self.answer

    async def prepare(self, _term: Term) -> Result:
        return await self._act("prepare")

    async def take(self, _term: Term) -> Result:
        return await self._act("take")

    async def release(self, _term: Term) -> Result:
        return await self._act("release")

    async def relax(self, _term: Term) -> Result:
        return await self._act("relax")

    async def tighten(self, _term: Term) -> Result:
        return await self._act("tighten")

    async def close(self) -> None:
        self._notes.append(f"close {self.name}")


def three(notes: list[str]) -> tuple[Recorded, ...]:
    return tuple(Recorded(name, notes) for name in ("postgresql", "bgp", "hook"))


def begun(notes: list[str]) -> list[str]:
    return [note for note in notes if not note.endswith("ends")]


@in_no_time
async def test_taken_in_order_and_released_the_other_way() -> None:
    notes: list[str] = []
    group = GroupActuators("g", three(notes))
    assert await group.drive(Verb.TAKE, TERM) == DONE
    assert await group.drive(Verb.RELEASE, TERM) == DONE
    await group.close()
    assert begun(notes) == [
        "take postgresql", "take bgp", "take hook",
        "release hook", "release bgp", "release postgresql",
        "close postgresql", "close bgp", "close hook",
    ]  # fmt: skip
    assert list(await group.observe()) == ["postgresql", "bgp", "hook"]


@pytest.mark.parametrize("verb", [Verb.TAKE, Verb.PREPARE, Verb.RELAX, Verb.TIGHTEN])
def test_nothing_is_announced_that_is_not_taken(verb: Verb) -> None:
    async def test() -> None:
        notes: list[str] = []
        actuators = three(notes)
        actuators[0].answer = not_done("the standby does not stream")
        group = GroupActuators("g", actuators)
        expected = (False, "postgresql: the standby does not stream")
        assert await group.drive(verb, TERM) == expected
        assert begun(notes) == [f"{verb.value} postgresql"]

    asyncio.run(test())


@in_no_time
async def test_a_release_lets_go_of_all_that_it_can() -> None:
    notes: list[str] = []
    actuators = three(notes)
    actuators[2].answer = not_done("exit code 1: no")
    group = GroupActuators("g", actuators)
    assert await group.drive(Verb.RELEASE, TERM) == (False, "hook: exit code 1: no")
    assert begun(notes) == ["release hook", "release bgp", "release postgresql"]


@in_no_time
async def test_one_verb_at_a_time_each_within_its_limit() -> None:
    notes: list[str] = []
    actuators = three(notes)
    actuators[0].lasts_s = 3.0
    group = GroupActuators("g", actuators, limit_s=4.0)
    results = await asyncio.gather(group.drive(Verb.TAKE, TERM), group.drive(Verb.RELEASE, TERM))
    assert results[0] == DONE
    assert results[1] == (False, "release: no end after 4 s")
    assert notes.index("take hook ends") < notes.index("release hook")
    actuators[0].lasts_s = 60.0
    results = await asyncio.gather(group.drive(Verb.TAKE, TERM), group.drive(Verb.PREPARE, TERM))
    assert results[0] == (False, "take: no end after 4 s")
    assert results[1] == (False, "prepare waits: take is still going on")
    actuators[0].lasts_s = 0.0
    assert await group.drive(Verb.TAKE, TERM) == DONE
