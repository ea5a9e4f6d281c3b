"""Routing in the lines that Huawei's VRP and H3C's Comware have in common.

Both say the same of a session, a list and a static route, but for a few words: those are a row of
data for each. How the lines stand in a text is the template's.

Source: docs/concepts/routing.md, docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from telemed_infra.compile.routing import (
    ADVERTISE_S,
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
from telemed_infra.render import multicast
from telemed_infra.render.routing_views import FamilyView, Line, PeerView, families, metrics
from telemed_infra.render.text import mark

EVERYTHING = {Family.V4: "0.0.0.0 0 less-equal 32", Family.V6: ":: 0 less-equal 128"}
INDEX = 10  # between two entries of a list
LOOPBACK = "LoopBack0"
MANAGEMENT_TABLE = "MGMT"


class Words(NamedTuple):
    """What one of the two says otherwise than the other. A word that is "" does not exist."""

    same_line: str  # packets of a neighbour on the same line alone (RFC 5082)
    farther: str  # a session over several lines, with its number of them
    password: str  # what stands before the reference to a key
    bfd: tuple[str, ...]  # at a peer
    lists: Mapping[Family, str]  # a list, at a peer
    list_heads: Mapping[Family, str]  # a list, where it is made
    default_while: str  # a default route, while one of the prefixes behind it is known
    opens_again: str  # behind a limit: the session that it closed comes back; "" if it does anyway
    destination: Callable[[Prefix], str]  # of a static route


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
    list: int  # of the groups that are source-specific
    groups: tuple[str, ...]  # with wildcards; () without multicast


def routing_view(config: RoutingConfig, words: Words) -> RoutingView:
    """Static routes, BGP and its lists.

    Raises:
        ValueError: a session needs what the platform has no words for.
    """
    return RoutingView(
        mark=mark(config.origins),
        as_mark=mark(config.as_origins),
        as_number=config.as_number,
        router_id=address_text(*config.router_id[:2]),
        keepalive_s=KEEPALIVE_S,
        hold_s=HOLD_S,
        families=tuple(families(config, _begun, lambda one: _peer(one, words))),
        routes=tuple(Line(mark(one.origins), _route(one, words)) for one in config.routes),
        lists=tuple(line for one in config.filters for line in _list(one, words)),
        metrics=metrics(config),
        list=multicast.LIST,
        groups=multicast.wildcards(config.multicast),
    )


def masked(one: Prefix) -> str:
    """A network: its mask dotted in IPv4, its length in IPv6."""
    length = mask_text(one.length) if one.family is Family.V4 else str(one.length)
    return f"{address_text(*one[:2])} {length}"


def with_length(one: Prefix) -> str:
    """A network and its length, in both families."""
    return f"{address_text(*one[:2])} {one.length}"


def _peer(one: Neighbour, words: Words) -> PeerView:
    peer = f"peer {address_text(*one.address[:2])}"
    return PeerView(
        mark=mark(one.origins),
        lines=tuple(f"{peer} {text}" for text in _session(one, words)),
        family_lines=tuple(f"{peer} {text}" for text in _exchange(one, words)),
    )


def _session(one: Neighbour, words: Words) -> Iterator[str]:
    """The peer itself. Both platforms hold changes back 30 s unless they are told not to."""
    yield f"as-number {one.as_number}"
    yield f"description {one.name}"
    if one.hops > 1:
        yield f"{_known(words.farther, one, 'a session over several lines')} {one.hops}"
        yield f"connect-interface {LOOPBACK}"
    else:
        yield words.same_line
    yield f"{words.password} {one.key}"
    yield f"timer connect-retry {RECONNECT_S}"
    yield f"route-update-interval {ADVERTISE_S}"
    yield from words.bfd


def _exchange(one: Neighbour, words: Words) -> Iterator[str]:
    word = words.lists[one.address.family]
    yield "enable"
    if one.internal:
        yield "next-hop-local"
    if one.default_while:
        begun = _known(words.default_while, one, "a default route that has a condition")
        yield f"{begun} {' '.join(map(masked, one.default_while))}"
    yield f"{word} {_name(one.takes)} import"
    yield f"{word} {_name(one.gives)} export"
    if one.metric:
        yield f"route-policy METRIC-{one.metric} export"
    yield f"route-limit {one.limit}{words.opens_again}"


def _known(word: str, one: Neighbour, what: str) -> str:
    """A word that the platform has; without it the text would say something else."""
    if not word:
        raise ValueError(f"the platform has no words for {what}: the session with {one.name}")
    return word


def _begun(one: Originated) -> str:
    return f"{'aggregate' if one.aggregate else 'network'} {masked(one.prefix)}"


def _route(one: StaticRoute, words: Words) -> str:
    word = "ip" if one.to.family is Family.V4 else "ipv6"
    table = f"vpn-instance {MANAGEMENT_TABLE} " if one.management else ""
    target = address_text(*one.gateway[:2]) if one.gateway else "NULL0"
    preference = f" preference {one.preference}" if one.preference else ""
    return f"{word} route-static {table}{words.destination(one.to)} {target}{preference}"


def _list(one: RouteFilter, words: Words) -> Iterator[Line]:
    head = f"{words.list_heads[one.family]} {_name(one)} index"
    for number, entry in enumerate(one.entries, start=1):
        yield Line(mark(entry.origins), f"{head} {number * INDEX} permit {_lengths(entry)}")
    if not one.entries:
        yield Line(mark(one.origins), f"{head} {INDEX} deny {EVERYTHING[one.family]}")


def _lengths(one: FilterEntry) -> str:
    text = with_length(one.prefix)
    if one.shortest == one.longest == one.prefix.length:
        return text
    return f"{text} greater-equal {one.shortest} less-equal {one.longest}"


def _name(one: RouteFilter) -> str:
    return f"{one.name}-V{one.family.value}"
