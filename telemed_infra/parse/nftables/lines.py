"""Rules that are one line with one or two addresses in front: most rules of most rulesets.

What stands behind the addresses repeats from device to device, so the shape of such a rule is found
by that text, without cutting it into words. Whatever is out of the ordinary, and whatever is wrong,
is left to `read_rule`: this is only a shorter way to the same result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.parse.nftables.lookups import Elements
from telemed_infra.parse.nftables.match import Match
from telemed_infra.parse.nftables.rules import Branch, ReadRule
from telemed_infra.parse.nftables.shapes import INDEX, PATTERN4, PATTERN6, pattern, shape_of
from telemed_infra.parse.nftables.tokens import Statement, Unreadable, cut
from telemed_infra.parse.nftables.values import Value, read_values

_RULE = re.compile(
    r"""
    (ip6?[ ][sd]addr)[ ](\S+)[ ]
    (?: (ip6?[ ][sd]addr)[ ](\S+)[ ] )?
    ([^"]*)
    (?: "([^"]*)" )?
    """,
    re.VERBOSE,
)
_PATTERNS = {"ipv4_addr": PATTERN4, "ipv6_addr": PATTERN6}
_KINDS = {of_kind: kind for kind, of_kind in _PATTERNS.items()}


class Term(NamedTuple):
    """An address, or a set of them, as one word of a rule."""

    pattern: str  # the address that stands for it in a shape
    value: Value
    used: tuple[str, ...] = ()  # the set that the word names


_NOTHING = Term("", ((0, 0),))


class LineShape(NamedTuple):
    """A shape of which only the addresses in front are open."""

    logs: bool
    logs_all: bool
    branches: tuple[Branch, ...]  # one or none
    first: int  # where the value of the first address stands in a `Match`
    second: int  # that of the second, or as `first`


class LineRules:
    """Reads lines as rules of one table, whose sets they may look up."""

    def __init__(self, sets: Mapping[str, Elements]) -> None:
        self._sets = {
            f"@{name}": Term(_PATTERNS[found.kinds[0]], found.rows[0].values[0], (name,))
            for name, found in sets.items()
            if found.kinds[0] in _PATTERNS and len(found.kinds) == 1
            if not (found.is_map or found.changes)
        }

    def read(self, statement: Statement) -> ReadRule | None:
        """The rule that an uncut line is; None if its words have to tell, or what is wrong."""
        found = _RULE.fullmatch(statement.words[0])
        if found is None:
            return None
        head, word, other_head, other_word, rest, name = found.groups()
        if "addr" in rest:  # more addresses: no two lines would have this rest in common
            return None
        term = self._sets.get(word) or _address(word)
        other = self._sets.get(other_word) or _address(other_word) if other_word else _NOTHING
        if term is None or other is None:
            return None
        quoted = "" if name is None else '""'
        shape = _line_shape(head, term.pattern, other_head, other.pattern, rest, quoted)
        if shape is None:
            return None
        logs, logs_all, branches, first, second = shape
        if not (term.value and other.value):
            branches = ()
        elif branches:
            branch = branches[0]
            fields: list[object] = list(branch.match)
            fields[second] = other.value
            fields[first] = term.value
            branches = (Branch(Match._make(fields), branch.states, branch.verdict),)
        number = statement.line
        return ReadRule(
            number, number, name or "", logs, logs_all, branches, (), term.used + other.used
        )


@lru_cache(maxsize=1 << 11)
def _address(word: str) -> Term | None:
    """The address, prefix or range that a word is, if it is one and a single word."""
    of_kind = pattern(word)
    kind = _KINDS.get(of_kind)
    if kind is None or cut(word) != [word]:
        return None
    try:
        return Term(of_kind, read_values(kind, (word,)))
    except Unreadable:
        return None


@lru_cache(maxsize=1 << 12)
def _line_shape(
    head: str, address: str, other_head: str | None, other: str, rest: str, quoted: str
) -> LineShape | None:
    """The shape of lines of these parts; None if more may differ than the addresses in front."""
    words = cut(f"{head} {address} {other_head or ''} {other} {rest}{quoted}")
    if quoted:
        if words[-2] != "comment":
            return None
        del words[-2:]
    places = [2, 5] if other_head else [2]
    shape = shape_of(tuple(words))
    if shape is None or [hole.start for hole in shape.holes] != places:
        return None
    slots = [INDEX[hole.slot] for hole in shape.holes]
    return LineShape(shape.logs, shape.logs_all, shape.branches, slots[0], slots[-1])
