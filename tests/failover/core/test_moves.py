"""What an agent does about its groups: planned moves, seals, surrenders, takes."""

from __future__ import annotations

import pytest

from failover.core.cells import (
    HoldCell,
    OrderKind,
    OwnerState,
    Position,
    Term,
    hold_key,
    order_key,
)
from failover.core.damping import Cause
from failover.core.effects import Actuate, Commit, GuardState, Probed, Verb
from failover.core.lease import wait_s
from failover.core.moves import HANDOVER_LIMIT_S
from tests.failover.core.bench import (
    ARCHIVE,
    DISPATCH,
    HERE,
    OWN,
    Bench,
    order,
)
from tests.failover.core.healthy import LEASE, PROFILE
from tests.failover.core.peer import Said

SEALED, SURRENDERED = OwnerState.SEALED, OwnerState.SURRENDERED
SWITCHOVER, TAKEOVER = OrderKind.SWITCHOVER, OrderKind.TAKEOVER
WAIT_S, PATIENCE_S = wait_s(LEASE), PROFILE.patience_s
IMAGING_READY = Said(ready=(("imaging", HERE),))
RELAX, TIGHTEN = Verb.RELAX, Verb.TIGHTEN


def well() -> Bench:
    return Bench().settle()


def ordered(bench: Bench, group: str, kind: OrderKind, to: str, nonce: str = "order-1") -> Bench:
    bench.register.write(order_key(group), order(kind, to, nonce))
    return bench


def closed_before(bench: Bench, key: str, instances: frozenset[str]) -> bool:
    """Whether the doors were closed when the cell was asked to be written for the last time."""
    closed = frozenset(OWN) - frozenset(bench.agent.state.doors.opened())
    asked = [put.key for each in bench.asked(Commit) for put in each.transaction.puts]
    return key in asked and instances <= closed


# --- a planned move away -----------------------------------------------------------------------


def test_a_planned_move_closes_lets_the_other_catch_up_and_surrenders() -> None:
    bench = ordered(well(), "imaging", SWITCHOVER, "dc-b")
    bench.peer.said = IMAGING_READY
    bench.wait_for(lambda: bench.state_of("imaging-1") is SURRENDERED, limit_s=1.0)
    assert bench.opened() == {"records-1"}
    assert bench.state_of("imaging-2") is SURRENDERED
    assert closed_before(bench, "owner/imaging-1", frozenset(("imaging-1", "imaging-2")))
    assert bench.pages() == set()


def test_a_planned_move_waits_until_the_other_centre_says_that_it_could_take_it() -> None:
    bench = ordered(well(), "imaging", SWITCHOVER, "dc-b")
    assert bench.run(5.0).opened() == OWN
    bench.peer.said = IMAGING_READY
    bench.peer.speaks = False
    assert bench.run(5.0).opened() == OWN


def test_a_group_that_is_not_opened_yet_is_not_moved() -> None:
    bench = Bench()
    bench.hangs.add(("imaging", Verb.TAKE))
    bench.peer.said = IMAGING_READY
    ordered(bench.settle(), "imaging", SWITCHOVER, "dc-b").run(4.0)
    assert bench.pages() == set()
    assert bench.state_of("imaging-1") is OwnerState.OWNED


def test_a_takeover_ordered_to_the_other_centre_is_helped_along() -> None:
    bench = ordered(well(), "imaging", TAKEOVER, "dc-b")
    bench.peer.said = IMAGING_READY
    bench.wait_for(lambda: bench.state_of("imaging-1") is SURRENDERED, limit_s=1.0)


def test_an_order_to_where_the_group_is_moves_nothing() -> None:
    bench = ordered(well(), "imaging", SWITCHOVER, "dc-a")
    bench.peer.said = IMAGING_READY
    assert bench.run(3.0).opened() == OWN


@pytest.mark.parametrize(
    "theirs",
    [
        HERE._replace(lsn=HERE.lsn - 1),
        HERE._replace(timeline=2),
        HERE._replace(system="another"),
        None,
    ],
)
def test_a_planned_move_that_does_not_get_through_is_rolled_back(theirs: Position | None) -> None:
    bench = ordered(well(), "imaging", SWITCHOVER, "dc-b")
    bench.peer.said = Said(ready=(("imaging", theirs),))
    bench.wait_for(lambda: bench.opened() == {"records-1"})
    took_s = bench.wait_for(lambda: bench.opened() == OWN)
    assert took_s == pytest.approx(HANDOVER_LIMIT_S, abs=0.3)
    assert bench.pages() == {"switchover imaging"}
    assert bench.owner("imaging-1").term == Term(1, 1)


