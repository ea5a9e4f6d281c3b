"""A switch as Cisco IOS writes it, in the printed normal form.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.compile.config import PortConfig, PortUse, SwitchConfig
from telemed_infra.packets import Family
from telemed_infra.plan.platforms import PLATFORMS, PlatformFacts
from telemed_infra.plan.prefix import address_text, mask_text
from telemed_infra.render.cisco_lists import printed
from telemed_infra.render.cisco_ports import GuardsView, guard_lines, guards_view
from telemed_infra.render.text import mark
from telemed_infra.render.vlans import vlan_list


class VlanView(NamedTuple):
    """One VLAN block."""

    mark: str
    number: int
    name: str


class PortView(NamedTuple):
    """One interface block of a port."""

    mark: str
    name: str
    description: str
    access_vlan: int | None
    native_vlan: int | None  # of a trunk
    allowed: str  # of a trunk: its VLANs
    guards: str  # whole lines
    shut: bool


class SwitchView(NamedTuple):
    """A whole switch."""

    mark: str
    hostname: str
    vlans: tuple[VlanView, ...]
    management_interface: str
    address: str
    address6: str  # "" for none
    ports: tuple[PortView, ...]
    gateway: str
    gateway6: str  # "" for none
    guards: GuardsView
    groups_snooped: bool  # in some VLAN they go to those ports alone that have asked
    groups_flooded: tuple[int, ...]  # the other VLANs: the platform snoops unless it is told not to


def switch_view(config: SwitchConfig) -> SwitchView:
    """All of a switch."""
    facts = PLATFORMS[config.platform]
    own4, own6 = config.management, config.management6
    return SwitchView(
        mark=mark(config.origins),
        hostname=config.hostname,
        vlans=tuple(VlanView(mark(one.origins), one.number, one.name) for one in config.vlans),
        management_interface=facts.vlan_interface.format(config.management_vlan),
        address=f"{address_text(Family.V4, own4.first)} {mask_text(own4.length)}",
        address6=f"{printed(Family.V6, own6.first)}/{own6.length}" if own6 else "",
        ports=tuple(_port(one, facts) for one in config.ports),
        gateway=address_text(Family.V4, config.gateway.first),
        gateway6=printed(Family.V6, config.gateway6.first) if config.gateway6 else "",
        guards=guards_view(config),
        groups_snooped=any(one.snooped for one in config.vlans),
        groups_flooded=tuple(one.number for one in config.vlans if not one.snooped),
    )


def _port(one: PortConfig, facts: PlatformFacts) -> PortView:
    trunk = one.use is PortUse.TRUNK
    access = one.use in {PortUse.ACCESS, PortUse.PARKED}
    return PortView(
        mark=mark(one.origins),
        name=facts.port.format(one.number),
        description=one.description,
        access_vlan=one.vlan if access else None,
        native_vlan=one.vlan if trunk else None,
        allowed=vlan_list(one.vlans) if trunk else "",
        guards=guard_lines(one),
        shut=one.use not in {PortUse.ACCESS, PortUse.TRUNK},
    )
