"""Reads FRR configuration text as `vtysh -f` does; what the commands mean comes as tables.

A row of a table is written in FRR's own notation: words as they are, `WORD`, `LINE` (the rest),
`(1-255)`, `A.B.C.D`, `A.B.C.D/M`, `X:X::X:X`, `X:X::X:X/M`, `<one|other>`, `[optional words]`.
Views nest by commands, not by indentation: what a view does not know is tried in the view around
it, as FRR does, and `exit` leaves one. Abbreviated words are unread on purpose.
Source: FRR 8.4, lib/command.c (`command_config_read_one_line`) and doc/user/basic.rst.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Generic, TypeVar

from telemed_infra.parse.behaviour import Unread

Args = tuple[str, ...]
"""What stands in the places of a pattern, in its order; "" where an optional one is left out."""
State = TypeVar("State")
Effect = Callable[[State, Args, int], None]
"""What a command does to the state; the number is that of its line. May raise `Unreadable`."""

CONFIG, UNKNOWN = "config", "unknown"
OPENING = ("address-family", "interface", "key", "l2vpn", "nexthop-group", "pbr-map", "router",
           "rpki", "segment-routing", "vrf")  # fmt: skip
"""First words of commands that open a view, known or not."""
LEAVING = {"exit", "quit", "exit-address-family", "exit-vrf", "exit-route-map", "exit-interface"}
_LISTING = {"Building configuration...", "Current configuration:"}
"""What `show running-config` says around the text."""
_NOT_HERE = "no such command is known here"
_OPTIONS = re.compile(r"[\[\]]")
_RANGE = re.compile(r"\((\d+)-(\d+)\)")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_FOUR = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_SIX = r"[0-9a-fA-F:]*:[0-9a-fA-F:]*(?:" + _FOUR + ")?"
_PLACES = {
    "WORD": r"(\S+)",
    "LINE": r"(\S.*)",
    "A.B.C.D": f"({_FOUR})",
    "A.B.C.D/M": rf"({_FOUR}/(?:3[0-2]|[12]?\d))",
    "X:X::X:X": f"({_SIX})",
    "X:X::X:X/M": rf"({_SIX}/\d{{1,3}})",
}


class Unreadable(ValueError):
    """A command whose meaning is not modelled, or that FRR does not take; the text says why."""


@dataclass(frozen=True, slots=True)
class Row(Generic[State]):
    """One command of a view."""

    pattern: str
    effect: Effect[State] | None = None
    enters: str = ""
    inert: bool = False  # no route and no session depends on it


@dataclass(frozen=True, slots=True)
class View(Generic[State]):
    """The commands that a view knows, and the view around it."""

    rows: tuple[Row[State], ...]
    parent: str = CONFIG


Grammar = Mapping[str, View[State]]


def says(pattern: str, effect: Effect[State], *, enters: str = "") -> Row[State]:
    """A command that routes or sessions depend on."""
    return Row(pattern, effect, enters)


def inert(*patterns: str) -> Iterable[Row[State]]:
    """Commands that no route and no session depends on."""
    return (Row(pattern, inert=True) for pattern in patterns)


@dataclass(slots=True)
class Reading:
    """What became of each line of a text."""

    effective: set[int] = field(default_factory=set)
    inert: set[int] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)
    lines: int = 0


def read(grammar: Grammar[State], state: State, text: str) -> Reading:
    """Apply every line of the text to the state; never raises for any text."""
    reading = Reading()
    views = [CONFIG]
    for number, raw in enumerate(text.split("\n"), 1):
        line = " ".join(raw.split())
        if not line or line[0] in "!#" or line in _LISTING:
            continue
        if line == "end":
            views[1:] = []
        elif line in LEAVING and len(views) > 1:
            views.pop()
        else:
            reading.lines += 1
            _command(grammar, state, views, reading, (number, line, raw))
    return reading


def _command(
    grammar: Grammar[State],
    state: State,
    views: list[str],
    reading: Reading,
    place: tuple[int, str, str],
) -> None:
    number, line, raw = place
    why = _NOT_HERE
    found = _find(grammar, views, line) if line.isprintable() else None
    if found is not None:
        row, args, depth = found
        del views[depth + 1 :]
        try:
            if row.effect is not None:
                row.effect(state, args, number)
            (reading.inert if row.inert else reading.effective).add(number)
            if row.enters:
                views.append(row.enters)
            return
        except Unreadable as error:
            why = str(error)
    if line.split(" ")[0] in OPENING or (found is not None and found[0].enters):
        _open_unknown(views, line)
    reading.unread.append(Unread(line=number, text=_shown(raw), why=why))


def _open_unknown(views: list[str], line: str) -> None:
    """A view that cannot be read: what stands in it must not be taken for the view around it."""
    if not line.startswith("address-family"):
        views[1:] = []
    elif views[-1] == UNKNOWN:
        return
    views.append(UNKNOWN)


def _find(
    grammar: Grammar[State], views: list[str], line: str
) -> tuple[Row[State], Args, int] | None:
    """The command in the innermost open view that knows it, and how deep that view lies."""
    for depth in range(len(views) - 1, -1, -1):
        view = grammar.get(views[depth])
        for row in view.rows if view else ():
            args = match(row.pattern, line)
            if args is not None:
                return row, args, depth
    return None


def match(pattern: str, line: str) -> Args | None:
    """What a line has in the places of a pattern; None if it is no such command."""
    head, expression, ranges = _compiled(pattern)
    if not line.startswith(head):
        return None
    found = expression.fullmatch(line)
    if found is None:
        return None
    args = tuple(arg or "" for arg in found.groups())
    for at, low, high in ranges:
        if args[at] and not low <= int(args[at]) <= high:
            return None
    return args


@cache
def _compiled(pattern: str) -> tuple[str, re.Pattern[str], tuple[tuple[int, int, int], ...]]:
    """The first word, the expression, and which places are numbers between which bounds."""
    words = _OPTIONS.sub(lambda found: f" {found[0]} ", pattern).split()
    parts: list[str] = []
    ranges: list[tuple[int, int, int]] = []
    places = 0
    for word in words:
        bounds = _RANGE.fullmatch(word)
        blank = " " if parts else ""
        if word == "[":
            parts.append("(?:")
        elif word == "]":
            parts.append(")?")
        elif bounds:
            ranges.append((places, int(bounds[1]), int(bounds[2])))
            parts.append(rf"{blank}(\d{{1,10}})")
        elif word[0] == "<":
            choices = "|".join(map(re.escape, word[1:-1].split("|")))
            parts.append(f"{blank}({choices})")
        else:
            parts.append(blank + _PLACES.get(word, re.escape(word)))
        places += bool(bounds) or word[0] == "<" or word in _PLACES
    return words[0], re.compile("".join(parts)), tuple(ranges)


_SECRET = re.compile(r"(\bpassword )\S.*")


def _shown(raw: str) -> str:
    """A line as a finding may show it: without the secret that may stand in it."""
    return _SECRET.sub(r"\1…", raw.strip())
