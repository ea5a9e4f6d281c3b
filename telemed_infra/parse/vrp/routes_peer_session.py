"""What `peer {<ip>|<group>} …` does to a session, in the BGP view alone.

Source: Huawei command references, `peer …`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telemed_infra.parse.vrp.arguments import interface, name, number, one
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words
from telemed_infra.parse.vrp.routes_policy import as_number
from telemed_infra.parse.vrp.routes_process import (
    is_address,
    none,
    peer_name,
    seconds,
    sets,
    timer_setting,
    timers,
)
from telemed_infra.parse.vrp.routes_state import BFD, Peer, Routes, Setting

HOPS_MAX = 255
BFD_TIMES = ("min-tx-interval", "min-rx-interval", "detect-multiplier")

OfSession = Callable[[str, Words], Effect[Routes]]
"""From a peer's name and the words behind the keyword to the effect."""


def removes(who: str) -> Effect[Routes]:
    """`undo peer <ip>` removes the peer everywhere; a group only forgets its AS."""

    def effect(state: Routes, _line: int) -> None:
        bgp = state.process()
        if bgp.peer(who).is_group:
            bgp.peer(who).settings.pop("as-number", None)
        else:
            del bgp.peers[who]

    return effect


def _simple(key: str, check: Callable[[Words], Words]) -> OfSession:
    return lambda who, args: sets(who, key, check(args), None)


def _as_number(who: str, args: Words) -> Effect[Routes]:
    """Makes a peer; a group's members take its AS."""
    number_ = str(as_number(one(args)))

    def effect(state: Routes, line: int) -> None:
        peers = state.process().peers
        found = peers.get(who)
        if found is None and not is_address(who):
            raise Unreadable(f"{who} is no group yet: `group` comes first")
        found = peers.setdefault(who, Peer(who, line))
        known = found.settings.get("as-number")
        if known is not None and known.args != (number_,):
            raise Unreadable(f"{who} is in AS {known.args[0]} already")
        found.settings["as-number"] = Setting((number_,), line)

    return effect


def _joins(who: str, args: Words) -> Effect[Routes]:
    group = name(one(args))

    def effect(state: Routes, line: int) -> None:
        bgp = state.process()
        owner = bgp.peer(group)
        if not owner.is_group or not is_address(who):
            raise Unreadable("a peer joins a group")
        if who not in bgp.peers and not owner.internal and "as-number" not in owner.settings:
            raise Unreadable(f"the AS of {who} is said neither here nor by {group}")
        bgp.peers.setdefault(who, Peer(who, line)).group = group

    return effect


def _password(who: str, args: Words) -> Effect[Routes]:
    if len(args) != 2 or args[0] not in ("cipher", "simple"):
        raise Unreadable("`password {cipher|simple} <key>` is expected")
    return sets(who, "key", (args[1],), None)


def _bfd(who: str, args: Words) -> Effect[Routes]:
    if args[:1] == ("enable",) and args[1:] in ((), ("single-hop-prefer",)):
        enable = sets(who, "bfd", (), None)

        def effect(state: Routes, line: int) -> None:
            enable(state, line)
            state.use(BFD, "", line)

        return effect
    if args == ("block",):
        return sets(who, "bfd block", (), None)
    pairs = dict(zip(args[::2], args[1::2], strict=False))
    if not args or len(args) != 2 * len(pairs) or not set(pairs) <= set(BFD_TIMES):
        raise Unreadable("`bfd enable`, or its intervals and multiplier, are expected")
    effects = [
        sets(who, f"bfd {key}", (str(number(value, 3, 20_000)),), None)
        for key, value in pairs.items()
    ]

    def times(state: Routes, line: int) -> None:
        for one_ in effects:
            one_(state, line)

    return times


def _timer(who: str, args: Words) -> Effect[Routes]:
    key, kept = timer_setting(timers(args))
    return sets(who, key, kept, None)


_HOP_RIVALS = {"ebgp-max-hop": "valid-ttl-hops", "valid-ttl-hops": "ebgp-max-hop"}


def _hops(key: str) -> OfSession:
    def make(who: str, args: Words) -> Effect[Routes]:
        hops = str(number(one(args), 1, HOPS_MAX)) if args else str(HOPS_MAX)

        def effect(state: Routes, line: int) -> None:
            settings = state.process().peer(who).settings
            if _HOP_RIVALS[key] in settings:
                raise Unreadable(f"a peer has not both {key} and {_HOP_RIVALS[key]}")
            settings[key] = Setting((hops,), line)

        return effect

    return make


def _source(who: str, args: Words) -> Effect[Routes]:
    """`connect-interface <if> [<ip>]`, `connect-interface <ip>`."""
    spoken: tuple[str, ...] = ()
    if args and (":" in args[-1] or args[-1].count(".") == 3):
        spoken, args = (peer_name(args[-1]),), args[:-1]
    interface_name = interface(args) if args else ""
    if not (spoken or interface_name):
        raise Unreadable("an interface is expected")
    return sets(who, "connect-interface", (spoken or (interface_name,)), None)


OF_SESSION: Mapping[str, OfSession] = {
    "as-number": _as_number,
    "group": _joins,
    "description": _simple("description", lambda words: (" ".join(words),)),
    "password": _password,
    "keychain": _simple("key", lambda words: (one(words),)),
    "ignore": _simple("ignore", none),
    "bfd": _bfd,
    "timer": _timer,
    "ebgp-max-hop": _hops("ebgp-max-hop"),
    "valid-ttl-hops": _hops("valid-ttl-hops"),
    "connect-interface": _source,
    "fake-as": _simple("fake-as", lambda words: (str(as_number(one(words))),)),
    "route-update-interval": _simple("route-update-interval", seconds(0, 600)),
}
