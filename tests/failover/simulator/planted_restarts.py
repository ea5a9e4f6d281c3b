"""Known bugs of a planned restart: what one life leaves open, and the next one does not know of."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from failover.core.agent import Agent
from failover.core.doors import Doors
from failover.core.effects import Start
from failover.core.guard import SetChange, Slots
from failover.core.plan import Plan
from failover.simulator.faults_of_ways import Fault
from failover.simulator.world import Options
from tests.failover.simulator.planted_inside import Stateless

# --- what the next life does not know ------------------------------------------------------------


class DoorsThatForget(Doors):
    """Adopts nothing of what is open."""

    def adopt(self, left_s: Mapping[str, float], now_s: float) -> None:
        del left_s
        super().adopt({}, now_s)


class Forgetful(Agent):
    """Believes every door shut when its life begins."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.doors = DoorsThatForget()


class DoorsOfTheFirstMoment(Doors):
    """Does not wait for the guard's word of what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.alive = self.told = True


class Untold(Agent):
    """Owns and gives up before the guard has spoken."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.doors = DoorsOfTheFirstMoment()


class SlotsThatGrant(Slots):
    """Opens at the leaving what was armed for a renewal of unknown fate."""

    def leave(self) -> list[SetChange]:
        slot = 1 - self._live
        return self.grant(self._name, self._armed[slot])


# --- the faults ----------------------------------------------------------------------------------


def _fails_at_once(rng: Random) -> list[Fault]:
    """What its next life has just taken again fails, and nothing of it is granted yet."""
    start_s = 10 + rng.uniform(-0.4, 0.4)
    return [
        Fault(start_s - 0.1, 8.0, "actuator hangs", "B", 0.5),
        Fault(start_s, 0.1, "planned restart", "B", 0.0),
        Fault(start_s + 0.1 + rng.uniform(0.0, 0.4), 8.0, "service fails", "B", 0.9),
    ]


def _fails_under_another_guard(rng: Random) -> list[Fault]:
    """The same, and the guard is not the one that the life before has left."""
    faults = _fails_at_once(rng)
    return [*faults, Fault(faults[1].start_s + 0.02, 0.05, "watchdog killed", "B", 0.5)]


def _fails_unheard(rng: Random) -> list[Fault]:
    """The same, with a guard that hears the next life late."""
    hangs, restarts, fails = _fails_at_once(rng)
    return [hangs, restarts._replace(value=1.0), fails]


def _cut_off_and_left(rng: Random) -> list[Fault]:
    """It leaves with a renewal under way that nobody will ever answer."""
    start_s = 10 + rng.uniform(-0.4, 0.4)
    return [
        Fault(start_s, 16.0, "site isolated", "A", 0.5),
        Fault(start_s + rng.uniform(0.4, 1.4), 6.0, "planned restart", "A", 0.5),
    ]


RESTARTS = (
    Stateless(
        name="a life that forgets what the last one left open",
        rule="S1",
        faults=_fails_at_once,
        agent_class=Forgetful,
        seeds=40,
    ),
    Stateless(
        name="a new guard that trusts what stands open",
        rule="S1",
        faults=_fails_under_another_guard,
        options=Options(new_guard_trusts=True),
        seeds=40,
    ),
    Stateless(
        name="a life that gives up before the guard has spoken",
        rule="S1",
        faults=_fails_unheard,
        agent_class=Untold,
        seeds=40,
    ),
    Stateless(
        name="what was armed opens when a life leaves",
        rule="S1",
        faults=_cut_off_and_left,
        slots_class=SlotsThatGrant,
        seeds=40,
    ),
)
