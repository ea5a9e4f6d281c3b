"""Filters of routes, the same for all platforms, and what they let through.

A platform's reader turns prefix lists, route maps and route policies into stages of nodes; what a
missing name or an empty list does is its business. Here a filter is only asked. A node's outcome
may depend on what is not known of a route (communities of one that somebody else may send): such
a part goes both ways and is no longer *certain*.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from telemed_infra.parse.prefixes import PrefixSet

LEARNED = "learned"
"""The source of a route that a neighbour has told."""
_PATH_WORDS = re.compile(r"(?:\.\*|[\d_^$.]|\[\d-\d\])*")
_BETWEEN = r"(?:^|$|[ ,{}()])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What is known of a route besides its prefix."""

    source: str  # direct, static, network, aggregate, default, LEARNED, or as a platform says
    interface: str = ""
    med: int | None = None
    local_preference: int = 100
    tag: int = 0
    communities: frozenset[str] = field(default_factory=frozenset)
    as_path: tuple[int, ...] | None = ()  # from the neighbour's AS on; None: not known
    next_hop: str = ""  # as a filter sets it; "": by the rules of the session
    known: bool = True  # False: learned from anybody, so its attributes may be any

    @property
    def own(self) -> bool:
        """Whether we originate it."""
        return self.source != LEARNED


class Part(NamedTuple):
    """Prefixes with the same attributes."""

    prefixes: PrefixSet
    route: Route
    certain: bool


class AsPath(NamedTuple):
    """The first expression that matches the AS path decides; none denies."""

    entries: tuple[tuple[bool, str], ...]


class Communities(NamedTuple):
    """The first entry whose communities the route has (exactly: and no other) decides."""

    entries: tuple[tuple[bool, frozenset[str]], ...]
    exact: bool = False


class Among(NamedTuple):
    """An attribute with one of some values."""

    attribute: str  # a key of `ATTRIBUTES`
    values: frozenset[int | str]


class Unsure(NamedTuple):
    """What no text says: a neighbour's address, a next hop, an expression that is not modelled."""


class OneOf(NamedTuple):
    """Any of some conditions."""

    conditions: tuple[AsPath | Communities | Among | Unsure, ...]


Condition = AsPath | Communities | Among | Unsure | OneOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a node that permits sets; None leaves a thing as it is."""

    med: int | None = None
    adds_med: int = 0
    local_preference: int | None = None
    tag: int | None = None
    communities: frozenset[str] | None = None
    adds_communities: bool = False
    prepends: tuple[int, ...] = ()
    as_path: tuple[int, ...] | None = None
    next_hop: str | None = None


NO_CHANGES = Changes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One numbered part of a filter: matches prefixes that meet all its conditions."""

    permits: bool
    prefixes: PrefixSet
    conditions: tuple[Condition, ...] = ()
    changes: Changes = NO_CHANGES
    number: int = 0
    goes_on: int = 0  # after a permit: 0 ends, else the first number to go on with
    line: int = field(default=0, compare=False)


Stage = tuple[Node, ...]
"""The first node that matches decides; what no node matches is denied."""
RouteFilter = tuple[Stage, ...]
"""A route passes if it passes every stage, in this order; an empty filter lets all through."""
NO_FILTER: RouteFilter = ()


def passing(filters: RouteFilter, parts: Iterable[Part]) -> tuple[Part, ...]:
    """What of some routes passes a filter, with the attributes that it then has."""
    found = tuple(part for part in parts if part.prefixes)
    for stage in filters:
        found = tuple(left for part in found for left in _through(stage, part))
    return found


def exactly(prefixes: PrefixSet) -> Stage:
    """A stage that lets some prefixes through, unchanged."""
    return (Node(permits=True, prefixes=prefixes),)


def perhaps(prefixes: PrefixSet) -> Stage:
    """A stage that may let some prefixes through: what it stands for is not known."""
    return (Node(permits=True, prefixes=prefixes, conditions=(Unsure(),)),)


