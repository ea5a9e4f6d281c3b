"""A service edge as FRR 8 reads it.

Source: FRR user guide (zebra, static, BFD, BGP, route maps); docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.compile.service_edge import (
    BFD_INTERVAL_MS,
    BFD_MULTIPLIER,
    HOLD_S,
    KEEPALIVE_S,
    LEARNS_MAX,
    METRIC_WITHOUT_TERM,
    RECONNECT_S,
    Announced,
    RoutingConfig,
    StaticRoute,
)
from telemed_infra.packets import Family
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import address_text
from telemed_infra.render.text import mark

LOOPBACK = "lo"  # where the guard puts the addresses of services
WORD = {Family.V4: "ip", Family.V6: "ipv6"}
# Entries before it belong to whoever moves the services: he gives them the metric of his term.
LAST_ENTRY = 65000
TTL_MAX = 255


class InterfaceView(NamedTuple):
    """One interface block."""

    mark: str
    name: str
    description: str
    addresses: tuple[str, ...]  # `ip address …`


class Line(NamedTuple):
    """One line."""

    mark: str
    text: str


class NeighbourView(NamedTuple):
    """One BGP neighbour."""

    mark: str
    address: str
    name: str
    own: str


SEQUENCE = 5  # between two numbers of a list


class AddressView(NamedTuple):
    """One line of the list of what may be announced."""

    mark: str
    number: int
    text: str


class FamilyView(NamedTuple):
    """What is announced in one family, and to whom."""

    mark: str
    word: str  # ip, ipv6
    name: str  # ipv4, ipv6
    addresses: tuple[AddressView, ...]
    services: str  # name of prefix list and route map
    nothing: str  # name of the prefix list
    neighbours: tuple[NeighbourView, ...]


class EdgeView(NamedTuple):
    """A whole service edge."""

    mark: str
    hostname: str
    interfaces: tuple[InterfaceView, ...]
    routes: tuple[Line, ...]
    interval_ms: int
    multiplier: int
    ttl_min: int  # of what BFD takes
    as_number: int
    neighbour_as: int
    router_id: str
    key: str
    hops_max: int
    keepalive_s: int
    hold_s: int
    reconnect_s: int
    learns_max: int
    center_mark: str
    loopback: str
    last_entry: int
    metric: int
    families: tuple[FamilyView, ...]


def edge_view(config: RoutingConfig) -> EdgeView:
    """All of a service edge's routing."""
    return EdgeView(
        mark=mark(config.origins),
        hostname=config.hostname,
        interfaces=tuple(_interface(one) for one in config.interfaces),
        routes=tuple(_route(one) for one in config.routes),
        interval_ms=BFD_INTERVAL_MS,
        multiplier=BFD_MULTIPLIER,
        ttl_min=TTL_MAX + 1 - config.hops_max,
        as_number=config.as_number,
        neighbour_as=config.neighbour_as,
        router_id=address_text(*config.router_id[:2]),
        key=config.key,
        hops_max=config.hops_max,
        keepalive_s=KEEPALIVE_S,
        hold_s=HOLD_S,
        reconnect_s=RECONNECT_S,
        learns_max=LEARNS_MAX,
        center_mark=mark(config.center_origins),
        loopback=LOOPBACK,
        last_entry=LAST_ENTRY,
        metric=METRIC_WITHOUT_TERM,
        families=tuple(_family(config, one) for one in config.announced),
    )


def _interface(one: Interface) -> InterfaceView:
    return InterfaceView(
        mark(one.origin.split()),
        one.name,
        one.description,
        tuple(f"{WORD[each.family]} address {each.text}" for each in (one.v4, one.v6) if each),
    )


def _route(one: StaticRoute) -> Line:
    gateway = address_text(*one.gateway[:2])
    return Line(mark(one.origins), f"{WORD[one.to.family]} route {one.to.text} {gateway}")


def _family(config: RoutingConfig, announced: Announced) -> FamilyView:
    family = announced.family
    return FamilyView(
        mark=mark(config.origins),
        word=WORD[family],
        name=f"ipv{family.value}",
        addresses=tuple(
            AddressView(mark(one.origins), number * SEQUENCE, one.address.text)
            for number, one in enumerate(announced.services, start=1)
        ),
        services=f"SERVICES-V{family.value}",
        nothing=f"NOTHING-V{family.value}",
        neighbours=tuple(
            NeighbourView(
                mark(one.origins),
                address_text(*one.neighbour[:2]),
                one.name,
                address_text(*one.own[:2]),
            )
            for one in config.sessions
            if one.neighbour.family is family
        ),
    )
