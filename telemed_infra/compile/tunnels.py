"""Which inventory lines the ends of a device's tunnels come from, and by which number they go.

Source: docs/concepts/tunnels.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from telemed_infra.compile.config import LowerEnd, Origins
from telemed_infra.model.network import Device, Network
from telemed_infra.plan.tunnels import enforcing, townships, ways
from telemed_infra.tunnels import Tunnel


class TunnelConfig(Struct, frozen=True, kw_only=True):
    """The tunnels of a device whose text about them stands by itself."""

    hostname: str
    tunnels: tuple[Tunnel, ...]
    lower_ends: Mapping[str, LowerEnd]
    origins: Origins


def tunnel_config(network: Network, device: Device, tunnels: tuple[Tunnel, ...]) -> TunnelConfig:
    """A device's tunnels, with what is known of their lower ends."""
    return TunnelConfig(
        hostname=device.name,
        tunnels=tunnels,
        lower_ends=lower_ends(network, device),
        origins=(device.origin,),
    )


def lower_ends(network: Network, device: Device) -> dict[str, LowerEnd]:
    """The lower ends of a device's tunnels by their references to secrets, one for each gateway."""
    site = device.site
    below = townships(network, site) if site.blueprint.tunnels_from_below else [site]
    return {
        f"{network.tunnels.secrets}{gateway.name.lower()}": LowerEnd(
            number=lower.num, origins=(lower.origin,)
        )
        for lower in below
        if ways(lower)
        for gateway in enforcing(network, lower)[:1]
    }
