"""Nothing is written without a compare, and a lost try of ours is known again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.transaction import CELLS_MAX, Cell, Compare, Put, Transaction, written

keys = st.lists(st.sampled_from("abcde"), max_size=5)


@pytest.mark.parametrize(
    ("compared", "put", "problem"),
    [
        ("a", "", "a transaction without a put changes nothing"),
        ("aa", "a", "a transaction names a cell twice"),
        ("a", "aa", "a transaction names a cell twice"),
        ("a", "cab", "put without compare: b, c"),
        ("", "a", "put without compare: a"),
    ],
)
def test_a_transaction_that_is_no_compare_and_set_is_refused(
    compared: str, put: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        transaction(compared, put)


def test_a_transaction_has_room_for_as_many_cells_as_etcd_takes() -> None:
    compares = tuple(Compare(f"owner/{number}", 1) for number in range(CELLS_MAX + 1))
    puts = (Put("owner/0", b"1"),)
    assert Transaction(compares[:CELLS_MAX], puts).puts == puts
    with pytest.raises(ValueError, match=r"^129 cells in one transaction, at most 128$"):
        Transaction(compares, puts)


@given(keys, keys)
def test_what_is_accepted_puts_something_and_compares_all_that_it_puts(
    compared: list[str], put: list[str]
) -> None:
    good = bool(put) and set(put) <= set(compared)
    good &= len(set(put)) == len(put) and len(set(compared)) == len(compared)
    try:
        made = transaction("".join(compared), "".join(put))
    except ValueError:
        assert not good
    else:
        assert good
        assert [each.key for each in made.compares] == compared
        assert [each.key for each in made.puts] == put


def test_a_lost_try_won_if_every_put_stands() -> None:
    tried = transaction("abc", "ab")
    ours, theirs = Cell(b"v", 7), Cell(b"w", 7)
    assert written(tried, {"a": ours, "b": ours, "c": theirs})
    assert not written(tried, {"a": ours, "b": theirs})
    assert not written(tried, {"a": ours})


def transaction(compared: str, put: str) -> Transaction:
    return Transaction(tuple(Compare(key, 1) for key in compared), tuple(Put(k, b"v") for k in put))
