"""Sets of line numbers behave as sets of numbers do."""

from __future__ import annotations

from collections.abc import Set

from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.line_numbers import LineNumbers

sets = st.sets(st.integers(0, 300), max_size=40)


@given(sets, sets)
def test_operations_of_sets(left: set[int], right: set[int]) -> None:
    one: Set[int] = LineNumbers.of(left)
    other = LineNumbers.of(right)
    assert one == left
    assert list(one) == sorted(left)
    assert len(one) == len(left)
    assert (one == other) is (left == right)
    assert {number for number in range(310) if number in one} == left
    some: tuple[Set[int], ...] = (other, right, frozenset(right))
    for also in some:
        assert one | also == left | right
        assert one & also == left & right
        assert one - also == left - right
        assert one.isdisjoint(also) is left.isdisjoint(right)
    assert frozenset(left) - other == left - right
    assert hash(one) == hash(LineNumbers.of(left)) == hash(frozenset(left))


@given(sets, st.integers(0, 300), st.integers(-50, 50))
def test_moves(numbers: set[int], line: int, by: int) -> None:
    there = LineNumbers.of(numbers).after(line)
    assert set(there) == {number for number in numbers if number > line}
    assert set(there.moved(by)) == {number + by for number in there if number + by >= 0}
