"""Whose a group is, by the cells of its instances together; and what its actuators were asked."""

from __future__ import annotations

import pytest

from failover.core.cells import (
    Content,
    Incarnation,
    OwnerCell,
    OwnerState,
    Term,
    encode,
    owner_key,
)
from failover.core.effects import Actuate, Verb
from failover.core.facts import Owner
from failover.core.groups import (
    ACTUATOR_LIMIT_S,
    ACTUATOR_PACE_S,
    Ask,
    GroupState,
    Ownership,
)
from failover.core.plan import Group
from failover.core.transaction import Cell
from failover.core.view import View
from tests.failover.core.bench import DISPATCH, IMAGING, ME, PLAN

PEER = Incarnation("dc-b", "boot-b", "life-b")
EARLIER = ME._replace(life="earlier")  # before this agent was restarted
REBOOTED = ME._replace(boot="boot-before", life="earlier")
PATIENCE_S = PLAN.profile.patience_s
BOOTED_S = 102.0
OWNED, SEALED, SURRENDERED = OwnerState.OWNED, OwnerState.SEALED, OwnerState.SURRENDERED
TERM = Term(1, 3)


def cell(owner: Incarnation, state: OwnerState = OWNED, term: Term = TERM) -> OwnerCell:
    return OwnerCell(term, owner, state, "nonce", owner)


def owner(*found: Content, now_s: float = 100.0, group: Group = IMAGING) -> Owner:
    """Whose a group is whose first instances have these cells, seen at 100 s."""
    view = View()
    pairs = zip(group.instances, found, strict=False)
    view.hint({owner_key(instance): Cell(encode(each), 1) for instance, each in pairs}, 100.0)
    return Ownership(PLAN, ME).of(view, group, BOOTED_S).at(now_s)


@pytest.mark.parametrize(
    ("one", "other", "whose"),
    [
        (cell(ME), cell(ME), Owner.MINE),
        (cell(ME), cell(ME, SEALED), Owner.MINE),  # it still has to close and to surrender
        (cell(PEER), cell(PEER), Owner.THEIRS),
        (cell(PEER), cell(ME), Owner.THEIRS),
        (cell(PEER, SURRENDERED), cell(PEER, SURRENDERED), Owner.FREE),
        (cell(PEER, SURRENDERED), cell(PEER), Owner.THEIRS),
        (cell(PEER, SURRENDERED), cell(ME), Owner.FREE),
        (cell(PEER, SEALED), cell(PEER, SEALED), Owner.THEIRS),
        (cell(EARLIER), cell(EARLIER), Owner.FREE),  # the kernel has closed, by the flush at start
        (cell(EARLIER, SEALED), cell(EARLIER), Owner.THEIRS),
    ],
)
def test_a_group_is_mine_only_whole_and_theirs_if_any_of_it_is(
    one: OwnerCell, other: OwnerCell, whose: Owner
) -> None:
    assert owner(one, other) is whose


def test_what_nobody_ever_owned_is_its_homes() -> None:
    assert owner() is Owner.FREE
    assert owner(group=DISPATCH) is Owner.THEIRS


def test_what_a_life_on_another_boot_owned_is_free_when_that_life_is_surely_over() -> None:
    cells = cell(REBOOTED), cell(REBOOTED)
    assert owner(*cells, now_s=BOOTED_S - 0.01) is Owner.THEIRS
    assert owner(*cells, now_s=BOOTED_S) is Owner.FREE


def test_what_this_centre_surrendered_is_left_to_the_refuge_for_patience() -> None:
    cells = cell(ME, SURRENDERED), cell(EARLIER, SURRENDERED)
    assert owner(*cells, now_s=99.99 + PATIENCE_S) is Owner.THEIRS
    assert owner(*cells, now_s=100.0 + PATIENCE_S) is Owner.FREE


