"""One reader for configuration texts of the Huawei family; what the words mean comes as tables.

A text is read as the device reads it: a sequence of commands, each understood in a *view*. A
command is a head (its first words) and arguments. A table says, per view, which heads there are,
what each does to the state (`says`, and `undoes` for its `undo` form), which view it enters, or
why it touches no packet (`inert`). What no table knows is `Unread`, with all that hangs below it.

Where a line belongs is decided by its indent first and its head second:

* deeper than the head of the open view: a command of that view and of no other;
* as deep as that head (typed text is flat): of that view if it knows the word, else the view is
  left; once a view had deeper children, an equal indent always leaves it;
* less deep: the view is left.

`#` alone leaves every view that began at its indent or deeper; `quit` leaves one; `return` goes to
user view, where only `system-view` is known. Source: docs/reference/platforms.md
(file shape); that `#` ends
views also in pasted text is believed, no device was at hand.

Lines repeat among devices, and so do whole blocks below their heads: what a switch port says, it
says ten thousand times. So reading has two steps. *Understanding* is pure, and remembered by text:
of a line in its view, of the lines below a head in the views that are open there. It gives effects,
functions that are then *applied* to the state of one text. Only if the state refuses a line does
what follows it mean something else, and is understood anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import compress
from typing import Any, Generic, TypeVar

from msgspec import Struct

from telemed_infra.parse.memory import LONG_MAX, Memory
from telemed_infra.parse.reading import Noted, Reading
from telemed_infra.parse.vrp.stack import (
    BLANKS,
    HOME,
    MOVES,
    OUTERMOST,
    UNKNOWN,
    USER,
    Frame,
    Stack,
    move,
    separated,
)

Words = tuple[str, ...]
State = TypeVar("State")
Effect = Callable[[State, int], None]
"""What a line does to the state; the number is that of the line. May raise `Unreadable`."""
Reader = Callable[[Words], Effect[State]]
"""From a command's arguments to its effect. May raise `Unreadable`."""

SYSTEM = OUTERMOST
"""The view that a text begins in."""
REMEMBERED_LINES = 1 << 10  # of each view; more would cost more to keep than to read again
PIECE_SIGNS_MAX = 1 << 11  # longer ones seldom repeat but in pairs
SEPARATOR = "\n#\n"
"""A line that leaves every view: what stands between two of them is understood by itself."""
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_HIDDEN = "it holds a sign that does not print, which a device might take for the end of a line"
_NOT_HERE = "no such command is known in this view"
_UNDER_UNREAD = "it stands under a line that was not read"


class Unreadable(ValueError):
    """A command whose arguments the parser, or the device, does not take; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[State]):
    """One row of a view's table."""

    head: Words
    says: Reader[State] | None = None  # None: touches no packet
    undoes: Reader[State] | None = None
    enters: str | None = None
    may_undo: bool = False  # an inert command whose `undo` is inert too
    why: str = ""  # of an inert one: why no packet depends on it


View = tuple[Command[State], ...]
Finder = Callable[[Words], Command[State] | None]
"""From a line's words to the command of one view that they begin with."""


def says(
    head: str,
    reader: Reader[State],
    *,
    undo: Reader[State] | None = None,
    enters: str | None = None,
) -> Command[State]:
    """A command that changes which packets pass."""
    return Command(head=tuple(head.split()), says=reader, undoes=undo, enters=enters)


def notes(
    head: str,
    reader: Reader[State],
    why: str,
    *,
    undo: Reader[State] | None = None,
    enters: str | None = None,
) -> Command[State]:
    """A command whose value is kept (a name, an address), though no packet depends on it."""
    return Command(head=tuple(head.split()), says=reader, undoes=undo, enters=enters, why=why)


def inert(
    heads: str,
    why: str,
    *,
    enters: str | None = None,
    may_undo: bool = True,
) -> Iterable[Command[State]]:
    """Commands, separated by ` | `, that let no packet pass or stop, whatever follows the head."""
    for head in heads.split("|"):
        yield Command(head=tuple(head.split()), enters=enters, may_undo=may_undo, why=why)


class Step(Struct, Generic[State], frozen=True):
    """A line understood in one view."""

    indent: int
    effect: Effect[State]
    inert: bool
    enters: str | None
    refused: str  # why it is not read, or ""
    known: bool  # whether the view has the command at all


