"""What readers of IPsec tunnels have in common, whatever the platform calls things.

A reader keeps what each line says, and makes a tunnel of it once the whole text is read: only if
nothing is missing that it needs. Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from telemed_infra.packets import FAMILIES, Family, Range, Ranges, union
from telemed_infra.tunnels import Selector

EVERYTHING = Selector(*(family.every_address for family in FAMILIES))
GROUPS = frozenset({1, 2, 5, *range(14, 25), 31, 32})
"""Diffie–Hellman groups that some platform knows. Source: IANA, IKEv2 parameters."""


class Flow(NamedTuple):
    """Packets from some addresses, the own end's, to others of one family: one line of a list."""

    family: Family
    source: Ranges
    destination: Ranges


def selectors(flows: Iterable[Flow]) -> tuple[Selector, Selector]:
    """What flows select at the own end, which is their source, and at the other one.

    Raises:
        ValueError: they do not pair every source with every destination, and a tunnel's do.
    """
    known = tuple(flows)
    ends = [_ends([one for one in known if one.family is family]) for family in FAMILIES]
    (own4, peer4), (own6, peer6) = ends
    return Selector(own4, own6), Selector(peer4, peer6)


def _ends(flows: list[Flow]) -> tuple[Ranges, Ranges]:
    own = union(part for one in flows for part in one.source)
    peer = union(part for one in flows for part in one.destination)
    for low, high in _cells(flows):
        reached = union(
            part
            for one in flows
            if any(first <= low and high <= last for first, last in one.source)
            for part in one.destination
        )
        if reached != peer:
            raise ValueError("its rules do not pair each source with each destination")
    return own, peer


def _cells(flows: list[Flow]) -> Iterator[Range]:
    """Parts of the sources that no flow divides."""
    parts = [part for one in flows for part in one.source]
    starts = {low for low, _ in parts} | {high + 1 for _, high in parts}
    edges = sorted(starts)
    for low, after in pairwise(edges):
        if any(first <= low <= last for first, last in parts):
            yield low, after - 1


def group_number(word: str, prefix: str) -> int:
    """The number of a group that a platform calls `<prefix><n>`.

    Raises:
        ValueError: it is none.
    """
    digits = word.removeprefix(prefix)
    if not (word.startswith(prefix) and digits.isascii() and digits.isdigit()):
        raise ValueError(f"{word} is no group")
    if len(digits) > 2 or int(digits) not in GROUPS:
        raise ValueError(f"no group has the number {digits}")
    return int(digits)
