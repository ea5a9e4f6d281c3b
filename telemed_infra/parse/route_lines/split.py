"""Which lines of a text are routing's, and which another reader's.

A text has two readers: that of its routes, and that of a firewall, a switch or a router. Each line
is judged by one of them, and by which follows from the block that it stands in alone:

* a block whose head is a routing command (`bgp`, `route-policy`, `ip route-static`, a protocol that
  is not modelled, …), with everything in it, is routing's *own*: what is not understood there is
  unread, whatever the other reader makes of it;
* everything else is the other reader's. Of interfaces, access lists, watches and the host's name
  routing takes notes and complains about nothing. But a few commands within such a block (what an
  interface does with multicast) are routing's own, and the other reader knows none of them.

A head that nobody knows is the other reader's: it knows neither and says so. A block is what hangs
below its head by indent, up to a `#` that stands as far left; in flat text, up to the next line
that some reader knows as a head and the routing block before it does not know. What nobody knows
stays with a routing block before it. Below a command that opens no view nothing hangs, whatever its
indent: printed files put one blank before some. A head that only the reader of other devices knows
begins a block too; the text's reader says that it is unread.
Behind a `quit` any head in full words begins a block, and what nobody knows as one is judged, and
refused, where the block before it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from telemed_infra.parse.line_numbers import LineNumbers
from telemed_infra.parse.memory import Memory
from telemed_infra.parse.route_lines.state import Routes
from telemed_infra.parse.vrp.engine import (
    PIECE_SIGNS_MAX,
    REMEMBERED_LINES,
    SEPARATOR,
    SYSTEM,
    Command,
    Finder,
    Grammar,
    View,
    Words,
    in_full,
    split_words,
)

OWN, OTHER = "own", "other"
_BLANKS = " \t\r"
_ENDS_ALL = ("return", "system-view")


class Heads(NamedTuple):
    """The first words of the lines of a text, by whose they are."""

    own: Mapping[Words, bool]
    """Routing's own, and whether they open a view."""
    shared: Mapping[Words, str]
    """Those of which routing takes notes, with the view that each opens, or ""."""
    other: Mapping[Words, bool]
    """Those that only another reader knows, and whether they open a view in every such reader."""


def heads(
    own: View[Routes],
    shared: View[Routes],
    not_modelled: tuple[Words, ...],
    others: tuple[Grammar[Any], ...],
) -> Heads:
    """From the tables of the system view, and the other readers of such texts.

    Another protocol than those of the tables is routing's own too.
    """
    ours = {
        **{row.head: row.enters is not None for row in own},
        **dict.fromkeys(not_modelled, True),
    }
    notes = {row.head: row.enters or "" for row in shared}
    known = [one.heads(SYSTEM) for one in others]
    rest = {
        head: all(one.get(head, True) for one in known)
        for head in sorted({head for one in known for head in one})
        if head not in ours and head not in notes
    }
    return Heads(ours, notes, rest)


def of_others(found: Heads) -> View[Routes]:
    """Rows for what only another reader knows, so that flat text leaves the view that was open."""
    return tuple(
        Command(head=head, enters=OTHER if opens else None, why="another reader's")
        for head, opens in found.other.items()
    )


class Split(NamedTuple):
    """A text with only those lines that routing reads, at their places; and whose they are."""

    text: str
    own: Set[int]


@dataclass(slots=True)
class _Block:
    """The open block: whose it is ("": none is open), how deep its head stands."""

    kind: str = ""
    depth: int = -1
    nested: bool = False  # something hangs below its head
    ended: bool = False  # by a `quit`, or only some view within it
    deeper: str = " "  # how a line begins that certainly does
    views: tuple[str, ...] = ()  # of a block of routing's own: those that its lines may be in

    def begin(self, kind: str, depth: int, views: tuple[str, ...] = ()) -> None:
        """Another block, or none."""
        self.kind, self.depth, self.nested, self.ended = kind, depth, False, False
        self.views = views
        self.deeper = " " * (depth + 1)


