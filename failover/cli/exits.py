"""How a command ends: its exit code, and an error that names the place and the mend."""

import sys
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of all commands."""

    DONE = 0
    FAILED = 1
    MISUSED = 2
    FINDINGS = 3
    DECIDE = 4  # a person must decide


class Refused(Exception):
    """What a user can mend: `place: problem`, and a hint. The command ends with `code`."""

    def __init__(self, code: ExitCode, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.code = code
        self.problem = problem
        self.hint = hint


def say(problem: str, hint: str = "") -> None:
    """An error on standard error."""
    sys.stderr.write(f"error: {problem}\n" + (f"hint: {hint}\n" if hint else ""))
