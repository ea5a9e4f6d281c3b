"""What a VRP text says of prefixes and of conditions in its own words.

Source: Huawei command references, `ip ip-prefix`, `if-match …`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import PrefixSet, every_prefix
from telemed_infra.parse.route_lines.lists import lengths, network, within
from telemed_infra.parse.route_lines.policy import (
    NEXT_HOP,
    Clauses,
    Undone,
    by_address6,
    by_as_path,
    by_community,
    by_number,
)
from telemed_infra.parse.route_lines.state import ACL, PREFIX_LISTS
from telemed_infra.parse.vrp.arguments import interface, name, one
from telemed_infra.parse.vrp.engine import Unreadable, Words

FILTERS_A_LINE = 16


def prefix_range(family: Family, words: Words) -> PrefixSet:
    """`<ip> <len> [match-network] [greater-equal g] [less-equal l]`.

    An entry whose address is 0.0.0.0 (or ::) matches every network of its lengths, unless it says
    `match-network`. Bits behind the length are dropped, before that is asked.
    """
    value, length, rest = network(family, words)
    network_only = rest[:1] == ("match-network",)
    low, high = lengths(rest[1:] if network_only else rest, length, family.bits)
    if network_only and value:
        raise Unreadable("`match-network` belongs to 0.0.0.0 or ::")
    if not value and not network_only:
        every = enumerate(every_prefix(family).lengths)
        return PrefixSet(family, tuple(ranges if low <= n <= high else () for n, ranges in every))
    return within(family, value, length, low, high)


def condition(words: Words) -> Clauses:
    """What stands behind `if-match`."""
    kind = _kind(words)
    if kind == NEXT_HOP:
        return _by_next_hop(words)
    if kind == "ipv6 address":
        return by_address6(words[2:])
    return _CONDITIONS[kind](words[1:])


def undone(words: Words) -> Undone:
    """What stands behind `undo if-match`."""
    kind = _kind(words)
    return (kind,), words[3:] if kind == "ipv6 address" else words[1:]


def _kind(words: Words) -> str:
    if words[:1] == ("ipv6",) and words[1:2] == ("address",):
        return "ipv6 address"
    if words[:1] in (("ip",), ("ipv6",)):
        return NEXT_HOP
    if not words or words[0] not in _CONDITIONS:
        raise Unreadable(f"`if-match {' '.join(words[:1])}` is not modelled")
    return words[0]


def _by_prefix(words: Words) -> Clauses:
    found = one(words)
    return "ip-prefix", (found,), ((PREFIX_LISTS[Family.V4], found),)


def _by_acl(words: Words) -> Clauses:
    found = one(words)
    return "acl", (found,), ((ACL, found),)


def _by_next_hop(words: Words) -> Clauses:
    """`if-match ip next-hop ip-prefix N`, `if-match ipv6 route-source acl N`: kept, not judged."""
    kinds = {"ip-prefix": PREFIX_LISTS[Family.V4], "prefix-list": PREFIX_LISTS[Family.V6]}
    if len(words) != 4 or words[1] not in ("next-hop", "route-source"):
        raise Unreadable(f"`if-match {' '.join(words[:2])}` is not modelled")
    if words[2] != "acl" and words[2] not in kinds:
        raise Unreadable(f"{words[2]} is not expected here")
    six = "ipv6 " if words[0] == "ipv6" and words[2] == "acl" else ""
    return NEXT_HOP, words, ((kinds.get(words[2], ACL), six + name(words[3])),)


def _by_interface(words: Words) -> Clauses:
    if len(words) == 2 and words[1][:1].isdigit():
        words = ("".join(words),)
    return "interface", tuple(interface((word,)) for word in words) or (one(words),), ()


_CONDITIONS: dict[str, Callable[[Words], Clauses]] = {
    "ip-prefix": _by_prefix,
    "acl": _by_acl,
    "as-path-filter": by_as_path(FILTERS_A_LINE),
    "community-filter": by_community(FILTERS_A_LINE),
    "cost": by_number("cost"),
    "tag": by_number("tag"),
    "interface": _by_interface,
}
