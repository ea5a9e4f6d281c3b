"""A drill in the simulator: the agents' own code, under the plan in force, one failure, many seeds.

The plan's groups, times, panel and damping are those of the plan file. Its places are the
simulator's: two centres, a witness and five hospitals, so a panel that wants more of them is
brought down to that, and the rule that counts register writes (L4, made for a plan of three
groups) is left out. What the world is made of besides (ways, clocks, disks, how its databases
behave, how soon they start) is the simulator's too: this tells of decisions and orders of time, and
is no measurement.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from random import Random

from msgspec.structs import replace

from failover.core.agent import Agent
from failover.core.guard import Slots
from failover.core.plan import Durability, Plan
from failover.simulator.faults_of_ways import Fault
from failover.simulator.links import HOSPITALS, SITES, WITNESS
from failover.simulator.outcome import Outcome, judge, summary
from failover.simulator.schedule import (
    END_S,
    FIRST_S,
    HEALED_S,
    LATEST_S,
    LONGEST_S,
    Schedule,
    category,
)
from failover.simulator.world import Options, World
from failover.words.scenarios import Scenario, What

KINDS = {
    What.CENTRE: "site lost",
    What.FIBRE: "fibre cut",
    What.REGISTER: "register outage",
    What.WITNESS: "witness lost",
    What.PATHS: "both paths cut",
}
SHORTEST_S = 6.0  # long enough for a take-over
LEASE_S_MAX, PATIENCE_S_MAX = 2.5, 10.0  # what the simulator's minute has room for
CHUNK = 10


class NotSimulated(ValueError):
    """A plan whose times do not fit into the simulator's minute."""


class PlannedWorld(World):
    """A world under a given plan, instead of one that the simulator makes."""

    def __init__(self, seed: int, schedule: Schedule, plan: Plan) -> None:
        self._given = plan
        super().__init__(seed, schedule, Agent, Slots, Options())

    def _know(self, plan: Plan) -> None:
        del plan
        super()._know(self._given)


def plan_to_simulate(plan: Plan) -> Plan:
    """The plan at the simulator's places. Raises NotSimulated."""
    profile = plan.profile
    if profile.lease.length_s > LEASE_S_MAX or profile.patience_s > PATIENCE_S_MAX:
        raise NotSimulated(
            f"the plan's lease of {profile.lease.length_s:g} s and patience of "
            f"{profile.patience_s:g} s do not fit: the simulator has room for {LEASE_S_MAX:g} and "
            f"{PATIENCE_S_MAX:g} s"
        )
    places = dict(zip(plan.sites, SITES, strict=True))
    return replace(
        plan,
        hash="plan-1",
        sites=SITES,
        witness=WITNESS,
        groups=tuple(replace(group, home=places[group.home]) for group in plan.groups),
        panel=replace(plan.panel, observers_min=min(plan.panel.observers_min, len(HOSPITALS))),
    )


def schedule_of(scenario: Scenario, plan: Plan, seed: int) -> Schedule:
    """When a seed lets it fail, and for how long."""
    rng = Random(f"drill {scenario.name} {seed}")
    start_s = rng.uniform(FIRST_S, LATEST_S)
    length_s = rng.uniform(SHORTEST_S, min(LONGEST_S, HEALED_S - start_s))
    lost = scenario.lost or rng.choice(plan.sites)
    site = SITES[plan.sites.index(lost)]
    faults = [Fault(start_s, length_s, KINDS[scenario.what], site, rng.random())]
    return Schedule(
        category=category(faults),
        profile="default",  # the simulator's own; the plan's times are in force
        durability=Durability.STATELESS,  # of a group that the simulator would make: none here
        busy=rng.uniform(0.2, 1.0),
        faults=tuple(faults),
    )


def simulate(plan: Plan, scenario: Scenario, seeds: Iterable[int], jobs: int) -> Iterator[Outcome]:
    """One run for each seed, in their order. Raises NotSimulated."""
    plan_to_simulate(plan)
    one = partial(run_one, plan, scenario)
    if jobs <= 1:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(one, seeds, chunksize=CHUNK)


def run_one(plan: Plan, scenario: Scenario, seed: int) -> Outcome:
    """One run."""
    world = PlannedWorld(seed, schedule_of(scenario, plan, seed), plan_to_simulate(plan))
    world.begin()
    world.queue.run(END_S)
    judge(world)
    found = summary(world, seed)
    kept = tuple(each for each in found.violations if each.rule != "L4")
    return dataclasses.replace(found, violations=kept)
