"""Addresses that hosts bear inside a site and others know otherwise: in words of no platform.

The plan says the maps, renderers write them, parsers read them back, and the proof compares.

Source: docs/concepts/policies.md, "A hospital's own addresses"; RFC 2663, 4.1.1 (basic NAT).
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from telemed_infra.packets import Range


class Translation(NamedTuple):
    """One to one and both ways: the n-th address inside is the n-th address outside. IPv4."""

    inside: Range  # what the hosts bear
    outside: Range  # what everybody else, and every policy, calls them
    boundary: frozenset[str]  # interfaces behind which the outside addresses are spoken


def joined(found: Iterable[Translation]) -> tuple[Translation, ...]:
    """The same map in fewer parts, in the order of the outside addresses.

    Equal ranges are one, at all their interfaces; so are ranges that go on inside and outside.
    """
    boundaries: dict[tuple[Range, Range], frozenset[str]] = {}
    for one in found:
        key = one.outside, one.inside
        boundaries[key] = boundaries.get(key, frozenset()) | one.boundary
    parts: list[Translation] = []
    for (outside, inside), boundary in sorted(boundaries.items(), key=itemgetter(0)):
        part = Translation(inside, outside, boundary)
        if parts and _goes_on(parts[-1], part):
            last = parts.pop()
            part = Translation((last.inside[0], inside[1]), (last.outside[0], outside[1]), boundary)
        parts.append(part)
    return tuple(parts)


def _goes_on(last: Translation, part: Translation) -> bool:
    return (
        last.boundary == part.boundary
        and last.inside[1] + 1 == part.inside[0]
        and last.outside[1] + 1 == part.outside[0]
    )