class Piece(Struct, Generic[State], frozen=True):
    """Lines understood, by their places from 0 on; their effects may yet be refused."""

    lines: Noted
    effects: tuple[tuple[int, Effect[State]], ...]
    after: Stack  # the views that are open behind it


class Grammar(Generic[State]):
    """The tables of one platform, with the memory of read lines.

    `finder` says how a platform takes the words of a head: in full, or abbreviated.
    """

    def __init__(
        self,
        views: Mapping[str, View[State]],
        finder: Callable[[View[State]], Finder[State]] | None = None,
    ) -> None:
        self._views = views
        self._finders = {name: (finder or in_full)(view) for name, view in views.items()}
        entered = {command.enters for command in self.commands() if command.enters}
        self.readers: Mapping[str, Callable[[str], Step[State]]] = {
            view: lru_cache(REMEMBERED_LINES)(partial(self._read, view))
            for view in {SYSTEM, USER, UNKNOWN, *views, *entered}
        }
        """For each view, what a line means in it, indent and all."""
        self._remembered = Memory(partial(self._piece, HOME))
        self._long = lru_cache(LONG_MAX)(partial(self._piece, HOME))

    def piece(self, stack: Stack, text: str, why: str = "") -> Piece[State]:
        """What lines mean where these views are open; `why`: the state has refused each of them."""
        if stack is HOME and not why:
            short = len(text) <= PIECE_SIGNS_MAX
            return self._remembered[text] if short else self._long(text)
        return self._piece(stack, text, why)

    def _piece(self, stack: Stack, text: str, why: str = "") -> Piece[State]:
        return _understood(self.readers, stack, text.split("\n"), why)

    def commands(self) -> Iterator[Command[State]]:
        """All rows of all tables."""
        for view in self._views.values():
            yield from view

    def rows(self, view: str) -> View[State]:
        """The commands of one view."""
        return self._views.get(view, ())

    def heads(self, view: str) -> Mapping[Words, bool]:
        """The first words of every command of a view, and whether it opens one."""
        return {one.head: one.enters is not None for one in self._views.get(view, ())}

    def _read(self, view: str, raw: str) -> Step[State]:
        line = raw.strip(BLANKS)
        if not line or line[0] == "!" or line in MOVES:
            return _NO_COMMAND
        indent = raw.index(line[0])
        if not (line.isprintable() or line.replace("\t", " ").isprintable()):
            return _refused(indent, _HIDDEN, known=False)
        words = split_words(line)
        command = self._find(view, words)
        if command is not None:
            return _positive(indent, command, words[len(command.head) :])
        undo = words[0] == "undo" and len(words) > 1
        command = self._find(view, words[1:]) if undo else None
        if command is not None:
            return _negative(indent, command, words[1 + len(command.head) :])
        return _refused(indent, _UNDER_UNREAD if view == UNKNOWN else _NOT_HERE, known=False)

    def _find(self, view: str, words: Words) -> Command[State] | None:
        finder = self._finders.get(view)
        return finder(words) if finder else None


def read(grammar: Grammar[State], state: State, text: str) -> Reading:
    """Apply every line of the text to the state; never raises for any text."""
    reading = Reading(text, shown=_shown)
    stack = HOME
    number = 1
    for part in text.split(SEPARATOR):
        if stack is not HOME:
            stack = separated(stack)
        stack = _apply(grammar, state, reading, (stack, number, part))
        number += part.count("\n") + 2
    return reading


def _shown(line: str) -> str:
    return line.strip(BLANKS)


def _apply(
    grammar: Grammar[State], state: State, reading: Reading, what: tuple[Stack, int, str]
) -> Stack:
    """Do what lines say, of which the number of the first is given; returns the views open then."""
    stack, first, text = what
    piece = grammar.piece(stack, text)
    place = 0
    try:
        for place, effect in piece.effects:
            effect(state, first + place)
    except Unreadable as error:
        return _apply_anew(grammar, state, reading, what, (place, str(error)))
    reading.note(piece.lines, first)
    return piece.after


