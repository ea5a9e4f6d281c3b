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
that any reader knows as a head. `quit` ends no block: a line behind it that no reader knows as a
head is judged, and refused, where the block before it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.parse.vrp.engine import REMEMBERED_LINES, Words, split_words
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
_HEADS: dict[Words, str] = {
    **dict.fromkeys(OTHER_HEADS, OTHER),
    **{head: view or OTHER for head, view in SHARED_VIEWS.items()},
    **dict.fromkeys(ROUTING_HEADS, OWN),
}
_LONGEST = max(map(len, _HEADS))
_INSIDE: dict[str, frozenset[Words]] = {
    view: VRP.heads(view) | USG.heads(view) for view in SHARED_VIEWS.values() if view
}
"""What the other reader knows in a view that both read: in flat text, it does not leave it."""
_ENDS_ALL = ("return", "system-view")


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
    deeper: str = " "  # how a line begins that certainly does

    def open(self, kind: str, depth: int) -> None:
        """Another block, or none."""
        self.kind, self.depth, self.nested = kind, depth, False
        self.deeper = " " * (depth + 1)


def split(text: str) -> Split:
    """Never raises. Lines that routing does not read are blank in the result."""
    own: set[int] = set()
    kept: list[str] = []
    block = _Block()
    for number, raw in enumerate(text.split("\n"), 1):
        if block.nested and block.kind == OTHER and raw.startswith(block.deeper):
            kept.append("")
            continue
        keeps = _keeps(block, raw)
        if keeps is OWN:
            own.add(number)
        kept.append(raw if keeps else "")
    return Split("\n".join(kept), frozenset(own))


def _keeps(block: _Block, raw: str) -> str:
    """Whether routing reads a line ("": no), and if it is its own."""
    line = raw.strip(_BLANKS)
    if not line or line[0] == "!":
        return ""
    indent = raw.index(line[0])
    if line == "quit":
        return "" if block.kind == OTHER else OTHER
    if line == "#" or line in _ENDS_ALL:
        if line != "#" or indent <= block.depth:
            block.open("", -1)
        return OTHER
    found = _place(block, line, indent)
    if block.kind == OWN:
        return OWN
    if found or block.kind == OTHER:
        return OTHER if found else ""
    return OTHER if ROUTES.readers[block.kind](raw).known else ""


def _place(block: _Block, line: str, indent: int) -> bool:
    """Put a line into the open block or open another; whether it is a known head."""
    if block.kind and indent > block.depth:
        block.nested = True
        return False
    flat = bool(block.kind) and indent == block.depth and not block.nested
    if flat and _known(line, _INSIDE.get(block.kind, frozenset())):
        return False
    found = _kind(line)
    if found or not flat:
        block.open(found or OTHER, indent)
    return bool(found)


@lru_cache(REMEMBERED_LINES)
def _kind(line: str) -> str:
    """Whose block the line would be the head of; "" if no reader knows it as one."""
    words = _command(line)
    for length in range(min(_LONGEST, len(words)), 0, -1):
        if words[:length] in _HEADS:
            return _HEADS[words[:length]]
    return ""


def _known(line: str, heads: frozenset[Words]) -> bool:
    words = _command(line)
    return any(words[:length] in heads for length in range(1, len(words) + 1)) if heads else False


def _command(line: str) -> Words:
    words = split_words(line)
    return words[1:] if words[:1] == ("undo",) and len(words) > 1 else words
