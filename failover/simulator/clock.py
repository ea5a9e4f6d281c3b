"""Real time as the world knows it, and the clocks that the machines have instead."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any


class Queue:
    """What happens next. Two events of one moment happen in the order in which they were named."""

    __slots__ = ("_count", "_heap", "now_s")

    def __init__(self) -> None:
        self.now_s = 0.0
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0

    @property
    def events(self) -> int:
        """How many events were named so far."""
        return self._count

    def at(self, time_s: float, action: Callable[..., None], *arguments: Any) -> None:
        """Call the action at this time; a time that has passed means now."""
        self._count += 1
        at_s = time_s if time_s > self.now_s else self.now_s
        heappush(self._heap, (at_s, self._count, action, arguments))

    def run(self, until_s: float) -> None:
        """Let happen what happens before this time."""
        heap = self._heap
        while heap and heap[0][0] <= until_s:
            self.now_s, _, action, arguments = heappop(heap)
            action(*arguments)
        self.now_s = until_s


class Clock:
    """A clock that runs at its own rate, and stands still while it is stopped."""

    __slots__ = ("_local_s", "_rate", "_real_s", "_running")

    def __init__(self, rate: float, local_s: float, real_s: float) -> None:
        self._rate = rate
        self._local_s = local_s
        self._real_s = real_s
        self._running = True

    def read(self, real_s: float) -> float:
        """What the clock shows at a real time that is not before its last start or stop."""
        if not self._running:
            return self._local_s
        return self._local_s + (real_s - self._real_s) * self._rate

    def real(self, local_s: float) -> float:
        """When the clock will show this, if it is not stopped before."""
        return self._real_s + (local_s - self._local_s) / self._rate

    def stop(self, real_s: float) -> None:
        """Stand still."""
        self._local_s = self.read(real_s)
        self._running = False

    def go(self, real_s: float) -> None:
        """Go on from where the clock stood."""
        if not self._running:
            self._real_s = real_s
            self._running = True
