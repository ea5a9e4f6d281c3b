"""Each known bug of a planned restart is seen; the real agent and guard break and pause nothing."""

from __future__ import annotations

import pytest

from failover.core.plan import Durability
from failover.simulator.faults_of_ways import Fault
from failover.simulator.run import run
from failover.simulator.schedule import PLANNED, Schedule, category
from failover.simulator.story import Story
from tests.failover.simulator.planted import Bug
from tests.failover.simulator.planted_restarts import RESTARTS
from tests.failover.simulator.test_planted import first_catch

NAMES = [bug.name for bug in RESTARTS]


@pytest.mark.parametrize("bug", RESTARTS, ids=NAMES)
def test_a_bug_of_a_planned_restart_is_seen(bug: Bug) -> None:
    assert first_catch(bug) is not None


@pytest.mark.parametrize("bug", RESTARTS, ids=NAMES)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_real_ones_are_clean_under_its_faults(bug: Bug, seed: int) -> None:
    assert not run(seed, faults=bug.schedule(seed)).violations


def restarted(*others: Fault) -> str:
    """The story of A's planned restart at 10 s, and of what happens besides."""
    faults = sorted([Fault(10.0, 0.3, PLANNED, "A", 0.0), *others])
    plan = Schedule(category(faults), "default", Durability.STATELESS, 1.0, tuple(faults))
    story = Story()
    outcome = run(3, faults=plan, recorder=story.recorder())
    assert not outcome.violations
    lines = [line for line in story.lines if 10.0 <= float(line.split()[0]) < 13.0]
    return "\n".join(lines)


def test_no_door_closes_at_a_planned_restart() -> None:
    told = restarted()
    assert "leaves its doors to its next life" in told
    assert "the guard obeys, open: consult-a1 for 1." in told
    assert "the door of" not in told


@pytest.mark.parametrize(
    "other",
    [
        Fault(10.05, 0.1, "watchdog killed", "A", 0.5),
        Fault(10.05, 0.1, "guard broken", "A", 0.5),
        Fault(9.9, 4.0, "guard broken", "A", 0.5),
        Fault(10.05, 0.1, "plan half deployed", "A", 0.5),
        Fault(10.05, 2.0, "machine suspended", "A", 0.5),
    ],
    ids=lambda fault: f"{fault.kind} for {fault.length_s:g} s",
)
def test_a_guard_to_which_something_happened_meanwhile_keeps_nothing_open(other: Fault) -> None:
    assert ", open:" not in restarted(other)
