"""What a command is: a module, or a value, with these three."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from failover.cli.exits import ExitCode


class Command(Protocol):
    """One command of `telemed-failover`."""

    @property
    def HELP(self) -> str:  # noqa: N802 — a module's constant
        """One sentence."""
        ...

    @property
    def add_options(self) -> Callable[[ArgumentParser], None]:
        """Adds its options."""
        ...

    @property
    def run(self) -> Callable[[Namespace], ExitCode]:
        """Carries it out."""
        ...


@dataclass(frozen=True, slots=True)
class Made:
    """A command that is made and not written as a module."""

    HELP: str
    add_options: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], ExitCode]
