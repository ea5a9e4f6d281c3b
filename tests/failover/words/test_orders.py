"""How far an order has come, by the cells alone."""

from __future__ import annotations

from msgspec.structs import replace

from failover.core.cells import (
    Content,
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
    hold_key,
    order_key,
    owner_key,
    session_key,
)
from failover.core.transaction import Cell
from failover.words.orders import Step, lost_by, obstacles, owner_of, progress
from tests.failover.core.bench import DISPATCH, IMAGING, PLAN, RECORDS
from tests.failover.core.healthy import LEASE

A, B = (Incarnation(site, f"boot-{site}", f"life-{site}") for site in ("dc-a", "dc-b"))
ORDER = OrderCell(OrderKind.SWITCHOVER, "dc-b", 60.0, "li", "word-1")
OWNED = OwnerCell(Term(1, 1), A, OwnerState.OWNED, "nonce-1", A)
TAKEN = OwnerCell(Term(1, 2), B, OwnerState.OWNED, "nonce-2", B, "word-1")


def cells(*owners: OwnerCell, session: int = 9, **more: Content) -> dict[str, Cell]:
    """Ownerships of imaging's instances, the session of dc-b at a revision, and the order."""
    found = {
        owner_key(instance): Cell(encode(owner), 5 + number)
        for number, (instance, owner) in enumerate(zip(IMAGING.instances, owners, strict=True))
    }
    found[order_key("imaging")] = Cell(encode(more.get("order", ORDER)), 4)
    renewed = SessionCell(B, 3, LEASE, PLAN.hash)
    found[session_key("dc-b")] = Cell(encode(renewed), session)
    return found


def test_each_step_is_seen() -> None:
    sealed = OWNED.changed(OwnerState.SEALED, by=B, nonce="nonce-3")
    closed = OWNED.changed(OwnerState.SURRENDERED, by=A, nonce="nonce-4")
    steps = {
        Step.WAITS: cells(OWNED, OWNED),
        Step.SEALED: cells(sealed, OWNED),
        Step.SURRENDERED: cells(closed, closed),
        Step.TAKEN: cells(TAKEN, TAKEN, session=5),
        Step.DONE: cells(TAKEN, TAKEN),
        Step.REPLACED: cells(OWNED, OWNED, order=replace(ORDER, by="wu", nonce="word-2")),
    }
    assert {step: progress(IMAGING, ORDER, found).step for step, found in steps.items()} == {
        step: step for step in steps
    }
    assert progress(IMAGING, ORDER, cells(TAKEN, OWNED)).step is Step.WAITS


def test_a_take_without_the_order_is_not_this_order_done() -> None:
    other = replace(TAKEN, order="")
    assert progress(IMAGING, ORDER, cells(other, other)).step is Step.WAITS


def test_who_owns_a_group() -> None:
    assert owner_of(IMAGING, cells(OWNED, OWNED)) == "dc-a"
    assert owner_of(IMAGING, cells(OWNED, TAKEN)) == ""
    assert owner_of(IMAGING, {}) == ""


def test_what_may_keep_a_switchover_from_being_done() -> None:
    found = cells(OWNED, OWNED)
    found[hold_key("*")] = Cell(encode(HoldCell(60.0, "wu", "a storm", "nonce")), 7)
    found[session_key("dc-b")] = Cell(encode(SessionCell(B, 3, LEASE, "0" * 64)), 9)
    found["plan"] = Cell(encode(PlanCell("1" * 64, "nonce")), 1)
    assert obstacles(PLAN, IMAGING, found) == [
        "a hold on every group by wu (a storm), unless it has run out",
        "dc-a has never had a lease: its agent did not start yet",
        "dc-b runs another plan (000000000000)",
        "another plan is in force (111111111111)",
    ]


def test_a_hold_that_was_ended_is_none() -> None:
    found = cells(OWNED, OWNED)
    found[hold_key("imaging")] = Cell(encode(HoldCell(0.0, "wu", "resumed", "nonce")), 7)
    assert obstacles(PLAN, IMAGING, found) == [
        "dc-a has never had a lease: its agent did not start yet"
    ]


def test_what_may_be_lost_by_force() -> None:
    assert lost_by(DISPATCH) == "nothing: it keeps no data"
    assert "exposed" in lost_by(RECORDS)
    assert "100 bytes/s" in lost_by(IMAGING)
