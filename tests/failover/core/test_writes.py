"""The moves as the register sees them: each compares whatever could make it wrong."""

from __future__ import annotations

from failover.core import writes
from failover.core.cells import (
    ExposedCell,
    GenerationCell,
    OwnerCell,
    OwnerState,
    PlanCell,
    Term,
    decode,
    owner_key,
)
from failover.core.damping import Cause
from failover.core.facts import SiteVerdict
from failover.core.state import State
from failover.core.writes import Move, Taken
from tests.failover.core.bench import ARCHIVE, DISPATCH, IMAGING, ME, RECORDS, Bench

OWNED, SEALED, SURRENDERED = OwnerState.OWNED, OwnerState.SEALED, OwnerState.SURRENDERED


def state_of(bench: Bench) -> State:
    bench.agent.state.view.hint(bench.register.cells, bench.now_s)
    return bench.agent.state


def well() -> Bench:
    return Bench().settle()


def compared(move: Move) -> set[str]:
    return {compare.key for compare in move.compares}


def owners(move: Move) -> dict[str, OwnerCell]:
    found = {put.key: decode(put.key, put.value) for put in move.puts}
    return {key: cell for key, cell in found.items() if isinstance(cell, OwnerCell)}


def test_a_take_compares_ownership_plan_generation_exposure_holds_and_the_lease() -> None:
    bench = well()
    move = writes.take(state_of(bench), DISPATCH, "", forced=False)
    assert compared(move) == {
        "owner/dispatch-1",
        "plan",
        "generation",
        "exposed/dispatch",
        "hold/dispatch",
        "hold/*",
        "session/dc-b",
    }
    assert move.groups == {"dispatch"}
    for compare in move.compares:
        known = bench.register.cells.get(compare.key)
        assert compare.revision == (known.revision if known else 0)


def test_a_take_is_the_next_epoch_of_each_instance() -> None:
    bench = well()
    bench.peer.owns(DISPATCH, epoch=7)
    (cell,) = owners(writes.take(state_of(bench), DISPATCH, "o", forced=False)).values()
    assert cell == OwnerCell(Term(1, 8), ME, OWNED, cell.nonce, ME, "o")
    assert cell.nonce.startswith(ME.life)


def test_a_take_in_a_new_generation_bears_it() -> None:
    bench = well()
    bench.register.write("generation", GenerationCell(5, ("li", "wu"), "nonce"))
    (cell,) = owners(writes.take(state_of(bench), DISPATCH, "", forced=False)).values()
    assert cell.term == Term(5, 2)


def test_what_is_mine_already_is_compared_and_not_put() -> None:
    bench = well()
    instance = IMAGING.instances[1]
    cell = OwnerCell(Term(1, 3), bench.peer.me, SURRENDERED, "nonce", bench.peer.me)
    bench.register.write(owner_key(instance), cell)
    move = writes.take(state_of(bench), IMAGING, "", forced=False)
    assert set(owners(move)) == {owner_key(instance)}
    assert {owner_key(each) for each in IMAGING.instances} <= compared(move)


def test_the_other_centres_lease_counts_only_where_it_stands_behind_an_ownership() -> None:
    bench = well()
    for state in (SEALED, SURRENDERED):
        bench.peer.owns(DISPATCH, epoch=9, state=state)
        assert "session/dc-b" not in compared(
            writes.take(state_of(bench), DISPATCH, "", forced=False)
        )
    assert "session/dc-b" not in compared(writes.take(state_of(bench), IMAGING, "", forced=False))
    unowned = Bench().run(1.0)
    assert "session/dc-b" in compared(writes.take(state_of(unowned), DISPATCH, "", forced=False))


def test_damping_is_told_why_something_was_taken_from_the_other_centre() -> None:
    state = state_of(well())
    state.site = SiteVerdict.ISOLATED
    session = state.view.session("dc-b")
    assert session is not None
    key = f"life-of-dc-b {session.nonce}"

    def taken(order: str = "", *, forced: bool = False) -> Taken | None:
        return writes.take(state, DISPATCH, order, forced=forced).taken

    assert taken() == Taken(Cause.ISOLATED, key)
    assert taken("order-1") == Taken(Cause.ISOLATED, key)
    assert taken("order-1", forced=True) == Taken(Cause.ORDERED, key)
    state.site = SiteVerdict.LOST
    assert taken() == Taken(Cause.LOST, key)
    assert writes.take(state, IMAGING, "", forced=False).taken is None


def test_an_orphan_is_a_decision_of_its_own() -> None:
    bench = well()
    bench.peer.owns(DISPATCH, epoch=9, state=SURRENDERED)
    taken = writes.take(state_of(bench), DISPATCH, "", forced=False).taken
    assert taken == Taken(Cause.ORPHAN, "dispatch Term(generation=1, epoch=9)")


def test_a_decision_about_a_centre_without_a_session_has_no_name() -> None:
    bench = Bench()
    bench.peer.owns(DISPATCH)
    bench.peer.renews = False
    taken = writes.take(state_of(bench.run(1.0)), DISPATCH, "", forced=False).taken
    assert taken == Taken(Cause.ISOLATED, "")


def test_a_move_is_dead_as_soon_as_a_later_renewal_is_in() -> None:
    bench = well()
    move = writes.seal(state_of(bench), DISPATCH)
    transaction = move.transaction(bench.agent.state)
    assert "session/dc-a" in {compare.key for compare in transaction.compares}
    bench.run(0.5)
    later = move.transaction(bench.agent.state)
    assert later.puts == transaction.puts
    assert later.compares[0].revision > transaction.compares[0].revision
    assert later.compares[1:] == transaction.compares[1:]


def test_a_seal_and_a_surrender_change_the_state_alone() -> None:
    bench = well()
    seal = writes.seal(state_of(bench), ARCHIVE)
    (cell,) = owners(seal).values()
    assert cell == OwnerCell(Term(1, 1), bench.peer.me, SEALED, cell.nonce, ME)
    assert (compared(seal), seal.surrenders) == ({"owner/archive-1"}, False)
    surrender = writes.surrender(bench.agent.state, RECORDS)
    (cell,) = owners(surrender).values()
    assert (cell.owner, cell.state, cell.term) == (ME, SURRENDERED, Term(1, 1))
    assert (compared(surrender), surrender.surrenders) == ({"owner/records-1"}, True)


def test_nobody_seals_his_own_or_surrenders_anothers() -> None:
    state = state_of(well())
    assert writes.seal(state, RECORDS).puts == ()
    assert writes.surrender(state, ARCHIVE).puts == ()
    unowned = state_of(Bench().run(1.0))
    assert writes.seal(unowned, ARCHIVE).puts == ()


def test_an_exposure_is_registered_by_the_owner_alone() -> None:
    state = state_of(well())
    for exposed in (True, False):
        move = writes.expose(state, RECORDS, exposed=exposed)
        assert compared(move) == {"exposed/records", "owner/records-1"}
        (put,) = move.puts
        cell = decode(put.key, put.value)
        assert isinstance(cell, ExposedCell)
        assert (put.key, cell.exposed, cell.by) == ("exposed/records", exposed, ME)


def test_the_plan_in_force_is_of_no_group() -> None:
    state = state_of(well())
    move = writes.register_plan(state)
    (put,) = move.puts
    assert decode(put.key, put.value) == PlanCell(state.plan.hash, f"life-a-{state.nonces}")
    assert (move.groups, compared(move)) == (frozenset(), {"plan"})
