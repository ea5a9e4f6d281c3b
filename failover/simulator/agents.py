"""What the simulated world knows of an agent: the real one, or one with a planted bug."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from failover.core.effects import Effect, Event, Start
from failover.core.plan import Plan


class Agent(Protocol):
    """Events in, effects out."""

    @property
    def due_s(self) -> float:
        """When it wants the next tick."""
        ...

    def begin(self) -> list[Effect]:
        """What it does first."""
        ...

    def on(self, event: Event, now_s: float) -> list[Effect]:
        """What it does about an event."""
        ...

    def leave(self) -> list[Effect]:
        """What it does last, to leave its doors to its next life."""
        ...


AgentClass = Callable[[Plan, Start], Agent]
