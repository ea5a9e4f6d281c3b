"""When a group's service counts as failing, and when this process has itself to blame."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.probes import Probe, Tries
from failover.probes.attempt import all_tried, tried
from failover.probes.lateness import LATE_S, PULSE_S, Lateness
from failover.probes.opinion import Opinion
from tests.failover.probes.scripted import LOST, Blocking, Scripted, clock
from tests.failover.register.loops import JumpingLoop, in_no_time

FINE, BAD = ("", 0.01), ("refused", 0.01)


def tries_of(*probes: Probe, votes: int = 3, of: int = 4) -> Tries:
    return Tries(probes, deadline_s=0.8, votes=votes, of=of, clock=clock())


async def told(tries: Tries, count: int) -> list[bool | None]:
    """The opinion after each of so many tries."""
    found = []
    for _ in range(count):
        await tries.attempt()
        found.append(tries.fit)
    return found


@in_no_time
async def test_a_try_has_a_reason_or_none_and_a_time() -> None:
    for step, why, took_s in (
        (FINE, "", 0.01),
        (BAD, "refused", 0.01),
        (LOST, "no answer in 0.8 s", 0.8),
    ):
        outcome = await tried(Scripted(step), deadline_s=0.8, clock=clock())
        assert (outcome.why, round(outcome.took_s, 3), outcome.fine) == (why, took_s, not why)


@in_no_time
async def test_several_are_as_bad_as_the_worst_and_as_slow_as_the_slowest() -> None:
    probes = [Scripted(FINE), Scripted(LOST), Scripted(BAD)]
    outcome = await all_tried(probes, deadline_s=0.8, clock=clock())
    assert (outcome.why, round(outcome.took_s, 3)) == ("no answer in 0.8 s", 0.8)
    assert (await all_tried([], deadline_s=0.8, clock=clock())).fine


@in_no_time
async def test_three_of_four_change_the_opinion_and_fewer_do_not() -> None:
    probe = Scripted(FINE, FINE, FINE, BAD, FINE, BAD, BAD, BAD, FINE, FINE, BAD, FINE)
    opinions = await told(tries_of(probe), 12)
    assert opinions == [None, None, *[True] * 4, *[False] * 5, True]
    assert opinions[6] is False  # the seventh: three of the last four were bad


@in_no_time
async def test_single_failures_change_nothing() -> None:
    probe = Scripted(*[FINE, FINE, FINE, BAD] * 6, FINE)
    assert await told(tries_of(probe), 24) == [None, None, *[True] * 22]


@in_no_time
async def test_one_bad_probe_is_enough() -> None:
    tries = tries_of(Scripted(FINE), Scripted(LOST))
    assert (await tries.attempt()).why == "no answer in 0.8 s"
    assert await told(tries, 2) == [None, False]


@in_no_time
async def test_a_late_process_accuses_nobody() -> None:
    late = Blocking("nothing heard", [PULSE_S + 2 * LATE_S] * 20)
    assert await told(tries_of(late), 20) == [None] * 20


@in_no_time
async def test_a_pause_is_noticed_before_the_clock_is_looked_at_again() -> None:
    """The answer and the pulse are due in the same turn of the loop, in whatever order."""
    assert await told(tries_of(Blocking("nothing heard", [0.5] * 9)), 9) == [None] * 9


@in_no_time
async def test_a_late_process_still_hears_what_works() -> None:
    assert await told(tries_of(Blocking("", [0.5] * 5)), 5) == [None, None, True, True, True]


@in_no_time
async def test_a_failure_behind_a_pause_counts_again() -> None:
    found = await told(tries_of(Blocking("refused", [0.5] * 3)), 6)
    assert found == [*[None] * 5, False]


@pytest.mark.parametrize(("votes", "of"), [(2, 4), (5, 4), (0, 1)])
def test_votes_are_a_majority(votes: int, of: int) -> None:
    with pytest.raises(ValueError, match="is no majority"):
        Tries([], deadline_s=0.8, votes=votes, of=of, clock=float)


def test_a_try_gets_time() -> None:
    with pytest.raises(ValueError, match="a deadline takes time"):
        Tries([], deadline_s=0.0, votes=1, of=1, clock=float)


@given(st.integers(1, 6), st.data())
def test_an_opinion_changes_by_a_majority_of_the_last(of: int, data: st.DataObject) -> None:
    votes = data.draw(st.integers(of // 2 + 1, of))
    opinion, heard = Opinion(votes, of), list[bool]()
    for fine in data.draw(st.lists(st.booleans(), max_size=30)):
        before = opinion.fit
        changed = opinion.heard(fine=fine)
        heard.append(fine)
        assert changed == (opinion.fit is not before)
        if changed:
            assert heard[-of:].count(bool(opinion.fit)) >= votes
        if heard[-of:].count(not opinion.fit) >= votes:
            pytest.fail("a majority of the last outcomes is against the opinion")


@in_no_time
async def test_lateness_is_noticed_between_two_looks_and_by_one() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop)
    with Lateness(loop.time) as lateness:
        await asyncio.sleep(10 * PULSE_S)
        assert not lateness.noticed()
        loop.now += PULSE_S + 2 * LATE_S
        assert lateness.noticed()  # nobody has looked yet
        await asyncio.sleep(10 * PULSE_S)
        assert lateness.noticed()  # it was seen
    with Lateness(loop.time) as lateness:
        assert not lateness.noticed()
