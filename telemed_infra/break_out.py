"""Guests who leave a site by its carrier's line: in words of no platform.

The plan says it for each firewall and gateway, renderers write it, parsers read it back, and the
proof compares. It has two halves, and one without the other is none: the packets' way, whatever
other routes say, and the address that they bear outside.

Source: docs/concepts/policies.md, "Guests"; RFC 2663, 4.1.2 (translation with ports).
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.packets import Range

MARK = 80  # where a text marks packets: a rule of the host's routes looks for this number


class BreakOut(NamedTuple):
    """Guests leave a site by its carrier's line, under the device's own address there. IPv4."""

    ingress: str  # the interface behind which guests are
    egress: str  # towards the carrier
    sources: Range  # whom it concerns
    next_hop: int | None  # where their packets go; None: the text marks them, the host routes them
