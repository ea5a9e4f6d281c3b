"""What core and simulator assume of a kernel, on the simulator's model and on the real one.

On the real kernel a door is what packets make of it: of both families, in and out.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from failover.core.guard import AddElements, FlushSet, SetChange, Sets, Slots
from tests.failover.guard.kernels import SERVICES, Model, Real, Tried, names, numbers, real
from tests.failover.guard.namespaces import Lab
from tests.failover.guard.traffic import HalfOpen, probing

LONG_S = 60.0  # does not run out in any test
SHORT_S = 0.25
TICK_S = 0.01  # of a kernel that counts 100 a second: by so much a door may close early
LATE_S = 0.002  # the kernel never closes later; reading our own clock takes a little
STEPS = 120
ALL = names(0, 1, 2)
REAL = (pytest.mark.root, pytest.mark.debian("ip"))


@pytest.fixture(params=["model", pytest.param("real", marks=REAL)])
def kernel(request: pytest.FixtureRequest) -> Iterator[Tried]:
    if request.param == "model":
        yield Model()
        return
    lab = request.getfixturevalue("lab")
    with real(lab) as made, probing(lab, SERVICES) as prober:
        yield Real(made, prober)


def test_what_is_in_no_set_is_closed(kernel: Tried) -> None:
    assert kernel.opened() == set()


@pytest.mark.parametrize(
    "changes",
    [
        [AddElements(Sets.ARMED_0, ALL, LONG_S), AddElements(Sets.ARMED_1, ALL, LONG_S)],
        [AddElements(Sets.LIVE_0, ALL, None), AddElements(Sets.LIVE_1, ALL, None)],
        [AddElements(Sets.ARMED_0, ALL, LONG_S), AddElements(Sets.LIVE_1, ALL, None)],
        [AddElements(Sets.ARMED_1, ALL, LONG_S), AddElements(Sets.LIVE_0, ALL, None)],
        [
            AddElements(Sets.ARMED_0, names(0), LONG_S),
            AddElements(Sets.LIVE_0, names(1, 2), None),
        ],
    ],
    ids=["armed alone", "live alone", "0 and 1", "1 and 0", "others"],
)
def test_a_door_is_closed_unless_both_sets_of_a_slot_name_it(
    kernel: Tried, changes: list[SetChange]
) -> None:
    kernel.apply(changes)
    assert kernel.opened() == set()


@pytest.mark.parametrize(
    ("armed", "live"), [(Sets.ARMED_0, Sets.LIVE_0), (Sets.ARMED_1, Sets.LIVE_1)]
)
def test_either_slot_opens_what_both_of_its_sets_name(
    kernel: Tried, armed: Sets, live: Sets
) -> None:
    kernel.apply([AddElements(armed, names(0, 1), LONG_S), AddElements(live, names(1, 2), None)])
    assert numbers(kernel.opened()) == {1}
    kernel.apply([FlushSet(live)])
    assert kernel.opened() == set()


def test_an_empty_change_and_the_emptying_of_empty_sets_do_nothing(kernel: Tried) -> None:
    kernel.apply([])
    kernel.apply(Slots().flush())
    kernel.apply(Slots().flush())
    assert kernel.opened() == set()


def test_a_door_closes_by_itself_on_time(kernel: Tried) -> None:
    slots = Slots()
    before_s = kernel.now_s()
    kernel.apply(slots.arm("renewal 1", ALL, SHORT_S))
    after_s = kernel.now_s()
    kernel.apply(slots.grant("renewal 1", ALL))
    assert kernel.closes("service-0") < after_s + SHORT_S + LATE_S
    kernel.wait(before_s + SHORT_S + TICK_S)
    assert kernel.opened() == set()


def test_a_door_stays_open_for_its_time(kernel: Tried) -> None:
    slots = Slots()
    until_s = kernel.now_s() + SHORT_S - TICK_S
    kernel.apply(slots.arm("renewal 1", ALL, SHORT_S))
    kernel.apply(slots.grant("renewal 1", ALL))
    while open_until(kernel, until_s):
        kernel.wait(kernel.now_s() + TICK_S / 4)


def test_a_grant_that_comes_too_late_opens_nothing(kernel: Tried) -> None:
    slots = Slots()
    kernel.apply(slots.arm("renewal 1", ALL, SHORT_S))
    kernel.wait(kernel.now_s() + SHORT_S)
    kernel.apply(slots.grant("renewal 1", ALL))
    assert kernel.opened() == set()


def test_what_has_run_out_is_armed_and_emptied_like_anything_else(kernel: Tried) -> None:
    slots = Slots()
    for name in ("renewal 1", "renewal 2", "renewal 3"):
        kernel.apply(slots.arm(name, ALL, SHORT_S / 4))
        kernel.apply(slots.grant(name, ALL))
        kernel.wait(kernel.now_s() + SHORT_S / 4)
    assert kernel.opened() == set()
    kernel.apply(slots.shut(names(0)))
    kernel.apply(slots.arm("renewal 4", ALL, LONG_S))
    kernel.apply(slots.grant("renewal 4", names(1, 2)))
    assert numbers(kernel.opened()) == {1, 2}


def test_nothing_closes_between_two_renewals(kernel: Tried) -> None:
    slots = Slots()
    until_s = 0.0
    for number in range(40):
        next_s = kernel.now_s() + SHORT_S - TICK_S
        kernel.apply(slots.arm(f"renewal {number}", ALL, SHORT_S))
        open_until(kernel, until_s)
        kernel.apply(slots.grant(f"renewal {number}", ALL))
        until_s = next_s
        open_until(kernel, until_s)
        kernel.wait(kernel.now_s() + SHORT_S / 32)


def test_each_renewal_begins_its_own_time(kernel: Tried) -> None:
    slots = Slots()
    until_s = 0.0
    for number in range(5):
        kernel.wait(kernel.now_s() + SHORT_S / 8)
        until_s = kernel.now_s() + SHORT_S - TICK_S
        kernel.apply(slots.arm(f"renewal {number}", ALL, SHORT_S))
        kernel.apply(slots.grant(f"renewal {number}", ALL))
    while open_until(kernel, until_s):
        kernel.wait(kernel.now_s() + TICK_S / 4)


def test_arming_the_other_slot_does_not_lengthen_the_time_of_the_live_one(kernel: Tried) -> None:
    slots = Slots()
    armed_s = 0.0
    for name in ("renewal 1", "renewal 2"):  # each slot has been live once
        kernel.apply(slots.arm(name, ALL, SHORT_S))
        armed_s = kernel.now_s()
        kernel.apply(slots.grant(name, ALL))
    kernel.apply(slots.arm("renewal 3", ALL, LONG_S))
    assert kernel.closes("service-1") < armed_s + SHORT_S + LATE_S


def test_an_add_of_what_lives_refreshes_nothing(kernel: Tried) -> None:
    add = AddElements(Sets.ARMED_0, ALL, SHORT_S)
    kernel.apply([add, AddElements(Sets.LIVE_0, ALL, None)])
    armed_s = kernel.now_s()
    kernel.wait(armed_s + SHORT_S / 2)
    kernel.apply([add])
    assert kernel.closes("service-0") < armed_s + SHORT_S + LATE_S


def test_instances_are_shut_and_opened_one_by_one(kernel: Tried) -> None:
    slots = Slots()
    kernel.apply(slots.arm("renewal 1", ALL, LONG_S))
    kernel.apply(slots.grant("renewal 1", ALL))
    kernel.apply(slots.shut(names(1)))
    assert numbers(kernel.opened()) == {0, 2}
    kernel.apply(slots.arm("renewal 2", names(0, 1), LONG_S))
    kernel.apply(slots.grant("renewal 2", names(0, 1)))
    assert numbers(kernel.opened()) == {0, 1, 2}
    kernel.apply(slots.shut(names(0)))
    assert numbers(kernel.opened()) == {1, 2}
    kernel.apply(slots.flush())
    assert kernel.opened() == set()


def open_until(kernel: Tried, until_s: float) -> bool:
    """Whether the time is not over yet; if so, every door must be open."""
    try:
        opened = kernel.opened()
    except HalfOpen:
        opened = set()
    if kernel.now_s() >= until_s:
        return False
    assert opened == ALL
    return True


@pytest.mark.root
@pytest.mark.debian("ip")
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_wished_the_model_and_the_real_kernel_open_the_same(
    lab: Lab, seed: int
) -> None:
    rng, slots, model = Random(seed), Slots(), Model()
    told: list[str] = []
    with real(lab) as kernel, probing(lab, SERVICES) as prober:
        for step in range(STEPS):
            name = f"renewal {step // 4}"  # a grant may come under another name than was armed
            wish, changes = _wish(rng, slots, name)
            told.append(wish)
            model.apply(changes)
            kernel.apply(changes)
            assert prober.opened() == model.opened(), "\n".join(told)


def _wish(rng: Random, slots: Slots, name: str) -> tuple[str, list[SetChange]]:
    instances = frozenset(each for each in sorted(ALL) if rng.random() < 0.6)
    which = rng.choice(("arm", "arm", "grant", "grant", "grant", "shut", "flush"))
    match which:
        case "arm":
            changes = slots.arm(name, instances, LONG_S)
        case "grant":
            changes = slots.grant(name, instances)
        case "shut":
            changes = slots.shut(instances)
        case _:
            changes = slots.flush()
    return f"{which} {name} {sorted(instances)}: {changes}", changes
