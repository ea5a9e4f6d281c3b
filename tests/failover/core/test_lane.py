"""The register is asked one thing at a time, and nothing that it answers late is worth more."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from failover.core.cells import (
    OrderKind,
    OwnerState,
    SessionCell,
    Term,
    decode,
    order_key,
    owner_key,
    session_key,
)
from failover.core.effects import Answered, Arm, Commit, Grant, GuardState, Probed, Verb
from failover.core.lane import REPEAT_S
from failover.core.lease import wait_s
from failover.core.transaction import Committed, Unknown
from tests.failover.core.bench import (
    HERE,
    IMAGING,
    ME,
    NEARBY_S,
    OWN,
    PLAN,
    Bench,
    Fate,
    Register,
    order,
)
from tests.failover.core.healthy import LEASE, PROFILE
from tests.failover.core.peer import Said

KEY = session_key("dc-a")
RENEWAL_S, LENGTH_S = PROFILE.renewal_s, LEASE.length_s
RATE_BYTES_S = IMAGING.rate_bytes_s


def renewals(bench: Bench, since_s: float = 0.0) -> list[Commit]:
    commits = bench.asked(Commit, since_s)
    return [each for each in commits if each.transaction.puts[0].key == KEY]


def nonce(renewal: Commit) -> int:
    cell = decode(KEY, renewal.transaction.puts[0].value)
    assert isinstance(cell, SessionCell)
    return cell.nonce


def well() -> Bench:
    return Bench().settle()


# --- renewals --------------------------------------------------------------------------------


def test_the_session_is_renewed_in_each_period_and_the_doors_stay_open() -> None:
    bench = well()
    since_s = bench.now_s
    for _ in range(100):
        assert bench.run(0.1).opened() == OWN
    assert 10.0 / RENEWAL_S - 1 <= len(renewals(bench, since_s)) <= 12.0 / RENEWAL_S


def test_one_thing_is_asked_at_a_time() -> None:
    bench = Bench()
    bench.answer_s = 0.3
    bench.settle().lose_the_other_centre().run(10.0)
    asked = [at_s for at_s, each in bench.done if isinstance(each, Commit)]
    assert len(asked) > 10
    assert all(later_s - at_s > 0.299 for at_s, later_s in pairwise(asked))


def test_kernel_time_runs_before_a_renewal_is_sent() -> None:
    """The guard answers late: the doors close by its time, not by the answer's."""
    bench = well()
    asked = [each for _, each in bench.done if isinstance(each, Arm | Commit)]
    before = asked[asked.index(renewals(bench)[-1]) - 1]
    assert before == Arm(f"renewal {nonce(renewals(bench)[-1])}", OWN, LENGTH_S)


def test_a_deadline_counts_from_before_the_first_send() -> None:
    """The value is in the cell at once, and it is the second try that is told so."""
    bench = Bench()
    bench.wait_for_time(Arm)
    bench.fate = Fate.UNANSWERED
    sent_s = bench.wait_for_time(Commit)
    bench.run(0.3)
    bench.fate = Fate.DONE
    assert bench.wait_for_time(Commit) > sent_s + RENEWAL_S
    bench.fate = Fate.LOST
    assert bench.run(sent_s + LENGTH_S - 2 * NEARBY_S - bench.now_s).opened() == OWN
    assert bench.run(2 * NEARBY_S).opened() == set()


def test_an_answer_after_the_deadline_opens_nothing() -> None:
    bench = well()
    bench.fate = Fate.UNANSWERED
    sent_s = bench.wait_for_time(Commit)
    late = bench.asked(Commit)[-1]
    bench.run(sent_s + LENGTH_S + 0.1 - bench.now_s)
    bench.fate = Fate.DONE
    granted_s = bench.wait_for_time(Grant)
    (grant,) = bench.asked(Grant, granted_s)
    assert int(grant.name.removeprefix("renewal ")) > nonce(late)


def test_a_renewal_of_unknown_fate_is_repeated_unchanged_until_it_is_known() -> None:
    bench = well()
    bench.fate = Fate.LOST
    since_s = bench.now_s
    bench.run(3.0)
    tried = renewals(bench, since_s)
    assert len(tried) > 3
    assert {each.transaction for each in tried} == {tried[0].transaction}
    bench.fate = Fate.DONE
    bench.run(1.0)
    assert bench.opened() == OWN
    assert nonce(renewals(bench)[-1]) > nonce(tried[0])


def told(bench: Bench) -> dict[str, int]:
    """How far the logs are, by the session's cell."""
    cell = bench.cell(KEY)
    assert isinstance(cell, SessionCell)
    return {name: position.lsn for name, position in cell.positions}


