"""Groups that were moved stay; after many moves all stay; a harder failure passes once."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.damping import Cause, Damper
from failover.core.plan import Damping

DAMPING = Damping()
AUTOMATIC = [cause for cause in Cause if cause is not Cause.ORDERED]
WINDOW_S = DAMPING.brake_window_s

moves = st.lists(
    st.tuples(
        st.floats(0.0, 2000.0),
        st.sampled_from(["imaging", "referral"]),
        st.sampled_from(AUTOMATIC),
        st.sampled_from(["one", "two", "three", "four", "five"]),
    ),
    max_size=12,
)


def moved(*causes: Cause, group: str = "imaging", key: str = "one") -> Damper:
    """A damper that saw so many moves of one group at once, all of one decision."""
    damper = Damper(DAMPING)
    for cause in causes:
        damper.moved([group], cause, key, 0.0)
    return damper


def test_a_penalty_halves() -> None:
    damper = moved(Cause.ORPHAN)
    assert damper.penalty("imaging", 0.0) == 1000.0
    assert damper.penalty("imaging", DAMPING.half_life_s) == 500.0
    assert damper.penalty("imaging", 2 * DAMPING.half_life_s) == 250.0
    assert damper.penalty("referral", 0.0) == 0.0


def test_a_group_that_was_moved_too_often_stays_until_its_penalty_has_decayed() -> None:
    damper = moved(Cause.LOST, Cause.LOST, Cause.LOST)
    until_s = DAMPING.half_life_s * math.log2(3000 / 2000)
    assert damper.suppressed("imaging", until_s - 1)
    assert not damper.suppressed("imaging", until_s + 1)
    why = damper.holds("imaging", Cause.LOST, "two", 0.0)
    assert why == "damping: penalty 3000 for its moves of late"
    assert damper.holds("referral", Cause.LOST, "two", 0.0) == ""


def test_a_harder_failure_passes_the_damping_once() -> None:
    damper = moved(Cause.ORPHAN, Cause.ORPHAN)
    assert damper.holds("imaging", Cause.ORPHAN, "one", 0.0)
    assert not damper.holds("imaging", Cause.LOST, "one", 0.0)
    damper.moved(["imaging"], Cause.LOST, "one", 0.0)
    assert damper.holds("imaging", Cause.LOST, "one", 0.0)


def test_a_persons_order_always_passes_and_counts() -> None:
    damper = moved(*[Cause.LOST] * 5)
    for number in range(5):
        damper.moved([f"group-{number}"], Cause.LOST, f"key-{number}", 0.0)
    assert damper.braked(0.0)
    assert not damper.holds("imaging", Cause.ORDERED, "order", 0.0)
    damper.moved(["imaging"], Cause.ORDERED, "order", 0.0)
    assert damper.penalty("imaging", 0.0) == 6000.0


def one_by_one(count: int, cause: Cause) -> Damper:
    damper = Damper(DAMPING)
    for number in range(count):
        assert not damper.holds(f"group-{number}", cause, f"key-{number}", float(number))
        damper.moved([f"group-{number}"], cause, f"key-{number}", float(number))
    return damper


def test_many_moves_one_by_one_stop_all() -> None:
    damper = one_by_one(DAMPING.brake_moves, Cause.ORPHAN)
    why = damper.holds("imaging", Cause.ORPHAN, "key", 10.0)
    assert why == "brake: 3 groups were moved one by one of late"


def test_the_brake_lets_go_after_its_window() -> None:
    damper = one_by_one(DAMPING.brake_moves, Cause.ORPHAN)
    assert damper.braked(WINDOW_S)
    assert not damper.braked(WINDOW_S + 0.5)
    assert not damper.holds("imaging", Cause.ORPHAN, "key", WINDOW_S + 0.5)


def test_the_loss_of_a_centre_passes_the_brake_once_with_all_its_groups() -> None:
    damper = one_by_one(DAMPING.brake_moves, Cause.ORPHAN)
    for number in range(20):
        group = f"of-the-lost-{number}"
        assert not damper.holds(group, Cause.LOST, "session", 10.0)
        damper.moved([group], Cause.LOST, "session", 10.0)
    assert damper.holds("imaging", Cause.LOST, "another session", 20.0)


def test_the_groups_of_one_decision_count_as_one_move() -> None:
    damper = Damper(DAMPING)
    damper.moved([f"group-{number}" for number in range(20)], Cause.LOST, "session", 0.0)
    assert not damper.braked(0.0)
    assert not damper.holds("imaging", Cause.ORPHAN, "key", 0.0)


def test_no_move_allowed_means_none() -> None:
    damper = Damper(Damping(brake_moves=0))
    assert damper.holds("imaging", Cause.LOST, "key", 0.0)


@given(moves, st.floats(2000.0, 1e5), st.floats(0.0, 1e5))
def test_penalties_only_fall_between_moves(
    history: list[tuple[float, str, Cause, str]], now_s: float, wait_s: float
) -> None:
    damper = replayed(history)
    before = damper.penalty("imaging", now_s)
    assert 0.0 <= damper.penalty("imaging", now_s + wait_s) <= before
    assert before <= DAMPING.penalty * len(history)


@given(moves, st.sampled_from(AUTOMATIC), st.sampled_from(["one", "six"]))
def test_a_harder_cause_is_never_held_where_a_softer_one_passes(
    history: list[tuple[float, str, Cause, str]], cause: Cause, key: str
) -> None:
    damper = replayed(history)
    if not damper.holds("imaging", cause, key, 2000.0):
        assert not damper.holds("imaging", Cause.LOST, key, 2000.0)


@given(moves)
def test_moves_that_are_let_through_end(history: list[tuple[float, str, Cause, str]]) -> None:
    """However often it is tried, in one window no more decisions pass than brake and causes."""
    damper, passed = Damper(DAMPING), set()
    for number, (_, group, cause, _) in enumerate(history):
        if not damper.holds(group, cause, f"key-{number}", 0.0):
            damper.moved([group], cause, f"key-{number}", 0.0)
            passed.add(number)
    assert len(passed) <= DAMPING.brake_moves + len(AUTOMATIC) - 1


def replayed(history: list[tuple[float, str, Cause, str]]) -> Damper:
    damper = Damper(DAMPING)
    for at_s, group, cause, key in sorted(history):
        damper.moved([group], cause, key, at_s)
    return damper


@pytest.mark.parametrize("cause", AUTOMATIC)
def test_a_quiet_group_moves_for_any_cause(cause: Cause) -> None:
    assert Damper(DAMPING).holds("imaging", cause, "key", 0.0) == ""
