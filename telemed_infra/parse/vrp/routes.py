"""`parse_vrp_routes`: what a VRP5 router or a USG firewall would do with routes, from its text.

A text has a second reader, `parse_vrp` or `parse_usg`; `route_lines/split.py` says which lines are
whose. What neither has read is told by `unread_of_both`.
"""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.route_lines.dialect import Dialect, Resolved
from telemed_infra.parse.route_lines.reading import read_routes
from telemed_infra.parse.route_lines.state import ACL, IP_LINK, Routes
from telemed_infra.parse.routes import Bfd, RouteBehaviour
from telemed_infra.parse.vrp.routes_grammar import SPLITTER

BFD_MS, BFD_MULTIPLIER = 1000, 3


def parse_vrp_routes(text: str) -> RouteBehaviour:
    """Read the routing part of a text; never raises, its unknown lines are `unread`.

    `lines` counts the lines that are routing's own.
    """
    return read_routes(text, SPLITTER, _VRP)


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


def _bfd(text: Routes, one: Resolved) -> Bfd | None:
    """1000 ms × 3 unless the peer says otherwise, and only while `bfd` is on."""
    if one.setting("bfd") is None or not text.bfd_line:
        return None
    if "bfd block" in one.peer.settings and "bfd" not in one.peer.settings:
        return None
    return Bfd(
        multiplier=one.number("bfd detect-multiplier", BFD_MULTIPLIER),
        receive_ms=one.number("bfd min-rx-interval", BFD_MS),
        transmit_ms=one.number("bfd min-tx-interval", BFD_MS),
    )


_VRP = Dialect(
    ipv4_by_default=True,
    missing_passes=False,
    bfd=_bfd,
    kinds={},
    not_only_here=frozenset({ACL, IP_LINK}),
)
