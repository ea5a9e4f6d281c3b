"""The agents in the simulated world: seeds that failed once, and some more."""

from __future__ import annotations

from pathlib import Path

import pytest

from failover.simulator.run import run
from failover.simulator.schedule import FIBRE, schedule

FAILED = Path(__file__).with_name("failed_seeds.txt")
MORE = range(9000, 9060)
STEP = 10


def failed_seeds() -> list[int]:
    lines = FAILED.read_text("utf-8").splitlines()
    return [int(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]


@pytest.mark.parametrize("seed", failed_seeds())
def test_a_seed_that_failed_once(seed: int) -> None:
    assert not told(seed)


@pytest.mark.parametrize("first", MORE[::STEP])
def test_some_seeds(first: int) -> None:
    assert not [text for seed in range(first, first + STEP) for text in told(seed)]


def test_only_the_fibre() -> None:
    seeds = [seed for seed in range(200) if schedule(seed).category == "only_fibre"][:10]
    assert not [text for seed in seeds for text in told(seed)]
    kinds = {fault.kind for seed in range(400) for fault in schedule(seed).faults}
    assert kinds >= set(FIBRE)


def told(seed: int) -> list[str]:
    replay = f"telemed-failover simulate --replay {seed}"
    return [f"{each.rule}: {each.text} ({replay})" for each in run(seed).violations]