def test_a_term_below_the_highest_that_was_seen_is_nobodys_proof() -> None:
    view = View()
    view.hint({owner_key(each): Cell(encode(cell(ME)), 1) for each in IMAGING.instances}, 100.0)
    ownership = Ownership(PLAN, ME)
    assert ownership.saw([("imaging-1", TERM)])
    assert ownership.of(view, IMAGING, BOOTED_S).at(100.0) is Owner.MINE
    assert ownership.saw([("imaging-1", Term(1, 4))])
    assert ownership.of(view, IMAGING, BOOTED_S).at(100.0) is Owner.THEIRS


def test_only_a_higher_term_is_news() -> None:
    ownership = Ownership(PLAN, ME)
    assert not ownership.saw([])
    assert ownership.saw([("imaging-1", Term(1, 4)), ("imaging-2", Term(1, 1))])
    assert not ownership.saw([("imaging-1", Term(1, 4)), ("imaging-1", Term(1, 3))])
    assert ownership.highest == {"imaging-1": Term(1, 4), "imaging-2": Term(1, 1)}


def ask(now_s: float, at: Ask, verb: Verb = Verb.TAKE, term: Term = TERM) -> Actuate | None:
    """What is asked, if anything."""
    effects = at.actuate("imaging", verb, term, now_s)
    assert all(isinstance(each, Actuate) for each in effects)
    return next((each for each in effects if isinstance(each, Actuate)), None)


def test_an_actuator_is_asked_once() -> None:
    at = Ask()
    assert ask(100.0, at) == Actuate("imaging", Verb.TAKE, TERM, 1)
    assert ask(101.0, at) is None
    at.answered(1, done=True, now_s=101.0)
    assert ask(200.0, at) is None


def test_an_actuator_that_hangs_is_asked_again_after_its_limit() -> None:
    at = Ask()
    ask(100.0, at)
    assert ask(99.99 + ACTUATOR_LIMIT_S, at) is None
    assert ask(100.0 + ACTUATOR_LIMIT_S, at) == Actuate("imaging", Verb.TAKE, TERM, 2)


def test_an_actuator_that_failed_is_asked_again_after_a_pause() -> None:
    at = Ask()
    ask(100.0, at)
    at.answered(1, done=False, now_s=102.0)
    assert ask(101.99 + ACTUATOR_PACE_S, at) is None
    assert ask(102.0 + ACTUATOR_PACE_S, at) == Actuate("imaging", Verb.TAKE, TERM, 2)


def test_an_actuator_does_one_thing_after_the_other() -> None:
    at = Ask()
    ask(100.0, at)
    assert ask(100.1, at, Verb.RELEASE) is None
    at.answered(1, done=True, now_s=100.2)
    assert ask(100.2, at, Verb.RELEASE) == Actuate("imaging", Verb.RELEASE, TERM, 2)
    at.answered(2, done=True, now_s=100.3)
    assert ask(100.3, at, Verb.RELEASE, Term(1, 4)) is not None


def test_what_was_done_once_is_asked_again_after_something_else() -> None:
    at = Ask()
    ask(100.0, at)
    at.answered(1, done=True, now_s=100.1)
    ask(100.2, at, Verb.RELEASE)
    assert at.done is None
    assert ask(100.2 + ACTUATOR_LIMIT_S, at) is not None


def test_a_late_answer_says_nothing_of_what_was_asked_since() -> None:
    at = Ask()
    at.answered(0, done=True, now_s=99.0)
    ask(100.0, at)
    ask(100.0 + ACTUATOR_LIMIT_S, at, Verb.RELEASE)
    at.answered(1, done=True, now_s=106.0)
    assert at.done is None
    at.answered(2, done=True, now_s=106.0)
    assert at.done == (Verb.RELEASE, TERM)


def test_a_group_is_taken_for_one_term() -> None:
    group = GroupState(IMAGING)
    assert not group.taken(TERM)
    ask(100.0, group.role)
    group.role.answered(1, done=True, now_s=100.0)
    assert group.taken(TERM)
    assert not group.taken(Term(1, 4))
    ask(101.0, group.role, Verb.RELEASE)
    assert not group.taken(TERM)
