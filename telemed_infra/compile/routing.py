"""How a device is routed, without any platform's words: sessions, filters, static routes.

A session holds its filters themselves and not their names: a name that nothing defines cannot come
about. Keys are references. Source: docs/concepts/routing.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from telemed_infra.compile.config import Origins
from telemed_infra.model.network import Device, Network
from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.plan.devices import GATEWAY_HOST, MANAGEMENT_ZONE, Interface
from telemed_infra.plan.links import LineKind
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.reach import Exchange
from telemed_infra.plan.routing import (
    Origination,
    RoutingPlan,
    Source,
    View,
    is_core,
    is_router,
    router_id,
)
from telemed_infra.plan.service_edge import services_zone
from telemed_infra.plan.tunnels import outer_routes

# A silent line is noticed by BFD; BGP's own timers are for what BFD does not see.
BFD_INTERVAL_MS, BFD_MULTIPLIER = 300, 3
KEEPALIVE_S, HOLD_S, RECONNECT_S, ADVERTISE_S = 3, 9, 1, 0
LIMIT_MIN = 10  # prefixes; else twice what the design knows of
LAST_RESORT = 250  # preference of what is used if nothing else is known


class FilterEntry(NamedTuple):
    """Prefixes inside of one whose lengths lie between two; all else is denied."""

    prefix: Prefix
    shortest: int
    longest: int
    origins: Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFilter:
    """A set of prefixes of one family. Without an entry it denies everything."""

    name: str
    family: Family
    entries: tuple[FilterEntry, ...]
    origins: Origins


class StaticRoute(NamedTuple):
    """A prefix by a gateway; None throws it away. A preference of 0 is the platform's own."""

    to: Prefix
    gateway: Prefix | None
    origins: Origins
    preference: int = 0
    management: bool = False  # of the table of management alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One session in one family, from this end."""

    name: str
    address: Prefix
    own: Prefix
    as_number: int
    internal: bool
    hops: int  # 1: on the same line, and packets from farther away are dropped
    key: str
    takes: RouteFilter
    gives: RouteFilter
    limit: int  # of prefixes taken; more close the session
    metric: int
    default_while: tuple[Prefix, ...]  # tells a default route while it knows one of these
    origins: Origins


class Originated(NamedTuple):
    """A prefix that begins here: an aggregate of learned ones, or one that a route is there for."""

    prefix: Prefix
    aggregate: bool
    origins: Origins


class Service(NamedTuple):
    """The address of an instance in one family."""

    address: Prefix
    origins: Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingConfig:
    """Static routes and BGP of one device. Without neighbours it has no AS number either."""

    hostname: str
    platform: str
    forwards: bool
    router_id: Prefix
    as_number: int | None
    interfaces: tuple[Interface, ...]  # where the platform's routing names addresses
    management: Interface | None  # in a table of its own
    routes: tuple[StaticRoute, ...]
    neighbours: tuple[Neighbour, ...]
    originated: tuple[Originated, ...]
    multicast: MulticastRouting = NO_MULTICAST
    announces_connected: tuple[RouteFilter, ...]  # of a service edge: what stands on its loopback
    origins: Origins
    as_origins: Origins

    @property
    def filters(self) -> tuple[RouteFilter, ...]:
        """Every filter that some session has, each once."""
        found: dict[tuple[str, Family], RouteFilter] = {}
        for one in self.neighbours:
            for each in (one.takes, one.gives):
                found.setdefault((each.name, each.family), each)
        return tuple(found[key] for key in sorted(found))


def neighbours(routing: RoutingPlan, device: Device) -> Iterator[Neighbour]:
    """The sessions of a device by address: the order of the inventory's files plays no part."""
    for view in sorted(routing.of(device), key=lambda one: one.other.address):
        session = view.session
        yield Neighbour(
            name=view.other.device.name,
            address=view.other.address,
            own=view.own.address,
            as_number=view.other.as_number,
            internal=session.internal,
            hops=session.hops,
            key=session.key,
            takes=_filter(view, view.takes),
            gives=_filter(view, view.gives),
            limit=_limit(view.takes),
            metric=view.metric,
            default_while=view.begins_default,
            origins=(session.origin,),
        )


def watched_interfaces(
    routing: RoutingPlan, device: Device, interfaces: Iterable[Interface]
) -> frozenset[str]:
    """The names of those interfaces over which a session with the next device runs."""
    others = {view.other.address[:2] for view in routing.of(device)}
    return frozenset(
        one.name
        for one in interfaces
        if any(end is not None and end[:2] in others for end in (one.peer4, one.peer6))
    )


def static_routes(
    network: Network, plan: NetworkPlan, routing: RoutingPlan, device: Device
) -> tuple[StaticRoute, ...]:
    """The static routes of a router or firewall; those of a service edge are its own matter."""
    found = [*_discards(routing.originates(device)), *_to_partner(plan, routing, device)]
    if is_core(device):
        found += _core_routes(plan, routing, device)
    elif device.site.kind == "data-center" and not is_router(device):
        found += _center_firewall(network, plan, routing, device)
    if is_router(device):
        found += _management(plan, device)
    found += _to_lower_ends(network, plan, device)
    return tuple(found)


