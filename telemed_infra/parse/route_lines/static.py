"""What the lines do that make static routes.

Source: Huawei and H3C command references, `ip route-static`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines.origins import prefix
from telemed_infra.parse.route_lines.process import peer_name
from telemed_infra.parse.route_lines.state import PREFERENCE, RouteKey, Routes, WatchText
from telemed_infra.parse.routes import StaticRoute
from telemed_infra.parse.vrp.arguments import address, name, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

PREFERENCE_MAX, TAG_MAX = 255, 0xFFFFFFFF


class Options(NamedTuple):
    """What follows the way of a static route."""

    preference: int = 0  # 0: the default
    tag: int = 0
    watch: tuple[str, str] = ("", "")  # kind and name of what it follows
    permanent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a platform writes interfaces and what follows the way of a route."""

    interface: Callable[[Words], str]
    options: Callable[[Words], Options]
    uses: frozenset[str]
    """Kinds of watches that another line has to define."""


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


def add_route(family: Family, spelling: Spelling) -> Reader[Routes]:
    """`ip route-static [vpn-instance v] <ip> <mask> {<if> [<nh>]|<nh>} …`, options in any order."""

    def reader(words: Words) -> Effect[Routes]:
        if words[:1] == ("default-preference",):
            return _default_preference(number(one(words[1:]), 1, PREFERENCE_MAX))
        way, rest = _way(family, words, spelling)
        if not way.target:
            raise Unreadable("an interface or a next hop is expected")
        options = spelling.options(rest)
        made = _route(way, options)

        def effect(state: Routes, line: int) -> None:
            if options.watch[0] in spelling.uses:
                state.use(*options.watch, line)
            state.static_routes[way.key()] = replace(
                made, line=line, preference=options.preference or state.preference
            )

        return effect

    return reader


def drop_routes(family: Family, spelling: Spelling) -> Reader[Routes]:
    """`undo ip route-static [vpn-instance v] <ip> <mask> [<if>] [<nh>] …`: all that fit."""

    def reader(words: Words) -> Effect[Routes]:
        if words == ("default-preference",):
            return _default_preference(PREFERENCE)
        way, rest = _way(family, words, spelling)
        preference = spelling.options(rest).preference

        def effect(state: Routes, _line: int) -> None:
            gone = [
                key
                for key, one in state.static_routes.items()
                if _fits(way, key) and preference in (0, one.preference)
            ]
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


def _way(family: Family, words: Words, spelling: Spelling) -> tuple[Way, Words]:
    vrf = ""
    if words[:1] == ("vpn-instance",):
        if len(words) < 2:
            raise Unreadable("a VPN instance is expected")
        vrf, words = name(words[1]), words[2:]
    destination, rest = prefix(family, words)
    port, rest = _interface(rest, spelling.interface)
    next_hop = ""
    if rest and (rest[0].count(".") == 3 or ":" in rest[0]):
        if address(rest[0])[0] is not family:
            raise Unreadable(f"{rest[0]} is not of this family")
        next_hop, rest = peer_name(rest[0]), rest[1:]
    return Way(vrf, destination, port, next_hop), rest


def _interface(words: Words, interface: Callable[[Words], str]) -> tuple[str, Words]:
    """An interface at the start, in one word or in two."""
    for count in (1, 2):
        try:
            return interface(words[:count]), words[count:]
        except Unreadable:
            continue
    return "", words


def _route(way: Way, options: Options) -> StaticRoute:
    return StaticRoute(
        line=0,
        prefix=way.prefix,
        target=way.target,
        vrf=way.vrf,
        interface=way.interface if way.next_hop else "",
        tag=options.tag,
        watch=" ".join(options.watch).strip(),
        permanent=options.permanent,
    )


def opens(kind: str, title: str, peer: str, *, runs: bool = False) -> Effect[Routes]:
    """Opens something that routes may follow, by kind and name; `peer` is the far end."""

    def effect(state: Routes, line: int) -> None:
        found = state.watches.setdefault((kind, title), WatchText(line, title))
        if peer and found.peer and peer != found.peer:
            raise Unreadable(f"{title} watches {found.peer} already")
        found.peer = peer or found.peer
        found.runs = found.runs or runs
        state.watch = found

    return effect