class Splitter:
    """Tells the lines of a platform's texts apart.

    `finder` says how the platform takes the words of a head: in full, or abbreviated. `sets` finds
    where the sets and rules of a firewall begin, by far the longest part, behind a `#` that leaves
    every view: it is left out if no line there may be a head of routing, in full words. `inside`:
    by shared view, the commands in it that are routing's own.
    """

    def __init__(
        self,
        routes: Grammar[Routes],
        found: Heads,
        others: tuple[Grammar[Any], ...],
        finder: Callable[[View[Routes]], Finder[Routes]] = in_full,
        sets: re.Pattern[str] | None = None,
        inside: Mapping[str, View[Routes]] | None = None,
    ) -> None:
        self.routes = routes
        self._others = others
        self._heads: dict[Words, tuple[str, bool]] = {
            **{head: (OTHER, opens) for head, opens in found.other.items()},
            **{head: (view or OTHER, bool(view)) for head, view in found.shared.items()},
            **{head: (OWN, opens) for head, opens in found.own.items()},
        }
        rows: View[Routes] = tuple(Command(head=head) for head in self._heads)
        self._find, self._find_in_full = finder(rows), in_full(rows)
        self._sets, self._any_head = sets, _any_of((*found.own, *found.shared))
        self._without_routing = ""  # what was last found to hold none: alike in both of a pair
        self._kind = lru_cache(REMEMBERED_LINES)(self._kind_of)
        self._own_inside = {
            view: ({row.head for row in rows}, finder(routes.rows(view)))
            for view, rows in (inside or {}).items()
        }
        self._owns = lru_cache(REMEMBERED_LINES)(self._owns_inside)
        self._remembered = Memory(self._part)
        self._opened = {
            row.head: _reachable(routes, row.enters) for row in routes.rows(SYSTEM) if row.enters
        }

    def split(self, text: str) -> Split:
        """Never raises. Lines that routing does not read are blank in the result, or end it."""
        own = 0
        kept: list[str] = []
        number = 1
        for part in self._with_routing(text).split(SEPARATOR):
            short = len(part) <= PIECE_SIGNS_MAX
            lines, places = self._remembered[part] if short else self._part(part)
            kept.append(lines)
            own |= places << number
            number += lines.count("\n") + 2
        return Split(SEPARATOR.join(kept), LineNumbers(own))

    def _part(self, text: str) -> tuple[str, int]:
        """The lines of a part that routing reads, and the places of its own, as bits from 0 on."""
        own = 0
        kept: list[str] = []
        block = _Block()
        for place, raw in enumerate(text.split("\n")):
            if (
                block.nested
                and not block.ended
                and block.kind == OTHER
                and raw.startswith(block.deeper)
            ):
                kept.append("")
                continue
            keeps = self._keeps(block, raw)
            if keeps is OWN:
                own |= 1 << place
            kept.append(raw if keeps else "")
        return "\n".join(kept), own

    def _with_routing(self, text: str) -> str:
        """A firewall's text without its sets and rules if nothing there is routing."""
        found = self._sets.search(text) if self._sets else None
        if found is None:
            return text
        rest = text[found.end() - 1 :]
        if rest != self._without_routing:
            if self._any_head.search(rest):
                return text
            self._without_routing = rest
        return text[: found.end()]

    def _keeps(self, block: _Block, raw: str) -> str:
        """Whether routing reads a line ("": no), and if it is its own."""
        line = raw.strip(_BLANKS)
        if not line or line[0] == "!":
            return ""
        indent = raw.index(line[0])
        if line == "quit":
            return _quit(block)
        if line == "#" or line in _ENDS_ALL:
            if line != "#" or indent <= block.depth:
                block.begin("", -1)
            return OTHER
        if block.kind and indent > block.depth and not block.ended:
            block.nested = True
            return self._inside(block.kind, raw)
        flat = block.ended or (indent == block.depth and (block.kind == OWN or not block.nested))
        if flat and block.kind not in (OWN, OTHER) and self._stays(block.kind, raw):
            return self._inside(block.kind, raw)
        return self._outside(block, raw, line, flat=flat)

    def _inside(self, kind: str, raw: str) -> str:
        """The same of a line that hangs below the head of a block."""
        if kind in (OWN, OTHER):
            return OWN if kind == OWN else ""
        if self._owns(kind, raw):
            return OWN
        return OTHER if self.routes.readers[kind](raw).known else ""

    def _owns_inside(self, view: str, raw: str) -> bool:
        """Whether a line of a shared view is routing's own all the same."""
        if view not in self._own_inside:
            return False
        heads, find = self._own_inside[view]
        words = _command(raw.strip(_BLANKS))
        command = find(words) if words else None
        return command is not None and command.head in heads

    def _outside(self, block: _Block, raw: str, line: str, *, flat: bool) -> str:
        """The same of a line that may be the head of another block."""
        if flat and block.kind == OWN and self._continues(block, raw, line):
            return OWN
        kind, opens, views = self._kind(line)
        if not kind and flat:
            return self._inside(block.kind, raw)
        if not kind:
            block.begin(OTHER, raw.index(line[0]))
            return ""
        if opens:
            block.begin(kind, raw.index(line[0]), views)
        else:
            block.begin("", -1)
        return OWN if kind == OWN else OTHER

    def _continues(self, block: _Block, raw: str, line: str) -> bool:
        """Whether a flat line is one of a routing block's views, which are asked before heads."""
        words = _command(line)
        if not words or (block.ended and self._find_in_full(words) is not None):
            return False
        return any(self.routes.readers[view](raw).known for view in block.views)

    def _kind_of(self, line: str) -> tuple[str, bool, tuple[str, ...]]:
        """Whose line it is as a head ("": no reader knows it), and if anything may hang below."""
        words = _command(line)
        command = self._find(words) if words else None  # a sign may be a blank to Python alone
        if command is None:
            return "", False, ()
        kind, opens = self._heads[command.head]
        views = self._opened.get(command.head, ()) if kind == OWN else ()
        return kind, opens and not line.startswith("undo "), views

    def _stays(self, view: str, raw: str) -> bool:
        """Whether a flat line belongs to the open shared view: not if some reader leaves it."""
        if self._owns(view, raw):
            return True
        found = [
            (view in one.readers and one.readers[view](raw).known, one.readers[SYSTEM](raw).known)
            for one in self._others
        ]
        here = any(inside for inside, _ in found)
        return here and all(inside or not head for inside, head in found)


def _any_of(found: Iterable[Words]) -> re.Pattern[str]:
    """Lines that may begin with one of some heads, or with `undo`; some others too."""
    words = (r'[^\S\n]+"?'.join(map(re.escape, head)) for head in found)
    return re.compile(rf'\n[^\S\n]*+(?:undo\b|"|{"|".join(words)})')


def _reachable(routes: Grammar[Routes], view: str) -> tuple[str, ...]:
    """A view, and those that open within it."""
    found = [view]
    for one in found:
        found += [row.enters for row in routes.rows(one) if row.enters and row.enters not in found]
    return tuple(dict.fromkeys(found))


def _quit(block: _Block) -> str:
    """Leaves a view: in a shared block there is but one, in others nobody counts them."""
    if block.kind in (OWN, OTHER):
        block.ended = True
    else:
        block.begin("", -1)
    return "" if block.kind == OTHER else OTHER


def _command(line: str) -> Words:
    words = split_words(line)
    return words[1:] if words[:1] == ("undo",) and len(words) > 1 else words
