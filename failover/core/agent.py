"""One centre's agent: events in, effects out. It holds the parts together and decides nothing.

    senses      what it perceives          view       what the register holds
    session     the centre's own lease     doors      what the guard keeps open
    promises    the other way to go on     moves      takes, surrenders, seals, planned moves
    judging     the tables' verdicts, on evidence that the journal keeps
    lane        the register: one question at a time

Source: ADR-0014 (lease and register), ADR-0015 (guard).
"""

from collections.abc import Callable
from typing import Any

from failover.core.beats import Beats
from failover.core.doors import NEVER_S
from failover.core.effects import (
    Actuated,
    Adopted,
    Answered,
    Armed,
    Closed,
    Effect,
    Event,
    Exit,
    Flush,
    GuardState,
    Heard,
    Leave,
    Look,
    Looked,
    Memory,
    Mirrored,
    Observed,
    Page,
    Positioned,
    Probed,
    Remember,
    Remembered,
    Start,
    Tick,
    Verb,
    Witnessed,
)
from failover.core.holds import Holds
from failover.core.judging import Judging
from failover.core.lane import Lane
from failover.core.lease import wait_s
from failover.core.moves import Moves
from failover.core.plan import Plan
from failover.core.state import State

# What is only perceived waits for the next turn, unless it is news; so does all else when kernel
# time has started to run for what is then sent at once.
QUIET = frozenset((Looked, Heard, Observed, Probed, Witnessed, Positioned, Mirrored, Armed))


