"""Where a site ends: the zones that lead elsewhere, and the packets that leave or enter by them.

A firewall looks into these packets for intrusions and malware, and there it changes addresses that
hosts bear inside alone. What the device itself sends and hears is its own: also on a circuit, where
it is GRE and IPsec alone.

Source: docs/concepts/policies.md, "What is looked into" and "A hospital's own addresses".
"""

from __future__ import annotations

from collections.abc import Collection

from telemed_infra.model.network import Network
from telemed_infra.plan.devices import CIRCUIT_ZONE, LOCAL_ZONE
from telemed_infra.plan.pairs import HEARTBEAT_ZONE

OF_DEVICES = frozenset({LOCAL_ZONE, HEARTBEAT_ZONE, CIRCUIT_ZONE})  # no host's packets go there


def leading_elsewhere(network: Network) -> frozenset[str]:
    """The zones behind which another site, a carrier or a partner is."""
    zones = network.zones.items()
    return frozenset(name for name, zone in zones if zone.transit and name not in OF_DEVICES)


def crosses_boundary(zone_in: str, zone_out: str, elsewhere: Collection[str]) -> bool:
    """Whether packets from zone to zone leave or enter a site, by the zones that lead elsewhere."""
    return LOCAL_ZONE not in (zone_in, zone_out) and (zone_in in elsewhere or zone_out in elsewhere)
