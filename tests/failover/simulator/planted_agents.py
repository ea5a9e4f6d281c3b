"""Agents and guards with a known bug each, planted through the public interface alone."""

from __future__ import annotations

from msgspec.structs import replace

from failover.core.agent import Agent
from failover.core.cells import (
    OwnerCell,
    OwnerState,
    SessionCell,
    Term,
    decode,
    encode,
    owner_key,
    session_key,
)
from failover.core.effects import (
    Actuate,
    Answered,
    Arm,
    Armed,
    Commit,
    Effect,
    Event,
    Flush,
    Grant,
    Heard,
    Look,
    Looked,
    Memory,
    Mirrored,
    SendBeat,
    Shut,
    Start,
    Tick,
    Verb,
)
from failover.core.guard import AddElements, FlushSet, SetChange, Sets, Slots
from failover.core.messages import Beat, Echo, Promise
from failover.core.plan import Plan
from failover.core.transaction import ABSENT, Committed, Compare, Put, Transaction, Unknown

NOWHERE = Term(0, 0)


class Wrapped:
    """The real agent, with what goes in and out changed."""

    def __init__(self, plan: Plan, start: Start) -> None:
        self.plan = plan
        self.site = start.incarnation.site
        self.agent = Agent(plan, start)

    @property
    def due_s(self) -> float:
        return self.agent.due_s

    def begin(self) -> list[Effect]:
        return self.agent.begin()

    def on(self, event: Event, now_s: float) -> list[Effect]:
        return self.agent.on(event, now_s)

    def leave(self) -> list[Effect]:
        return self.agent.leave()

    def own(self) -> frozenset[str]:
        groups = self.plan.groups
        return frozenset(i for group in groups if group.home == self.site for i in group.instances)


class Demoting(Wrapped):
    """Closes when it hears nothing of the other centre, as a cluster without a third place does."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.heard_s = start.now_s

    def on(self, event: Event, now_s: float) -> list[Effect]:
        if isinstance(event, Heard):
            self.heard_s = now_s
        effects = super().on(event, now_s)
        if now_s - self.heard_s > 3:
            effects = [each for each in effects if not isinstance(each, Grant)]
            if isinstance(event, Tick):
                effects.append(Shut(self.own()))
        return effects


class Timid(Wrapped):
    """Closes as soon as the register does not answer."""

    def on(self, event: Event, now_s: float) -> list[Effect]:
        effects = super().on(event, now_s)
        if isinstance(event, Answered) and isinstance(event.outcome, Unknown):
            effects.append(Flush())
        return effects


class Amnesiac(Wrapped):
    """Starts with nothing remembered."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, replace(start, memory=Memory()))


class Reckless(Wrapped):
    """Thinks that a loss of any size is allowed."""

    def __init__(self, plan: Plan, start: Start) -> None:
        groups = tuple(replace(group, rpo_s=1e6) for group in plan.groups)
        super().__init__(replace(plan, groups=groups), start)


class Relaxing(Wrapped):
    """Lets the database acknowledge alone before the exposure is registered."""

    def on(self, event: Event, now_s: float) -> list[Effect]:
        effects = super().on(event, now_s)
        if isinstance(event, Mirrored) and not event.confirmed:
            effects.insert(0, Actuate(event.group, Verb.RELAX, NOWHERE, 0))
        return effects


class Restless(Wrapped):
    """Never rests."""

    @property
    def due_s(self) -> float:
        return 0.0


class Sulking(Wrapped):
    """Never arms again once the register has not answered."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.sulks = False

    def on(self, event: Event, now_s: float) -> list[Effect]:
        if isinstance(event, Answered) and isinstance(event.outcome, Unknown):
            self.sulks = True
        effects = super().on(event, now_s)
        return [each for each in effects if not (self.sulks and isinstance(each, Arm))]


class Forsaking(Wrapped):
    """Writes nothing any more once the register has not answered."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.forsaken = False

    def on(self, event: Event, now_s: float) -> list[Effect]:
        if isinstance(event, Answered) and isinstance(event.outcome, Unknown):
            self.forsaken = True
        effects = super().on(event, now_s)
        return [each for each in effects if not (self.forsaken and isinstance(each, Commit))]


