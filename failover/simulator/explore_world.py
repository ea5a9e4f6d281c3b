"""The exploration's world: two agents, a register, links. It goes step by step.

`upcoming` says what happens next and changes nothing; `perform` lets it happen, well or in a chosen
other way. Real time is virtual. Two worlds with equal contents go on equally.
"""

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from failover.core.agent import Agent
from failover.core.effects import Effect, Event, Memory, Tick
from failover.core.guard import Slots
from failover.core.plan import Plan
from failover.core.transaction import Transaction
from failover.simulator.explore_choices import Crossroads
from failover.simulator.explore_places import Clock, Kernel, Register
from failover.simulator.explore_rules import Broken, Judge

NEVER_S = 1e9
FAILURES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


class Deliver(NamedTuple):
    """An event reaches a centre if the way that it comes is up, and its agent lives."""

    site: str
    life: int  # only in this life; 0: in any
    event: Event
    by: str = ""


class Apply(NamedTuple):
    """A transaction reaches the register."""

    site: str
    life: int
    request: int
    transaction: Transaction
    name: str  # that it renews under
    deadline_s: float  # of the answer
    answered: bool


class Begin(NamedTuple):
    """A machine or an agent is started, unless it runs."""

    site: str
    boots: bool


class Stored(NamedTuple):
    """The disk has what an agent wants remembered."""

    site: str
    life: int
    memory: Memory


class Sense(NamedTuple):
    """A centre's surroundings speak: the witness and one observer."""

    site: str


class Happen(NamedTuple):
    """A scene's own event: what is cut from now on, who is lost, what a person writes."""

    name: str
    cut: tuple[str, ...] | None = None
    lost: str = ""
    writes: Transaction | None = None


Item = Deliver | Apply | Begin | Stored | Sense | Happen | Crossroads


class Step(NamedTuple):
    """What happens next: something of a centre's own, or something outside."""

    at_s: float
    site: str  # of its own; or nothing
    what: Effect | Event | Item
    effect: bool = False


@dataclass(slots=True)
class Site:
    """One centre: a machine, its kernel, and the agent while it lives."""

    name: str
    clock: Clock
    uptime_s: float  # what the clock shows when an agent starts on a new boot
    kernel: Kernel = field(default_factory=Kernel)
    memory: Memory = field(default_factory=Memory)
    agent: Agent | None = None
    slots: Slots = field(default_factory=Slots)
    life: int = 0
    boot: int = 0
    frozen_until_s: float = 0.0
    due_s: float = 0.0  # when the agent wants a tick, real time
    inbox: list[Event] = field(default_factory=list)
    outbox: list[Effect] = field(default_factory=list)

    def wakes_s(self, now_s: float) -> float:
        """When it does its next step by itself."""
        if self.agent is None:
            return NEVER_S
        if self.outbox or self.inbox:
            return max(now_s, self.frozen_until_s)
        return max(self.due_s, self.frozen_until_s)

    def handle(self, now_s: float) -> None:
        """Let the agent have its next event."""
        assert self.agent is not None
        event = self.inbox.pop(0) if self.inbox else Tick()
        try:
            self.outbox += self.agent.on(event, self.clock.local_s(now_s))
        except FAILURES as error:
            seen = f"{self.name}, {type(event).__name__}: {type(error).__name__}: {error}"
            raise Broken("an agent does not fail", seen) from error
        # A tick at the very moment would sometimes be early by rounding.
        self.due_s = max(self.clock.real_s(self.agent.due_s) + 1e-6, now_s + 0.001)

    def kill(self) -> None:
        """The process ends; its kernel's sets stay."""
        self.agent = None
        self.inbox, self.outbox, self.frozen_until_s = [], [], 0.0


class World:
    """Everything, at one moment."""

    def __init__(
        self, plan: Plan, rates: tuple[float, float], guard: Callable[[], Slots] = Slots
    ) -> None:
        self.plan = plan
        self.now_s = 0.0
        self.instances = tuple(each for group in plan.groups for each in group.instances)
        self.register = Register()
        self.judge = Judge()
        self.cut: tuple[str, ...] = ()
        self.scene_cut: tuple[str, ...] = ()  # without what a disturbance cuts for a time
        self.cut_until_s = 0.0  # by a disturbance; 0: by none, and so below
        self.disturbed_until_s = 0.0
        self.sites = {
            name: Site(name, Clock(rate, 0.0), uptime_s=1.0 + 7.0 * number)
            for number, (name, rate) in enumerate(zip(plan.sites, rates, strict=True))
        }
        self.late: list[tuple[int, Apply]] = []  # applied when so many others have been
        self.kernels = {site.name: site.kernel for site in self.sites.values()}
        self.guard = guard
        self.queue: list[tuple[float, Item]] = []
        for site in plan.sites:
            self.at(0.0, Begin(site, boots=True))
            self.at(0.1, Sense(site))

    def at(self, at_s: float, item: Item) -> None:
        """Let something happen. Of two at one time, the one told first comes first."""
        insort(self.queue, (round(at_s, 6), item), key=lambda entry: entry[0])

    def upcoming(self) -> Step:
        """What comes next."""
        for site in self.sites.values():
            busy = site.outbox or site.inbox
            if busy and site.frozen_until_s <= self.now_s:
                return Step(self.now_s, site.name, busy[0], effect=bool(site.outbox))
        return self._next()

    def _next(self) -> Step:
        at_s, item = self.queue[0]
        chosen = None
        for site in self.sites.values():
            wakes_s = site.wakes_s(self.now_s)
            if wakes_s <= at_s:
                at_s, chosen = wakes_s, site
        if chosen is None:
            return Step(at_s, "", item)
        if chosen.outbox:
            return Step(at_s, chosen.name, chosen.outbox[0], effect=True)
        return Step(at_s, chosen.name, chosen.inbox[0] if chosen.inbox else Tick())

    def disturbed(self) -> str:
        """What of the disturbances has not run out: nothing if all have."""
        for site in self.sites.values():
            if site.frozen_until_s > self.now_s:
                return f"{site.name} is frozen"
        return "it is disturbed" if self.disturbed_until_s else ""

    def in_doubt(self) -> str:
        """What was sent and may still come: nothing if all has arrived or is lost."""
        return "a late transaction has not reached the register" if self.late else ""

    def heal(self) -> None:
        """Mend every link and start what does not run."""
        self.cut = self.scene_cut = ()
        for site in self.sites.values():
            if site.agent is None:
                self.at(self.now_s, Begin(site.name, boots=True))

    def unsettled(self, healed_s: float) -> str:
        """Why it is not well again since then: nothing if each instance has one renewed door."""
        renewed_s = healed_s + self.plan.profile.lease.length_s
        for instance in self.instances:
            until = [kernel.open_until_s(instance) for kernel in self.kernels.values()]
            doors = [until_s for until_s in until if until_s > self.now_s]
            if len(doors) != 1:
                return f"{instance} has {len(doors)} open doors"
            if doors[0] < renewed_s:
                return f"{instance} has not been renewed"
        return ""
