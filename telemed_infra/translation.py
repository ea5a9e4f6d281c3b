"""Addresses that hosts bear inside a site and others know otherwise: in words of no platform.

The plan says the maps, renderers write them, parsers read them back, and the proof compares.

Source: docs/concepts/policies.md, "A hospital's own addresses"; RFC 2663, 4.1.1 (basic NAT).
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.packets import Range


class Translation(NamedTuple):
    """One to one and both ways: the n-th address inside is the n-th address outside. IPv4."""

    inside: Range  # what the hosts bear
    outside: Range  # what everybody else, and every policy, calls them
    boundary: frozenset[str]  # interfaces behind which the outside addresses are spoken
