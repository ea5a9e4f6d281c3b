"""The lease rows beside the guard: what is wished of them, and when the agent hears of an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from failover.actuators.port import DONE, not_done
from failover.actuators.postgresql.wish import Wish
from failover.core.cells import Term
from failover.core.effects import (
    Actuate,
    Adopted,
    Arm,
    Armed,
    Closed,
    Event,
    Flush,
    Grant,
    GuardState,
    Shut,
    Verb,
)
from failover.processes.leases import Guarded, Leases, Told, Wanted
from tests.failover.register.loops import JumpingLoop, in_no_time

IMAGES, NAMES, PORTAL = "images-1", "images-2", "portal-1"
FIRST, SECOND = Term(1, 1), Term(1, 2)
LENGTH_S = 2.0


class Database:
    """What is wished of its rows."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.wishes: list[Wish | None] = []

    def wish(self, wish: Wish | None) -> None:
        self.wishes.append(wish)

    @property
    def newest(self) -> Wish:
        found = self.wishes[-1]
        assert found is not None
        return found


class Field:
    """Leases of one database, the guard's client behind them, and what the agent hears."""

    def __init__(self, unchecked: frozenset[str] = frozenset()) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, JumpingLoop)
        self.loop = loop
        self.heard: list[Event] = []
        self.asked: list[Wanted] = []
        self.driven: list[Actuate] = []
        self.made: list[Database] = []
        self.leases = Leases(
            {"images": frozenset((IMAGES, NAMES))},
            self._rows,
            self.heard.append,
            unchecked=unchecked,
            clock=loop.time,
        )
        self.guard = Guarded(self, self.leases.carry_out)
        self.actuate: Callable[[Actuate], None] = self.leases.before(self.driven.append)

    @property
    def database(self) -> Database:
        return self.made[0]

    def carry_out(self, effect: Wanted) -> None:
        self.asked.append(effect)

    def sign_of_life(self) -> None:
        """Not looked at."""

    def take(self, term: Term = FIRST) -> None:
        self.actuate(Actuate("images", Verb.TAKE, term, 1))

    async def open(self, name: str = "renewal 1", *instances: str) -> None:
        """Armed, sent, and granted half a second later."""
        named = frozenset(instances or (IMAGES, NAMES, PORTAL))
        self.guard.carry_out(Arm(name, named, LENGTH_S))
        await asyncio.sleep(0.5)
        self.guard.carry_out(Grant(name, named))

    def _rows(self, group: str, told: Told) -> Database:
        assert group == "images"
        self.made.append(Database(told))
        return self.made[-1]


@in_no_time
async def test_a_grants_row_runs_from_before_the_guard_was_armed() -> None:
    field = Field()
    field.take()
    await asyncio.sleep(7)
    await field.open()
    assert field.database.wishes == [Wish((IMAGES, NAMES), FIRST, 7.0, LENGTH_S)]
    assert [type(each) for each in field.asked] == [Arm, Grant]


@in_no_time
async def test_each_grant_goes_by_its_own_arming() -> None:
    field = Field()
    field.take()
    field.guard.carry_out(Arm("one", frozenset((IMAGES,)), LENGTH_S))
    await asyncio.sleep(0.2)
    field.guard.carry_out(Arm("two", frozenset((IMAGES,)), LENGTH_S))
    field.guard.carry_out(Grant("one", frozenset((IMAGES,))))
    field.guard.carry_out(Grant("moon", frozenset((IMAGES,))))
    assert field.database.wishes == [Wish((IMAGES,), FIRST, 0.0, LENGTH_S)]


@in_no_time
async def test_the_newest_term_that_was_taken_is_written_and_none_without_a_take() -> None:
    field = Field()
    await field.open("renewal 1")
    assert field.database.wishes == []
    field.take(SECOND)
    field.take(FIRST)
    field.actuate(Actuate("images", Verb.RELAX, Term(9, 9), 2))
    field.actuate(Actuate("portal", Verb.TAKE, Term(9, 9), 3))
    await field.open("renewal 2")
    assert field.database.newest.term == SECOND
    assert len(field.driven) == 4


@in_no_time
async def test_closed_is_heard_when_the_row_has_ended_too() -> None:
    field = Field()
    field.take()
    await field.open()
    everything = frozenset((IMAGES, NAMES, PORTAL))
    field.guard.carry_out(Shut(everything))
    ending = field.database.newest
    assert ending == Wish((IMAGES, NAMES), FIRST, 0.5, 0.0)
    field.leases.hear(Closed(everything))
    assert field.heard == [Closed(frozenset((PORTAL,)))]
    field.database.told(ending, not_done("no answer"))
    assert len(field.heard) == 1
    assert field.leases.problems() == {"images": "no answer"}
    field.database.told(ending, DONE)
    assert field.heard[1:] == [Closed(frozenset((IMAGES, NAMES)))]
    assert field.leases.problems() == {"images": ""}


@in_no_time
async def test_a_row_that_ended_before_the_door_holds_nothing_up() -> None:
    field = Field()
    field.take()
    await field.open()
    field.guard.carry_out(Shut(frozenset((IMAGES,))))
    field.database.told(field.database.newest, DONE)
    field.leases.hear(Closed(frozenset((IMAGES,))))
    assert field.heard == [Closed(frozenset((IMAGES,)))]


