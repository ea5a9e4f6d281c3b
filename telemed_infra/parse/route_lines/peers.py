"""What `peer {<ip>|<group>} …` does on VRP and on Comware, to a session and in an address family.

Source: Huawei and H3C command references, `peer …`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines.policy import as_number
from telemed_infra.parse.route_lines.process import (
    is_address,
    peer_name,
    sets,
    timer_setting,
    timers,
)
from telemed_infra.parse.route_lines.state import ACL, Peer, Routes, Setting
from telemed_infra.parse.vrp.arguments import name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words

HOPS_MAX = 255
EBGP_MAX_HOP, TTL_SECURITY = "ebgp-max-hop", "valid-ttl-hops"
DIRECTIONS = ("import", "export")

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


def simple(key: str, check: Callable[[Words], Words]) -> OfSession:
    """A setting of the session by a name of its own."""
    return lambda who, args: sets(who, key, check(args), None)


def makes(who: str, args: Words) -> Effect[Routes]:
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


def joins(who: str, args: Words) -> Effect[Routes]:
    """`group <name>`: a member of it."""
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


def password(who: str, args: Words) -> Effect[Routes]:
    """`password {cipher|simple} <key>`."""
    if len(args) != 2 or args[0] not in ("cipher", "simple"):
        raise Unreadable("`password {cipher|simple} <key>` is expected")
    return sets(who, "key", (args[1],), None)


def timer(who: str, args: Words) -> Effect[Routes]:
    """`timer keepalive <k> hold <h>`, `timer connect-retry <s>`."""
    key, kept = timer_setting(timers(args))
    return sets(who, key, kept, None)


_HOP_RIVALS = {EBGP_MAX_HOP: TTL_SECURITY, TTL_SECURITY: EBGP_MAX_HOP}


def hops(key: str) -> OfSession:
    """How far an eBGP peer may be, or how far packets may come from; 255 without a number."""

    def make(who: str, args: Words) -> Effect[Routes]:
        hops = str(number(one(args), 1, HOPS_MAX)) if args else str(HOPS_MAX)

        def effect(state: Routes, line: int) -> None:
            settings = state.process().peer(who).settings
            if _HOP_RIVALS[key] in settings:
                raise Unreadable(f"a peer has not both {key} and {_HOP_RIVALS[key]}")
            settings[key] = Setting((hops,), line)

        return effect

    return make


def source(interface: Callable[[Words], str]) -> OfSession:
    """`connect-interface <if> [<ip>]`, `connect-interface <ip>`."""

    def make(who: str, args: Words) -> Effect[Routes]:
        spoken: tuple[str, ...] = ()
        if args and (":" in args[-1] or args[-1].count(".") == 3):
            spoken, args = (peer_name(args[-1]),), args[:-1]
        interface_name = interface(args) if args else ""
        if not (spoken or interface_name):
            raise Unreadable("an interface is expected")
        return sets(who, "connect-interface", (spoken or (interface_name,)), None)

    return make


# In an address family.

InFamily = Callable[[str, Words, Family], Effect[Routes]]
"""From a peer's name, the words behind the keyword and the family to the effect."""


def binds(keyword: str, kind: Callable[[Family], str]) -> InFamily:
    """A list or policy bound to a peer in one direction, kept as `<keyword> <direction>`."""

    def make(who: str, args: Words, family: Family) -> Effect[Routes]:
        if len(args) != 2 or args[1] not in DIRECTIONS:
            raise Unreadable(f"`{keyword} <name> {{import|export}}` is expected")
        bound, key = name(args[0]), f"{keyword} {args[1]}"
        bind = sets(who, key, (bound,), family)
        used = f"ipv6 {bound}" if family is Family.V6 and kind(family) == ACL else bound

        def effect(state: Routes, line: int) -> None:
            bind(state, line)
            state.use(kind(family), used, line)

        return effect

    return make


def flag(key: str, value: Words = ()) -> InFamily:
    """A setting of an address family that is a word alone."""

    def make(who: str, args: Words, family: Family) -> Effect[Routes]:
        nothing(args)
        return sets(who, key, value, family)

    return make