class Reluctant(Wrapped):
    """Believes in the other centre for six seconds without a heartbeat."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(replace(plan, profile=replace(plan.profile, silence_s=6.0)), start)


class Faithless(Wrapped):
    """Promises everything to the other centre, and takes it all the same."""

    def __init__(self, plan: Plan, start: Start) -> None:
        super().__init__(plan, start)
        self.heard: Echo | None = None

    def on(self, event: Event, now_s: float) -> list[Effect]:
        if isinstance(event, Heard):
            self.heard = Echo(event.beat.sender, event.beat.sequence)
        return [
            replace(each, beat=self.promising(each.beat)) if isinstance(each, SendBeat) else each
            for each in super().on(event, now_s)
        ]

    def promising(self, beat: Beat) -> Beat:
        if self.heard is None:
            return beat
        promise = Promise(self.heard, self.plan.profile.lease, frozenset())
        return replace(beat, promise=promise)


class Raising(Wrapped):
    """Falls over at the first refusal."""

    def on(self, event: Event, now_s: float) -> list[Effect]:
        if isinstance(event, Answered) and not isinstance(event.outcome, Committed):
            raise LookupError("planted")
        return super().on(event, now_s)


class LateTimeouts(Slots):
    """Starts kernel time at the grant, from the answer instead of from before the send."""

    def __init__(self) -> None:
        super().__init__()
        self.length_s = 0.0

    def arm(self, name: str, instances: frozenset[str], length_s: float) -> list[SetChange]:
        self.length_s = length_s
        return super().arm(name, instances, length_s)

    def grant(self, name: str, instances: frozenset[str]) -> list[SetChange]:
        changes: list[SetChange] = []
        for change in super().grant(name, instances):
            assert isinstance(change, AddElements)
            armed = Sets.ARMED_0 if change.set is Sets.LIVE_0 else Sets.ARMED_1
            changes += [FlushSet(armed), AddElements(armed, change.instances, self.length_s)]
            changes.append(change)
        return changes


class EndlessTimeouts(Slots):
    """Passes a timeout of 0, which never ends."""

    def arm(self, name: str, instances: frozenset[str], length_s: float) -> list[SetChange]:
        changes = super().arm(name, instances, length_s)
        return [
            replace(change, timeout_s=0.0) if isinstance(change, AddElements) else change
            for change in changes
        ]


class SealBlind:
    """A scripted agent that renews its session and opens its doors, whatever the seals say."""

    def __init__(self, plan: Plan, start: Start) -> None:
        self.plan, self.me = plan, start.incarnation
        self.own = frozenset(
            i for group in plan.groups if group.home == self.me.site for i in group.instances
        )
        self.due_s = start.now_s
        self.nonce = 0
        self.revision = 0

    def begin(self) -> list[Effect]:
        return [Flush(), Look()]

    def leave(self) -> list[Effect]:
        return [Flush()]

    def on(self, event: Event, now_s: float) -> list[Effect]:
        if isinstance(event, Tick):
            self.due_s = now_s + self.plan.profile.renewal_s
            self.nonce += 1
            return [Arm(str(self.nonce), self.own, self.plan.profile.lease.length_s)]
        if isinstance(event, Armed):
            return [Commit(self.nonce, self._transaction(), 0.3)]
        if isinstance(event, Looked) and event.cells:
            self.revision = event.cells.get(session_key(self.me.site), ABSENT).revision
        if isinstance(event, Answered) and event.request == self.nonce:
            return self._answered(event)
        return []

    def _answered(self, event: Answered) -> list[Effect]:
        if isinstance(event.outcome, Committed):
            self.revision = event.outcome.revision
            return [Grant(str(self.nonce), self.own)]
        return [Look()]

    def _transaction(self) -> Transaction:
        key = session_key(self.me.site)
        session = SessionCell(self.me, self.nonce, self.plan.profile.lease, self.plan.hash)
        puts = [Put(key, encode(session))]
        if not self.revision:
            for instance in sorted(self.own):
                cell = OwnerCell(Term(1, 1), self.me, OwnerState.OWNED, "first", self.me)
                puts.append(Put(owner_key(instance), encode(cell)))
        compares = tuple(Compare(put.key, self.revision) for put in puts)
        return Transaction(compares, tuple(puts))


def sealed(value: bytes, instance: str) -> bytes:
    """The ownership, sealed by the other centre."""
    cell = decode(owner_key(instance), value)
    assert isinstance(cell, OwnerCell)
    by = cell.owner._replace(site="B", boot="boot-B", life="sealer")
    return encode(cell.changed(OwnerState.SEALED, by=by, nonce="seal"))
