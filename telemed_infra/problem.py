"""What is wrong with an input, where it stands and how to mend it.

InputError      one or more problems in what the user wrote: exit code 3
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding about one place of an input; prints as `file:line: field: problem` and a hint."""

    file: str
    line: int
    field: str
    problem: str
    hint: str = ""

    @classmethod
    def at(cls, origin: str, field: str, problem: str, hint: str = "") -> Problem:
        """A finding about an item that knows its own place, `inventory/ids.yml:3`."""
        file, _, line = origin.rpartition(":")
        return cls(file, int(line or 0), field, problem, hint)

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}: {self.field}: {self.problem}"
        return f"{text}\nhint: {self.hint}" if self.hint else text


class InputError(Exception):
    """Carries every problem found, sorted by place; nothing was written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
