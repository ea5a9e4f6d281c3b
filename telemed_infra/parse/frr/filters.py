"""Filters as FRR has them, turned into those of `parse/route_filter.py`.

A missing prefix list, access list, as-path list or route map lets nothing through; neither does a
condition on one hold. Source: FRR 8.4, lib/plist.c, lib/routemap.c, bgpd/bgp_routemap.c; tried
against bgpd.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.frr.state import (
    ACCESS_LIST,
    PREFIX_LIST,
    AttributeList,
    Clause,
    FilterList,
    MapEntry,
    Text,
)
from telemed_infra.parse.prefixes import PrefixSet, every_prefix, no_prefixes
from telemed_infra.parse.route_filter import (
    LEARNED,
    Among,
    AsPath,
    Changes,
    Communities,
    Condition,
    Node,
    Stage,
    Unsure,
    all_of,
    exactly,
)

NOTHING: Stage = ()
"""What no route passes."""
_NUMBERS = {"metric": "med", "local-preference": "local-preference", "tag": "tag"}


def permitted(entries: FilterList, *, empty: bool) -> PrefixSet:
    """What a list permits: the first entry that matches decides; no match denies.

    `empty` says what a list without entries does.
    """
    family = entries.family
    if not entries.entries:
        return every_prefix(family) if empty else no_prefixes(family)
    found, left = no_prefixes(family), every_prefix(family)
    for _, entry in sorted(entries.entries.items()):
        if entry.permits:
            found |= entry.prefixes & left
        left -= entry.prefixes
    return found


class Filters:
    """The lists and route maps of one text, ready to be bound."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._lists = {
            PREFIX_LIST: {k: permitted(v, empty=True) for k, v in text.prefix_lists.items()},
            ACCESS_LIST: {k: permitted(v, empty=False) for k, v in text.access_lists.items()},
        }
        self._maps: dict[tuple[Family, str], Stage] = {}

    def prefixes(self, kind: str, family: Family, name: str) -> Stage:
        """What a prefix list or an access list lets through."""
        return exactly(self._lists[kind].get((family, name), no_prefixes(family)))

    def as_path_list(self, family: Family, name: str) -> Stage:
        """What an as-path list lets through."""
        return (
            Node(permits=True, prefixes=every_prefix(family), conditions=(self._as_path(name),)),
        )

    def map(self, family: Family, name: str) -> Stage:
        """What a route map lets through, and what it sets."""
        if (family, name) not in self._maps:
            self._maps[family, name] = tuple(
                self._node(number, entry, family)
                for number, entry in sorted(self._text.route_maps.get(name, {}).items())
            )
        return self._maps[family, name]

    def _node(self, number: int, entry: MapEntry, family: Family) -> Node:
        prefixes = every_prefix(family)
        conditions: list[Condition] = []
        for clause in entry.matches.values():
            words, _, kind = clause.kind.partition(" ")
            if kind in self._lists:
                found = self._listed(words, kind, clause.args[0], family)
                prefixes &= every_prefix(family) if found is None else found
                conditions += [Unsure()] if found is None else []
            else:
                conditions.append(self._condition(clause))
        return Node(
            permits=entry.permits,
            prefixes=prefixes,
            conditions=all_of(conditions),
            changes=changes(entry.sets),
            number=number,
            goes_on=entry.goes_on,
            line=entry.line,
        )

    def _listed(self, words: str, kind: str, name: str, family: Family) -> PrefixSet | None:
        """What a condition on prefixes matches; None if that depends on what is not known."""
        of = Family.V4 if words == "ip" else Family.V6
        found = self._text.prefix_lists.get((of, name)) if kind == PREFIX_LIST else None
        if found is not None and not found.entries:
            # bgpd 8.4 takes an empty one as matching or not by where the entry stands.
            return None
        if of is not family:
            return no_prefixes(family)
        return self._lists[kind].get((of, name), no_prefixes(family))

    def _as_path(self, name: str) -> AsPath:
        return AsPath(_entries(self._text.as_path_lists.get(name)))

    def _condition(self, clause: Clause) -> Condition:
        kind, value = clause.kind, clause.args[0]
        if kind == "as-path":
            return self._as_path(value)
        if kind == "community":
            entries = _entries(self._text.community_lists.get(value))
            wanted = tuple((permits, frozenset(words.split())) for permits, words in entries)
            return Communities(wanted, exact=bool(clause.args[1]))
        if kind == "source-protocol":
            return Among("source", frozenset({LEARNED if value == "bgp" else value}))
        if kind == "interface":
            return Among("interface", frozenset({value}))
        if kind in _NUMBERS:
            return Among(_NUMBERS[kind], frozenset({int(value)}))
        return Unsure()  # of a neighbour


def changes(clauses: Mapping[str, Clause]) -> Changes:
    """What an entry sets, as far as it matters to others."""
    words = {kind: clause.args[0] for kind, clause in clauses.items()}
    metric = words.get("metric", "")
    communities = words.get("community", "").split()
    adds = communities[-1:] == ["additive"]
    prepended = words.get("as-path prepend", "").split()
    next_hop = words.get("next-hop")
    return Changes(
        med=int(metric) if metric.isdecimal() else None,
        adds_med=int(metric) if metric[:1] in ("+", "-") else 0,
        local_preference=_number(words.get("local-preference")),
        tag=_number(words.get("tag")),
        communities=frozenset(communities) - {"additive", "none"} if communities else None,
        adds_communities=adds,
        prepends=tuple(map(int, prepended)) if all(map(str.isdecimal, prepended)) else (),
        next_hop=next_hop,
    )


def _entries(found: AttributeList | None) -> tuple[tuple[bool, str], ...]:
    return tuple(entry for _, entry in sorted(found.entries.items())) if found else ()


def _number(word: str | None) -> int | None:
    return int(word) if word else None
