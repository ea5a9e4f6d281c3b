"""How a command ends: its exit code, and an error that names the place and the mend."""

import sys
from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of all commands."""

    DONE = 0
    FAILED = 1
    MISUSED = 2
    FINDINGS = 3


class Refused(Exception):
    """What a user can mend: `place: problem`, and a hint. The command ends with `code`."""

    def __init__(self, code: ExitCode, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.code = code
        self.problem = problem
        self.hint = hint

    def document(self) -> dict[str, object]:
        """For `--json`."""
        return {"error": self.problem, "hint": self.hint}

    def say(self) -> None:
        """On standard error."""
        say(self.problem, self.hint)


class Problems(Refused):
    """Problems of the inventory, all at once: (place: problem, hint)."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__(ExitCode.FINDINGS, f"{len(problems)} problems in the inventory")
        self.problems = problems

    def document(self) -> dict[str, object]:
        """For `--json`."""
        return {"problems": [{"problem": problem, "hint": hint} for problem, hint in self.problems]}

    def say(self) -> None:
        """On standard error."""
        for problem, hint in self.problems:
            say(problem, hint)


def say(problem: str, hint: str = "") -> None:
    """An error on standard error."""
    sys.stderr.write(f"error: {problem}\n" + (f"hint: {hint}\n" if hint else ""))
