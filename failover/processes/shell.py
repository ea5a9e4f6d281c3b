"""The shell around an agent: events in, effects out, in their order, on one thread.

Nothing here waits: the register, the guard, the network, actuators, disk and people are asked, and
answer with events of their own. The agent says when it wants the next tick; the timer is that of
the boot-time clock as far as a sleeping machine allows (a wake-up shows the agent a gap, and it
doubts itself).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from failover.core.agent import Agent
from failover.core.effects import (
    Actuate,
    Arm,
    Commit,
    Effect,
    Event,
    Exit,
    Flush,
    Grant,
    Leave,
    Look,
    Memory,
    Page,
    Record,
    Remember,
    SendBeat,
    Shut,
    Tick,
)

SOONEST_S = 0.001  # between two ticks: an agent that asks for the past is not asked for ever


class Asked(Protocol):
    """The register's client: answers by events."""

    def commit(self, effect: Commit) -> None:
        """Answered by `Answered`."""
        ...

    def look(self) -> None:
        """Answered by `Looked`."""
        ...


class Guarding(Protocol):
    """The guard's client: answers by events."""

    def carry_out(self, effect: Arm | Grant | Shut | Flush | Leave) -> None:
        """Never waits."""
        ...

    def sign_of_life(self) -> None:
        """The agent has finished a turn."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Whom the agent's effects go to."""

    register: Asked
    guard: Guarding
    speak: Callable[[SendBeat], None]
    actuate: Callable[[Actuate], None]
    remember: Callable[[Memory], None]
    page: Callable[[Page], None]
    record: Callable[[str], None]
    leave: Callable[[str], None]


class Shell:
    """Runs one agent on the running loop."""

    def __init__(self, agent: Agent, ports: Ports, clock: Callable[[], float]) -> None:
        self.agent = agent
        self._ports = ports
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._inbox: deque[Event] = deque()
        self._busy = False
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0
        self._doers: Mapping[type[Effect], Callable[[Any], None]] = {
            Commit: ports.register.commit,
            Look: lambda _effect: ports.register.look(),
            SendBeat: ports.speak,
            Arm: ports.guard.carry_out,
            Grant: ports.guard.carry_out,
            Shut: ports.guard.carry_out,
            Flush: ports.guard.carry_out,
            Leave: ports.guard.carry_out,
            Actuate: ports.actuate,
            Remember: lambda effect: ports.remember(effect.memory),
            Page: ports.page,
            Record: lambda effect: ports.record(effect.text),
            Exit: lambda effect: ports.leave(effect.why),
        }

    def begin(self) -> None:
        """The agent's first words."""
        self._carry_out(self.agent.begin())
        self._plan_tick()

    def tell(self, event: Event) -> None:
        """Bring the agent an event. From the loop's own thread."""
        self._inbox.append(event)
        if self._busy:
            return
        self._busy = True
        try:
            while self._inbox:
                self._carry_out(self.agent.on(self._inbox.popleft(), self._clock()))
        finally:
            self._busy = False
        self._ports.guard.sign_of_life()
        self._plan_tick()

    def leave(self) -> None:
        """The agent's last word: its doors are its next life's."""
        self._carry_out(self.agent.leave())

    def close(self) -> None:
        """No tick comes any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            self._doers[type(effect)](effect)

    def _plan_tick(self) -> None:
        due_s = self.agent.due_s
        if self._timer is not None:
            if due_s == self._due_s and not self._timer.cancelled():
                return
            self._timer.cancel()
            self._timer = None
        self._due_s = due_s
        if due_s != float("inf"):
            wait_s = max(SOONEST_S, due_s - self._clock())
            self._timer = self._loop.call_later(wait_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._clock() < self._due_s:
            self._plan_tick()
        else:
            self.tell(Tick())
