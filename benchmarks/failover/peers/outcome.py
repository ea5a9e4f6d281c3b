"""What one peer did under one fault, in some runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
