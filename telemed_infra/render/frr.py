"""A router, a Linux firewall's routing or a service edge as FRR 8 reads it.

Source: FRR user guide (zebra, static, BFD, BGP, route maps); docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from telemed_infra.compile.routing import (
    ADVERTISE_S,
    BFD_INTERVAL_MS,
    BFD_MULTIPLIER,
    HOLD_S,
    KEEPALIVE_S,
    RECONNECT_S,
    FilterEntry,
    Neighbour,
    RouteFilter,
    RoutingConfig,
    StaticRoute,
)
from telemed_infra.compile.service_edge import METRIC_WITHOUT_TERM
from telemed_infra.packets import Family
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.render import multicast
from telemed_infra.render.prefix_lists import WORD, Notation, PrefixList, list_name, prefix_list
from telemed_infra.render.routing_views import Line, metrics
from telemed_infra.render.text import mark

LOOPBACK = "lo"  # where the guard puts the addresses of services
# Entries before it belong to whoever moves the services: he gives them the metric of his term.
LAST_ENTRY = 65000
TTL_MAX = 255
MANAGEMENT_VRF = "MGMT"
NOTATION = Notation(lambda one: one.text, dict.fromkeys(Family, "any"))
FAR, FAR_OF_EDGE, NEAR = "EDGE", "CORE", "LINE"  # names of BFD profiles


class InterfaceView(NamedTuple):
    """One interface block."""

    mark: str
    name: str
    description: str
    addresses: tuple[str, ...]  # `ip address …`
    multicast: tuple[str, ...] = ()


class ProfileView(NamedTuple):
    """One BFD profile."""

    name: str
    ttl_min: int  # of what it takes; 0: the line itself sees to it


class NeighbourView(NamedTuple):
    """One BGP neighbour."""

    mark: str
    address: str
    name: str
    as_number: int
    key: str
    hops: int
    own: str  # "" if the line decides
    profile: str
    internal: bool
    takes: str
    gives: str
    limit: int
    metric_map: str  # "" if it is none
    default_map: str  # "" if no default route begins here


class FamilyView(NamedTuple):
    """What is told in one family, and to whom."""

    mark: str
    word: str
    name: str  # ipv4, ipv6
    connected: str  # name of the route map for what stands on the loopback, or ""
    begun: tuple[Line, ...]  # `network …`, `aggregate-address …`
    neighbours: tuple[NeighbourView, ...]


class DefaultMap(NamedTuple):
    """A route map that holds while one of these prefixes is known."""

    mark: str
    word: str
    name: str
    list: str


class RouterView(NamedTuple):
    """A whole text."""

    mark: str
    hostname: str
    forwarding: str  # `` or `no `
    interfaces: tuple[InterfaceView, ...]
    routes: tuple[Line, ...]
    management_vrf: str
    management_routes: tuple[Line, ...]
    interval_ms: int
    multiplier: int
    profiles: tuple[ProfileView, ...]
    as_mark: str
    as_number: int | None
    router_id: str
    keepalive_s: int
    hold_s: int
    reconnect_s: int
    advertise_s: int
    families: tuple[FamilyView, ...]
    lists: tuple[PrefixList, ...]
    default_maps: tuple[DefaultMap, ...]
    metrics: tuple[int, ...]
    loopback: str
    last_entry: int
    metric: int
    groups: tuple[str, ...]  # that are source-specific; () without multicast
    groups_list: str
    by_default: bool  # sources of lectures are reached by a default route


def router_view(config: RoutingConfig) -> RouterView:
    """All of a device's routing."""
    families = [one for one in Family if any(_in(one, config.neighbours))]
    return RouterView(
        mark=mark(config.origins),
        hostname=config.hostname,
        forwarding="" if config.forwards else "no ",
        interfaces=tuple(_interfaces(config)),
        routes=tuple(_route(one) for one in config.routes if not one.management),
        management_vrf=MANAGEMENT_VRF if config.management else "",
        management_routes=tuple(_route(one) for one in config.routes if one.management),
        interval_ms=BFD_INTERVAL_MS,
        multiplier=BFD_MULTIPLIER,
        profiles=tuple(sorted({_profile(config, one) for one in config.neighbours})),
        as_mark=mark(config.as_origins),
        as_number=config.as_number,
        router_id=address_text(*config.router_id[:2]),
        keepalive_s=KEEPALIVE_S,
        hold_s=HOLD_S,
        reconnect_s=RECONNECT_S,
        advertise_s=ADVERTISE_S,
        families=tuple(_family(config, one) for one in families),
        lists=tuple(
            prefix_list(one, NOTATION) for one in (*config.filters, *_conditions_as_filters(config))
        ),
        default_maps=tuple(_default_maps(config, families)),
        metrics=metrics(config),
        loopback=LOOPBACK,
        last_entry=LAST_ENTRY,
        metric=METRIC_WITHOUT_TERM,
        groups=tuple(one.text for one in multicast.group_prefixes(config.multicast)),
        groups_list=multicast.NAME,
        by_default=bool(config.multicast.listens),
    )


