"""A switch as Ruijie RGOS writes it.

The order inside of an interface is that of RGOS 10.4: what the port carries, its guards,
`shutdown`, the description last. What is the default is not written, as it is not printed: an
access port has no `switchport mode`.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.compile.config import PortConfig, PortUse, SwitchConfig
from telemed_infra.management_plane import PortGuards
from telemed_infra.packets import Family
from telemed_infra.plan.platforms import PLATFORMS, PlatformFacts
from telemed_infra.plan.prefix import address_text, mask_text
from telemed_infra.render.administration import refusal, refuse_unasked, watched_vlans
from telemed_infra.render.text import mark
from telemed_infra.render.vlans import vlan_list

PLATFORM = "ruijie_rgos"


class VlanView(NamedTuple):
    """One VLAN block."""

    mark: str
    number: int
    name: str


class PortView(NamedTuple):
    """One interface block of a port."""

    mark: str
    name: str
    access_vlan: int | None
    allowed: str  # of a trunk: its VLANs; "": it is none
    native_vlan: int
    guards: str  # whole lines
    shut: bool
    description: str


class SwitchView(NamedTuple):
    """A whole switch."""

    mark: str
    hostname: str
    vlans: tuple[VlanView, ...]
    ports: tuple[PortView, ...]
    asked: str  # who knows the hosts behind ports; "" where no port asks
    snooping: bool  # of DHCP
    unwatched: str  # VLANs in which it is not; "" for none
    management_interface: str
    address: str
    address6: str  # "" for none
    gateway: str
    gateway6: str  # "" for none


def switch_view(config: SwitchConfig) -> SwitchView:
    """All of a switch.

    Raises:
        ValueError: ports differ in what is told once for all of them or of VLANs, a trunk carries
            nothing, or ports ask who plugs in and no server is named.
    """
    facts = PLATFORMS[config.platform]
    own4, own6 = config.management, config.management6
    guards = frozenset(one.guards for one in config.ports)
    refuse_unasked(guards, config.plane, PLATFORM)
    watched = watched_vlans(config.ports, PLATFORM)
    carried = {vlan for one in config.ports for vlan in _carried(one)}
    return SwitchView(
        mark=mark(config.origins),
        hostname=config.hostname,
        vlans=tuple(VlanView(mark(one.origins), one.number, one.name) for one in config.vlans),
        ports=tuple(_port(one, facts) for one in config.ports),
        asked=_asked(guards),
        snooping=bool(watched) or any(one.trusted for one in guards),
        unwatched=vlan_list(carried - watched),
        management_interface=facts.vlan_interface.format(config.management_vlan),
        address=f"{address_text(Family.V4, own4.first)} {mask_text(own4.length)}",
        address6=f"{address_text(Family.V6, own6.first)}/{own6.length}" if own6 else "",
        gateway=address_text(Family.V4, config.gateway.first),
        gateway6=address_text(Family.V6, config.gateway6.first) if config.gateway6 else "",
    )


def _port(one: PortConfig, facts: PlatformFacts) -> PortView:
    trunk = one.use is PortUse.TRUNK
    if trunk and not one.vlans:
        raise refusal(PLATFORM, "trunk", f"port {one.number} carries no VLAN: there are no words")
    return PortView(
        mark=mark(one.origins),
        name=facts.port.format(one.number),
        access_vlan=one.vlan if one.use in {PortUse.ACCESS, PortUse.PARKED} else None,
        allowed=vlan_list(one.vlans) if trunk else "",
        native_vlan=one.vlan,
        guards=guard_lines(one.guards),
        shut=one.use not in {PortUse.ACCESS, PortUse.TRUNK},
        description=one.description,
    )


def _asked(guards: frozenset[PortGuards]) -> str:
    """The methods of the one list: `none` is tried when no server answers, and lets everyone in."""
    admits = {one.admits for one in guards if one.dot1x or one.mac_bypass}
    if len(admits) > 1:
        raise refusal(PLATFORM, "guards admits", "all ports of a switch that ask, or none")
    return f"group radius{' none' if admits == {True} else ''}" if admits else ""


def _carried(one: PortConfig) -> tuple[int, ...]:
    if one.use is PortUse.ACCESS:
        return (one.vlan,)
    return one.vlans if one.use is PortUse.TRUNK else ()


@lru_cache(maxsize=256)
def guard_lines(guards: PortGuards) -> str:
    """The lines of a port; alike ports have them from here."""
    return "".join(f" {line}\n" for line in _lines(guards))


def _lines(one: PortGuards) -> Iterator[str]:
    if one.addresses_max is not None:
        yield "switchport port-security"
        yield f"switchport port-security maximum {one.addresses_max}"
        yield "switchport port-security violation restrict"
    if one.source_guard:
        yield "ip verify source"
    if one.trusted:
        yield "ip dhcp snooping trust"
    if one.edge:
        yield "spanning-tree portfast"
    if one.bpdu_guard:
        yield "spanning-tree bpduguard enable"
    if one.dot1x or one.mac_bypass:
        yield from _asking(one)


def _asking(one: PortGuards) -> Iterator[str]:
    """A port that asks who plugs in."""
    if not one.dot1x:
        raise refusal(PLATFORM, "guards mac_bypass", "802.1X is asked before a MAC address")
    yield "dot1x port-control auto"
    if one.mac_bypass:
        yield "dot1x mac-auth-bypass"
