"""The centre's own lease: one value at a time, and nobody else under this name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from failover.core.cells import Position, SessionCell, decode, encode, session_key
from failover.core.session import OwnSession, Renewal
from failover.core.transaction import Cell, Compare
from failover.core.view import View
from tests.failover.core.bench import ME, PLAN
from tests.failover.core.healthy import LEASE

KEY = session_key(ME.site)
NOTHING: frozenset[str] = frozenset()


def renewed(sent_s: float = 100.0) -> tuple[OwnSession, View]:
    """A session whose first value is in the cell."""
    session, view = OwnSession(PLAN, ME), View()
    session.draft(view, NOTHING, ()).sent_s = sent_s
    view.wrote(session.confirm().transaction.puts, 1, sent_s)
    return session, view


def content(renewal: Renewal) -> SessionCell:
    (put,) = renewal.transaction.puts
    cell = decode(put.key, put.value)
    assert isinstance(cell, SessionCell)
    return cell


def test_a_renewal_says_who_for_how_long_by_which_plan_and_how_far_the_data_is() -> None:
    positions = (("imaging", Position("7412", 1, 9)),)
    drafted = OwnSession(PLAN, ME).draft(View(), NOTHING, positions)
    assert content(drafted) == SessionCell(ME, 1, LEASE, PLAN.hash, positions)
    assert (drafted.nonce, drafted.name, drafted.sent_s) == (1, "renewal 1", None)


def test_a_renewal_compares_the_ownership_of_what_it_keeps_open() -> None:
    drafted = OwnSession(PLAN, ME).draft(View(), frozenset(("b", "a")), ())
    assert drafted.transaction.compares == (
        Compare(KEY, 0),
        Compare("owner/a", 0),
        Compare("owner/b", 0),
    )
    assert drafted.opens == {"a", "b"}


def test_a_value_that_may_be_on_its_way_is_never_changed() -> None:
    session = OwnSession(PLAN, ME)
    session.draft(View(), NOTHING, ()).sent_s = 100.0
    with pytest.raises(AssertionError, match="repeat it, do not change it"):
        session.draft(View(), NOTHING, ())


def test_a_value_that_was_never_sent_may_be() -> None:
    session = OwnSession(PLAN, ME)
    session.draft(View(), NOTHING, ())
    assert session.draft(View(), NOTHING, ()).nonce == 2


def test_a_refused_value_is_followed_by_another() -> None:
    session = OwnSession(PLAN, ME)
    session.draft(View(), NOTHING, ()).sent_s = 100.0
    session.drop()
    assert session.pending is None
    assert session.draft(View(), NOTHING, ()).nonce == 2


def test_nothing_is_confirmed_where_nothing_is_on_its_way() -> None:
    with pytest.raises(AssertionError, match="nothing is on its way"):
        OwnSession(PLAN, ME).confirm()


def test_the_lease_counts_from_the_first_send() -> None:
    session, _ = renewed(sent_s=100.0)
    assert session.confirmed_s == 100.0
    assert session.pending is None


def test_the_cell_is_mine_only_in_this_very_life() -> None:
    session, view = renewed()
    assert session.is_mine(view)
    assert not session.is_mine(View())
    assert not OwnSession(PLAN, ME._replace(life="another")).is_mine(view)


def test_another_life_in_the_cell_after_mine_is_a_double() -> None:
    session, view = renewed()
    assert not session.doubled(view)
    assert not session.doubled(View())
    other = SessionCell(ME._replace(life="another"), 1, LEASE, PLAN.hash)
    view.hint({KEY: Cell(encode(other), 2)}, 101.0)
    assert session.doubled(view)


def test_another_life_before_mine_is_none() -> None:
    _, view = renewed()
    assert not OwnSession(PLAN, ME._replace(life="later")).doubled(view)


def test_a_nonce_that_was_never_given_out_is_of_a_clone() -> None:
    session, view = renewed()
    mine = view.session(ME.site)
    assert mine is not None
    view.hint({KEY: Cell(encode(replace(mine, nonce=2)), 2)}, 101.0)
    assert session.doubled(view)