def _interfaces(config: RoutingConfig) -> Iterator[InterfaceView]:
    for one in config.interfaces:
        if one.v4 or one.v6:
            yield _interface(one)._replace(
                multicast=multicast.interface_lines(config.multicast, one.name, multicast.FRR)
            )
    if config.management is not None:
        yield _interface(config.management, f" vrf {MANAGEMENT_VRF}")


def _interface(one: Interface, table: str = "") -> InterfaceView:
    return InterfaceView(
        mark(one.origin.split()),
        one.name + table,
        one.description,
        tuple(f"{WORD[each.family]} address {each.text}" for each in (one.v4, one.v6) if each),
    )


def _route(one: StaticRoute) -> Line:
    target = address_text(*one.gateway[:2]) if one.gateway else "blackhole"
    preference = f" {one.preference}" if one.preference else ""
    words = f"{WORD[one.to.family]} route {one.to.text} {target}{preference}"
    return Line(mark(one.origins), words)


def _profile(config: RoutingConfig, one: Neighbour) -> ProfileView:
    if one.hops == 1:
        return ProfileView(NEAR, 0)
    return ProfileView(FAR if config.forwards else FAR_OF_EDGE, TTL_MAX + 1 - one.hops)


def _family(config: RoutingConfig, family: Family) -> FamilyView:
    connected = [one for one in config.announces_connected if one.family is family]
    return FamilyView(
        mark=mark(config.origins),
        word=WORD[family],
        name=f"ipv{family.value}",
        connected=list_name(connected[0].name, family) if connected else "",
        begun=tuple(
            Line(
                mark(one.origins),
                f"{'aggregate-address' if one.aggregate else 'network'} {one.prefix.text}",
            )
            for one in config.originated
            if one.prefix.family is family
        ),
        neighbours=tuple(_neighbour(config, one) for one in _in(family, config.neighbours)),
    )


def _neighbour(config: RoutingConfig, one: Neighbour) -> NeighbourView:
    family = one.address.family
    return NeighbourView(
        mark=mark(one.origins),
        address=address_text(*one.address[:2]),
        name=one.name,
        as_number=one.as_number,
        key=one.key,
        hops=one.hops,
        own=address_text(*one.own[:2]) if one.hops > 1 else "",
        profile=_profile(config, one).name,
        internal=one.internal,
        takes=list_name(one.takes.name, family),
        gives=list_name(one.gives.name, family),
        limit=one.limit,
        metric_map=f"METRIC-{one.metric}" if one.metric else "",
        default_map=list_name("REACHED", family) if one.default_while else "",
    )


def _conditions_as_filters(config: RoutingConfig) -> Iterator[RouteFilter]:
    for family in Family:
        conditions = _conditions(config, family)
        if conditions:
            yield RouteFilter(
                name="CENTRES",
                family=family,
                entries=tuple(
                    FilterEntry(one, one.length, one.length, config.as_origins)
                    for one in conditions
                ),
                origins=config.as_origins,
            )


def _default_maps(config: RoutingConfig, families: Iterable[Family]) -> Iterator[DefaultMap]:
    for family in families:
        if _conditions(config, family):
            names = (list_name("REACHED", family), list_name("CENTRES", family))
            yield DefaultMap(mark(config.as_origins), WORD[family], *names)


def _conditions(config: RoutingConfig, family: Family) -> tuple[Prefix, ...]:
    """The same for each neighbour to whom a default route is told."""
    found = {one.default_while for one in _in(family, config.neighbours) if one.default_while}
    return next(iter(found), ())


def _in(family: Family, some: Iterable[Neighbour]) -> Iterator[Neighbour]:
    return (one for one in some if one.address.family is family)
