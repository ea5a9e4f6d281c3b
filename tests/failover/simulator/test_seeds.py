"""The agents in the simulated world: seeds that failed once, and two thousand more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from failover.core.rows import Table
from failover.core.tables import ACTION, INSTANCE, LINK, SITE
from failover.simulator.faults import KINDS
from failover.simulator.run import run, run_many
from failover.simulator.schedule import CATEGORIES, END_S, FIBRE, schedule
from failover.simulator.tally import Tally

FAILED = Path(__file__).with_name("failed_seeds.txt")
SEEDS = range(2000)
TABLES = (LINK, SITE, INSTANCE, ACTION)


def failed_seeds() -> list[int]:
    lines = FAILED.read_text("utf-8").splitlines()
    return [int(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]


@pytest.mark.parametrize("seed", failed_seeds())
def test_a_seed_that_failed_once(seed: int) -> None:
    assert not [(each.rule, each.text) for each in run(seed).violations]


@pytest.fixture(scope="module")
def tally() -> Tally:
    tally = Tally()
    for outcome in run_many(SEEDS, os.cpu_count() or 1):
        tally.add(outcome)
    return tally


@pytest.mark.xdist_group("seeds")
def test_two_thousand_schedules_break_no_rule(tally: Tally) -> None:
    """Replay one that does: `telemed-failover simulate --replay SEED`."""
    assert tally.runs == len(SEEDS)
    assert END_S >= 60
    assert not tally.broken


@pytest.mark.xdist_group("seeds")
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_they_reach_every_row(tally: Tally, table: Table[Any, Any]) -> None:
    assert not [row.id for row in table.rows if not tally.rows[row.id]]


@pytest.mark.xdist_group("seeds")
def test_they_reach_every_kind_of_fault_and_every_category(tally: Tally) -> None:
    assert not [kind for kind in KINDS if not tally.faults[kind]]
    assert set(CATEGORIES.values()) | {"single", "mixed"} == set(tally.categories)


@pytest.mark.xdist_group("seeds")
def test_they_take_over_within_the_design_s_bound_and_lose_nothing_that_is_ordered(
    tally: Tally,
) -> None:
    found = tally.document()
    assert found["takeover_s"]["default"]["max"] <= 3.0
    assert found["takeover_s"]["fast"]["max"] <= 2.0
    assert found["lost_bytes"]["switchover"]["max"] == 0


def test_the_fibre_alone_is_broken_in_every_way() -> None:
    kinds = {
        fault.kind
        for seed in SEEDS
        if schedule(seed).category == "only_fibre"
        for fault in schedule(seed).faults
    }
    assert kinds == set(FIBRE)
