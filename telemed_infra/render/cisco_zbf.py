"""A router with the zone-based firewall as Cisco IOS writes it.

The text is in the printed normal form, but for two things that a load line by line wants: the
version of VRRP stands before the interfaces, and ports are opened, which are shut as delivered.

Each way between zones that has rules is a pair with a policy of its own. What `inspect` tracks
stands in one class for each family; what it does not (ESP, VRRP, neighbour discovery) in another
that passes it: such rules come in both directions. So does what is sent to groups, one way alone:
nobody answers. Within a zone, and from and to the device (`self`), everything is open without a
pair, so these pairs are written even where nothing may pass.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from telemed_infra.compile.config import (
    Addresses,
    FilterRule,
    FirewallConfig,
    Policy,
    Verdict,
)
from telemed_infra.multicast import MULTICAST
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.plan.devices import CIRCUIT_ZONE, LOCAL_ZONE, Interface
from telemed_infra.plan.prefix import address_text, mask_text, parts
from telemed_infra.render import multicast
from telemed_infra.render.break_outs import behind, leaving_by, with_next_hop
from telemed_infra.render.cisco_administration import FLOWS
from telemed_infra.render.cisco_groups import GroupView, groups
from telemed_infra.render.cisco_lists import (
    Service,
    end_text,
    printed,
    services,
)
from telemed_infra.render.cisco_pair import RouterView, router_views, track_numbers
from telemed_infra.render.cisco_routing import BFD_LINES
from telemed_infra.render.cisco_tunnels import (
    LOOPBACK,
    TEMPLATE,
    negotiation_blocks,
    protection_blocks,
    tunnel_lines,
)
from telemed_infra.render.text import mark
from telemed_infra.render.translations import is_boundary, is_inside, network
from telemed_infra.render.tunnel_groups import HEADERS, Block
from telemed_infra.render.virtual_routers import by_interface

SELF = "self"  # the device, as a zone
NO_ADDRESS = "no ip address"
CLOSED = "DENY-ALL"  # the policy of pairs through which nothing may pass
UNCOUNTED = (LOCAL_ZONE, CIRCUIT_ZONE)  # by these no flow of others comes in
ACTIONS = {True: "inspect", False: "pass"}

Way = tuple[str, str]


class EntryView(NamedTuple):
    """A rule in a list: a remark with its name, and what it permits beyond earlier rules."""

    mark: str
    name: str
    lines: tuple[str, ...]


class ListView(NamedTuple):
    """An access list, and what its class does."""

    name: str
    ipv6: bool
    action: str
    entries: tuple[EntryView, ...]


class PairView(NamedTuple):
    """A way between two zones and its policy."""

    name: str
    source: str
    destination: str
    policy: str
    lists: tuple[ListView, ...]  # () for the closed policy


class PolicyView(NamedTuple):
    """What the members of a pair share."""

    mark: str  # of what the platform needs and no line of the inventory asks for
    groups: tuple[GroupView, ...]
    closed: str
    zones: tuple[str, ...]
    pairs: tuple[PairView, ...]


class Sizes(NamedTuple):
    """The largest packets of an interface, and TCP's segments in each family, in octets."""

    packet: int
    segment: int
    segment6: int


class InterfaceView(NamedTuple):
    """One interface block."""

    mark: str
    name: str  # of a template with its type
    description: str
    vlan: int | None
    address: str  # its line
    address6: str  # "A/len", "" for none
    zone: str  # "" for none
    bfd: tuple[str, ...] = ()
    counted: bool = False  # flows come in by it: they are told to the collectors, if there are any
    routers: tuple[RouterView, ...] = ()  # virtual ones
    multicast: tuple[str, ...] = ()
    side: str = ""  # of the translation: inside, outside; "" for neither
    sizes: Sizes | None = None  # None: the port's own
    tunnel: tuple[str, ...] = ()  # its ends and their protection
    physical: bool = False  # a port: shut as delivered
    way: str = ""  # of guests behind it, whatever other routes say


class GuestsView(NamedTuple):
    """Who leaves by the carrier's line: a list of them, their way, and their address outside."""

    mark: str
    name: str
    egress: str
    sources: str
    next_hop: str


class DeviceView(NamedTuple):
    """What differs between the members of a pair."""

    mark: str
    hostname: str
    ipv6: bool
    multicast: bool
    interfaces: tuple[InterfaceView, ...]
    monitor: str  # of flows; "" for none
    objects: tuple[tuple[int, str], ...]  # tracked: number, interface
    paired: bool
    translations: tuple[str, ...]
    guests: tuple[GuestsView, ...]
    negotiation: tuple[Block, ...]  # IKEv2
    protection: tuple[Block, ...]  # IPsec


