"""What a command's exit code says."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of all commands."""

    DONE = 0
    FAILED = 1
    MISUSED = 2
    FINDINGS = 3
    DECIDE = 4                     # a person must decide
