"""A switch as Huawei VRP5 writes it, and what a router has besides.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from telemed_infra.compile.config import PortConfig, PortUse, SwitchConfig
from telemed_infra.multicast import MulticastRouting
from telemed_infra.packets import Family
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix, address_text, mask_text
from telemed_infra.render import multicast
from telemed_infra.render.huawei_circuits import (
    ROUTER,
    SUITES,
    TRANSPORT,
    Circuit,
    bound,
    circuits,
    gre_lines,
    list_block,
    mtu_of,
    peer_block,
    policy_block,
    suites,
)
from telemed_infra.render.huawei_ipsec import (
    negotiation,
    negotiation_blocks,
    once,
    packet_blocks,
)
from telemed_infra.render.huawei_ports import GuardsView, guard_lines, guards_view
from telemed_infra.render.routing_lines import LOOPBACK, MANAGEMENT_TABLE
from telemed_infra.render.text import mark
from telemed_infra.render.tunnel_groups import Block
from telemed_infra.render.vlans import vlan_lines

LINK_TYPES = {
    PortUse.ACCESS: "access",
    PortUse.PARKED: "access",
    PortUse.TRUNK: "trunk",
}


class VlanView(NamedTuple):
    """One VLAN block."""

    mark: str
    number: int
    name: str
    snooped: bool  # DHCP is watched in it
    groups_snooped: bool  # groups go to those ports alone that have asked


class PortView(NamedTuple):
    """One interface block."""

    mark: str
    name: str
    description: str
    link_type: str
    vlan: int
    allowed: tuple[str, ...]  # VLAN lists, one a line
    shut: bool
    routed: bool
    address: str  # "" for none
    address6: str
    multicast: tuple[str, ...]
    guards: str  # whole lines
    bound: tuple[str, ...]  # what encrypts the circuit


class TunnelView(NamedTuple):
    """The interface of a tunnel over a circuit."""

    mark: str
    name: str
    description: str
    mtu: int
    address: str
    address6: str  # "" for none
    multicast: tuple[str, ...]
    lines: tuple[str, ...]


class SwitchView(NamedTuple):
    """A whole switch."""

    mark: str
    hostname: str
    vlan_batches: tuple[str, ...]
    vlans: tuple[VlanView, ...]
    ports: tuple[PortView, ...]
    management_vlan: int
    management_mark: str
    management_table: str  # of a router, which keeps management apart; "" for none
    distinguisher: str  # of that table's families: none works without a number of its own
    address: str
    address6: str  # "" for none
    gateway: str
    gateway6: str  # "" for none
    spanning_tree: bool  # a router is silent: the switch shuts a port where it hears of a tree
    guards: GuardsView
    multicast: bool
    groups_snooped: bool  # in some VLAN
    loopback: str  # its name; "" for none
    loopback_address: str
    loopback_address6: str  # "" for none
    ipsec: tuple[Block, ...]
    tunnels: tuple[TunnelView, ...]


def switch_view(config: SwitchConfig) -> SwitchView:
    """All of a switch."""
    port = PLATFORMS[config.platform].port
    management = config.management
    guards = guards_view(config)
    loopback4, loopback6 = config.loopback or (None, None)
    encrypted = circuits(config.tunnels, config.lower_ends)
    return SwitchView(
        mark=mark(config.origins),
        hostname=config.hostname,
        vlan_batches=vlan_lines(vlan.number for vlan in config.vlans),
        vlans=tuple(
            VlanView(
                mark(one.origins),
                one.number,
                one.name,
                snooped=one.number in guards.snooped,
                groups_snooped=one.snooped,
            )
            for one in config.vlans
        ),
        ports=tuple(_port(one, port, encrypted, config.multicast) for one in config.ports),
        management_vlan=config.management_vlan,
        management_mark=mark(config.origins),
        management_table=MANAGEMENT_TABLE if config.routes_between_sites else "",
        distinguisher=address_text(Family.V4, management.first),
        address=_masked(management),
        address6=config.management6.text if config.management6 else "",
        gateway=address_text(Family.V4, config.gateway.first),
        gateway6=address_text(Family.V6, config.gateway6.first) if config.gateway6 else "",
        spanning_tree=not config.routes_between_sites,
        guards=guards,
        multicast=bool(config.multicast.speaks),
        groups_snooped=any(one.snooped for one in config.vlans),
        loopback=LOOPBACK if loopback4 else "",
        loopback_address=_masked(loopback4) if loopback4 else "",
        loopback_address6=loopback6.text if loopback6 else "",
        ipsec=tuple(_ipsec(config, encrypted)),
        tunnels=tuple(_tunnel(config, one) for one in config.tunnel_interfaces),
    )


def _ipsec(config: SwitchConfig, encrypted: Sequence[Circuit]) -> Iterator[Block]:
    """Everything about encrypted circuits but the interfaces."""
    origins = mark(config.origins)
    esp = suites(encrypted)
    ike = once(negotiation(one.tunnel) for one in encrypted)
    yield from map(list_block, encrypted)
    yield from packet_blocks(origins, SUITES, esp, TRANSPORT)
    yield from negotiation_blocks(origins, ike)
    yield from (peer_block(one, ike, ROUTER) for one in encrypted)
    yield from (policy_block(one, esp) for one in encrypted)


def _tunnel(config: SwitchConfig, one: Interface) -> TunnelView:
    return TunnelView(
        mark=mark((one.origin,)),
        name=one.name,
        description=one.description,
        mtu=mtu_of(config.tunnels, one.name),
        address=_masked(one.v4) if one.v4 else "",
        address6=one.v6.text if one.v6 else "",
        multicast=multicast.interface_lines(config.multicast, one.name, multicast.VRP),
        lines=gre_lines(config.tunnels, one.name, ROUTER),
    )


def _port(
    one: PortConfig, pattern: str, encrypted: Sequence[Circuit], routed: MulticastRouting
) -> PortView:
    name = pattern.format(one.number)
    trunk = one.use is PortUse.TRUNK
    return PortView(
        mark=mark(one.origins),
        name=name,
        description=one.description,
        link_type=LINK_TYPES.get(one.use, ""),
        vlan=one.vlan,
        allowed=vlan_lines(one.vlans) if trunk else (),
        shut=one.use in {PortUse.PARKED, PortUse.SHUT},
        routed=one.use is PortUse.ROUTED,
        address=_masked(one.v4) if one.v4 else "",
        address6=one.v6.text if one.v6 else "",
        multicast=multicast.interface_lines(routed, name, multicast.VRP),
        guards=guard_lines(one),
        bound=bound(encrypted, name),
    )


def _masked(address: Prefix) -> str:
    return f"{address_text(Family.V4, address.first)} {mask_text(address.length)}"
