"""Whether two texts filter alike, rule by rule: the members of a pair are then proven once."""

from __future__ import annotations

from msgspec.structs import replace

from telemed_infra.parse.behaviour import NOT_MOVED, Chain, Moved, Rule, moved_by

Chains = tuple[Chain, ...]


def lines_between(one: Chains, other: Chains) -> Moved | None:
    """From the lines of chains to those of other ones that are equal but for these; else None."""
    if one is other:
        return NOT_MOVED
    if len(one) != len(other):
        return None
    places: list[tuple[int, int]] = []
    for here, there in zip(one, other, strict=True):
        if not _same_head(here, there) or not all(map(_same_rule, here.rules, there.rules)):
            return None
        places.append((here.line, there.line))
        places += [(a.line, b.line) for a, b in zip(here.rules, there.rules, strict=True)]
    return moved_by(places)


def _same_head(one: Chain, other: Chain) -> bool:
    bare = replace(one, rules=(), line=other.line)
    return len(one.rules) == len(other.rules) and bare == replace(other, rules=())


def _same_rule(one: Rule, other: Rule) -> bool:
    return one == (other if other.line == one.line else replace(other, line=one.line))
