"""Reads configuration text of the IOS family; what the commands mean comes as tables.

A row of a table is written in FRR's own notation: words as they are, `WORD`, `LINE` (the rest),
`(1-255)`, `A.B.C.D`, `A.B.C.D/M`, `X:X::X:X`, `X:X::X:X/M`, `<one|other>`, `[optional words]`.
Views nest by commands, not by indentation: what a view does not know is tried in the view around
it, and `exit` leaves one. In what else the systems differ a `Dialect` says; without one, text is
read as `vtysh -f` does, where abbreviated words are unread on purpose.
Source: FRR 8.4, lib/command.c (`command_config_read_one_line`) and doc/user/basic.rst.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Generic, TypeVar

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
_LISTING = re.compile(r"Building configuration\.\.\.|Current configuration:")
"""What `show running-config` says around the text."""
_SECRET = re.compile(r"(\bpassword )\S.*")
_NOT_HERE = "no such command is known here"
_HIDDEN = "it holds a sign that does not print, which a device might take for the end of a line"
_REMEMBERED_LINES = 1 << 12  # lines repeat among devices
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


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """In what the systems differ whose commands look like this."""

    comments: str = "!#"  # signs that begin a line which is no command
    leaving: frozenset[str] = frozenset(LEAVING)
    opening: tuple[str, ...] = OPENING
    listing: re.Pattern[str] = _LISTING
    secret: re.Pattern[str] = _SECRET  # what a finding must not show, after its first group
    after_end: str = CONFIG  # the view that `end` leads to
    any_case: bool = False  # commands may be written in capitals
    shortest: Mapping[str, str] = field(default_factory=dict)
    """Words that may be abbreviated, with the shortest form that is taken."""
    negates: bool = False  # `no` before an inert command is inert, too
    indents: bool = False  # what stands in a view is printed deeper than its head


FRR = Dialect()


@dataclass(frozen=True, slots=True)
class Row(Generic[State]):
    """One command of a view."""

    pattern: str
    effect: Effect[State] | None = None
    enters: str = ""
    inert: bool = False  # what is judged does not depend on it
    why: str = ""  # of an inert one, where a table says it
    keeps: bool = False  # an inert one whose `no` is not known to be inert


@dataclass(frozen=True, slots=True, eq=False)
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
    texts: list[str] = field(default_factory=list)
    secret: re.Pattern[str] = _SECRET

    def refuse(self, line: int, why: str) -> None:
        """Turn a line into an unread one: its words were known, its meaning was not."""
        self.effective.discard(line)
        self.inert.discard(line)
        text = self.texts[line - 1] if 0 < line <= len(self.texts) else ""
        # A line as a finding may show it: without the secret that may stand in it.
        self.unread.append(Unread(line=line, text=self.secret.sub(r"\1…", text.strip()), why=why))

    def in_order(self) -> tuple[Unread, ...]:
        """The unread lines, each complaint once, in the order of the text."""
        return tuple(sorted(dict.fromkeys(self.unread), key=lambda item: item.line))


def read(grammar: Grammar[State], state: State, text: str, dialect: Dialect = FRR) -> Reading:
    """Apply every line of the text to the state; never raises for any text."""
    reading = Reading(texts=text.split("\n"), secret=dialect.secret)
    views = [CONFIG]
    for number, raw in enumerate(reading.texts, 1):
        line = " ".join(raw.split())
        if not line or line[0] in dialect.comments or dialect.listing.fullmatch(line):
            continue
        move = line.lower() if dialect.any_case else line
        if move == "end":
            views[:] = [dialect.after_end]
        elif move in dialect.leaving and (len(views) > 1 or dialect.after_end != CONFIG):
            views.pop()
            views[:] = views or [dialect.after_end]
        else:
            reading.lines += 1
            _command(grammar, dialect, state, views, reading, (number, line))
    return reading


def _command(
    grammar: Grammar[State],
    dialect: Dialect,
    state: State,
    views: list[str],
    reading: Reading,
    place: tuple[int, str],
) -> None:
    number, line = place
    why, found = _NOT_HERE, None
    if _printable(reading.texts[number - 1]):
        found = _find(grammar, dialect, views, line)
    else:
        why = _HIDDEN
    if found is not None:
        row, args, depth = found
        del views[depth + 1 :]
        try:
            if row.effect is not None:
                row.effect(state, args, number)
            (reading.inert if row.inert else reading.effective).add(number)
            if row.enters:
                outermost = row.enters in (CONFIG, dialect.after_end)
                views[:] = [*(() if outermost else views), row.enters]
            return
        except Unreadable as error:
            why = str(error)
    inside = dialect.indents and len(views) > 1 and reading.texts[number - 1][0].isspace()
    may_open = line.split(" ")[0] in dialect.opening and not inside
    if may_open or (found is not None and found[0].enters):
        _open_unknown(views, line)
    reading.refuse(number, why)


def _printable(raw: str) -> bool:
    return raw.isprintable() or raw.strip(" \t\r").replace("\t", " ").isprintable()


def _open_unknown(views: list[str], line: str) -> None:
    """A view that cannot be read: what stands in it must not be taken for the view around it."""
    if not line.startswith("address-family"):
        views[1:] = []
    elif views[-1] == UNKNOWN:
        return
    views.append(UNKNOWN)


def _find(
    grammar: Grammar[State], dialect: Dialect, views: list[str], line: str
) -> tuple[Row[State], Args, int] | None:
    """The command in the innermost open view that knows it, and how deep that view lies."""
    for depth in range(len(views) - 1, -1, -1):
        view = grammar.get(views[depth])
        found = _known(view, dialect, line) if view else None
        if found is not None:
            return *found, depth
    return None


@lru_cache(_REMEMBERED_LINES)
def _known(view: View[Any], dialect: Dialect, line: str) -> tuple[Row[Any], Args] | None:
    """The command of one view that a line is."""
    for row in _rows(view, line[0].lower()):
        args = match(row.pattern, line, dialect)
        if args is not None:
            return row, args
    if dialect.negates and line.startswith("no ") and not line.startswith("no no "):
        found = _known(view, dialect, line[3:])
        if found and found[0].inert and not found[0].keeps and found[0].effect is None:
            return Row(line, inert=True, why=found[0].why), ()
    return None


@cache
def _rows(view: View[Any], letter: str) -> tuple[Row[Any], ...]:
    """The commands of a view that may begin with a letter."""
    return tuple(row for row in view.rows if row.pattern[0] in (letter, *"(<ALWX"))


def match(pattern: str, line: str, dialect: Dialect = FRR) -> Args | None:
    """What a line has in the places of a pattern; None if it is no such command."""
    expression, ranges, choices = _compiled(pattern, dialect)
    found = expression.fullmatch(line)
    if found is None:
        return None
    args = tuple(arg or "" for arg in found.groups())
    for at, low, high in ranges:
        if args[at] and not low <= int(args[at]) <= high:
            return None
    for at, options in choices:
        if args[at]:
            args = (*args[:at], _chosen(args[at], options, dialect), *args[at + 1 :])
    return args


@lru_cache(_REMEMBERED_LINES)
def _chosen(word: str, options: Args, dialect: Dialect) -> str:
    """The word of the table that a typed one stands for."""
    return next(one for one in options if re.fullmatch(_literal(one, dialect), word, re.ASCII))


@cache
def _literal(word: str, dialect: Dialect) -> str:
    """The expression for a word of the table, in the forms that the dialect takes."""
    shortest = dialect.shortest.get(word, word)
    tail = ""
    for letter in reversed(word[len(shortest) :]):
        tail = f"(?:{re.escape(letter)}{tail})?"
    expression = re.escape(shortest) + tail
    return f"(?i:{expression})" if dialect.any_case else expression


_Compiled = tuple[re.Pattern[str], tuple[tuple[int, int, int], ...], tuple[tuple[int, Args], ...]]


@cache
def _compiled(pattern: str, dialect: Dialect) -> _Compiled:
    """The expression; which places are numbers between which bounds; which are choices."""
    words = _OPTIONS.sub(lambda found: f" {found[0]} ", pattern).split()
    parts: list[str] = []
    ranges: list[tuple[int, int, int]] = []
    choices: list[tuple[int, Args]] = []
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
            options = tuple(word[1:-1].split("|"))
            choices.append((places, options))
            parts.append(f"{blank}({'|'.join(_literal(one, dialect) for one in options)})")
        else:
            parts.append(blank + (_PLACES.get(word) or _literal(word, dialect)))
        places += bool(bounds) or word[0] == "<" or word in _PLACES
    return re.compile("".join(parts), re.ASCII), tuple(ranges), tuple(choices)
