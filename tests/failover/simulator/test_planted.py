"""Each known bug is seen by the rule that is there for it: a check that cannot fail is a defect."""

from __future__ import annotations

import pytest

from failover.simulator.run import run
from tests.failover.simulator.planted import BUGS, Bug


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_seen(bug: Bug) -> None:
    assert first_catch(bug) is not None


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_without_the_bug_nothing_is_seen(bug: Bug) -> None:
    outcome = run(0, faults=bug.schedule(0))
    assert bug.rule not in {violation.rule for violation in outcome.violations}


def test_every_rule_of_a_run_has_a_bug() -> None:
    rules = {bug.rule for bug in BUGS}
    assert rules >= {"S0", "S1", "S2", "S3", "S4", "S6", "L1", "L2", "L3"}  # S5: test_seal.py


def first_catch(bug: Bug) -> int | None:
    for seed in range(bug.seeds):
        outcome = run(
            seed,
            agent_class=bug.agent_class,
            slots_class=bug.slots_class,
            options=bug.options,
            faults=bug.schedule(seed),
        )
        if any(violation.rule == bug.rule for violation in outcome.violations):
            return seed
    return None
