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

from msgspec import Struct

from telemed_infra.parse.memory import LONG_MAX, Memory
from telemed_infra.parse.reading import Noted, Reading

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
_PIECE_SIGNS_MAX = 1 << 11  # longer ones seldom repeat but in pairs
_SEPARATOR = "\n!\n"
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

    def shown(self, line: str) -> str:
        """A line as a finding may show it: without the secret that may stand in it."""
        return self.secret.sub(r"\1…", line.strip())


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


Views = tuple[str, ...]
"""The open views, the outermost first."""


class Step(Struct, Generic[State], frozen=True):
    """A line understood; without row and refusal it is no command: a remark, or a move."""

    after: Views  # the views that are open behind it
    row: Row[State] | None = None
    args: Args = ()
    refused: str = ""  # why it is not read


class Piece(Struct, Generic[State], frozen=True):
    """Lines understood, by their places from 0 on; their effects may yet be refused."""

    lines: Noted
    effects: tuple[tuple[int, Effect[State], Args], ...]
    after: Views  # the views that are open behind it


Understands = Callable[[Views, str, str], Piece[State]]
"""What lines mean where these views are open; last, why the state has refused each of them."""


def read(grammar: Grammar[State], state: State, text: str, dialect: Dialect = FRR) -> Reading:
    """Apply every line of the text to the state; never raises for any text."""
    reading = Reading(text, shown=dialect.shown)
    understands = _memory(tuple(grammar.items()), dialect)
    views: Views = (CONFIG,)
    number = 1
    for part in text.split(_SEPARATOR):
        views = _apply(understands, state, reading, (views, number, part))
        number += part.count("\n") + 2
    return reading


def _apply(
    understands: Understands[State], state: State, reading: Reading, what: tuple[Views, int, str]
) -> Views:
    """Do what lines say, of which the number of the first is given; returns the views open then."""
    views, first, text = what
    piece = understands(views, text, "")
    place = 0
    try:
        for place, effect, args in piece.effects:
            effect(state, args, first + place)
    except Unreadable as error:
        return _apply_anew(understands, state, reading, what, (place, str(error)))
    reading.note(piece.lines, first)
    return piece.after


def _apply_anew(
    understands: Understands[State],
    state: State,
    reading: Reading,
    what: tuple[Views, int, str],
    refused: tuple[int, str],
) -> Views:
    """Go on where the state has refused a line: those that follow it may stand in its view."""
    views, first, text = what
    place, why = refused
    lines = text.split("\n")
    if place:
        before = understands(views, "\n".join(lines[:place]), "")  # done already
        reading.note(before.lines, first)
        views = before.after
    piece = understands(views, lines[place], why)
    reading.note(piece.lines, first + place)
    views = piece.after
    for number, line in enumerate(lines[place + 1 :], first + place + 1):
        views = _apply(understands, state, reading, (views, number, line))
    return views


@lru_cache
def _memory(tables: tuple[tuple[str, View[Any]], ...], dialect: Dialect) -> Understands[Any]:
    """Understands lines by these tables, and remembers them and the short pieces: they repeat."""
    grammar = dict(tables)

    @lru_cache(_REMEMBERED_LINES)
    def step(views: Views, raw: str, why: str) -> Step[Any]:
        return _step(grammar, dialect, views, raw, why)

    def understands(views: Views, text: str, why: str) -> Piece[Any]:
        return _understood(step, views, text, why)

    long = lru_cache(LONG_MAX)(understands)
    remembered = Memory[tuple[Views, str, str], Piece[Any]](lambda what: understands(*what))

    def from_memory(views: Views, text: str, why: str) -> Piece[Any]:
        if len(text) > _PIECE_SIGNS_MAX:
            return long(views, text, why)
        return remembered[views, text, why]

    return from_memory


def _understood(
    steps: Callable[[Views, str, str], Step[State]], views: Views, text: str, why: str
) -> Piece[State]:
    effects: list[tuple[int, Effect[State], Args]] = []
    marks = [0, 0]  # effective, inert
    refused: list[tuple[int, str]] = []
    for place, raw in enumerate(text.split("\n")):
        step = steps(views, raw, why)
        views = step.after
        if step.refused:
            refused.append((place, step.refused))
        elif step.row is not None:
            if step.row.effect is not None:
                effects.append((place, step.row.effect, step.args))
            marks[step.row.inert] |= 1 << place
    return Piece(Noted(marks[0], marks[1], tuple(refused)), tuple(effects), views)


def _step(
    grammar: Grammar[State], dialect: Dialect, before: Views, raw: str, why: str
) -> Step[State]:
    """What one line is; `why`: the state has refused it."""
    line = " ".join(raw.split())
    if not line or line[0] in dialect.comments:
        return Step(before)
    left = _moved(dialect, before, line)
    if left is not None:
        return Step(left)
    found = _find(grammar, dialect, before, line) if _printable(raw) else None
    opens = found is not None and bool(found[0].enters)
    if found is None:
        views, why = before, _NOT_HERE if _printable(raw) else _HIDDEN
    else:
        row, args, depth = found
        views = before[: depth + 1]
        if not why:
            return Step(_entered(dialect, views, row.enters), row, args)
    inside = dialect.indents and len(views) > 1 and raw[0].isspace()
    if opens or (line.split(" ")[0] in dialect.opening and not inside):
        views = _unknown_opened(views, line)
    return Step(views, refused=why)


def _entered(dialect: Dialect, views: Views, view: str) -> Views:
    """With a view that a command opens, if it does; the outermost ones stand alone."""
    if not view:
        return views
    return (view,) if view in (CONFIG, dialect.after_end) else (*views, view)


def _moved(dialect: Dialect, views: Views, line: str) -> Views | None:
    """The views after a line that only leaves some, or that a listing has; None: it is another."""
    move = line.lower() if dialect.any_case else line
    if move == "end":
        return (dialect.after_end,)
    if move in dialect.leaving and (len(views) > 1 or dialect.after_end != CONFIG):
        return views[:-1] or (dialect.after_end,)
    return views if dialect.listing.fullmatch(line) else None


def _printable(raw: str) -> bool:
    return raw.isprintable() or raw.strip(" \t\r").replace("\t", " ").isprintable()


def _unknown_opened(views: Views, line: str) -> Views:
    """With a view that cannot be read: what stands in it is not taken for the view around it."""
    if not line.startswith("address-family"):
        return (*views[:1], UNKNOWN)
    return views if views[-1] == UNKNOWN else (*views, UNKNOWN)


def _find(
    grammar: Grammar[State], dialect: Dialect, views: Views, line: str
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
    for row in _rows(view, dialect, line.partition(" ")[0]):
        args = match(row.pattern, line, dialect)
        if args is not None:
            return row, args
    if dialect.negates and line.startswith("no ") and not line.startswith("no no "):
        found = _known(view, dialect, line[3:])
        if found and found[0].inert and not found[0].keeps and found[0].effect is None:
            return Row(line, inert=True, why=found[0].why), ()
    return None


@lru_cache(_REMEMBERED_LINES)
def _rows(view: View[Any], dialect: Dialect, word: str) -> tuple[Row[Any], ...]:
    """The commands of a view that may begin with a word."""
    return tuple(row for row in view.rows if _may_begin(row.pattern, dialect, word))


def _may_begin(pattern: str, dialect: Dialect, word: str) -> bool:
    """Whether a word is the first one of a pattern, or that is no word but a place."""
    first = pattern.partition(" ")[0]
    if first[0] in "(<[" or first in _PLACES:
        return True
    return re.fullmatch(_literal(first, dialect), word, re.ASCII) is not None


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
