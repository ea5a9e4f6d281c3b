"""Rules that differ only in addresses are read once: on a device each, in a network many.

A rule's words with one address for all of a family are its shape, and shapes are remembered. Rules
that are a whole line find theirs without being cut into words (see `lines`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.parse.nftables.conditions import Hole, named
from telemed_infra.parse.nftables.lookups import Elements
from telemed_infra.parse.nftables.match import Match
from telemed_infra.parse.nftables.rules import Branch, ReadRule, RuleReader
from telemed_infra.parse.nftables.tokens import Statement, Unreadable, cut
from telemed_infra.parse.nftables.values import Value, read_values

PATTERN4, PATTERN6, _PATTERN_SET = "192.0.2.1", "2001:db8::1", "@"
_ADDRESS4 = re.compile(r"\d+\.\d+\.\d+\.\d+[\d./-]*", re.ASCII)
INDEX = {slot: index for index, slot in enumerate(Match._fields)}
"""Where a condition's value stands in a `Match`."""


def read_rule(statement: Statement, sets: Mapping[str, Elements]) -> ReadRule:
    """The rule that a statement is; raises Unreadable."""
    line, last, words = statement.line, statement.last, statement.words
    if len(words) == 1:
        words = cut(words[0])
    name = ""
    if len(words) > 2 and words[-2] == "comment":
        name = words[-1].strip('"')
        words = words[:-2]
    shape = shape_of(tuple(map(pattern, words)))
    if shape is not None:
        branches, used = shape.filled(words, sets)
        return ReadRule(line, last, name, shape.logs, shape.logs_all, branches, (), used)
    reader = RuleReader(words, sets)
    reader.read(len(words))
    return ReadRule(
        line, last, name or reader.name, reader.logs, reader.logs_all, reader.branches(),
        reader.exceptions(), tuple(reader.conditions.used),
    )  # fmt: skip


class Shape(NamedTuple):
    """What rules have in common that differ only in addresses, read once for all of them."""

    logs: bool
    logs_all: bool
    branches: tuple[Branch, ...]  # one or none, where there are holes
    holes: tuple[Hole, ...]

    def filled(
        self, words: list[str], sets: Mapping[str, Elements]
    ) -> tuple[tuple[Branch, ...], tuple[str, ...]]:
        """The branches with a rule's own addresses, and the sets that it names."""
        if not self.holes:
            return self.branches, ()
        used: list[str] = []
        values: list[Value] = []
        for _, kind, start, end in self.holes:
            word = words[start]
            if word[0] == "@":
                used.append(word[1:])
                values.append(named(sets, word[1:], (kind,), is_map=False).rows[0].values[0])
            else:
                values.append(read_values(kind, tuple(words[start:end:2])))
        if not self.branches or not all(values):
            return (), tuple(used)
        branch = self.branches[0]
        fields: list[object] = list(branch.match)
        for hole, value in zip(self.holes, values, strict=True):
            fields[INDEX[hole.slot]] = value
        return (Branch(Match._make(fields), branch.states, branch.verdict),), tuple(used)


@lru_cache(maxsize=1 << 12)
def shape_of(patterns: tuple[str, ...]) -> Shape | None:
    """The shape of rules of these words; None where more than addresses may differ."""
    reader = RuleReader(list(patterns), None)
    try:
        reader.read(len(patterns))
        branches = reader.branches()
    except Unreadable:
        return None
    conditions = reader.conditions
    if not conditions.is_plain or reader.name or conditions.excepted:
        return None
    if conditions.holes and len(branches) > 1:
        return None
    return Shape(reader.logs, reader.logs_all, branches, tuple(conditions.holes))


@lru_cache(maxsize=1 << 11)
def pattern(word: str) -> str:
    """One address for all of a family, one name for all sets; any other word as it is."""
    if _ADDRESS4.fullmatch(word):
        return PATTERN4
    if word.count(":") > 1 and word[0] != '"':
        return PATTERN6
    return _PATTERN_SET if word[0] == "@" else word
