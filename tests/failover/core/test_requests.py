"""What people may write, and that they write it by compare-and-set."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from failover.core import requests
from failover.core.cells import (
    Content,
    GenerationCell,
    HoldCell,
    OrderCell,
    OrderKind,
    decode,
    encode,
)
from failover.core.transaction import Cell, Compare, Transaction
from tests.failover.core.bench import PLAN

HOLD = HoldCell(60.0, "li", "a disk is replaced", "nonce")
ORDER = OrderCell(OrderKind.SWITCHOVER, "dc-b", 60.0, "li", "nonce")
NONE: dict[str, Cell] = {}


def written(transaction: Transaction) -> tuple[str, int, Content]:
    """The one cell that is written, the revision that it must have, and what it will say."""
    (compare,), (put,) = transaction.compares, transaction.puts
    assert compare == Compare(put.key, compare.revision)
    return put.key, compare.revision, decode(put.key, put.value)


def test_a_hold_on_one_group_or_on_every_group() -> None:
    assert written(requests.hold(PLAN, "imaging", HOLD, NONE)) == ("hold/imaging", 0, HOLD)
    assert written(requests.hold(PLAN, "*", HOLD, NONE)) == ("hold/*", 0, HOLD)


def test_what_stands_there_is_compared() -> None:
    cells = {"hold/imaging": Cell(b"{}", 7), "order/imaging": Cell(b"{}", 8)}
    assert written(requests.hold(PLAN, "imaging", HOLD, cells))[1] == 7
    assert written(requests.resume(PLAN, "imaging", "li", "nonce", cells))[1] == 7
    assert written(requests.order(PLAN, "imaging", ORDER, cells))[1] == 8


def test_a_hold_that_is_ended_has_no_length() -> None:
    ended = HoldCell(0.0, "li", "resumed", "nonce")
    assert written(requests.resume(PLAN, "*", "li", "nonce", NONE)) == ("hold/*", 0, ended)


def test_an_order_about_a_group() -> None:
    assert written(requests.order(PLAN, "imaging", ORDER, NONE)) == ("order/imaging", 0, ORDER)


@pytest.mark.parametrize("length_s", [0.0, -1.0])
def test_a_length_of_no_time_is_refused(length_s: float) -> None:
    problem = f"a length of {length_s} s is no time at all"
    with pytest.raises(ValueError, match=f"^{problem}$"):
        requests.hold(PLAN, "*", replace(HOLD, length_s=length_s), NONE)
    with pytest.raises(ValueError, match=f"^{problem}$"):
        requests.order(PLAN, "imaging", replace(ORDER, length_s=length_s), NONE)


def test_a_group_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    problem = re.escape(
        "`imagin` is not a move group: choose one of imaging, records, dispatch, archive"
    )
    with pytest.raises(ValueError, match=f"^{problem}$"):
        requests.hold(PLAN, "imagin", HOLD, NONE)
    with pytest.raises(ValueError, match=f"^{problem}$"):
        requests.resume(PLAN, "imagin", "li", "nonce", NONE)
    with pytest.raises(ValueError, match="is not a move group"):
        requests.order(PLAN, "*", ORDER, NONE)


def test_a_site_that_is_no_data_centre_is_refused() -> None:
    stray = replace(ORDER, to="witness-1")
    with pytest.raises(ValueError, match=r"is not a data centre: choose dc-a or dc-b$"):
        requests.order(PLAN, "imaging", stray, NONE)


def test_to_break_the_glass_needs_two_people() -> None:
    for signers in ((), ("li",), ("li", "li")):
        with pytest.raises(ValueError, match="the signatures of two different people"):
            requests.break_glass(signers, "nonce", NONE, 1)


@pytest.mark.parametrize(
    ("known", "highest", "starts"), [(None, 1, 2), (4, 1, 5), (4, 4, 5), (4, 9, 10)]
)
def test_a_new_generation_is_higher_than_any_that_is_known(
    known: int | None, highest: int, starts: int
) -> None:
    cells = NONE
    if known is not None:
        cells = {"generation": Cell(encode(GenerationCell(known, (), "before")), 7)}
    made = requests.break_glass(("li", "wu"), "nonce", cells, highest)
    expected = GenerationCell(starts, ("li", "wu"), "nonce")
    assert written(made) == ("generation", 7 if known else 0, expected)
