"""Routing as Huawei VRP5 writes it: routers (AR, S series) and firewalls (USG) alike.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    Originated,
    RouteFilter,
    RoutingConfig,
    StaticRoute,
)
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import Prefix, address_text, mask_text
from telemed_infra.render.text import mark

LIST = {Family.V4: "ip-prefix", Family.V6: "ipv6-prefix"}
EVERYTHING = {Family.V4: "0.0.0.0 0 less-equal 32", Family.V6: ":: 0 less-equal 128"}
INDEX = 10  # between two entries of a list
LOOPBACK = "LoopBack0"
MANAGEMENT_TABLE = "MGMT"


class Line(NamedTuple):
    """One line."""

    mark: str
    text: str


class PeerView(NamedTuple):
    """A BGP peer: its own lines, and those in its family."""

    mark: str
    lines: tuple[str, ...]
    family_lines: tuple[str, ...]


class FamilyView(NamedTuple):
    """One family of BGP."""

    mark: str
    name: str  # ipv4, ipv6
    begun: tuple[Line, ...]  # `network …`, `aggregate …`
    peers: tuple[PeerView, ...]


class RoutingView(NamedTuple):
    """All of a device's routing."""

    mark: str
    as_mark: str
    as_number: int | None
    router_id: str
    keepalive_s: int
    hold_s: int
    families: tuple[FamilyView, ...]
    routes: tuple[Line, ...]
    lists: tuple[Line, ...]
    metrics: tuple[int, ...]


def routing_view(config: RoutingConfig) -> RoutingView:
    """Static routes, BGP and its lists."""
    return RoutingView(
        mark=mark(config.origins),
        as_mark=mark(config.as_origins),
        as_number=config.as_number,
        router_id=address_text(*config.router_id[:2]),
        keepalive_s=KEEPALIVE_S,
        hold_s=HOLD_S,
        families=tuple(_families(config)),
        routes=tuple(Line(mark(one.origins), _route(one)) for one in config.routes),
        lists=tuple(line for one in config.filters for line in _list(one)),
        metrics=tuple(sorted({one.metric for one in config.neighbours if one.metric})),
    )


def _families(config: RoutingConfig) -> Iterator[FamilyView]:
    for family in Family:
        some = [one for one in config.neighbours if one.address.family is family]
        if some:
            yield FamilyView(
                mark=mark(config.origins),
                name=f"ipv{family.value}",
                begun=tuple(
                    Line(mark(one.origins), _begun(one))
                    for one in config.originated
                    if one.prefix.family is family
                ),
                peers=tuple(map(_peer, some)),
            )


def _peer(one: Neighbour) -> PeerView:
    peer = f"peer {address_text(*one.address[:2])}"
    return PeerView(
        mark=mark(one.origins),
        lines=tuple(f"{peer} {words}" for words in _session(one)),
        family_lines=tuple(f"{peer} {words}" for words in _exchange(one)),
    )


def _session(one: Neighbour) -> Iterator[str]:
    """The peer itself. The platform holds changes back 30 s unless it is told not to."""
    yield f"as-number {one.as_number}"
    yield f"description {one.name}"
    if one.hops > 1:
        yield f"ebgp-max-hop {one.hops}"
        yield f"connect-interface {LOOPBACK}"
    else:
        yield "valid-ttl-hops 1"
    yield f"password cipher {one.key}"
    yield f"timer connect-retry {RECONNECT_S}"
    yield f"route-update-interval {ADVERTISE_S}"
    yield "bfd enable"
    times = f"min-tx-interval {BFD_INTERVAL_MS} min-rx-interval {BFD_INTERVAL_MS}"
    yield f"bfd {times} detect-multiplier {BFD_MULTIPLIER}"


def _exchange(one: Neighbour) -> Iterator[str]:
    family = one.address.family
    yield "enable"
    if one.internal:
        yield "next-hop-local"
    if one.default_while:
        conditions = " ".join(map(_network, one.default_while))
        yield f"default-route-advertise conditional-route-match-any {conditions}"
    yield f"{LIST[family]} {_name(one.takes)} import"
    yield f"{LIST[family]} {_name(one.gives)} export"
    if one.metric:
        yield f"route-policy METRIC-{one.metric} export"
    yield f"route-limit {one.limit}"


def _begun(one: Originated) -> str:
    return f"{'aggregate' if one.aggregate else 'network'} {_network(one.prefix)}"


def _route(one: StaticRoute) -> str:
    word = "ip" if one.to.family is Family.V4 else "ipv6"
    table = f"vpn-instance {MANAGEMENT_TABLE} " if one.management else ""
    target = address_text(*one.gateway[:2]) if one.gateway else "NULL0"
    preference = f" preference {one.preference}" if one.preference else ""
    return f"{word} route-static {table}{_network(one.to)} {target}{preference}"


def _list(one: RouteFilter) -> Iterator[Line]:
    head = f"ip {LIST[one.family]} {_name(one)} index"
    for number, entry in enumerate(one.entries, start=1):
        yield Line(mark(entry.origins), f"{head} {number * INDEX} permit {_lengths(entry)}")
    if not one.entries:
        yield Line(mark(one.origins), f"{head} {INDEX} deny {EVERYTHING[one.family]}")


def _lengths(one: FilterEntry) -> str:
    text = f"{address_text(*one.prefix[:2])} {one.prefix.length}"
    if one.shortest == one.longest == one.prefix.length:
        return text
    return f"{text} greater-equal {one.shortest} less-equal {one.longest}"


def _network(one: Prefix) -> str:
    """Mask dotted in IPv4, a length in IPv6."""
    length = mask_text(one.length) if one.family is Family.V4 else str(one.length)
    return f"{address_text(*one[:2])} {length}"


def _name(one: RouteFilter) -> str:
    return f"{one.name}-V{one.family.value}"
