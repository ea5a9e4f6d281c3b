"""A firewall as Huawei USG6000 V500 writes it.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from telemed_infra.compile.config import (
    Addresses,
    AddressSet,
    FilterRule,
    FirewallConfig,
    Policy,
    ServiceSet,
    ZoneBinding,
)
from telemed_infra.compile.naming import LONGEST
from telemed_infra.packets import Family
from telemed_infra.plan.devices import LOCAL_ZONE, Interface
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix, Span, address_text, mask_text
from telemed_infra.redundancy import StateSync, VirtualRouter
from telemed_infra.render import multicast
from telemed_infra.render.break_outs import Guests, with_next_hop
from telemed_infra.render.huawei_circuits import mtu_of
from telemed_infra.render.huawei_tunnels import interface_lines, tunnel_blocks
from telemed_infra.render.text import mark
from telemed_infra.render.translations import boundary_zones, span
from telemed_infra.render.tunnel_groups import Block
from telemed_infra.render.virtual_routers import STANDBY_COST, by_interface, rank_word

FIRST_ZONE_ID = 4  # 0–3 are built in
FIRST_PRIORITY = 10  # 5, 50, 85 and 100 are built in; unique in 1–100
TAKEN_PRIORITIES = (50, 85)
SET_LINES_MAX = PLATFORMS["huawei_usg"].set_lines_max
SERVICE_PREFIX = "A-"  # so that no set has the name of a predefined service


class InterfaceView(NamedTuple):
    """One interface block."""

    mark: str
    name: str
    description: str
    vlan: int | None
    address: str  # "a mask", "" for none
    address6: str  # "a len", "" for none
    routers: tuple[str, ...] = ()  # virtual ones, of IPv4
    routers6: tuple[str, ...] = ()
    multicast: tuple[str, ...] = ()
    tunnel: tuple[str, ...] = ()  # what it is to tunnels: their interface, or a circuit's port
    mtu: int = 0  # octets; 0: the platform's own


class ZoneView(NamedTuple):
    """One zone of our own."""

    mark: str
    name: str
    id: int
    priority: int
    members: tuple[str, ...]


class LineView(NamedTuple):
    """One numbered line of a set."""

    mark: str
    number: int
    text: str


class SetView(NamedTuple):
    """An address set or a service set."""

    mark: str
    name: str
    lines: tuple[LineView, ...]


class RuleView(NamedTuple):
    """One rule of the security policy."""

    mark: str
    name: str
    logged: bool
    source_zone: str
    destination_zone: str
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    services: tuple[str, ...]
    inspected: bool
    action: str


class GuestsView(NamedTuple):
    """Who leaves by the carrier's line: a rule of the ways, and one of the addresses outside."""

    mark: str
    name: str
    ingress: str
    egress: str
    zone_in: str
    zone_out: str
    sources: str
    next_hop: str


class DeviceView(NamedTuple):
    """What differs between the members of a pair."""

    mark: str
    hostname: str
    ipv6: bool
    multicast: bool
    tunnels: tuple[Block, ...]
    interfaces: tuple[InterfaceView, ...]
    zones: tuple[ZoneView, ...]
    pair: tuple[str, ...]  # how it stands by the other member; () if it is alone
    translations: tuple[str, ...]
    guests: tuple[GuestsView, ...]


class PolicyView(NamedTuple):
    """What the members of a pair share."""

    address_sets: tuple[SetView, ...]
    service_sets: tuple[SetView, ...]
    closed_within_zones: bool
    rules: tuple[RuleView, ...]


def device_view(config: FirewallConfig) -> DeviceView:
    """The device's own part."""
    routers = by_interface(config.redundancy.routers)
    return DeviceView(
        mark=mark(config.origins),
        hostname=config.hostname,
        ipv6=config.ipv6,
        multicast=bool(config.multicast.speaks),
        tunnels=tuple(tunnel_blocks(config)),
        interfaces=tuple(
            _interface(one, routers.get(one.name, ()))._replace(
                multicast=multicast.interface_lines(config.multicast, one.name, multicast.VRP),
                tunnel=interface_lines(config, one.name),
                mtu=mtu_of(config.tunnels, one.name),
            )
            for one in config.interfaces
        ),
        zones=tuple(_zone(number, one) for number, one in enumerate(config.bindings)),
        pair=tuple(_pair(config.redundancy.sync)) if config.redundancy.sync else (),
        translations=tuple(_translations(config)),
        guests=tuple(map(_guests, with_next_hop(config))),
    )


def _guests(one: Guests) -> GuestsView:
    return GuestsView(
        mark=one.mark,
        name=one.name,
        ingress=one.ingress,
        egress=one.egress,
        zone_in=zone_name(one.zone_in),
        zone_out=zone_name(one.zone_out),
        sources=_inline(one.sources),
        next_hop=one.next_hop,
    )


def _translations(config: FirewallConfig) -> Iterator[str]:
    """Both ways: a server without `no-reverse` goes out by its outside address too."""
    for zone in boundary_zones(config):
        for number, one in enumerate(config.translations, 1):
            yield (
                f"nat server INSIDE-{number}-{zone} zone {zone_name(zone)} "
                f"global {span(one.outside)} inside {span(one.inside)}"
            )


def policy_view(policy: Policy) -> PolicyView:
    """The shared part: sets and rules."""
    parts = {one.name: _part_names(one) for one in policy.address_sets}
    return PolicyView(
        address_sets=tuple(view for one in policy.address_sets for view in _address_sets(one)),
        service_sets=tuple(_service_set(one) for one in policy.service_sets),
        closed_within_zones=policy.closed_within_zones,
        rules=tuple(_rule(one, parts) for one in policy.rules),
    )


def zone_name(zone: str) -> str:
    """Our zones never have the name of a built-in one, whatever its case."""
    return "local" if zone == LOCAL_ZONE else f"Z-{zone}"


def _interface(one: Interface, routers: Iterable[VirtualRouter]) -> InterfaceView:
    return InterfaceView(
        mark=mark((one.origin,)),
        name=one.name,
        description=one.description,
        vlan=one.vlan,
        address=f"{address_text(Family.V4, one.v4.first)} {mask_text(one.v4.length)}"
        if one.v4
        else "",
        address6=f"{address_text(Family.V6, one.v6.first)} {one.v6.length}" if one.v6 else "",
        routers=tuple(
            f"vrrp vrid {each.number} virtual-ip {address_text(Family.V4, address)} "
            f"{rank_word(each)}"
            for each in routers
            if each.family is Family.V4
            for address in each.addresses
        ),
        routers6=tuple(
            line for each in routers if each.family is Family.V6 for line in _router6(each)
        ),
    )


def _router6(one: VirtualRouter) -> Iterator[str]:
    """The link-local address makes the group and has the rank; others follow without one."""
    first, *others = (address_text(Family.V6, each) for each in one.addresses)
    yield f"vrrp6 vrid {one.number} virtual-ip {first} link-local {rank_word(one)}"
    for address in others:
        yield f"vrrp6 vrid {one.number} virtual-ip {address}"


def _pair(sync: StateSync) -> Iterator[str]:
    """HRP, in the order in which the device prints it."""
    yield "hrp enable"
    if not sync.first:
        yield "hrp standby-device"
    yield f"hrp interface {sync.interface} remote {address_text(Family.V4, sync.remote)}"
    yield "undo hrp preempt" if sync.preempt_s is None else f"hrp preempt delay {sync.preempt_s}"
    if not sync.configuration:
        yield "undo hrp auto-sync config"
    if sync.sessions:
        yield "hrp mirror session enable"
    if sync.routes_follow:
        yield f"hrp adjust bgp-cost enable {STANDBY_COST}"
    for name in sorted(sync.tracked):
        yield f"hrp track interface {name}"


def _zone(number: int, binding: ZoneBinding) -> ZoneView:
    priority = FIRST_PRIORITY + number
    priority += sum(1 for taken in TAKEN_PRIORITIES if priority >= taken)
    return ZoneView(
        mark=mark(dict.fromkeys(one.origin for one in binding.interfaces)),
        name=zone_name(binding.zone),
        id=FIRST_ZONE_ID + number,
        priority=priority,
        members=tuple(one.name for one in binding.interfaces),
    )


def _part_names(one: AddressSet) -> tuple[str, ...]:
    """A set with more lines than the platform takes becomes several: NAME, NAME.2 and so on."""
    count = (len(one.entries) - 1) // SET_LINES_MAX
    stem = one.name[: LONGEST - 2]
    return (one.name, *(f"{stem}.{number + 2}" for number in range(count)))


def _address_sets(one: AddressSet) -> Iterator[SetView]:
    for part, name in enumerate(_part_names(one)):
        entries = one.entries[part * SET_LINES_MAX : (part + 1) * SET_LINES_MAX]
        yield SetView(
            mark(one.origins),
            name,
            tuple(
                LineView(mark(entry.origins), number, _address(entry.prefix))
                for number, entry in enumerate(entries)
            ),
        )


def _address(prefix: Prefix | Span) -> str:
    if isinstance(prefix, Span):
        return f"range {span(prefix.range)}"
    text = address_text(prefix.family, prefix.first)
    return (
        f"{text} mask {prefix.length}" if prefix.family is Family.V4 else f"{text} {prefix.length}"
    )


def _addresses(
    addresses: Addresses | None, parts: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    if isinstance(addresses, str):
        return tuple(f"address-set {name}" for name in parts[addresses])
    return tuple(_inline(prefix) for prefix in addresses or ())


def _inline(prefix: Prefix) -> str:
    text = address_text(prefix.family, prefix.first)
    if prefix.family is Family.V6:
        return f"{text} {prefix.length}"
    return f"{text} mask {mask_text(prefix.length)}"


def _service_set(one: ServiceSet) -> SetView:
    texts: list[str] = []
    for protocol, numbers in (("tcp", one.app.tcp), ("udp", one.app.udp)):
        if numbers:
            ranges = " ".join(str(number).replace("-", " to ") for number in numbers)
            texts.append(f"{protocol} destination-port {ranges}")
    texts += [f"icmp icmp-type {kind} 0 to 255" for kind in one.app.icmp or ()]
    texts += [f"icmpv6 icmpv6-type {kind} 0 to 255" for kind in one.app.icmp6 or ()]
    texts += [str(protocol) for protocol in one.app.protocol or ()]
    own = mark(one.origins)
    return SetView(
        own,
        SERVICE_PREFIX + one.name,
        tuple(LineView(own, number, text) for number, text in enumerate(texts)),
    )


def _rule(one: FilterRule, parts: Mapping[str, tuple[str, ...]]) -> RuleView:
    return RuleView(
        mark=mark(one.origins),
        name=one.name,
        logged=one.logged,
        source_zone=zone_name(one.zone_in) if one.zone_in else "",
        destination_zone=zone_name(one.zone_out) if one.zone_out else "",
        sources=_addresses(one.sources, parts),
        destinations=_addresses(one.destinations, parts),
        services=tuple(SERVICE_PREFIX + name for name in one.services),
        inspected=one.inspected,
        action=one.verdict.value,
    )
