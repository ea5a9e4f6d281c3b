"""How the members of a pair stand in for each other: virtual routers, and what keeps them equal.

Two kinds of pairs: the firewalls of a site, and the service edges of a data centre. Hosts know one
address of each zone as their gateway; one member of the pair has it at a time.

Source: docs/concepts/redundancy.md; RFC 5798 (VRRP), RFC 4291 appendix A (interface identifiers).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.model.network import Device, Network
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.plan.devices import GATEWAY_HOST, LINE_ZONE, Interface
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.points import EnforcementPoint, EnforcementPoints
from telemed_infra.plan.service_edge import is_service_edge, service_edge_plan
from telemed_infra.plan.sites import ZonePlan
from telemed_infra.plan.tunnels import LINE_HOST, LTE_HOST
from telemed_infra.redundancy import (
    ALONE,
    Rank,
    Redundancy,
    StateSync,
    SyncKind,
    Tracked,
    VirtualRouter,
)

HEARTBEAT_ZONE = "HA"
NUMBERS = 255  # VRIDs are 1–255
LINE_ROUTER = 250  # the one towards the carrier, where no VLAN is
FIRST_PRIORITY, STEP = 120, 20  # of the members in turn
REDUCED_BY = 30  # more than a step, so that whoever has lost something loses to who has not
PREEMPT_S = 60  # until routes and connections are known again
PAIR_DECIDES = frozenset({SyncKind.HRP, SyncKind.RBM})  # for all virtual routers together
LINK_LOCAL = 0xFE80 << 112
IDENTIFIER6 = 0x0200_5EFF_FE00_0200  # made of the MAC address 00-00-5E-00-02-{VRID}


class _Shared(NamedTuple):
    """Addresses that the members of a firewall pair have in common."""

    interface: Interface
    family: Family
    number: int
    addresses: tuple[int, ...]


def redundancy(
    network: Network, plan: NetworkPlan, points: EnforcementPoints, device: Device
) -> Redundancy:
    """One device's part in its pair; `ALONE` of whoever is in none.

    The numbers depend on the site's zones and on the device's place in its role alone.
    """
    if is_service_edge(device):
        return Redundancy(routers=frozenset(_edge(network, plan, device)))
    if device.role != device.site.blueprint.enforcing:
        return ALONE
    point = points.of(device.site.id)
    if len(point.devices) < 2:
        return ALONE
    return Redundancy(routers=frozenset(_zones(point, device)), sync=_sync(point, device))


def router_number(vlan: int) -> int:
    """The VRID of a firewall pair in a zone: that of its VLAN, as far as VRIDs go."""
    return vlan if vlan <= NUMBERS else vlan % NUMBERS + 1


def edge_router_number(vlan: int) -> int:
    """The VRID of the service edges: the next one, for the firewalls stand in the same zone."""
    return router_number(vlan) % NUMBERS + 1


def virtual_link_local(number: int) -> int:
    """The link-local address of a virtual router: as its own MAC address would form one."""
    return LINK_LOCAL | IDENTIFIER6 | number


def tracked_ports(point: EnforcementPoint, device: Device) -> frozenset[str]:
    """The ports without which a member is of little use: its uplinks, its cables to the zones.

    A line that only guests leave by is none: patients' data does not move for it.

    Of lines to each member of a head only that to the first one is: the routers above send all
    that is for the site to the head's first member, and that one to whoever it has a line to.
    """
    label = f"{device.role}{device.number:02d}:"
    facts = PLATFORMS[device.platform]
    mine = [
        uplink
        for uplink in point.site.blueprint.uplinks
        if uplink.port.startswith(label)
        and uplink.medium != "lte"
        and (uplink.to != "carrier" or point.site.blueprint.tunnels_from_below)
    ]
    first = min((uplink.peer for uplink in mine if uplink.to == "head" and uplink.peer), default="")
    ups = {
        facts.port.format(uplink.port.removeprefix(label))
        for uplink in mine
        if uplink.to != "head" or uplink.peer == first
    }
    return frozenset(ups | {one.port for one in _zone_interfaces(point, device)})


def _zones(point: EnforcementPoint, device: Device) -> Iterator[VirtualRouter]:
    """A virtual router for each zone and family, and one that tunnels from below come to."""
    ports = tracked_ports(point, device)
    decided = PLATFORMS[device.platform].sync in PAIR_DECIDES
    for one, family, number, addresses in (*_gateways(point, device), *_carrier(point, device)):
        if decided:
            rank = Rank.STANDBY if device.k else Rank.ACTIVE
            yield VirtualRouter(one.name, family, number, addresses, rank)
        else:
            others = frozenset(Tracked(port, REDUCED_BY) for port in ports - {one.port})
            yield _by_priority(device, one, family, number, addresses, others)


def _gateways(point: EnforcementPoint, device: Device) -> Iterator[_Shared]:
    for one in _zone_interfaces(point, device):
        zone = point.plan.zones[one.zone]
        number = router_number(zone.vlan)
        for family in FAMILIES:
            if (one.v4 if family is Family.V4 else one.v6) is not None:
                yield _Shared(one, family, number, _addresses(zone, family, number, GATEWAY_HOST))


def _carrier(point: EnforcementPoint, device: Device) -> Iterator[_Shared]:
    """What the townships' tunnels go to, by line and by mobile network; guests need none of it."""
    if not point.site.blueprint.tunnels_from_below:
        return
    for one in point.by_device[device.name]:
        if one.zone == LINE_ZONE:
            addresses = tuple(point.plan.line_host(host).first for host in (LINE_HOST, LTE_HOST))
            yield _Shared(one, Family.V4, LINE_ROUTER, addresses)