def test_a_renewal_tells_how_far_a_log_may_have_come_since_its_position_was_told() -> None:
    """A taker counts from the renewal on: what was written before it must be in it."""
    bench = well()
    assert 0 <= told(bench)["imaging"] - HERE.lsn <= RATE_BYTES_S * PROFILE.beat_s + 1
    since_s = bench.now_s
    bench.positions.clear()
    bench.run(3.0)
    grown_bytes = told(bench)["imaging"] - HERE.lsn
    assert grown_bytes == pytest.approx(RATE_BYTES_S * (bench.now_s - since_s), abs=50.0)
    assert told(bench)["records"] == HERE.lsn  # each write is on both sides
    assert told(bench)["archive"] == HERE.lsn  # the other centre's


def test_a_log_whose_position_nobody_told_is_not_in_the_cell() -> None:
    """A taker then counts nothing from it: its gate stays shut."""
    bench = Bench()
    del bench.positions["archive"]
    assert told(bench.run(1.0)).keys() == bench.positions.keys()


def test_what_is_closed_grows_no_more() -> None:
    bench = well()
    bench.positions.clear()
    bench.run(1.0)
    bench.peer.said = Said(ready=(("imaging", HERE),))
    bench.tell(Probed("imaging", fit=False))
    bench.run(2 * RENEWAL_S)
    closed = told(bench)["imaging"]
    assert closed > HERE.lsn
    assert told(bench.run(3.0))["imaging"] == closed


def test_an_unanswered_request_is_repeated_after_a_pause() -> None:
    bench = well()
    bench.fate = Fate.LOST
    since_s = bench.now_s
    bench.run(3.0)
    at_s = [at_s for at_s, each in bench.done if isinstance(each, Commit) and at_s > since_s]
    expected_s = RENEWAL_S + REPEAT_S
    assert [later - one for one, later in pairwise(at_s)] == pytest.approx(
        [expected_s] * (len(at_s) - 1), abs=0.01
    )


def test_the_answer_to_an_older_request_says_nothing() -> None:
    bench = well()
    bench.fate = Fate.LOST
    bench.run(1.0)
    pending = bench.agent.state.session.pending
    bench.tell(Answered(renewals(bench)[0].request, Committed(99)))
    assert bench.agent.state.session.pending is pending
    bench = well()
    last = bench.asked(Commit)[-1]
    bench.tell(Answered(last.request, Unknown("again")))
    assert bench.agent.state.session.pending is None


# --- whose session it is ---------------------------------------------------------------------


def with_session(life: str, boot: str) -> Bench:
    register = Register()
    me = ME._replace(boot=boot, life=life)
    register.write(KEY, SessionCell(me, 9, LEASE, PLAN.hash))
    return Bench(register=register)


def test_nothing_is_written_before_the_register_was_looked_at() -> None:
    bench = Bench()
    bench.looks = False
    assert renewals(bench.run(0.4)) == []


def test_a_restarted_agent_takes_its_session_again_at_once() -> None:
    assert renewals(with_session("earlier", ME.boot).run(0.1)) != []


def test_an_agent_on_another_boot_waits_until_that_lease_is_surely_over() -> None:
    bench = with_session("another", "another boot")
    assert renewals(bench.run(wait_s(LEASE))) == []
    assert renewals(bench.run(0.1)) != []


def test_a_session_that_cannot_be_read_is_never_overwritten() -> None:
    register = Register()
    register.write(KEY, b"{}")
    bench = Bench(register=register)
    assert renewals(bench.run(10.0)) == []
    assert register.cells[KEY].value == b"{}"


# --- the guard -------------------------------------------------------------------------------


def test_a_renewal_that_the_guard_does_not_arm_is_not_sent_and_the_guard_counts_as_dead() -> None:
    bench = well()
    bench.guard_obeys = False
    bench.run(0.3)
    since_s = bench.now_s
    bench.run(2.0)
    assert not bench.agent.state.doors.alive
    assert [each.transaction.compares for each in renewals(bench, since_s)] != []
    assert all(len(each.transaction.compares) == 1 for each in renewals(bench, since_s))
    assert bench.opened() == set()


def test_kernel_time_that_was_started_late_is_for_nothing() -> None:
    """The guard hung for longer than a period; what it arms then was given up."""
    bench = well()
    bench.guard_s = RENEWAL_S + 0.3
    before = len(renewals(bench.run(0.2)))
    bench.run(3.0)
    assert len(renewals(bench)) > before
    assert all(len(each.transaction.compares) == 1 for each in renewals(bench)[before + 1 :])


def test_a_guard_that_obeys_again_opens_again() -> None:
    bench = well()
    bench.tell(GuardState(alive=False))
    assert bench.run(3.0).opened() == set()
    bench.tell(GuardState(alive=True))
    assert bench.run(12.0).opened() == OWN


