"""The owner's door closes before the taker may take, whatever clocks within the drift show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from failover.core.lease import deadline_s, longest, over_at_s, wait_s
from failover.core.plan import Lease
from tests.failover.core.healthy import LEASE

leases = st.builds(
    Lease,
    length_s=st.floats(0.1, 60.0),
    drift=st.floats(0.0, 0.1),
    margin_s=st.floats(0.001, 5.0),
)


def test_the_lease_of_profile_default() -> None:
    assert deadline_s(100.0, LEASE) == 102.0
    assert wait_s(LEASE) == pytest.approx(2.17)
    assert over_at_s(100.0, LEASE) == pytest.approx(102.17)


@given(leases, st.floats(0.5, 2.0), st.floats(0.0, 1.0), st.floats(0.0, 1e4), st.floats(0.0, 1e4))
def test_the_owner_has_closed_in_real_time_when_the_taker_may_take(
    lease: Lease, owner_rate: float, share: float, sent_s: float, seen_later_s: float
) -> None:
    """Rates are seconds of a clock in one real second; the two differ by `drift` at most."""
    taker_rate = owner_rate * (1 + share * lease.drift)
    closes_after_s = (deadline_s(sent_s, lease) - sent_s) / owner_rate
    takes_after_s = seen_later_s + (over_at_s(sent_s, lease) - sent_s) / taker_rate
    assert closes_after_s <= takes_after_s


@given(leases, st.floats(1.001, 1.5), st.floats(0.5, 2.0))
def test_clocks_that_differ_by_more_may_break_it(
    lease: Lease, excess: float, owner_rate: float
) -> None:
    """The law above is tight but for the margin: so a drift that is too small is dangerous."""
    bare = replace(lease, margin_s=0.0)
    taker_rate = owner_rate * (1 + bare.drift) * excess
    assert wait_s(bare) / taker_rate < bare.length_s / owner_rate


@given(leases, leases)
def test_who_knows_two_leases_waits_for_the_longer_wait(first: Lease, second: Lease) -> None:
    found = longest(first, second)
    assert found in (first, second)
    assert wait_s(found) == max(wait_s(first), wait_s(second))


def test_of_two_equal_waits_the_first_lease_is_taken() -> None:
    other = Lease(length_s=2.0, drift=0.01 + 0.05, margin_s=0.05)
    assert wait_s(other) == wait_s(LEASE)
    assert longest(LEASE, other) is LEASE
    assert longest(other, LEASE) is other
