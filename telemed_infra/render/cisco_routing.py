"""Routing as Cisco IOS XE writes it on firewalls, in the printed order. No router of ours has it.

A neighbour's session stands before its families, IPv6 first. Routes and lists of IPv4 and of IPv6
are printed in different places of a text, so they are told apart here.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
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
    Neighbour,
    Originated,
    RoutingConfig,
    StaticRoute,
)
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import Prefix, address_text, mask_text
from telemed_infra.render import multicast
from telemed_infra.render.cisco_lists import printed
from telemed_infra.render.prefix_lists import WORD, Notation, PrefixList, list_name, prefix_list
from telemed_infra.render.routing_views import FamilyView, Line, PeerView, families, metrics
from telemed_infra.render.text import mark

BFD_LINES = (
    f"bfd interval {BFD_INTERVAL_MS} min_rx {BFD_INTERVAL_MS} multiplier {BFD_MULTIPLIER}",
    "no bfd echo",  # else the far firewall would have to turn our own packets round within a zone
)  # of an interface over which a session runs: without the first there is no BFD at all
EVERYTHING = {Family.V4: "0.0.0.0/0 le 32", Family.V6: "::/0 le 128"}
CLASSES = ((0x80000000, 8), (0xC0000000, 16), (0xE0000000, 24))  # first address beyond it, length


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
    routes6: tuple[Line, ...]
    lists: tuple[PrefixList, ...]
    lists6: tuple[PrefixList, ...]
    metrics: tuple[int, ...]
    list: str  # of the groups that are source-specific
    groups: tuple[str, ...]  # with wildcards; () without multicast


def routing_view(config: RoutingConfig) -> RoutingView:
    """Static routes, BGP and its lists.

    Raises:
        ValueError: a session or a route is one that only routers have.
    """
    return RoutingView(
        mark=mark(config.origins),
        as_mark=mark(config.as_origins),
        as_number=config.as_number,
        router_id=address_text(*config.router_id[:2]),
        keepalive_s=KEEPALIVE_S,
        hold_s=HOLD_S,
        families=tuple(families(config, _begun, _peer)),
        routes=tuple(_routes(config, Family.V4)),
        routes6=tuple(_routes(config, Family.V6)),
        lists=tuple(_lists(config, Family.V4)),
        lists6=tuple(_lists(config, Family.V6)),
        metrics=metrics(config),
        list=multicast.NAME,
        groups=multicast.wildcards(config.multicast),
    )


def _peer(one: Neighbour) -> PeerView:
    _refuse_what_only_routers_have(one)
    head = f"neighbor {printed(*one.address[:2])}"
    return PeerView(
        mark=mark(one.origins),
        lines=tuple(f"{head} {text}" for text in _session(one)),
        family_lines=tuple(f"{head} {text}" for text in _exchange(one)),
    )


def _refuse_what_only_routers_have(one: Neighbour) -> None:
    for asked, what in (
        (one.hops > 1, "a session over several lines"),
        (one.internal, "a session within one AS"),
        (one.default_while, "a default route that has a condition"),
    ):
        if asked:
            raise ValueError(
                f"on Cisco not written: {what}, which only a router has: "
                f"the session with {one.name}"
            )


def _session(one: Neighbour) -> Iterator[str]:
    """The session itself. How often it is tried anew cannot be said: the far end's tries count."""
    yield f"remote-as {one.as_number}"
    yield f"description {one.name}"
    yield "ttl-security hops 1"
    yield f"password 0 {one.key}"  # without a 0, a key that begins with a digit is refused
    yield "fall-over bfd"


def _exchange(one: Neighbour) -> Iterator[str]:
    """Changes would be held back for 30 s."""
    family = one.address.family
    yield "activate"
    yield f"advertisement-interval {ADVERTISE_S}"
    yield f"prefix-list {list_name(one.takes.name, family)} in"
    yield f"prefix-list {list_name(one.gives.name, family)} out"
    if one.metric:
        yield f"route-map METRIC-{one.metric} out"
    yield f"maximum-prefix {one.limit}"


def _begun(one: Originated) -> str:
    if one.prefix.family is Family.V6:
        return f"{'aggregate-address' if one.aggregate else 'network'} {_with_length(one.prefix)}"
    if one.aggregate:
        return f"aggregate-address {_masked(one.prefix)}"
    address = address_text(*one.prefix[:2])
    if one.prefix.length == _length_of_class(one.prefix):
        return f"network {address}"
    return f"network {address} mask {mask_text(one.prefix.length)}"


def _length_of_class(one: Prefix) -> int | None:
    """The length that an IPv4 network has without a mask; printed without, too."""
    return next((length for beyond, length in CLASSES if one.first < beyond), None)


def _routes(config: RoutingConfig, family: Family) -> Iterator[Line]:
    for one in config.routes:
        if one.to.family is family:
            yield Line(mark(one.origins), _route(one))


def _route(one: StaticRoute) -> str:
    if one.management:
        raise ValueError(
            "on Cisco not written: a table of management, which only a router has: "
            f"the route to {one.to.text}"
        )
    to = _masked(one.to) if one.to.family is Family.V4 else _with_length(one.to)
    target = printed(*one.gateway[:2]) if one.gateway else "Null0"
    preference = f" {one.preference}" if one.preference else ""
    return f"{WORD[one.to.family]} route {to} {target}{preference}"


def _lists(config: RoutingConfig, family: Family) -> Iterator[PrefixList]:
    return (prefix_list(one, NOTATION) for one in config.filters if one.family is family)


def _masked(one: Prefix) -> str:
    return f"{address_text(*one[:2])} {mask_text(one.length)}"


def _with_length(one: Prefix) -> str:
    return f"{printed(*one[:2])}/{one.length}"


NOTATION = Notation(_with_length, EVERYTHING)
