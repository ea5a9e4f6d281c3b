"""What was measured in the laboratory, as values: a figure, what it may be, whether it held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.figures import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The most that the median, and the most that any run, may be. None: no such promise."""

    median: float | None = None
    worst: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    subject: str
    what: str
    figure: Figure
    target: Target = Target()
    note: str = ""

    @property
    def held(self) -> bool | None:
        """Whether both limits hold; None without any."""
        limits = (
            (self.figure.median, self.target.median),
            (max(self.figure.values), self.target.worst),
        )
        judged = [value <= limit for value, limit in limits if limit is not None]
        return all(judged) if judged else None

    def as_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "what": self.what,
            "target": {"median": self.target.median, "worst": self.target.worst},
            "held": self.held,
            "figure": self.figure.as_json(),
            "values": self.figure.values,
            "note": self.note,
        }


NEVER = Target(worst=0)