def device_view(config: FirewallConfig) -> DeviceView:
    """The device's own part."""
    objects = track_numbers(config.redundancy.routers)
    return DeviceView(
        mark=mark(config.origins),
        hostname=config.hostname,
        ipv6=config.ipv6,
        multicast=bool(config.multicast.speaks),
        interfaces=tuple(_interfaces(config, objects)),
        monitor=FLOWS if config.plane and config.plane.flows else "",
        objects=tuple((number, name) for name, number in objects.items()),
        paired=bool(config.redundancy.routers),
        translations=tuple(_translations(config)),
        guests=tuple(
            GuestsView(one.mark, one.name, one.egress, end_text(one.sources), one.next_hop)
            for one in with_next_hop(config)
        ),
        negotiation=tuple(negotiation_blocks(config)),
        protection=tuple(protection_blocks(config)),
    )


def policy_view(policy: Policy) -> PolicyView:
    """The shared part: the pairs with their lists, and the groups that these name."""
    pairs = tuple(_pairs(policy))
    rules = (rule for pair in pairs for one in pair.lists for rule in one.entries)
    used = {word for rule in rules for line in rule.lines for word in line.split()}
    return PolicyView(
        mark=mark(()),
        groups=tuple(groups(policy, used)),
        closed=CLOSED,
        zones=policy.zones,
        pairs=pairs,
    )


def zone_name(zone: str) -> str:
    """A zone by the name that the device has for it."""
    return SELF if zone == LOCAL_ZONE else zone


def _translations(config: FirewallConfig) -> Iterator[str]:
    for one in config.translations:
        inside, outside = network(one.inside), network(one.outside)
        yield (
            f"ip nat inside source static network {address_text(Family.V4, inside.first)} "
            f"{address_text(Family.V4, outside.first)} /{inside.length}"
        )


def _side(config: FirewallConfig, one: Interface) -> str:
    found = with_next_hop(config)
    if is_inside(config, one) or behind(found, one):
        return "inside"
    return "outside" if is_boundary(config, one) or leaving_by(found, one) else ""


# ---- interfaces ---------------------------------------------------------------------------------


def _interfaces(config: FirewallConfig, objects: Mapping[str, int]) -> Iterator[InterfaceView]:
    """Loopback, tunnels, ports by number with their subinterfaces, templates of tunnels."""
    routers = by_interface(config.redundancy.routers)
    tunnels = tunnel_lines(config)
    sizes = {one.interface: _sizes(one.mtu) for one in config.tunnels if one.mtu}
    ways = {one.ingress: one.name for one in with_next_hop(config)}
    zones = {one.name: bound.zone for bound in config.bindings for one in bound.interfaces}
    seen: set[str] = set()
    for one in sorted(config.interfaces, key=_place):
        if one.vlan is not None and one.port not in seen:
            yield InterfaceView(
                mark((one.origin,)), one.port, "", None, NO_ADDRESS, "", "", physical=True
            )
        seen.add(one.port)
        yield InterfaceView(
            mark=mark((one.origin,)),
            name=f"{one.name} type tunnel" if _is_template(one) else one.name,
            description=one.description,
            vlan=one.vlan,
            address=_address(one),
            address6=f"{printed(Family.V6, one.v6.first)}/{one.v6.length}" if one.v6 else "",
            zone=zones.get(one.name, ""),
            bfd=BFD_LINES if one.name in config.watched else (),
            counted=bool(one.v4) and one.zone not in UNCOUNTED,
            side=_side(config, one),
            routers=tuple(router_views(one, routers.get(one.name, ()), objects)),
            sizes=sizes.get(one.name),
            multicast=multicast.interface_lines(config.multicast, one.name, multicast.IOS),
            tunnel=tunnels.get(one.name, ()),
            physical=bool(one.port) and one.name == one.port,
            way=ways.get(one.name, ""),
        )


def _address(one: Interface) -> str:
    if _is_template(one):
        return f"ip unnumbered {LOOPBACK}"
    if one.v4 is None:
        return NO_ADDRESS
    return f"ip address {address_text(Family.V4, one.v4.first)} {mask_text(one.v4.length)}"


def _sizes(packet: int) -> Sizes:
    return Sizes(packet, packet - HEADERS[Family.V4], packet - HEADERS[Family.V6])


def _place(one: Interface) -> tuple[int, int, int]:
    """As the device prints them; a loopback and tunnels stand on no port."""
    if one.port:
        return (2, int(one.port.rpartition("/")[2]), one.vlan or 0)
    if _is_template(one):
        return (3, int(one.name.removeprefix(TEMPLATE)), 0)
    if one.zone == LOCAL_ZONE:
        return (0, 0, 0)
    return (1, int(one.name.removeprefix("Tunnel")), 0)


