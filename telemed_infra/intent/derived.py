"""Openings that no policy writes: the network's own protocols, and what is merely tolerated.

Each row of `DERIVED` is one protocol on one kind of interface of an enforcement point. Derived
openings always begin or end at the device itself (zone LOCAL).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from msgspec import structs

from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.model.schema.base import Origin
from telemed_infra.model.schema.network_file import Multicast
from telemed_infra.plan.devices import CIRCUIT_ZONE, GATEWAY_HOST, LINE_ZONE, Interface
from telemed_infra.plan.multicast import joins_neighbours
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.points import EnforcementPoint, Standing
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.sites import ZonePlan
from telemed_infra.redundancy import SyncKind

LOCAL = "LOCAL"
VRRP_GROUP, VRRP_GROUP6 = prefix("224.0.0.18/32"), prefix("ff02::12/128")
LINK_LOCAL, UNSPECIFIED = prefix("fe80::/10"), prefix("::/128")
LINK_MULTICAST = prefix("ff02::/16")
PIM_ROUTERS = prefix("224.0.0.13/32")  # RFC 7761
ALL_SYSTEMS, IGMP_ROUTERS = prefix("224.0.0.1/32"), prefix("224.0.0.22/32")  # RFC 9776


@dataclass(frozen=True, slots=True)
class DerivedPolicy:
    """A protocol of the network's own."""

    id: str
    title: str
    apps: tuple[str, ...]
    tolerated: bool = False


BGP = DerivedPolicy("D0001", "BGP and BFD with the other end of a routed line", ("bgp", "bfd"))
IKE = DerivedPolicy("D0002", "IPsec between a township and its county head", ("ike", "esp"))
VRRP = DerivedPolicy("D0003", "VRRP between the members of a pair", ("vrrp",))
HEARTBEAT = DerivedPolicy(
    "D0004", "state synchronisation between the members", ("hrp", "rbm", "conntrackd")
)
NEIGHBOURS = DerivedPolicy("D0005", "IPv6 neighbour discovery", ("nd",))
SOLICITED = DerivedPolicy("D0006", "hosts of a zone ask for their router", ("router-solicit",))
ADVERTISED = DerivedPolicy("D0007", "the router answers the hosts of a zone", ("router-advert",))
EDGES = DerivedPolicy(
    "D0008", "BGP and BFD between service edges and their centre's core routers", ("bgp", "bfd")
)
EDGE_PAIR = DerivedPolicy("D0009", "VRRP between the service edges of a centre", ("vrrp",))
CIRCUIT = DerivedPolicy(
    "D0010", "IPsec between the two ends of a circuit, and GRE in it", ("ike", "esp", "gre")
)
PIM = DerivedPolicy("D0011", "PIM between those who forward lectures to many", ("pim",))
IGMP = DerivedPolicy("D0012", "hosts are asked which lectures they want, and answer", ("igmp",))
TOO_BIG = DerivedPolicy(
    "D0013", "a host's packet of IPv6 is too long for the circuit (RFC 8201)", ("too-big",)
)
HEARTBEATS = {  # each kind of pair has one of them
    SyncKind.HRP: replace(HEARTBEAT, apps=("hrp",)),
    SyncKind.RBM: replace(HEARTBEAT, apps=("rbm",)),
    SyncKind.CONNTRACKD: replace(HEARTBEAT, apps=("conntrackd",)),
}
ECHO = DerivedPolicy("T0001", "echo requests to the own gateway", ("ping",), tolerated=True)
DERIVED = (
    BGP, IKE, VRRP, HEARTBEAT, NEIGHBOURS, SOLICITED, ADVERTISED, EDGES, EDGE_PAIR, CIRCUIT, PIM,
    IGMP, TOO_BIG, ECHO,
)  # fmt: skip


def derived(point: EnforcementPoint) -> Iterator[Opening]:
    """The derived and tolerated openings of an enforcement point."""
    yield from _uplinks(point)
    yield from _circuits(point)
    yield from _edges(point)
    yield from _tunnels(point)
    if len(point.devices) > 1:
        yield from _pair(point)
    if point.multicast:
        yield from _multicast(point, point.multicast)
    yield from _zones(point)


def _uplinks(point: EnforcementPoint) -> Iterator[Opening]:
    """A data centre's firewall speaks no BGP: its core routers know the way by themselves."""
    if not point.site.blueprint.uplinks or point.tunnelled or point.core:
        return
    ends = [one for one in point.interfaces if one.zone in ("WAN", "DOWN") and one.peer4]
    for zone in ("WAN", "DOWN"):
        some = [one for one in ends if one.zone == zone]
        if some:
            own = _group(f"own-{zone}", some, own=True)
            peers = _group(f"peer-{zone}", some, own=False)
            yield from _both_ways(BGP, zone, own, peers, some[0].origin)


