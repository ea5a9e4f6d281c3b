"""Known bugs of how doors open: without an answer, from the last try, by another value."""

from __future__ import annotations

from failover.core.agent import Agent
from failover.core.cells import SessionCell, decode
from failover.core.effects import Effect, Start
from failover.core.lane import Lane
from failover.core.plan import Plan
from failover.core.senses import Senses
from failover.core.session import Renewal
from failover.core.transaction import Committed, Outcome, Refused, Transaction

# --- the answer that doors wait for after a time without a lease -----------------------------


class SensesOfFaith(Senses):
    """Takes silence for the other centre's answer."""

    def answers(self, since_s: float) -> bool:
        del since_s
        return True


class Hasty(Agent):
    """Opens again as soon as its lease holds again, whatever the other centre owns."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.state.senses = SensesOfFaith(plan, self.state.me, start.now_s)


# --- the deadline of a repeated renewal: a hasty agent's, as the answer would mend it ---------


class LaneFromTheLastTry(Lane):
    """Counts deadline and kernel time from the last try of a value, not from the first."""

    def _again(self, pending: Renewal, now_s: float) -> list[Effect]:
        if pending.sent_s is None or not pending.opens:
            return super()._again(pending, now_s)
        pending.sent_s = None  # it is sent anew as soon as it is armed anew
        length_s = self._state.plan.profile.lease.length_s
        return [self._state.doors.arm(pending.name, pending.opens, length_s, now_s)]


class FromTheLastTry(Hasty):
    """Its lane counts from the last try."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.lane = LaneFromTheLastTry(self.state, self.moves)


class LaneOfNewValues(Lane):
    """Repeats with a new value; whatever value of its own it then finds counts as the newest."""

    def _again(self, pending: Renewal, now_s: float) -> list[Effect]:
        if pending.sent_s is None or not pending.opens:
            return super()._again(pending, now_s)
        state = self._state
        state.session.drop()
        fresh = state.session.draft(state.view, pending.opens, ())
        fresh.transaction = Transaction(pending.transaction.compares, fresh.transaction.puts)
        length_s = state.plan.profile.lease.length_s
        return [state.doors.arm(fresh.name, fresh.opens, length_s, now_s)]

    def _settle_renewal(self, outcome: Outcome, now_s: float) -> list[Effect]:
        if isinstance(outcome, Refused):
            key = self._state.own_session_key()
            cell = outcome.cells[key]
            known = cell.revision > self._state.view.revision(key)
            found = decode(key, cell.value) if known else None
            if isinstance(found, SessionCell) and found.incarnation == self._state.me:
                outcome = Committed(cell.revision)
        return super()._settle_renewal(outcome, now_s)


class NewValues(Hasty):
    """Its lane changes the value that it repeats."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.lane = LaneOfNewValues(self.state, self.moves)
