"""What a session lets in and out: for given routes, and for whatever others may say.

`says` and `hears` are one step of a fixpoint over the sessions of many devices: what one says, with
the attributes that it has on the wire, the other hears. Routes are sets of prefixes with equal
attributes; which of two routes for one prefix is the better is not asked, so what is told is what
could be told if it were best.
Source: RFC 4271 §5, §9; RFC 1997.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import (
    PrefixSet,
    every_prefix,
    joined,
    no_prefixes,
    prefixes_inside,
    prefixes_within,
)
from telemed_infra.parse.route_filter import LEARNED, Part, Route, passing
from telemed_infra.parse.routes import (
    Announcement,
    DefaultRoute,
    Exchange,
    Origin,
    RouteBehaviour,
    Router,
    Session,
)

NETWORK, AGGREGATE, DEFAULT, STATIC = "network", "aggregate", "default", "static"
NOT_BEYOND = frozenset({"no-export", "no-advertise", "local-AS", "no-peer"})
"""Communities with which a route stays in this AS. Source: RFC 1997, RFC 3765."""
NOT_ON = frozenset({"no-advertise"})
"""Communities with which a route is told nobody."""
EVERYWHERE = {Family.V4: "0.0.0.0/0", Family.V6: "::/0"}


class Heard(NamedTuple):
    """What a session has let in."""

    session: Session
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The routes of one device in one family."""

    family: Family
    local: tuple[Part, ...] = ()
    """Of its interfaces and static routes; `source` in the platform's own word for it."""
    heard: tuple[Heard, ...] = ()

    def prefixes(self) -> tuple[PrefixSet, PrefixSet]:
        """What the routing table has for certain, and what it may have."""
        parts = [*self.local, *(part for one in self.heard for part in one.parts)]
        return _sure(self.family, parts), joined(self.family, (part.prefixes for part in parts))


def hears(session: Session, exchange: Exchange, told: Iterable[Part]) -> tuple[Part, ...]:
    """What a session lets in of what it is told: not what has been in this AS, nor is filtered."""
    if session.shut:
        return ()
    own = session.local_as
    fresh = (part for part in told if part.route.as_path is None or own not in part.route.as_path)
    return passing(exchange.inward, fresh)


def too_many(exchange: Exchange, told: Iterable[Part]) -> bool:
    """Whether the session would be closed: more prefixes are told than it takes."""
    limit = exchange.maximum_prefix
    if limit is None or not limit.closes:
        return False
    return joined(exchange.family, (part.prefixes for part in told)).count() > limit.count


def says(router: Router, session: Session, exchange: Exchange, table: Table) -> tuple[Part, ...]:
    """What a session tells its neighbour, as it is on the wire, if the device has these routes."""
    if session.shut:
        return ()
    parts, suppressed = in_bgp(router, table)
    heard = [part for one in table.heard if _passes_on(one.session, session) for part in one.parts]
    parts = (*parts, *_without(heard, suppressed))
    told = passing(exchange.outward, _leaving(session, parts))
    told = (*told, *_default(exchange, table, [*parts, *heard]))
    return tuple(_on_the_wire(session, exchange, part) for part in told)


def in_bgp(router: Router, table: Table) -> tuple[tuple[Part, ...], PrefixSet]:
    """What a device originates, and what its aggregates keep from being told."""
    origins = [one for one in router.origins if one.family is table.family]
    parts = [part for one in origins if one.source != AGGREGATE for part in _originated(one, table)]
    heard = [part for one in table.heard for part in one.parts]
    made: list[Part] = []
    suppressed = no_prefixes(table.family)
    for one in origins:
        if one.source != AGGREGATE:
            continue
        pieces = _pieces(one, [*parts, *heard])
        if not pieces:
            continue
        certain = any(part.certain for part in pieces)
        whole = Part(one.prefixes, Route(source=AGGREGATE, med=one.med), certain)
        made.extend(passing(one.filters, [whole]))
        if one.suppresses is not None:
            hidden = passing(one.suppresses, pieces)
            suppressed |= joined(table.family, (part.prefixes for part in hidden if part.certain))
    return (*_without(parts, suppressed), *made), suppressed


def announcements(
    router: Router,
    session: Session,
    exchange: Exchange,
    heard: Iterable[Heard],
    interfaces: Sequence[str] = ("",),
) -> tuple[Announcement, ...]:
    """What may be told whatever routes there are; certain is what is told whenever it is there.

    `interfaces`: those that some filter asks for by name, and "" for the others.
    """
    origins = [one for one in router.origins if one.family is exchange.family]
    parts = [
        part
        for origin in origins
        for part in passing(origin.filters, _possible(origin, interfaces))
    ]
    parts += [part for one in heard if _passes_on(one.session, session) for part in one.parts]
    hidden = joined(
        exchange.family,
        (prefixes_inside(one.prefixes) for one in origins if one.suppresses is not None),
    )
    if hidden:
        parts = [
            piece
            for part in parts
            for piece in (
                part._replace(prefixes=part.prefixes - hidden),
                part._replace(prefixes=part.prefixes & hidden, certain=False),
            )
        ]
    told = [*passing(exchange.outward, _leaving(session, parts))]
    default = exchange.default_route
    if default:
        certain = not (default.any_of or default.all_of or default.tests_routes)
        told += _told_default(exchange, default, certain=certain)
    return tuple(_announcement(part) for part in told)


