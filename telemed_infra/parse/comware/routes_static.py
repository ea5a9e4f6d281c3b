"""What Comware 7 says of static routes in its own words, and of what they follow.

Source: H3C command references, `ip route-static`, `track`, `nqa schedule`; see
docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.packets import Family
from telemed_infra.parse.comware.abbreviations import keyword, means
from telemed_infra.parse.comware.routes_peers import interface
from telemed_infra.parse.route_lines import static
from telemed_infra.parse.route_lines.state import BFD, NQA, TRACK, Routes, WatchText
from telemed_infra.parse.route_lines.static import (
    PREFERENCE_MAX,
    TAG_MAX,
    Options,
    Spelling,
    opens,
)
from telemed_infra.parse.vrp.arguments import number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

TRACK_MAX = 1024
_OPTIONS = (
    *("preference", "tag", "description", "permanent", "track", "bfd"),
    *("backup-interface", "public", "recursive-lookup"),
)
_BFD_MODES = ("control-packet", "echo-packet")
_TRACKED = ("nqa", "interface", "bfd", "list", "ip", "ipv6", "lldp", "cfd")


def options(words: Words) -> Options:
    """What follows the way of a static route, in any order; a description comes last."""
    found, rest = Options(), words
    while rest:
        option = keyword(rest[0], _OPTIONS)
        if option == "description":
            break
        value = rest[1] if len(rest) > 1 else ""
        used = 2
        match option:
            case "preference":
                found = found._replace(preference=number(value, 1, PREFERENCE_MAX))
            case "tag":
                found = found._replace(tag=number(value, 1, TAG_MAX))
            case "track":
                entry = str(number(value, 1, TRACK_MAX))
                found = found._replace(watch=(TRACK, entry))
            case "bfd":
                keyword(value, _BFD_MODES)
                found = found._replace(watch=(BFD, ""))
                used = 4 if means("".join(rest[2:3]), "bfd-source", 4) else 2
            case "permanent":
                found, used = found._replace(permanent=True), 1
            case _:
                raise Unreadable(f"`{option}` of a static route is not modelled")
        rest = rest[used:]
    return found


STATIC = Spelling(interface=interface, options=options, uses=frozenset({TRACK}))


def add_route(family: Family) -> Reader[Routes]:
    """`ip route-static …`; one that BFD watches brings its session along."""
    add = static.add_route(family, STATIC)

    def reader(words: Words) -> Effect[Routes]:
        effect = add(_spelled(words))

        def with_session(state: Routes, line: int) -> None:
            effect(state, line)
            if any(one.watch == BFD and one.line == line for one in state.static_routes.values()):
                state.watches.setdefault((BFD, ""), WatchText(line, "", runs=True))

        return with_session

    return reader


def drop_routes(family: Family) -> Reader[Routes]:
    """`undo ip route-static … [preference <p>]`."""
    drop = static.drop_routes(family, STATIC)
    return lambda words: drop(_spelled(words))


def _spelled(words: Words) -> Words:
    """With the word that may stand before the destination in full."""
    first = words[0] if words else ""
    if not first or first[0].isdigit() or ":" in first:
        return words
    kinds = ("vpn-instance", "default-preference", "topology", "fast-reroute")
    meant = keyword(first, (*kinds, "primary-path-detect"))
    if meant not in ("vpn-instance", "default-preference"):
        raise Unreadable(f"`{meant}` of static routes is not modelled")
    return (meant, *words[1:])


# What routes follow. Another reader judges these lines.


def track(words: Words) -> Effect[Routes]:
    """`track <n> {interface …|nqa entry <admin> <test> …|bfd …|list …}`."""
    entry = str(number(words[0] if words else "", 1, TRACK_MAX))
    kind = keyword(words[1], _TRACKED) if len(words) > 1 else ""
    test = " ".join(words[3:5]) if kind == "nqa" else ""
    opened = opens(TRACK, entry, "")

    def effect(state: Routes, line: int) -> None:
        opened(state, line)
        found = state.watches[TRACK, entry]
        if kind:
            found.follows = test
            found.runs = not test or (NQA, test) in state.watches

    return effect


def undo_track(words: Words) -> Effect[Routes]:
    """`undo track <n>`."""
    entry = str(number(words[0] if words else "", 1, TRACK_MAX))
    return lambda state, _line: _forget(state, (TRACK, entry))


def _scheduled(*, on: bool) -> Callable[[Words], Effect[Routes]]:
    def reader(words: Words) -> Effect[Routes]:
        test = " ".join(words[:2])

        def effect(state: Routes, line: int) -> None:
            if on:
                state.watches[NQA, test] = WatchText(line, test, runs=True)
            else:
                _forget(state, (NQA, test))
            for (kind, _), one in state.watches.items():
                if kind == TRACK and one.follows == test:
                    one.runs = on

        return effect

    return reader


schedule = _scheduled(on=True)
"""`nqa schedule <admin> <test> start-time … lifetime …`: the test runs."""
undo_schedule = _scheduled(on=False)
"""`undo nqa schedule <admin> <test>`."""


def _forget(state: Routes, key: tuple[str, str]) -> None:
    state.watches.pop(key, None)
