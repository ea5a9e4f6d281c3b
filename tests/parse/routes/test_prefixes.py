"""Sets of prefixes against sets of prefixes one by one, in a small world."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import (
    PrefixSet,
    every_prefix,
    host_ranges,
    hosts,
    joined,
    no_prefixes,
    prefixes_within,
)

WORLD = IPv4Network("10.0.0.0/27")
MEMBERS = [one for length in range(27, 33) for one in WORLD.subnets(new_prefix=length)]

boxes = st.builds(
    lambda member, a, b: (member, *sorted((max(a, member.prefixlen), max(b, member.prefixlen)))),
    st.sampled_from(MEMBERS),
    st.integers(27, 32),
    st.integers(27, 32),
)


def made(box: tuple[IPv4Network, int, int]) -> PrefixSet:
    return prefixes_within(str(box[0]), box[1], box[2])


def one_by_one(box: tuple[IPv4Network, int, int]) -> set[IPv4Network]:
    within, low, high = box
    return {one for one in MEMBERS if low <= one.prefixlen <= high and one.subnet_of(within)}


def members(prefixes: PrefixSet) -> set[IPv4Network]:
    return {one for one in MEMBERS if prefixes & prefixes_within(str(one))}


@given(boxes, boxes, boxes)
def test_sets_behave_as_sets(
    a: tuple[IPv4Network, int, int],
    b: tuple[IPv4Network, int, int],
    c: tuple[IPv4Network, int, int],
) -> None:
    left, right, third = map(one_by_one, (a, b, c))
    assert members(made(a) | made(b)) == left | right
    assert members((made(a) & made(b)) | made(c)) == (left & right) | third
    assert members((made(a) | made(c)) - made(b)) == (left | third) - right
    # Equal sets are equal values, however they came about.
    assert (made(a) | made(b)) - made(b) == made(a) - made(b)
    assert bool(made(a) - made(b)) == bool(left - right)


@given(boxes)
def test_the_witness_is_in_the_set(box: tuple[IPv4Network, int, int]) -> None:
    assert IPv4Network(made(box).witness()) in one_by_one(box)
    assert str(made(box)).removesuffix(" prefixes") in (
        str(len(one_by_one(box))), made(box).witness(),
    )  # fmt: skip


def test_words() -> None:
    pool = prefixes_within("10.12.0.0/20", 32, 32)
    assert str(pool) == "4096 prefixes"
    assert pool == hosts(Family.V4, ((0x0A0C0000, 0x0A0C0FFF),))
    assert host_ranges(pool) == ((0x0A0C0000, 0x0A0C0FFF),)
    assert prefixes_within("10.12.3.7/20", 32, 32) == pool
    assert str(prefixes_within("::/0")) == "::/0"
    assert prefixes_within("2001:db8::/32", 128, 128).witness() == "2001:db8::/128"
    assert not every_prefix(Family.V6) - every_prefix(Family.V6)
    assert joined(Family.V4, ()) == no_prefixes(Family.V4)


@pytest.mark.parametrize(("low", "high"), [(8, 32), (24, 20), (24, 33)])
def test_lengths_out_of_order(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="lengths"):
        prefixes_within("10.0.0.0/20", low, high)