def all_of(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Conditions that must all hold, so that the same ones are the same value in any order."""
    return tuple(sorted(conditions, key=_kind))


def _kind(condition: Condition) -> tuple[str, str]:
    attribute = condition.attribute if isinstance(condition, Among) else ""
    return type(condition).__name__, attribute


def readable_path(expression: str) -> bool:
    """Whether an expression over AS paths is one that `AsPath` can judge.

    Digits, `_`, `^`, `$`, `.`, `.*` and `[0-9]`: what cannot run away in a matcher.
    """
    return len(expression) <= 64 and _PATH_WORDS.fullmatch(expression) is not None


def _through(stage: Stage, part: Part) -> Iterator[Part]:
    """What a stage permits. What no node matches is denied, whatever happened before."""
    work = [(0, part)]
    while work:
        at, (prefixes, route, certain) = work.pop()
        if at == len(stage) or not prefixes:
            continue
        node = stage[at]
        hit = prefixes & node.prefixes
        answer = _holds(node.conditions, route) if hit else False
        if answer is False:
            work.append((at + 1, Part(prefixes, route, certain)))
            continue
        sure = answer is True
        work.append((at + 1, Part(prefixes - hit, route, certain)))
        if not sure:
            work.append((at + 1, Part(hit, route, certain=False)))
        if node.permits:
            changed = Part(hit, changed_route(route, node.changes), certain and sure)
            goes_on = _goes_on(stage, at)
            if goes_on is None:
                yield changed
            else:
                work.append((goes_on, changed))


def _goes_on(stage: Stage, at: int) -> int | None:
    """Where a node sends on what it permits, always forward; None: out, since there is no more."""
    wanted = stage[at].goes_on
    if not wanted:
        return None
    return next((i for i in range(at + 1, len(stage)) if stage[i].number >= wanted), None)


def _holds(conditions: tuple[Condition, ...], route: Route) -> bool | None:
    """Whether all conditions hold; None: that is not known."""
    answers = [_condition(one, route) for one in conditions]
    if False in answers:
        return False
    return None if None in answers else True


def _condition(condition: Condition, route: Route) -> bool | None:
    match condition:
        case OneOf(conditions):
            answers = [_condition(one, route) for one in conditions]
            return True if True in answers else (None if None in answers else False)
        case AsPath(entries):
            return _path(entries, route)
        case Communities(entries, exact):
            return _communities(entries, route, exact=exact) if route.known else None
        case Among(attribute, values):
            found = ATTRIBUTES[attribute](route)
            return None if found is None else found in values
        case Unsure():
            return None


def _path(entries: tuple[tuple[bool, str], ...], route: Route) -> bool | None:
    for permits, expression in entries:
        found = True if expression in ("", ".*") else _path_matches(expression, route.as_path)
        if found is None:
            return None
        if found:
            return permits
    return False


def _path_matches(expression: str, path: tuple[int, ...] | None) -> bool | None:
    if path is None or not readable_path(expression):
        return None
    return _compiled(expression).search(" ".join(map(str, path))) is not None


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression.replace("_", _BETWEEN))


def _communities(
    entries: tuple[tuple[bool, frozenset[str]], ...], route: Route, *, exact: bool
) -> bool:
    for permits, wanted in entries:
        if wanted == route.communities if exact else wanted <= route.communities:
            return permits
    return False


def _if_known(value: Callable[[Route], int | str]) -> Callable[[Route], int | str | None]:
    return lambda route: value(route) if route.known else None


ATTRIBUTES: Mapping[str, Callable[[Route], int | str | None]] = {
    "source": lambda route: route.source,
    "interface": _if_known(lambda route: route.interface),
    "med": _if_known(lambda route: route.med or 0),
    "local-preference": _if_known(lambda route: route.local_preference),
    "tag": _if_known(lambda route: route.tag),
}
"""What `Among` may ask for; None: that is not known of this route."""


def changed_route(route: Route, changes: Changes) -> Route:
    """The route with what a node sets."""
    if changes == NO_CHANGES:
        return route
    med = route.med if changes.med is None else changes.med
    if changes.adds_med:
        med = min(max((med or 0) + changes.adds_med, 0), 0xFFFFFFFF)
    path = route.as_path if changes.as_path is None else changes.as_path
    if changes.prepends and path is not None:
        path = (*changes.prepends, *path)
    return replace(
        route,
        med=med,
        local_preference=_or(changes.local_preference, route.local_preference),
        tag=_or(changes.tag, route.tag),
        communities=_changed_communities(route.communities, changes),
        as_path=path,
        next_hop=route.next_hop if changes.next_hop is None else changes.next_hop,
    )


def _changed_communities(now: frozenset[str], changes: Changes) -> frozenset[str]:
    if changes.communities is None:
        return now
    return now | changes.communities if changes.adds_communities else changes.communities


def _or(new: int | None, old: int) -> int:
    return old if new is None else new
