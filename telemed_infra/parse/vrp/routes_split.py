"""Which lines of a VRP text are routing's, and which another reader's.

A text has two readers: `parse_vrp_routes`, and `parse_vrp` or `parse_usg`. Each line is judged by
one of them, and by which follows from the block that it stands in alone:

* a block whose head is a routing command (`bgp`, `route-policy`, `ip route-static`, a protocol that
  is not modelled, …), with everything in it, is routing's *own*: what is not understood there is
  unread, whatever the other reader makes of it;
* everything else is the other reader's. Of interfaces, access lists, ip-links and the host's name
  routing takes notes and complains about nothing.

A head that nobody knows is the other reader's: it knows neither and says so. A block is what hangs
below its head by indent, up to a `#` that stands as far left; in flat text, up to the next line
that some reader knows as a head. What nobody knows stays with a routing block before it. Below a
command that opens no view nothing hangs, whatever its indent: printed files put one blank before
some. A head that only the reader of other devices knows begins a block too; the text's reader says
that it is unread.
Behind a `quit` any known head begins a block, and what nobody knows as one is judged, and
refused, where the block before it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from telemed_infra.parse.vrp.engine import (
    REMEMBERED_LINES,
    SYSTEM,
    Grammar,
    Words,
    split_words,
)
from telemed_infra.parse.vrp.routes_grammar import (
    OTHER_HEADS,
    ROUTES,
    ROUTING_HEADS,
    SHARED_VIEWS,
)
from telemed_infra.parse.vrp.switch_grammar import VRP
from telemed_infra.parse.vrp.usg_grammar import USG

OWN, OTHER = "own", "other"
_BLANKS = " \t\r"
_HEADS: dict[Words, tuple[str, bool]] = {
    **{head: (OTHER, opens) for head, opens in OTHER_HEADS.items()},
    **{head: (view or OTHER, bool(view)) for head, view in SHARED_VIEWS.items()},
    **{head: (OWN, opens) for head, opens in ROUTING_HEADS.items()},
}
"""Whose line a head begins, and whether something may hang below it."""
_LONGEST = max(map(len, _HEADS))
_OTHERS: tuple[Grammar[Any], ...] = (VRP, USG)
_ENDS_ALL = ("return", "system-view")
_SETS = re.compile(r"\n#\n(?=ip address-set |ip service-set |security-policy\n)")
_ANY_HEAD = re.compile(
    r"\n[^\S\n]*+(?:undo\b|\"|"
    + "|".join(
        r'[^\S\n]+"?'.join(map(re.escape, head))
        for head, (kind, _) in _HEADS.items()
        if kind != OTHER or head in SHARED_VIEWS
    )
    + ")"
)
"""A line that may be the head of a block that routing reads; some others too."""
_without_routing: list[str] = []
"""What was last found to hold none."""


class Split(NamedTuple):
    """A text with only those lines that routing reads, at their places; and whose they are."""

    text: str
    own: frozenset[int]


@dataclass(slots=True)
class _Block:
    """The open block: whose it is ("": none is open), how deep its head stands."""

    kind: str = ""
    depth: int = -1
    nested: bool = False  # something hangs below its head
    ended: bool = False  # by a `quit`, or only some view within it
    deeper: str = " "  # how a line begins that certainly does

    def begin(self, kind: str, depth: int) -> None:
        """Another block, or none."""
        self.kind, self.depth, self.nested, self.ended = kind, depth, False, False
        self.deeper = " " * (depth + 1)


def split(text: str) -> Split:
    """Never raises. Lines that routing does not read are blank in the result, or end it."""
    own: set[int] = set()
    kept: list[str] = []
    block = _Block()
    for number, raw in enumerate(_with_routing(text).split("\n"), 1):
        if (
            block.nested
            and not block.ended
            and block.kind == OTHER
            and raw.startswith(block.deeper)
        ):
            kept.append("")
            continue
        keeps = _keeps(block, raw)
        if keeps is OWN:
            own.add(number)
        kept.append(raw if keeps else "")
    return Split("\n".join(kept), frozenset(own))


def _with_routing(text: str) -> str:
    """A firewall's text without its sets and rules, the longest part, if nothing there is routing.

    They begin behind a `#` that leaves every view. Of two members of a pair they are the same.
    """
    found = _SETS.search(text)
    if found is None:
        return text
    rest = text[found.end() - 1 :]
    if rest not in _without_routing:
        if _ANY_HEAD.search(rest):
            return text
        _without_routing[:] = [rest]
    return text[: found.end()]


def _keeps(block: _Block, raw: str) -> str:
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
        return _inside(block.kind, raw)
    flat = block.ended or (indent == block.depth and (block.kind == OWN or not block.nested))
    if flat and block.kind not in (OWN, OTHER) and _stays(block.kind, raw):
        return _inside(block.kind, raw)
    return _outside(block, raw, line, flat=flat)


def _quit(block: _Block) -> str:
    """Leaves a view: in a shared block there is but one, in others nobody counts them."""
    if block.kind in (OWN, OTHER):
        block.ended = True
    else:
        block.begin("", -1)
    return "" if block.kind == OTHER else OTHER


def _inside(kind: str, raw: str) -> str:
    """The same of a line that hangs below the head of a block."""
    if kind in (OWN, OTHER):
        return OWN if kind == OWN else ""
    return OTHER if ROUTES.readers[kind](raw).known else ""


def _outside(block: _Block, raw: str, line: str, *, flat: bool) -> str:
    """The same of a line that may be the head of another block."""
    kind, opens = _kind(line)
    if not kind and flat:
        return _inside(block.kind, raw)
    if not kind:
        block.begin(OTHER, raw.index(line[0]))
        return ""
    if opens:
        block.begin(kind, raw.index(line[0]))
    else:
        block.begin("", -1)
    return OWN if kind == OWN else OTHER


@lru_cache(REMEMBERED_LINES)
def _kind(line: str) -> tuple[str, bool]:
    """Whose line it is as a head ("": no reader knows it), and if something may hang below it."""
    words = _command(line)
    for length in range(min(_LONGEST, len(words)), 0, -1):
        if words[:length] in _HEADS:
            kind, opens = _HEADS[words[:length]]
            return kind, opens and not line.startswith("undo ")
    return "", False


def _stays(view: str, raw: str) -> bool:
    """Whether a flat line belongs to a shared view that is open: not if some reader leaves it."""
    found = [
        (view in one.readers and one.readers[view](raw).known, one.readers[SYSTEM](raw).known)
        for one in _OTHERS
    ]
    return any(inside for inside, _ in found) and all(inside or not head for inside, head in found)


def _command(line: str) -> Words:
    words = split_words(line)
    return words[1:] if words[:1] == ("undo",) and len(words) > 1 else words