def _edge(network: Network, plan: NetworkPlan, device: Device) -> Iterator[VirtualRouter]:
    """The address that the pool of services is routed to, where the services are met."""
    virtual = device.blueprint.devices[device.role].virtual
    if virtual is None:
        return
    own = service_edge_plan(network, plan, device).services.interface
    zone = plan.sites[device.site.id].zones[own.zone]
    number = edge_router_number(zone.vlan)
    for family in FAMILIES:
        if (own.v4 if family is Family.V4 else own.v6) is not None:
            addresses = _addresses(zone, family, number, virtual)
            yield _by_priority(device, own, family, number, addresses, frozenset())


def _by_priority(
    device: Device,
    interface: Interface,
    family: Family,
    number: int,
    addresses: tuple[int, ...],
    tracked: frozenset[Tracked],
) -> VirtualRouter:
    """The first member comes back after a while; another one steps in at once."""
    return VirtualRouter(
        interface=interface.name,
        family=family,
        number=number,
        addresses=addresses,
        rank=Rank.BY_PRIORITY,
        priority=FIRST_PRIORITY - STEP * device.k,
        preempt_s=0 if device.k else PREEMPT_S,
        tracked=tracked,
    )


def _addresses(zone: ZonePlan, family: Family, number: int, host: int) -> tuple[int, ...]:
    v4, v6 = zone.host(host)
    if family is Family.V4:
        return (v4.first,)
    assert v6 is not None  # an interface speaks no family that its zone does not
    return (virtual_link_local(number), v6.first)


def _zone_interfaces(point: EnforcementPoint, device: Device) -> tuple[Interface, ...]:
    """A member's interfaces in the site's own zones."""
    own = point.by_device[device.name]
    return tuple(one for one in own if one.zone in point.plan.zones)


def _sync(point: EnforcementPoint, device: Device) -> StateSync | None:
    """Over the cable between the members. None: the platform's is not written, or no cable is."""
    kind = PLATFORMS[device.platform].sync
    own = next((one for one in point.by_device[device.name] if one.zone == HEARTBEAT_ZONE), None)
    if kind is None or own is None or own.v4 is None or own.peer4 is None:
        return None
    decides = kind in PAIR_DECIDES
    return StateSync(
        kind=kind,
        interface=own.name,
        own=None if kind is SyncKind.HRP else own.v4.first,  # HRP names the other end alone
        remote=own.peer4.first,
        first=device.k == 0 if decides else None,
        sessions=True,
        configuration=decides,
        preempt_s=PREEMPT_S if decides else None,
        tracked=tracked_ports(point, device) if decides else frozenset(),
        routes_follow=_routes_follow(kind, point),
    )


def _routes_follow(kind: SyncKind, point: EnforcementPoint) -> bool:
    """HRP does it unless told not to; RBM is told where firewalls speak BGP, not in a centre."""
    return kind is SyncKind.HRP or (kind is SyncKind.RBM and point.site.kind != "data-center")
