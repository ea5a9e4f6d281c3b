"""One agent on a bench: a register, a guard, actuators and another centre that do as they are told.

bench = Bench()                      # dc-a, and all is well
bench.run(3.0)                       # time passes; what the agent asks is answered
bench.peer.speaks = False            # the other centre falls silent
bench.fate = Fate.LOST               # what the agent writes is lost on its way
assert bench.opened() == {...}       # the doors, as the kernel has them

Nothing here decides: it carries out, and keeps what it was asked in `bench.done`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import count
from typing import TypeVar

from msgspec.structs import replace

from failover.core.agent import Agent
from failover.core.cells import (
    Content,
    Incarnation,
    OrderCell,
    OrderKind,
    OwnerCell,
    OwnerState,
    Position,
    decode,
    encode,
    owner_key,
)
from failover.core.effects import (
    Actuate,
    Adopted,
    Answered,
    Arm,
    Armed,
    Closed,
    Commit,
    Effect,
    Event,
    Flush,
    Grant,
    Leave,
    Look,
    Looked,
    Memory,
    Observed,
    Page,
    Positioned,
    Remember,
    Remembered,
    SendBeat,
    Shut,
    Start,
    Tick,
    Verb,
    Witnessed,
)
from failover.core.lease import wait_s
from failover.core.messages import PATHS, Report
from failover.core.plan import Durability, Plan
from failover.core.transaction import (
    ABSENT,
    Cell,
    Committed,
    Outcome,
    Refused,
    Transaction,
    Unknown,
    written,
)
from tests.failover.core.healthy import LEASE, PROFILE, group
from tests.failover.core.kernel import Kernel
from tests.failover.core.peer import Peer

ME = Incarnation("dc-a", "boot-a", "life-a")
# What another life of this agent leaves on disk: it may promise at once.
MEMORY = Memory(promised_s=wait_s(LEASE))

IMAGING = replace(group("imaging"), instances=("imaging-1", "imaging-2"))
RECORDS = group("records", priority=6, durability=Durability.SYNCHRONOUS)
DISPATCH = replace(group("dispatch", priority=1, durability=Durability.STATELESS), home="dc-b")
ARCHIVE = replace(group("archive", priority=9), home="dc-b")
PLAN = Plan(
    hash="5ead" * 16,
    sites=("dc-a", "dc-b"),
    witness="witness-1",
    profile=PROFILE,
    groups=(IMAGING, RECORDS, DISPATCH, ARCHIVE),
)
HERE = Position("7412", 1, 1000)
OWN = frozenset(("imaging-1", "imaging-2", "records-1"))
NEARBY_S = 0.005  # from the agent to its guard and back
HOSPITALS = 6

AnyEffect = TypeVar("AnyEffect", bound=Effect)
GuardEffect = Arm | Grant | Shut | Flush | Leave


class Fate(Enum):
    """What becomes of a write."""

    DONE = "done"
    LOST = "lost"  # it never arrives, and nobody says so
    UNANSWERED = "unanswered"  # it is done, and nobody says so


class Register:
    """Applies transactions one after the other, as the real one does."""

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.revision = 0

    def commit(self, transaction: Transaction) -> Outcome:
        compared = {each.key: self.cells.get(each.key, ABSENT) for each in transaction.compares}
        if any(compared[each.key].revision != each.revision for each in transaction.compares):
            if written(transaction, self.cells):
                return Committed(max(self.cells[put.key].revision for put in transaction.puts))
            return Refused(compared)
        self.revision += 1
        for put in transaction.puts:
            self.cells[put.key] = Cell(put.value, self.revision)
        return Committed(self.revision)

    def write(self, key: str, content: Content | bytes) -> None:
        """Somebody else writes."""
        self.revision += 1
        value = content if isinstance(content, bytes) else encode(content)
        self.cells[key] = Cell(value, self.revision)

    def read(self, key: str) -> Content | None:
        return decode(key, self.cells[key].value) if key in self.cells else None


def order(kind: OrderKind, to: str, nonce: str = "order-1", length_s: float = 60.0) -> OrderCell:
    """A person's word about a group."""
    return OrderCell(kind, to, length_s, "li", nonce)


