"""An agent's account of itself: the status document, made when it is asked for, and shared.

    account.document()     for the file
    account.line()         the same, as one line of JSON, for the socket

However many ask, it is made five times a second at most: each carries the time it was made at.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from failover.core.agent import Agent
from failover.processes.status import Exposures, status_of
from failover.wire.post import boot_time_s

SHARED_S = 0.2  # one document serves all who ask within it

Part = Callable[[], dict[str, Any]]


class Account:
    """Makes the document of an agent and of what is around it."""

    def __init__(
        self,
        agent: Agent,
        looked_s: Callable[[], float | None],
        parts: tuple[Part, ...],
        clock: Callable[[], float] = boot_time_s,
    ) -> None:
        """`looked_s`: when the register last showed its cells; `parts`: what others add."""
        self._agent = agent
        self._looked_s = looked_s
        self._parts = parts
        self._clock = clock
        self._exposures = Exposures()
        self._document: dict[str, Any] = {}
        self._made_s: float | None = None
        self._line = b""

    def document(self) -> dict[str, Any]:
        """At most `SHARED_S` old. Not to be changed: others are given the same."""
        now_s = self._clock()
        if self._made_s is None or now_s - self._made_s >= SHARED_S:
            made = status_of(self._agent, now_s, self._looked_s(), self._exposures)
            for part in self._parts:
                made |= part()
            self._document, self._made_s, self._line = made, now_s, b""
        return self._document

    def line(self) -> bytes:
        """The document as one line, made once for each document."""
        document = self.document()
        if not self._line:
            self._line = json.dumps(document).encode() + b"\n"
        return self._line
