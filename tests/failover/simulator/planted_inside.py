"""Known bugs inside the agent: one method of one of its parts is wrong, the rest is as it is.

Each is put in place by a small subclass of `Agent`, with the faults that bring it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from failover.core.agent import Agent
from failover.core.cells import (
    Incarnation,
    OwnerState,
    SessionCell,
    Term,
    session_key,
)
from failover.core.damping import Cause, Damper
from failover.core.doors import Doors
from failover.core.effects import Effect, Start
from failover.core.facts import Owner
from failover.core.groups import NEVER_S, Ownership, Whose
from failover.core.lane import Lane
from failover.core.lease import over_at_s
from failover.core.plan import Durability, Group, Plan
from failover.core.promises import Given
from failover.core.session import OwnSession
from failover.core.transaction import Committed, Outcome
from failover.core.view import View
from failover.simulator.faults_of_ways import Fault
from failover.simulator.schedule import Schedule
from tests.failover.simulator.planted import Bug, one
from tests.failover.simulator.planted_lanes import FromTheLastTry, Hasty, NewValues

TO_THE_END_S = 60.0

# --- whose lease, whose life ---------------------------------------------------------------


class ViewOfOwnLease(View):
    """Believes that every session runs the plan in force, with the lease of its own plan."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._lease = plan.profile.lease

    def over_s(self, site: str) -> float:
        seen_s = self._seen_s.get(session_key(site))
        return 0.0 if seen_s is None else over_at_s(seen_s, self._lease)

    def session(self, site: str) -> SessionCell | None:
        cell = super().session(site)
        return replace(cell, plan=self.plan_hash()) if cell is not None else None


class OwnLease(Agent):
    """Waits for as long as its own plan says, whatever the other centre has written."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.view = ViewOfOwnLease(plan)


class ViewOfSites(View):
    """Knows an owner by its site alone."""

    def mine(self, instance: str, me: Incarnation) -> bool:
        cell = self.owner(instance)
        return cell is not None and cell.owner.site == me.site and cell.state is OwnerState.OWNED


class OwnershipOfSites(Ownership):
    """Knows an owner by its site alone."""

    def _one(self, instance: str, view: View, group: Group, booted_s: float) -> Whose:
        if view.mine(instance, self._me):
            return Whose(Owner.MINE, NEVER_S)
        return super()._one(instance, view, group, booted_s)


class SessionOfSites(OwnSession):
    """Takes every session of its site for its own."""

    def is_mine(self, view: View) -> bool:
        return view.session(self._me.site) is not None

    def doubled(self, view: View) -> bool:
        del view
        return False


class LaneOfSites(Lane):
    """Renews the session of its site, whoever has written it."""

    def _may_renew(self, now_s: float) -> bool:
        del now_s
        return self._state.view.looked


class BySite(Agent):
    """Knows lives by their site alone."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.view = ViewOfSites()
        self.state.ownership = OwnershipOfSites(plan, self.state.me)
        self.state.session = SessionOfSites(plan, self.state.me)
        self.lane = LaneOfSites(self.state, self.moves)


# --- the guard, the promise, damping, terms ------------------------------------------------


class DoorsOfFaith(Doors):
    """Never notices that the guard is dead."""

    @property
    def alive(self) -> bool:
        return True

    @alive.setter
    def alive(self, alive: bool) -> None:
        pass


class LaneWithoutGuard(Lane):
    """Renews without waiting for the guard."""

    def _renew(self, now_s: float) -> list[Effect]:
        effects = super()._renew(now_s)
        pending = self._state.session.pending
        if pending is not None and pending.sent_s is None:
            effects += self._send(pending, now_s)
        return effects

    def _settle_renewal(self, outcome: Outcome, now_s: float) -> list[Effect]:
        effects = super()._settle_renewal(outcome, now_s)
        self._state.renew_now &= not isinstance(outcome, Committed)  # there is time to the next
        return effects


class Guardless(Agent):
    """Renews without a live guard."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.doors = DoorsOfFaith()
        self.lane = LaneWithoutGuard(self.state, self.moves)


class GivenNothing(Given):
    """Does not wait for what an earlier life may have promised."""

    def started_until_s(self) -> float:
        return 0.0

    def until_s(self, group: str) -> float:
        return self._excepted_until_s.get(group, self._until_s)


class Unpromised(Agent):
    """Forgets its promises with its life."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.given = GivenNothing(start.now_s, plan.profile.lease, start.memory.promised_s)


class DamperOfAll(Damper):
    """Lets no failure pass, however hard it is."""

    def holds(self, group: str, cause: Cause, key: str, now_s: float) -> str:
        return super().holds(group, min(cause, Cause.ORPHAN), key, now_s)


