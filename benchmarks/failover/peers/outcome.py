"""What one peer did under one fault, in some runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One fault, once.

    `seconds` is what the fault's own words say, None if it never came; `split_s` is how long both
    centres answered, or acknowledged writes.
    """

    seconds: float | None
    split_s: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One fault, of all runs with the same settings. Seconds in the order of the runs."""

    peer: str
    settings: str
    what: str
    seconds: tuple[float, ...]
    split_s: tuple[float, ...]
    never: int  # runs in which what is measured never came
    note: str

    @classmethod
    def of(cls, peer: str, settings: str, what: str, runs: Sequence[Run]) -> Outcome:
        """What the runs say together; a note that several share is said once."""
        notes = [run.note for run in runs if run.note]
        return cls(
            peer=peer,
            settings=settings,
            what=what,
            seconds=tuple(run.seconds for run in runs if run.seconds is not None),
            split_s=tuple(run.split_s for run in runs),
            never=sum(run.seconds is None for run in runs),
            note="; ".join(
                f"{note} ({count}×)" if (count := notes.count(note)) > 1 else note
                for note in dict.fromkeys(notes)
            ),
        )

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def spread(values: Sequence[float]) -> str:
    """`0.41 / 0.42 / 0.45 (3)`: smallest, median, largest, how many; of one run `0.41 (1)`."""
    if not values:
        return "–"
    shown = [min(values), median(values), max(values)] if len(values) > 1 else [values[0]]
    return f"{' / '.join(f'{value:.2f}' for value in shown)} ({len(values)})"
