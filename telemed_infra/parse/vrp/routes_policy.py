"""What the lines of a route policy do: nodes, `if-match`, `apply`.

Source: Huawei command references, `route-policy`, `if-match …`, `apply …`: conditions on different
attributes must all hold, of conditions on one attribute any; the last `if-match` on addresses
replaces the one before.
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.packets import Family
from telemed_infra.parse.vrp.arguments import address, interface, name, number, one
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words
from telemed_infra.parse.vrp.routes_lists import communities, verdict
from telemed_infra.parse.vrp.routes_state import (
    ACL,
    AS_PATH_FILTER,
    COMMUNITY_FILTER,
    PREFIX_LISTS,
    Clause,
    PolicyNode,
    Routes,
)

NODE_MAX = 65535
AS_MAX = 0xFFFFFFFF
FILTERS_A_LINE = 16
NEXT_HOP = "next-hop or source"
RIVALS = {"ip-prefix": "acl", "acl": "ip-prefix"}
ADDS_UP = frozenset({"as-path-filter", "community-filter"})


def enter_policy(words: Words) -> Effect[Routes]:
    """`route-policy <n> {permit|deny} node <i>`; a node that is there is opened again."""
    policy, permits, node = _head(words)

    def effect(state: Routes, line: int) -> None:
        nodes = state.policies.setdefault(policy, {})
        found = nodes.setdefault(node, PolicyNode(line, permits))
        if found.permits != permits:
            raise Unreadable(f"node {node} is there with the other verdict")
        state.node = found

    return effect


def undo_policy(words: Words) -> Effect[Routes]:
    """`undo route-policy <n> [[permit|deny] node <i>]`."""
    if not words:
        raise Unreadable("a name is expected")
    policy, rest = name(words[0]), words[1:]
    if rest and rest[0] != "node":
        rest = verdict(rest)[1]
    if rest and (len(rest) != 2 or rest[0] != "node"):
        raise Unreadable("a node is expected")
    node = number(rest[1], 0, NODE_MAX) if rest else None

    def effect(state: Routes, _line: int) -> None:
        nodes = state.policies.get(policy)
        if nodes is None or (node is not None and node not in nodes):
            raise Unreadable("there is no such node")
        if node is not None:
            del nodes[node]
        if node is None or not nodes:
            del state.policies[policy]

    return effect


def _head(words: Words) -> tuple[str, bool, int]:
    if len(words) != 4 or words[2] != "node":
        raise Unreadable("`route-policy <name> {permit|deny} node <number>` is expected")
    return name(words[0]), verdict(words[1:2])[0], number(words[3], 0, NODE_MAX)


# Conditions.

Clauses = tuple[str, Words, tuple[tuple[str, str], ...]]
"""Under which word a condition is kept, its words, and what it uses."""


def if_match(words: Words) -> Effect[Routes]:
    """`if-match …`."""
    kind, args, uses = _condition(words)

    def effect(state: Routes, line: int) -> None:
        matches = state.open_node().matches
        for use in uses:
            state.use(*use, line)
        kept = args
        if kind in ADDS_UP and kind in matches:
            kept = (*matches[kind].args, *args)
        if kind in RIVALS:
            matches.pop(RIVALS[kind], None)
        matches[kind] = Clause(kept, line)

    return effect


def undo_if_match(words: Words) -> Effect[Routes]:
    """`undo if-match <kind> …`: the whole condition, unless one of several filters is named."""
    kind = _kind(words)
    rest = words[3:] if kind == "ipv6 address" else words[1:]

    def effect(state: Routes, _line: int) -> None:
        matches = state.open_node().matches
        if kind not in matches:
            raise Unreadable("the node has no such condition")
        if kind in ADDS_UP and rest and rest != matches[kind].args:
            raise Unreadable("what is left of several filters is not modelled")
        del matches[kind]

    return effect


def _kind(words: Words) -> str:
    if words[:1] == ("ipv6",) and words[1:2] == ("address",):
        return "ipv6 address"
    if words[:1] in (("ip",), ("ipv6",)):
        return NEXT_HOP
    if not words or words[0] not in _CONDITIONS:
        raise Unreadable(f"`if-match {' '.join(words[:1])}` is not modelled")
    return words[0]


def _condition(words: Words) -> Clauses:
    kind = _kind(words)
    if kind == NEXT_HOP:
        return _by_next_hop(words)
    if kind == "ipv6 address":
        return _by_address6(words[2:])
    return _CONDITIONS[kind](words[1:])


def _by_prefix(words: Words) -> Clauses:
    found = one(words)
    return "ip-prefix", (found,), ((PREFIX_LISTS[Family.V4], found),)


def _by_acl(words: Words) -> Clauses:
    found = one(words)
    return "acl", (found,), ((ACL, found),)


def _by_address6(words: Words) -> Clauses:
    if len(words) != 2 or words[0] not in ("prefix-list", "acl"):
        raise Unreadable("prefix-list or acl with a name is expected")
    kind, found = words[0], name(words[1])
    used = (PREFIX_LISTS[Family.V6], found) if kind == "prefix-list" else (ACL, f"ipv6 {found}")
    return "ipv6 address", (kind, found), (used,)


def _by_next_hop(words: Words) -> Clauses:
    """`if-match ip next-hop ip-prefix N`, `if-match ipv6 route-source acl N`: kept, not judged."""
    kinds = {"ip-prefix": PREFIX_LISTS[Family.V4], "prefix-list": PREFIX_LISTS[Family.V6]}
    if len(words) != 4 or words[1] not in ("next-hop", "route-source"):
        raise Unreadable(f"`if-match {' '.join(words[:2])}` is not modelled")
    if words[2] != "acl" and words[2] not in kinds:
        raise Unreadable(f"{words[2]} is not expected here")
    six = "ipv6 " if words[0] == "ipv6" and words[2] == "acl" else ""
    return NEXT_HOP, words, ((kinds.get(words[2], ACL), six + name(words[3])),)


def _by_as_path(words: Words) -> Clauses:
    if not 1 <= len(words) <= FILTERS_A_LINE:
        raise Unreadable(f"1 to {FILTERS_A_LINE} filters are expected")
    return "as-path-filter", words, tuple((AS_PATH_FILTER, name(word)) for word in words)


def _by_community(words: Words) -> Clauses:
    named = [word for word in words if word != "whole-match"]
    if not 1 <= len(named) <= FILTERS_A_LINE or words[0] == "whole-match":
        raise Unreadable(f"1 to {FILTERS_A_LINE} filters are expected")
    return "community-filter", words, tuple((COMMUNITY_FILTER, name(word)) for word in named)


def _by_number(kind: str) -> Callable[[Words], Clauses]:
    return lambda words: (kind, (str(number(one(words), 0, 0xFFFFFFFF)),), ())


def _by_interface(words: Words) -> Clauses:
    if len(words) == 2 and words[1][:1].isdigit():
        words = ("".join(words),)
    return "interface", tuple(interface((word,)) for word in words) or (one(words),), ()


_CONDITIONS: dict[str, Callable[[Words], Clauses]] = {
    "ip-prefix": _by_prefix,
    "acl": _by_acl,
    "as-path-filter": _by_as_path,
    "community-filter": _by_community,
    "cost": _by_number("cost"),
    "tag": _by_number("tag"),
    "interface": _by_interface,
}


# Changes.


def apply(words: Words) -> Effect[Routes]:
    """`apply …`; a second one of a kind takes the place of the first."""
    kind = words[0] if words else ""
    if kind not in _CHANGES:
        raise Unreadable(f"`apply {kind}` is not modelled")
    args = _CHANGES[kind](words[1:])

    def effect(state: Routes, line: int) -> None:
        state.open_node().changes[kind] = Clause(args, line)

    return effect


def undo_apply(words: Words) -> Effect[Routes]:
    """`undo apply <kind> …`."""
    kind = words[0] if words else ""

    def effect(state: Routes, _line: int) -> None:
        if state.open_node().changes.pop(kind, None) is None:
            raise Unreadable("the node applies no such thing")

    return effect


def _up_to(high: int) -> Callable[[Words], Words]:
    def check(words: Words) -> Words:
        return (str(number(one(words), 0, high)),)

    return check


def _cost(words: Words) -> Words:
    sign = one(words)[0] if one(words)[0] in "+-" else ""
    return (sign, str(number(one(words)[len(sign) :], 0, 0xFFFFFFFF)))


def _communities(words: Words) -> Words:
    """The communities in order, and last whether they are added."""
    if words == ("none",):
        return ("",)
    adds = words[-1:] == ("additive",)
    found = communities(words[:-1] if adds else words)
    if not words[: len(words) - adds]:
        raise Unreadable("communities are expected")
    return (*sorted(found), "additive" if adds else "")


def _as_path(words: Words) -> Words:
    """The numbers, and last whether they are put before the path or replace it."""
    if words == ("none", "overwrite"):
        return ("overwrite",)
    if len(words) < 2 or words[-1] not in ("additive", "overwrite"):
        raise Unreadable("AS numbers and `additive` or `overwrite` are expected")
    return (*(str(as_number(word)) for word in words[:-1]), words[-1])


def as_number(word: str) -> int:
    """An AS number, plain or as `x.y`. Source: RFC 5396."""
    high, dot, low = word.partition(".")
    if dot:
        return number(high, 0, 0xFFFF) << 16 | number(low, 0, 0xFFFF)
    return number(word, 1, AS_MAX)


def _next_hop(words: Words) -> Words:
    """`apply ip-address next-hop {<ip>|peer-address}`, `apply ipv6 next-hop <ip6>`."""
    if len(words) != 2 or words[0] != "next-hop":
        raise Unreadable("a next hop is expected")
    if words[1] != "peer-address":
        address(words[1])
    return (words[1],)


def _origin(words: Words) -> Words:
    if words[:1] not in (("igp",), ("egp",), ("incomplete",)):
        raise Unreadable("igp, egp or incomplete is expected")
    return words


_CHANGES: dict[str, Callable[[Words], Words]] = {
    "local-preference": _up_to(0xFFFFFFFF),
    "tag": _up_to(0xFFFFFFFF),
    "preferred-value": _up_to(65535),
    "cost": _cost,
    "community": _communities,
    "as-path": _as_path,
    "ip-address": _next_hop,
    "ipv6": _next_hop,
    "origin": _origin,
}
