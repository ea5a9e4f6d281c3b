"""What an agent knows of the register: looks only move it forward, a majority may shock it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from failover.core.cells import (
    EVERY_GROUP,
    GENERATION,
    Content,
    ExposedCell,
    GenerationCell,
    HoldCell,
    Incarnation,
    OrderCell,
    OrderKind,
    OwnerCell,
    OwnerState,
    PlanCell,
    SessionCell,
    Term,
    encode,
    exposed_key,
    hold_key,
    order_key,
    owner_key,
    session_key,
)
from failover.core.lease import wait_s
from failover.core.transaction import Cell, Compare, Put
from failover.core.view import View
from tests.failover.core.healthy import LEASE, group

ME = Incarnation("dc-a", "boot-a", "life-a")
PEER = Incarnation("dc-b", "boot-b", "life-b")
IMAGING = replace(group("imaging"), instances=("imaging-1", "imaging-2"))
OWNED = OwnerCell(Term(1, 3), ME, OwnerState.OWNED, "nonce", ME)
SESSION = SessionCell(PEER, 7, LEASE, "5ead")
GARBAGE = Cell(b"{}", 9)

hints = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 20), st.floats(0.0, 100.0)), max_size=20
)


def looked(*found: tuple[str, Content], revision: int = 1, now_s: float = 100.0) -> View:
    view = View()
    view.hint({key: Cell(encode(content), revision) for key, content in found}, now_s)
    return view


@given(hints)
def test_a_hint_never_goes_back(found: list[tuple[str, int, float]]) -> None:
    view, newest = View(), dict.fromkeys("abc", 0)
    for name, revision, now_s in found:
        content = PlanCell(f"{name}{revision}", "nonce")
        news = view.hint({f"hold/{name}": Cell(encode(content), revision)}, now_s)
        assert news == (revision > newest[name])
        newest[name] = max(newest[name], revision)
        assert view.revision(f"hold/{name}") == newest[name]
    assert not view.back
    assert view.looked == bool(found)


def test_a_look_that_shows_nothing_is_a_look() -> None:
    view = View()
    assert not view.looked
    assert not view.hint({}, 100.0)
    assert view.looked


def test_a_stale_look_moves_neither_content_nor_the_moment_of_first_sight() -> None:
    view = looked((session_key("dc-b"), SESSION), revision=7)
    older = encode(replace(SESSION, nonce=6))
    for revision in (6, 7):
        assert not view.hint({session_key("dc-b"): Cell(older, revision)}, 105.0)
    assert view.session("dc-b") == SESSION
    assert view.over_s("dc-b") == 100.0 + wait_s(LEASE)


def test_a_new_value_of_a_session_starts_the_wait_again_with_the_length_that_it_says() -> None:
    view = looked((session_key("dc-b"), SESSION))
    long = replace(SESSION, nonce=8, lease=replace(LEASE, length_s=10.0))
    view.hint({session_key("dc-b"): Cell(encode(long), 2)}, 101.0)
    assert view.over_s("dc-b") == 101.0 + wait_s(long.lease)
    assert view.over_s("dc-a") == 0.0


def test_a_centre_was_seen_to_renew_when_two_values_came_after_a_moment() -> None:
    """What is seen first after a while away may be as old as a backup."""
    view = looked((session_key("dc-b"), SESSION))
    seen = []
    for number in range(1, 5):
        cell = Cell(encode(replace(SESSION, nonce=7 + number)), 7 + number)
        view.hint({session_key("dc-b"): cell}, 100.0 + number)
        seen.append(view.renewed_since("dc-b", 101.5))
    assert seen == [False, False, True, True]
    assert not view.renewed_since("dc-a", 0.0)


def test_a_refusal_that_shows_less_means_that_the_register_went_back() -> None:
    view = looked((owner_key("imaging-1"), OWNED), revision=7)
    newer = OWNED.changed(OwnerState.SEALED, by=PEER, nonce="2")
    went_back = []
    for content, revision in ((OWNED, 7), (newer, 8), (OWNED, 6)):
        view.fact({owner_key("imaging-1"): Cell(encode(content), revision)}, 101.0)
        went_back.append(view.back)
    assert went_back == [False, False, True]
    assert view.owner("imaging-1") == newer


@pytest.mark.parametrize(
    ("other", "at_once", "back"),
    [(6, True, False), (7, True, True), (9, True, True), (9, False, False)],
)
def test_a_look_that_mixes_less_and_more_is_of_a_register_that_went_back(
    other: int, at_once: bool, back: bool
) -> None:
    """All cells of a look stood there at one revision: a stale one shows less of everything."""
    view = looked(("owner/imaging-1", OWNED), revision=7)
    plan = Cell(encode(PlanCell("5ead", "nonce")), other)
    found = {"owner/imaging-1": Cell(encode(OWNED), 5), "plan": plan}
    assert view.hint(found, 101.0, at_once=at_once)  # the plan is news
    assert view.back is back
    assert not view.hint(found, 102.0, at_once=at_once)


def test_what_was_written_is_known_without_a_look() -> None:
    view = View()
    view.wrote([Put(owner_key("imaging-1"), encode(OWNED))], 5, 100.0)
    assert view.owner("imaging-1") == OWNED
    assert view.compare(owner_key("imaging-1"), "plan") == (
        Compare("owner/imaging-1", 5),
        Compare("plan", 0),
    )


def test_whose_an_instance_is() -> None:
    view = looked((owner_key("imaging-1"), OWNED))
    assert view.mine("imaging-1", ME)
    assert not view.mine("imaging-1", ME._replace(life="another"))
    assert not view.mine("imaging-2", ME)
    assert view.owners(IMAGING) == [OWNED, None]
    assert view.terms() == {"imaging-1": Term(1, 3)}
    for state in (OwnerState.SEALED, OwnerState.SURRENDERED):
        changed = OWNED.changed(state, by=PEER, nonce="2")
        assert not looked((owner_key("imaging-1"), changed)).mine("imaging-1", ME)


def test_when_the_newest_ownership_of_a_group_was_first_seen() -> None:
    assert View().owners_seen_s(IMAGING) == 0.0
    view = looked((owner_key("imaging-1"), OWNED))
    view.hint({owner_key("imaging-2"): Cell(encode(OWNED), 2)}, 103.0)
    assert view.owners_seen_s(IMAGING) == 103.0


def test_where_a_group_is_exposed() -> None:
    assert View().exposed_at("imaging") == ""
    exposed = ExposedCell(True, PEER, "nonce")
    assert looked((exposed_key("imaging"), exposed)).exposed_at("imaging") == "dc-b"
    over = replace(exposed, exposed=False)
    assert looked((exposed_key("imaging"), over)).exposed_at("imaging") == ""


def test_an_order_is_in_force_for_so_long_from_first_sight() -> None:
    order = OrderCell(OrderKind.TAKEOVER, "dc-a", 60.0, "li", "nonce")
    view = looked((order_key("imaging"), order))
    assert view.order("imaging", 159.9) == order
    assert view.order("imaging", 160.0) is None
    assert view.order("records", 100.0) is None


def test_a_hold_on_every_group_is_a_hold_on_each() -> None:
    one = HoldCell(60.0, "li", "a disk is replaced", "1")
    every = HoldCell(90.0, "wu", "a drill", "2")
    view = looked((hold_key("imaging"), one), (hold_key(EVERY_GROUP), every))
    assert view.hold("imaging", 159.9) == one
    assert view.hold("imaging", 160.0) == every
    assert view.hold("records", 189.9) == every
    assert view.hold("records", 190.0) is None
    assert View().hold("imaging", 100.0) is None


def test_the_plan_and_the_generation_in_force() -> None:
    assert (View().plan_hash(), View().generation()) == ("", 1)
    view = looked(("plan", PlanCell("5ead", "1")), (GENERATION, GenerationCell(4, (), "1")))
    assert (view.plan_hash(), view.generation()) == ("5ead", 4)


def test_a_generation_that_came_with_the_register_going_back_is_new_after_a_late_answer() -> None:
    view = looked((session_key("dc-b"), SESSION), revision=9)
    second = Cell(encode(GenerationCell(2, ("li", "wu"), "1")), 12)
    found = {session_key("dc-b"): Cell(encode(SESSION), 5), GENERATION: second}
    view.hint(found, 101.0)
    assert view.back
    view.wrote([Put(session_key("dc-a"), encode(SESSION))], 13, 101.1)  # it was under way
    assert view.reborn(found)


def test_what_is_still_known_of_an_older_generation_shows_a_going_back_that_is_mended() -> None:
    """Nobody noticed while all cells stood lower: that is what a late member shows, too."""
    view = looked((session_key("dc-b"), SESSION), revision=20)
    second = encode(GenerationCell(2, ("li", "wu"), "1"))
    view.wrote([Put(GENERATION, second)], 21, 101.0)
    view.wrote([Put(session_key("dc-a"), encode(SESSION))], 22, 102.0)
    found = {session_key("dc-b"): Cell(encode(SESSION), 18), GENERATION: Cell(second, 21)}
    view.hint(found, 103.0)
    assert view.back
    assert view.reborn(found)


def test_what_was_seen_under_the_generation_in_force_needs_a_higher_one() -> None:
    second = encode(GenerationCell(2, ("li", "wu"), "1"))
    view = looked((GENERATION, GenerationCell(2, ("li", "wu"), "1")), revision=5)
    view.hint({session_key("dc-b"): Cell(encode(SESSION), 20), GENERATION: Cell(second, 5)}, 101.0)
    found = {session_key("dc-b"): Cell(encode(SESSION), 18), GENERATION: Cell(second, 5)}
    view.fact(found, 102.0)
    assert view.back
    assert not view.reborn(found)
    third = Cell(encode(GenerationCell(3, ("li", "wu"), "2")), 19)
    assert view.reborn(found | {GENERATION: third})


def test_what_cannot_be_read_is_not_believed_to_be_what_it_was() -> None:
    """A newer version may have taken it: nothing is renewed over that."""
    view = looked((owner_key("imaging-1"), OWNED), ("plan", PlanCell("5ead", "1")))
    view.hint({owner_key("imaging-1"): GARBAGE, "plan": GARBAGE}, 101.0)
    assert view.owner("imaging-1") is None
    assert not view.mine("imaging-1", ME)
    assert view.plan_hash() == ""
    assert view.revision("plan") == 9
    assert set(view.unreadable) == {"plan", "owner/imaging-1"}
    assert view.unreadable["plan"].startswith("register cell `plan` cannot be read")


def test_a_session_that_cannot_be_read_leaves_the_last_lease_standing() -> None:
    view = looked((session_key("dc-b"), SESSION))
    view.hint({session_key("dc-b"): GARBAGE}, 101.0)
    assert view.over_s("dc-b") == 100.0 + wait_s(LEASE)


def test_what_can_be_read_again_is_readable() -> None:
    view = View()
    view.hint({owner_key("imaging-1"): GARBAGE}, 100.0)
    view.hint({owner_key("imaging-1"): Cell(encode(OWNED), 10)}, 101.0)
    assert view.unreadable == {}
    assert view.mine("imaging-1", ME)