def _circuits(point: EnforcementPoint) -> Iterator[Opening]:
    """GRE is judged once more when it has been decrypted."""
    ends = point.all_interfaces.get(CIRCUIT_ZONE, [])
    if ends:
        own = _group(f"own-{CIRCUIT_ZONE}", ends, own=True)
        peers = _group(f"peer-{CIRCUIT_ZONE}", ends, own=False)
        yield from _both_ways(CIRCUIT, CIRCUIT_ZONE, own, peers, ends[0].origin)


def _edges(point: EnforcementPoint) -> Iterator[Opening]:
    """Either end may open the session."""
    zones = {one.zone for one in point.edges}
    if not point.core or not zones & point.all_interfaces.keys():
        return
    (zone,) = zones
    edges, core = standing_group("edges", point.edges), standing_group("core", point.core)
    origin = point.edges[0].origin
    yield _opening(EDGES, zone, "WAN", edges, core, Origin(origin))
    yield _opening(EDGES, "WAN", zone, core, edges, Origin(origin))


def standing_group(label: str, some: Iterable[Standing]) -> AddressGroup:
    """Devices by addresses of their own."""
    return AddressGroup(
        label, tuple(Member(one.name, one.v4, one.v6, Origin(one.origin)) for one in some)
    )


def _tunnels(point: EnforcementPoint) -> Iterator[Opening]:
    if point.tunnelled:
        own = AddressGroup("own-LINE", (*_own_line(point),))
        head = AddressGroup(
            "head",
            tuple(
                Member(f"head {one.text}", one, None, point.site.origin)
                for one in point.head_addresses
            ),
        )
        yield from _both_ways(IKE, LINE_ZONE, own, head, point.site.origin)
    elif point.gateways_below:
        head = AddressGroup(
            "head",
            tuple(
                Member(f"head {one.text}", one, None, point.site.origin)
                for one in point.head_addresses
            ),
        )
        below = AddressGroup(
            "lines",
            tuple(
                Member(f"line {one.text}", one, None, Origin(origin))
                for one, origin in point.gateways_below
            ),
        )
        yield from _both_ways(IKE, LINE_ZONE, head, below, point.site.origin)


def _own_line(point: EnforcementPoint) -> Iterator[Member]:
    for one, origin in point.lines:
        yield Member(f"line {one.text}", one, None, Origin(origin))


def _pair(point: EnforcementPoint) -> Iterator[Opening]:
    heartbeats = [one for one in point.interfaces if one.zone == "HA"]
    kind = PLATFORMS[point.devices[0].platform].sync
    if heartbeats and kind is not None:
        both = _group("heartbeat", heartbeats, own=True)
        origin = Origin(heartbeats[0].origin)
        yield _opening(HEARTBEATS[kind], LOCAL, "HA", both, both, origin)
        yield _opening(HEARTBEATS[kind], "HA", LOCAL, both, both, origin)
    groups = AddressGroup(
        "vrrp", (Member("vrrp group", VRRP_GROUP, VRRP_GROUP6, point.site.blueprint.origin),)
    )
    lines = {
        zone: some
        for zone, some in point.all_interfaces.items()
        if zone == LINE_ZONE and point.site.blueprint.tunnels_from_below
    }
    for zone, interfaces in (point.zone_interfaces | lines).items():
        if zone == "HA":
            continue
        own = _speakers(zone, interfaces)
        origin = point.site.blueprint.origin
        yield _opening(VRRP, LOCAL, zone, own, groups, origin)
        yield _opening(VRRP, zone, LOCAL, own, groups, origin)


def _multicast(point: EnforcementPoint, rule: Multicast) -> Iterator[Opening]:
    """PIM with each neighbour of a routed line; PIM and IGMP in the zone of the lectures."""
    origin = rule.origin
    routers = _four("pim", (PIM_ROUTERS,), origin)
    ends = [one for one in point.interfaces if joins_neighbours(one)]
    for zone in dict.fromkeys(one.zone for one in ends):
        some = [one for one in ends if one.zone == zone]
        yield _opening(PIM, LOCAL, zone, _group(f"own-{zone}", some, own=True), routers, origin)
        yield _opening(PIM, zone, LOCAL, _group(f"peer-{zone}", some, own=False), routers, origin)
    members = point.zone_interfaces.get(rule.zone)
    if not members:
        return
    own = _speakers(rule.zone, members)
    asked = _four("igmp-asked", (ALL_SYSTEMS, prefix(rule.groups)), origin)
    answered = _four("igmp", (IGMP_ROUTERS,), origin)
    hosts = _four(f"hosts-{rule.zone}", (point.plan.zones[rule.zone].v4,), origin)
    for policy, heard in ((PIM, routers), (IGMP, asked)):
        yield _opening(policy, LOCAL, rule.zone, own, heard, origin)
        if len(point.devices) > 1:
            yield _opening(policy, rule.zone, LOCAL, own, heard, origin)
    reports = _opening(IGMP, rule.zone, LOCAL, hosts, answered, origin)
    yield structs.replace(reports, sense=f"{IGMP.id} answers")  # questions come in there, too