def test_what_was_rolled_back_is_not_tried_again_for_the_same_order() -> None:
    bench = ordered(well(), "imaging", SWITCHOVER, "dc-b")
    bench.peer.said = Said(ready=(("imaging", None),))
    bench.wait_for(lambda: "switchover imaging" in bench.pages())
    bench.peer.said = IMAGING_READY
    bench.run(1.0)
    assert bench.run(5.0).opened() == OWN
    ordered(bench, "imaging", SWITCHOVER, "dc-b", "order-2")
    bench.wait_for(lambda: bench.state_of("imaging-1") is SURRENDERED, limit_s=1.0)


def test_an_order_that_runs_out_during_the_move_is_rolled_back_too() -> None:
    bench = well()
    bench.register.write(order_key("imaging"), order(SWITCHOVER, "dc-b", length_s=1.0))
    bench.peer.said = Said(ready=(("imaging", None),))
    bench.wait_for(lambda: "switchover imaging" in bench.pages())
    assert bench.run(1.0).opened() == OWN


def test_the_last_position_counts_from_after_the_doors_were_closed() -> None:
    """What was said before says nothing of the writes in between."""
    bench = ordered(well(), "imaging", SWITCHOVER, "dc-b")
    bench.peer.said = IMAGING_READY
    del bench.positions["imaging"]
    bench.wait_for(lambda: "switchover imaging" in bench.pages())
    assert bench.state_of("imaging-1") is OwnerState.OWNED


def test_a_centre_that_falls_silent_during_a_move_has_not_caught_up() -> None:
    bench = ordered(well(), "imaging", SWITCHOVER, "dc-b")
    bench.positions["imaging"] = HERE._replace(lsn=HERE.lsn + 1)
    bench.peer.said = IMAGING_READY
    bench.wait_for(lambda: bench.opened() == {"records-1"})
    bench.peer.speaks = False
    bench.run(PROFILE.silence_s + 0.1)
    bench.positions["imaging"] = HERE
    bench.wait_for(lambda: "switchover imaging" in bench.pages())


def test_a_group_without_data_need_not_catch_up() -> None:
    bench = Bench().settle()
    bench.lose_the_other_centre().wait_for(lambda: "dispatch-1" in bench.opened())
    bench.peer.speaks = bench.peer.renews = True
    bench.hospitals = bench.witness = True
    bench.positions.clear()
    bench.peer.said = Said(ready=(("dispatch", None),))
    bench.run(1.0)
    ordered(bench, "dispatch", SWITCHOVER, "dc-b")
    bench.wait_for(lambda: bench.state_of("dispatch-1") is SURRENDERED, limit_s=1.0)


# --- a planned move to here ----------------------------------------------------------------------


def test_a_planned_move_to_here_prepares_and_takes_what_is_surrendered_at_once() -> None:
    bench = ordered(well(), "archive", SWITCHOVER, "dc-a").run(1.0)
    assert bench.verbs("archive") == [Verb.RELEASE, Verb.PREPARE]
    bench.peer.owns(ARCHIVE, state=SURRENDERED, order="order-1")
    took_s = bench.wait_for(lambda: "archive-1" in bench.opened())
    assert took_s < 0.5
    assert bench.owner("archive-1").order == "order-1"
    assert bench.owner("archive-1").term == Term(1, 2)
    assert bench.run(5.0).opened() == OWN | {"archive-1"}


def test_what_was_given_up_and_not_handed_over_is_taken_and_not_as_ordered() -> None:
    """Its last writes may be missing: a planned move must not be told to be done."""
    bench = ordered(well(), "archive", SWITCHOVER, "dc-a").run(1.0)
    bench.peer.owns(ARCHIVE, state=SURRENDERED)
    bench.wait_for(lambda: "archive-1" in bench.opened())
    assert bench.owner("archive-1").order == ""


def test_what_was_moved_away_and_given_up_there_comes_back_and_not_as_ordered() -> None:
    """The cell still bears the order that had moved it to the other centre."""
    bench = ordered(well(), "archive", SWITCHOVER, "dc-b")
    bench.peer.owns(ARCHIVE, state=SURRENDERED, order="order-1")
    bench.wait_for(lambda: "archive-1" in bench.opened())
    assert bench.owner("archive-1").order == ""


