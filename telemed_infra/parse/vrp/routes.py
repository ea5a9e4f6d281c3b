"""`parse_vrp_routes`: what a VRP5 router or a USG firewall would do with routes, from its text.

A text has a second reader, `parse_vrp` or `parse_usg`; `routes_split` says which lines are whose.
What neither has read is told by `unread_of_both`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.routes import Bfd, Missing, RouteBehaviour, Watch, without_secret
from telemed_infra.parse.vrp.engine import read
from telemed_infra.parse.vrp.routes_filters import defined
from telemed_infra.parse.vrp.routes_grammar import ROUTES
from telemed_infra.parse.vrp.routes_sessions import BFD_MS, BFD_MULTIPLIER, SessionReader
from telemed_infra.parse.vrp.routes_split import split
from telemed_infra.parse.vrp.routes_state import ACL, BFD, BFD_SESSION, Routes, WatchText

_ALSO_FOR_OTHERS = (ACL, "ip-link")
"""Kinds that other parts of a text use too."""


def parse_vrp_routes(text: str) -> RouteBehaviour:
    """Read the routing part of a text; never raises, its unknown lines are `unread`.

    `lines` counts the lines that are routing's own and those of which it takes notes.
    """
    part = split(text)
    state = Routes()
    reading = read(ROUTES, state, part.text)
    sessions = SessionReader(state, state.bgp) if state.bgp else None
    found = defined(state)
    return RouteBehaviour(
        hostname=state.hostname,
        routers=(sessions.router,) if sessions else (),
        sessions=sessions.sessions() if sessions else (),
        static_routes=tuple(state.static_routes.values()),
        addresses={
            name: tuple(port.addresses)
            for name, port in state.ports.items()
            if port.addresses and not port.vrf
        },
        watches=tuple(_watch(key, one) for key, one in state.watches.items()),
        missing=_sorted(_missing(state, found)),
        unused=_sorted(
            Missing(line=line, name=" ".join(key))
            for key, line in found.items()
            if key not in state.used and key[0] not in _ALSO_FOR_OTHERS
        ),
        unread=tuple(
            replace(one, text=without_secret(one.text))
            for one in reading.in_order()
            if one.line in part.own
        ),
        lines=len(part.own),
        effective=frozenset(reading.effective) & part.own,
        inert=frozenset(reading.inert) & part.own,
        connected="direct",
        own=part.own,
    )


def unread_of_both(routes: RouteBehaviour, others: Iterable[Unread]) -> tuple[Unread, ...]:
    """What nobody has read of a text, from its routing and from what its other reader left.

    A line of routing's own is judged by routing alone; any other line by the other reader alone.
    One of its own that routing has neither understood nor refused is told too.
    """
    own = routes.own or frozenset()
    refused = {one.line for one in routes.unread}
    silent = own - routes.effective - routes.inert - refused
    found = (
        *routes.unread,
        *(Unread(line=line, text="", why="no reader has judged it") for line in silent),
        *(one for one in others if one.line not in own),
    )
    return tuple(sorted(found, key=lambda one: one.line))


def _missing(state: Routes, found: dict[tuple[str, str], int]) -> Iterator[Missing]:
    for key, line in state.used.items():
        there = bool(state.bfd_line) if key == (BFD, "") else key in found
        if not there:
            yield Missing(line=line, name=" ".join(key).strip())


def _sorted(some: Iterable[Missing]) -> tuple[Missing, ...]:
    return tuple(sorted(some, key=lambda one: (one.line, one.name)))


def _watch(key: tuple[str, str], one: WatchText) -> Watch:
    times = {name: int(setting.args[0]) for name, setting in one.settings.items()}
    bfd = Bfd(
        multiplier=times.get("detect-multiplier", BFD_MULTIPLIER),
        receive_ms=times.get("min-rx-interval", BFD_MS),
        transmit_ms=times.get("min-tx-interval", BFD_MS),
    )
    return Watch(
        line=one.line,
        name=" ".join(key),
        peer=one.peer,
        runs=one.runs,
        bfd=bfd if key[0] == BFD_SESSION else None,
    )
