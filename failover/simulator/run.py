"""Runs seeds: one after the other, or many at once in several processes."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

from failover.core.agent import Agent
from failover.core.guard import Slots
from failover.simulator.agents import AgentClass
from failover.simulator.outcome import Outcome, judge, summary
from failover.simulator.schedule import END_S, Schedule, schedule
from failover.simulator.world import Options, Recorder, World

CHUNK = 5  # few: at the end no process works on alone for long


def run(
    seed: int,
    *,
    agent_class: AgentClass = Agent,
    slots_class: Callable[[], Slots] = Slots,
    options: Options = Options(),  # noqa: B008 — frozen
    faults: Schedule | None = None,
    recorder: Recorder | None = None,
) -> Outcome:
    """One run. An agent that raises, or never rests, breaks rule S0."""
    world = World(seed, faults or schedule(seed), agent_class, slots_class, options, recorder)
    try:
        world.begin()
        world.queue.run(END_S)
    except Exception:  # noqa: BLE001 — whatever the agent does, its seed is told
        world.violated("S0", traceback.format_exc(limit=-4))
        return summary(world, seed)
    judge(world)
    return summary(world, seed)


def run_many(seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """Run seeds in so many processes; outcomes come in the order of the seeds."""
    if jobs <= 1:
        yield from map(run, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for outcomes in pool.map(_run_chunk, _chunks(seeds)):
            yield from outcomes


def _run_chunk(seeds: list[int]) -> list[Outcome]:
    """Worlds refer to themselves: their memory is given back once in a chunk, not all the time."""
    gc.disable()
    try:
        return [run(seed) for seed in seeds]
    finally:
        gc.enable()
        gc.collect()


def _chunks(seeds: Iterable[int]) -> Iterator[list[int]]:
    source = iter(seeds)
    while chunk := list(islice(source, CHUNK)):
        yield chunk
