"""The whole agent on its bench: what the design promises of it, situation by situation."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from failover.core.cells import (
    ExposedCell,
    GenerationCell,
    HoldCell,
    OrderKind,
    OwnerCell,
    OwnerState,
    Term,
    exposed_key,
    hold_key,
    order_key,
    owner_key,
)
from failover.core.effects import (
    Actuated,
    GuardState,
    Look,
    Page,
    Record,
    SendBeat,
    Tick,
    Verb,
)
from failover.core.facts import Action, SiteVerdict
from failover.core.groups import ACTUATOR_LIMIT_S
from failover.core.journal import replay
from failover.core.lease import wait_s
from failover.core.senses import LATE_BEATS
from tests.failover.core.bench import (
    ARCHIVE,
    ME,
    OWN,
    PLAN,
    Bench,
    Fate,
    order,
)
from tests.failover.core.healthy import LEASE, PROFILE
from tests.failover.core.peer import Said

WAIT_S, PATIENCE_S = wait_s(LEASE), PROFILE.patience_s
THEIRS = frozenset(("archive-1", "dispatch-1"))
PAUSE_S = LATE_BEATS * PROFILE.beat_s + 0.1


def well() -> Bench:
    return Bench().settle()


# --- cuts and losses ---------------------------------------------------------------------------


def test_all_is_well() -> None:
    bench = well().run(60.0)
    assert bench.opened() == OWN
    assert bench.pages() == set()
    assert {bench.owner(each).term for each in OWN} == {Term(1, 1)}
    assert set(bench.agent.state.actions.values()) == {Action.SERVE, Action.STAY}


def test_a_cut_between_the_centres_moves_nothing() -> None:
    """Neither hears the other; both renew."""
    bench = well()
    bench.peer.speaks = bench.peer.hears = False
    for _ in range(300):
        assert bench.run(0.1).opened() == OWN
    assert bench.state_of("dispatch-1") is OwnerState.OWNED


def test_a_lost_centre_is_replaced_when_its_lease_is_surely_over() -> None:
    bench = well().lose_the_other_centre()
    seen_s = bench.now_s - PROFILE.renewal_s
    bench.wait_for(lambda: bench.opened() == OWN | THEIRS)
    assert seen_s + WAIT_S <= bench.now_s < seen_s + WAIT_S + 1.0
    assert bench.agent.state.site is SiteVerdict.LOST


def test_nothing_is_taken_while_the_lease_of_the_other_may_run() -> None:
    bench = well().lose_the_other_centre()
    lease_s = bench.agent.state.view.over_s("dc-b")
    while bench.now_s < lease_s:
        assert bench.run(0.01).opened() <= OWN
        assert bench.state_of("dispatch-1") is OwnerState.OWNED


def test_a_centre_that_goes_on_by_promise_is_not_taken_before_the_promise_is_over() -> None:
    bench = well()
    bench.peer.renews = False
    bench.peer.said = Said(asks=True)
    bench.run(20.0)
    assert bench.opened() == OWN
    bench.lose_the_other_centre()
    promised_s = bench.agent.state.given.until_s("dispatch")
    bench.run(promised_s - bench.now_s - 0.01)
    assert bench.opened() == OWN
    bench.wait_for(lambda: "dispatch-1" in bench.opened(), limit_s=1.0)


def test_what_may_have_been_written_by_promise_shuts_the_gate() -> None:
    bench = well()
    bench.peer.renews = False
    bench.peer.said = Said(asks=True)
    bench.run(20.0).lose_the_other_centre().run(20.0)
    assert bench.opened() == OWN | {"dispatch-1"}
    assert "archive" in bench.pages()


def test_a_centre_that_stood_down_is_taken_after_patience() -> None:
    """It is heard, renews nothing and asks for nothing."""
    bench = well()
    bench.peer.renews = False
    took_s = bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert took_s == pytest.approx(WAIT_S + PATIENCE_S, abs=0.6)


def test_an_ownership_that_cannot_be_read_is_nobodys_and_closes() -> None:
    """A newer version may have taken it."""
    bench = well()
    bench.register.write(owner_key("records-1"), b'{"owner":"somebody"}')
    bench.run(0.5)
    assert bench.opened() == OWN - {"records-1"}
    assert bench.run(5.0).opened() == OWN - {"records-1"}
    assert bench.register.cells[owner_key("records-1")].value == b'{"owner":"somebody"}'


def test_without_a_register_and_a_promise_every_door_closes_in_time() -> None:
    bench = well()
    bench.fate, bench.looks = Fate.LOST, False
    confirmed_s = bench.agent.state.session.confirmed_s
    assert confirmed_s is not None
    bench.run(LEASE.length_s + PROFILE.renewal_s)
    assert bench.opened() == set()
    assert bench.run(30.0).opened() == set()


def test_a_new_generation_is_taken_up_with_the_next_take() -> None:
    bench = well()
    bench.register.write("generation", GenerationCell(3, ("li", "wu"), "nonce"))
    bench.lose_the_other_centre().wait_for(lambda: "dispatch-1" in bench.opened())
    assert bench.owner("dispatch-1").term == Term(3, 2)


# --- what a person holds -------------------------------------------------------------------------


def held(bench: Bench, group: str = "*") -> Bench:
    bench.register.write(hold_key(group), HoldCell(60.0, "li", "a drill", "nonce"))
    return bench


def test_a_hold_never_closes() -> None:
    bench = held(well())
    for _ in range(100):
        assert bench.run(0.1).opened() == OWN


def test_a_hold_blocks_a_take_pages_and_runs_out() -> None:
    bench = held(well(), "dispatch").lose_the_other_centre()
    bench.wait_for(lambda: "archive-1" in bench.opened())
    assert bench.run(30.0).opened() == OWN | {"archive-1"}
    (page,) = {each.text for each in bench.asked(Page) if each.key == "dispatch"}
    assert "a hold keeps it where it is" in page
    assert bench.run(30.0).opened() == OWN | THEIRS


def test_a_hold_that_comes_with_the_take_refuses_it() -> None:
    bench = well().lose_the_other_centre()
    bench.looks = False
    held(bench).run(5.0)
    assert bench.opened() == OWN


# --- plans ---------------------------------------------------------------------------------------


def test_plans_that_differ_move_nothing_and_close_nothing() -> None:
    bench = well()
    bench.peer.plan = "another"
    bench.run(1.0).lose_the_other_centre().run(30.0)
    assert bench.opened() == OWN
    assert bench.state_of("dispatch-1") is OwnerState.OWNED


# --- a pause of one's own ------------------------------------------------------------------------


def test_an_agent_that_was_paused_takes_nothing_until_it_is_on_time_again() -> None:
    bench = well().lose_the_other_centre().run(1.5)
    bench.freeze(3.0)
    began_s = bench.now_s
    assert bench.opened() == set()
    assert bench.run(PROFILE.silence_s - 0.1).agent.state.site is SiteVerdict.PAUSED
    assert bench.state_of("dispatch-1") is OwnerState.OWNED
    bench.wait_for(lambda: "dispatch-1" in bench.opened())
    assert bench.now_s > began_s + PROFILE.silence_s


def test_a_short_pause_is_none() -> None:
    bench = well()
    bench.freeze(PAUSE_S - 0.3).run(0.1)
    assert bench.agent.state.site is SiteVerdict.NORMAL


# --- what does not work here ---------------------------------------------------------------------


def test_an_actuator_that_hangs_is_asked_again() -> None:
    bench = Bench()
    bench.hangs.add(("imaging", Verb.TAKE))
    bench.settle()
    assert bench.opened() == {"records-1"}
    assert bench.run(2 * ACTUATOR_LIMIT_S).verbs("imaging") == [Verb.TAKE] * 3
    bench.hangs.clear()
    assert bench.run(ACTUATOR_LIMIT_S).opened() == OWN


def test_an_actuator_that_fails_pages_and_is_asked_again() -> None:
    bench = Bench()
    bench.fails.add(("imaging", Verb.TAKE))
    bench.settle()
    assert bench.opened() == {"records-1"}
    assert Page("take imaging", "imaging: it says no") in bench.asked(Page)
    bench.fails.clear()
    assert bench.run(2.0).opened() == OWN


def test_a_word_of_the_rule_says_nothing_of_the_role() -> None:
    bench = well()
    term = Term(1, 1)
    for verb in (Verb.RELAX, Verb.TIGHTEN):
        bench.tell(Actuated("records", verb, term, request=1, done=False))
    assert bench.agent.state.groups["records"].taken(term)


# --- judgements ----------------------------------------------------------------------------------


def test_each_change_of_the_judgement_is_recorded_and_can_be_replayed() -> None:
    bench = well().lose_the_other_centre().run(10.0)
    records = bench.asked(Record)
    assert len(records) > 2
    for each in records:
        assert replay(each.text, PLAN) == each.text
    verdicts = [json.loads(each.text)["judgement"]["site"]["verdict"] for each in records]
    assert verdicts[-1] == "lost"
    assert bench.run(10.0).asked(Record) == records


def test_a_person_is_paged_once_about_a_group_and_again_when_it_recurs() -> None:
    bench = well()
    bench.register.write(exposed_key("archive"), ExposedCell(True, bench.peer.me, "nonce"))
    bench.lose_the_other_centre().run(20.0)

    def pages() -> int:
        return sum(each.key == "archive" for each in bench.asked(Page))

    assert pages() == 1
    bench.peer.renews = True
    bench.run(3.0)
    bench.peer.renews = False
    bench.run(5.0)
    assert pages() == 2


def test_a_centre_that_is_lost_and_taken_over_pages_nobody() -> None:
    """For a moment it looks like one that lives and is out of reach: that is for a person."""
    bench = well()
    bench.lose_the_other_centre()
    bench.wait_for(lambda: bench.opened() == OWN | THEIRS)
    verdicts = {
        group["action"]["verdict"]
        for each in bench.asked(Record)
        for group in json.loads(each.text)["judgement"]["groups"]
    }
    assert {"page", "take"} <= verdicts
    assert not bench.pages()


def test_an_own_exposure_does_not_bar_a_take_by_the_same_centre() -> None:
    """Nobody else has those writes."""
    bench = well()
    bench.register.write(exposed_key("records"), ExposedCell(True, ME, "nonce"))
    later = bench.restarted(ME._replace(life="life-b"))
    later.wait_for(lambda: later.opened() == OWN, limit_s=1.0)


def test_a_group_that_was_moved_too_often_stays_and_a_person_is_told() -> None:
    bench = well()
    epoch = 1
    while "archive" not in bench.pages():
        assert epoch < 9
        bench.register.write(
            owner_key("archive-1"),
            OwnerCell(Term(1, epoch), bench.peer.me, OwnerState.OWNED, f"n{epoch}", bench.peer.me),
        )
        bench.peer.renew()
        bench.run(0.5)
        bench.peer.renews = bench.peer.speaks = False
        bench.hospitals = True
        bench.run(WAIT_S + PATIENCE_S + 1.0)
        epoch = bench.owner("archive-1").term.epoch + 1
        bench.peer.speaks = bench.peer.renews = True
        bench.run(2.0)
    (text,) = {each.text for each in bench.asked(Page) if each.key == "archive"}
    assert "archive" in text
    assert epoch > 3


# --- time ----------------------------------------------------------------------------------------


def test_the_register_is_looked_at_often_enough_to_see_each_renewal() -> None:
    bench = well()
    since_s = bench.now_s
    assert len(bench.run(10.0).asked(Look, since_s)) >= 10.0 / PROFILE.renewal_s


def test_an_agent_wants_its_next_turn_in_the_future() -> None:
    bench = well()
    for _ in range(500):
        bench.run(0.013)
        bench.tell(Tick())
        assert bench.now_s < bench.agent.due_s <= bench.now_s + PROFILE.beat_s


def test_the_end_of_the_others_lease_is_a_moment_of_its_own() -> None:
    bench = well().lose_the_other_centre()
    over_s = bench.agent.state.view.over_s("dc-b")
    bench.run(over_s - bench.now_s + 0.001)
    assert json.loads(bench.asked(Record)[-1].text)["at_s"] == over_s


def test_a_look_without_an_answer_is_no_news() -> None:
    bench = Bench()
    bench.looks = False
    bench.run(1.0)
    assert not bench.agent.state.view.looked


def test_beats_go_on_whatever_the_guard_does() -> None:
    bench = well()
    bench.guard_obeys = False
    since_s = bench.now_s
    bench.run(5.0)
    sent_s = [at_s for at_s, each in bench.done if isinstance(each, SendBeat) and at_s > since_s]
    assert max(later - one for one, later in pairwise(sent_s)) < PROFILE.silence_s
    assert not bench.agent.state.doors.alive


def test_a_guard_that_obeys_all_along_is_no_news() -> None:
    bench = well()
    records = len(bench.asked(Record))
    bench.tell(GuardState(alive=True))
    assert len(bench.asked(Record)) == records


def test_an_order_that_is_done_is_not_done_again() -> None:
    bench = well()
    bench.register.write(order_key("archive"), order(OrderKind.SWITCHOVER, "dc-a"))
    bench.run(0.5)
    bench.peer.owns(ARCHIVE, state=OwnerState.SURRENDERED)
    bench.wait_for(lambda: "archive-1" in bench.opened(), limit_s=1.0)
    term = bench.owner("archive-1").term
    assert bench.run(20.0).owner("archive-1").term == term
