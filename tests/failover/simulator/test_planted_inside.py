"""Each known bug inside the agent is seen by its rule; the real agent is clean under its faults."""

from __future__ import annotations

import pytest

from failover.simulator.run import run
from tests.failover.simulator.planted import Bug
from tests.failover.simulator.planted_inside import INSIDE
from tests.failover.simulator.test_planted import first_catch

NAMES = [bug.name for bug in INSIDE]


@pytest.mark.parametrize("bug", INSIDE, ids=NAMES)
def test_a_bug_inside_is_seen(bug: Bug) -> None:
    seed = first_catch(bug)
    print(f"{bug.name}: seed {seed}")  # noqa: T201 — what the bug costs
    assert seed is not None


@pytest.mark.parametrize("bug", INSIDE, ids=NAMES)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_real_agent_is_clean_under_its_faults(bug: Bug, seed: int) -> None:
    assert not run(seed, faults=bug.schedule(seed)).violations
