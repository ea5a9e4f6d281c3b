"""One seed is one course of events, in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from failover.simulator.run import run
from failover.simulator.schedule import END_S, HEALED_S, LATEST_S, SHORTEST_S, schedule
from failover.simulator.story import Story

SEEDS = (3, 6, 17)
PROGRAM = """
from failover.simulator.run import run
from failover.simulator.story import Story
for seed in {seeds}:
    story = Story()
    run(seed, recorder=story.recorder())
    print(story.digest())
"""


def test_the_course_of_events_does_not_depend_on_the_hash_seed() -> None:
    digests = {in_process(hash_seed) for hash_seed in ("0", "1", "4711")}
    assert len(digests) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_recording_changes_nothing(seed: int) -> None:
    story = Story()
    assert run(seed) == run(seed, recorder=story.recorder())
    assert story.lines


def test_other_seeds_are_other_courses() -> None:
    assert len({schedule(seed) for seed in range(200)}) == 200


def test_all_is_healed_before_the_peace() -> None:
    for seed in range(500):
        for fault in schedule(seed).faults:
            assert fault.length_s >= SHORTEST_S
            assert fault.start_s <= LATEST_S
            assert fault.start_s + fault.length_s <= HEALED_S
    assert END_S - HEALED_S >= 15


def in_process(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(seeds=SEEDS)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout
