"""A firewall as H3C SecPath (Comware 7) writes it.

The text is in the printed normal form: hosts, subnets and port ranges as the device shows them,
groups before interfaces, the policy last. IPv4 and IPv6 have a policy each, and groups of addresses
of their own.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from zlib import crc32

from telemed_infra.compile.config import (
    Addresses,
    FilterRule,
    FirewallConfig,
    Policy,
    Verdict,
    ZoneBinding,
)
from telemed_infra.packets import Family
from telemed_infra.plan.devices import CIRCUIT_ZONE, LOCAL_ZONE, Interface
from telemed_infra.plan.pairs import HEARTBEAT_ZONE
from telemed_infra.plan.prefix import Prefix, address_text, mask_text
from telemed_infra.render import multicast
from telemed_infra.render.administration import wildcarded
from telemed_infra.render.break_outs import Guests, with_next_hop
from telemed_infra.render.h3c_groups import (
    FAMILY_WORDS,
    GroupView,
    address_group_name,
    mask_or_length,
    object_groups,
    service_group_name,
)
from telemed_infra.render.h3c_pair import group_lines, router_lines
from telemed_infra.render.h3c_routing import BFD_LINES
from telemed_infra.render.h3c_tunnels import (
    NO_PEER,
    tunnel_blocks,
    tunnel_interfaces,
    tunnel_routes,
)
from telemed_infra.render.routing_views import Line
from telemed_infra.render.text import mark
from telemed_infra.render.translations import is_boundary, network, span
from telemed_infra.render.tunnel_groups import Block
from telemed_infra.render.virtual_routers import by_interface

LAST_ID = 65_534  # of rules; the rule that denies all the rest has it
TRANSLATED_MAX = 128  # addresses in a line of static NAT: a power of two below 255
FIRST_GUEST_LIST = 2080  # basic lists are 2000–2999; 2000 on are of who administers
INSPECTION = "BOUNDARY"  # the profile that looks for intrusions and malware
UNCOUNTED = (LOCAL_ZONE, HEARTBEAT_ZONE, CIRCUIT_ZONE)  # by these no flow of others comes in
BUILT_IN_ZONES = ("Local", "Trust", "DMZ", "Untrust", "Management")


class InterfaceView(NamedTuple):
    """One interface block."""

    mark: str
    head: str  # its name, of a tunnel with its mode
    port: bool  # a physical one, to be routed
    description: str
    vlan: int | None
    address: str  # "a mask", "" for none
    address6: str  # "a/len", "" for none
    bfd: tuple[str, ...] = ()  # its times, where a session runs over it
    counted: bool = False  # flows of others come in by it: they are told to collectors, if any
    routers: tuple[str, ...] = ()  # virtual ones
    multicast: tuple[str, ...] = ()
    translates: bool = False  # outside addresses are spoken behind it
    guests: tuple[str, ...] = ()  # who stand behind it or leave by it
    tunnel: tuple[str, ...] = ()  # its ends and their protection; of a port what encrypts there


class ZoneView(NamedTuple):
    """One zone of our own."""

    mark: str
    name: str
    members: tuple[str, ...]


class RuleView(NamedTuple):
    """One rule of a security policy."""

    mark: str
    number: int
    name: str
    action: str
    inspected: bool
    logged: bool
    source_zone: str
    destination_zone: str
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    services: tuple[str, ...]


class RulesView(NamedTuple):
    """The policy of one family."""

    family: str
    rules: tuple[RuleView, ...]


class GuestsView(NamedTuple):
    """Who leaves by the carrier's line: a list of them, and their way."""

    mark: str
    name: str
    number: int  # of the list
    sources: str
    next_hop: str


class DeviceView(NamedTuple):
    """What differs between the members of a pair."""

    mark: str
    hostname: str
    open_within_zones: bool
    flows: bool
    multicast: bool
    interfaces: tuple[InterfaceView, ...]
    built_in_zones: tuple[str, ...]
    zones: tuple[ZoneView, ...]
    pair: tuple[str, ...]  # how it stands by the other member; () if it is alone
    translations: tuple[str, ...]
    guests: tuple[GuestsView, ...]
    tunnels: tuple[Block, ...]
    tunnel_routes: tuple[Line, ...]


class PolicyView(NamedTuple):
    """What the members of a pair share."""

    inspection: str  # the profile that looks for intrusions and malware; "": no rule asks for it
    groups: tuple[GroupView, ...]
    families: tuple[RulesView, ...]


def device_view(config: FirewallConfig) -> DeviceView:
    """The device's own part."""
    sync = config.redundancy.sync
    numbered = dict(enumerate(with_next_hop(config), FIRST_GUEST_LIST))
    return DeviceView(
        mark=mark(config.origins),
        hostname=config.hostname,
        open_within_zones=not config.policy.closed_within_zones,
        flows=bool(config.plane and config.plane.flows),
        multicast=bool(config.multicast.speaks),
        interfaces=tuple(_interfaces(config, numbered)),
        built_in_zones=BUILT_IN_ZONES,
        zones=tuple(_zone(one) for one in config.bindings),
        pair=tuple(group_lines(sync)) if sync else (),
        translations=tuple(_translations(config)),
        guests=tuple(
            GuestsView(one.mark, one.name, number, wildcarded(one.sources), one.next_hop)
            for number, one in numbered.items()
        ),
        tunnels=tuple(tunnel_blocks(config)),
        tunnel_routes=tuple(tunnel_routes(config)),
    )


def _translations(config: FirewallConfig) -> Iterator[str]:
    """A line takes 255 addresses at most, so larger networks go in parts."""
    for one in config.translations:
        size = min(TRANSLATED_MAX, one.inside[1] - one.inside[0] + 1)
        for at in range(0, one.inside[1] - one.inside[0] + 1, size):
            first, last = one.inside[0] + at, one.inside[0] + at + size - 1
            outside = network((one.outside[0] + at, one.outside[0] + at + size - 1))
            yield (
                f"nat static outbound net-to-net {span((first, last))} global "
                f"{address_text(Family.V4, outside.first)} {mask_text(outside.length)}"
            )


def policy_view(policy: Policy) -> PolicyView:
    """The shared part: rules, and the groups that they name."""
    groups = object_groups(policy)
    names = frozenset(one.name for one in groups)
    families = tuple(
        RulesView(word, tuple(_rules(policy, family, names)))
        for family, word in FAMILY_WORDS.items()
    )
    used = {name for one in families for rule in one.rules for name in _named(rule)}
    return PolicyView(
        inspection=INSPECTION if any(one.inspected for one in policy.rules) else "",
        groups=tuple(one for one in groups if one.name in used),
        families=families,
    )


def zone_name(zone: str) -> str:
    """Never the name of a built-in zone, whatever its case; no `-` may stand in it."""
    return "Local" if zone == LOCAL_ZONE else f"Z_{zone}"


# ---- interfaces and zones -----------------------------------------------------------------------


def _interfaces(config: FirewallConfig, guests: Mapping[int, Guests]) -> Iterator[InterfaceView]:
    """Loopback, ports by number with their subinterfaces, tunnels."""
    routers = by_interface(config.redundancy.routers)
    tunnels = tunnel_interfaces(config)
    seen: set[str] = set()
    for one in sorted(config.interfaces, key=_place):
        if one.vlan is not None and one.port not in seen:
            yield InterfaceView(
                mark=mark((one.origin,)),
                head=one.port,
                port=True,
                description="",
                vlan=None,
                address="",
                address6="",
            )
        seen.add(one.port)
        tunnel = tunnels.get(one.name, NO_PEER)
        yield InterfaceView(
            mark=mark((one.origin,)),
            head=f"{one.name} mode {tunnel.mode}" if _is_tunnel(one) else one.name,
            port=one.name == one.port,
            description=one.description,
            vlan=one.vlan,
            address=f"{address_text(Family.V4, one.v4.first)} {mask_text(one.v4.length)}"
            if one.v4
            else "",
            address6=one.v6.text if one.v6 else "",
            bfd=BFD_LINES if one.name in config.watched else (),
            counted=bool(one.v4) and one.zone not in UNCOUNTED,
            translates=is_boundary(config, one),
            guests=tuple(_guest_lines(guests, one)),
            routers=tuple(router_lines(routers.get(one.name, ()))),
            multicast=multicast.interface_lines(config.multicast, one.name, multicast.VRP),
            tunnel=tunnel.lines,
        )


def _guest_lines(guests: Mapping[int, Guests], interface: Interface) -> Iterator[str]:
    """The way of who comes in by a port, and the address of who leaves by it: its own."""
    for number, one in guests.items():
        if one.egress == interface.name:
            yield f"nat outbound {number}"
        if one.ingress == interface.name:
            yield f"ip policy-based-route {one.name}"


def _place(one: Interface) -> tuple[int, int, int]:
    if _is_tunnel(one):
        return (2, int(one.name.removeprefix("Tunnel")), 0)
    number = one.port.rpartition("/")[2]
    return (int(bool(number)), int(number or 0), one.vlan or 0)


def _is_tunnel(one: Interface) -> bool:
    return not one.port and one.zone != LOCAL_ZONE


def _zone(binding: ZoneBinding) -> ZoneView:
    return ZoneView(
        mark=mark(dict.fromkeys(one.origin for one in binding.interfaces)),
        name=zone_name(binding.zone),
        members=tuple(one.name for one in binding.interfaces),
    )


# ---- rules --------------------------------------------------------------------------------------


def _rules(policy: Policy, family: Family, groups: frozenset[str]) -> Iterator[RuleView]:
    """The rules that speak of a family; one that would match nothing in it is not written."""
    services = {
        one.name: name
        for one in policy.service_sets
        if (name := service_group_name(one, family)) in groups
    }
    taken: set[int] = set()
    for rule in policy.rules:
        sources = _addresses("source", rule.sources, family, groups)
        destinations = _addresses("destination", rule.destinations, family, groups)
        used = tuple(services[name] for name in rule.services if name in services)
        if sources is None or destinations is None or (rule.services and not used):
            continue
        number = LAST_ID if rule is policy.rules[-1] else _number(rule, taken)
        yield _rule(rule, family, number, sources, destinations, used)


def _rule(
    rule: FilterRule,
    family: Family,
    number: int,
    sources: tuple[str, ...],
    destinations: tuple[str, ...],
    services: tuple[str, ...],
) -> RuleView:
    return RuleView(
        mark=mark(rule.origins),
        number=number,
        name=rule.name if family is Family.V4 else f"{rule.name}-v6",  # unique on the device
        action="pass" if rule.verdict is Verdict.PERMIT else "drop",
        inspected=rule.inspected,
        logged=rule.logged,
        source_zone=zone_name(rule.zone_in) if rule.zone_in else "",
        destination_zone=zone_name(rule.zone_out) if rule.zone_out else "",
        sources=sources,
        destinations=destinations,
        services=services,
    )


def _number(rule: FilterRule, taken: set[int]) -> int:
    """By the rule's name, so that a new rule leaves the numbers of the others alone.

    The order of the text decides what matches first. All rules but the last permit, so even who
    sorted them by number would judge alike.
    """
    number = crc32(rule.name.encode()) % LAST_ID
    while number in taken:
        number = (number + 1) % LAST_ID
    taken.add(number)
    return number


def _named(rule: RuleView) -> Iterator[str]:
    """The groups of a rule, among the addresses that stand in it."""
    for line in (*rule.sources, *rule.destinations):
        yield line.partition(" ")[2]
    yield from rule.services


def _addresses(
    side: str, addresses: Addresses | None, family: Family, groups: frozenset[str]
) -> tuple[str, ...] | None:
    """Lines of a rule, () for any; None if there is no such address in this family."""
    if addresses is None:
        return ()
    if isinstance(addresses, str):
        name = address_group_name(addresses, family)
        return (f"{side}-ip {name}",) if name in groups else None
    inline = tuple(_inline(side, one) for one in addresses if one.family is family)
    return inline or None


def _inline(side: str, prefix: Prefix) -> str:
    text = address_text(prefix.family, prefix.first)
    if prefix.length == prefix.family.bits:
        return f"{side}-ip-host {text}"
    return f"{side}-ip-subnet {text} {mask_or_length(prefix)}"
