"""What a command's exit code says."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import NoReturn, ParamSpec

import typer

Options = ParamSpec("Options")


class ExitCode(IntEnum):
    """Exit codes of all commands."""

    DONE = 0
    FAILED = 1
    MISUSED = 2
    FINDINGS = 3
    DECIDE = 4  # a person must decide


def exits(command: Callable[Options, int]) -> Callable[Options, NoReturn]:
    """A command whose return value becomes the program's exit code."""

    @wraps(command)
    def run(*args: Options.args, **options: Options.kwargs) -> NoReturn:
        raise typer.Exit(command(*args, **options))

    return run
