"""Takes come in an order that respects needs and puts what is urgent as early as can be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.order import order_of_takes
from failover.core.plan import Group
from tests.failover.core.healthy import group


def names(*groups: Group) -> list[str]:
    return [each.name for each in order_of_takes(groups)]


def test_smaller_priority_first_then_the_name() -> None:
    found = names(
        group("portal", priority=9),
        group("dispatch", priority=1),
        group("imaging", priority=5),
        group("consultation", priority=5),
    )
    assert found == ["dispatch", "consultation", "imaging", "portal"]


def test_what_is_needed_comes_right_before_who_needs_it() -> None:
    """The green channel's own needs are as urgent as it is."""
    found = names(
        group("dispatch", priority=1, after=("directory",)),
        group("imaging", priority=5),
        group("directory", priority=9, after=("keys",)),
        group("keys", priority=8),
    )
    assert found == ["keys", "directory", "dispatch", "imaging"]


@pytest.mark.parametrize(
    ("groups", "problem"),
    [
        ([group("a", after=("a",))], "groups that need each other: a after a"),
        (
            [group("a", after=("b",)), group("b", after=("c",)), group("c", after=("b",))],
            "groups that need each other: b after c after b",
        ),
        ([group("a", after=("b",))], "group `a` needs `b`, and there is no such group"),
    ],
    ids=["itself", "each other", "nobody"],
)
def test_what_has_no_order_is_refused(groups: list[Group], problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        order_of_takes(groups)


@st.composite
def plans(draw: st.DrawFn) -> list[Group]:
    """Groups that need only groups made before them, shuffled."""
    groups: list[Group] = []
    for number in range(draw(st.integers(0, 8))):
        needs = draw(st.sets(st.sampled_from([each.name for each in groups]))) if groups else set()
        name = f"g{draw(st.integers(0, 9))}-{number}"
        groups.append(group(name, priority=draw(st.integers(1, 3)), after=tuple(needs)))
    return draw(st.permutations(groups))


@given(plans())
def test_each_group_comes_once_and_after_what_it_needs(groups: list[Group]) -> None:
    found = names(*groups)
    assert sorted(found) == sorted(each.name for each in groups)
    for each in groups:
        for needed in each.after:
            assert found.index(needed) < found.index(each.name)


@given(plans())
def test_the_order_of_the_plan_says_nothing(groups: list[Group]) -> None:
    assert names(*groups) == names(*reversed(groups))


@given(plans())
def test_only_what_it_needs_comes_before_the_most_urgent(groups: list[Group]) -> None:
    if not groups:
        return
    by_name = {each.name: each for each in groups}
    first = min(groups, key=lambda each: (each.priority, each.name))
    needed, left = set(), list(first.after)
    while left:
        name = left.pop()
        needed.add(name)
        left += by_name[name].after
    found = names(*groups)
    assert set(found[: found.index(first.name)]) == needed
