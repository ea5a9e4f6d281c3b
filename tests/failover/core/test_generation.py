"""A register restored from a backup is trusted again only as a new generation."""

from __future__ import annotations

from msgspec.structs import replace

from failover.core.cells import (
    GENERATION,
    GenerationCell,
    OrderKind,
    OwnerState,
    Term,
    order_key,
    session_key,
)
from failover.core.effects import Commit, Probed
from failover.core.lease import wait_s
from tests.failover.core.bench import DISPATCH, HERE, IMAGING, OWN, Bench, Fate, Register, order
from tests.failover.core.healthy import LEASE, PROFILE
from tests.failover.core.peer import Said

PATIENCE_S, WAIT_S = PROFILE.patience_s, wait_s(LEASE)


def well() -> Bench:
    return Bench().settle()


def restored(bench: Bench, backup: Register) -> Bench:
    """The register is restored; the other centre does not write, and speaks and promises."""
    bench.register = backup
    bench.peer.renews = False
    bench.peer.promises = True
    return bench


def backup_of(bench: Bench) -> Register:
    """The cells as they are, from a time when few writes had been made."""
    backup = Register()
    for key, cell in bench.register.cells.items():
        backup.cells[key] = replace(cell, revision=1)
    backup.revision = 1
    return backup


def break_glass(bench: Bench, generation: int = 2) -> None:
    bench.register.write(GENERATION, GenerationCell(generation, ("li", "wu"), "nonce"))


def back() -> Bench:
    """It has noticed, and lives by promise."""
    bench = well()
    restored(bench, backup_of(bench)).run(1.0)
    assert bench.agent.state.view.back
    return bench


def test_a_register_that_went_back_is_believed_no_more_and_a_person_is_told() -> None:
    bench = back()
    since_s = bench.now_s
    for _ in range(200):
        assert bench.run(0.1).opened() == OWN
    assert bench.asked(Commit, since_s) == []
    assert "register" in bench.pages()


def test_after_break_glass_it_is_trusted_again_and_nothing_closes() -> None:
    bench = back()
    break_glass(bench)
    for _ in range(30):
        assert bench.run(0.1).opened() == OWN
    assert not bench.agent.state.view.back


def test_what_had_closed_before_break_glass_waits_for_an_answer_or_for_the_other_s_lease() -> None:
    bench = back()
    bench.peer.speaks = bench.peer.hears = False
    bench.wait_for(lambda: bench.opened() == set())
    break_glass(bench)
    generation_s = bench.now_s
    bench.wait_for(lambda: bench.opened() == OWN)
    assert WAIT_S <= bench.now_s - generation_s < WAIT_S + 1.0


def test_a_generation_that_is_not_new_mends_nothing() -> None:
    bench = back()
    break_glass(bench, generation=1)
    assert bench.run(3.0).agent.state.view.back


def test_a_generation_that_cannot_be_read_mends_nothing_and_breaks_nothing() -> None:
    bench = back()
    bench.register.write(GENERATION, b"{}")
    assert bench.run(3.0).agent.state.view.back
    assert bench.opened() == OWN


def test_a_new_generation_of_a_register_that_did_not_go_back_forgets_nothing() -> None:
    bench = well()
    break_glass(bench)
    bench.run(1.0)
    assert {bench.owner(each).term for each in OWN} == {Term(1, 1)}
    assert bench.opened() == OWN


def test_what_was_taken_over_since_the_backup_is_taken_again() -> None:
    bench = well()
    before = backup_of(bench)
    bench.lose_the_other_centre().wait_for(lambda: "dispatch-1" in bench.opened())
    bench.peer.speaks = bench.peer.hears = True
    restored(bench, before).run(1.0)
    assert bench.agent.state.view.back
    break_glass(bench)
    bench.wait_for(lambda: bench.owner("dispatch-1").term == Term(2, 2))
    assert bench.owner("dispatch-1").owner == bench.agent.state.me
    assert bench.run(2.0).opened() >= OWN | {"dispatch-1"}


def test_what_was_taken_over_is_this_centres_also_where_the_backup_knows_no_owner() -> None:
    bench = well()
    before = backup_of(bench)
    del before.cells["owner/dispatch-1"]
    bench.lose_the_other_centre().wait_for(lambda: "dispatch-1" in bench.opened())
    bench.peer.speaks = bench.peer.hears = True
    restored(bench, before).run(1.0)
    break_glass(bench)
    bench.wait_for(lambda: bench.cell("owner/dispatch-1") is not None)
    assert bench.owner("dispatch-1").owner == bench.agent.state.me


