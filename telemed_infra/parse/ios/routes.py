"""`parse_ios_routes`: what an IOS router or switch would do with routes, from its text.

A text has a second reader, `parse_ios_firewall` or `parse_ios_switch`. A line belongs to routing if
routing knows it as its own, or if no reader knows it; the other reader judges all others. What
neither has read is told by `unread_of_both` of `parse/vrp/routes.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from telemed_infra.multicast import NO_MULTICAST
from telemed_infra.parse.frr.state import ACCESS_LIST
from telemed_infra.parse.ios import routes_multicast as multicast
from telemed_infra.parse.ios.reading import read_ios
from telemed_infra.parse.ios.routes_bgp import MAIN
from telemed_infra.parse.ios.routes_filters import Filters, defined
from telemed_infra.parse.ios.routes_grammar import ROUTES
from telemed_infra.parse.ios.routes_lists import WORDS_OF
from telemed_infra.parse.ios.routes_sessions import SessionReader
from telemed_infra.parse.ios.routes_state import TRACK, VRF, Routes
from telemed_infra.parse.ios.routes_static import watches
from telemed_infra.parse.multicast import multicast_lines
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.routes import Missing, RouteBehaviour, StaticRoute

_ALSO_FOR_OTHERS = (TRACK, VRF, *(f"{words} {ACCESS_LIST}" for words in WORDS_OF.values()))
_ENTRIES = re.compile(
    r"^(?:ip access-list extended|ipv6 access-list) \S+\n(?: (?:permit|deny|remark) [ -~]+\n)+",
    re.MULTILINE,
)
"""Of lists that no filter of routes takes, the entries: another reader knows each of them."""
_UNKNOWN = "whether the box routes depends on its model: `ip routing` or `no ip routing` says it"


def parse_ios_routes(text: str, *, routes_by_default: bool | None = True) -> RouteBehaviour:
    """Read the routing part of a text; never raises, its unknown lines are `unread`.

    `routes_by_default`: whether a text that says neither `ip routing` nor `no ip routing` is that
    of a box that routes; None, of a switch of any model: nobody knows, and static routes and the
    default gateway are unread. Lines that do nothing because of `ip routing` or `no ip routing` are
    `unused`. `addresses` are those of interfaces of the main table that are not shut. `lines`
    counts the lines that are routing's own.
    """
    state = Routes()
    reading = read_ios(ROUTES, state, text, _ENTRIES)
    if reading.unread:  # it may be such an entry's head
        state = Routes()
        reading = read_ios(ROUTES, state, text)
    filters = Filters(state)
    readers = [SessionReader(state, one, filters) for one in state.bgp.routers.values()]
    sessions = tuple(session for reader in readers for session in reader.sessions())
    found = defined(state) | {(VRF, name): line for name, line in state.tables.items()}
    found |= {(TRACK, name): one.line for name, one in state.tracks.items()}
    routes = state.box.routes4 if state.box.routes4 is not None else routes_by_default
    idle = _idle(state, reading, routes=routes)
    forwarded = multicast.routing(state, reading)
    if routes is False and state.bgp.routers:
        reading.refuse(state.bgp.routers[MAIN].line, "without `ip routing` BGP does not run")
    own = frozenset(state.own | {one.line for one in reading.unread})
    return RouteBehaviour(
        hostname=state.box.hostname,
        routers=tuple(reader.router for reader in readers),
        sessions=sessions,
        static_routes=_static(state, routes=routes),
        addresses={
            name: tuple(port.addresses)
            for name, port in state.box.ports.items()
            if port.addresses and state.live(name, port)
        },
        watches=watches(state),
        multicast=NO_MULTICAST if routes is False else forwarded,
        multicast_lines=multicast_lines(state.multicast_ports),
        missing=_sorted([*_missing(state, found), *(m for one in readers for m in one.missing)]),
        unused=_sorted([*idle, *_unused(state, found)]),
        unread=reading.in_order(),
        lines=len(own),
        effective=reading.effective - {one.line for one in idle},
        inert=(reading.inert & own) | {one.line for one in idle},
        own=own,
    )


def _static(state: Routes, *, routes: bool | None) -> tuple[StaticRoute, ...]:
    """The routes that packets go by: of a box that is a host, its gateway and other tables."""
    found = state.static_routes.values()
    if routes is not False:
        return tuple(found)
    gateway = state.box.gateway
    kept = tuple(one for one in found if one.vrf or ":" in one.prefix)
    if gateway is None:
        return kept
    default = StaticRoute(line=gateway.line, prefix="0.0.0.0/0", target=gateway.name)
    return (default, *kept)


def _idle(state: Routes, reading: Reading, *, routes: bool | None) -> list[Missing]:
    """Lines that do nothing; where that is not known, they are refused."""
    gateway = state.box.gateway
    static = [one for one in state.static_routes.values() if not one.vrf and ":" not in one.prefix]
    if routes is None:
        for line in [*(one.line for one in static), *([gateway.line] if gateway else [])]:
            reading.refuse(line, _UNKNOWN)
        return []
    if routes:
        return (
            [Missing(line=gateway.line, name=f"default-gateway {gateway.name}")] if gateway else []
        )
    return [Missing(line=one.line, name=f"route {one.prefix} {one.target}") for one in static]


def _missing(state: Routes, found: Mapping[tuple[str, str], int]) -> Iterator[Missing]:
    for (kind, name), line in state.bgp.used.items():
        if (kind, name) not in found:
            yield Missing(line=line, name=f"{kind} {name}")


def _unused(state: Routes, found: Mapping[tuple[str, str], int]) -> Iterator[Missing]:
    """What nothing binds; some kinds have other uses, too."""
    for (kind, name), line in found.items():
        if (kind, name) not in state.bgp.used and kind not in _ALSO_FOR_OTHERS:
            yield Missing(line=line, name=f"{kind} {name}")


def _sorted(some: Iterable[Missing]) -> tuple[Missing, ...]:
    return tuple(sorted(some, key=lambda one: (one.line, one.name)))
