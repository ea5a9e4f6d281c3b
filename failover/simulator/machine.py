"""A machine with its clocks, its kernel, its disk, and the two processes that run on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from failover.core.effects import Memory
from failover.core.guard import Watchdog, watchdog_s
from failover.core.plan import Durability, Group
from failover.simulator.clock import Clock
from failover.simulator.guarding import Guard
from failover.simulator.kernel import Element, Kernel
from failover.simulator.shell import Shell

if TYPE_CHECKING:
    from failover.simulator.world import World


class Disk:
    """What survives a crash: the last memory that was written, if the disk did not lie."""

    __slots__ = ("kept", "loses", "previous", "stalled")

    def __init__(self, kept: Memory) -> None:
        self.kept = kept
        self.previous = kept
        self.stalled = 0  # by so many faults: nothing is written
        self.loses = 0  # the last write does not survive a crash

    def write(self, memory: Memory) -> None:
        """Replace what was written."""
        self.previous, self.kept = self.kept, memory

    def crash(self) -> None:
        """Power is lost."""
        if self.loses:
            self.kept = self.previous


class Machine:
    """One machine of a centre, from its first boot on."""

    def __init__(self, world: World, site: str, name: str, memory: Memory) -> None:
        self.world = world
        self.site = site
        self.name = name
        self.disk = Disk(memory)
        self.down = 0  # by so many faults
        self.scrapped = False  # a clone that has been found
        self.paused = 0
        self.guard_broken = 0
        self.wall_s = 1_790_000_000.0  # the wall clock's lead over the boot-time clock
        self.wall_true = True
        self.lease_rows: dict[str, float] = {}  # the resource check: on the wall clock, by group
        self.thawed_s = -1.0
        self.agent = Shell(world, self)
        self.guard = Guard(self)
        self.watchdog = WatchdogProcess(world, self)
        error = world.options.clock_error
        self._rate = 1 + world.rng.uniform(-error, error)
        self._boot()

    @property
    def running(self) -> bool:
        """Whether anything moves on it."""
        return not self.down and not self.paused

    def wall(self) -> float:
        """What the wall clock shows."""
        return self.clock.read(self.world.queue.now_s) + self.wall_s

    def power_off(self) -> None:
        """Lose power."""
        self.down += 1
        if self.down == 1:
            self._settle_data()
            self.agent.kill()
            self.watchdog.alive = False
            self.kernel.passable = False
            self.kernel.settle()
            self.disk.crash()
            self.lease_rows = {}

    def power_on(self) -> None:
        """Boot: a new boot id, empty kernel sets."""
        self.down -= 1
        if not self.down:
            self._boot()
            self.start()

    def start(self) -> None:
        """Start both processes."""
        self.watchdog.start()
        if not self.agent.kills:
            self.agent.start()

    def pause(self, *, clock: bool) -> None:
        """Let everything stand still, and the boot-time clock too if it stops."""
        self._settle_data()
        now_s = self.world.queue.now_s
        self.paused += 1
        self.kernel_clock.stop(now_s)
        if clock:
            self.clock.stop(now_s)
        self.agent.freeze()
        self.watchdog.frozen += 1
        self.kernel.passable = False
        self.kernel.settle()

    def thaw(self) -> None:
        """Go on. What was open is open again, for as long as the kernel thinks."""
        self.paused -= 1
        watchdog_first = self.world.rng.random() < 0.5
        self.watchdog.frozen -= 1
        if not self.paused:
            now_s = self.world.queue.now_s
            self.thawed_s = now_s
            self.kernel_clock.go(now_s)
            self.clock.go(now_s)
            self.kernel.passable = not self.down
            self.kernel.settle()
        if watchdog_first:
            self.watchdog.look()
        self.agent.unfreeze()

    def share(self, group: Group) -> float:
        """Which part of a group's clients this machine lets in and answers."""
        doors = self.kernel.doors
        instances = sum(map(doors.__contains__, group.instances))
        if not instances:
            return 0.0
        if group.durability is Durability.SYNCHRONOUS and not self._lease_row_valid(group):
            return 0.0
        return instances / len(group.instances)

    def _lease_row_valid(self, group: Group) -> bool:
        return self.wall() < self.lease_rows.get(group.name, 0.0)

    def _boot(self) -> None:
        world = self.world
        now_s = world.queue.now_s
        self.boot = world.fresh(f"boot-{self.name}-")
        self.guard.reboots()
        start_s = world.rng.uniform(5, 50)
        self.clock = Clock(self._rate, start_s, now_s)
        self.kernel_clock = Clock(self._rate, start_s, now_s)
        self.kernel = Kernel(
            world.queue,
            self.kernel_clock,
            world.instances,
            self._door,
            stops_established=world.options.stops_established,
        )
        if self.paused:
            self.clock.stop(now_s)
            self.kernel_clock.stop(now_s)
            self.kernel.passable = False

    def _door(self, instance: str, element: Element | None) -> None:
        if element is None or instance not in self.kernel.doors:
            self.world.data.settle(self.world.group_of[instance])
        self.world.doors.turned(self, instance, element)

    def _settle_data(self) -> None:
        for group in self.world.data.groups:
            self.world.data.settle(group)


class WatchdogProcess:
    """The second process: it shuts every door when the agent gives no sign of life."""

    __slots__ = (
        "_limit_s",
        "_looked_s",
        "_machine",
        "_since_s",
        "_watchdog",
        "_world",
        "alive",
        "frozen",
        "life",
    )

    def __init__(self, world: World, machine: Machine) -> None:
        self._world = world
        self._machine = machine
        self._limit_s = watchdog_s(world.plans[machine.site].profile)
        self._watchdog = Watchdog(self._limit_s, 0.0)
        self.life = 0
        self._since_s = 0.0  # its start, or its last flush
        self._looked_s = 0.0
        self.alive = False
        self.frozen = 0

    def start(self) -> None:
        """Begin to watch."""
        self.life += 1
        self.alive = True
        self._since_s = self._looked_s = self._now()
        self._watchdog = Watchdog(self._limit_s, self._since_s)
        self._world.queue.at(self._world.queue.now_s + self._limit_s / 2, self._tick, self.life)

    @property
    def awake(self) -> bool:
        """Whether it has not stood still: what it knows of the doors may be old then."""
        return self.alive and self._now() - self._looked_s <= self._limit_s

    def look(self) -> None:
        """Flush if the agent hangs; while none is there, if this process has stood still."""
        machine = self._machine
        if not self.alive or self.frozen or machine.down:
            return
        now_s, before_s = self._now(), self._looked_s
        self._looked_s = now_s
        seen_s = before_s if machine.guard.waits else machine.agent.signed_s
        self._watchdog.sign_of_life(max(self._since_s, seen_s))
        if self._watchdog.hung(now_s):
            self._world.note(machine.name, "watchdog: the agent hangs, all doors are shut")
            machine.guard.now(machine.guard.flush())
            self._since_s = now_s

    def _tick(self, life: int) -> None:
        if self.life == life and self.alive:
            self.look()
            queue = self._world.queue
            queue.at(queue.now_s + self._limit_s / 2, self._tick, life)

    def _now(self) -> float:
        return self._machine.clock.read(self._world.queue.now_s)
