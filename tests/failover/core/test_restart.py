"""One life of an agent after another: what is taken again at once, waited out, or remembered."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from failover.core.cells import (
    OrderKind,
    OwnerState,
    SessionCell,
    Term,
    order_key,
    owner_key,
    session_key,
)
from failover.core.doors import NEVER_S
from failover.core.effects import (
    Commit,
    Exit,
    Flush,
    Grant,
    GuardState,
    Leave,
    Memory,
    Page,
    Probed,
    Remember,
    Remembered,
    Shut,
    Tick,
    Verb,
)
from failover.core.lease import wait_s
from tests.failover.core.bench import (
    DISPATCH,
    HERE,
    IMAGING,
    ME,
    MEMORY,
    OWN,
    PLAN,
    Bench,
    order,
)
from tests.failover.core.healthy import LEASE, PROFILE
from tests.failover.core.peer import Said

WAIT_S, PATIENCE_S = wait_s(LEASE), PROFILE.patience_s
NEXT = ME._replace(life="life-b")
THEIRS = frozenset(("archive-1", "dispatch-1"))


def well() -> Bench:
    return Bench().settle()


# --- restarts ------------------------------------------------------------------------------------


def test_a_started_agent_owns_nothing_before_the_guard_has_spoken() -> None:
    bench = Bench()
    bench.guard_obeys = False
    bench.run(5.0)
    assert not [key for key, _ in bench.puts() if key.startswith("owner/")]
    bench.guard_obeys = True
    bench.tell(GuardState(alive=True))
    assert bench.run(3.0).opened() == OWN


def test_not_even_by_a_person_s_word() -> None:
    bench = Bench()
    bench.guard_obeys = False
    bench.settle()
    bench.register.write(order_key("dispatch"), order(OrderKind.TAKEOVER, "dc-a"))
    bench.run(3.0)
    assert bench.state_of("dispatch-1") is OwnerState.OWNED
    assert bench.owner("dispatch-1").owner.site == "dc-b"


def test_a_started_agent_pages_nobody_for_what_it_has_not_looked_at_yet() -> None:
    assert well().pages() == set()


def test_an_agent_restarted_on_the_same_boot_takes_its_own_again_at_once() -> None:
    bench = well().restarted(ME._replace(life="life-b"))
    assert bench.wait_for(lambda: bench.opened() == OWN) < 0.5
    assert {bench.owner(each).term for each in OWN} == {Term(1, 2)}


def test_an_agent_on_another_boot_waits_first() -> None:
    bench = well().restarted(ME._replace(boot="boot-b", life="life-b"))
    took_s = bench.wait_for(lambda: bench.opened() == OWN)
    assert WAIT_S <= took_s < WAIT_S + 0.5


def test_and_as_long_as_an_earlier_life_may_have_promised() -> None:
    memory = Memory(promised_s=20.0)
    bench = well().lose_the_other_centre().restarted(ME._replace(life="life-b"), memory)
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(20.0, abs=0.5)


def test_a_started_agent_that_never_saw_the_other_centre_renew_takes_after_patience() -> None:
    """The register may have gone back to when the other was well, and this agent cannot know."""
    bench = well().restarted(ME._replace(life="life-b")).lose_the_other_centre()
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(PATIENCE_S, abs=0.5)


def test_one_that_has_seen_it_renew_takes_when_its_lease_is_over() -> None:
    bench = well().restarted(ME._replace(life="life-b")).run(WAIT_S)
    took_s = bench.lose_the_other_centre().wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(WAIT_S, abs=0.5)


def test_terms_are_remembered_across_a_restart() -> None:
    """The register was restored from a backup meanwhile: this life owns nothing by it."""
    terms = tuple((instance, Term(1, 7)) for instance in sorted(OWN))
    bench = well().restarted(ME._replace(life="life-b"), replace(MEMORY, terms=terms))
    assert bench.run(5.0).opened() == set()
    assert "owner/imaging-1" not in dict(bench.puts())


def test_two_of_one_name_halts_the_one_that_was_overtaken() -> None:
    bench = well()
    other = SessionCell(ME._replace(life="another"), 1, LEASE, PLAN.hash)
    bench.register.write(session_key("dc-a"), other)
    bench.wait_for(lambda: bench.agent.halted != "", limit_s=1.0)
    assert bench.run(0.1).opened() == set()
    assert "two of one name" in bench.pages()
    assert [type(each) for _, each in bench.done[-4:]] == [Shut, Flush, Page, Exit]
    assert bench.agent.due_s == NEVER_S
    assert bench.tell(Tick()) == []


# --- planned restarts ----------------------------------------------------------------------------


def next_life(bench: Bench, away_s: float = 0.7) -> Bench:
    return bench.left(NEXT, away_s)


def test_who_leaves_says_so_to_the_guard_and_does_nothing_more() -> None:
    bench = well()
    assert bench.agent.leave() == [Leave()]
    assert bench.agent.leave() == []
    assert bench.agent.due_s == NEVER_S
    assert bench.tell(Tick()) == []
    assert bench.agent.halted == ""  # nobody needs to look


def test_the_next_life_keeps_the_doors_open_all_the_time() -> None:
    bench = next_life(well())
    until_s = bench.now_s + 3.0
    while bench.now_s < until_s:
        assert bench.opened() == OWN
        bench.run(0.01)
    assert {bench.owner(each).term for each in OWN} == {Term(1, 2)}
    assert bench.agent.state.doors.opened() == OWN
    assert not bench.asked(Shut)
    assert bench.pages() == set()


def test_one_that_comes_too_late_finds_its_doors_shut_by_the_kernel() -> None:
    bench = next_life(well(), away_s=2.5)
    assert bench.opened() == set()
    assert bench.wait_for(lambda: bench.opened() == OWN) < 0.5


def test_what_is_taken_again_opens_together_for_a_second_arming_shuts_the_rest() -> None:
    bench = next_life(well(), away_s=0.1)
    bench.hangs.add(("records", Verb.TAKE))
    bench.run(0.6)
    assert bench.asked(Grant) == []
    assert bench.opened() == OWN
    bench.hangs.clear()
    bench.wait_for(lambda: bench.asked(Grant) != [])
    assert bench.asked(Grant)[0].instances < OWN


def test_a_group_that_cannot_be_taken_again_runs_out_without_the_others() -> None:
    bench = next_life(well(), away_s=0.1)
    bench.fails.add(("records", Verb.TAKE))
    until_s = bench.now_s + 4.0
    while bench.now_s < until_s:
        assert {"imaging-1", "imaging-2"} <= bench.opened()
        bench.run(0.01)
    assert "records-1" not in bench.opened()


def test_nothing_waits_any_more_when_no_adopted_door_is_left() -> None:
    bench = next_life(well(), away_s=0.7)
    bench.wait_for(lambda: bench.agent.state.doors.opened() == OWN)
    renewed = len(bench.asked(Commit))
    bench.run(bench.agent.state.regains_s - bench.now_s + 0.01)
    assert bench.agent.state.regains_s == 0.0
    assert len(bench.asked(Commit)) - renewed <= 4


def test_no_door_is_given_up_while_one_of_the_last_life_stands_open() -> None:
    """The group is taken again, and fails before it is opened: first it is shut."""
    bench = next_life(well(), away_s=0.1)
    bench.hangs.add(("imaging", Verb.TAKE))
    bench.run(0.2)
    assert bench.owner("imaging-1").owner == NEXT
    bench.peer.said = Said(ready=(("imaging", HERE),))
    bench.tell(Probed("imaging", fit=False))
    bench.wait_for(lambda: bench.state_of("imaging-1") is OwnerState.SURRENDERED)
    assert not bench.opened() & {"imaging-1", "imaging-2"}
    assert Shut(frozenset(("imaging-1", "imaging-2"))) in bench.asked(Shut)


def test_what_the_other_centre_has_taken_meanwhile_is_shut() -> None:
    bench = well()
    later = next_life(bench, away_s=0.1)
    later.peer.owns(IMAGING, epoch=2)
    later.run(0.1)
    assert later.opened() == {"records-1"}


def test_and_what_it_has_sealed() -> None:
    later = next_life(well(), away_s=0.1)
    cell = later.owner("records-1")
    sealed = cell.changed(OwnerState.SEALED, by=later.peer.me, nonce="seal")
    later.register.write(owner_key("records-1"), sealed)
    later.run(0.1)
    assert later.opened() == {"imaging-1", "imaging-2"}


def test_and_what_the_register_does_not_know() -> None:
    later = next_life(well(), away_s=0.1)
    del later.register.cells[owner_key("records-1")]
    later.fails.add(("records", Verb.TAKE))
    later.run(0.1)
    assert later.opened() == {"imaging-1", "imaging-2"}


def test_on_a_register_that_says_nothing_yet_nothing_is_shut() -> None:
    bench = well()
    later = next_life(bench, away_s=0.1)
    later.looks = False
    later.run(1.0)
    assert later.opened() == OWN
    later.run(1.5)
    assert later.opened() == set()


# --- memory --------------------------------------------------------------------------------------


def test_the_highest_terms_and_the_longest_promise_are_kept_on_disk() -> None:
    bench = Bench(memory=Memory())
    bench.peer.lease = replace(LEASE, length_s=10.0)
    bench.settle()
    memory = bench.asked(Remember)[-1].memory
    assert dict(memory.terms) == dict.fromkeys(OWN | THEIRS, Term(1, 1))
    assert memory.promised_s == wait_s(bench.peer.lease)
    assert bench.agent.state.given.remembered_s == memory.promised_s


def test_the_memory_is_written_when_it_has_grown_and_once_at_a_time() -> None:
    bench = well()
    since_s = bench.now_s
    assert bench.run(10.0).asked(Remember, since_s) == []
    bench.disk_works = False
    bench.peer.owns(DISPATCH, epoch=5)
    bench.run(1.0)
    bench.peer.owns(DISPATCH, epoch=6)
    bench.run(1.0)
    assert len(bench.asked(Remember, since_s)) == 1
    bench.disk_works = True
    bench.tell(Remembered())
    bench.run(1.0)
    terms = [dict(each.memory.terms)["dispatch-1"] for each in bench.asked(Remember, since_s)]
    assert terms == [Term(1, 5), Term(1, 6)]


def test_a_memory_that_nobody_wrote_is_not_believed() -> None:
    bench = Bench(memory=Memory())
    bench.disk_works = False
    bench.tell(Remembered())
    assert bench.agent.state.given.remembered_s == 0.0
