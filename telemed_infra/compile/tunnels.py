"""Which inventory lines the ends of a device's tunnels come from, and by which number they go.

Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from telemed_infra.compile.config import LowerEnd, Origins
from telemed_infra.model.network import Device, Network
from telemed_infra.plan.circuits_encrypted import circuit_secret, encrypted_lines
from telemed_infra.plan.routing import RoutingPlan
from telemed_infra.plan.tunnels import enforcing, townships, ways
from telemed_infra.tunnels import Tunnel


class TunnelConfig(Struct, frozen=True, kw_only=True):
    """The tunnels of a device whose text about them stands by itself."""

    hostname: str
    tunnels: tuple[Tunnel, ...]
    lower_ends: Mapping[str, LowerEnd]
    origins: Origins


def tunnel_config(
    network: Network, routing: RoutingPlan, device: Device, tunnels: tuple[Tunnel, ...]
) -> TunnelConfig:
    """A device's tunnels, with what is known of their lower ends."""
    return TunnelConfig(
        hostname=device.name,
        tunnels=tunnels,
        lower_ends=lower_ends(network, routing, device),
        origins=(device.origin,),
    )


def lower_ends(network: Network, routing: RoutingPlan, device: Device) -> dict[str, LowerEnd]:
    """The lower ends of a device's tunnels by their references to secrets.

    There is one for each gateway of a township, and one for each encrypted circuit.
    """
    circuits = {
        circuit_secret(network, line): LowerEnd(number=own.port, origins=(line.origin,))
        for line, own, _ in encrypted_lines(routing, device)
    }
    return _gateways(network, device) | circuits


def _gateways(network: Network, device: Device) -> dict[str, LowerEnd]:
    site = device.site
    if device.role != site.blueprint.enforcing:
        return {}
    below = townships(network, site) if site.blueprint.tunnels_from_below else [site]
    return {
        f"{network.tunnels.secrets}{gateway.name.lower()}": LowerEnd(
            number=lower.num, origins=(lower.origin,)
        )
        for lower in below
        if ways(lower)
        for gateway in enforcing(network, lower)[:1]
    }