class Damped(Agent):
    """Damps a real failure too."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.damper = DamperOfAll(plan.damping)


class OwnershipWithoutTerms(Ownership):
    """Remembers no term."""

    def saw(self, terms: Iterable[tuple[str, Term]]) -> bool:
        del terms
        return False


class Termless(Agent):
    """Does not see by the terms that the register went back."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.ownership = OwnershipWithoutTerms(plan, self.state.me)


# --- the faults ----------------------------------------------------------------------------


class Stateless(Bug):
    """The group that is moved need not catch up first."""

    def schedule(self, seed: int) -> Schedule:
        return super().schedule(seed)._replace(durability=Durability.STATELESS)


class Unexcused(Bug):
    """No page excuses a door that stays closed: the real agent opens it."""

    def schedule(self, seed: int) -> Schedule:
        return super().schedule(seed)._replace(category="unexcused")


def _answer_lost(rng: Random) -> list[Fault]:
    """Its last renewal is written; it learns of it when the other centre has taken over."""
    return [
        Fault(11.0, 3.0, "members' answers lost", "A", 0.5),
        Fault(11.0 + rng.uniform(0.3, 0.5), rng.uniform(2.2, 3.2), "site isolated", "A", 0.5),
    ]


def _frozen_and_restored(rng: Random) -> list[Fault]:
    """B stands still while A takes its own over, and goes on when the register went back."""
    restored_s = 21 + rng.uniform(-0.4, 0.4)
    return [
        Fault(6.0, restored_s + rng.uniform(0.4, 1.0) - 6.0, "agent and watchdog frozen", "B", 0.5),
        one(rng, "both paths cut", 16, 20),
        Fault(restored_s, 0.2, "register restored", "B", 0.5),
    ]


def _restored_and_restarted(rng: Random) -> list[Fault]:
    """The register knows no session of B, which lives on promises, and A is restarted.

    A person orders it to take: nothing but the promise is in its way.
    """
    kill_s = 14 + rng.uniform(-0.4, 0.4)
    at_b = [
        one(rng, "hospitals lose a centre", 5, 25),
        one(rng, "register restored", 6, 2, 0.9),
        one(rng, "fibre cut", 7, 20),
        one(rng, "line to the witness cut", 7, 20),
        Fault(kill_s, 15.0, "health path cut", "B", 0.5),
    ]
    return [
        *(fault._replace(site="B") for fault in at_b),
        Fault(kill_s, 0.2, "agent killed", "A", 0.5),
        Fault(kill_s + 0.3, 1.0, "takeover", "A", 0.9),
    ]


def _moved_to_and_fro(rng: Random) -> list[Fault]:
    """Three times there and back by order; then the centre is lost."""
    moves = [
        one(rng, "switchover", 7 + 3 * number, 1, 0.1)._replace(site=site)
        for number, site in enumerate("BABABA")
    ]
    return [*moves, one(rng, "site lost", 28, TO_THE_END_S)]


INSIDE = (
    Bug(
        name="doors open again without the other centre's answer",
        rule="S1",
        faults=_frozen_and_restored,
        agent_class=Hasty,
        seeds=40,
    ),
    Bug(
        name="deadline from the last try",
        rule="S1",
        faults=_answer_lost,
        agent_class=FromTheLastTry,
        seeds=40,
    ),
    Bug(
        name="a repeat with another value",
        rule="S1",
        faults=_answer_lost,
        agent_class=NewValues,
        seeds=40,
    ),
    Bug(
        name="the lease of its own plan, and plans not compared",
        rule="S1",
        faults=lambda rng: [
            one(rng, "plan half deployed", 10, 25),
            one(rng, "site isolated", 18, 12),
        ],
        agent_class=OwnLease,
        seeds=40,
    ),
    Bug(
        name="lives known by their site",
        rule="S1",
        faults=lambda rng: [one(rng, "machine cloned")],
        agent_class=BySite,
        seeds=40,
    ),
    Bug(
        name="renews without a live guard",
        rule="L1",
        faults=lambda rng: [one(rng, "guard broken", 10, TO_THE_END_S)],
        agent_class=Guardless,
        seeds=40,
    ),
    Stateless(
        name="a promise not waited out after a restart",
        rule="S1",
        faults=_restored_and_restarted,
        agent_class=Unpromised,
        seeds=40,
    ),
    Unexcused(
        name="damping holds a real failure",
        rule="L1",
        faults=_moved_to_and_fro,
        agent_class=Damped,
        seeds=40,
    ),
    Bug(
        name="terms not remembered, and the register goes back",
        rule="S2",
        faults=lambda rng: [
            one(rng, "switchover", 10, 1, 0.5)._replace(site="B"),
            one(rng, "register restored", 18, 2, 0.8),
            one(rng, "agent killed", 17.8, 3),
            one(rng, "takeover", 30, 1, 0.5)._replace(site="B"),  # no agent can tell whose it is
        ],
        agent_class=Termless,
        seeds=40,
    ),
)
