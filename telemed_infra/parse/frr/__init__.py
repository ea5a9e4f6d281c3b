"""Reads FRR configuration text: files that people or templates write, and `show running-config`.

What FRR would announce to each neighbour, believe of it, and how it notices that it is gone. What
is not modelled is an `Unread`, never an error. Tried against FRR 8.4 itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.frr import multicast
from telemed_infra.parse.frr.engine import read
from telemed_infra.parse.frr.grammar import GRAMMAR
from telemed_infra.parse.frr.lists import FAMILY_OF
from telemed_infra.parse.frr.sessions import routers_and_sessions
from telemed_infra.parse.frr.state import (
    ACCESS_LIST,
    AS_PATH_LIST,
    BFD_PROFILE,
    COMMUNITY_LIST,
    PREFIX_LIST,
    ROUTE_MAP,
    Text,
)
from telemed_infra.parse.multicast import multicast_lines
from telemed_infra.parse.routes import Missing, RouteBehaviour

__all__ = ["parse_frr"]


def parse_frr(text: str) -> RouteBehaviour:
    """What FRR does with a text. Never raises."""
    state = Text()
    reading = read(GRAMMAR, state, text)
    defined = dict(_defined(state))
    routers, sessions = routers_and_sessions(state)
    forwarded = multicast.routing(state)
    return RouteBehaviour(
        hostname=state.hostname,
        routers=routers,
        sessions=sessions,
        static_routes=tuple(state.static_routes),
        addresses={name: tuple(some) for name, some in state.addresses.items()},
        multicast=forwarded,
        multicast_lines=multicast_lines(state.multicast_ports),
        missing=_sorted(
            Missing(line=line, name=" ".join(key))
            for key, line in state.used.items()
            if key not in defined
        ),
        unused=_sorted(
            Missing(line=line, name=" ".join(key))
            for key, line in defined.items()
            if key not in state.used and key[0] not in _ALSO_FOR_OTHERS
        ),
        unread=tuple(reading.unread),
        lines=reading.lines,
        effective=reading.effective,
        inert=reading.inert,
    )


_ALSO_FOR_OTHERS = {f"{words} {ACCESS_LIST}" for words in FAMILY_OF}
"""Used by what is inert, too: who may log in."""


def _defined(state: Text) -> Iterator[tuple[tuple[str, str], int]]:
    """Kind and name of each list, map and profile, with the line where it begins."""
    words = {family: word for word, family in FAMILY_OF.items()}
    for (family, name), one in state.prefix_lists.items():
        # A list with a description alone is none: what FRR makes of it depends on its place.
        if one.entries:
            yield (f"{words[family]} {PREFIX_LIST}", name), one.line
    for (family, name), one in state.access_lists.items():
        yield (f"{words[family]} {ACCESS_LIST}", name), one.line
    for name, entries in state.route_maps.items():
        yield (ROUTE_MAP, name), min(entry.line for entry in entries.values())
    for kind, lists in (
        (AS_PATH_LIST, state.as_path_lists),
        (COMMUNITY_LIST, state.community_lists),
    ):
        for name, some in lists.items():
            yield (kind, name), some.line
    for name, profile in state.profiles.items():
        yield (BFD_PROFILE, name), profile.line


def _sorted(some: Iterator[Missing]) -> tuple[Missing, ...]:
    return tuple(sorted(some, key=lambda one: (one.line, one.name)))
