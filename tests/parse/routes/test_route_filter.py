"""Filters of routes against one route at a time."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import (
    PrefixSet,
    every_prefix,
    networks_at,
    no_prefixes,
    prefixes_inside,
    prefixes_within,
)
from telemed_infra.parse.route_filter import (
    LEARNED,
    Among,
    AsPath,
    Changes,
    Communities,
    Condition,
    Node,
    OneOf,
    Part,
    Route,
    RouteFilter,
    Stage,
    Unsure,
    changed_route,
    exactly,
    passing,
    perhaps,
    readable_path,
)

EVERY = every_prefix(Family.V4)
MEMBERS = [
    net for length in range(28, 33) for net in IPv4Network("10.0.0.0/28").subnets(new_prefix=length)
]


def members(prefixes: PrefixSet) -> set[IPv4Network]:
    return {one for one in MEMBERS if prefixes & prefixes_within(str(one))}


conditions: st.SearchStrategy[Condition] = st.sampled_from([
    Among("tag", frozenset({1})), Among("tag", frozenset({2})), Among("med", frozenset({0, 5})),
    Communities(((True, frozenset({"1:1"})),)), Communities(((False, frozenset()),)), Unsure(),
    OneOf((Among("tag", frozenset({2})), Unsure())), AsPath(((True, "^7_"),)),
])  # fmt: skip
nodes = st.builds(
    lambda permits, box, some, tag, goes_on: (permits, box, some, tag, goes_on),
    st.booleans(),
    st.sampled_from(MEMBERS),
    st.lists(conditions, max_size=2),
    st.sampled_from([None, None, 1, 2]),
    st.sampled_from([0, 0, 1, 2]),
)


def stage(some: list[tuple[bool, IPv4Network, list[Condition], int | None, int]]) -> Stage:
    return tuple(
        Node(
            permits=permits,
            prefixes=prefixes_within(str(box), box.prefixlen, 32),
            conditions=tuple(needs),
            changes=Changes(tag=tag),
            number=10 * at,
            goes_on=10 * (at + goes_on) if permits and goes_on else 0,
        )
        for at, (permits, box, needs, tag, goes_on) in enumerate(some, 1)
    )


def outcomes(some: Stage, net: IPv4Network, route: Route, at: int = 0) -> set[int | None]:
    """The oracle: every tag with which one route may come out; None: it may be denied."""
    for place in range(at, len(some)):
        node = some[place]
        if net not in members(node.prefixes):
            continue
        answers = [holds(one, route) for one in node.conditions]
        if False in answers:
            continue
        found: set[int | None] = outcomes(some, net, route, place + 1) if None in answers else set()
        if not node.permits:
            return found | {None}
        changed = changed_route(route, node.changes)
        later = [i for i, other in enumerate(some) if node.goes_on and other.number >= node.goes_on]
        return found | (outcomes(some, net, changed, later[0]) if later else {changed.tag})
    return {None}


def holds(condition: Condition, route: Route) -> bool | None:
    match condition:
        case Among(attribute, values):
            return {"tag": route.tag, "med": route.med or 0}[attribute] in values
        case Communities(entries, _):
            return any(permits and wanted <= route.communities for permits, wanted in entries)
        case AsPath(_):
            return (route.as_path or (0,))[0] == 7
        case OneOf(either):
            found = [holds(one, route) for one in either]
            return True if True in found else None
        case Unsure():
            return None


@given(st.lists(nodes, max_size=5), st.sampled_from([0, 1, 2]), st.booleans())
def test_filters_against_an_oracle(
    some: list[tuple[bool, IPv4Network, list[Condition], int | None, int]], tag: int, marked: bool
) -> None:
    made = stage(some)
    route = Route(
        source=LEARNED, tag=tag, as_path=(7,),
        communities=frozenset({"1:1"} if marked else ()),
    )  # fmt: skip
    parts = passing((made,), [Part(EVERY, route, certain=True)])
    for net in MEMBERS:
        mine = [part for part in parts if net in members(part.prefixes)]
        expected = outcomes(made, net, route)
        assert {part.route.tag for part in mine} == expected - {None}
        for part in mine:
            assert not part.certain or expected == {part.route.tag}
        if not any(holds(one, route) is None for node in made for one in node.conditions):
            assert all(part.certain for part in mine)


def test_stages_are_passed_one_after_the_other() -> None:
    ten, eleven = prefixes_within("10.0.0.0/8"), prefixes_within("11.0.0.0/8")
    filters: RouteFilter = (exactly(ten | eleven), perhaps(EVERY - ten))
    (part,) = passing(filters, [Part(EVERY, Route(source="static"), certain=True)])
    assert (part.prefixes, part.certain) == (eleven, False)
    assert passing((), [Part(ten, Route(source="static"), certain=True)])
    assert not passing((), [Part(no_prefixes(Family.V4), Route(source="static"), certain=True)])
    assert not passing(((),), [Part(EVERY, Route(source="static"), certain=True)])


def test_many_nodes_that_nobody_can_judge() -> None:
    """A recursion as deep as the filter is long would end in an error."""
    made = tuple(
        Node(permits=False, prefixes=EVERY, conditions=(Unsure(),), number=n) for n in range(3000)
    )
    (part,) = passing(((*made, *exactly(EVERY)),), [Part(EVERY, Route(source="x"), certain=True)])
    assert not part.certain


@pytest.mark.parametrize(
    ("expression", "path", "matches"),
    [
        ("^$", (), True), ("^$", (1,), False), (".*", (), True), ("_2$", (1, 2), True),
        ("_2$", (1, 12), False), ("^1_", (1, 2), True), ("^1_", (12,), False), ("_2_", (1, 2, 3),
        True), ("^1.*3$", (1, 2, 3), True), ("6451[2-3]", (64513,), True), ("^$", None, None),
        (".*", None, True), ("(1|2)", (1,), None),
    ],
)  # fmt: skip
def test_paths(expression: str, path: tuple[int, ...] | None, matches: bool | None) -> None:
    node = Node(permits=True, prefixes=EVERY, conditions=(AsPath(((True, expression),)),))
    route = Route(source=LEARNED if path != () else "static", as_path=path)
    parts = passing(((node,),), [Part(EVERY, route, certain=True)])
    assert [part.certain for part in parts] == {True: [True], False: [], None: [False]}[matches]


@pytest.mark.parametrize(
    ("expression", "readable"),
    [("^64512_", True), (".*", True), ("[0-9]5$", True), ("(a+)+$", False), ("1*", False),
     ("x", False), ("1" * 65, False)],
)  # fmt: skip
def test_expressions_that_cannot_run_away(expression: str, readable: bool) -> None:
    assert readable_path(expression) is readable


def test_a_filter_that_points_back_comes_to_an_end() -> None:
    node = Node(permits=True, prefixes=EVERY, number=10, goes_on=10)
    assert passing(((node,),), [Part(EVERY, Route(source="static"), certain=True)])


def test_a_metric_stays_within_its_bounds() -> None:
    route = Route(source="static", med=5)
    assert changed_route(route, Changes(adds_med=-9)).med == 0
    assert changed_route(route, Changes(adds_med=0xFFFFFFFF)).med == 0xFFFFFFFF
    assert changed_route(Route(source="static"), Changes(adds_med=3)).med == 3


def test_prefixes_inside_and_at() -> None:
    inside = prefixes_inside(prefixes_within("10.0.0.0/28") | prefixes_within("10.0.0.4/30"))
    assert members(inside) == set(MEMBERS) - {IPv4Network("10.0.0.0/28")}
    assert not inside & prefixes_within("10.0.1.0/30")
    low, high = int(IPv4Network("10.0.0.4/32")[0]), int(IPv4Network("10.0.0.9/32")[0])
    at = networks_at(Family.V4, ((low, high),))
    assert members(at) == {net for net in MEMBERS if low <= int(net[0]) <= high}
    zero = networks_at(Family.V4, ((0, 0),))
    assert (zero.count(), str(zero.witness())) == (33, "0.0.0.0/0")
