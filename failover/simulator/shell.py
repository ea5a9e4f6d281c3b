"""The shell around one agent: carries its effects out in their order, and brings it the events.

It can be frozen before, between and inside any two effects, and killed at any time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from failover.core.cells import Incarnation
from failover.core.effects import (
    Actuate,
    Actuated,
    Adopted,
    Arm,
    Commit,
    Effect,
    Event,
    Exit,
    Flush,
    Grant,
    GuardState,
    Leave,
    Look,
    Memory,
    Page,
    Record,
    Remember,
    Remembered,
    SendBeat,
    Shut,
    Start,
    Tick,
)
from failover.simulator.agents import Agent
from failover.simulator.client import Flight
from failover.simulator.guarding import Guarding

if TYPE_CHECKING:
    from failover.simulator.machine import Machine
    from failover.simulator.world import World

TURNS_MAX = 50_000  # of all agents in one run: more means that one of them spins
SOONEST_S = 0.001  # between two ticks
SUPERVISED_S = 1.0  # until the supervisor starts an agent anew that has ended by itself
REMEMBERED_S = 0.01
STALLED_S = 0.5
STANDING_S = 0.1  # until a supervisor that stands still with its machine tries again
GREETING_S_MAX = 1.2  # until the guard has heard a life that follows one that left
NO_TRAP = -1


class Spinning(Exception):
    """An agent asks for more turns than it could ever need."""


class Renewal(NamedTuple):
    """The newest write of the session that this agent knows to hold."""

    submitted: int
    revision: int


class Shell:
    """One agent's process on one machine, through all its lives."""

    __slots__ = (
        "_away_s", "_busy", "_due_s", "_greeted", "_inbox", "_pending", "_slowly", "_steps",
        "_tick_s", "_trap", "agent", "alive", "frozen", "kills", "lives", "machine", "renewed",
        "signed_s", "site", "trapped", "world",
    )  # fmt: skip

    def __init__(self, world: World, machine: Machine) -> None:
        self.world = world
        self.machine = machine
        self.site = machine.site
        self.kills = 0  # by so many faults
        self.frozen = 0  # by so many faults
        self.lives = 0
        self.alive = False
        self.trapped = False
        self.signed_s = 0.0  # its last sign of life, on the boot-time clock
        self.agent: Agent
        self._away_s = self._slowly = 0.0  # of a restart that was planned last
        self._trap = NO_TRAP  # freeze after so many more effects
        self._forget()

    @property
    def incarnation(self) -> tuple[str, str]:
        """Site and boot: what a restart of the agent keeps."""
        return self.site, self.machine.boot

    def start(self) -> None:
        """Begin a life with what the disk remembers."""
        machine, world = self.machine, self.world
        if self.alive or self.kills or machine.down:
            return
        self._forget()
        self.alive = True
        self.lives += 1
        life = Incarnation(self.site, machine.boot, world.fresh("life-"))
        world.note(machine.name, f"the agent starts as {life.boot}/{life.life}")
        slow_s = GREETING_S_MAX * self._slowly**2 if machine.guard.waits else 0.0
        self.agent = world.agent_class(
            world.plans[self.site], Start(life, machine.disk.kept, self._now())
        )
        self._busy = True
        self._execute(self.agent.begin())
        if slow_s:
            world.queue.at(world.queue.now_s + slow_s, self._greet, self.lives)
        elif not machine.guard_broken:
            self._greeted = True
            self._inbox.append(Adopted(machine.guard.greet()))
        self._settle()

    def leave(self, away_s: float, slowly: float) -> None:
        """End the life as planned; the next one begins after so long, and slowly or not."""
        if self.alive and not self.frozen:
            self._away_s, self._slowly = away_s, slowly
            self._busy = True
            self._execute(self.agent.leave())
            self._settle()

    def kill(self) -> None:
        """End the life at once; kernel sets and disk stay."""
        self.alive = False
        self.lives += 1
        self._forget()

    def freeze(self) -> None:
        """Stand still."""
        self.frozen += 1

    def unfreeze(self) -> None:
        """Go on where it stood: first what was begun, then what has arrived."""
        self.frozen -= 1
        if self.frozen or not self.alive:
            return
        if self._now() >= self.agent.due_s:
            first = self.world.rng.random() < 0.5
            (self._inbox.appendleft if first else self._inbox.append)(Tick())
        self._busy = True
        self._settle()

    def set_trap(self, effects: int) -> None:
        """Freeze after so many more effects, wherever that is."""
        self._trap = effects

    def spring_trap(self) -> None:
        """Take the trap away, and thaw what it holds."""
        self._trap = NO_TRAP
        if self.trapped:
            self.trapped = False
            self.unfreeze()

    def deliver(self, *events: Event) -> None:
        """Bring it events; it takes them when it can."""
        if not self.alive:
            return
        self._inbox.extend(events)
        if not self._busy and not self.frozen:
            self._busy = True
            self._settle()

    def guard_repaired(self) -> None:
        """The guard obeys again: what it did not do is undone, then the agent hears of it."""
        if self.alive:
            self.machine.guard.now(self.machine.guard.flush())
            self.deliver(GuardState(alive=True) if self._greeted else Adopted({}))
            self._greeted = True

    def answered(self, flight: Flight, revision: int) -> None:
        """A write of the session holds."""
        self.renewed = Renewal(flight.submitted, revision)

    def _greet(self, life: int) -> None:
        if life == self.lives and not self._greeted and not self.machine.guard_broken:
            self._greeted = True
            self.deliver(Adopted(self.machine.guard.greet()))

    def _forget(self) -> None:
        self._busy = self._greeted = False
        self._inbox: deque[Event] = deque()
        self._pending: deque[Effect | Guarding] = deque()
        self._steps = 0
        self._tick_s = math.inf
        self._due_s = -math.inf  # what the next tick was planned for
        self.renewed = Renewal(0, 0)

    def _settle(self) -> None:
        """Carry out what is pending, take in what has arrived, and ask for the next tick."""
        if self._pending:
            self._carry_on()
        boot_s = self.machine.clock.read(self.world.queue.now_s)  # no virtual time passes in here
        now_s = self.machine.wall() if self.world.options.wall_clock else boot_s
        world = self.world
        while self._inbox and not self.frozen and self.alive:
            event = self._inbox.popleft()
            world.turns += 1
            if world.turns > TURNS_MAX:
                raise Spinning(f"more than {TURNS_MAX} turns; the last: {event}")
            if world.recording:
                world.told(self.machine.name, event)
            effects = self.agent.on(event, now_s)
            if effects:
                self._execute(effects)
        self._busy = False
        if self.alive and not self.frozen:
            self.signed_s = boot_s
            self._plan_tick()

    def _execute(self, effects: Iterable[Effect]) -> None:
        if self._trap == NO_TRAP:
            for effect in effects:
                self._carry_out(effect)
        else:
            self._pending.extend(effects)
            self._carry_on()

    def _carry_on(self) -> None:
        pending = self._pending
        while pending and not self.frozen and self.alive:
            if self._trap == 0:
                self._trap = NO_TRAP
                self.trapped = True
                self.frozen += 1
                self.world.note(self.machine.name, f"frozen before {type(pending[0]).__name__}")
                return
            if self._trap > 0:
                self._trap -= 1
            step = pending.popleft()
            if isinstance(step, Guarding):
                self._guard_now(step)
            else:
                self._carry_out(step)

    def _carry_out(self, effect: Effect) -> None:
        self._steps += 1
        if self.world.recording:
            self.world.done(self.machine.name, effect)
        _DOERS[type(effect)](self, effect)

    def _now(self) -> float:
        machine = self.machine
        wall_clock = self.world.options.wall_clock
        return machine.wall() if wall_clock else machine.clock.read(self.world.queue.now_s)

    def _plan_tick(self) -> None:
        now_s, due_s = self.world.queue.now_s, self.agent.due_s
        if due_s == math.inf or (due_s == self._due_s and now_s < self._tick_s < math.inf):
            return
        self._due_s = due_s
        if self.world.options.wall_clock:
            due_s -= self.machine.wall_s
        due_s = max(self.machine.clock.real(due_s), now_s + SOONEST_S)
        if due_s < self._tick_s or self._tick_s <= now_s:
            self._tick_s = due_s
            self.world.queue.at(due_s, self._tick, self.lives, due_s)

    def _tick(self, life: int, planned_s: float) -> None:
        if life != self.lives or planned_s != self._tick_s or not self.alive:
            return
        self._tick_s = math.inf
        if self.frozen or self._busy:
            return
        if self._now() + 1e-6 >= self.agent.due_s:
            self.deliver(Tick())
        else:
            self._plan_tick()

    # --- effects ---------------------------------------------------------------------------

    def _commit(self, effect: Commit) -> None:
        flight = Flight(self, effect.request, effect.transaction)
        flight.submitted = self._steps
        self.world.client.commit(flight, effect.timeout_s)

    def _look(self, _effect: Look) -> None:
        self.world.client.look(self)

    def _send_beat(self, effect: SendBeat) -> None:
        self.world.carry_beat(self.site, effect.path, effect.beat)

    def _arm(self, effect: Arm) -> None:
        if self._guard_broken():
            return
        self._guard(self.machine.guard.arm(effect, self._steps))

    def _grant(self, effect: Grant) -> None:
        if self._guard_broken():
            return
        guard = self.machine.guard
        armed = guard.armed(effect.name)
        if armed is not None:
            self._write_lease_rows(effect.instances, armed.wall_s)
        self.world.safety.granted(self, effect, armed.step if armed else self._steps)
        self._guard(guard.grant(effect))

    def _shut(self, effect: Shut) -> None:
        if not self._guard_broken():
            self._guard(self.machine.guard.shut(effect))

    def _flush(self, _effect: Flush) -> None:
        if not self._guard_broken():
            self._guard(self.machine.guard.flush())

    def _leave(self, _effect: Leave) -> None:
        queue, guard = self.world.queue, self.machine.guard
        if not self._guard_broken():
            guard.now(guard.leave())
        self.kill()
        queue.at(queue.now_s + self._away_s, self._next_life, self.lives)

    def _next_life(self, after: int) -> None:
        if self.machine.paused and self.lives == after:
            queue = self.world.queue
            queue.at(queue.now_s + STANDING_S, self._next_life, after)
        else:
            self.start()

    def _guard(self, step: Guarding) -> None:
        if self._trap == NO_TRAP:
            self._guard_now(step)
        else:
            self._pending.appendleft(step)

    def _guard_now(self, step: Guarding) -> None:
        answer = self.machine.guard.now(step)
        if answer is not None:
            self._inbox.append(answer)

    def _guard_broken(self) -> bool:
        if self.machine.guard_broken:
            self._inbox.append(GuardState(alive=False))
            return True
        return False

    def _write_lease_rows(self, instances: Iterable[str], until_s: float) -> None:
        """The resource check's row, written over the agent's own connection before the grant."""
        rows = self.machine.lease_rows
        for instance in instances:
            group = self.world.group_of.get(instance)
            if group is not None:
                rows[group] = until_s

    def _actuate(self, effect: Actuate) -> None:
        self.world.actuators.drive(self, effect)

    def _remember(self, effect: Remember) -> None:
        queue = self.world.queue
        queue.at(queue.now_s + REMEMBERED_S, self._write, self.lives, effect.memory)

    def _write(self, life: int, memory: Memory) -> None:
        if self.machine.disk.stalled:
            queue = self.world.queue
            queue.at(queue.now_s + STALLED_S, self._write, life, memory)
        elif life == self.lives:
            self.machine.disk.write(memory)
            self.deliver(Remembered())

    def _page(self, effect: Page) -> None:
        self.world.paged(self.site, effect)

    def _exit(self, _effect: Exit) -> None:
        self.kill()
        self.world.queue.at(self.world.queue.now_s + SUPERVISED_S, self.start)

    def _record(self, effect: Record) -> None:
        self.world.recorded(effect.text)


def actuated(effect: Actuate, why: str) -> Actuated:
    """The answer to an actuation; no reason means that it was done."""
    return effect.answered(done=not why, why=why)


_DOERS: Mapping[type[Effect], Callable[[Shell, Any], None]] = {
    Commit: Shell._commit,  # noqa: SLF001 — the table of this very class
    Look: Shell._look,  # noqa: SLF001
    SendBeat: Shell._send_beat,  # noqa: SLF001
    Arm: Shell._arm,  # noqa: SLF001
    Grant: Shell._grant,  # noqa: SLF001
    Shut: Shell._shut,  # noqa: SLF001
    Flush: Shell._flush,  # noqa: SLF001
    Leave: Shell._leave,  # noqa: SLF001
    Actuate: Shell._actuate,  # noqa: SLF001
    Remember: Shell._remember,  # noqa: SLF001
    Page: Shell._page,  # noqa: SLF001
    Record: Shell._record,  # noqa: SLF001
    Exit: Shell._exit,  # noqa: SLF001
}
