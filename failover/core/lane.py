"""The register, asked one thing at a time: renewals first, then moves.

A renewal of unknown fate is repeated unchanged until the fate is known; nothing else is asked
meanwhile. A move of unknown fate steps back for renewals, which either come after it or kill it,
and is repeated with the same puts until it is known to be done or refused.
"""

from failover.core.effects import Answered, Commit, Effect
from failover.core.lease import deadline_s
from failover.core.moves import Moves
from failover.core.session import Renewal
from failover.core.state import State
from failover.core.transaction import Committed, Outcome, Refused, Transaction
from failover.core.writes import Move

REPEAT_S = 0.1  # pause before an unanswered request is repeated
PROMPT = 0.25  # of a renewal's period: an answer within it needs no promise beside it
EARLY = 0.9  # of a beat or a renewal, whichever is shorter; a whole one would renew at each beat


class Lane:
    """What is on its way to the register."""

    def __init__(self, state: State, moves: Moves) -> None:
        self._state = state
        self._moves = moves
        self._request = 0
        self._asking = False
        self._move: Move | None = None  # on its way, or of unknown fate
        self._move_asked = False  # the request on its way is the move
        self._prompt = False  # the last renewal was confirmed at once
        self._not_before_s = state.started_s
        self._renew_s = state.started_s
        # Whoever is awake already, for a beat, sends the renewal that is due before the next one
        # along with it: once, then they are in step, and the agent wakes for both.
        profile = state.plan.profile
        self._early_s = EARLY * min(profile.beat_s, profile.renewal_s)
        self.due_s = state.started_s

    def turn(self, now_s: float) -> list[Effect]:
        """Ask the next thing, if nothing is on its way."""
        effects = [] if self._asking or now_s < self._not_before_s else self._next(now_s)
        self.due_s = max(self._renew_s, self._not_before_s)
        return effects

    def armed(self, name: str, now_s: float) -> list[Effect]:
        """The guard's time runs: now the renewal that it was armed for may be sent."""
        pending = self._state.session.pending
        if pending is None or pending.name != name or pending.sent_s is not None:
            return []
        return self._send(pending, now_s)

    def answered(self, event: Answered, now_s: float) -> list[Effect]:
        """What became of the request."""
        if event.request != self._request or not self._asking:
            return []
        self._asking = False
        outcome = event.outcome
        if isinstance(outcome, Committed | Refused):
            self._state.news |= self._state.answered_s is None  # only now may anything be taken
            self._state.answered_s = now_s
        else:
            self._not_before_s = now_s + REPEAT_S
        if self._move_asked:
            self._state.news = True
            return self._settle_move(outcome, now_s)
        return self._settle_renewal(outcome, now_s)

    def forget(self) -> None:
        """Whatever is on its way went to a register that is no more."""
        self._asking, self._move = False, None

    # --- asking ----------------------------------------------------------------------------

    def _next(self, now_s: float) -> list[Effect]:
        session = self._state.session
        if session.pending is not None:
            return self._again(session.pending, now_s)
        if self._state.view.back:
            return []
        if now_s >= self._renew_s - self._early_s or self._state.renew_now:
            return self._renew(now_s) if self._may_renew(now_s) else []
        if self._move is None:
            self._move = self._moves.next(now_s) if self._state.stirred else None
            if self._move is None:
                self._state.stirred = False
                return []
            self._state.unresolved = self._move.groups
            self._state.surrendering = self._move.groups if self._move.surrenders else frozenset()
        return self._ask(self._move.transaction(self._state), move=True)

    def _may_renew(self, now_s: float) -> bool:
        """Whether the session cell is this agent's to write, or to take over from an ended life."""
        view, me = self._state.view, self._state.me
        cell = view.session(me.site)
        if not view.looked or self._state.own_session_key() in view.unreadable:
            return False
        if cell is None or cell.incarnation.same_boot(me):
            return True
        return now_s >= view.over_s(me.site)

    def _renew(self, now_s: float) -> list[Effect]:
        state = self._state
        state.renew_now = False
        pending = state.session.draft(state.view, state.to_open(now_s), state.reached(now_s))
        promised = state.asks(now_s) and state.senses.hears(now_s)
        reserved = now_s < state.doors.reserved_until_s
        if not pending.opens or reserved or (promised and not self._prompt):
            # While the register is late, kernel time runs for the beats that ask for a promise.
            return self._send(pending, now_s)
        length_s = state.plan.profile.lease.length_s
        return [state.doors.arm(pending.name, pending.opens, length_s, now_s)]

    def _again(self, pending: Renewal, now_s: float) -> list[Effect]:
        if pending.sent_s is not None:
            return self._ask(pending.transaction, move=False)
        doors, limit_s = self._state.doors, self._state.plan.profile.renewal_s
        silent = doors.name == pending.name and now_s > doors.armed_s + limit_s
        if silent:
            doors.alive = False
            self._state.news = True
        if silent or doors.name != pending.name:
            # Not armed, or armed for a beat meanwhile. It was not sent: nothing is lost with it.
            self._state.session.drop()
        return []

    def _send(self, pending: Renewal, now_s: float) -> list[Effect]:
        pending.sent_s = now_s
        self._renew_s = now_s + self._state.plan.profile.renewal_s
        return self._ask(pending.transaction, move=False)

    def _ask(self, transaction: Transaction, *, move: bool) -> list[Effect]:
        self._request += 1
        self._asking, self._move_asked = True, move
        return [Commit(self._request, transaction, self._state.plan.profile.renewal_s)]

    # --- answers ---------------------------------------------------------------------------

    def _settle_renewal(self, outcome: Outcome, now_s: float) -> list[Effect]:
        state, pending = self._state, self._state.session.pending
        assert pending is not None
        assert pending.sent_s is not None
        self._prompt = False
        if isinstance(outcome, Committed):
            self._prompt = now_s - pending.sent_s <= PROMPT * state.plan.profile.renewal_s
            state.view.wrote(pending.transaction.puts, outcome.revision, now_s)
            lease, before_s = state.plan.profile.lease, state.session.confirmed_s
            state.session.confirm()
            if before_s is not None and now_s >= deadline_s(before_s, lease):
                state.resume(now_s)
            opens = pending.opens & state.to_open(now_s)
            until_s = deadline_s(pending.sent_s, lease)
            granted = state.doors.grant(pending.name, opens, until_s, now_s)
            reserved = now_s < state.doors.reserved_until_s
            state.renew_now |= bool(pending.opens) and not granted and not reserved
            return granted
        if isinstance(outcome, Refused):
            state.news = True
            state.session.drop()
            self._absorb(outcome, now_s)
            state.renew_now = True
        return []

    def _settle_move(self, outcome: Outcome, now_s: float) -> list[Effect]:
        move = self._move
        assert move is not None
        if isinstance(outcome, Committed):
            self._state.view.wrote(move.puts, outcome.revision, now_s)
            self._state.ownership.saw(self._state.view.terms().items())
            if move.taken is not None:
                self._state.damper.moved(move.groups, *move.taken, now_s)
        elif isinstance(outcome, Refused):
            self._absorb(outcome, now_s)
        else:
            self._renew_s = now_s  # what comes after it kills it, or tells that it was done
            return []
        self._move = None
        self._state.unresolved = self._state.surrendering = frozenset()
        return []

    def _absorb(self, outcome: Refused, now_s: float) -> None:
        self._state.view.fact(outcome.cells, now_s)
        self._state.ownership.saw(self._state.view.terms().items())
