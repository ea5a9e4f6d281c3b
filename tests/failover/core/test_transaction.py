"""Transactions are born valid; what cells say of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.transaction import (
    ABSENT,
    CELLS_MAX,
    CELLS_READ_MAX,
    TRANSACTION_BYTES_MAX,
    Cell,
    Committed,
    Compare,
    Put,
    Refused,
    Transaction,
    Unknown,
    readable,
    settled,
    written,
)

KEYS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=9
)
REVISIONS = st.integers(0, 20)
VALUES = st.binary(max_size=4)


@st.composite
def transactions(draw: st.DrawFn) -> Transaction:
    keys = draw(st.lists(KEYS, min_size=1, max_size=6, unique=True))
    put = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    return Transaction(
        tuple(Compare(key, draw(REVISIONS)) for key in keys),
        tuple(Put(key, draw(VALUES)) for key in put),
    )


def one(key: str) -> tuple[tuple[Compare, ...], tuple[Put, ...]]:
    return (Compare(key, 0),), (Put(key, b""),)


@pytest.mark.parametrize(
    ("compares", "puts", "words"),
    [
        ((), (), "puts something"),
        ((Compare("a", 0),), (), "puts something"),
        ((), (Put("a", b""),), "'a' is put but not compared"),
        ((Compare("a", 0),), (Put("b", b""),), "'b' is put but not compared"),
        ((Compare("a", 0), Compare("a", 1)), (Put("a", b""),), "'a' is compared twice"),
        ((Compare("a", 0),), (Put("a", b"1"), Put("a", b"2")), "'a' is put twice"),
        ((Compare("a", -1),), (Put("a", b""),), "'a' at revision -1"),
        (*one(""), "'' is no key"),
        (*one("a\0b"), "is no key"),
        (*one("\ud800"), "is no key"),
        (
            tuple(Compare(str(number), 0) for number in range(CELLS_MAX + 1)),
            (Put("1", b""),),
            "128 cells compared in one transaction; it takes 127",
        ),
        (
            (Compare("a", 0),),
            (Put("a", bytes(TRANSACTION_BYTES_MAX)),),
            "bytes in one transaction; it takes 1048576",
        ),
    ],
)
def test_what_is_no_transaction_is_not_made(
    compares: tuple[Compare, ...], puts: tuple[Put, ...], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Transaction(compares, puts)


@given(transactions())
def test_what_was_made_puts_only_what_it_compares(transaction: Transaction) -> None:
    assert {put.key for put in transaction.puts} <= set(transaction.keys)
    assert len(transaction.keys) == len(set(transaction.keys)) <= CELLS_MAX
    with pytest.raises(ValueError, match="put but not compared"):
        Transaction(
            tuple(c for c in transaction.compares if c.key != transaction.puts[0].key),
            transaction.puts,
        )


@given(transactions(), st.integers(21, 30))
def test_cells_as_it_leaves_them_show_that_it_was_written(
    transaction: Transaction, revision: int
) -> None:
    cells = {put.key: Cell(put.value, revision) for put in transaction.puts}
    assert written(transaction, cells)
    assert settled(transaction, cells) == Committed(revision)


@given(transactions(), st.integers(21, 30), st.data())
def test_one_other_cell_shows_that_it_was_not(
    transaction: Transaction, revision: int, data: st.DataObject
) -> None:
    cells = {key: Cell(b"unchanged", 0) for key in transaction.keys}
    cells |= {put.key: Cell(put.value, revision) for put in transaction.puts}
    put = data.draw(st.sampled_from(transaction.puts))
    compared = dict(zip(transaction.keys, transaction.compares, strict=True))[put.key]
    cells[put.key] = data.draw(
        st.sampled_from(
            [
                ABSENT,
                Cell(put.value + b"another's", revision),
                Cell(put.value, compared.revision),  # it stood there before
            ]
        )
    )
    assert not written(transaction, cells)


def test_two_halves_by_two_writers_are_not_ours() -> None:
    transaction = Transaction((Compare("a", 0), Compare("b", 0)), (Put("a", b"x"), Put("b", b"x")))
    cells = {"a": Cell(b"x", 5), "b": Cell(b"x", 6)}
    assert not written(transaction, cells)
    assert settled(transaction, cells) == Refused(cells)


@given(transactions(), st.data())
def test_it_is_unknown_while_every_compare_holds_and_refused_after(
    transaction: Transaction, data: st.DataObject
) -> None:
    cells = {compare.key: Cell(b"before", compare.revision) for compare in transaction.compares}
    assert isinstance(settled(transaction, cells), Unknown)
    key = data.draw(st.sampled_from(transaction.keys))
    cells[key] = Cell(b"somebody else's", 99)
    assert settled(transaction, cells) == Refused(cells)


def test_a_refusal_shows_the_compared_cells_alone_and_all_of_them() -> None:
    transaction = Transaction((Compare("a", 1), Compare("b", 0)), (Put("a", b"x"),))
    cells = {"a": Cell(b"y", 2), "c": Cell(b"z", 3)}
    assert settled(transaction, cells) == Refused({"a": Cell(b"y", 2), "b": ABSENT})


@given(st.lists(KEYS, min_size=1, max_size=20))
def test_a_read_names_each_key_once_and_in_order(keys: list[str]) -> None:
    assert readable([*keys, keys[0]]) == tuple(dict.fromkeys(keys))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([], "0 keys in one read; it takes 1 to 128"),
        ([str(number) for number in range(CELLS_READ_MAX + 1)], "129 keys in one read"),
        ([""], "'' is no key"),
    ],
)
def test_what_cannot_be_read_is_not_asked(keys: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        readable(keys)