def _apply_anew(
    grammar: Grammar[State],
    state: State,
    reading: Reading,
    what: tuple[Stack, int, str],
    refused: tuple[int, str],
) -> Stack:
    """Go on where the state has refused a line: those that follow it may hang below it."""
    stack, first, text = what
    place, why = refused
    lines = text.split("\n")
    if place:
        before = grammar.piece(stack, "\n".join(lines[:place]))  # done already
        reading.note(before.lines, first)
        stack = before.after
    piece = grammar.piece(stack, lines[place], why)
    reading.note(piece.lines, first + place)
    stack = piece.after
    for number, line in enumerate(lines[place + 1 :], first + place + 1):
        stack = _apply(grammar, state, reading, (stack, number, line))
    return stack


def _understood(
    readers: Mapping[str, Callable[[str], Step[State]]], before: Stack, lines: list[str], why: str
) -> Piece[State]:
    stack = list(before)
    effects: list[tuple[int, Effect[State]]] = []
    marks = [0, 0]  # effective, inert
    refusals: list[tuple[int, str]] = []
    for place, raw in compress(enumerate(lines), lines):  # blank lines are left out
        top = stack[-1]
        step = readers[top.view](raw)
        if not step.known or step.indent <= top.head:
            if step is _NO_COMMAND:
                move(stack, raw)
                continue
            step = _place(readers, stack, raw, step.indent)
        elif top.child < 0 <= top.head:
            stack[-1] = Frame(top.view, top.head, step.indent)
        refused, enters = why or step.refused, step.enters
        if refused:
            refusals.append((place, refused))
            enters = UNKNOWN
        else:
            marks[step.inert] |= 1 << place
            if step.effect is not _no_effect:
                effects.append((place, step.effect))
        if enters and (enters, step.indent) != (stack[-1].view, stack[-1].head):
            stack.append(Frame(enters, step.indent))
    return Piece(Noted(marks[0], marks[1], tuple(refusals)), tuple(effects), tuple(stack))


def split_words(line: str) -> Words:
    """The words of a line; a name in quotes is one word, without its quotes."""
    if '"' not in line:
        return tuple(line.split())
    return tuple(
        found.group(2) if found.group(1) is None else found.group(1)
        for found in _WORD.finditer(line)
    )


def in_full(view: View[State]) -> Finder[State]:
    """Finds the command with the longest head, whose words must stand in full."""
    index: dict[str, list[Command[State]]] = {}
    for command in sorted(view, key=lambda command: -len(command.head)):
        index.setdefault(command.head[0], []).append(command)

    def find(words: Words) -> Command[State] | None:
        for command in index.get(words[0], ()):
            if words[: len(command.head)] == command.head:
                return command
        return None

    return find


def _place(
    readers: Mapping[str, Callable[[str], Step[State]]],
    stack: list[Frame],
    raw: str,
    indent: int,
) -> Step[State]:
    """Leave the views that a line is not in, and read it in the one that remains."""
    top = stack[-1]
    while top.head > indent or (top.head == indent and top.child > indent):
        stack.pop()
        top = stack[-1]
    step = readers[top.view](raw)
    depth = len(stack) - 1
    while not step.known and stack[depth].head == indent:
        depth -= 1
        step = readers[stack[depth].view](raw)
    if step.known:
        del stack[depth + 1 :]
    top = stack[-1]
    if top.child < 0 <= top.head:
        stack[-1] = Frame(top.view, top.head, indent)
    return step


def _no_effect(_state: object, _line: int) -> None:
    """What a line does that is only noted, or refused."""


_NO_COMMAND: Step[Any] = Step(0, _no_effect, inert=True, enters=None, refused="", known=False)
"""A line that is empty, a remark or a move: no view has to know it."""


def _refused(indent: int, why: str, *, known: bool) -> Step[Any]:
    return Step(indent, _no_effect, inert=False, enters=None, refused=why, known=known)


def _positive(indent: int, command: Command[State], arguments: Words) -> Step[State]:
    effect: Effect[State] = _no_effect
    if command.says is not None:
        try:
            effect = command.says(arguments)
        except Unreadable as error:
            return _refused(indent, str(error), known=True)
    return Step(indent, effect, bool(command.why), command.enters, "", known=True)


def _negative(indent: int, command: Command[State], arguments: Words) -> Step[State]:
    if command.undoes is None:
        if not command.may_undo:
            return _refused(indent, "what this undo leaves behind is not known", known=True)
        return Step(indent, _no_effect, inert=True, enters=None, refused="", known=True)
    try:
        effect = command.undoes(arguments)
    except Unreadable as error:
        return _refused(indent, str(error), known=True)
    return Step(indent, effect, bool(command.why), None, "", known=True)
