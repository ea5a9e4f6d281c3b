"""The peer promise: it binds who gives it for longer than it carries who has it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from failover.core.cells import Incarnation
from failover.core.facts import SiteVerdict
from failover.core.lease import wait_s
from failover.core.messages import Echo, Promise
from failover.core.promises import Asked, Given
from tests.failover.core.bench import Bench
from tests.failover.core.healthy import LEASE, PLAN
from tests.failover.core.peer import Said

BEAT = Echo(Incarnation("dc-b", "boot-b", "life-b"), 7)
WAIT_S = wait_s(LEASE)
LONG = replace(LEASE, length_s=10.0)
NOBODY: frozenset[str] = frozenset()
IMAGING = frozenset(("imaging",))


def given_to(start_s: float = 0.0, remembered_s: float = WAIT_S) -> Given:
    return Given(start_s, LEASE, remembered_s)


def test_a_promise_binds_from_when_the_beat_was_heard() -> None:
    given = given_to()
    assert given.give(BEAT, 100.0, LEASE, NOBODY) == Promise(BEAT, LEASE, NOBODY)
    assert given.until_s("imaging") == 100.0 + WAIT_S


def test_a_shorter_promise_does_not_end_a_longer_one() -> None:
    given = given_to()
    given.give(BEAT, 100.0, LONG, NOBODY)
    given.give(BEAT, 101.0, LEASE, NOBODY)
    assert given.until_s("imaging") == 100.0 + wait_s(LONG)


def test_what_is_not_promised_is_bound_by_the_promises_before() -> None:
    given = given_to()
    given.give(BEAT, 100.0, LEASE, NOBODY)
    for heard_s in (101.0, 102.0):
        assert given.give(BEAT, heard_s, LEASE, IMAGING).besides == IMAGING
        assert given.until_s("imaging") == 100.0 + WAIT_S
    assert given.until_s("records") == 102.0 + WAIT_S
    given.give(BEAT, 103.0, LEASE, NOBODY)
    assert given.until_s("imaging") == 103.0 + WAIT_S


def test_a_promise_runs_until_nothing_is_bound_any_more() -> None:
    given = given_to()
    assert not given.runs(0.0)
    given.give(BEAT, 100.0, LEASE, NOBODY)
    assert given.runs(100.0)
    assert not given.runs(100.0 + WAIT_S)


def test_who_goes_on_by_promise_is_not_taken_for_idle_between_two_requests() -> None:
    """Only one centre lacks the register; the other hears it all the time."""
    bench = Bench().settle()
    bench.peer.renews = False
    bench.peer.said = Said(asks=True)
    bench.run(PLAN.profile.lease.length_s + 2)
    seen = set()
    for asks in (False, True) * 10:
        bench.peer.said = Said(asks=asks)
        for _ in range(4):
            bench.run(0.2)
            seen.add(bench.agent.state.site)
    assert SiteVerdict.STOOD_DOWN not in seen
    bench.peer.said = Said(asks=False)
    bench.wait_for(lambda: bench.agent.state.site is SiteVerdict.STOOD_DOWN)


def test_a_started_agent_takes_nothing_for_one_lease() -> None:
    """It may have promised just before it was restarted."""
    assert given_to(100.0, 0.0).until_s("imaging") == 100.0 + WAIT_S
    assert given_to(100.0, 0.0).started_until_s() == 100.0 + WAIT_S


def test_or_for_the_longest_promise_that_an_earlier_life_may_have_given() -> None:
    assert given_to(100.0, wait_s(LONG)).until_s("imaging") == 100.0 + wait_s(LONG)


def test_only_what_a_later_life_would_know_of_may_be_promised() -> None:
    given = given_to(remembered_s=0.0)
    assert not given.may(LEASE)
    given.remembered_s = WAIT_S
    assert given.may(LEASE)
    assert not given.may(LONG)


def test_how_long_the_other_centre_may_have_gone_on_by_promise() -> None:
    given = given_to()
    assert given.beyond_s(50.0) == 0.0
    given.give(BEAT, 100.0, LEASE, NOBODY)
    assert given.beyond_s(101.0) == 100.0 + WAIT_S - 101.0
    assert given.beyond_s(110.0) == 0.0


@given(
    st.floats(0.0, 100.0),
    st.floats(0.0, 1.0),
    st.floats(0.5, 2.0),
    st.floats(0.0, 1.0),
)
def test_the_asker_has_closed_in_real_time_when_the_promiser_is_free(
    sent_s: float, way_s: float, rate: float, share: float
) -> None:
    """Times are real; the two clocks' rates differ by the lease's drift at most."""
    closes_s = sent_s + LEASE.length_s / rate
    promiser_rate = rate * (1 + share * LEASE.drift)
    given = given_to(-1e6)
    given.give(BEAT, (sent_s + way_s) * promiser_rate, LEASE, NOBODY)
    assert given.until_s("imaging") / promiser_rate >= closes_s


def test_a_beats_sending_time_is_kept_for_a_while() -> None:
    asked = Asked()
    for sequence in range(1, 101):
        asked.sent(sequence, float(sequence))
    assert asked.sent_s(100) == 100.0
    assert asked.sent_s(100 - Asked.KEPT + 1) == 37.0
    assert asked.sent_s(100 - Asked.KEPT) is None
    assert asked.sent_s(101) is None
