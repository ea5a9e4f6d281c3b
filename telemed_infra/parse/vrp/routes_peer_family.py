"""What `peer {<ip>|<group>} …` does in an address family; IPv4 unicast's in the BGP view too.

Source: Huawei command references, `peer …`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.vrp.arguments import name, nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words
from telemed_infra.parse.vrp.routes_origins import default_route
from telemed_infra.parse.vrp.routes_process import seconds, sets
from telemed_infra.parse.vrp.routes_state import (
    ACL,
    AS_PATH_FILTER,
    PREFIX_LISTS,
    ROUTE_POLICY,
    Routes,
)

DIRECTIONS = ("import", "export")
LIMIT_ACTIONS = ("alert-only", "idle-forever", "idle-timeout")

InFamily = Callable[[str, Words, Family], Effect[Routes]]
"""From a peer's name, the words behind the keyword and the family to the effect."""


def _joined(who: str, args: Words, _family: Family) -> Effect[Routes]:
    """The same in an address family, where a printed text repeats it."""
    group = name(one(args))

    def effect(state: Routes, _line: int) -> None:
        if state.process().peer(who).group != group:
            raise Unreadable(f"{who} is in {group} here and not in the BGP view: not modelled")

    return effect


def _binds(keyword: str, kind: Callable[[Family], str]) -> InFamily:
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


def _prefix_list(of: Family) -> InFamily:
    keyword = PREFIX_LISTS[of]
    bind = _binds(keyword, PREFIX_LISTS.__getitem__)

    def make(who: str, args: Words, family: Family) -> Effect[Routes]:
        if family is not of:
            raise Unreadable(f"{keyword} is not of this address family")
        return bind(who, args, family)

    return make


def _route_limit(who: str, args: Words, family: Family) -> Effect[Routes]:
    """`route-limit <n> [<percent>] [alert-only|idle-forever|idle-timeout <minutes>]`."""
    if not args:
        raise Unreadable("a number of routes is expected")
    count, rest = str(number(args[0], 1, 0xFFFFFFFF)), args[1:]
    percent = "75"
    if rest and rest[0].isdigit():
        percent, rest = str(number(rest[0], 1, 100)), rest[1:]
    action, minutes = rest[0] if rest else "", "0"
    if action == "idle-timeout" and len(rest) == 2:
        minutes, rest = str(number(rest[1], 1, 1200)), rest[:1]
    if (action and action not in LIMIT_ACTIONS) or len(rest) > 1:
        raise Unreadable(f"{' '.join(rest)} is not expected here")
    if action == "idle-timeout" and minutes == "0":
        raise Unreadable("minutes are expected")
    return sets(who, "route-limit", (count, percent, action, minutes), family)


def _flag(key: str, value: Words = ()) -> InFamily:
    def make(who: str, args: Words, family: Family) -> Effect[Routes]:
        nothing(args)
        return sets(who, key, value, family)

    return make


def _held_back(who: str, args: Words, family: Family) -> Effect[Routes]:
    return sets(who, "route-update-interval", seconds(0, 600)(args), family)


OF_FAMILY: Mapping[str, InFamily] = {
    "enable": _flag("enable"),
    "group": _joined,
    "route-policy": _binds("route-policy", lambda _family: ROUTE_POLICY),
    "ip-prefix": _prefix_list(Family.V4),
    "ipv6-prefix": _prefix_list(Family.V6),
    "filter-policy": _binds("filter-policy", lambda _family: ACL),
    "as-path-filter": _binds("as-path-filter", lambda _family: AS_PATH_FILTER),
    "route-limit": _route_limit,
    "default-route-advertise": default_route,
    "next-hop-local": _flag("next-hop", ("self",)),
    "next-hop-invariable": _flag("next-hop", ("unchanged",)),
    "advertise-community": _flag("advertise-community"),
    "route-update-interval": _held_back,
}