def test_a_planned_move_that_was_given_up_is_released() -> None:
    bench = well()
    bench.register.write(order_key("archive"), order(SWITCHOVER, "dc-a", length_s=1.0))
    bench.run(3.0)
    assert bench.verbs("archive") == [Verb.RELEASE, Verb.PREPARE, Verb.RELEASE]


def test_what_was_never_released_is_released_before_it_is_prepared() -> None:
    bench = Bench()
    bench.hangs.add(("archive", Verb.RELEASE))
    ordered(bench.settle(), "archive", SWITCHOVER, "dc-a").run(1.0)
    assert set(bench.verbs("archive")) == {Verb.RELEASE}


def test_an_orphan_is_taken_whatever_was_ordered_and_that_ends_the_order() -> None:
    bench = ordered(well(), "archive", SWITCHOVER, "dc-b").run(1.0)
    bench.peer.owns(ARCHIVE, state=SURRENDERED)
    bench.wait_for(lambda: "archive-1" in bench.opened(), limit_s=1.0)
    assert bench.owner("archive-1").order == ""  # not the order moved it
    bench.run(2.0)
    assert "archive-1" in bench.opened()


def test_an_orphan_is_taken_however_often_it_was_moved() -> None:
    bench = well()
    for number in range(5):
        bench.agent.state.damper.moved(["archive"], Cause.LOST, f"loss {number}", bench.now_s)
    assert bench.agent.state.damper.suppressed("archive", bench.now_s)
    bench.peer.owns(ARCHIVE, state=SURRENDERED)
    bench.wait_for(lambda: "archive-1" in bench.opened(), limit_s=1.0)


# --- seals and takeovers -------------------------------------------------------------------------


def test_an_owner_that_is_sealed_closes_and_surrenders() -> None:
    bench = well()
    sealed = bench.owner("imaging-1").changed(SEALED, by=bench.peer.me, nonce="seal")
    bench.register.write("owner/imaging-1", sealed)
    bench.wait_for(lambda: bench.state_of("imaging-1") is SURRENDERED, limit_s=1.0)
    assert bench.state_of("imaging-2") is SURRENDERED
    assert bench.run(3.0).opened() == {"records-1"}


def test_a_takeover_seals_waits_for_the_surrender_and_takes() -> None:
    bench = ordered(well(), "archive", TAKEOVER, "dc-a")
    bench.wait_for(lambda: bench.state_of("archive-1") is SEALED, limit_s=1.0)
    assert bench.owner("archive-1").by == bench.agent.state.me
    bench.run(1.0)
    assert bench.opened() == OWN
    surrendered = bench.owner("archive-1").changed(SURRENDERED, by=bench.peer.me, nonce="up")
    bench.register.write("owner/archive-1", surrendered)
    assert bench.wait_for(lambda: "archive-1" in bench.opened()) < 0.5


def test_a_takeover_from_a_centre_that_is_silent_waits_out_the_lease_from_the_seal() -> None:
    bench = well()
    bench.peer.speaks = bench.peer.renews = False
    ordered(bench.run(0.5), "archive", TAKEOVER, "dc-a")
    bench.wait_for(lambda: bench.state_of("archive-1") is SEALED, limit_s=1.0)
    took_s = bench.wait_for(lambda: "archive-1" in bench.opened())
    assert WAIT_S <= took_s < WAIT_S + 0.5


def test_a_takeover_goes_over_gate_and_hold() -> None:
    bench = well()
    bench.positions["archive"] = HERE._replace(lsn=0)
    bench.register.write(hold_key("*"), HoldCell(60.0, "li", "a drill", "1"))
    bench.lose_the_other_centre().run(6.0)
    assert "archive-1" not in bench.opened()
    assert {"archive", "dispatch"} <= bench.pages()
    ordered(bench, "archive", TAKEOVER, "dc-a")
    bench.wait_for(lambda: "archive-1" in bench.opened(), limit_s=3.0)
    assert "dispatch-1" not in bench.opened()


def test_a_takeover_is_done_once() -> None:
    bench = ordered(well().lose_the_other_centre(), "archive", TAKEOVER, "dc-a").run(6.0)
    term = bench.owner("archive-1").term
    assert bench.run(10.0).owner("archive-1").term == term
    assert "archive-1" in bench.opened()


def test_a_takeover_of_what_cannot_be_served_here_moves_nothing() -> None:
    bench = well()
    bench.tell(Probed("archive", fit=False))
    ordered(bench.run(1.0), "archive", TAKEOVER, "dc-a").run(3.0)
    assert bench.state_of("archive-1") is OwnerState.OWNED


