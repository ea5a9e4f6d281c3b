"""A switch as H3C Comware 7 writes it, in the printed normal form.

What is the default on every version is not written, as it is not printed: an access port has no
`port link-type`.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.compile.config import PortConfig, PortUse, SwitchConfig
from telemed_infra.packets import Family
from telemed_infra.plan.platforms import PLATFORMS, PlatformFacts
from telemed_infra.plan.prefix import address_text, mask_text
from telemed_infra.render.h3c_ports import GuardsView, guard_lines, guards_view
from telemed_infra.render.text import mark
from telemed_infra.render.vlans import vlan_lines


class VlanView(NamedTuple):
    """One VLAN block."""

    mark: str
    number: int
    name: str
    recorded: bool  # the switch remembers who has which address in it
    groups_snooped: bool  # groups go to those ports alone that have asked


class PortView(NamedTuple):
    """One interface block of a port."""

    mark: str
    name: str
    description: str
    access_vlan: int | None
    hybrid_vlan: int | None  # of a port that is one for the sake of its guards
    untagged_vlan: int | None  # of a trunk
    permitted: tuple[str, ...]  # of a trunk: VLAN lists, one a line
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
    groups_snooped: bool  # in some VLAN


def switch_view(config: SwitchConfig) -> SwitchView:
    """All of a switch."""
    facts = PLATFORMS[config.platform]
    management = config.management
    guards = guards_view(config)
    return SwitchView(
        mark=mark(config.origins),
        hostname=config.hostname,
        vlans=tuple(
            VlanView(
                mark(one.origins),
                one.number,
                one.name,
                recorded=one.number in guards.recorded,
                groups_snooped=one.snooped,
            )
            for one in config.vlans
        ),
        management_interface=facts.vlan_interface.format(config.management_vlan),
        address=f"{address_text(Family.V4, management.first)} {mask_text(management.length)}",
        address6=config.management6.text if config.management6 else "",
        ports=tuple(_port(one, facts) for one in config.ports),
        gateway=address_text(Family.V4, config.gateway.first),
        gateway6=address_text(Family.V6, config.gateway6.first) if config.gateway6 else "",
        guards=guards,
        groups_snooped=any(one.snooped for one in config.vlans),
    )


def _port(one: PortConfig, facts: PlatformFacts) -> PortView:
    trunk = one.use is PortUse.TRUNK
    access = one.use in {PortUse.ACCESS, PortUse.PARKED} and not one.guards.admits
    return PortView(
        mark=mark(one.origins),
        name=facts.port.format(one.number),
        description=one.description,
        access_vlan=one.vlan if access else None,
        hybrid_vlan=one.vlan if one.guards.admits else None,
        untagged_vlan=one.vlan if trunk else None,
        permitted=vlan_lines(one.vlans) if trunk else (),
        guards=guard_lines(one),
        shut=one.use not in {PortUse.ACCESS, PortUse.TRUNK},
    )