def test_a_renewal_that_gave_way_to_a_beat_is_drafted_anew() -> None:
    bench = well()
    bench.guard_s = 0.1
    since_s = bench.now_s
    bench.wait_for(lambda: bool(bench.asked(Arm, since_s)))
    pending = bench.agent.state.session.pending
    assert pending is not None
    assert pending.sent_s is None
    bench.agent.state.doors.arm("beat 99", OWN, LENGTH_S, bench.now_s)
    bench.run(1.0)
    assert nonce(renewals(bench)[-1]) > pending.nonce
    assert pending.nonce not in [nonce(each) for each in renewals(bench)]


# --- refusals --------------------------------------------------------------------------------


def test_a_renewal_over_a_seal_is_refused_and_the_others_are_renewed() -> None:
    bench = well()
    bench.looks = False
    sealed = bench.owner("records-1").changed(OwnerState.SEALED, by=bench.peer.me, nonce="seal")
    bench.register.write(owner_key("records-1"), sealed)
    bench.run(1.0)
    assert bench.opened() == OWN - {"records-1"}
    assert bench.state_of("records-1") is OwnerState.SURRENDERED


def test_a_register_that_went_back_is_asked_nothing_any_more() -> None:
    bench = well()
    bench.looks = False
    older = Register()
    for key, cell in bench.register.cells.items():
        older.cells[key] = replace(cell, revision=1)
    bench.register = older
    bench.run(1.0)
    assert bench.agent.state.view.back
    since_s = bench.now_s
    assert bench.asked(Commit, bench.run(5.0).now_s - 5.0) == []
    assert bench.asked(Commit, since_s) == []


# --- moves -----------------------------------------------------------------------------------


def handed_over(bench: Bench) -> Bench:
    """A planned move away is ordered, and the other centre has the data."""
    bench.peer.said = Said(ready=(("imaging", HERE),))
    bench.run(0.3)
    bench.register.write(order_key("imaging"), order(OrderKind.SWITCHOVER, "dc-b"))
    return bench


def moves(bench: Bench, since_s: float) -> list[Commit]:
    commits = bench.asked(Commit, since_s)
    return [each for each in commits if each.transaction.puts[0].key.startswith("owner/")]


def test_a_move_of_unknown_fate_is_repeated_with_the_same_puts_behind_a_renewal() -> None:
    bench = well()
    bench.fates["owner"] = Fate.LOST
    since_s = bench.now_s
    handed_over(bench).run(1.8)
    tried = moves(bench, since_s)
    assert len(tried) > 1
    assert {each.transaction.puts for each in tried} == {tried[0].transaction.puts}
    own = [each.transaction.compares[0] for each in tried]
    assert [each.key for each in own] == [KEY] * len(tried)
    assert len({each.revision for each in own}) == len(tried)
    commits = bench.asked(Commit, since_s)
    for one, later in pairwise(tried):
        between = commits[commits.index(one) + 1 : commits.index(later)]
        assert {each.transaction.puts[0].key for each in between} == {KEY}


def test_a_move_that_was_done_and_not_answered_is_known_again() -> None:
    bench = well()
    bench.fates["owner"] = Fate.UNANSWERED
    handed_over(bench).wait_for(
        lambda: bench.state_of("imaging-1") is OwnerState.SURRENDERED, limit_s=2.0
    )
    assert bench.agent.state.unresolved == {"imaging"}
    bench.fates.clear()
    bench.run(1.5)
    assert bench.agent.state.unresolved == frozenset()
    assert bench.owner("imaging-1").term == Term(1, 1)
    assert bench.opened() == {"records-1"}


def test_while_a_surrender_may_still_come_true_nothing_of_it_opens() -> None:
    """It is rolled back, and the surrender is repeated: the refuge would take it at once."""
    bench = well()
    bench.fates["owner"] = Fate.LOST
    handed_over(bench).wait_for(lambda: "switchover imaging" in bench.pages())
    for _ in range(30):
        assert bench.run(0.1).opened() == {"records-1"}
    bench.fates["owner"] = Fate.UNANSWERED
    for _ in range(30):
        assert bench.run(0.1).opened() == {"records-1"}
    assert bench.state_of("imaging-1") is OwnerState.SURRENDERED


def test_a_surrender_that_is_refused_in_the_end_leaves_the_group_open_again() -> None:
    bench = well()
    bench.fates["owner"] = Fate.LOST
    handed_over(bench).wait_for(lambda: "switchover imaging" in bench.pages())
    bench.register.write(owner_key("imaging-1"), bench.owner("imaging-1"))
    bench.fates.clear()
    assert bench.run(2.0).opened() == OWN
    assert bench.agent.state.surrendering == frozenset()


def test_what_was_taken_opens_as_soon_as_its_actuators_are_through() -> None:
    bench = Bench().run(2.0)
    asked = bench.verbs("imaging")
    assert asked == [Verb.TAKE]
    assert bench.opened() == OWN