def _speakers(zone: str, interfaces: Iterable[Interface]) -> AddressGroup:
    """The members of a pair by their own addresses in a zone, as they speak with each other."""
    return AddressGroup(
        f"own-{zone}",
        tuple(
            Member(
                f"{zone} {one.v4.text}",
                _host(one.v4),
                LINK_LOCAL if one.v6 else None,
                Origin(one.origin),
            )
            for one in interfaces
            if one.v4
        ),
    )


def _zones(point: EnforcementPoint) -> Iterator[Opening]:
    """Neighbour discovery where IPv6 is spoken, echo to the own gateway, what it tells hosts."""
    origin = point.site.blueprint.origin
    for zone, interfaces in point.all_interfaces.items():
        networks = list({_network(one.v6): None for one in interfaces if one.v6})
        if zone != LOCAL and networks:
            talkers, heard = neighbour_groups(zone, tuple(networks), origin)
            yield _opening(NEIGHBOURS, zone, LOCAL, talkers, heard, origin)
            yield _opening(NEIGHBOURS, LOCAL, zone, talkers, heard, origin)
            if zone in point.zone_interfaces:
                yield _opening(SOLICITED, zone, LOCAL, talkers, heard, origin)
                yield _opening(ADVERTISED, LOCAL, zone, talkers, heard, origin)
    for zone, interfaces in point.zone_interfaces.items():
        if point.site.blueprint.zones[zone].guest:
            continue
        plan = point.plan.zones[zone]
        users = AddressGroup(f"users-{zone}", (Member(f"{zone} users", plan.v4, plan.v6, origin),))
        gateways = _gateways(plan, interfaces, origin)
        yield _opening(ECHO, zone, LOCAL, users, gateways, origin)
        if plan.v6 and CIRCUIT_ZONE in point.all_interfaces:  # IPv4: TCP is told by its segments
            yield _opening(TOO_BIG, LOCAL, zone, gateways, users, origin)


def _gateways(plan: ZonePlan, interfaces: list[Interface], origin: Origin) -> AddressGroup:
    """The addresses that hosts know as their gateway: the pair's own first, then its members'."""
    first, first6 = plan.host(GATEWAY_HOST)
    members = {first: Member(f"{plan.name} gateway", first, first6, origin)}
    for one in interfaces:
        if one.v4:
            address = _host(one.v4)
            members.setdefault(
                address,
                Member(
                    f"{plan.name} {address.text}",
                    address,
                    _host(one.v6) if one.v6 else None,
                    Origin(one.origin),
                ),
            )
    return AddressGroup(f"gateway-{plan.name}", tuple(members.values()))


def neighbour_groups(
    zone: str, networks: tuple[Prefix, ...], origin: Origin
) -> tuple[AddressGroup, AddressGroup]:
    """Who sends neighbour discovery on a link, and to whom (RFC 4861)."""
    fixed = (LINK_LOCAL, *networks)
    return (
        _six(f"nd-from-{zone}", (*fixed, UNSPECIFIED), origin),
        _six(f"nd-to-{zone}", (*fixed, LINK_MULTICAST), origin),
    )


def _both_ways(
    policy: DerivedPolicy, zone: str, own: AddressGroup, peers: AddressGroup, origin: str
) -> Iterator[Opening]:
    yield _opening(policy, LOCAL, zone, own, peers, Origin(origin))
    yield _opening(policy, zone, LOCAL, peers, own, Origin(origin))


def _opening(
    policy: DerivedPolicy,
    zone_in: str,
    zone_out: str,
    sources: AddressGroup,
    destinations: AddressGroup,
    origin: Origin,
) -> Opening:
    return Opening(
        policy=policy.id,
        origin=origin,
        zone_in=zone_in,
        zone_out=zone_out,
        sources=sources,
        destinations=destinations,
        apps=policy.apps,
        sense=policy.id,
        tolerated=policy.tolerated,
    )


def _group(label: str, interfaces: list[Interface], *, own: bool) -> AddressGroup:
    members = []
    for one in interfaces:
        v4, v6 = (one.v4, one.v6) if own else (one.peer4, one.peer6)
        if v4:
            members.append(
                Member(
                    f"{label} {v4.text}", _host(v4), _host(v6) if v6 else None, Origin(one.origin)
                )
            )
    return AddressGroup(label, tuple(members))


def _four(label: str, networks: tuple[Prefix, ...], origin: Origin) -> AddressGroup:
    return AddressGroup(
        label, tuple(Member(f"{label} {one.text}", one, None, origin) for one in networks)
    )


def _six(label: str, networks: tuple[Prefix, ...], origin: Origin) -> AddressGroup:
    return AddressGroup(
        label, tuple(Member(f"{label} {one.text}", None, one, origin) for one in networks)
    )


def _host(address: Prefix) -> Prefix:
    return address._replace(length=address.family.bits)


def _network(address: Prefix) -> Prefix:
    bits = address.family.bits - address.length
    return address._replace(first=address.first >> bits << bits)
