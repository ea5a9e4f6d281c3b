"""What an observer says of the centres."""

from __future__ import annotations

import pytest

from failover.probes import Findings, Pace, Survey
from failover.probes.lateness import LATE_S, PULSE_S
from tests.failover.probes.scripted import LOST, Blocking, Scripted, clock, run_for
from tests.failover.register.loops import in_no_time

FINE, BAD, SLOW = ("", 0.01), ("refused", 0.01), ("", 0.5)
A, B = "dc-a", "dc-b"
Step = tuple[str, float | None]


def survey(a: list[Step], b: list[Step], neutral: Step = FINE) -> Survey:
    centres = {A: [Scripted(step) for step in a], B: [Scripted(step) for step in b]}
    return Survey(centres, Scripted(neutral), Pace(), slow_s=0.3, clock=clock())


@pytest.mark.parametrize(
    ("a", "b", "reached", "slow"),
    [
        ([FINE], [FINE], {A, B}, set()),
        ([FINE, FINE], [LOST, BAD], {A}, set()),
        ([LOST], [LOST], set(), set()),
        ([FINE, BAD], [FINE, SLOW], {A, B}, {A, B}),
        ([FINE, LOST], [FINE], {A, B}, {A}),
        ([SLOW], [BAD], {A}, {A}),
    ],
)
def test_reached_by_one_target_slow_by_another(
    a: list[Step], b: list[Step], reached: set[str], slow: set[str]
) -> None:
    @in_no_time
    async def check() -> None:
        found = await survey(a, b).round()
        assert found == Findings(frozenset(reached), frozenset(slow), uplink=True)

    check()


@in_no_time
async def test_without_the_neutral_target_the_line_is_bad() -> None:
    found = await survey([FINE], [LOST], neutral=LOST).round()
    assert found == Findings(frozenset({A}), frozenset(), uplink=False)


@in_no_time
async def test_a_late_observer_says_nothing() -> None:
    late = Blocking("nothing heard", [PULSE_S + 2 * LATE_S])
    found = Survey({A: [late], B: [Scripted()]}, Scripted(), Pace(), slow_s=0.3, clock=clock())
    told: list[Findings] = []
    await run_for(lambda: found.run(told.append, lambda: 0.5), 3.0)
    assert told == [Findings(frozenset({B}), frozenset(), uplink=True)] * 2  # of three rounds


@in_no_time
async def test_rounds_go_on_and_keep_what_they_found() -> None:
    found, told = survey([FINE], [LOST, FINE]), list[Findings]()
    await run_for(lambda: found.run(told.append, lambda: 0.5), 10.0)
    assert len(told) == 5  # half a period, then a deadline and a period each
    assert [one.why for one in found.outcomes[B]] == ["no answer in 0.8 s", ""]


@pytest.mark.parametrize("targets", [0, 9])
def test_each_centre_has_some_targets(targets: int) -> None:
    centres = {A: [Scripted()] * targets}
    with pytest.raises(ValueError, match="1 to 8"):
        Survey(centres, Scripted(), Pace(), slow_s=0.3, clock=float)


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_jitter_is_bounded(chance: float) -> None:
    assert 0.9 <= Pace().wait_s(chance) <= 1.1


@pytest.mark.parametrize(
    "wrong",
    [{"period_s": 0.0}, {"deadline_s": 0.0}, {"jitter": 1.0}, {"jitter": -0.1}],
    ids=repr,
)
def test_a_pace_is_born_valid(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Pace(**wrong)
