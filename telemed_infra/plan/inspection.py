"""Which permitted packets a firewall looks into, for intrusions and malware.

Those that cross the boundary of a site: between one of its own zones and one that leads elsewhere,
or between two that lead elsewhere. What the device itself sends and hears is its own.

Source: docs/concepts/policies.md, "What is looked into".
"""

from __future__ import annotations

from collections.abc import Collection

from telemed_infra.plan.devices import LOCAL_ZONE


def crosses_boundary(zone_in: str, zone_out: str, leading_elsewhere: Collection[str]) -> bool:
    """Whether packets from zone to zone leave or enter a site."""
    return LOCAL_ZONE not in (zone_in, zone_out) and (
        zone_in in leading_elsewhere or zone_out in leading_elsewhere
    )
