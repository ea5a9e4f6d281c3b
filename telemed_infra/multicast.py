"""Multicast that devices forward and switches hold back: facts in words of no platform.

The plan says them, renderers write them, parsers read them back, and the proof compares the two.
A parser fills in what the platform does where the text says nothing, and gives only what takes
effect: without the platform's own switch for multicast nothing is spoken and nothing heard.

Source: docs/concepts/multicast.md; RFC 7761 (PIM-SM), RFC 4607 (SSM), RFC 9776 (IGMPv3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from telemed_infra.packets import Range, Ranges

MULTICAST: Range = (0xE000_0000, 0xEFFF_FFFF)
"""Every group of IPv4, 224.0.0.0/4."""
SOURCE_SPECIFIC: Range = (0xE800_0000, 0xE8FF_FFFF)
"""What a platform takes for source-specific unless its text says otherwise, 232.0.0.0/8."""


class MulticastRouting(NamedTuple):
    """What a router or firewall forwards of multicast: source-specific, IPv4."""

    groups: Ranges  # what is source-specific there
    speaks: frozenset[str]  # interfaces with PIM sparse mode
    listens: frozenset[str]  # interfaces where hosts ask for groups, by IGMPv3
    preferred: Mapping[str, int]  # interface → priority as designated router, where the text says


NO_MULTICAST = MulticastRouting((), frozenset(), frozenset(), {})
"""Of a device that forwards none: its groups are none either, whatever its text says of them."""