def originated(routing: RoutingPlan, device: Device) -> tuple[Originated, ...]:
    """What begins at a device."""
    return tuple(
        Originated(one.prefix, one.source is Source.LEARNED, (one.origin,))
        for one in routing.originates(device)
    )


def routing_config(
    network: Network,
    plan: NetworkPlan,
    routing: RoutingPlan,
    device: Device,
    interfaces: tuple[Interface, ...],
    management: Interface | None = None,
) -> RoutingConfig:
    """How a router or firewall is routed. Interfaces: those that its routing text shall name."""
    site = network.data_centers.get(device.site.id)
    return RoutingConfig(
        hostname=device.name,
        platform=device.platform,
        forwards=True,
        router_id=router_id(plan, device),
        as_number=routing.as_number(device) if routing.speaks(device) else None,
        interfaces=interfaces,
        management=management,
        routes=static_routes(network, plan, routing, device),
        neighbours=tuple(neighbours(routing, device)),
        originated=originated(routing, device),
        announces_connected=(),
        origins=(device.origin,),
        as_origins=(site.origin if site else device.site.origin,),
    )


def is_routed(routing: RoutingPlan, device: Device) -> bool:
    """Whether a device has routing of its own: whoever has a session or joins a core router."""
    return routing.speaks(device) or bool(routing.lines_of(device))


def _filter(view: View, exchange: Exchange) -> RouteFilter:
    return RouteFilter(
        name=exchange.name,
        family=view.session.family,
        entries=tuple(
            FilterEntry(one.prefix, one.shortest, one.longest, (one.origin,))
            for one in sorted(exchange.reaches)
        ),
        origins=(view.session.origin,),
    )


def _limit(takes: Exchange) -> int:
    """Room for as much again; who may tell nothing has room for one, and is closed at two."""
    return max(LIMIT_MIN, 2 * takes.number) if takes.reaches else 1


def _discards(begun: Iterable[Origination]) -> Iterator[StaticRoute]:
    """What no longer prefix is known of would else follow the default back: a loop."""
    for one in begun:
        if one.source in (Source.DISCARD, Source.LEARNED):
            yield StaticRoute(one.prefix, None, (one.origin,), LAST_RESORT)


def _to_partner(plan: NetworkPlan, routing: RoutingPlan, device: Device) -> Iterator[StaticRoute]:
    """The other's loopback by the cable of the pair: what is for it may come to this one."""
    own = plan.sites[device.site.id]
    for line, _, other in routing.lines_of(device):
        if line.kind in (LineKind.CORE_PAIR, LineKind.HOSPITAL_PAIR):
            loopbacks = own.loopback(other.device.host)
            for loopback, far in zip(loopbacks, (other.v4, other.v6), strict=True):
                if loopback is not None and far is not None:
                    gateway = far._replace(length=far.family.bits)
                    yield StaticRoute(loopback, gateway, (line.origin,))


def _to_lower_ends(network: Network, plan: NetworkPlan, device: Device) -> Iterator[StaticRoute]:
    """The outer addresses of a head's townships by the carrier; their blocks follow the tunnels."""
    for one in outer_routes(network, plan, device):
        gateway = one.target._replace(length=one.target.family.bits)
        yield StaticRoute(one.prefix, gateway, (device.site.blueprint.origin,))


def _core_routes(plan: NetworkPlan, routing: RoutingPlan, device: Device) -> Iterator[StaticRoute]:
    """The centre's block by the firewall."""
    own = plan.sites[device.site.id]
    for line, _, other in routing.lines_of(device):
        for block, far in ((own.block4, other.v4), (own.block6, other.v6)):
            if line.kind is LineKind.FIREWALL and far is not None:
                gateway = far._replace(length=far.family.bits)
                yield StaticRoute(block, gateway, (line.origin,))


def _center_firewall(
    network: Network, plan: NetworkPlan, routing: RoutingPlan, device: Device
) -> Iterator[StaticRoute]:
    """Everybody by the core router, the pool by the service edges. Always, in both centres."""
    for _, _, other in routing.lines_of(device):
        for far in (other.v4, other.v6):
            if far is not None:
                gateway = far._replace(length=far.family.bits)
                yield StaticRoute(Prefix(far.family, 0, 0), gateway, (other.device.origin,))
    pool = network.addresses.service_pool
    for edge in network.devices_of(device.site):
        zone = services_zone(edge) if edge.role == "SE" else None
        if zone is None:
            continue
        number = edge.blueprint.devices[edge.role].virtual or edge.host
        hosts = plan.sites[device.site.id].zones[zone].host(number)
        for block, host in zip((prefix(pool.v4), prefix(pool.v6)), hosts, strict=True):
            if host is not None:
                yield StaticRoute(block, host, (network.addresses.origin,))
        return


def _management(plan: NetworkPlan, device: Device) -> Iterator[StaticRoute]:
    """Managers are answered where they ask; nothing else is sent there."""
    zone = plan.sites[device.site.id].zones[MANAGEMENT_ZONE]
    for gateway in zone.host(GATEWAY_HOST):
        if gateway is not None:
            yield StaticRoute(
                Prefix(gateway.family, 0, 0), gateway, (device.origin,), management=True
            )


def families_of(plan: NetworkPlan, device: Device) -> tuple[Family, ...]:
    """The families that a device's site speaks."""
    return FAMILIES if plan.sites[device.site.id].ipv6 else (Family.V4,)
