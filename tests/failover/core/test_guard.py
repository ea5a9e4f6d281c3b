"""The two slots on a small kernel: what opens was armed under that name, and closes on time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from failover.core.effects import Arm, Flush, Grant, Leave, Shut
from failover.core.guard import AddElements, FlushSet, Sets, Slots, Watchdog, watchdog_s
from tests.failover.core.healthy import PROFILE
from tests.failover.core.kernel import Kernel

BOTH = frozenset(("imaging-1", "records-1"))
IMAGING, RECORDS = frozenset(("imaging-1",)), frozenset(("records-1",))
NAMES = ("renewal 1", "renewal 2", "beat 7")
wishes = st.sets(st.sampled_from(("imaging-1", "imaging-2", "records-1"))).map(frozenset)
names = st.sampled_from(NAMES)


def kernel(*effects: Arm | Grant | Shut | Flush | Leave, now_s: float = 0.0) -> Kernel:
    made = Kernel()
    for effect in effects:
        made.carry_out(effect, now_s)
    return made


def test_arming_opens_nothing() -> None:
    assert kernel(Arm("renewal 1", BOTH, 2.0)).opened(0.0) == set()


def test_a_grant_opens_what_was_armed_for_the_rest_of_its_time() -> None:
    made = kernel(Arm("renewal 1", BOTH, 2.0))
    made.carry_out(Grant("renewal 1", IMAGING), 1.5)
    assert made.opened(1.99) == IMAGING
    assert made.opened(2.0) == set()


def test_a_grant_under_another_name_opens_nothing() -> None:
    made = kernel(Arm("renewal 1", BOTH, 2.0), Arm("renewal 2", BOTH, 2.0))
    assert made.slots.grant("renewal 1", BOTH) == []
    assert made.slots.grant("", BOTH) == []
    assert kernel().slots.grant("", BOTH) == []


def test_a_grant_of_what_was_not_armed_opens_nothing_and_spends_nothing() -> None:
    made = kernel(Arm("renewal 1", IMAGING, 2.0), Grant("renewal 1", RECORDS))
    assert made.opened(0.0) == set()
    made.carry_out(Grant("renewal 1", BOTH), 0.5)
    assert made.opened(1.0) == IMAGING


def test_a_name_is_good_for_one_grant() -> None:
    made = kernel(Arm("renewal 1", BOTH, 2.0), Grant("renewal 1", IMAGING))
    assert made.slots.grant("renewal 1", RECORDS) == []


def test_nothing_closes_between_two_renewals() -> None:
    made = kernel(Arm("renewal 1", BOTH, 2.0), Grant("renewal 1", BOTH))
    for number in range(2, 12):
        at_s = 0.4 * (number - 1)
        made.carry_out(Arm(f"renewal {number}", BOTH, 2.0), at_s)
        assert made.opened(at_s) == BOTH
        made.carry_out(Grant(f"renewal {number}", BOTH), at_s + 0.1)
        assert made.opened(at_s + 1.99) == BOTH
        assert made.opened(at_s + 2.0) == set()


def test_shut_closes_in_both_slots_and_leaves_the_others() -> None:
    made = kernel(Arm("renewal 1", BOTH, 2.0), Grant("renewal 1", BOTH))
    made.carry_out(Arm("renewal 2", BOTH, 2.0), 0.4)
    made.carry_out(Grant("renewal 2", BOTH), 0.5)
    made.carry_out(Shut(IMAGING), 0.6)
    assert made.opened(2.3) == RECORDS
    made.carry_out(Shut(RECORDS), 0.6)
    assert made.opened(0.6) == set()


def test_what_was_shut_is_not_opened_by_a_grant_that_comes_late() -> None:
    made = kernel(Arm("renewal 1", BOTH, 2.0), Shut(IMAGING), Grant("renewal 1", BOTH))
    assert made.opened(0.0) == RECORDS


def test_shutting_what_is_closed_changes_nothing() -> None:
    assert kernel(Arm("renewal 1", BOTH, 2.0)).slots.shut(BOTH) == []


def test_a_flush_closes_everything_and_forgets_what_was_armed() -> None:
    made = kernel(Arm("renewal 1", BOTH, 2.0), Grant("renewal 1", BOTH), Arm("beat 7", BOTH, 2.0))
    made.carry_out(Flush(), 0.1)
    made.carry_out(Grant("beat 7", BOTH), 0.1)
    assert made.opened(0.1) == set()
    assert Slots().flush() == [FlushSet(each) for each in Sets]


def test_who_leaves_leaves_open_what_stands_open_until_its_time_is_over() -> None:
    made = kernel(Arm("renewal 1", BOTH, 2.0), Grant("renewal 1", BOTH), Leave())
    assert made.left_s(0.5) == dict.fromkeys(BOTH, 1.5)
    assert made.opened(2.0) == set()


def test_and_what_was_armed_and_not_granted_never_opens() -> None:
    made = kernel(Arm("renewal 1", IMAGING, 2.0), Grant("renewal 1", IMAGING))
    made.carry_out(Arm("renewal 2", BOTH, 2.0), 0.4)
    made.carry_out(Leave(), 0.4)
    made.carry_out(Grant("renewal 2", BOTH), 0.5)
    assert made.opened(0.5) == IMAGING
    assert made.opened(2.0) == set()
    assert made.slots.leave() == []


def test_the_next_life_shuts_and_replaces_what_was_left_open() -> None:
    made = kernel(Arm("renewal 9", BOTH, 2.0), Grant("renewal 9", BOTH), Leave(), Shut(RECORDS))
    assert made.opened(1.0) == IMAGING
    made.carry_out(Arm("renewal 1", BOTH, 2.0), 1.0)
    assert made.opened(1.0) == IMAGING
    made.carry_out(Grant("renewal 1", BOTH), 1.1)
    assert made.opened(2.9) == BOTH


@pytest.mark.parametrize("length_s", [0.0, -1.0])
def test_a_time_that_would_never_end_is_refused(length_s: float) -> None:
    with pytest.raises(ValueError, match="a timeout of 0 would never end"):
        Slots().arm("renewal 1", BOTH, length_s)


def test_one_wish_is_one_kernel_transaction_of_flushes_and_fills() -> None:
    slots = Slots()
    assert slots.arm("renewal 1", IMAGING, 2.0) == [
        FlushSet(Sets.LIVE_1),
        FlushSet(Sets.ARMED_1),
        AddElements(Sets.ARMED_1, IMAGING, 2.0),
    ]
    assert slots.grant("renewal 1", BOTH) == [AddElements(Sets.LIVE_1, IMAGING, None)]
    nothing: frozenset[str] = frozenset()
    assert slots.arm("", nothing, 2.0) == [FlushSet(Sets.LIVE_0), FlushSet(Sets.ARMED_0)]


class SlotsInTheKernel(RuleBasedStateMachine):
    """Whatever is wished in whatever order."""

    @initialize()
    def begin(self) -> None:
        self.kernel = kernel(Flush())
        self.now_s = 0.0
        self.armed: dict[str, tuple[frozenset[str], float]] = {}  # by name: what, until when
        self.granted: list[tuple[frozenset[str], float]] = []

    @rule(for_s=st.floats(0.0, 3.0))
    def wait(self, for_s: float) -> None:
        self.now_s += for_s

    @rule(name=names, instances=wishes, length_s=st.floats(0.1, 4.0))
    def arm(self, name: str, instances: frozenset[str], length_s: float) -> None:
        before = self.kernel.opened(self.now_s)
        newest = set(self.granted[-1][0]) if self.granted else set()
        self.kernel.carry_out(Arm(name, instances, length_s), self.now_s)
        self.armed = {name: (instances, self.now_s + length_s)}
        assert before & newest <= self.kernel.opened(self.now_s) <= before

    @rule(name=names, instances=wishes)
    def grant(self, name: str, instances: frozenset[str]) -> None:
        before = self.kernel.opened(self.now_s)
        self.kernel.carry_out(Grant(name, instances), self.now_s)
        armed, until_s = self.armed.get(name, (frozenset(), 0.0))
        if opened := armed & instances:
            self.granted.append((opened, until_s))
            self.armed = {}
        expected = before | (opened if self.now_s < until_s else set())
        assert self.kernel.opened(self.now_s) == expected

    @rule(instances=wishes)
    def shut(self, instances: frozenset[str]) -> None:
        before = self.kernel.opened(self.now_s)
        self.kernel.carry_out(Shut(instances), self.now_s)
        assert self.kernel.opened(self.now_s) == before - instances
        self.armed = {name: (what - instances, at_s) for name, (what, at_s) in self.armed.items()}
        self.granted = [(what - instances, at_s) for what, at_s in self.granted]

    @rule()
    def flush(self) -> None:
        self.kernel.carry_out(Flush(), self.now_s)
        self.armed, self.granted = {}, []
        assert self.kernel.opened(self.now_s) == set()

    @invariant()
    def what_is_open_was_granted_and_its_armed_time_was_never_extended(self) -> None:
        due = [what for what, until_s in self.granted if self.now_s < until_s]
        assert self.kernel.opened(self.now_s) <= frozenset().union(*due)


test_slots_in_the_kernel = SlotsInTheKernel.TestCase


@given(st.floats(0.0, 1e6), st.floats(0.0, 10.0), st.floats(0.1, 5.0))
def test_the_watchdog_bites_when_the_agent_is_silent_for_too_long(
    now_s: float, silent_s: float, limit_s: float
) -> None:
    watchdog = Watchdog(limit_s, now_s - 100.0)
    watchdog.sign_of_life(now_s)
    seen_s = (now_s + silent_s) - now_s
    assert watchdog.hung(now_s + silent_s) == (seen_s > limit_s)


@pytest.mark.parametrize(
    ("beat_s", "length_s", "limit_s"),
    [(0.2, 2.0, 1.0), (0.2, 1.0, 0.5), (1.0, 10.0, 3.0), (2.0, 10.0, 5.0)],
)
def test_the_watchdog_gives_an_agent_its_turns_and_no_more_than_half_a_lease(
    beat_s: float, length_s: float, limit_s: float
) -> None:
    lease = replace(PROFILE.lease, length_s=length_s)
    assert watchdog_s(replace(PROFILE, lease=lease, beat_s=beat_s)) == pytest.approx(limit_s)
