"""The sum of many runs: what was broken, how long a take-over took, what was lost and reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from failover.simulator.faults import KINDS
from failover.simulator.outcome import Outcome


class Tally:
    """Adds outcomes up; keeps of each only what is told."""

    def __init__(self) -> None:
        self.runs = 0
        self.broken: list[tuple[int, str, float, str]] = []  # seed, rule, when, what
        self.categories: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        self.pages: Counter[str] = Counter()
        self.excused: Counter[str] = Counter()
        self.admitted = 0
        self.double_writes = 0
        self.moves = 0
        self._turns = 0
        self._takeovers_s: dict[str, list[float]] = {}
        self._losses: dict[str, list[float]] = {}

    def add(self, outcome: Outcome) -> None:
        """Count one run."""
        self.runs += 1
        self.categories[outcome.category] += 1
        self.broken += [(outcome.seed, *violation) for violation in outcome.violations]
        self.faults.update(outcome.faults)
        self.rows.update(outcome.rows)
        self.pages.update(outcome.pages)
        self.excused.update(outcome.excused)
        self.admitted += outcome.admitted
        self.double_writes += outcome.double_writes
        self.moves += outcome.moves
        self._turns += outcome.turns
        self._takeovers_s.setdefault(outcome.profile, []).extend(outcome.takeovers_s)
        for order, lost in outcome.losses_bytes:
            self._losses.setdefault(order or "automatic", []).append(lost)

    def document(self) -> dict[str, Any]:
        """Everything, as one JSON document."""
        return {
            "runs": self.runs,
            "turns": self._turns,
            "violations": [
                {"seed": seed, "rule": rule, "at_s": round(at_s, 4), "text": text}
                for seed, rule, at_s, text in self.broken
            ],
            "categories": _sorted(self.categories),
            "moves": self.moves,
            "overlaps_admitted": self.admitted,
            "double_writes_admitted": self.double_writes,
            "takeover_s": {
                profile: spread(times) for profile, times in sorted(self._takeovers_s.items())
            },
            "lost_bytes": {order: spread(lost) for order, lost in sorted(self._losses.items())},
            "closed_at_the_end": _sorted(self.excused),
            "pages": _sorted(self.pages),
            "faults": {kind: self.faults[kind] for kind in KINDS},
            "rows": _sorted(self.rows),
        }


def spread(values: Sequence[float]) -> dict[str, float]:
    """How many, the median, the 99th percentile and the largest."""
    if not values:
        return {"count": 0}
    ordered = sorted(values)
    return {
        "count": len(ordered),
        "median": round(ordered[len(ordered) // 2], 3),
        "p99": round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], 3),
        "max": round(ordered[-1], 3),
    }


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items()))
