"""Filters as VRP and Comware have them, turned into those of `parse/route_filter.py`.

What a name does that nothing defines: in a node of a route policy, `if-match` of a missing list
matches every route (Huawei command references, `if-match ip-prefix`, `if-match as-path-filter`,
`if-match community-filter`; of a missing access list too; H3C routing guides say the same). Bound
to a peer or an import, a missing list or policy lets everything through on Comware (H3C command
reference, BGP); on VRP nobody can say, no document tells. Every such name is reported.
A condition on the addresses of the other family is none (command reference, `route-policy`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import PrefixSet, every_prefix, no_prefixes
from telemed_infra.parse.route_filter import (
    Among,
    AsPath,
    Changes,
    Communities,
    Condition,
    Node,
    OneOf,
    Stage,
    Unsure,
    all_of,
    exactly,
    perhaps,
)
from telemed_infra.parse.route_lines.policy import NEXT_HOP
from telemed_infra.parse.route_lines.state import (
    ACL,
    AS_PATH_FILTER,
    PREFIX_LISTS,
    ROUTE_POLICY,
    AclRule,
    Clause,
    PolicyNode,
    PrefixEntry,
    Routes,
    WordList,
)

_ATTRIBUTES = {"cost": "med", "tag": "tag", "local-preference": "local-preference"}


class Filters:
    """The lists and policies of one text, ready to be bound."""

    def __init__(self, text: Routes, *, missing_passes: bool) -> None:
        self._text = text
        self._missing = exactly if missing_passes else perhaps
        self._lists = {
            key: found
            for key, one in text.prefix_lists.items()
            if (found := _permitted(one.family, one.entries)) is not None
        }
        self._policies: dict[tuple[Family, str], Stage] = {}

    def bound(self, kind: str, name: str, family: Family) -> Stage:
        """What a list or policy lets through that is bound to a peer, an import, a network."""
        if kind in PREFIX_LISTS.values():
            found = self._lists.get((family, name))
            return self._missing(every_prefix(family)) if found is None else exactly(found)
        if kind == AS_PATH_FILTER:
            return self._by_path(name, family)
        if kind == ACL:
            return self._by_acl(name, family)
        return self._policy(name, family)

    def _by_path(self, name: str, family: Family) -> Stage:
        found = self._text.as_path_filters.get(name)
        if found is None:
            return self._missing(every_prefix(family))
        condition = AsPath(_words(found))
        return (Node(permits=True, prefixes=every_prefix(family), conditions=(condition,)),)

    def _by_acl(self, name: str, family: Family) -> Stage:
        acl = self._text.acls.get(_acl_name(name, family))
        if acl is None:
            return self._missing(every_prefix(family))
        found = _permitted(family, acl.rules)
        return perhaps(every_prefix(family)) if found is None else exactly(found)

    def _policy(self, name: str, family: Family) -> Stage:
        nodes = self._text.policies.get(name)
        if nodes is None:
            return self._missing(every_prefix(family))
        if (family, name) not in self._policies:
            self._policies[family, name] = tuple(
                self._node(number, node, family) for number, node in sorted(nodes.items())
            )
        return self._policies[family, name]

    def _node(self, number: int, node: PolicyNode, family: Family) -> Node:
        prefixes = every_prefix(family)
        conditions: list[Condition] = []
        for kind, clause in node.matches.items():
            if kind in ("ip-prefix", "acl", "ipv6 address"):
                of = Family.V6 if kind == "ipv6 address" else Family.V4
                if of is family:
                    found, sure = self._addresses(kind, clause, family)
                    prefixes &= found
                    conditions += [] if sure else [Unsure()]
            else:
                conditions += self._condition(kind, clause, family)
        return Node(
            permits=node.permits,
            prefixes=prefixes,
            conditions=all_of(conditions),
            changes=changes(node.changes),
            number=number,
            line=node.line,
        )

    def _addresses(self, kind: str, clause: Clause, family: Family) -> tuple[PrefixSet, bool]:
        """What a condition on addresses matches, and whether that is known for certain."""
        listed, name = (kind, clause.args[0]) if kind != "ipv6 address" else clause.args
        if listed != ACL:
            return self._lists.get((family, name), every_prefix(family)), True
        acl = self._text.acls.get(_acl_name(name, family))
        if acl is None:
            return every_prefix(family), True
        found = _permitted(family, acl.rules)
        return (every_prefix(family), False) if found is None else (found, True)

    def _condition(self, kind: str, clause: Clause, family: Family) -> list[Condition]:
        if kind == NEXT_HOP:
            of = Family.V6 if clause.args[0] == "ipv6" else Family.V4
            return [Unsure()] if of is family else []
        if kind == "as-path-filter":
            return self._any_path(clause.args)
        if kind == "community-filter":
            return self._any_community(clause.args)
        if kind == "interface":
            return [Among("interface", frozenset(clause.args))]
        return [Among(_ATTRIBUTES[kind], frozenset({int(clause.args[0])}))]

    def _any_path(self, names: Iterable[str]) -> list[Condition]:
        found = [self._text.as_path_filters.get(name) for name in names]
        if None in found:
            return []
        return [OneOf(tuple(AsPath(_words(one)) for one in found if one is not None))]

    def _any_community(self, words: tuple[str, ...]) -> list[Condition]:
        """Each filter, exactly if `whole-match` follows it."""
        conditions: list[Communities] = []
        for at, name in enumerate(words):
            if name == "whole-match":
                continue
            found = self._text.community_filters.get(name)
            if found is None:
                return []
            exact = words[at + 1 : at + 2] == ("whole-match",)
            entries = tuple((permits, frozenset(text.split())) for permits, text in _words(found))
            conditions.append(Communities(entries, exact))
        return [OneOf(tuple(conditions))]


def changes(clauses: Mapping[str, Clause]) -> Changes:
    """What the `apply` lines of a node set, as far as it matters to others."""
    words = {kind: clause.args for kind, clause in clauses.items()}
    sign, cost = words.get("cost", ("", ""))
    path = words.get("as-path", ("",))
    numbers = tuple(int(word) for word in path[:-1])
    communities = words.get("community")
    next_hop = words.get("ip-address") or words.get("ipv6")
    return Changes(
        med=int(cost) if cost and not sign else None,
        adds_med=int(sign + cost) if sign else 0,
        local_preference=_number(words.get("local-preference")),
        tag=_number(words.get("tag")),
        communities=None if communities is None else frozenset(communities[:-1]),
        adds_communities=communities is not None and communities[-1] == "additive",
        prepends=numbers if path[-1] == "additive" else (),
        as_path=numbers if path[-1] == "overwrite" else None,
        next_hop=next_hop[0] if next_hop else None,
    )


def defined(text: Routes) -> dict[tuple[str, str], int]:
    """Kind and name of each list, policy and session, with the line where it begins."""
    found = {(PREFIX_LISTS[family], name): one.line
             for (family, name), one in text.prefix_lists.items()}  # fmt: skip
    found |= {(AS_PATH_FILTER, name): one.line for name, one in text.as_path_filters.items()}
    found |= {("community-filter", name): one.line for name, one in text.community_filters.items()}
    found |= {(ACL, name): one.line for name, one in text.acls.items()}
    found |= {key: one.line for key, one in text.watches.items()}
    for name, nodes in text.policies.items():
        found[ROUTE_POLICY, name] = min(node.line for node in nodes.values())
    return found


def _number(words: tuple[str, ...] | None) -> int | None:
    return int(words[0]) if words else None


def _words(found: WordList) -> tuple[tuple[bool, str], ...]:
    return tuple(entry for _, entry in sorted(found.entries.items()))


def _permitted(family: Family, entries: Mapping[int, PrefixEntry | AclRule]) -> PrefixSet | None:
    """What entries permit, tried by number: the first that matches decides, none denies.

    None if some entry says more than prefixes of this family.
    """
    found, left = no_prefixes(family), every_prefix(family)
    for _, entry in sorted(entries.items()):
        if entry.prefixes is None or entry.prefixes.family is not family:
            return None
        if entry.permits:
            found |= entry.prefixes & left
        left -= entry.prefixes
    return found


def _acl_name(name: str, family: Family) -> str:
    return f"ipv6 {name}" if family is Family.V6 else name
