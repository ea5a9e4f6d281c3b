"""Lives, questions and the order of reports: what is recorded says nothing later."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.messages import PATHS, Report
from failover.wire.lives import (
    CHALLENGE_GOOD_S,
    CHALLENGE_PACE_S,
    RETIRED_MAX,
    Acquaintance,
)
from failover.wire.questions import OPEN_MAX, Questions
from failover.wire.refusal import Reason, Refused
from failover.wire.reports import ReportOrder
from tests.failover.wire.places import OBSERVER

FIBRE, HEALTH = PATHS
OLD, NEW = b"old", b"new"


def acquaintance() -> Acquaintance:
    return Acquaintance(Random(1).randbytes)


def proven(found: Acquaintance, life: bytes, now_s: float) -> None:
    challenge = found.challenge(FIBRE, now_s)
    assert challenge is not None
    found.prove(life, challenge, now_s)


def reason(found: Acquaintance, life: bytes) -> Reason:
    with pytest.raises(Refused) as caught:
        found.check(life)
    return caught.value.reason


def test_a_life_is_believed_after_it_has_answered() -> None:
    found = acquaintance()
    assert reason(found, NEW) is Reason.UNPROVEN
    proven(found, NEW, 0.0)
    found.check(NEW)


def test_an_earlier_life_that_was_never_heard_cannot_answer() -> None:
    """Its datagrams are genuine, and there is no answer to this challenge among them."""
    found = acquaintance()
    proven(found, NEW, 0.0)
    assert reason(found, OLD) is Reason.UNPROVEN
    challenge = found.challenge(FIBRE, 1.0)
    assert challenge is not None
    with pytest.raises(Refused, match="unasked"):
        found.prove(OLD, b"what it answered then", 1.0)
    found.prove(NEW, challenge, 1.0)  # who is there answers
    found.check(NEW)
    assert reason(found, OLD) is Reason.UNPROVEN


def test_a_life_that_was_replaced_never_comes_back() -> None:
    found = acquaintance()
    proven(found, OLD, 0.0)
    proven(found, NEW, 1.0)
    assert reason(found, OLD) is Reason.REPLAYED
    challenge = found.challenge(FIBRE, 2.0)
    assert challenge is not None
    with pytest.raises(Refused, match="replayed"):
        found.prove(OLD, challenge, 2.0)
    found.check(NEW)


def test_forgotten_lives_are_not_believed_either() -> None:
    found = acquaintance()
    for number in range(RETIRED_MAX + 2):
        proven(found, bytes([number]), float(number))
    assert reason(found, b"\0") is Reason.UNPROVEN


def test_an_answer_counts_once_and_in_time() -> None:
    found = acquaintance()
    challenge = found.challenge(FIBRE, 0.0)
    assert challenge is not None
    with pytest.raises(Refused, match="unasked"):
        found.prove(NEW, challenge, CHALLENGE_GOOD_S)
    proven(found, OLD, 10.0)
    challenge = found.challenge(FIBRE, 11.0)
    assert challenge is not None
    found.prove(NEW, challenge, 11.0)
    with pytest.raises(Refused, match="unasked"):
        found.prove(b"third", challenge, 11.0)
    found.prove(NEW, b"the copy of the other path", 11.0)
    found.check(NEW)


def test_a_flood_of_old_words_does_not_keep_a_new_life_out() -> None:
    """The challenge stays the same for a while, so an answer is still one when it arrives."""
    found = acquaintance()
    first = found.challenge(FIBRE, 0.0)
    assert first is not None
    for step in range(1, 40):
        found.challenge(FIBRE, step * 0.01)
    found.prove(NEW, first, 0.4)
    found.check(NEW)


def test_each_path_is_asked_at_its_own_pace() -> None:
    found = acquaintance()
    first = found.challenge(FIBRE, 0.0)
    assert first is not None
    assert found.challenge(HEALTH, 0.0) == first
    assert found.challenge(FIBRE, CHALLENGE_PACE_S / 2) is None
    assert found.challenge(FIBRE, CHALLENGE_PACE_S) == first
    later = found.challenge(FIBRE, CHALLENGE_GOOD_S)
    assert later not in (None, first)


# --- questions -----------------------------------------------------------------------------


def test_a_question_is_answered_once_in_time() -> None:
    questions = Questions(Random(1).randbytes, 1.0)
    nonce, late = questions.ask(0.0), questions.ask(0.5)
    assert questions.answered(nonce, 0.9) == 0.0
    for again, now_s in ((nonce, 0.9), (late, 1.6), (b"guess", 0.9)):
        with pytest.raises(Refused, match="unasked"):
            questions.answered(again, now_s)


@given(st.lists(st.floats(0, 0.3), max_size=60))
def test_open_questions_are_bounded(gaps: list[float]) -> None:
    questions, now_s, asked = Questions(Random(1).randbytes, 1.0), 0.0, []
    for gap in gaps:
        now_s += gap
        asked.append((questions.ask(now_s), now_s))
    good = [(nonce, sent_s) for nonce, sent_s in asked if now_s <= sent_s + 1.0][-OPEN_MAX:]
    for nonce, sent_s in asked:
        if (nonce, sent_s) in good:
            assert questions.answered(nonce, now_s) == sent_s
        else:
            with pytest.raises(Refused):
                questions.answered(nonce, now_s)


def test_of_too_many_open_questions_the_oldest_is_given_up() -> None:
    questions = Questions(Random(1).randbytes, 1.0)
    nonces = [questions.ask(0.0) for _ in range(OPEN_MAX + 1)]
    with pytest.raises(Refused, match="unasked"):
        questions.answered(nonces[0], 0.0)
    assert questions.answered(nonces[1], 0.0) == 0.0


# --- reports -------------------------------------------------------------------------------


def report(sequence: int) -> Report:
    return Report(OBSERVER, sequence, frozenset(), frozenset(), uplink=True)


def test_reports_of_a_new_life_go_on_where_the_last_one_ended() -> None:
    order = ReportOrder()
    numbers = [
        order.numbered(life, report(sequence)).sequence
        for life, sequence in ((OLD, 1), (OLD, 5), (NEW, 1), (NEW, 2), (b"third", 1))
    ]
    assert numbers == [1, 5, 6, 7, 8]


@pytest.mark.parametrize("sequence", [0, 4, 5])
def test_a_report_that_was_there_before_is_refused(sequence: int) -> None:
    order = ReportOrder()
    order.numbered(OLD, report(5))
    with pytest.raises(Refused, match="replayed"):
        order.numbered(OLD, report(sequence))