def local_routes(behaviour: RouteBehaviour, family: Family) -> tuple[Part, ...]:
    """What a device has by itself: the networks of its interfaces, and its static routes.

    A static route that watches something is there only perhaps; so is one of an interface that
    could be down, but of that no text tells.
    """
    networks = (
        Part(
            prefixes_within(address),
            Route(source=behaviour.connected, interface=name),
            certain=True,
        )
        for name, addresses in behaviour.addresses.items()
        for address in addresses
    )
    static = (
        Part(prefixes_within(one.prefix), Route(source=STATIC, tag=one.tag), certain=not one.watch)
        for one in behaviour.static_routes
        if not one.vrf
    )
    return tuple(part for part in (*networks, *static) if part.prefixes.family is family)


def everything(family: Family) -> Part:
    """What a neighbour might say: anything at all."""
    route = Route(source=LEARNED, as_path=None, known=False)
    return Part(every_prefix(family), route, certain=False)


def _sure(family: Family, parts: Iterable[Part]) -> PrefixSet:
    return joined(family, (part.prefixes for part in parts if part.certain))


def _originated(origin: Origin, table: Table) -> tuple[Part, ...]:
    """A network, or routes of another protocol, as far as they are there."""
    if origin.source == NETWORK:
        whole = Part(origin.prefixes, Route(source=NETWORK, med=origin.med), certain=True)
        there = [whole] if origin.always else _there(origin, table.local, NETWORK)
    else:
        there = _there(origin, [p for p in table.local if p.route.source == origin.source], "")
    return passing(origin.filters, there)


def _there(origin: Origin, local: Iterable[Part], source: str) -> list[Part]:
    return [
        Part(
            part.prefixes & origin.prefixes,
            replace(part.route, med=origin.med, source=source or part.route.source),
            part.certain,
        )
        for part in local
    ]


def _pieces(origin: Origin, parts: Iterable[Part]) -> tuple[Part, ...]:
    """What an aggregate is made of: longer prefixes inside it."""
    inside = prefixes_inside(origin.prefixes)
    found = passing(origin.made_of, (part._replace(prefixes=part.prefixes & inside)
                                     for part in parts))  # fmt: skip
    return tuple(part for part in found if part.prefixes)


def _possible(origin: Origin, interfaces: Sequence[str]) -> Iterator[Part]:
    if origin.source in (NETWORK, AGGREGATE):
        # An aggregate needs parts; a network is checked against the routes.
        yield Part(origin.prefixes, Route(source=origin.source, med=origin.med), certain=False)
        return
    for interface in interfaces if origin.source in ("connected", "direct") else ("",):
        route = Route(source=origin.source, interface=interface, med=origin.med)
        yield Part(origin.prefixes, route, certain=True)


def _passes_on(giver: Session, taker: Session) -> bool:
    """Learned routes go on, but not back, and not from one internal neighbour to another."""
    return giver.peer != taker.peer and (giver.external or taker.external)


def _leaving(session: Session, parts: Iterable[Part]) -> Iterator[Part]:
    """What may leave at all; a learned metric does not go beyond this AS."""
    for part in parts:
        if part.route.communities & (NOT_BEYOND if session.external else NOT_ON):
            continue
        if session.external and not part.route.own:
            yield part._replace(route=replace(part.route, med=None))
        else:
            yield part


def _without(parts: Iterable[Part], prefixes: PrefixSet) -> list[Part]:
    return [part._replace(prefixes=part.prefixes - prefixes) for part in parts]


def _default(exchange: Exchange, table: Table, parts: Iterable[Part]) -> tuple[Part, ...]:
    default = exchange.default_route
    if default is None:
        return ()
    certain = _condition(default, table, parts)
    if certain is None:
        return ()
    return _told_default(exchange, default, certain=certain)


def _told_default(exchange: Exchange, default: DefaultRoute, *, certain: bool) -> tuple[Part, ...]:
    """The default route; whether the outward filters are asked, not every platform says.

    Then it may be told whatever they say, and for certain only if they let it through.
    """
    whole = prefixes_within(EVERYWHERE[exchange.family])
    found = Part(whole, Route(source=DEFAULT), certain)
    if not default.past_outward:
        passed = passing(exchange.outward, [found])
        found = found._replace(certain=any(part.certain for part in passed))
    return (found,) if default.tests_routes else passing(default.filters, [found])


def _condition(default: DefaultRoute, table: Table, parts: Iterable[Part]) -> bool | None:
    """Whether the condition holds for certain; None: it does not hold."""
    if default.tests_routes:
        passed = passing(default.filters, parts)
        return any(part.certain for part in passed) if passed else None
    sure, perhaps = table.prefixes()
    if not _met(default, perhaps):
        return None
    return _met(default, sure)


def _met(default: DefaultRoute, prefixes: PrefixSet) -> bool:
    found = [bool(prefixes & prefixes_within(one)) for one in default.any_of]
    missing = (not prefixes & prefixes_within(one) for one in default.all_of)
    return not (found and not any(found)) and not any(missing)


def _on_the_wire(session: Session, exchange: Exchange, part: Part) -> Part:
    """With the attributes that the neighbour sees."""
    route = part.route
    path = route.as_path
    if session.external and path is not None:
        path = (session.local_as, *path)
    sent = Route(
        source=LEARNED,
        med=route.med,
        local_preference=100 if session.external else route.local_preference,
        communities=route.communities if exchange.sends_communities else frozenset(),
        as_path=path,
        next_hop=route.next_hop or exchange.next_hop,
        known=route.known,
    )
    return part._replace(route=sent)


def _announcement(part: Part) -> Announcement:
    route = part.route
    return Announcement(
        source=route.source,
        interface=route.interface,
        prefixes=part.prefixes,
        med=route.med,
        communities=route.communities,
        certain=part.certain,
    )