def _is_template(one: Interface) -> bool:
    return one.name.startswith(TEMPLATE)


# ---- ways and their lists -----------------------------------------------------------------------


def _pairs(policy: Policy) -> Iterator[PairView]:
    """Every way with rules, and every one that would be open without a pair."""
    rules = _by_way(policy)
    writer = _Lists(policy)
    zones = (*policy.zones, LOCAL_ZONE)
    for way in product(zones, zones):
        inside = way[0] == way[1]
        if way == (LOCAL_ZONE, LOCAL_ZONE) or (inside and not policy.closed_within_zones):
            continue
        lists = tuple(writer.of(way, rules.get(way, ())))
        if lists or inside or LOCAL_ZONE in way:
            source, destination = (zone_name(zone) for zone in way)
            name = f"{source}-{destination}"
            yield PairView(name, source, destination, name if lists else CLOSED, lists)


def _by_way(policy: Policy) -> Mapping[Way, list[FilterRule]]:
    """The rules that permit, by their way; what they leave is what pairs and policies deny.

    Raises:
        ValueError: the policy is no list of permits with one deny behind it, or a rule does not
            say its way or its services; the platform cannot write that.
    """
    found: dict[Way, list[FilterRule]] = {}
    *rules, last = policy.rules
    if last.verdict is not Verdict.DENY or last.services or last.zone_in or last.zone_out:
        raise ValueError(f"{last.name}: the last rule of a zone firewall denies all the rest")
    for rule in rules:
        if rule.verdict is not Verdict.PERMIT or not (
            rule.zone_in and rule.zone_out and rule.services
        ):
            raise ValueError(f"{rule.name}: a rule permits services from one zone to another")
        found.setdefault((rule.zone_in, rule.zone_out), []).append(rule)
    return found


class _Lists:
    """Writes the lists of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._sets = {one.name: one for one in policy.address_sets}
        self._apps = {one.name: one.app for one in policy.service_sets}

    def of(self, way: Way, rules: Iterable[FilterRule]) -> Iterator[ListView]:
        """The lists of a way that hold anything, by action and family."""
        known = tuple(rules)
        stem = "-".join(map(zone_name, way))
        for inspected, family in product(ACTIONS, FAMILIES):
            entries = tuple(self._entries(way, known, family, inspected=inspected))
            if entries:
                name = f"{stem}{'' if inspected else '-PASS'}-v{family}"
                yield ListView(name, family is Family.V6, ACTIONS[inspected], entries)

    def _entries(
        self, way: Way, rules: Iterable[FilterRule], family: Family, *, inspected: bool
    ) -> Iterator[EntryView]:
        # What is for the device itself looks at no object group; lists of IPv6 know none.
        groups = family is Family.V4 and LOCAL_ZONE not in way
        said: set[str] = set()
        for rule in rules:
            wanted = self._services(rule, family, inspected=inspected)
            sources = self._ends(rule.sources, family, groups=groups)
            destinations = self._ends(rule.destinations, family, groups=groups)
            lines = tuple(
                f"permit {one.protocol} {source} {destination}{one.ports}"
                for one, source, destination in product(wanted, sources, destinations)
            )
            if lines:
                # A device keeps one of two equal entries; the remark says that the rule is there.
                new = tuple(one for one in dict.fromkeys(lines) if one not in said)
                said.update(new)
                yield EntryView(mark(rule.origins), rule.name, new)

    def _services(self, rule: FilterRule, family: Family, *, inspected: bool) -> list[Service]:
        found = (one for name in rule.services for one in services(self._apps[name], family))
        many = _to_many(rule.destinations)
        return [one for one in dict.fromkeys(found) if (one.inspected and not many) is inspected]

    def _ends(self, addresses: Addresses | None, family: Family, *, groups: bool) -> list[str]:
        """One side of a rule in a family, [] if it has no such address."""
        if addresses is None:
            return ["any"]
        if not isinstance(addresses, str):
            return [end_text(one) for one in addresses if one.family is family]
        entries = [one.prefix for one in self._sets[addresses].of(family)]
        if groups and entries:
            return [f"object-group {addresses}"]
        return [end_text(part) for one in entries for part in parts(one)]


def _to_many(addresses: Addresses | None) -> bool:
    """Whether a rule speaks of groups alone; these stand in the rule itself."""
    low, high = MULTICAST
    return isinstance(addresses, tuple) and all(
        one.family is Family.V4 and low <= one.first <= one.last <= high for one in addresses
    )
