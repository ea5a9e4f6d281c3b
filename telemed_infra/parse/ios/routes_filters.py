"""Filters as IOS has them, turned into those of `parse/route_filter.py`.

A prefix list without entries permits everything (D). What a bound name does that nothing defines
depends on its kind and the release: such a filter may let everything through, and the name is
reported. A condition of a route map on such a name, or on addresses of the other family, may hold.
An access list as a filter of routes: a standard one asks for a route's own address, whatever its
length; an extended one is not judged. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.frr.state import (
    ACCESS_LIST,
    AS_PATH_LIST,
    COMMUNITY_LIST,
    PREFIX_LIST,
    ROUTE_MAP,
    AttributeList,
    Clause,
    FilterList,
    MapEntry,
)
from telemed_infra.parse.ios.entries import Group
from telemed_infra.parse.ios.routes_lists import WORDS_OF
from telemed_infra.parse.ios.routes_maps import EXACT, UNSURE
from telemed_infra.parse.ios.routes_state import Routes
from telemed_infra.parse.prefixes import PrefixSet, every_prefix, networks_at, no_prefixes
from telemed_infra.parse.route_filter import (
    LEARNED,
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

_Entries = tuple[tuple[bool, str], ...]
_NUMBERS = {"metric": "med", "local-preference": "local-preference", "tag": "tag"}


class Filters:
    """The lists and route maps of one text, ready to be bound."""

    def __init__(self, state: Routes) -> None:
        self._state = state
        self._text = state.bgp
        self._maps: dict[tuple[Family, str], Stage] = {}

    def bound(self, kind: str, name: str, family: Family) -> Stage:
        """What a list or a map lets through that is bound to a neighbour or an origin."""
        if kind == "route-map":
            return self.map(name, family)
        if kind == "filter-list":
            found = self._text.as_path_lists.get(name)
            if found is None:
                return perhaps(every_prefix(family))
            condition = AsPath(_entries(found))
            return (Node(permits=True, prefixes=every_prefix(family), conditions=(condition,)),)
        listed = PREFIX_LIST if kind == "prefix-list" else ACCESS_LIST
        prefixes = self._listed(listed, name, family)
        return perhaps(every_prefix(family)) if prefixes is None else exactly(prefixes)

    def map(self, name: str, family: Family) -> Stage:
        """What a route map lets through, and what it sets."""
        entries = self._text.route_maps.get(name)
        if entries is None:
            return perhaps(every_prefix(family))
        if (family, name) not in self._maps:
            self._maps[family, name] = tuple(
                self._node(number, entry, family) for number, entry in sorted(entries.items())
            )
        return self._maps[family, name]

    def _listed(self, kind: str, name: str, family: Family) -> PrefixSet | None:
        """What a list permits; None if that is not known."""
        if kind == ACCESS_LIST:
            return self._by_access_list(name, family)
        found = self._text.prefix_lists.get((family, name))
        return None if found is None else _permitted(found)

    def _by_access_list(self, name: str, family: Family) -> PrefixSet | None:
        held = self._state.box.lists.get(name)
        if held is None or not held.standard or held.family is not family or not held.entries:
            return None
        found, left = no_prefixes(family), every_prefix(family)
        for entry, _, _ in held.in_order():
            assert not isinstance(entry.source, Group)  # a standard list names addresses
            prefixes = networks_at(family, entry.source)
            if entry.permits:
                found |= prefixes & left
            left -= prefixes
        return found

    def _node(self, number: int, entry: MapEntry, family: Family) -> Node:
        prefixes = every_prefix(family)
        conditions: list[Condition] = []
        for kind, clause in entry.matches.items():
            words, _, listed = kind.partition(" address")
            if words in WORDS_OF.values():
                found = self._addresses(words, listed.strip() or ACCESS_LIST, clause, family)
                prefixes &= every_prefix(family) if found is None else found
                conditions += [Unsure()] if found is None else []
            else:
                conditions += self._condition(kind, clause)
        return Node(
            permits=entry.permits,
            prefixes=prefixes,
            conditions=all_of(conditions),
            changes=changes(entry.sets),
            number=number,
            line=entry.line,
        )

    def _addresses(self, words: str, kind: str, clause: Clause, family: Family) -> PrefixSet | None:
        """What any of the lists permits; None if that depends on what is not known."""
        if words != WORDS_OF[family]:
            return None
        result = no_prefixes(family)
        for name in clause.args:
            found = self._listed(kind, name, family)
            if found is None:
                return None
            result |= found
        return result

    def _condition(self, kind: str, clause: Clause) -> Iterator[Condition]:
        if kind.startswith(UNSURE):
            yield Unsure()
        elif kind == "as-path":
            yield _any(self._text.as_path_lists, clause.args, AsPath)
        elif kind == "community":
            names = [one for one in clause.args if one != EXACT]
            exact = EXACT in clause.args
            yield _any(self._text.community_lists, names, lambda some: _wanted(some, exact=exact))
        elif kind == "source-protocol":
            yield Among("source", frozenset(LEARNED if one == "bgp" else one
                                            for one in clause.args))  # fmt: skip
        elif kind == "interface":
            yield Among("interface", frozenset(clause.args))
        else:
            yield Among(_NUMBERS[kind], frozenset(map(int, clause.args)))


def changes(clauses: Mapping[str, Clause]) -> Changes:
    """What an entry sets, as far as it matters to others."""
    words = {kind: clause.args for kind, clause in clauses.items()}
    metric = words.get("metric", ("",))[0]
    communities = words.get("community")
    next_hop = words.get("next-hop") or words.get("next-hop6")
    return Changes(
        med=int(metric) if metric.isdecimal() else None,
        adds_med=int(metric) if metric[:1] in ("+", "-") else 0,
        local_preference=_number(words.get("local-preference")),
        tag=_number(words.get("tag")),
        communities=None if communities is None else frozenset(communities) - {"additive"},
        adds_communities=communities is not None and communities[-1:] == ("additive",),
        prepends=tuple(map(int, words.get("as-path", ()))),
        next_hop=next_hop[0] if next_hop else None,
    )


def defined(state: Routes) -> dict[tuple[str, str], int]:
    """Kind and name of each list and map, with the line where it begins."""
    text = state.bgp
    found = {
        (f"{WORDS_OF[family]} {PREFIX_LIST}", name): one.line
        for (family, name), one in text.prefix_lists.items()
    }
    found |= {
        (f"{WORDS_OF[one.family]} {ACCESS_LIST}", name): one.line
        for name, one in state.box.lists.items()
    }
    found |= {(AS_PATH_LIST, name): one.line for name, one in text.as_path_lists.items()}
    found |= {(COMMUNITY_LIST, name): one.line for name, one in text.community_lists.items()}
    for name, entries in text.route_maps.items():
        found[ROUTE_MAP, name] = min(entry.line for entry in entries.values())
    return found


def _permitted(held: FilterList) -> PrefixSet:
    """What a prefix list permits: the first entry that matches decides, none denies."""
    if not held.entries:
        return every_prefix(held.family)
    found, left = no_prefixes(held.family), every_prefix(held.family)
    for _, entry in sorted(held.entries.items()):
        if entry.permits:
            found |= entry.prefixes & left
        left -= entry.prefixes
    return found


def _any(
    lists: Mapping[str, AttributeList],
    names: Iterable[str],
    made: Callable[[_Entries], AsPath | Communities],
) -> Condition:
    found = [lists.get(name) for name in names]
    if None in found or not found:
        return Unsure()
    return OneOf(tuple(made(_entries(one)) for one in found if one is not None))


def _wanted(entries: _Entries, *, exact: bool) -> Communities:
    return Communities(
        tuple((permits, frozenset(words.split())) for permits, words in entries), exact
    )


def _entries(found: AttributeList) -> _Entries:
    return tuple(entry for _, entry in sorted(found.entries.items()))


def _number(words: tuple[str, ...] | None) -> int | None:
    return int(words[0]) if words else None
