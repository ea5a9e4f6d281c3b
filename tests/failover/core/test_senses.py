"""What an agent perceives, and what it forgets when it was itself away."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from failover.core.cells import Incarnation
from failover.core.messages import PATHS, Beat, Echo, PathName, Report
from failover.core.promises import Asked
from failover.core.senses import LATE_BEATS, Senses
from tests.failover.core.bench import ME, PLAN

PROFILE = PLAN.profile
FIBRE, HEALTH = PathName.FIBRE, PathName.HEALTH
PEER = Incarnation("dc-b", "boot-b", "life-b")
LATER = PEER._replace(life="life-c")
REPORT = Report("h1", 1, frozenset(("dc-b",)), frozenset(), uplink=True)
PAUSE_S = LATE_BEATS * PROFILE.beat_s


def beat(sequence: int, sender: Incarnation = PEER, echo: Echo | None = None) -> Beat:
    return Beat(sender, sequence, PLAN.hash, False, (), (), echo, None)


def senses() -> Senses:
    return Senses(PLAN, ME, 100.0)


def heard(sense: Senses, said: Beat, now_s: float, path: str = FIBRE) -> bool:
    return sense.beat(path, said, Asked(), now_s)


def test_a_beat_is_heard_for_as_long_as_silence_allows() -> None:
    sense = senses()
    assert not sense.hears(100.0)
    assert heard(sense, beat(1), 100.0, HEALTH)
    assert sense.paths[HEALTH].heard_s == 100.0
    assert sense.paths[FIBRE].heard_s is None
    assert sense.hears(100.0 + PROFILE.silence_s)
    assert not sense.hears(100.0 + PROFILE.silence_s + 0.01)


def test_old_and_doubled_beats_say_nothing() -> None:
    sense = senses()
    heard(sense, beat(5), 100.0)
    for sequence in (4, 5):
        assert not heard(sense, beat(sequence), 101.0)
    assert sense.paths[FIBRE].heard_s == 100.0
    assert heard(sense, beat(6), 101.0)


def test_the_same_beat_is_heard_on_each_path() -> None:
    sense = senses()
    assert heard(sense, beat(5), 100.0, FIBRE)
    assert heard(sense, beat(5), 100.5, HEALTH)
    assert sense.newest is not None
    assert sense.newest.heard_s == 100.0


def test_a_later_life_counts_anew_and_the_one_before_it_is_heard_no_more() -> None:
    sense = senses()
    heard(sense, beat(5), 100.0)
    assert heard(sense, beat(1, LATER), 101.0)
    assert sense.newest is not None
    assert sense.newest.beat.sender == LATER
    assert not heard(sense, beat(6), 102.0)
    assert not heard(sense, beat(6), 102.0, HEALTH)


def test_an_echo_tells_when_its_beat_was_sent() -> None:
    sense, asked = senses(), Asked()
    asked.sent(7, 99.5)
    sense.beat(FIBRE, beat(1, echo=Echo(ME, 7)), asked, 100.0)
    assert sense.paths[FIBRE].echoed_s == 99.5


def test_the_echo_of_another_life_says_nothing_of_this_one() -> None:
    sense, asked = senses(), Asked()
    asked.sent(7, 99.5)
    sense.beat(FIBRE, beat(1, echo=Echo(ME._replace(life="before"), 7)), asked, 100.0)
    assert sense.paths[FIBRE].echoed_s is None


def test_an_observers_newest_report_counts() -> None:
    sense = senses()
    sense.report(REPORT, 100.0)
    assert sense.observers("dc-b", 100.0) == (1, 1, 0)
    assert sense.observers("dc-a", 100.0) == (1, 0, 0)
    unreached = replace(REPORT, sequence=2, reached=frozenset[str]())
    sense.report(unreached, 101.0)
    sense.report(REPORT, 102.0)
    assert sense.observers("dc-b", 102.0) == (1, 0, 0)


@pytest.mark.parametrize(
    ("report", "counts"),
    [
        (REPORT, (1, 1, 0)),
        (replace(REPORT, slow=frozenset(("dc-b",))), (1, 1, 1)),
        (replace(REPORT, slow=frozenset(("dc-a",))), (1, 1, 0)),
        (replace(REPORT, reached=frozenset(), slow=frozenset(("dc-b",))), (1, 0, 0)),
        (replace(REPORT, uplink=False), (0, 0, 0)),  # its own line is bad
    ],
)
def test_observers_are_counted(report: Report, counts: tuple[int, int, int]) -> None:
    sense = senses()
    sense.report(report, 100.0)
    assert sense.observers("dc-b", 100.0) == counts


def test_a_report_is_fresh_for_a_while() -> None:
    sense = senses()
    sense.report(REPORT, 100.0)
    assert sense.observers("dc-b", 100.0 + PLAN.panel.fresh_s)[0] == 1
    assert sense.observers("dc-b", 100.0 + PLAN.panel.fresh_s + 0.01)[0] == 0


def test_an_agent_that_is_turned_often_was_not_paused() -> None:
    sense = senses()
    assert not sense.turn(100.0 + PAUSE_S)
    assert not sense.late(100.0 + PAUSE_S)


def test_an_agent_that_was_paused_forgets_what_accuses_the_other_and_doubts_itself() -> None:
    sense, asked = senses(), Asked()
    asked.sent(7, 99.5)
    for path in PATHS:
        sense.beat(path, beat(1, echo=Echo(ME, 7)), asked, 100.0)
    sense.report(REPORT, 100.0)
    sense.witness_s = 100.0
    back_s = 100.0 + PAUSE_S + 0.01
    assert sense.turn(back_s) is True
    assert [(path.heard_s, path.echoed_s) for path in sense.paths.values()] == [(None, None)] * 2
    assert [sense.witness_s] == [None]
    assert sense.observers("dc-b", back_s) == (0, 0, 0)
    assert not sense.hears(back_s)
    assert sense.late(back_s + PROFILE.silence_s - 0.01)
    assert not sense.late(back_s + PROFILE.silence_s)


def test_coming_and_going_is_counted_within_the_window() -> None:
    sense = senses()
    assert sense.changes(100.0) == 0
    for number in range(3):
        heard(sense, beat(number), 100.0 + 10 * number)
        assert sense.changes(100.0 + 10 * number) == 2 * number + 1
        assert sense.changes(105.0 + 10 * number) == 2 * number + 2
    window_s = PLAN.damping.flap_window_s
    assert sense.changes(100.0 + window_s) == 6
    assert sense.changes(100.5 + window_s) == 5
    assert sense.changes(200.0 + window_s) == 0


def test_of_very_many_changes_the_newest_are_kept() -> None:
    quick = replace(PLAN, damping=replace(PLAN.damping, flap_window_s=1e9))
    sense = Senses(quick, ME, 100.0)
    for number in range(100):
        heard(sense, beat(number), 100.0 + 10 * number)
        sense.changes(100.0 + 10 * number)
        sense.changes(105.0 + 10 * number)
    assert sense.changes(1100.0) == 64