@in_no_time
async def test_the_deadline_ends_a_row_that_nobody_can_write() -> None:
    field = Field()
    field.take()
    await field.open()
    field.guard.carry_out(Shut(frozenset((IMAGES, NAMES))))
    field.database.told(field.database.newest, not_done("no answer"))
    field.leases.hear(Closed(frozenset((IMAGES, NAMES))))
    await asyncio.sleep(LENGTH_S - 0.5 - 0.01)
    assert field.heard == []
    await asyncio.sleep(0.02)
    assert field.heard == [Closed(frozenset((IMAGES, NAMES)))]
    assert field.database.wishes[-1] is None, "nothing is tried any more"


@in_no_time
async def test_a_row_that_keeps_nobody_from_writing_is_written_and_not_waited_for() -> None:
    """Of a database without the check: it tells how old its records are."""
    field = Field(unchecked=frozenset(("images",)))
    field.take()
    await field.open()
    assert field.database.newest.length_s == LENGTH_S
    field.guard.carry_out(Shut(frozenset((IMAGES, NAMES))))
    assert field.database.newest.length_s == 0
    field.database.told(field.database.newest, not_done("no answer"))
    field.leases.hear(Closed(frozenset((IMAGES, NAMES))))
    assert field.heard == [Closed(frozenset((IMAGES, NAMES)))]
    assert field.leases.problems() == {}
    await asyncio.sleep(LENGTH_S)
    assert field.heard == [Closed(frozenset((IMAGES, NAMES)))]
    assert field.database.wishes[-1] is None, "nothing is tried any more"


@in_no_time
async def test_what_was_over_already_is_not_waited_for() -> None:
    field = Field()
    field.take()
    await field.open()
    await asyncio.sleep(LENGTH_S)
    field.guard.carry_out(Shut(frozenset((IMAGES,))))
    field.leases.hear(Closed(frozenset((IMAGES,))))
    assert field.heard == [Closed(frozenset((IMAGES,)))]
    assert len(field.database.wishes) == 1


@in_no_time
async def test_an_end_is_told_before_another_instance_is_renewed() -> None:
    field = Field()
    field.take()
    await field.open()
    field.guard.carry_out(Shut(frozenset((IMAGES,))))
    ending = field.database.newest
    await field.open("renewal 2", NAMES)
    assert field.database.newest == ending
    field.leases.hear(Closed(frozenset((IMAGES,))))
    assert field.heard == []
    field.database.told(ending, DONE)
    assert field.heard == [Closed(frozenset((IMAGES,)))]
    await field.open("renewal 3", NAMES)
    assert field.database.newest.instances == (NAMES,)


@in_no_time
async def test_what_is_opened_again_is_not_waited_for() -> None:
    field = Field()
    field.take()
    await field.open()
    field.guard.carry_out(Shut(frozenset((IMAGES, NAMES))))
    ending = field.database.newest
    await field.open("renewal 2")
    assert field.database.newest.length_s == LENGTH_S
    field.database.told(ending, DONE)
    await asyncio.sleep(LENGTH_S)
    assert field.heard == []


@in_no_time
async def test_a_flush_ends_all_rows_of_this_life() -> None:
    field = Field()
    field.guard.carry_out(Flush())
    field.take()
    assert field.database.wishes == []
    await field.open("renewal 1", IMAGES)
    field.guard.carry_out(Flush())
    assert field.database.newest == Wish((IMAGES, NAMES), FIRST, 0.5, 0.0)


@in_no_time
async def test_the_row_of_a_door_that_the_last_life_left_open_is_waited_for() -> None:
    field = Field()
    field.leases.hear(Adopted({IMAGES: 1.5, PORTAL: 1.0}))
    field.guard.carry_out(Shut(frozenset((IMAGES, PORTAL))))
    field.leases.hear(Closed(frozenset((IMAGES, PORTAL))))
    assert field.heard[1:] == [Closed(frozenset((PORTAL,)))]
    await asyncio.sleep(1.4)
    assert len(field.heard) == 2
    await asyncio.sleep(0.2)
    assert field.heard[2:] == [Closed(frozenset((IMAGES,)))]
    assert field.database.wishes == [None]


@in_no_time
async def test_once_the_group_is_taken_again_that_row_is_ended_by_a_word() -> None:
    field = Field()
    field.leases.hear(Adopted({IMAGES: 1.5}))
    field.take()
    field.guard.carry_out(Shut(frozenset((IMAGES,))))
    field.leases.hear(Closed(frozenset((IMAGES,))))
    field.database.told(field.database.newest, DONE)
    assert field.heard[1:] == [Closed(frozenset((IMAGES,)))]


@in_no_time
async def test_everything_else_that_the_guard_says_goes_on_at_once() -> None:
    field = Field()
    events: list[Event] = [Armed("renewal 1"), GuardState(alive=False), Closed(frozenset())]
    for event in events:
        field.leases.hear(event)
    assert field.heard == events


@pytest.mark.parametrize("late_s", [0.0, 1.9])
def test_a_row_never_outlives_the_lease_that_it_stands_for(late_s: float) -> None:
    @in_no_time
    async def grant_late() -> None:
        field = Field()
        field.take()
        field.guard.carry_out(Arm("renewal 1", frozenset((IMAGES,)), LENGTH_S))
        await asyncio.sleep(late_s)
        field.guard.carry_out(Grant("renewal 1", frozenset((IMAGES,))))
        wish = field.database.newest
        assert wish.begun_s + wish.length_s == LENGTH_S

    grant_late()