def test_what_was_given_away_since_the_backup_is_not_taken_again() -> None:
    bench = well()
    before = backup_of(bench)
    bench.peer.owns(DISPATCH, epoch=5)
    bench.run(1.0)
    restored(bench, before).run(1.0)
    break_glass(bench)
    bench.run(5.0)
    assert bench.owner("dispatch-1").owner == bench.peer.me


def test_what_the_other_had_is_not_its_homes_at_once_where_the_backup_knows_no_owner() -> None:
    """Whoever has it goes on by promise, and takes it again when he sees the generation."""
    bench = given_up(well(), forgotten=True)
    bench.peer.said = Said(asks=True)
    generation_s = bench.now_s
    bench.run(PATIENCE_S + 5.0)
    assert bench.cell("owner/imaging-1") is None
    bench.peer.said = Said()
    bench.wait_for(lambda: "imaging-1" in bench.opened(), limit_s=10.0)
    assert bench.now_s - generation_s > PATIENCE_S


def given_up(bench: Bench, *, forgotten: bool = False) -> Bench:
    """This centre gives a group up, and the register goes back to before that."""
    before = backup_of(bench)
    for each in IMAGING.instances if forgotten else ():
        del before.cells[f"owner/{each}"]
    bench.peer.said = Said(ready=(("imaging", HERE),))
    bench.tell(Probed("imaging", fit=False))
    bench.wait_for(lambda: bench.state_of("imaging-1") is OwnerState.SURRENDERED)
    bench.tell(Probed("imaging", fit=True))
    restored(bench, before).run(1.0)
    break_glass(bench)
    return bench


def test_what_a_lost_centre_had_committed_is_unknown_where_it_last_said_so_before_break_glass() -> (
    None
):
    """Its later words went with the register: what has data waits for a person."""
    bench = back().lose_the_other_centre()
    break_glass(bench)
    bench.wait_for(lambda: "dispatch-1" in bench.opened())
    bench.run(PATIENCE_S + WAIT_S)
    assert bench.owner("archive-1").owner == bench.peer.me
    assert "archive" in bench.pages()


def test_what_it_says_after_break_glass_counts() -> None:
    bench = back()
    break_glass(bench)
    said = bench.cell(session_key("dc-b"))
    assert said is not None
    bench.register.write(session_key("dc-b"), said)
    bench.lose_the_other_centre().wait_for(lambda: "archive-1" in bench.opened())
    assert bench.owner("archive-1").term == Term(2, 2)


def test_what_was_given_up_just_before_is_this_centres_again_after_patience() -> None:
    bench = given_up(well())
    generation_s = bench.now_s
    bench.peer.promises = False
    bench.wait_for(lambda: "imaging-1" in bench.opened())
    assert PATIENCE_S < bench.now_s - generation_s < PATIENCE_S + 3.0
    assert bench.owner("imaging-1").term.generation == 2


def test_but_not_while_this_centre_has_promised_to_leave_it_alone() -> None:
    bench = given_up(well())
    bench.peer.said = Said(asks=True)
    bench.run(PATIENCE_S + 5.0)
    assert "imaging-1" not in bench.opened()
    bench.peer.said = Said()
    bench.wait_for(lambda: "imaging-1" in bench.opened(), limit_s=10.0)


def test_what_another_life_of_this_centre_had_is_its_own_again_after_patience() -> None:
    """A clone, found and stopped: nobody else knows what it had."""
    bench = well()
    before = backup_of(bench)
    for each in IMAGING.instances:
        bench.agent.state.ownership.saw([(each, Term(1, 5))])
    restored(bench, before).run(1.0)
    break_glass(bench)
    generation_s = bench.now_s
    bench.wait_for(lambda: "imaging-1" in bench.opened())
    assert PATIENCE_S < bench.now_s - generation_s < PATIENCE_S + 3.0


def test_what_was_on_its_way_to_the_old_register_is_forgotten() -> None:
    bench = well()
    before = backup_of(bench)
    bench.peer.said = Said(ready=(("imaging", HERE),))
    bench.run(0.3)
    bench.fates["owner"] = Fate.LOST
    bench.register.write(order_key("imaging"), order(OrderKind.SWITCHOVER, "dc-b"))
    bench.wait_for(lambda: bench.agent.state.surrendering != frozenset())
    restored(bench, before)
    bench.wait_for(lambda: "switchover imaging" in bench.pages())
    assert bench.agent.state.view.back
    bench.fates.clear()
    break_glass(bench)
    bench.run(4.0)
    assert bench.agent.state.surrendering == frozenset()
    assert bench.opened() == OWN
    assert bench.state_of("imaging-1") is OwnerState.OWNED
