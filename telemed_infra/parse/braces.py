"""Reads texts of words, lines and `{ … }`: keepalived.conf and conntrackd.conf.

A statement is what stands on one line, and the block behind it. Source: keepalived.conf(5),
conntrackd.conf(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from telemed_infra.parse.behaviour import Unread

Words = tuple[str, ...]
_WORD = re.compile(r'"([^"]*)"|([{}])|([^\s{}"]+)')
_UNDER_UNREAD = "it stands under a line that was not read"
_NOT_HERE = "no such word is known here"


class Unreadable(ValueError):
    """A statement whose meaning is not modelled, or that the program refuses; the text says why."""


@dataclass(slots=True)
class Statement:
    """The words of a line, and what stands in the braces behind them."""

    line: int
    words: Words
    body: list[Statement] | None = None  # None: it has no braces

    def lines(self) -> Iterator[int]:
        """Its line, and those of all that it holds."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one.line
            waiting += one.body or ()


@dataclass(slots=True)
class Reading:
    """What became of each line of a text."""

    texts: list[str]
    effective: set[int] = field(default_factory=set)
    inert: set[int] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        """A line that is not understood; nothing of it counts as understood."""
        self.effective.discard(line)
        self.inert.discard(line)
        if all(one.line != line for one in self.unread):
            text = self.texts[line - 1].strip() if 0 < line <= len(self.texts) else ""
            self.unread.append(Unread(line=line, text=text, why=why))

    def understood(self, statement: Statement, *, inert: bool) -> None:
        """A statement's own line."""
        if all(one.line != statement.line for one in self.unread):
            (self.inert if inert else self.effective).add(statement.line)

    def in_order(self) -> tuple[Unread, ...]:
        """The unread lines, in the order of the text."""
        return tuple(sorted(self.unread, key=lambda item: item.line))

    def close(self) -> None:
        """A line that decides something does not count as inert, too."""
        self.inert -= self.effective

    @property
    def lines(self) -> int:
        """Lines that say something: more than blanks, remarks and braces."""
        return len(self.effective | self.inert | {one.line for one in self.unread})


Reader = Callable[[Statement], None]
"""What a statement says; may raise `Unreadable`."""
INERT = "inert"
Checked = tuple[Reader]
"""Who checks a statement on which nothing depends."""
Table = Mapping[str, Reader | Checked | str]
"""By a statement's first word: who reads it, who checks it, or `INERT`."""


def walk(statements: Iterable[Statement], table: Table, reading: Reading) -> None:
    """Reads statements by a table; what it does not know is unread with all that it holds."""
    for one in statements:
        reader = table.get(one.words[0]) if one.words else None
        if reader is None:
            hide(one, _NOT_HERE, reading)
        elif isinstance(reader, str):
            for line in one.lines():
                reading.understood(Statement(line, ()), inert=True)
        else:
            checked = isinstance(reader, tuple)
            reading.understood(one, inert=checked)
            try:
                (reader[0] if isinstance(reader, tuple) else reader)(one)
            except Unreadable as error:
                hide(one, str(error), reading)


def hide(statement: Statement, why: str, reading: Reading) -> None:
    """A statement is unread, and so is all that stands in it."""
    reading.refuse(statement.line, why)
    for line in statement.lines():
        if line != statement.line:
            reading.refuse(line, _UNDER_UNREAD)


def parse(text: str, comments: str) -> tuple[list[Statement], Reading]:
    """The statements of a text; a remark runs from any of the signs to the end of its line."""
    tree = _Tree(Reading(text.split("\n")))
    for number, raw in enumerate(tree.reading.texts, 1):
        tree.current = None
        for word, brace in _words(raw, comments):
            if brace == "{":
                tree.opens(number)
            elif brace:
                tree.closes(number)
            else:
                tree.says(number, word)
    for one in tree.open_blocks:
        tree.reading.refuse(one.line, "the block does not end, so nothing of it is certain")
    return tree.outermost, tree.reading


@dataclass(slots=True)
class _Tree:
    """The statements so far, and which blocks are open."""

    reading: Reading
    outermost: list[Statement] = field(default_factory=list)
    open_blocks: list[Statement] = field(default_factory=list)
    current: Statement | None = None  # of this line
    last: Statement | None = None  # a block's brace may stand on the line below

    def opens(self, line: int) -> None:
        opener = self.current or self.last
        if opener is None or opener.body is not None:
            self.reading.refuse(line, "a block without a name")
            opener = Statement(line, ())
        opener.body = []
        self.open_blocks.append(opener)
        self.current = self.last = None

    def closes(self, line: int) -> None:
        if self.open_blocks:
            self.open_blocks.pop()
        else:
            self.reading.refuse(line, "a brace that closes no block")
        self.current = self.last = None

    def says(self, line: int, word: str) -> None:
        if self.current is not None:
            self.current.words = (*self.current.words, word)
            return
        self.current = self.last = Statement(line, (word,))
        body = self.open_blocks[-1].body if self.open_blocks else self.outermost
        assert body is not None  # of an open block
        body.append(self.current)


def _words(raw: str, comments: str) -> Iterator[tuple[str, str]]:
    """The words and braces of a line; of each pair one is empty."""
    for found in _WORD.finditer(raw):
        quoted, brace, word = found.groups()
        if brace or word is None:
            yield quoted or "", brace or ""
            continue
        place = min((word.index(sign) for sign in comments if sign in word), default=len(word))
        if place:
            yield word[:place], ""
        if place < len(word):
            return


def one(statement: Statement) -> str:
    """Exactly one argument."""
    if len(statement.words) != 2 or statement.body is not None:
        raise Unreadable("one word is expected after the first")
    return statement.words[1]


def number(word: str, low: int, high: int) -> int:
    """A decimal number between two bounds, both included."""
    if not (word.isascii() and word.removeprefix("-").isdigit() and len(word) < 10):
        raise Unreadable(f"{word} is not a number")
    value = int(word)
    if not low <= value <= high:
        raise Unreadable(f"{value} is not between {low} and {high}")
    return value


def inside(statement: Statement) -> list[Statement]:
    """What stands in a statement's braces."""
    if statement.body is None:
        raise Unreadable("a block in braces is expected")
    return statement.body
