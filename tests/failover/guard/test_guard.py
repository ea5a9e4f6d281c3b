"""What the guard does about each wish, and in which order: kernel, answer, addresses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import pytest

from failover.core.effects import Arm, Armed, Closed, Flush, Grant, Leave, Shut
from failover.core.guard import FlushSet, SetChange, Sets
from failover.guard.guard import Guard
from failover.guard.kernel import KernelFailure, addresses_of
from tests.failover.guard.kernels import SERVICES, Model, names

ALL = names(0, 1, 2)
Deed = tuple[str, object]


def of(*numbers: int) -> list[str]:
    return [address for number in numbers for address in addresses_of(SERVICES[number])]


class Machine:
    """A guard on the simulator's kernel, with addresses that only tell what is done to them."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.model = Model()
        self.broken = False
        self.elsewhere: list[str] = []
        self.guard = Guard(self, self, SERVICES, self.model.now_s)

    def obey(self, *wishes: Arm | Grant | Shut | Flush | Leave) -> list[Deed]:
        """What is done for these wishes."""
        self.deeds.clear()
        for wish in wishes:
            self.guard.obey(wish, lambda answer: self.deeds.append(("answer", answer)))
        return list(self.deeds)

    def claim(self, *, installs: bool) -> list[str]:
        self.deeds.append(("claim", installs))
        return ["table inet telemed_guard is missing"]

    def apply(self, changes: Sequence[SetChange]) -> None:
        if self.broken:
            raise KernelFailure("the kernel does not answer")
        self.deeds.append(("apply", len(changes)))
        self.model.apply(changes)

    def look(self) -> None:
        self.deeds.append(("look", None))

    def keep(self, addresses: Collection[str], lifetime_s: float) -> None:
        if addresses:
            self.deeds.append(("keep", (list(addresses), round(lifetime_s, 3))))

    def remove(self, addresses: Collection[str]) -> None:
        self.deeds.append(("remove", list(addresses)))

    def misplaced(self, addresses: Iterable[str]) -> list[str]:
        assert list(addresses) == of(0, 1, 2)
        return self.elsewhere

    def close(self) -> None:
        self.deeds.append(("close", None))


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_it_takes_charge_with_every_door_shut_and_no_address(machine: Machine) -> None:
    machine.model.apply([FlushSet(Sets.LIVE_0)])
    assert machine.guard.claim(installs=True) == ["table inet telemed_guard is missing"]
    assert machine.deeds == [("claim", True), ("apply", 4), ("remove", of(0, 1, 2))]


def test_it_does_not_take_charge_of_an_address_that_it_could_not_remove(machine: Machine) -> None:
    machine.elsewhere = ["10.12.0.0/32 stands on eth0"]
    with pytest.raises(KernelFailure, match="stands on eth0") as caught:
        machine.guard.claim(installs=False)
    assert caught.value.hint == "take it off there"


def test_arming_is_answered_when_the_kernel_has_done_it_and_puts_no_address(
    machine: Machine,
) -> None:
    done = machine.obey(Arm("renewal 1", ALL, 2.0))
    assert done == [("apply", 3), ("answer", Armed("renewal 1"))]


def test_addresses_come_with_the_first_grant_for_what_is_left_of_the_armed_time(
    machine: Machine,
) -> None:
    machine.obey(Arm("renewal 1", ALL, 2.0))
    machine.model.wait(0.5)
    done = machine.obey(Grant("renewal 1", names(0, 2)))
    assert done == [("apply", 1), ("keep", (of(0, 2), 1.5))]
    assert machine.model.opened() == names(0, 2)


def test_the_next_arming_refreshes_the_addresses_of_open_doors_and_the_grant_adds_the_others(
    machine: Machine,
) -> None:
    machine.obey(Arm("renewal 1", names(0, 1), 2.0), Grant("renewal 1", names(0, 1)))
    machine.model.wait(0.4)
    done = machine.obey(Arm("renewal 2", names(1, 2), 2.0))
    assert done[1:] == [("answer", Armed("renewal 2")), ("keep", (of(1), 2.0))]
    machine.model.wait(0.5)
    assert machine.obey(Grant("renewal 2", names(1, 2)))[1:] == [("keep", (of(2), 1.9))]


