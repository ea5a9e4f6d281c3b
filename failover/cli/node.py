"""What the words of the on-call have in common: the place, the person, lengths of time, errors."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path

from failover.cli.exits import ExitCode, Refused
from failover.cli.process import NODE
from failover.core.cells import EVERY_GROUP
from failover.core.plan import Group
from failover.processes.places import Place, place_of
from failover.processes.problem import CannotRun
from failover.words.spans import NoSpan, span_s

NAME_LETTERS_MAX, REASON_LETTERS_MAX = 64, 200


def add_node(command: ArgumentParser) -> None:
    """Adds `--node` and `--json`."""
    command.add_argument(
        "--node", type=Path, default=NODE, metavar="FILE", help=f"this place's file; {NODE}"
    )
    command.add_argument("--json", action="store_true", help="print one JSON document")


def add_by(command: ArgumentParser) -> None:
    """Adds `--by`."""
    command.add_argument("--by", metavar="NAME", help="who says it; default: SUDO_USER, then USER")


def place(node: Path) -> Place:
    """The place of a node file."""
    try:
        return place_of(node)
    except CannotRun as cannot:
        raise failed(cannot) from cannot


def failed(cannot: CannotRun) -> Refused:
    """The same as a command's end."""
    return Refused(ExitCode.FAILED, cannot.problem, cannot.hint)


def person(given: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Who speaks."""
    who = given or environment.get("SUDO_USER") or environment.get("USER") or ""
    return line("--by", who, NAME_LETTERS_MAX, "say who you are: `--by NAME`")


def line(option: str, text: str, most: int, hint: str) -> str:
    """One line that a terminal and a page can show."""
    text = text.strip()
    if not text or len(text) > most or not text.isprintable():
        shown = "is empty" if not text else f"is no line of at most {most} letters"
        raise Refused(ExitCode.MISUSED, f"{option}: {shown}", hint)
    return text


def length(text: str) -> float:
    """An option's length of time."""
    try:
        return span_s(text)
    except NoSpan as wrong:
        raise ArgumentTypeError(str(wrong)) from wrong


def group_or_every(where: Place, name: str) -> str:
    """The name of a group of the plan, or `*`."""
    return name if name == EVERY_GROUP else group_of(where, name).name


def group_of(where: Place, name: str) -> Group:
    """A group of the plan."""
    for group in where.plan.plan.groups:
        if group.name == name:
            return group
        if name in group.instances:
            problem = f"`{name}` is not a move group: it is an instance of `{group.name}`"
            hint = f"a group moves as a whole; say `{group.name}` if all of it is meant"
            raise Refused(ExitCode.MISUSED, problem, hint)
    names = ", ".join(group.name for group in where.plan.plan.groups)
    raise Refused(ExitCode.MISUSED, f"`{name}` is not a move group", f"choose one of {names}")
