"""What readers of tunnels share: selectors from pairs of addresses, and groups."""

from __future__ import annotations

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.tunnels import EVERYTHING, Flow, group_number, selectors
from telemed_infra.tunnels import Selector

A, B, C = ((10, 19),), ((20, 29),), ((50, 59),)
V4, V6 = Family.V4, Family.V6
NOTHING = Selector((), ())


def test_selectors_of_flows_that_pair_everything() -> None:
    assert selectors([]) == (NOTHING, NOTHING)
    assert selectors([Flow(V4, A, C)]) == (Selector(A, ()), Selector(C, ()))
    both = [Flow(V4, A, C), Flow(V4, B, C), Flow(V6, C, A)]
    assert selectors(both) == (Selector(((10, 29),), C), Selector(C, A))
    crossed = [Flow(V4, A, A), Flow(V4, A, C), Flow(V4, B, (*A, *C))]
    assert selectors(crossed) == (Selector(((10, 29),), ()), Selector((*A, *C), ()))
    every = EVERYTHING.v4
    assert selectors([Flow(V4, every, C), Flow(V4, A, C)]) == (Selector(every, ()), Selector(C, ()))


@pytest.mark.parametrize(
    "flows",
    [
        [Flow(V4, A, B), Flow(V4, B, C)],
        [Flow(V4, ((0, 99),), A), Flow(V4, B, C)],
        [Flow(V4, A, (*A, *C)), Flow(V4, B, C)],
    ],
)
def test_flows_that_do_not_pair_everything_are_no_tunnels_selectors(flows: list[Flow]) -> None:
    with pytest.raises(ValueError, match="do not pair"):
        selectors(flows)


def test_numbers_of_groups() -> None:
    assert group_number("dh-group19", "dh-group") == 19
    assert group_number("group2", "group") == 2
    for word in ("group3", "group", "19", "group190", "group-1", "groups19"):
        with pytest.raises(ValueError, match="group"):
            group_number(word, "group")
