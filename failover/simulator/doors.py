"""Who has which door open, in real time: never two at once, and how long none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from failover.simulator.clock import Queue
from failover.simulator.kernel import Element


class Gatehouse(Protocol):
    """A machine, as far as its doors go."""

    site: str
    name: str
    thawed_s: float


class Gap(NamedTuple):
    """A time in which an instance's door was closed everywhere."""

    instance: str
    closed_at: str  # the centre that had it open before
    opened_at: str  # and after; empty: the run ended
    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it lasted."""
        return self.end_s - self.start_s


class Overlap(NamedTuple):
    """Two doors of one instance open at once, admitted because of a clock that stood still."""

    instance: str
    thawed: str
    start_s: float


class Doors:
    """The doors of all machines. `violated(rule, text)` hears of what must never be."""

    def __init__(
        self,
        queue: Queue,
        instances: Sequence[str],
        *,
        lease_s: float,
        violated: Callable[[str, str], None],
    ) -> None:
        self._queue = queue
        self._lease_s = lease_s
        self._violated = violated
        self._open: dict[str, dict[Gatehouse, Element]] = {each: {} for each in instances}
        self._closed: dict[str, tuple[float, str]] = {}
        self.gaps: list[Gap] = []
        self.admitted: list[Overlap] = []
        self.opened_s: dict[str, float] = {}  # first opening
        self.note: Callable[[str, str], None] | None = None

    def turned(self, machine: Gatehouse, instance: str, element: Element | None) -> None:
        """A door opens, stays open by a newer element, or closes."""
        opened = self._open[instance]
        if element is None:
            opened.pop(machine, None)
            self._tell(machine.name, f"the door of {instance} closes")
            if not opened:
                self._closed[instance] = (self._queue.now_s, machine.site)
            return
        fresh = machine not in opened
        opened[machine] = element
        if fresh:
            self._tell(machine.name, f"the door of {instance} opens")
            self.opened_s.setdefault(instance, self._queue.now_s)
            self._end_gap(machine, instance)
        if len(opened) > 1:
            self._judge(instance, opened, fresh=fresh)

    def where(self, instance: str) -> list[str]:
        """The centres at which the door is open, one for each machine."""
        return [machine.site for machine in self._open[instance]]

    def finish(self) -> None:
        """The run ends: what is closed stays so."""
        for instance, (since_s, site) in self._closed.items():
            self.gaps.append(Gap(instance, site, "", since_s, self._queue.now_s))

    def _end_gap(self, machine: Gatehouse, instance: str) -> None:
        since = self._closed.pop(instance, None)
        if since is not None and self._queue.now_s > since[0]:
            gap = Gap(instance, since[1], machine.site, since[0], self._queue.now_s)
            self.gaps.append(gap)

    def _judge(self, instance: str, opened: dict[Gatehouse, Element], *, fresh: bool) -> None:
        thawed = [machine for machine, element in opened.items() if self._stood(machine, element)]
        if len(opened) - len(thawed) > 1 or not thawed:
            names = " and ".join(sorted(machine.name for machine in opened))
            self._violated("S1", f"the door of {instance} is open at {names} at once")
        elif fresh:
            name = thawed[0].name
            self._tell(name, f"overlap of {instance}, admitted: its clock had stood still")
            self.admitted.append(Overlap(instance, name, self._queue.now_s))

    def _stood(self, machine: Gatehouse, element: Element) -> bool:
        """Whether this door is open only because the kernel's clock stood still."""
        return element.since_s < machine.thawed_s and (element.timeout_s or 1e9) <= self._lease_s

    def _tell(self, who: str, text: str) -> None:
        if self.note is not None:
            self.note(who, text)
