"""What the commands of route maps do.

Of one kind of `match` several lines add their names, any of which will do; of different kinds all
must hold. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.parse.frr.engine import Args, Row, Unreadable
from telemed_infra.parse.frr.state import (
    ACCESS_LIST,
    AS_PATH_LIST,
    COMMUNITY_LIST,
    PREFIX_LIST,
    Clause,
    MapEntry,
)
from telemed_infra.parse.ios.routes_lists import community
from telemed_infra.parse.ios.routes_state import Judges, Routes, harmless, not_modelled, own
from telemed_infra.parse.ios.values import interface, number

EXACT = "exact-match"
UNSURE = "unsure"
USED = {
    f"{words} address{tail}": f"{words} {kind}"
    for words in ("ip", "ipv6")
    for tail, kind in ((" prefix-list", PREFIX_LIST), ("", ACCESS_LIST))
} | {"as-path": AS_PATH_LIST, "community": COMMUNITY_LIST}
"""Kinds of `match` that name a list, and what that list is called in a finding."""
_MAX = 0xFFFFFFFF
_FOREIGN = "of a neighbour or another protocol: not in the text"


def enter(state: Routes, args: Args, line: int) -> None:
    """`route-map N [permit|deny] [S]`; permit and 10 if not said. A verdict may be changed."""
    name, verdict, place = args
    entries = state.bgp.route_maps.setdefault(name, {})
    state.bgp.entry = entries.setdefault(int(place or 10), MapEntry(line, permits=True))
    state.bgp.entry.permits = verdict != "deny"


def remove(state: Routes, args: Args, _line: int) -> None:
    """`no route-map N [{permit|deny} S]`."""
    name, _, place = args
    entries = state.bgp.route_maps.get(name, {})
    if not place:
        state.bgp.route_maps.pop(name, None)
        return
    if entries.pop(int(place), None) is None:
        raise Unreadable("there is no such entry")
    if not entries:
        del state.bgp.route_maps[name]


def match(kind: str, value: Callable[[str], str] = str) -> Judges:
    """`match KIND A B …`."""

    def effect(state: Routes, args: Args, line: int) -> None:
        held = state.bgp.map_entry.matches.get(kind)
        words = _words(args[0], value)
        for word in (EXACT, "prefix-list"):
            if word in words and not (word == EXACT and kind == "community"):
                raise Unreadable(f"{word} is not expected here")
        if kind in USED:
            for name in words:
                if name != EXACT:
                    state.bgp.use(USED[kind], name, line)
        known = held.args if held else ()
        state.bgp.map_entry.matches[kind] = Clause(kind, (*known, *words), line)

    return effect


def no_match(kind: str, value: Callable[[str], str] = str) -> Judges:
    """`no match KIND [A …]`."""

    def effect(state: Routes, args: Args, line: int) -> None:
        held = state.bgp.map_entry.matches.pop(kind, None)
        gone = _words(args[0], value)
        if held is None or not set(gone) <= set(held.args):
            raise Unreadable("the entry does not match this")
        left = tuple(word for word in held.args if word not in gone)
        if gone and left:
            state.bgp.map_entry.matches[kind] = Clause(kind, left, line)

    return effect


def sets(kind: str) -> Judges:
    """`set KIND …`: the last one counts."""

    def effect(state: Routes, args: Args, line: int) -> None:
        state.bgp.map_entry.sets[kind] = Clause(kind, args, line)

    return effect


def no_set(kind: str) -> Judges:
    """`no set KIND …`."""

    def effect(state: Routes, _args: Args, _line: int) -> None:
        if state.bgp.map_entry.sets.pop(kind, None) is None:
            raise Unreadable("the entry does not set this")

    return effect


def set_communities(state: Routes, args: Args, line: int) -> None:
    """`set community {none | A … [additive]}`."""
    words = args[0].split()
    adds = words[-1].lower() == "additive"
    named = [] if words == ["none"] else words[:-1] if adds else words
    plain = tuple(community(word) for word in named if word.lower() != "internet")
    sets("community")(state, (*plain, *(("additive",) if adds else ())), line)


def set_metric(state: Routes, args: Args, line: int) -> None:
    """`set metric [+|-]N`."""
    number(args[0].removeprefix("+").removeprefix("-"), 0, _MAX)
    sets("metric")(state, args, line)


def prepend(state: Routes, args: Args, line: int) -> None:
    """`set as-path prepend N …`."""
    numbers = tuple(str(number(word, 1, _MAX)) for word in args[0].split())
    sets("as-path")(state, numbers, line)


def _words(text: str, value: Callable[[str], str]) -> Args:
    if value is interface:
        return _interfaces(text)
    return tuple(dict.fromkeys(value(word) for word in text.split()))


def _interfaces(text: str) -> Args:
    """Interfaces in one word or two each."""
    found: list[str] = []
    words = text.split()
    while words:
        head = words.pop(0)
        if words and not head[-1].isdigit():
            head = f"{head} {words.pop(0)}"
        found.append(interface(head))
    return tuple(found)


def _number(word: str) -> str:
    return str(number(word, 0, _MAX))


def _protocol(word: str) -> str:
    if word not in ("bgp", "connected", "static"):
        raise Unreadable(f"routes of {word} are not told apart here")
    return word


_MATCHES: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("ip address prefix-list", "ip address prefix-list", str),
    ("ip address", "ip address", str),
    ("ipv6 address prefix-list", "ipv6 address prefix-list", str),
    ("ipv6 address", "ipv6 address", str),
    ("as-path", "as-path", str),
    ("community", "community", str),
    ("tag", "tag", _number),
    ("metric", "metric", _number),
    ("local-preference", "local-preference", _number),
    ("interface", "interface", interface),
    ("source-protocol", "source-protocol", _protocol),
    ("route-type", f"{UNSURE} route-type", str),
    ("ip next-hop", f"{UNSURE} next-hop", str),
    ("ipv6 next-hop", f"{UNSURE} next-hop6", str),
    ("ip route-source", f"{UNSURE} route-source", str),
)
_SETS = (
    ("local-preference (0-4294967295)", "local-preference"),
    ("tag (0-4294967295)", "tag"),
    ("ip next-hop <self|peer-address|unchanged>", "next-hop"),
    ("ip next-hop A.B.C.D", "next-hop"),
    ("ipv6 next-hop X:X::X:X", "next-hop6"),
)

MAPS: tuple[Row[Routes], ...] = (
    own("route-map WORD [<permit|deny>] [(0-65535)]", enter, enters="route-map"),
    own("no route-map WORD [<permit|deny>] [(0-65535)]", remove),
)
MAP: tuple[Row[Routes], ...] = (
    *harmless("a text for people", "description LINE"),
    *(
        row
        for words, kind, value in _MATCHES
        for row in (
            own(f"match {words} LINE", match(kind, value)),
            own(f"no match {words} [LINE]", no_match(kind, value)),
        )
    ),
    own("set metric WORD", set_metric),
    own("no set metric [LINE]", no_set("metric")),
    *(
        row
        for pattern, kind in _SETS
        for row in (own(f"set {pattern}", sets(kind)), own(f"no set {pattern}", no_set(kind)))
    ),
    own("set community LINE", set_communities),
    own("no set community [LINE]", no_set("community")),
    own("set as-path prepend LINE", prepend),
    own("no set as-path prepend [LINE]", no_set("as-path")),
    *harmless(
        "which of several routes is the better", "set weight (0-65535)",
        "set origin <igp|incomplete>", "set metric-type WORD",
    ),
    *not_modelled("where a map goes on is not modelled", "continue [LINE]"),
    *not_modelled(_FOREIGN, "set comm-list LINE", "match policy-list LINE"),
)  # fmt: skip
