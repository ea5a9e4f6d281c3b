"""What can stand in the way of a run, each with its mend. Light: every command knows them.

OutputError     the output cannot be written; what stands there is untouched
NoBuild         where a build was expected there is none
WorkerLost      a process was ended from outside
OriginError     a place names no line of the build
"""

from __future__ import annotations

from pathlib import Path


class OutputError(Exception):
    """The output cannot be written; what stands there is untouched."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem, hint)  # both: it comes out of worker processes, pickled
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return self.problem


class NoBuild(Exception):
    """Where a build was expected there is none."""

    def __init__(self, place: Path) -> None:
        self.problem = f"{place}: there is no build"
        super().__init__(self.problem)
        self.hint = "make one with `telemed build`"


class WorkerLost(Exception):
    """A process was ended from outside, most often because memory ran out."""

    def __init__(self) -> None:
        self.problem = "a worker process was ended from outside"
        super().__init__(self.problem)
        self.hint = "if memory ran out (`dmesg` tells), `--jobs 1` needs the least"


class OriginError(Exception):
    """The place names no line of the build."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
