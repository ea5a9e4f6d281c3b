"""Heartbeats: what is said on both paths, what is asked, and the promise that is given or used."""

from itertools import chain

from failover.core.effects import Effect, SendBeat
from failover.core.judging import Judging
from failover.core.messages import PATHS, Beat, Echo, Promise
from failover.core.moves import Moves
from failover.core.state import State

REARM_SHARE = 3  # an armed beat that is not promised within a third of the lease is given up


class Beats:
    """What this agent says, and what it makes of the other's word."""

    def __init__(self, state: State, judging: Judging, moves: Moves) -> None:
        self._state = state
        self._judging = judging
        self._moves = moves
        self._sequence = 0
        self._armed_for = ""  # the beat that kernel time was started for
        self._armed_sent_s = 0.0
        self._armed_sequence: int | None = None  # of the first beat said since it runs

    def turn(self, now_s: float) -> list[Effect]:
        """Speak, with kernel time running first where a promise is asked for."""
        self._sequence += 1
        name = f"beat {self._sequence}"
        if self._wants_kernel_time(now_s):
            self._armed_for, self._armed_sequence = name, None
            doors, length_s = self._state.doors, self._state.plan.profile.lease.length_s
            effect = doors.arm(name, doors.opened(), length_s, now_s)
            doors.reserved_until_s = now_s + length_s / REARM_SHARE
            return [effect]
        return self._speak(now_s)

    def armed(self, name: str, now_s: float) -> list[Effect]:
        """Kernel time runs for this beat: now it may be said."""
        if name != self._armed_for:
            return []
        # Its own number may have been heard already, if the guard was slow and a beat was said.
        self._sequence += 1
        self._armed_sequence, self._armed_sent_s = self._sequence, now_s
        return self._speak(now_s)

    def heard(self, path: str, beat: Beat, now_s: float) -> list[Effect]:
        """The other centre's word: evidence, terms, and perhaps a promise."""
        state = self._state
        if not state.senses.beat(path, beat, state.asked, now_s):
            return []
        effects: list[Effect] = []
        if state.ownership.saw(beat.terms):
            state.news = True
            effects += self._outranked()
        if state.resumed_s is not None:
            state.renew_now |= state.reopens(now_s)
        if beat.promise is not None:
            effects += self._use(beat.promise, now_s)
        return effects

    # --- speaking --------------------------------------------------------------------------

    def _speak(self, now_s: float) -> list[Effect]:
        state = self._state
        state.asked.sent(self._sequence, now_s)
        promise = self._promise(now_s)
        asks = state.asks(now_s)
        terms = tuple(
            chain.from_iterable(state.standing(group.group).told for group in state.groups.values())
        )
        ready = self._judging.ready()
        return [
            SendBeat(
                path,
                Beat(
                    sender=state.me,
                    sequence=self._sequence,
                    plan=state.plan.hash,
                    asks=asks,
                    terms=terms,
                    ready=ready,
                    echo=state.senses.paths[path].last,
                    promise=promise,
                ),
            )
            for path in PATHS
        ]

    def _wants_kernel_time(self, now_s: float) -> bool:
        """Whether this beat asks for a promise, and no earlier one may still get it."""
        doors, pending = self._state.doors, self._state.session.pending
        asks = self._state.asks(now_s) and self._state.senses.hears(now_s)
        if not doors.alive or not asks:
            return False
        if pending is not None and pending.sent_s is None:
            return False  # a renewal waits for its own: each would undo the other's
        waiting = bool(self._armed_for) and doors.name == self._armed_for
        return not (waiting and now_s < doors.reserved_until_s)

    def _promise(self, now_s: float) -> Promise | None:
        """Promise where it is asked for, unless a take may be under way."""
        state, newest = self._state, self._state.senses.newest
        if newest is None or not newest.beat.asks or not state.senses.hears(now_s):
            return None
        lease = state.peer_lease()
        if not state.given.may(lease) or not state.speaks_for_centre():
            return None
        to = newest.beat.sender, newest.beat.sequence
        return state.given.give(Echo(*to), newest.heard_s, lease, self._moves.besides(now_s))

    # --- using a promise -------------------------------------------------------------------

    def _use(self, promise: Promise, now_s: float) -> list[Effect]:
        """Keep open what is open: kernel time runs since before the promised beat was sent."""
        state = self._state
        length_s = state.plan.profile.lease.length_s
        if promise.to.incarnation != state.me or promise.lease.length_s < length_s:
            return []
        if self._armed_sequence is None or promise.to.sequence < self._armed_sequence:
            return []
        kept = frozenset(
            instance
            for name, group in state.groups.items()
            if name not in promise.besides
            for instance in group.group.instances
            if state.doors.is_open(instance)
        )
        effects = state.doors.grant(self._armed_for, kept, self._armed_sent_s + length_s, now_s)
        self._armed_for, self._armed_sequence = "", None
        return effects

    def _outranked(self) -> list[Effect]:
        """Close what the other centre owns at a higher term: the register here may be a copy."""
        state = self._state
        lost = [instance for instance in state.doors.opened() if not state.owns(instance)]
        return state.doors.shut(lost)
