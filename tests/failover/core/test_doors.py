"""The agent's own account of its doors: never more open than the kernel may have them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from failover.core.doors import NEVER_S, Doors
from failover.core.effects import Arm, Grant, Shut

BOTH = frozenset(("imaging-1", "records-1"))
IMAGING, RECORDS = frozenset(("imaging-1",)), frozenset(("records-1",))


def told() -> Doors:
    """The guard has said that every door is shut."""
    doors = Doors()
    doors.adopt({}, 100.0)
    return doors


def armed(name: str = "renewal 1") -> Doors:
    doors = told()
    assert doors.arm(name, BOTH, 2.0, 100.0) == Arm(name, BOTH, 2.0)
    assert doors.confirm(name)
    return doors


def opened(until_s: float = 102.0) -> Doors:
    doors = armed()
    assert doors.grant("renewal 1", BOTH, until_s, 100.1) == [Grant("renewal 1", BOTH)]
    return doors


def test_a_grant_opens_until_the_deadline_and_then_says_that_it_is_over() -> None:
    doors = opened()
    assert doors.opened() == BOTH
    assert doors.is_open("imaging-1")
    assert doors.first_deadline_s == 102.0
    assert doors.expire(101.99) == []
    assert doors.expire(102.0) == [Shut(BOTH)]
    assert doors.opened() == frozenset()
    assert doors.is_closed(BOTH)
    assert doors.first_deadline_s == NEVER_S


def test_nothing_is_granted_beyond_the_deadline() -> None:
    assert armed().grant("renewal 1", BOTH, 102.0, 102.0) == []


def test_nothing_is_granted_that_was_not_armed() -> None:
    assert armed().grant("renewal 1", frozenset(("dispatch-1",)), 102.0, 100.1) == []
    doors = armed()
    assert doors.grant("renewal 1", RECORDS | {"dispatch-1"}, 102.0, 100.1) == [
        Grant("renewal 1", RECORDS)
    ]


def test_nothing_is_granted_under_another_name() -> None:
    doors = armed()
    doors.arm("renewal 2", BOTH, 2.0, 100.4)
    assert doors.grant("renewal 1", BOTH, 102.0, 100.5) == []


def test_nothing_is_granted_before_the_guard_has_said_that_kernel_time_runs() -> None:
    doors = Doors()
    doors.arm("renewal 1", BOTH, 2.0, 100.0)
    assert not doors.confirm("renewal 0")
    assert doors.grant("renewal 1", BOTH, 102.0, 100.1) == []


def test_nothing_is_granted_through_a_guard_that_is_dead() -> None:
    doors = armed()
    doors.alive = False
    assert doors.grant("renewal 1", BOTH, 102.0, 100.1) == []


def test_a_guard_that_arms_lives() -> None:
    doors = Doors()
    doors.alive = False
    doors.confirm("whatever it was")
    assert doors.alive


def test_a_name_is_good_for_one_grant() -> None:
    assert opened().grant("renewal 1", BOTH, 105.0, 100.2) == []


def test_a_later_grant_moves_the_deadline() -> None:
    doors = opened()
    doors.arm("renewal 2", RECORDS, 2.0, 100.4)
    doors.confirm("renewal 2")
    doors.grant("renewal 2", RECORDS, 102.4, 100.5)
    assert doors.expire(102.0) == [Shut(IMAGING)]
    assert doors.opened() == RECORDS


def test_a_door_that_is_asked_to_shut_is_closed_when_the_guard_says_so() -> None:
    doors = opened()
    assert doors.shut(IMAGING) == [Shut(IMAGING)]
    assert not doors.is_open("imaging-1")
    assert not doors.is_closed(IMAGING)
    doors.closed(IMAGING)
    assert doors.is_closed(IMAGING)
    assert not doors.is_closed(BOTH)


def test_or_at_its_deadline_for_then_the_kernel_has_closed_it() -> None:
    doors = opened()
    doors.shut(IMAGING)
    assert doors.expire(102.0) == [Shut(RECORDS)]
    assert doors.is_closed(BOTH)
    late = opened()
    late.shut(BOTH)
    assert late.expire(102.0) == []
    assert late.is_closed(BOTH)


def test_to_shut_what_is_closed_is_no_work() -> None:
    assert Doors().shut(BOTH) == []


def test_what_was_shut_is_not_granted_any_more() -> None:
    doors = armed()
    doors.shut(IMAGING)
    assert doors.grant("renewal 1", BOTH, 102.0, 100.1) == [Grant("renewal 1", RECORDS)]


# --- what an earlier life left open ------------------------------------------------------------


def test_nothing_counts_as_shut_before_the_guard_has_spoken() -> None:
    doors = Doors()
    assert not doors.is_closed(BOTH)
    assert doors.grant("", BOTH, 102.0, 100.0) == []
    doors.adopt({}, 100.0)
    assert doors.is_closed(BOTH)
    assert doors.alive


def left(left_s: float = 1.5) -> Doors:
    doors = Doors()
    doors.adopt(dict.fromkeys(BOTH, left_s), 100.0)
    return doors


def test_an_adopted_door_is_not_shut_and_not_this_life_s() -> None:
    doors = left()
    assert not doors.is_closed(IMAGING)
    assert not doors.is_open("imaging-1")
    assert doors.opened() == frozenset()
    assert doors.first_until_s == NEVER_S
    assert doors.first_deadline_s == 101.5


def test_an_adopted_door_that_runs_out_is_said_to_be_over() -> None:
    doors = left()
    assert doors.expire(101.4) == []
    assert doors.expire(101.5) == [Shut(BOTH)]
    assert doors.is_closed(BOTH)
    assert doors.first_deadline_s == NEVER_S


def test_an_adopted_door_is_shut_like_any_other() -> None:
    doors = left()
    assert doors.shut(IMAGING) == [Shut(IMAGING)]
    assert not doors.is_closed(IMAGING)
    doors.closed(IMAGING)
    assert doors.is_closed(IMAGING)
    assert not doors.is_closed(RECORDS)


def test_this_life_s_grant_replaces_what_was_adopted() -> None:
    doors = left()
    doors.arm("renewal 1", IMAGING, 2.0, 100.2)
    doors.confirm("renewal 1")
    assert doors.grant("renewal 1", IMAGING, 102.2, 100.3) == [Grant("renewal 1", IMAGING)]
    assert doors.opened() == IMAGING
    assert doors.adopted.keys() == RECORDS
    assert doors.standing() == BOTH
    assert doors.expire(101.5) == [Shut(RECORDS)]
    assert doors.expire(102.2) == [Shut(IMAGING)]


@given(st.lists(st.tuples(st.sampled_from(("arm", "grant", "shut")), st.floats(0.0, 3.0))))
def test_no_door_is_open_or_counted_as_such_after_its_deadline(
    wishes: list[tuple[str, float]],
) -> None:
    doors, now_s, until_s = told(), 100.0, 0.0
    for number, (wish, later_s) in enumerate(wishes):
        now_s += later_s
        doors.expire(now_s)
        assert doors.is_closed(BOTH) or now_s < until_s
        if wish == "arm":
            doors.arm(f"renewal {number}", BOTH, 2.0, now_s)
            doors.confirm(f"renewal {number}")
        elif wish == "grant":
            if doors.grant(doors.name, BOTH, now_s + 2.0, now_s):
                until_s = now_s + 2.0
        else:
            doors.shut(IMAGING)
        assert doors.first_deadline_s <= until_s or doors.is_closed(BOTH)
