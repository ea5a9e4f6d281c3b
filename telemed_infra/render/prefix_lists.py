"""Prefix lists in the words that FRR and Cisco IOS have in common: numbers, `ge` and `le`.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from telemed_infra.compile.routing import FilterEntry, RouteFilter
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import Prefix
from telemed_infra.render.routing_views import Line
from telemed_infra.render.text import mark

WORD = {Family.V4: "ip", Family.V6: "ipv6"}
SEQUENCE = 5  # between two numbers of a list


class Notation(NamedTuple):
    """What one of the two writes otherwise than the other."""

    prefix: Callable[[Prefix], str]  # with its length
    everything: Mapping[Family, str]


class PrefixList(NamedTuple):
    """One prefix list."""

    word: str  # ip, ipv6
    name: str
    entries: tuple[Line, ...]  # `seq 5 permit …`; never none: that would permit everything


def prefix_list(one: RouteFilter, notation: Notation) -> PrefixList:
    """A filter as a list; one without entries denies everything."""
    return PrefixList(
        word=WORD[one.family],
        name=list_name(one.name, one.family),
        entries=tuple(_entries(one, notation)),
    )


def list_name(name: str, family: Family) -> str:
    """Each family has lists of its own, and they never share a name."""
    return f"{name}-V{family.value}"


def _entries(one: RouteFilter, notation: Notation) -> Iterator[Line]:
    for number, entry in enumerate(one.entries, start=1):
        permitted = _lengths(entry, notation)
        yield Line(mark(entry.origins), f"seq {number * SEQUENCE} permit {permitted}")
    if not one.entries:
        everything = notation.everything[one.family]
        yield Line(mark(one.origins), f"seq {SEQUENCE} deny {everything}")


def _lengths(one: FilterEntry, notation: Notation) -> str:
    """`ge` alone reaches to single addresses, so `le` with their length stands only without it."""
    text = notation.prefix(one.prefix)
    begins_longer = one.shortest > one.prefix.length
    if begins_longer:
        text += f" ge {one.shortest}"
    ends = one.longest < one.prefix.family.bits or not begins_longer
    return f"{text} le {one.longest}" if ends and one.longest > one.prefix.length else text
