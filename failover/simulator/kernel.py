"""The kernel's side of the guard: sets whose elements run out, and the doors that they open.

Source: `failover-spike.md` §1, measured: a timeout is rounded down to 4 ms and counts on a clock
that stands still while the machine does; an expired element is gone at once; an `add` of a live
element changes nothing unless its timeout is another one; a timeout of 0 never ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec import Struct

from failover.core.guard import FlushSet, SetChange, Sets
from failover.simulator.clock import Clock, Queue

JIFFY_S = 0.004
LINGERING_S = 5.0  # how long an established connection goes on if no rule stops it
EARLY_S = 1e-9  # of rounding

_ARMED = {Sets.ARMED_0: 0, Sets.ARMED_1: 1}
_LIVE = {Sets.LIVE_0: 0, Sets.LIVE_1: 1}


class Element(Struct, frozen=True):
    """One element of an armed set."""

    ends_s: float  # on the kernel's clock
    timeout_s: float | None
    since_s: float  # real time


class Kernel:
    """The sets of one boot of one machine. A door is open where armed and live agree.

    `tell(instance, element)` is called before each change of a door, with the element that opens
    it, or holds it open from now on, or None when it closes.
    """

    __slots__ = (
        "_armed", "_clock", "_instances", "_lingering", "_live", "_queue", "_slots",
        "_stops_established", "_tell", "_watch_s", "doors", "passable",
    )  # fmt: skip

    def __init__(
        self,
        queue: Queue,
        clock: Clock,
        instances: Sequence[str],
        tell: Callable[[str, Element | None], None],
        *,
        stops_established: bool = True,
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._instances = instances
        self._tell = tell
        self._stops_established = stops_established
        self._armed: tuple[dict[str, Element], dict[str, Element]] = ({}, {})
        self._live: tuple[set[str], set[str]] = (set(), set())
        self._slots = tuple(zip(self._live, self._armed, strict=True))
        self._lingering: dict[str, float] = {}
        self._watch_s = math.inf
        self.doors: dict[str, Element] = {}
        self.passable = True  # nothing passes a machine that stands still or is off

    def apply(self, changes: Sequence[SetChange]) -> None:
        """Carry out one kernel transaction."""
        if not changes:
            return
        now_s = self._clock.read(self._queue.now_s)
        for change in changes:
            if isinstance(change, FlushSet):
                self._flush(change.set)
            elif change.set in _LIVE:
                self._live[_LIVE[change.set]].update(change.instances)
            else:
                armed = self._armed[_ARMED[change.set]]
                for instance in sorted(change.instances):
                    self._arm(armed, instance, change.timeout_s, now_s)
        self.settle()

    def settle(self) -> None:
        """Find out which doors are open, and tell what changed."""
        real_s = self._queue.now_s
        now_s = self._clock.read(real_s) + EARLY_S
        doors = self.doors
        next_s = math.inf
        for instance in self._instances:
            element = self._opener(instance, now_s) if self.passable else None
            if element is None:
                if instance in doors and not self._lingers(instance, real_s):
                    self._tell(instance, None)
                    del doors[instance]
                continue
            next_s = min(next_s, element.ends_s)
            if doors.get(instance) is not element:
                self._lingering.pop(instance, None)
                self._tell(instance, element)
                doors[instance] = element
        if next_s < math.inf:
            self._watch(self._clock.real(next_s))

    def _flush(self, name: Sets) -> None:
        if name in _LIVE:
            self._live[_LIVE[name]].clear()
        else:
            self._armed[_ARMED[name]].clear()

    def _arm(
        self, armed: dict[str, Element], instance: str, timeout_s: float | None, now_s: float
    ) -> None:
        known = armed.get(instance)
        if known and known.ends_s > now_s + EARLY_S and known.timeout_s == timeout_s:
            return
        armed[instance] = Element(now_s + _rounded(timeout_s), timeout_s, self._queue.now_s)

    def _opener(self, instance: str, now_s: float) -> Element | None:
        best, best_s = None, now_s
        for live, armed in self._slots:
            if instance in live:
                element = armed.get(instance)
                if element is not None and element.ends_s > best_s:
                    best, best_s = element, element.ends_s
        return best

    def _lingers(self, instance: str, real_s: float) -> bool:
        if self._stops_established or not self.passable:
            return False
        if instance not in self._lingering:
            self._lingering[instance] = real_s + LINGERING_S
            self._queue.at(real_s + LINGERING_S, self.settle)
        return real_s < self._lingering[instance]

    def _watch(self, real_s: float) -> None:
        """Look again when the first door closes; an earlier look that is planned will do."""
        if real_s < self._watch_s - EARLY_S:
            self._watch_s = real_s
            self._queue.at(real_s, self._look, real_s)

    def _look(self, planned_s: float) -> None:
        if planned_s == self._watch_s:
            self._watch_s = math.inf
            self.settle()


def _rounded(timeout_s: float | None) -> float:
    if not timeout_s:
        return math.inf
    return max(1, math.floor(timeout_s / JIFFY_S + EARLY_S)) * JIFFY_S
