"""When a group's service counts as failing, and when this process has itself to blame."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.effects import Probed
from failover.probes import Pace, Probe, ProbeSchedule
from failover.probes.attempt import all_tried, tried
from failover.probes.lateness import LATE_S, PULSE_S, Lateness
from failover.probes.opinion import Opinion
from tests.failover.probes.scripted import LOST, Blocking, Scripted, clock, run_for
from tests.failover.register.loops import JumpingLoop, in_no_time

FINE, BAD = ("", 0.01), ("refused", 0.01)


def middle() -> float:
    """A chance that is always the same: no jitter."""
    return 0.5


def schedule(
    probes: Mapping[str, Sequence[Probe]], told: list[Probed], pace: Pace | None = None
) -> ProbeSchedule:
    return ProbeSchedule(probes, told.append, pace or Pace(), clock=clock(), chance=middle)


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
async def test_fitness_is_told_when_known_and_when_it_changes() -> None:
    told: list[Probed] = []
    probe = Scripted(*[FINE] * 6, *[BAD] * 6, *[FINE] * 10)
    await run_for(schedule({"portal": [probe]}, told).run, 20.0)
    assert told == [Probed("portal", True), Probed("portal", False), Probed("portal", True)]


@in_no_time
async def test_single_failures_change_nothing() -> None:
    told: list[Probed] = []
    probe = Scripted(*[FINE, FINE, FINE, BAD] * 6, FINE)
    await run_for(schedule({"portal": [probe]}, told).run, 30.0)
    assert told == [Probed("portal", True)]
    assert probe.tries > 20


@in_no_time
async def test_one_bad_probe_of_a_group_makes_it_unfit_and_no_other_group() -> None:
    told: list[Probed] = []
    probes = {"portal": [Scripted(FINE), Scripted(LOST)], "dispatch": [Scripted(FINE)]}
    found = schedule(probes, told)
    await run_for(found.run, 10.0)
    assert sorted(told) == [Probed("dispatch", True), Probed("portal", False)]
    assert found.outcomes["portal"].why == "no answer in 0.8 s"


@in_no_time
async def test_no_more_than_so_many_are_tried_at_once() -> None:
    told: list[Probed] = []
    probe = Scripted(LOST)
    probes = {f"group-{number}": [probe] for number in range(30)}
    await run_for(schedule(probes, told, Pace(at_once_max=4)).run, 60.0)
    assert probe.at_once_most == 4
    assert {one.group for one in told} == set(probes)


@in_no_time
async def test_a_late_process_accuses_nobody() -> None:
    told: list[Probed] = []
    late = Blocking("nothing heard", [PULSE_S + 2 * LATE_S] * 20)
    await run_for(schedule({"portal": [late]}, told).run, 15.0)
    assert told == []


@in_no_time
async def test_a_pause_is_noticed_before_the_clock_is_looked_at_again() -> None:
    """The answer and the pulse are due in the same turn of the loop, in whatever order."""
    told: list[Probed] = []
    found = schedule({"portal": [Blocking("nothing heard", [0.5] * 9)]}, told)
    for _ in range(9):
        await found.attempt("portal")
    assert told == []


@in_no_time
async def test_a_late_process_still_hears_what_works() -> None:
    told: list[Probed] = []
    await run_for(schedule({"portal": [Blocking("", [0.5] * 5)]}, told).run, 15.0)
    assert told == [Probed("portal", True)]


@in_no_time
async def test_a_failure_behind_a_pause_counts_again() -> None:
    told: list[Probed] = []
    await run_for(schedule({"portal": [Blocking("refused", [0.5] * 3)]}, told).run, 15.0)
    assert told == [Probed("portal", False)]


@in_no_time
async def test_groups_do_not_start_together_and_periods_differ() -> None:
    starts: list[float] = []

    class Noted:
        async def attempt(self) -> str:
            starts.append(round(asyncio.get_running_loop().time(), 3))
            return ""

    chances = iter([0.0, 0.5, 0.9] + [0.0, 1.0] * 50)
    found = ProbeSchedule(
        {name: [Noted()] for name in ("one", "two", "three")},
        print,
        Pace(votes=2, of=2),
        clock=clock(),
        chance=lambda: next(chances),
    )
    await run_for(found.run, 1.5)
    assert starts[:3] == [0.0, 0.5, 0.9]
    assert starts[3] == 0.9


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_jitter_is_bounded(chance: float) -> None:
    assert 0.9 <= Pace().wait_s(chance) <= 1.1


@pytest.mark.parametrize(
    "wrong",
    [{"period_s": 0.0}, {"deadline_s": 0.0}, {"jitter": 1.0}, {"jitter": -0.1},
     {"at_once_max": 0}, {"votes": 2, "of": 4}, {"votes": 5, "of": 4}, {"votes": 0, "of": 1}],
    ids=repr,
)  # fmt: skip
def test_a_pace_is_born_valid(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Pace(**wrong)  # type: ignore[arg-type]  # wrong on purpose


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
