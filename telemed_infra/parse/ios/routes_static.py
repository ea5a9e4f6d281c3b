"""What the lines do that make static routes, and what these follow: `track`, `ip sla`.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import Args, Row, Unreadable
from telemed_infra.parse.ios.routes_state import (
    TRACK,
    VRF,
    Judges,
    Probe,
    RouteKey,
    Routes,
    Track,
    noted,
    own,
)
from telemed_infra.parse.ios.values import interface, ipv4, ipv6, is_ipv4, mask_length, number
from telemed_infra.parse.routes import StaticRoute, Watch

DISTANCE = 1
"""Of a static route without a number, of both families."""
_V4, _V6 = "A.B.C.D A.B.C.D", "X:X::X:X/M"
_REFUSED = {
    "global": "a next hop in another table is not modelled",
    "nexthop-vrf": "a next hop in another table is not modelled",
    "multicast": "routes for multicast alone are not modelled",
    "dhcp": "the next hop comes from elsewhere",
}


class Way(NamedTuple):
    """Where a route leads, and the words behind that."""

    interface: str
    next_hop: str
    rest: tuple[str, ...]


def prefix4(address: str, mask: str) -> str:
    """`10.0.0.0 255.0.0.0` as "a/len"; the device refuses bits below the mask."""
    length = mask_length(mask)
    try:
        return str(IPv4Network((ipv4(address), length)))
    except ValueError:
        raise Unreadable(f"{address} has bits below {mask}") from None


def prefix6(text: str) -> str:
    """The network that a prefix names; the device cuts bits below its length off."""
    address, _, length = text.partition("/")
    return str(IPv6Network((ipv6(address), number(length, 0, 128)), strict=False))


def add(family: Family, *, in_vrf: bool) -> Judges:
    """`ip route [vrf V] A MASK {IF [NH] | NH} [N] [name X] [tag N] [permanent | track N]`."""

    def effect(state: Routes, args: Args, line: int) -> None:
        vrf, prefix, text = _destination(family, args, in_vrf=in_vrf)
        way = _way(family, text)
        if not (way.interface or way.next_hop):
            raise Unreadable(f"{text.split()[0]} is neither a next hop nor an interface")
        made = _with_options(way, StaticRoute(
            line=line, prefix=prefix, target=way.next_hop or way.interface, vrf=vrf,
            interface=way.interface if way.next_hop else "", preference=DISTANCE,
        ))  # fmt: skip
        if vrf:
            state.bgp.use(VRF, vrf, line)
        if made.watch:
            kind, name = made.watch.split()
            state.bgp.use(kind, name, line)
        state.static_routes[vrf, prefix, way.interface, way.next_hop] = made

    return effect


def drop(family: Family, *, in_vrf: bool) -> Judges:
    """`no ip route [vrf V] A MASK [IF] [NH] …`: all that fit."""

    def effect(state: Routes, args: Args, _line: int) -> None:
        vrf, prefix, text = _destination(family, args, in_vrf=in_vrf)
        way = _way(family, text) if text else Way("", "", ())
        gone = [key for key in state.static_routes if _fits(key, vrf, prefix, way)]
        if not gone:
            raise Unreadable(f"there is no such route to {prefix}")
        for key in gone:
            del state.static_routes[key]

    return effect


def _destination(family: Family, args: Args, *, in_vrf: bool) -> tuple[str, str, str]:
    vrf, rest = (args[0], args[1:]) if in_vrf else ("", args)
    prefix = prefix4(rest[0], rest[1]) if family is Family.V4 else prefix6(rest[0])
    return vrf, prefix, rest[-1]


def _fits(key: RouteKey, vrf: str, prefix: str, way: Way) -> bool:
    return (
        key[:2] == (vrf, prefix) and way.interface in ("", key[2]) and way.next_hop in ("", key[3])
    )


def _way(family: Family, text: str) -> Way:
    words = tuple(text.split())
    port, words = _interface(family, words)
    next_hop = ""
    if words and _is_address(family, words[0]):
        value = ipv4(words[0]) if family is Family.V4 else ipv6(words[0])
        next_hop = str(ip_address(value.to_bytes(family.bits // 8, "big")))
        words = words[1:]
    return Way(port, next_hop, words)


def _is_address(family: Family, word: str) -> bool:
    return is_ipv4(word) if family is Family.V4 else ":" in word


def _interface(family: Family, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """An interface at the start, in one word or in two."""
    for count in (1, 2):
        head = " ".join(words[:count])
        if head and not _is_address(family, head):
            try:
                return interface(head), words[count:]
            except Unreadable:
                continue
    return "", words


def _with_options(way: Way, route: StaticRoute) -> StaticRoute:
    rest = way.rest
    while rest:
        word = rest[0].lower()
        match (word, *rest[1:]):
            case ("name", _, *_) | ("unicast", *_):
                used = 1 if word == "unicast" else 2
            case ("tag", value, *_):
                route, used = replace(route, tag=number(value, 1, 0xFFFFFFFF)), 2
            case ("track", value, *_):
                route, used = replace(route, watch=f"{TRACK} {number(value, 1, 1000)}"), 2
            case ("permanent", *_):
                route, used = replace(route, permanent=True), 1
            case (value, *_) if value.isdigit():
                route, used = replace(route, preference=number(value, 1, 255)), 1
            case _:
                raise Unreadable(_REFUSED.get(word, f"{word} is not expected here"))
        rest = rest[used:]
    return route


# What routes follow: another reader judges these lines.


def track(state: Routes, args: Args, line: int) -> None:
    """`track N ip sla N [reachability|state]`, or anything else that is tracked."""
    found = state.tracks.setdefault(str(int(args[0])), Track(line))
    found.probe = str(int(args[1])) if len(args) > 1 and args[1].isdecimal() else ""


def no_track(state: Routes, args: Args, _line: int) -> None:
    """`no track N`."""
    state.tracks.pop(str(int(args[0])), None)


def probe(state: Routes, args: Args, _line: int) -> None:
    """`ip sla N`."""
    state.probe = state.probes.setdefault(str(int(args[0])), Probe())


def no_probe(state: Routes, args: Args, _line: int) -> None:
    """`no ip sla N`."""
    state.probes.pop(str(int(args[0])), None)


def asks(state: Routes, args: Args, _line: int) -> None:
    """`icmp-echo A …`."""
    state.probe.peer = args[0]


def start(state: Routes, args: Args, _line: int) -> None:
    """`ip sla schedule N life forever start-time now`; without `start-time` nothing starts."""
    words = args[1].lower().split()
    found = state.probes.setdefault(str(int(args[0])), Probe())
    found.runs = "start-time" in words and words[-1] != "pending"


def stop(state: Routes, args: Args, _line: int) -> None:
    """`no ip sla schedule N`."""
    state.probes.setdefault(str(int(args[0])), Probe()).runs = False


def watches(state: Routes) -> tuple[Watch, ...]:
    """Everything that is tracked; what follows no probe needs no start."""
    found = []
    for name, one in state.tracks.items():
        asked = state.probes.get(one.probe, Probe(runs=not one.probe))
        found.append(Watch(line=one.line, name=f"{TRACK} {name}", peer=asked.peer, runs=asked.runs))
    return tuple(found)


_NUMBER = "(1-2147483647)"

STATIC: tuple[Row[Routes], ...] = tuple(
    own(pattern, effect)
    for words, place, family in (("ip", _V4, Family.V4), ("ipv6", _V6, Family.V6))
    for vrf in (True, False)
    for head in (f"{words} route {'vrf WORD ' if vrf else ''}{place}",)
    for pattern, effect in (
        (f"{head} LINE", add(family, in_vrf=vrf)),
        (f"no {head} [LINE]", drop(family, in_vrf=vrf)),
    )
)
WATCHED: tuple[Row[Routes], ...] = tuple(
    noted(pattern, effect, enters=enters)
    for pattern, effect, enters in (
        (f"track (1-1000) ip sla {_NUMBER} [<reachability|state>]", track, TRACK),
        (f"track (1-1000) rtr {_NUMBER} [<reachability|state>]", track, TRACK),
        ("track (1-1000) LINE", track, TRACK),
        ("no track (1-1000) [LINE]", no_track, ""),
        (f"ip sla schedule {_NUMBER} LINE", start, ""),
        (f"no ip sla schedule {_NUMBER} [LINE]", stop, ""),
        (f"ip sla {_NUMBER}", probe, "sla"),
        (f"no ip sla {_NUMBER}", no_probe, ""),
    )
)
PROBE: tuple[Row[Routes], ...] = (noted("icmp-echo WORD [LINE]", asks),)
