"""What the lines do that make static routes and what they follow: BFD, NQA, ip-link.

Source: Huawei command references, `ip route-static`, `bfd bind peer-ip`, `nqa test-instance`;
see docs/reference/platforms.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.routes import StaticRoute
from telemed_infra.parse.vrp.arguments import (
    address,
    interface,
    name,
    number,
    one,
)
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.routes_origins import prefix
from telemed_infra.parse.vrp.routes_process import peer_name
from telemed_infra.parse.vrp.routes_state import (
    BFD,
    BFD_SESSION,
    IP_LINK,
    NQA,
    PREFERENCE,
    RouteKey,
    Routes,
    Setting,
    WatchText,
)

PREFERENCE_MAX = 255
TRACKED = {BFD_SESSION: 1, NQA: 2, IP_LINK: 1}
"""What a route may follow, and with how many words."""
BIND_OPTIONS = ("interface", "source-ip", "source-ipv6", "vpn-instance")


class Way(NamedTuple):
    """Where a route leads."""

    vrf: str
    prefix: str
    interface: str
    next_hop: str

    @property
    def target(self) -> str:
        """As `StaticRoute` has it."""
        return self.next_hop or self.interface

    def key(self) -> RouteKey:
        """What tells one route from another."""
        return (self.vrf, self.prefix, self.interface, self.next_hop)


def add_route(family: Family) -> Reader[Routes]:
    """`ip route-static [vpn-instance v] <ip> <mask> {<if> [<nh>]|<nh>} …`, options in any order."""

    def reader(words: Words) -> Effect[Routes]:
        if words[:1] == ("default-preference",):
            return _default_preference(number(one(words[1:]), 1, PREFERENCE_MAX))
        way, rest = _way(family, words)
        if not way.target:
            raise Unreadable("an interface or a next hop is expected")
        made, preference = _route(way, rest)
        kind, _, watched = made.watch.partition(" ")

        def effect(state: Routes, line: int) -> None:
            if kind:
                state.use(kind, watched, line)
            state.static_routes[way.key()] = replace(
                made, line=line, preference=preference or state.preference
            )

        return effect

    return reader


def drop_routes(family: Family) -> Reader[Routes]:
    """`undo ip route-static [vpn-instance v] <ip> <mask> [<if>] [<nh>] …`: all that fit."""

    def reader(words: Words) -> Effect[Routes]:
        if words == ("default-preference",):
            return _default_preference(PREFERENCE)
        way, _ = _way(family, words)

        def effect(state: Routes, _line: int) -> None:
            gone = [key for key in state.static_routes if _fits(way, key)]
            if not gone:
                raise Unreadable(f"there is no such route to {way.prefix}")
            for key in gone:
                del state.static_routes[key]

        return effect

    return reader


def _fits(way: Way, key: RouteKey) -> bool:
    vrf, destination, port, next_hop = key
    return (
        (vrf, destination) == (way.vrf, way.prefix)
        and way.interface in ("", port)
        and way.next_hop in ("", next_hop)
    )


def _default_preference(value: int) -> Effect[Routes]:
    def effect(state: Routes, _line: int) -> None:
        state.preference = value

    return effect


def _way(family: Family, words: Words) -> tuple[Way, Words]:
    vrf = ""
    if words[:1] == ("vpn-instance",):
        if len(words) < 2:
            raise Unreadable("a VPN instance is expected")
        vrf, words = name(words[1]), words[2:]
    destination, rest = prefix(family, words)
    port, rest = _interface(rest)
    next_hop = ""
    if rest and (rest[0].count(".") == 3 or ":" in rest[0]):
        if address(rest[0])[0] is not family:
            raise Unreadable(f"{rest[0]} is not of this family")
        next_hop, rest = peer_name(rest[0]), rest[1:]
    return Way(vrf, destination, port, next_hop), rest


def _interface(words: Words) -> tuple[str, Words]:
    """An interface at the start, in one word or in two."""
    for count in (1, 2):
        try:
            return interface(words[:count]), words[count:]
        except Unreadable:
            continue
    return "", words


def _route(way: Way, words: Words) -> tuple[StaticRoute, int]:
    """The route with its options, and its preference (0: the default)."""
    preference, tag, watch, permanent = 0, 0, "", False
    rest = words
    while rest:
        match rest:
            case ("description", *_):
                break
            case ("preference", value, *_):
                preference, used = number(value, 1, PREFERENCE_MAX), 2
            case ("tag", value, *_):
                tag, used = number(value, 1, 0xFFFFFFFF), 2
            case ("bfd", "enable", *_):
                watch, used = BFD, 2
            case ("track", kind, *_) if kind in TRACKED and len(rest) > 1 + TRACKED[kind]:
                used = 2 + TRACKED[kind]
                watch = " ".join(rest[1:used])
            case ("permanent", *_):
                permanent, used = True, 1
            case _:
                raise Unreadable(f"{rest[0]} is not expected here")
        rest = rest[used:]
    made = StaticRoute(
        line=0,
        prefix=way.prefix,
        target=way.target,
        vrf=way.vrf,
        interface=way.interface if way.next_hop else "",
        tag=tag,
        watch=watch,
        permanent=permanent,
    )
    return made, preference


# What routes follow.


def bfd(words: Words) -> Effect[Routes]:
    """`bfd` switches it on; `bfd <name> [bind peer-ip <ip> …]` opens a session."""
    if not words:

        def switch(state: Routes, line: int) -> None:
            state.bfd_line, state.watch = line, None

        return switch
    return _opens(BFD_SESSION, name(words[0]), _bound(words[1:]))


def undo_bfd(words: Words) -> Effect[Routes]:
    """`undo bfd` switches it off; with a name it removes a session."""
    session = name(one(words)) if words else ""

    def effect(state: Routes, _line: int) -> None:
        if not session:
            state.bfd_line = 0
            state.watches = {k: v for k, v in state.watches.items() if k[0] != BFD_SESSION}
        elif state.watches.pop((BFD_SESSION, session), None) is None:
            raise Unreadable("there is no such session")

    return effect


def _bound(words: Words) -> str:
    """The far end of `bind peer-ip <ip> [interface i] [source-ip a] [vpn-instance v] [auto]`."""
    if not words:
        return ""
    if len(words) < 3 or words[0] != "bind" or words[1] not in ("peer-ip", "peer-ipv6"):
        raise Unreadable("`bind peer-ip <ip>` is expected")
    peer, rest = peer_name(words[2]), words[3:]
    address(words[2])
    while rest:
        if rest[0] == "auto":
            rest = rest[1:]
        elif rest[0] in BIND_OPTIONS and len(rest) > 1:
            rest = rest[3:] if rest[2:3] and rest[2][:1].isdigit() else rest[2:]
        else:
            raise Unreadable(f"{rest[0]} is not expected here")
    return peer


def nqa(words: Words) -> Effect[Routes]:
    """`nqa test-instance <admin> <test>`."""
    if len(words) != 2:
        raise Unreadable("an administrator and a test are expected")
    return _opens(NQA, f"{name(words[0])} {name(words[1])}", "")


def undo_nqa(words: Words) -> Effect[Routes]:
    """`undo nqa test-instance <admin> <test>`."""
    test = " ".join(words)

    def effect(state: Routes, _line: int) -> None:
        if state.watches.pop((NQA, test), None) is None:
            raise Unreadable("there is no such test")

    return effect


def ip_link(words: Words) -> Effect[Routes]:
    """`ip-link name <n>` of a firewall; another reader judges the line."""
    return _opens(IP_LINK, name(words[0]) if len(words) == 1 else "", "", runs=True)


def _opens(kind: str, title: str, peer: str, *, runs: bool = False) -> Effect[Routes]:
    def effect(state: Routes, line: int) -> None:
        found = state.watches.setdefault((kind, title), WatchText(line, title))
        if peer and found.peer and peer != found.peer:
            raise Unreadable(f"{title} watches {found.peer} already")
        found.peer = peer or found.peer
        found.runs = found.runs or runs
        state.watch = found

    return effect


def watch_time(key: str, low: int, high: int) -> Reader[Routes]:
    """`min-rx-interval 300` of a BFD session, in milliseconds; `detect-multiplier 3`."""

    def reader(words: Words) -> Effect[Routes]:
        value = str(number(one(words), low, high))

        def effect(state: Routes, line: int) -> None:
            state.open_watch().settings[key] = Setting((value,), line)

        return effect

    return reader


def runs(words: Words, *, on: bool) -> Effect[Routes]:
    """`commit`, `start now`, `undo start`, `stop`."""
    if words not in ((), ("now",)):
        raise Unreadable("only a start at once is modelled")

    def effect(state: Routes, _line: int) -> None:
        state.open_watch().runs = on

    return effect


def watched(words: Words) -> Effect[Routes]:
    """`destination-address ipv4 <ip>`, `destination <ip> …`: the far end."""
    words = words[1:] if words[:1] in (("ipv4",), ("ipv6",)) else words
    if not words:
        raise Unreadable("an address is expected")
    address(words[0])
    peer = peer_name(words[0])

    def effect(state: Routes, _line: int) -> None:
        state.open_watch().peer = peer

    return effect
