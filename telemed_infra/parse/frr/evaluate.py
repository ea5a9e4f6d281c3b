"""Which prefixes a filter lets through, and with which attributes. Exact for what is known.

A route map's outcome may depend on what no text says (communities of a learned route, a community
list against them). Such a part goes both ways and is no longer *certain*.
Source: FRR 8.4, lib/plist.c, lib/routemap.c, bgpd/bgp_routemap.c; tried against bgpd.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.frr.prefixes import PrefixSet, every_prefix, no_prefixes
from telemed_infra.parse.frr.state import (
    ACCESS_LIST,
    PREFIX_LIST,
    AttributeList,
    Clause,
    FilterList,
    MapEntry,
    Text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What is known of a route besides its prefix."""

    source: str
    interface: str = ""
    med: int | None = None
    local_preference: int = 100
    tag: int = 0
    communities: frozenset[str] = field(default_factory=frozenset)
    own: bool = True  # we originate it: its as-path is empty
    known: bool = True  # False: learned, so its attributes may be any


class Part(NamedTuple):
    """Prefixes with the same attributes."""

    prefixes: PrefixSet
    route: Route
    certain: bool


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
    """The lists and route maps of one text, ready to be asked."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._prefix_lists = {k: permitted(v, empty=True) for k, v in text.prefix_lists.items()}
        self._access_lists = {k: permitted(v, empty=False) for k, v in text.access_lists.items()}

    def prefix_list(self, family: Family, name: str) -> PrefixSet:
        """What a prefix list lets through; one that is missing, nothing."""
        return self._prefix_lists.get((family, name), no_prefixes(family))

    def access_list(self, family: Family, name: str) -> PrefixSet:
        """What an access list lets through; one that is missing, nothing."""
        return self._access_lists.get((family, name), no_prefixes(family))

    def as_path_list(self, name: str, route: Route) -> bool | None:
        """Whether an as-path list lets a route through; None: that is not known."""
        entries = self._text.as_path_lists.get(name)
        for _, (permits, words) in sorted(entries.entries.items()) if entries else ():
            if words == ".*" or route.own:
                return permits
            if not route.known:
                return None
        return False

    def map(self, name: str, parts: Iterator[Part]) -> Iterator[Part]:
        """What comes out of a route map; out of one that is missing, nothing."""
        entries = sorted(self._text.route_maps.get(name, {}).items())
        for part in parts:
            yield from self._from(entries, 0, part)

    def _from(self, entries: list[tuple[int, MapEntry]], at: int, part: Part) -> Iterator[Part]:
        """From an entry on. What none of them matches is denied, whatever happened before."""
        prefixes, route, certain = part
        while at < len(entries) and prefixes:
            _, entry = entries[at]
            at += 1
            yes, maybe = self._matches(entry, prefixes, route)
            for hit, sure in ((yes, certain), (maybe, False)):
                if hit and entry.permits:
                    changed = Part(hit, _changed(route, entry.sets), sure)
                    yield from self._permit(entries, entry, changed)
            if maybe:
                yield from self._from(entries, at, Part(maybe, route, certain=False))
            prefixes = prefixes - yes - maybe

    def _permit(
        self, entries: list[tuple[int, MapEntry]], entry: MapEntry, part: Part
    ) -> Iterator[Part]:
        """What an entry permits is out, unless `on-match` sends it on and there is more."""
        numbers = [number for number, _ in entries]
        at = next((i for i, number in enumerate(numbers) if number >= entry.goes_on), len(numbers))
        if not entry.goes_on or at == len(numbers):
            yield part
        else:
            yield from self._from(entries, at, part)

    def _matches(
        self, entry: MapEntry, prefixes: PrefixSet, route: Route
    ) -> tuple[PrefixSet, PrefixSet]:
        """What surely matches all clauses, and what may."""
        yes, maybe = prefixes, no_prefixes(prefixes.family)
        for clause in entry.matches.values():
            left = yes | maybe
            found = self._clause(clause, left, route)
            if found is None:
                yes, maybe = no_prefixes(prefixes.family), left
            else:
                yes, maybe = yes & found, maybe & found
        return yes, maybe

    def _clause(self, clause: Clause, prefixes: PrefixSet, route: Route) -> PrefixSet | None:
        """What matches one clause; None if that depends on what is not known."""
        words, _, kind = clause.kind.partition(" ")
        if kind in (PREFIX_LIST, ACCESS_LIST):
            return self._list_clause(words, kind, clause.args[0], prefixes)
        answer = self._attribute(clause, route)
        if answer is None:
            return None
        return prefixes if answer else no_prefixes(prefixes.family)

    def _list_clause(
        self, words: str, kind: str, name: str, prefixes: PrefixSet
    ) -> PrefixSet | None:
        family = Family.V4 if words == "ip" else Family.V6
        if kind == ACCESS_LIST:
            known = self._access_lists
        else:
            known = self._prefix_lists
            found = self._text.prefix_lists.get((family, name))
            if found is not None and not found.entries:
                # bgpd 8.4 takes an empty one as matching or not by where the entry stands.
                return None
        if prefixes.family is not family or (family, name) not in known:
            return no_prefixes(prefixes.family)
        return prefixes & known[family, name]

    def _attribute(self, clause: Clause, route: Route) -> bool | None:
        kind, value = clause.kind, clause.args[0]
        if kind == "as-path":
            return self.as_path_list(value, route)
        if kind == "source-protocol":
            return value == ("bgp" if not route.own else route.source)
        if kind == "interface":
            return None if not route.known else value == route.interface
        if not route.known or kind == "peer":
            return None
        if kind == "community":
            lists = self._text.community_lists.get(value)
            return _in_list(lists, route.communities, exact=bool(clause.args[1]))
        return _NUMBERS[kind](route) == int(value)


def _in_list(lists: AttributeList | None, communities: frozenset[str], *, exact: bool) -> bool:
    for _, (permits, words) in sorted(lists.entries.items()) if lists else ():
        wanted = frozenset(words.split())
        if wanted == communities if exact else wanted <= communities:
            return permits
    return False


_NUMBERS: Mapping[str, Callable[[Route], int | None]] = {
    "metric": lambda route: route.med or 0,
    "local-preference": lambda route: route.local_preference,
    "tag": lambda route: route.tag,
}


def _changed(route: Route, sets: Mapping[str, Clause]) -> Route:
    """The route with what an entry sets."""
    for kind, clause in sets.items():
        change = _CHANGES.get(kind)
        if change is not None:
            route = change(route, clause.args[0])
    return route


def _set_metric(route: Route, value: str) -> Route:
    if value[0] in "+-":
        return replace(route, med=min(max((route.med or 0) + int(value), 0), 0xFFFFFFFF))
    return replace(route, med=int(value))


def _set_communities(route: Route, value: str) -> Route:
    words = value.split()
    if words == ["none"]:
        return replace(route, communities=frozenset())
    added = words[-1] == "additive"
    new = frozenset(words[:-1] if added else words)
    return replace(route, communities=route.communities | new if added else new)


_CHANGES: Mapping[str, Callable[[Route, str], Route]] = {
    "metric": _set_metric,
    "community": _set_communities,
    "local-preference": lambda route, value: replace(route, local_preference=int(value)),
    "tag": lambda route, value: replace(route, tag=int(value)),
}
