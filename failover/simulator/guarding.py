"""The guard of one machine: what it was asked, and what it keeps from one life to the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from failover.core.effects import Arm, Armed, Closed, Grant, Shut
from failover.core.guard import SetChange

if TYPE_CHECKING:
    from failover.simulator.machine import Machine


class Arming(Struct, frozen=True):
    """Kernel time that was started under a name."""

    name: str
    step: int  # at which of the process's effects
    wall_s: float  # when it ends, by the wall clock


class Guarding(Struct, frozen=True):
    """The second half of a wish: the change is computed, and not yet in the kernel."""

    changes: Sequence[SetChange]
    answer: Armed | Closed | None = None


class Left(Struct, frozen=True):
    """In which life of the guard, and under which plan, an agent has left its doors."""

    watch: int
    plan: str


class Guard:
    """A wish is computed (`arm`, `grant` …) and carried out (`now`): between them it may freeze."""

    __slots__ = ("_armed_until_s", "_arms", "_left", "_length_s", "_machine", "_slots", "_until_s")

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._arms: deque[Arming] = deque(maxlen=2)
        self._length_s = self._armed_until_s = 0.0
        self._until_s: dict[str, float] = {}  # of what was granted, by the boot-time clock
        self._left: Left | None = None
        self._slots = machine.world.slots_class()

    @property
    def waits(self) -> bool:
        """Whether a life has left, and the next one has not come."""
        return self._left is not None

    def greet(self) -> dict[str, float]:
        """A life begins: for how long what stands open, if the last one left; else all is shut."""
        if self._left is not None and self._left == self._here() and self._machine.watchdog.awake:
            self._left = None
            now_s = self._now()
            return {each: end_s - now_s for each, end_s in self._until_s.items() if end_s > now_s}
        if self._left is None or not self._machine.world.options.new_guard_trusts:
            self.now(self.flush())
        self._forget()
        return {}

    def arm(self, effect: Arm, step: int) -> Guarding:
        """Start kernel time."""
        self._arms.append(Arming(effect.name, step, self._machine.wall() + effect.length_s))
        self._length_s = effect.length_s
        changes = self._slots.arm(effect.name, effect.instances, effect.length_s)
        return Guarding(changes, Armed(effect.name))

    def armed(self, name: str) -> Arming | None:
        """What was armed under a name, unless that is too long ago."""
        return next((each for each in self._arms if each.name == name), None)

    def grant(self, effect: Grant) -> Guarding:
        """Open doors."""
        changes = self._slots.grant(effect.name, effect.instances)
        if changes:
            until_s, armed_until_s = self._until_s, self._armed_until_s
            for instance in effect.instances:
                until_s[instance] = armed_until_s
        return Guarding(changes)

    def shut(self, effect: Shut) -> Guarding:
        """Shut doors."""
        for instance in effect.instances:
            self._until_s.pop(instance, None)
        return Guarding(self._slots.shut(effect.instances), Closed(effect.instances))

    def flush(self) -> Guarding:
        """Shut all doors."""
        self._until_s.clear()
        self._left = None
        return Guarding(self._slots.flush())

    def leave(self) -> Guarding:
        """A life leaves what stands open to the next one."""
        self._left = self._here()
        return Guarding(self._slots.leave())

    def now(self, step: Guarding) -> Armed | Closed | None:
        """Change the kernel; the answer."""
        machine, answer = self._machine, step.answer
        machine.kernel.apply(step.changes)
        if type(answer) is Armed:  # the kernel's end is not later
            now_s = machine.clock.read(machine.world.queue.now_s)
            self._armed_until_s = now_s + self._length_s
        return answer

    def breaks(self) -> None:
        """It does not obey any more: what it knew is not trusted again."""
        self._left = None

    def reboots(self) -> None:
        """The kernel's sets are gone, and so is this process."""
        self._forget()

    def _here(self) -> Left:
        machine = self._machine
        return Left(machine.watchdog.life, machine.world.plans[machine.site].hash)

    def _forget(self) -> None:
        self._slots = self._machine.world.slots_class()
        self._arms.clear()
        self._until_s.clear()
        self._left = None

    def _now(self) -> float:
        return self._machine.clock.read(self._machine.world.queue.now_s)