def test_doors_that_have_run_out_are_not_refreshed(machine: Machine) -> None:
    machine.obey(Arm("renewal 1", ALL, 2.0), Grant("renewal 1", ALL))
    machine.model.wait(1.9)
    assert ("keep", (of(0, 1, 2), 2.0)) in machine.obey(Arm("renewal 2", ALL, 2.0))
    machine.model.wait(2.0)
    done = machine.obey(Arm("renewal 3", ALL, 2.0))
    assert done == [("apply", 3), ("answer", Armed("renewal 3"))]
    assert machine.obey(Grant("renewal 3", ALL))[1:] == [("keep", (of(0, 1, 2), 2.0))]


def test_a_grant_under_another_name_or_too_late_puts_no_address(machine: Machine) -> None:
    machine.obey(Arm("renewal 1", ALL, 2.0))
    assert machine.obey(Grant("renewal 0", ALL)) == [("apply", 0)]
    machine.model.wait(2.5)
    assert machine.obey(Grant("renewal 1", ALL))[1:] == [("keep", (of(0, 1, 2), -0.5))]
    assert machine.model.opened() == set()


def test_shutting_closes_the_doors_then_answers_then_takes_the_addresses_away(
    machine: Machine,
) -> None:
    machine.obey(Arm("renewal 1", ALL, 2.0), Grant("renewal 1", ALL))
    done = machine.obey(Shut(names(0, 2)))
    assert done == [("apply", 2), ("answer", Closed(names(0, 2))), ("remove", of(0, 2))]
    assert machine.model.opened() == names(1)
    assert ("keep", (of(1), 2.0)) in machine.obey(Arm("renewal 2", ALL, 2.0))


def test_what_was_never_open_is_closed_all_the_same(machine: Machine) -> None:
    done = machine.obey(Shut(names(1)))
    assert done == [("apply", 0), ("answer", Closed(names(1))), ("remove", of(1))]


def test_a_flush_shuts_everything_and_takes_every_address_away(machine: Machine) -> None:
    machine.obey(Arm("renewal 1", ALL, 2.0), Grant("renewal 1", ALL))
    assert machine.obey(Flush()) == [("apply", 4), ("remove", of(0, 1, 2))]
    assert machine.model.opened() == set()
    assert machine.obey(Arm("renewal 2", ALL, 2.0))[1:] == [("answer", Armed("renewal 2"))]


def test_who_leaves_leaves_open_doors_and_addresses_as_they_are(machine: Machine) -> None:
    machine.obey(Arm("renewal 1", names(0, 1), 2.0), Grant("renewal 1", names(0, 1)))
    machine.obey(Shut(names(1)), Arm("renewal 2", ALL, 2.0))
    assert machine.obey(Leave()) == [("apply", 1)]
    assert machine.model.opened() == names(0)
    left_s = machine.guard.left_s()
    assert left_s.keys() == names(0)
    assert left_s == pytest.approx({next(iter(names(0))): 2.0}, abs=0.01)
    machine.obey(Grant("renewal 2", ALL))
    assert machine.model.opened() == names(0)
    machine.model.wait(machine.model.now_s() + 2.1)
    assert machine.guard.left_s() == {}


@pytest.mark.parametrize(
    "wish", [Arm("renewal 2", ALL, 2.0), Grant("renewal 1", ALL), Shut(ALL), Flush(), Leave()]
)
def test_a_kernel_that_fails_is_told_and_nothing_is_answered(
    machine: Machine, wish: Arm | Grant | Shut | Flush | Leave
) -> None:
    machine.obey(Arm("renewal 1", ALL, 2.0))
    machine.broken = True
    with pytest.raises(KernelFailure):
        machine.obey(wish)
    assert not any(deed == "answer" for deed, _ in machine.deeds)


def test_addresses_go_even_where_the_kernel_fails_to_flush(machine: Machine) -> None:
    machine.obey(Arm("renewal 1", ALL, 2.0), Grant("renewal 1", ALL))
    machine.broken = True
    with pytest.raises(KernelFailure):
        machine.obey(Flush())
    assert machine.deeds == [("remove", of(0, 1, 2))]


def test_looking_and_closing_are_passed_on(machine: Machine) -> None:
    done: list[Callable[[], None]] = [machine.guard.look, machine.guard.close]
    for each in done:
        each()
    assert machine.deeds == [("look", None), ("close", None), ("close", None)]
