"""What the lines of a route policy do: nodes, `if-match`, `apply`.

Source: Huawei and H3C command references, `route-policy`, `if-match …`, `apply …`: conditions on
different attributes must all hold, of conditions on one attribute any; the last `if-match` on
addresses replaces the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines.lists import communities, verdict
from telemed_infra.parse.route_lines.state import (
    ACL,
    AS_PATH_FILTER,
    COMMUNITY_FILTER,
    PREFIX_LISTS,
    Clause,
    PolicyNode,
    Routes,
)
from telemed_infra.parse.vrp.arguments import address, name, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

NODE_MAX = 65535
AS_MAX = 0xFFFFFFFF
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
Undone = tuple[tuple[str, ...], Words]
"""Under which words conditions may be kept that are taken back, and the names that a line gives."""


def if_match(condition: Callable[[Words], Clauses]) -> Reader[Routes]:
    """`if-match …`, by what a platform's words mean."""

    def reader(words: Words) -> Effect[Routes]:
        kind, args, uses = condition(words)

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

    return reader


def undo_if_match(undone: Callable[[Words], Undone]) -> Reader[Routes]:
    """`undo if-match <kind> …`: the whole condition, unless one of several filters is named."""

    def reader(words: Words) -> Effect[Routes]:
        kinds, rest = undone(words)

        def effect(state: Routes, _line: int) -> None:
            matches = state.open_node().matches
            kind = next((kind for kind in kinds if kind in matches), "")
            if not kind:
                raise Unreadable("the node has no such condition")
            if kind in ADDS_UP and rest and rest != matches[kind].args:
                raise Unreadable("what is left of several filters is not modelled")
            del matches[kind]

        return effect

    return reader


def by_address6(words: Words) -> Clauses:
    """`{prefix-list|acl} <n>`: routes of IPv6 by their address."""
    if len(words) != 2 or words[0] not in ("prefix-list", "acl"):
        raise Unreadable("prefix-list or acl with a name is expected")
    kind, found = words[0], name(words[1])
    used = (PREFIX_LISTS[Family.V6], found) if kind == "prefix-list" else (ACL, f"ipv6 {found}")
    return "ipv6 address", (kind, found), (used,)


def by_as_path(limit: int) -> Callable[[Words], Clauses]:
    """As-path filters, so many at most."""

    def condition(words: Words) -> Clauses:
        if not 1 <= len(words) <= limit:
            raise Unreadable(f"1 to {limit} filters are expected")
        return "as-path-filter", words, tuple((AS_PATH_FILTER, name(word)) for word in words)

    return condition


def by_community(limit: int) -> Callable[[Words], Clauses]:
    """Community filters, so many at most, each perhaps with `whole-match`."""

    def condition(words: Words) -> Clauses:
        named = [word for word in words if word != "whole-match"]
        if not 1 <= len(named) <= limit or words[0] == "whole-match":
            raise Unreadable(f"1 to {limit} filters are expected")
        return "community-filter", words, tuple((COMMUNITY_FILTER, name(word)) for word in named)

    return condition


def by_number(kind: str) -> Callable[[Words], Clauses]:
    """An attribute that is one number."""
    return lambda words: (kind, (str(number(one(words), 0, 0xFFFFFFFF)),), ())


# Changes.


def apply(table: Mapping[str, Callable[[Words], Words]]) -> Reader[Routes]:
    """`apply …`; a second one of a kind takes the place of the first."""

    def reader(words: Words) -> Effect[Routes]:
        kind = words[0] if words else ""
        if kind not in table:
            raise Unreadable(f"`apply {kind}` is not modelled")
        args = table[kind](words[1:])

        def effect(state: Routes, line: int) -> None:
            state.open_node().changes[kind] = Clause(args, line)

        return effect

    return reader


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


CHANGES: Mapping[str, Callable[[Words], Words]] = {
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
"""What `apply` sets, in words that both vendors have or that can be turned into such."""
