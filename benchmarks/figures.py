"""What was measured, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.process import Measured


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing, measured in some runs."""

    unit: str
    values: tuple[float, ...]
    cpu_s: tuple[float, ...] = ()  # seconds of all processors together; () if it is no time

    @property
    def median(self) -> float:
        return median(self.values)

    def each(self, number: int, unit: str, factor: float = 1.0) -> Figure:
        """The same for one of `number` parts."""
        share = factor / number
        return Figure(unit, tuple(value * share for value in self.values))

    def beyond(self, base: Figure) -> Figure:
        """What it takes more than the median of another figure."""
        cpu_s = median(base.cpu_s)
        return Figure(
            self.unit,
            tuple(value - base.median for value in self.values),
            tuple(value - cpu_s for value in self.cpu_s),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "runs": len(self.values),
            "min": min(self.values),
            "median": self.median,
            "max": max(self.values),
            "cpu_s": median(self.cpu_s) if self.cpu_s else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: ours, what it may be, and the peer in the same run."""

    subject: str
    what: str
    figure: Figure
    target: float | None = None  # the most that the median may be
    peer: str = ""
    beside: Figure | None = None  # the peer's figure
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Peer by ours: above 1 the peer costs more."""
        return self.beside.median / self.figure.median if self.beside else None

    @property
    def held(self) -> bool | None:
        """Whether the median is within the target; None without one."""
        return None if self.target is None else self.figure.median <= self.target

    def as_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "what": self.what,
            "target": self.target,
            "held": self.held,
            "figure": self.figure.as_json(),
            "peer": self.peer,
            "beside": self.beside.as_json() if self.beside else None,
            "ratio": self.ratio,
            "note": self.note,
        }


def wall(runs: Iterable[Measured]) -> Figure:
    """How long processes took, from start to exit."""
    known = tuple(runs)
    return Figure("s", tuple(one.wall_s for one in known), tuple(one.cpu_s for one in known))


def memory(runs: Iterable[Measured]) -> Figure:
    """The most that each process tree held at one time."""
    return Figure("MB", tuple(one.memory_mb for one in runs))
