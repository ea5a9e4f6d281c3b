"""What Comware 7 says of prefix lists and of nodes of a route policy in its own words.

Source: H3C command references, `ip prefix-list`, `if-match …`, `apply …`; see
docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.routes_peers import interface
from telemed_infra.parse.comware.spelling import options, spelled
from telemed_infra.parse.prefixes import PrefixSet
from telemed_infra.parse.route_lines import lists, policy
from telemed_infra.parse.route_lines.policy import (
    NEXT_HOP,
    Clauses,
    Undone,
    by_address6,
    by_as_path,
    by_community,
    by_number,
)
from telemed_infra.parse.route_lines.state import ACL, PREFIX_LISTS, Routes
from telemed_infra.parse.vrp.arguments import name
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

FILTERS_A_LINE = 32
_WHAT = ("address", "next-hop", "route-source")
_LISTS = ("acl", "prefix-list")


# Lists.


def prefix_range(family: Family, words: Words) -> PrefixSet:
    """`<ip> <len> [greater-equal g] [less-equal l]`; `0.0.0.0 0` is the default route alone."""
    value, length, rest = lists.network(family, words)
    low, high = lists.lengths(
        options(rest, {"greater-equal": 1, "less-equal": 1}), length, family.bits
    )
    return lists.within(family, value, length, low, high)


def entry(reader: Reader[Routes]) -> Reader[Routes]:
    """`<list> [index <i>] {permit|deny} …`, with the keywords in full."""

    def spelled_out(words: Words) -> Effect[Routes]:
        return reader(spelled(words, "* index * permit|deny ...", "* permit|deny ..."))

    return spelled_out


def without_entry(reader: Reader[Routes]) -> Reader[Routes]:
    """`<list> [index <i>]`."""
    return lambda words: reader(spelled(words, "* index *", "*"))


def community_entry(words: Words) -> Effect[Routes]:
    """`ip community-list {<n>|basic <name>} {permit|deny} <community>…`."""
    return lists.add_community(
        spelled(words, "basic|advanced * permit|deny ...", "* permit|deny ...")
    )


def without_community_entry(words: Words) -> Effect[Routes]:
    """`undo ip community-list {<n>|basic <name>}`: the whole list."""
    return lists.drop_words("community_filters")(spelled(words, "basic|advanced *", "*"))


# Nodes.


def enter_policy(words: Words) -> Effect[Routes]:
    """`route-policy <n> {permit|deny} node <i>`."""
    return policy.enter_policy(spelled(words, "* permit|deny node *"))


def undo_policy(words: Words) -> Effect[Routes]:
    """`undo route-policy <n> [permit|deny] [node <i>]`."""
    forms = ("*", "* permit|deny node *", "* node *")
    return policy.undo_policy(spelled(words, *forms))


def condition(words: Words) -> Clauses:
    """What stands behind `if-match`."""
    if not words:
        raise Unreadable("a condition is expected")
    kind = keyword(words[0], _KINDS)
    if kind in ("ip", "ipv6"):
        return _of_address(kind, words[1:])
    if kind not in _CONDITIONS:
        raise Unreadable(f"`if-match {kind}` is not modelled")
    return _CONDITIONS[kind](words[1:])


def undone(words: Words) -> Undone:
    """What stands behind `undo if-match`."""
    if not words:
        raise Unreadable("a condition is expected")
    kind = keyword(words[0], _KINDS)
    if kind not in ("ip", "ipv6"):
        return (_KEPT.get(kind, kind),), words[1:]
    what = keyword(words[1], _WHAT) if len(words) > 1 else ""
    if what != "address":
        return (NEXT_HOP,), ()
    if kind == "ipv6":
        return ("ipv6 address",), ()
    listed = keyword(words[2], _LISTS) if len(words) > 2 else ""
    return {"": ("ip-prefix", "acl"), "acl": ("acl",), "prefix-list": ("ip-prefix",)}[listed], ()


def _of_address(kind: str, words: Words) -> Clauses:
    """`ip {address|next-hop|route-source} {acl [name] <n>|prefix-list <n>}`, and `ipv6 …`."""
    words = spelled(
        words,
        "address|next-hop|route-source acl|prefix-list *",
        "address|next-hop|route-source acl name *",
    )
    what, listed, found = words[0], words[1], name(words[-1])
    if what == "address" and kind == "ipv6":
        return by_address6((listed, found))
    six = "ipv6 " if kind == "ipv6" else ""
    family = Family.V6 if kind == "ipv6" else Family.V4
    used = (ACL, six + found) if listed == "acl" else (PREFIX_LISTS[family], found)
    if what == "address":
        return ("acl" if listed == "acl" else "ip-prefix"), (found,), (used,)
    return NEXT_HOP, (kind, what, listed, found), (used,)


def _by_community(words: Words) -> Clauses:
    """`{<n>|<name>} [whole-match] …`."""
    full = "whole-match"
    return by_community(FILTERS_A_LINE)(
        tuple(full if at and full.startswith(word.lower()) and len(word) > 1 else word
              for at, word in enumerate(words))
    )  # fmt: skip


def _by_interface(words: Words) -> Clauses:
    """`{<type> <number>}…`, in one word each or in two."""
    found: list[str] = []
    while words:
        used = 2 if words[1:] and words[1][:1].isdigit() else 1
        found.append(interface(words[:used]))
        words = words[used:]
    if not found:
        raise Unreadable("an interface is expected")
    return "interface", tuple(found), ()


_CONDITIONS: Mapping[str, Callable[[Words], Clauses]] = {
    "as-path": by_as_path(FILTERS_A_LINE),
    "community": _by_community,
    "cost": by_number("cost"),
    "tag": by_number("tag"),
    "local-preference": by_number("local-preference"),
    "interface": _by_interface,
}
_KEPT = {"as-path": "as-path-filter", "community": "community-filter"}
_KINDS = (
    *("ip", "ipv6", "route-type", "extcommunity", "mpls-label", "vpn-target", "preference"),
    *_CONDITIONS,
)


# Changes.


def apply(words: Words) -> Effect[Routes]:
    """`apply …`, turned into the words that VRP has."""
    if not words:
        raise Unreadable("what is applied is expected")
    kind, args = keyword(words[0], _CHANGES), words[1:]
    if kind in _NOT_APPLIED:
        raise Unreadable(f"`apply {kind}` is not modelled")
    turn = _TURNED.get(kind)
    return policy.apply(policy.CHANGES)((kind, *(turn(args) if turn else args)))


def undo_apply(words: Words) -> Effect[Routes]:
    """`undo apply <kind> …`."""
    if not words:
        raise Unreadable("what is taken back is expected")
    return policy.undo_apply((keyword(words[0], _CHANGES), *words[1:]))


def _cost(words: Words) -> Words:
    """`[+|-] <n>`: the sign may stand apart."""
    return ("".join(words),) if len(words) == 2 and words[0] in ("+", "-") else words


def _as_path(words: Words) -> Words:
    """`<n>… [replace]`: put before the path, or in its place."""
    replaces = bool(words) and not words[-1].isdigit() and keyword(words[-1], ("replace",))
    return (*(words[:-1] if replaces else words), "overwrite" if replaces else "additive")


def _community(words: Words) -> Words:
    found = tuple(
        word if word[:1].isdigit() else keyword(word, (*lists.WELL_KNOWN, "none", "additive"))
        for word in words
    )
    if found == ("additive",):
        raise Unreadable("communities are expected")
    return found


def _next_hop(words: Words) -> Words:
    """`next-hop <ip>`, of the main table."""
    return spelled(words, "next-hop *")


def _origin(words: Words) -> Words:
    return spelled(words, "igp|incomplete", "egp *")


_TURNED: Mapping[str, Callable[[Words], Words]] = {
    "cost": _cost,
    "as-path": _as_path,
    "community": _community,
    "ip-address": _next_hop,
    "ipv6": _next_hop,
    "origin": _origin,
}
_NOT_APPLIED = (
    *("comm-list", "cost-type", "extcommunity", "fast-reroute", "ip-precedence", "isis"),
    *("mpls-label", "qos-local-id", "traffic-index", "preference"),
)
_CHANGES = (*policy.CHANGES, *_NOT_APPLIED)