def test_a_takeover_ordered_to_the_other_centre_seals_nothing_there() -> None:
    bench = ordered(well(), "archive", TAKEOVER, "dc-b").run(3.0)
    assert bench.state_of("archive-1") is OwnerState.OWNED


def test_nothing_is_sealed_by_a_plan_that_is_not_in_force() -> None:
    bench = well()
    bench.peer.plan = "another"
    bench.run(1.0)
    bench.register.write("plan", b'{"hash":"another","nonce":"1"}')
    ordered(bench.run(0.5), "archive", TAKEOVER, "dc-a").run(3.0)
    assert bench.state_of("archive-1") is OwnerState.OWNED


def test_what_nobody_owns_yet_cannot_be_sealed() -> None:
    bench = Bench().run(1.0)
    ordered(bench, "archive", TAKEOVER, "dc-a").run(1.0)
    assert bench.cell("owner/archive-1") is None


# --- what cannot be served here ------------------------------------------------------------------


def test_a_service_that_fails_here_is_given_up_where_the_other_centre_could_serve_it() -> None:
    bench = well()
    bench.peer.said = IMAGING_READY
    bench.tell(Probed("imaging", fit=False))
    bench.wait_for(lambda: bench.state_of("imaging-1") is SURRENDERED, limit_s=1.0)
    assert bench.opened() == {"records-1"}


def test_a_service_that_fails_here_stays_where_the_other_centre_could_not_serve_it() -> None:
    bench = well()
    bench.tell(Probed("imaging", fit=False))
    assert bench.run(5.0).opened() == OWN


def test_a_dead_guard_gives_everything_up_and_the_session_goes_on() -> None:
    bench = well()
    bench.tell(GuardState(alive=False))
    bench.guard_obeys = False
    bench.wait_for(lambda: bench.state_of("records-1") is SURRENDERED, limit_s=4.0)
    assert bench.state_of("imaging-1") is SURRENDERED
    assert bench.opened() == set()
    since_s = bench.now_s
    renewals = [
        each
        for each in bench.run(2.0).asked(Commit, since_s)
        if each.transaction.puts[0].key == "session/dc-a"
    ]
    assert len(renewals) >= 4
    assert all(len(each.transaction.compares) == 1 for each in renewals)


def test_what_nobody_takes_is_taken_back_after_patience() -> None:
    bench = well()
    bench.tell(GuardState(alive=False))
    bench.wait_for(lambda: bench.state_of("imaging-1") is SURRENDERED, limit_s=4.0)
    bench.tell(GuardState(alive=True))
    took_s = bench.wait_for(lambda: bench.opened() == OWN)
    assert took_s == pytest.approx(PATIENCE_S, abs=0.5)
    assert bench.owner("imaging-1").term == Term(1, 2)


# --- takes, and what precedes every write ------------------------------------------------------


def test_nothing_is_moved_before_the_own_session_is_in_the_register() -> None:
    bench = Bench()
    assert bench.agent.moves.next(bench.now_s) is None
    bench.run(0.1)
    assert next(bench.puts())[0] == "session/dc-a"


def test_groups_are_taken_in_the_order_of_the_plan() -> None:
    bench = well().lose_the_other_centre()
    bench.wait_for(lambda: bench.opened() == OWN | {"dispatch-1", "archive-1"})
    takes = [each.group for each in bench.asked(Actuate) if each.verb is Verb.TAKE]
    assert takes == ["imaging", "records", "dispatch", "archive"]


def test_what_was_taken_is_not_given_back_by_itself() -> None:
    bench = well().lose_the_other_centre()
    bench.wait_for(lambda: "dispatch-1" in bench.opened())
    bench.peer.renews = bench.peer.speaks = bench.peer.hears = True
    bench.hospitals = bench.witness = True
    bench.run(30.0)
    assert "dispatch-1" in bench.opened()
    assert bench.owner("dispatch-1").term == Term(1, 2)


def test_where_the_evidence_does_not_agree_a_take_waits_for_patience() -> None:
    bench = well().lose_the_other_centre()
    bench.hospitals = True
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(WAIT_S + PATIENCE_S, abs=0.6)


def test_a_seal_that_somebody_else_wrote_is_not_written_again() -> None:
    bench = well()
    bench.peer.owns(DISPATCH, epoch=2, state=SEALED)
    ordered(bench, "dispatch", TAKEOVER, "dc-a")
    bench.run(1.0)
    assert bench.owner("dispatch-1").by == bench.peer.me
    assert bench.owner("dispatch-1").term == Term(1, 2)
