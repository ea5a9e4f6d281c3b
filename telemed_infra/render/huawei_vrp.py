"""A switch as Huawei VRP5 writes it.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.compile.config import PortConfig, PortUse, SwitchConfig
from telemed_infra.packets import Family
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import address_text, mask_text
from telemed_infra.render.text import mark
from telemed_infra.render.vlans import vlan_lines


class VlanView(NamedTuple):
    """One VLAN block."""

    mark: str
    number: int
    name: str


class PortView(NamedTuple):
    """One interface block."""

    mark: str
    name: str
    description: str
    link_type: str
    vlan: int
    allowed: tuple[str, ...]  # VLAN lists, one a line
    shut: bool


class SwitchView(NamedTuple):
    """A whole switch."""

    mark: str
    hostname: str
    vlan_batches: tuple[str, ...]
    vlans: tuple[VlanView, ...]
    ports: tuple[PortView, ...]
    management_vlan: int
    management_mark: str
    address: str
    address6: str  # "" for none
    gateway: str
    gateway6: str  # "" for none
    ntp: tuple[str, ...]
    servers_mark: str


def switch_view(config: SwitchConfig) -> SwitchView:
    """All of a switch."""
    port = PLATFORMS[config.platform].port
    management = config.management
    return SwitchView(
        mark=mark(config.origins),
        hostname=config.hostname,
        vlan_batches=vlan_lines(vlan.number for vlan in config.vlans),
        vlans=tuple(VlanView(mark(one.origins), one.number, one.name) for one in config.vlans),
        ports=tuple(_port(one, port) for one in config.ports),
        management_vlan=config.management_vlan,
        management_mark=mark(config.origins),
        address=f"{address_text(Family.V4, management.first)} {mask_text(management.length)}",
        address6=config.management6.text if config.management6 else "",
        gateway=address_text(Family.V4, config.gateway.first),
        gateway6=address_text(Family.V6, config.gateway6.first) if config.gateway6 else "",
        ntp=tuple(address_text(*one[:2]) for one in config.servers.ntp),
        servers_mark=mark(config.servers.origins),
    )


def _port(one: PortConfig, name: str) -> PortView:
    trunk = one.use is PortUse.TRUNK
    return PortView(
        mark=mark(one.origins),
        name=name.format(one.number),
        description=one.description,
        link_type="" if one.use is PortUse.SHUT else "trunk" if trunk else "access",
        vlan=one.vlan,
        allowed=vlan_lines(one.vlans) if trunk else (),
        shut=one.use in {PortUse.PARKED, PortUse.SHUT},
    )
