"""Clocks, the kernel's sets and the ways between the places."""

from __future__ import annotations

from random import Random

import pytest

from failover.core.guard import AddElements, FlushSet, SetChange, Sets
from failover.simulator.clock import Clock, Queue
from failover.simulator.kernel import Element, Kernel
from failover.simulator.links import Link, Links, Trouble

DOOR = frozenset({"door"})


def test_events_of_one_moment_keep_their_order() -> None:
    queue, seen = Queue(), list[int]()
    for number in (2, 0, 1):
        queue.at(1.0, seen.append, number)
    queue.at(0.5, seen.append, 9)
    queue.run(2.0)
    assert seen == [9, 2, 0, 1]
    assert queue.now_s == 2.0


def test_a_clock_runs_at_its_rate_and_stands_still() -> None:
    clock = Clock(1.005, 100.0, 0.0)
    assert clock.read(10.0) == pytest.approx(110.05)
    assert clock.real(110.05) == pytest.approx(10.0)
    clock.stop(10.0)
    assert clock.read(99.0) == pytest.approx(110.05)
    clock.go(20.0)
    assert clock.read(21.0) == pytest.approx(111.055)
    assert clock.real(111.055) == pytest.approx(21.0)


class Guarded:
    """A kernel with one door, and what it told."""

    def __init__(self, *, rate: float = 1.0, stops_established: bool = True) -> None:
        self.queue = Queue()
        self.clock = Clock(rate, 50.0, 0.0)
        self.told: list[tuple[float, bool]] = []
        self.kernel = Kernel(
            self.queue, self.clock, ["door"], self.hear, stops_established=stops_established
        )

    def hear(self, instance: str, element: Element | None) -> None:
        del instance
        if not self.told or self.told[-1][1] != (element is not None):
            self.told.append((round(self.queue.now_s, 6), element is not None))

    def open(self, timeout_s: float, slot: int = 0) -> None:
        armed, live = ((Sets.ARMED_0, Sets.LIVE_0), (Sets.ARMED_1, Sets.LIVE_1))[slot]
        changes: list[SetChange] = [
            FlushSet(live),
            FlushSet(armed),
            AddElements(armed, DOOR, timeout_s),
            AddElements(live, DOOR, None),
        ]
        self.kernel.apply(changes)


def test_a_door_opens_and_runs_out_by_itself() -> None:
    guarded = Guarded()
    guarded.open(1.0)
    guarded.queue.run(5.0)
    assert guarded.told == [(0.0, True), (1.0, False)]


def test_a_timeout_is_rounded_down_to_a_jiffy() -> None:
    guarded = Guarded()
    guarded.open(0.999)
    guarded.queue.run(5.0)
    assert guarded.told[-1] == (0.996, False)


def test_a_timeout_counts_on_the_kernels_clock() -> None:
    guarded = Guarded(rate=0.5)
    guarded.open(1.0)
    guarded.queue.run(5.0)
    assert guarded.told[-1] == (2.0, False)


def test_a_timeout_of_0_never_ends() -> None:
    guarded = Guarded()
    guarded.open(0.0)
    guarded.queue.run(1e6)
    assert guarded.told == [(0.0, True)]


def test_armed_and_live_must_agree_in_one_slot() -> None:
    guarded = Guarded()
    guarded.kernel.apply([AddElements(Sets.ARMED_0, DOOR, 1.0)])
    guarded.kernel.apply([AddElements(Sets.LIVE_1, DOOR, None)])
    assert guarded.told == []
    guarded.kernel.apply([AddElements(Sets.LIVE_0, DOOR, None)])
    assert guarded.told == [(0.0, True)]


def test_an_add_of_a_live_element_refreshes_nothing_unless_its_timeout_differs() -> None:
    guarded = Guarded()
    guarded.open(1.0)
    guarded.queue.run(0.5)
    guarded.kernel.apply([AddElements(Sets.ARMED_0, DOOR, 1.0)])
    guarded.queue.run(5.0)
    assert guarded.told[-1] == (1.0, False)
    guarded.open(1.0)
    guarded.kernel.apply([AddElements(Sets.ARMED_0, DOOR, 2.0)])
    guarded.queue.run(9.0)
    assert guarded.told[-1] == (7.0, False)


def test_the_other_slot_holds_the_door_open() -> None:
    guarded = Guarded()
    guarded.open(1.0)
    guarded.queue.run(0.6)
    guarded.open(1.0, slot=1)
    guarded.kernel.apply([FlushSet(Sets.LIVE_0), FlushSet(Sets.ARMED_0)])
    guarded.queue.run(5.0)
    assert guarded.told == [(0.0, True), (1.6, False)]


def test_what_stands_still_is_open_again_after_it() -> None:
    guarded = Guarded()
    guarded.open(1.0)
    guarded.queue.run(0.4)
    guarded.clock.stop(0.4)
    guarded.kernel.passable = False
    guarded.kernel.settle()
    guarded.queue.run(10.0)
    guarded.clock.go(10.0)
    guarded.kernel.passable = True
    guarded.kernel.settle()
    guarded.queue.run(20.0)
    assert guarded.told == [(0.0, True), (0.4, False), (10.0, True), (10.6, False)]


def test_established_connections_go_on_where_no_rule_stops_them() -> None:
    guarded = Guarded(stops_established=False)
    guarded.open(1.0)
    guarded.queue.run(20.0)
    assert guarded.told == [(0.0, True), (6.0, False)]


def test_the_worst_trouble_of_a_way_counts() -> None:
    link = Link(Queue(), Random(1), 0.003)
    first, second = Trouble(loss=0.5), Trouble(loss=0.2, slow_s=1.0)
    link.worsen(first)
    link.worsen(second)
    assert (link.loss, link.slow_s) == (0.5, 1.0)
    link.mend(first)
    assert (link.loss, link.slow_s) == (0.2, 1.0)
    link.mend(second)
    assert (link.loss, link.repeats, link.slow_s) == (0.0, 0.0, 0.0)


def test_a_cut_way_carries_nothing_and_a_repeating_one_twice() -> None:
    queue, seen = Queue(), list[int]()
    link = Link(queue, Random(1), 0.003)
    link.cut = 1
    link.send(seen.append, 1)
    link.cut = 0
    link.worsen(Trouble(repeats=1.0))
    link.send(seen.append, 2)
    queue.run(5.0)
    assert seen == [2, 2]


def test_each_direction_of_each_way_is_cut_alone() -> None:
    links = Links(Queue(), Random(1))
    for link in links.fibre("A", "B"):
        link.cut += 1
    assert links.get("fibre", "A", "B").delay() is None
    assert links.get("fibre", "B", "A").delay() is not None
    assert links.get("health", "A", "B").delay() is not None
    assert not links.both_up("peer", "A", "B")
    assert links.both_up("peer", "A", "W")