class Bench:
    """One agent and what it touches. Times are of the agent's clock."""

    def __init__(
        self,
        plan: Plan = PLAN,
        *,
        me: Incarnation = ME,
        memory: Memory = MEMORY,
        register: Register | None = None,
        now_s: float = 100.0,
    ) -> None:
        self.now_s = now_s
        self.register = register or Register()
        self.peer = Peer(plan, plan.other(me.site), self.register)
        self.kernel = Kernel()
        self.fate = Fate.DONE
        self.fates: dict[str, Fate] = {}  # by the kind of cell that is written
        self.answer_s = 0.02  # how long a write takes
        self.guard_s = NEARBY_S
        self.guard_obeys = True
        self.looks = True
        self.disk_works = True
        self.fails: set[tuple[str, Verb]] = set()
        self.hangs: set[tuple[str, Verb]] = set()
        self.hospitals: bool | None = True  # they reach the other centre; None: they say nothing
        self.witness: bool | None = True
        self.positions = {each.name: HERE for each in plan.groups}
        self.done: list[tuple[float, Effect]] = []
        self._queue: list[tuple[float, int, Event | GuardEffect]] = []
        self._numbers = count()
        self._around_s = now_s
        self.agent = Agent(plan, Start(me, memory, now_s))
        self._begun = False

    # --- time --------------------------------------------------------------------------------

    def run(self, for_s: float) -> Bench:
        """Let time pass."""
        if not self._begun:
            self._begun = True
            self.peer.begin(self.now_s)
            self._carry_out(self.agent.begin())
            if self.guard_obeys:
                self._put(Adopted(self.kernel.left_s(self.now_s)), self.guard_s)
        until_s = self.now_s + for_s
        while True:
            queued_s = self._queue[0][0] if self._queue else until_s
            next_s = max(self.now_s, min(queued_s, self._around_s, self.agent.due_s))
            if next_s >= until_s:
                break
            self.now_s = next_s
            self._step()
        self.now_s = until_s
        return self

    def settle(self) -> Bench:
        """Each centre has its own, and both have been well for a while."""
        for each in self.agent.state.plan.groups:
            if each.home == self.peer.me.site:
                self.peer.owns(each)
        self.peer.positions = tuple(self.positions.items())
        return self.run(3.0)

    def restarted(self, me: Incarnation, memory: Memory = MEMORY) -> Bench:
        """The agent's next life, on the same register; the other centre goes on."""
        later = Bench(me=me, memory=memory, register=self.register, now_s=self.now_s)
        later.peer = self.peer
        return later

    def left(self, me: Incarnation, away_s: float = 0.0, memory: Memory = MEMORY) -> Bench:
        """The agent leaves its doors to its next life, which begins after so long."""
        self._carry_out(self.agent.leave())
        self.run(self.guard_s + 0.001)
        self.now_s += away_s
        later = self.restarted(me, memory)
        later.kernel = self.kernel
        return later

    def lose_the_other_centre(self) -> Bench:
        """All evidence says so."""
        self.peer.renews = self.peer.speaks = self.peer.hears = False
        self.hospitals = self.witness = False
        return self

    def wait_for(self, seen: Callable[[], bool], limit_s: float = 30.0) -> float:
        """Let time pass until it is seen; how long that took."""
        began_s = self.now_s
        while not seen():
            assert self.now_s < began_s + limit_s, "not seen in time"
            self.run(0.01)
        return self.now_s - began_s

    def wait_for_time(self, kind: type[Effect]) -> float:
        """When something of a kind is asked next, to the instant."""
        before = len(self.done)
        self.wait_for(lambda: any(isinstance(each, kind) for _, each in self.done[before:]))
        return next(at_s for at_s, each in self.done[before:] if isinstance(each, kind))

    def freeze(self, for_s: float) -> Bench:
        """The agent stands still, and with it what it would have asked; the kernel does not."""
        self.now_s += for_s
        return self

    def tell(self, event: Event) -> list[Effect]:
        """An event at this moment; what it causes is carried out."""
        effects = self.agent.on(event, self.now_s)
        self._carry_out(effects)
        return effects

    def later(self, event: Event, in_s: float) -> None:
        """An event that comes after so long."""
        self._put(event, in_s)

    def _put(self, what: Event | GuardEffect, in_s: float) -> None:
        heapq.heappush(self._queue, (self.now_s + in_s, next(self._numbers), what))

    def _step(self) -> None:
        if self._around_s <= self.now_s:
            self._around_s = self.now_s + PROFILE.beat_s
            self._surroundings()
        elif self._queue and self._queue[0][0] <= self.now_s:
            what = heapq.heappop(self._queue)[2]
            if isinstance(what, GuardEffect):
                self._guard(what)
            else:
                self.tell(what)
        else:
            self.tell(Tick())

    def _surroundings(self) -> None:
        for event in self.peer.turn(self.now_s):
            self.tell(event)
        if self.witness is not None:
            self.tell(Witnessed(self.witness))
        if self.hospitals is not None:
            reached = frozenset((self.peer.me.site,)) if self.hospitals else frozenset[str]()
            for number in range(HOSPITALS):
                report = Report(f"h{number}", next(self._numbers), reached, frozenset(), True)
                self.tell(Observed(report))
        for name, position in self.positions.items():
            self.tell(Positioned(name, position))

    # --- what the agent asks -----------------------------------------------------------------

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            self.done.append((self.now_s, effect))
            match effect:
                case Commit():
                    self._commit(effect)
                case SendBeat():
                    self.peer.hear(effect, self.now_s)
                case Arm() | Grant() | Shut() | Flush() | Leave():
                    self._put(effect, self.guard_s)
                case Actuate():
                    self._actuate(effect)
                case _:
                    self._nearby(effect)

    def _nearby(self, effect: Effect) -> None:
        if isinstance(effect, Look):
            self.later(Looked(dict(self.register.cells) if self.looks else None), NEARBY_S)
        elif isinstance(effect, Remember) and self.disk_works:
            self.later(Remembered(), NEARBY_S)

    def _commit(self, effect: Commit) -> None:
        kind = effect.transaction.puts[0].key.partition("/")[0]
        fate = self.fates.get(kind, self.fate)
        outcome: Outcome = Unknown("no answer")
        if fate is not Fate.LOST:
            outcome = self.register.commit(effect.transaction)
        if fate is Fate.DONE and self.answer_s < effect.timeout_s:
            self.later(Answered(effect.request, outcome), self.answer_s)
        else:
            self.later(Answered(effect.request, Unknown("no answer")), effect.timeout_s)

    def _guard(self, effect: GuardEffect) -> None:
        """The guard does as it was asked, and says so."""
        if not self.guard_obeys:
            return
        self.kernel.carry_out(effect, self.now_s)
        if isinstance(effect, Arm):
            self.tell(Armed(effect.name))
        elif isinstance(effect, Shut):
            self.tell(Closed(effect.instances))

    def _actuate(self, effect: Actuate) -> None:
        asked = effect.group, effect.verb
        if asked not in self.hangs:
            done = asked not in self.fails
            answer = effect.answered(done=done, why="" if done else "it says no")
            self.later(answer, NEARBY_S)

    # --- what a test asks --------------------------------------------------------------------

    def opened(self) -> set[str]:
        """The instances whose doors are open in the kernel at this moment."""
        return self.kernel.opened(self.now_s)

    def owner(self, instance: str) -> OwnerCell:
        """What the register says of an instance."""
        found = self.cell(owner_key(instance))
        assert isinstance(found, OwnerCell)
        return found

    def state_of(self, instance: str) -> OwnerState:
        return self.owner(instance).state

    def cell(self, key: str) -> Content | None:
        return self.register.read(key)

    def asked(self, kind: type[AnyEffect], since_s: float = 0.0) -> list[AnyEffect]:
        """What was asked of one kind."""
        return [each for at_s, each in self.done if isinstance(each, kind) and at_s >= since_s]

    def verbs(self, name: str, since_s: float = 0.0) -> list[Verb]:
        """What a group's actuators were asked."""
        return [each.verb for each in self.asked(Actuate, since_s) if each.group == name]

    def pages(self) -> set[str]:
        return {each.key for each in self.asked(Page)}

    def puts(self, since_s: float = 0.0) -> Iterator[tuple[str, Content]]:
        """Everything that was sent to be written."""
        for commit in self.asked(Commit, since_s):
            for put in commit.transaction.puts:
                yield put.key, decode(put.key, put.value)

    def beats(self, since_s: float = 0.0) -> list[SendBeat]:
        """What was said on the first path."""
        return [each for each in self.asked(SendBeat, since_s) if each.path == PATHS[0]]
