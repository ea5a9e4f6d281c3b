"""What a check at the start found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Weight(Enum):
    """What a finding means for the start."""

    REFUSE = "refuse"  # do not start on this
    WARN = "warn"  # start, tell a person, ask again later


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, and what a person can do; prints as a sentence and a hint."""

    weight: Weight
    place: str
    sentence: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}\nhint: {self.mend}"