class Agent:
    """The whole logic of one centre. `due_s`: when it wants the next `Tick`."""

    def __init__(self, plan: Plan, start: Start) -> None:
        self.state = State(plan, start)
        self.moves = Moves(self.state)
        self.judging = Judging(self.state)
        self.holds = Holds(self.state)
        self.beats = Beats(self.state, self.judging, self.moves)
        self.lane = Lane(self.state, self.moves)
        self.halted = ""  # why this agent does nothing any more
        self.due_s = start.now_s
        self._over = False  # halted, or left to its next life
        self._judged_s = NEVER_S
        self._pulse_s = start.now_s  # each beat: judge, speak, look
        self._remembering: Memory | None = None
        self._looked_back: tuple[Memory, float, int] | None = (
            None  # upon what the memory was last judged
        )
        self._remembered = start.memory
        self._handlers: dict[type[Any], Callable[[Any, float], list[Effect]]] = {
            Tick: lambda _event, _now_s: [],
            Answered: self._answered,
            Looked: self._looked,
            Heard: self._heard,
            Armed: self._armed,
            Closed: self._closed,
            Adopted: self._adopted,
            GuardState: self._guard_state,
            Observed: self._observed,
            Probed: self._probed,
            Witnessed: self._witnessed,
            Positioned: self._positioned,
            Mirrored: self._mirrored,
            Actuated: self._actuated,
            Remembered: self._on_disk,
        }

    def begin(self) -> list[Effect]:
        """Start to look around. Nothing opens, nothing is owned before the guard has spoken."""
        return self._turn(self.state.started_s)

    def leave(self) -> list[Effect]:
        """End this life, and leave to the next one what stands open, until its time is over."""
        if self._over:
            return []
        self._over, self.due_s = True, NEVER_S
        return [Leave()]

    def on(self, event: Event, now_s: float) -> list[Effect]:
        """What follows from an event at a time of the boot-time clock."""
        if self._over:
            return []
        state = self.state
        state.news |= state.senses.turn(now_s)
        effects = state.doors.expire(now_s) if now_s >= state.doors.first_deadline_s else []
        kind = type(event)
        effects += self._handlers[kind](event, now_s)
        if kind in QUIET and not state.news and now_s < self.due_s:
            return effects
        return effects + self._turn(now_s)

    # --- events ----------------------------------------------------------------------------

    def _answered(self, event: Answered, now_s: float) -> list[Effect]:
        return self.lane.answered(event, now_s)

    def _looked(self, event: Looked, now_s: float) -> list[Effect]:
        if event.cells is None:
            return []
        if self.state.view.reborn(event.cells):
            self.state.start_generation(now_s)
            self.lane.forget()
        if self.state.view.hint(event.cells, now_s, at_once=event.at_once):
            self.state.news = True
            self.state.ownership.saw(self.state.view.terms().items())
        self.state.news |= self.state.session.doubled(self.state.view)
        return []

    def _heard(self, event: Heard, now_s: float) -> list[Effect]:
        return self.beats.heard(event.path, event.beat, now_s)

    def _armed(self, event: Armed, now_s: float) -> list[Effect]:
        if not self.state.doors.confirm(event.name):
            return []
        return self.lane.armed(event.name, now_s) + self.beats.armed(event.name, now_s)

    def _closed(self, event: Closed, _now_s: float) -> list[Effect]:
        self.state.doors.closed(event.instances)
        self.state.stirred = True
        return []

    def _adopted(self, event: Adopted, now_s: float) -> list[Effect]:
        self.state.adopt(event.left_s, now_s)
        return []

    def _guard_state(self, event: GuardState, _now_s: float) -> list[Effect]:
        doors = self.state.doors
        self.state.news |= doors.alive is not event.alive
        doors.alive = event.alive
        doors.told |= event.alive
        return []

    def _observed(self, event: Observed, now_s: float) -> list[Effect]:
        self.state.senses.report(event.report, now_s)
        return []

    def _probed(self, event: Probed, _now_s: float) -> list[Effect]:
        unfit = self.state.senses.unfit
        self.state.news |= event.fit is (event.group in unfit)
        unfit.discard(event.group) if event.fit else unfit.add(event.group)
        return []

    def _witnessed(self, event: Witnessed, now_s: float) -> list[Effect]:
        self.state.senses.witness_s = now_s
        self.state.senses.witness_reaches = event.reaches
        return []

    def _positioned(self, event: Positioned, now_s: float) -> list[Effect]:
        self.state.senses.positions[event.group] = event.position
        self.state.groups[event.group].positioned_s = now_s
        return []

    def _mirrored(self, event: Mirrored, _now_s: float) -> list[Effect]:
        senses = self.state.senses
        into, out = senses.mirrored, senses.unmirrored
        if not event.confirmed:
            into, out = out, into
        self.state.news |= event.group not in into
        into.add(event.group)
        out.discard(event.group)
        return []

    def _actuated(self, event: Actuated, now_s: float) -> list[Effect]:
        group = self.state.groups[event.group]
        ask = group.rule if event.verb in (Verb.RELAX, Verb.TIGHTEN) else group.role
        ask.answered(event.request, done=event.done, now_s=now_s)
        self.state.stirred = True
        if event.verb is Verb.TAKE and event.done:
            self.state.renew_now = True
        if event.done:
            return []
        return [Page(f"{event.verb.value} {event.group}", f"{event.group}: {event.why}")]

    def _on_disk(self, _event: Remembered, _now_s: float) -> list[Effect]:
        if self._remembering is not None:
            self._remembered, self._remembering = self._remembering, None
            self.state.given.remembered_s = self._remembered.promised_s
        return []

    # --- a turn ----------------------------------------------------------------------------

    def _turn(self, now_s: float) -> list[Effect]:
        state = self.state
        if state.session.doubled(state.view):
            return self._halt()
        if state.regains_s and now_s >= state.regains_s:
            state.regains_s = 0.0
            state.renew_now |= bool(state.doors.adopted)
        effects: list[Effect] = []
        pulse = now_s >= self._pulse_s
        if pulse or state.news or self._judged_s < state.view.over_s(state.peer) <= now_s:
            state.news = False
            self._judged_s = now_s
            effects += self._remember()
            effects += self.judging.turn(now_s)
            effects += self.moves.turn(now_s)
            state.stirred = True
        effects += self.lane.turn(now_s)
        if pulse:
            self._pulse_s = now_s + state.plan.profile.beat_s
            effects += self.holds.turn(now_s)
            effects += self.beats.turn(now_s)
            effects.append(Look())
        self.due_s = self._next_s(now_s)
        return effects

    def _next_s(self, now_s: float) -> float:
        state = self.state
        next_s = min(self._pulse_s, state.doors.first_deadline_s)
        for time_s in (self.lane.due_s, state.view.over_s(state.peer)):
            if now_s < time_s < next_s:
                next_s = time_s
        return min(next_s, state.regains_s) if state.regains_s else next_s

    def _halt(self) -> list[Effect]:
        """Somebody else bears this name: the doors close, and a person must look."""
        self.halted = "another agent of this name holds the session"
        self._over, self.due_s = True, NEVER_S
        opened = self.state.doors.opened()
        page = Page("two of one name", self.halted)
        return [*self.state.doors.shut(opened), Flush(), page, Exit(self.halted)]

    def _remember(self) -> list[Effect]:
        """Keep what a later life of this agent must know, when it has grown."""
        if self._remembering is not None:
            return []
        state = self.state
        promised_s = max(self._remembered.promised_s, wait_s(state.peer_lease()))
        stand = self._remembered, promised_s, state.version()
        if stand == self._looked_back:
            return []
        self._looked_back = stand
        highest = tuple(sorted(state.ownership.highest.items()))
        owned = tuple(sorted(state.owned().items())) or self._remembered.owned
        memory = Memory(highest, promised_s, owned, state.me.boot)
        if memory == self._remembered:
            return []
        self._remembering = memory
        return [Remember(memory)]
