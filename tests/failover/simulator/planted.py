"""The known bugs, the faults that bring each out, and the rule that must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from failover.core.agent import Agent
from failover.core.guard import Slots
from failover.core.plan import Durability
from failover.simulator.agents import AgentClass
from failover.simulator.faults_of_ways import Fault
from failover.simulator.schedule import Schedule, category
from failover.simulator.world import Options
from tests.failover.simulator.planted_agents import (
    Amnesiac,
    Demoting,
    EndlessTimeouts,
    Faithless,
    Forsaking,
    LateTimeouts,
    Raising,
    Reckless,
    Relaxing,
    Reluctant,
    Restless,
    Sulking,
    Timid,
)

NO_DAMAGE = Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A planted bug, the faults that bring it out, and the rule that must see it."""

    name: str
    rule: str
    faults: Callable[[Random], list[Fault]]
    agent_class: AgentClass = Agent
    slots_class: Callable[[], Slots] = Slots
    options: Options = NO_DAMAGE
    seeds: int = 12  # by then it is seen

    def schedule(self, seed: int) -> Schedule:
        """Its faults, at times that the seed draws."""
        rng = Random(f"planted {seed}")
        faults = sorted(self.faults(rng))
        busy = rng.uniform(0.5, 1.0)
        return Schedule(category(faults), "default", Durability.ASYNCHRONOUS, busy, tuple(faults))


def one(
    rng: Random, kind: str, start_s: float = 10.0, length_s: float = 16.0, value: float = -1.0
) -> Fault:
    """A fault at A, some tenths of a second around this start, with a value that the seed draws."""
    worth = rng.random() if value < 0 else value
    return Fault(start_s + rng.uniform(-0.4, 0.4), length_s, kind, "A", worth)


BUGS = (
    Bug(
        name="the register does not compare",
        rule="S1",
        faults=lambda rng: [one(rng, "site isolated")],
        options=Options(plain_puts=True),
    ),
    Bug(
        name="deadlines on the wall clock",
        rule="S6",
        faults=lambda rng: [one(rng, "wall clock jumps", value=0.1)],
        options=Options(wall_clock=True),
    ),
    Bug(
        name="clocks that drift more than the plan says",
        rule="S1",
        faults=lambda rng: [one(rng, "site isolated")],
        options=Options(clock_error=0.25),
    ),
    Bug(
        name="established connections pass above the guard",
        rule="S1",
        faults=lambda rng: [one(rng, "site isolated")],
        options=Options(stops_established=False),
    ),
    Bug(
        name="kernel time starts after the answer",
        rule="S1",
        faults=lambda rng: [
            one(rng, "members' answers late", 10, 25, 0.1),
            one(rng, "hospitals lose a centre", 10, 20),
            one(rng, "agent and watchdog frozen", 20, 14),
            one(rng, "both paths cut", 16, 20),
        ],
        slots_class=LateTimeouts,
        seeds=60,
    ),
    Bug(
        name="a timeout of 0",
        rule="S1",
        faults=lambda rng: [one(rng, "agent and watchdog frozen")],
        slots_class=EndlessTimeouts,
    ),
    Bug(
        name="nothing remembered over a restart, and the register goes back",
        rule="S2",
        faults=lambda rng: [
            one(rng, "switchover", 10, 1, 0.5)._replace(site="B"),
            one(rng, "register restored", 18, 2, 0.8),
            one(rng, "agent killed", 17.8, 3),
            one(rng, "agent killed", 17.8, 3)._replace(site="B"),
        ],
        agent_class=Amnesiac,
        seeds=40,
    ),
    Bug(
        name="closes when the other centre is silent",
        rule="S3",
        faults=lambda rng: [one(rng, "both paths cut")],
        agent_class=Demoting,
    ),
    Bug(
        name="any loss is allowed",
        rule="S4",
        faults=lambda rng: [
            one(rng, "replication stalls", 8, 30, 0.5),
            one(rng, "site lost", 25),
        ],
        agent_class=Reckless,
    ),
    Bug(
        name="acknowledges alone before it is registered",
        rule="S4",
        faults=lambda rng: [
            one(rng, "replication stalls", 12, 10, 0.0),
            one(rng, "register outage", 10, 14),
        ],
        agent_class=Relaxing,
    ),
    Bug(
        name="closes when the register is silent",
        rule="S6",
        faults=lambda rng: [one(rng, "register outage")],
        agent_class=Timid,
    ),
    Bug(
        name="does not come back after a silence of the register",
        rule="L1",
        faults=lambda rng: [one(rng, "register outage")],
        agent_class=Sulking,
    ),
    Bug(
        name="forsakes the register after a silence",
        rule="L3",
        faults=lambda rng: [one(rng, "register outage")],
        agent_class=Forsaking,
    ),
    Bug(
        name="takes what it promised not to take",
        rule="S1",
        faults=lambda rng: [
            one(rng, "fibre cut"),
            one(rng, "line to the witness cut"),
            one(rng, "takeover", 16, 1, 0.0)._replace(site="B"),
        ],
        agent_class=Faithless,
    ),
    Bug(
        name="hesitates to take over",
        rule="L2",
        faults=lambda rng: [one(rng, "site lost")],
        agent_class=Reluctant,
    ),
    Bug(name="asks for ticks all the time", rule="S0", faults=lambda _: [], agent_class=Restless),
    Bug(
        name="falls over",
        rule="S0",
        faults=lambda rng: [one(rng, "register outage")],
        agent_class=Raising,
    ),
)
