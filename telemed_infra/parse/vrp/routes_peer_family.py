"""What `peer {<ip>|<group>} …` does in an address family; IPv4 unicast's in the BGP view too.

Source: Huawei command references, `peer …`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines.origins import default_route
from telemed_infra.parse.route_lines.peers import InFamily, binds, flag
from telemed_infra.parse.route_lines.process import seconds, sets
from telemed_infra.parse.route_lines.state import (
    ACL,
    AS_PATH_FILTER,
    CLOSES,
    PREFIX_LISTS,
    ROUTE_POLICY,
    Routes,
)
from telemed_infra.parse.vrp.arguments import name, number, one
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words

REOPENS_S = 30
"""A session over its limit comes back, if no word says otherwise."""
LIMIT_ACTIONS = ("alert-only", "idle-forever", "idle-timeout")


def _joined(who: str, args: Words, _family: Family) -> Effect[Routes]:
    """The same in an address family, where a printed text repeats it."""
    group = name(one(args))

    def effect(state: Routes, _line: int) -> None:
        if state.process().peer(who).group != group:
            raise Unreadable(f"{who} is in {group} here and not in the BGP view: not modelled")

    return effect


def _prefix_list(of: Family) -> InFamily:
    keyword = PREFIX_LISTS[of]
    bind = binds(keyword, PREFIX_LISTS.__getitem__)

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
    action, reopens = rest[0] if rest else "", "" if rest else str(REOPENS_S)
    if action == "idle-timeout" and len(rest) == 2:
        reopens, rest = str(60 * number(rest[1], 1, 1200)), rest[:1]
    if (action and action not in LIMIT_ACTIONS) or len(rest) > 1:
        raise Unreadable(f"{' '.join(rest)} is not expected here")
    if action == "idle-timeout" and not reopens:
        raise Unreadable("minutes are expected")
    closes = "" if action == "alert-only" else CLOSES
    return sets(who, "route-limit", (count, percent, closes, reopens), family)


def _held_back(who: str, args: Words, family: Family) -> Effect[Routes]:
    return sets(who, "route-update-interval", seconds(0, 600)(args), family)


OF_FAMILY: Mapping[str, InFamily] = {
    "enable": flag("enable"),
    "group": _joined,
    "route-policy": binds("route-policy", lambda _family: ROUTE_POLICY),
    "ip-prefix": _prefix_list(Family.V4),
    "ipv6-prefix": _prefix_list(Family.V6),
    "filter-policy": binds("filter-policy", lambda _family: ACL),
    "as-path-filter": binds("as-path-filter", lambda _family: AS_PATH_FILTER),
    "route-limit": _route_limit,
    "default-route-advertise": default_route,
    "next-hop-local": flag("next-hop", ("self",)),
    "next-hop-invariable": flag("next-hop", ("unchanged",)),
    "advertise-community": flag("advertise-community"),
    "route-update-interval": _held_back,
}
