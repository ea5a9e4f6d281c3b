"""The rules that judge registers, doors and data, tried with what must break them and what not."""

from __future__ import annotations

from random import Random

import pytest

from failover.core.cells import (
    ExposedCell,
    Incarnation,
    OrderCell,
    OrderKind,
    OwnerCell,
    OwnerState,
    Term,
    encode,
    exposed_key,
    order_key,
    owner_key,
)
from failover.core.plan import Durability
from failover.core.transaction import ABSENT, Compare, Put, Transaction
from failover.simulator.clock import Queue
from failover.simulator.data import Data, Loss
from failover.simulator.doors import Doors
from failover.simulator.kernel import Element
from failover.simulator.links import Links
from failover.simulator.places import RATE_BYTES_S, plan_of
from failover.simulator.register import Register
from failover.simulator.safety import Safety

A = Incarnation("A", "boot-a", "life")
B = Incarnation("B", "boot-b", "life")
PLAN = plan_of("default", Durability.SYNCHRONOUS)
GROUPS = {group.name: group for group in PLAN.groups}


class Court:
    """A judge with a register."""

    def __init__(self, *, wall_clocks_true: bool = True) -> None:
        self.queue = Queue()
        self.register = Register(self.queue, Random(1), Links(self.queue, Random(1)), lease_s=2.0)
        self.broken: list[str] = []
        self.safety = Safety(self.queue, self.register, GROUPS, self.hear, lambda: wall_clocks_true)
        self.register.committed = self.safety.committed

    def hear(self, rule: str, text: str) -> None:
        del text
        self.broken.append(rule)

    def put(self, key: str, value: bytes) -> None:
        revision = self.register.cells.get(key, ABSENT).revision
        self.register.apply(Transaction((Compare(key, revision),), (Put(key, value),)))

    def own(self, owner: Incarnation, epoch: int, order: str = "") -> None:
        cell = OwnerCell(Term(1, epoch), owner, OwnerState.OWNED, "n", owner, order)
        self.put(owner_key("dispatch"), encode(cell))


def test_terms_that_go_up_are_let_be() -> None:
    court = Court()
    court.own(A, 1)
    court.own(B, 2)
    assert court.broken == []


def test_a_term_that_goes_down_breaks_s2() -> None:
    court = Court()
    court.own(A, 2)
    court.own(A, 1)
    assert court.broken == ["S2"]


def test_two_owners_of_one_term_break_s2() -> None:
    court = Court()
    court.own(A, 1)
    court.own(B, 1)
    assert court.broken == ["S2"]


def test_a_restore_takes_terms_down_and_their_owners_stay_known() -> None:
    court = Court()
    court.own(A, 1)
    snapshot = court.register.snapshots[0]
    court.own(A, 2)
    court.register.restore(snapshot)
    court.safety.restored()
    court.own(A, 1)
    assert court.broken == []
    court.own(B, 2)
    assert court.broken == ["S2"]


@pytest.mark.parametrize(
    ("lost_s", "order", "left", "broken"),
    [
        (5.9, None, OwnerState.OWNED, []),
        (6.1, None, OwnerState.OWNED, ["S4"]),
        (6.1, OrderKind.TAKEOVER, OwnerState.SEALED, []),
        (0.1, OrderKind.SWITCHOVER, OwnerState.SURRENDERED, ["S4"]),
        (0.0, OrderKind.SWITCHOVER, OwnerState.SURRENDERED, []),
        (5.9, OrderKind.SWITCHOVER, OwnerState.SEALED, []),  # the owner was lost meanwhile
        (6.1, OrderKind.SWITCHOVER, OwnerState.SEALED, ["S4"]),
    ],
)
def test_what_a_move_may_lose(
    lost_s: float, order: OrderKind | None, left: OwnerState, broken: list[str]
) -> None:
    court = Court()
    if order:
        cell = OrderCell(order, "B", 5.0, "on-call", "the order")
        court.put(order_key("consult-a"), encode(cell))
    gone = OwnerCell(Term(1, 1), A, left, "m", A)
    court.put(owner_key("consult-a1"), encode(gone))
    court.put(owner_key("consult-a2"), encode(gone))
    owner = OwnerCell(Term(1, 2), B, OwnerState.OWNED, "n", B, "the order" if order else "")
    court.put(owner_key("consult-a1"), encode(owner))
    court.put(owner_key("consult-a2"), encode(owner))
    lost = lost_s * RATE_BYTES_S
    court.safety.promoted(Loss("consult-a", "B", Term(1, 2), lost, exposed=False))
    assert court.broken == broken


@pytest.mark.parametrize(("exposed", "broken"), [(True, []), (False, ["S4"])])
def test_a_synchronous_group_loses_nothing_unless_exposed(exposed: bool, broken: list[str]) -> None:
    court = Court()
    court.safety.promoted(Loss("dispatch", "B", Term(1, 2), 100.0, exposed))
    assert court.broken == broken


@pytest.mark.parametrize(
    ("taker", "epoch", "broken"),
    [
        ("A", 2, []),  # frozen since, and overtaken: B has all that was acknowledged
        ("A", 3, ["S4"]),  # no such owner is known: whatever it is, it loses
        ("B", 2, ["S4"]),  # its own earlier term: it serves these data
    ],
)
def test_a_promotion_that_the_other_centre_has_overtaken_is_no_move(
    taker: str, epoch: int, broken: list[str]
) -> None:
    court = Court()
    court.own(A, 2)
    court.own(B, 3)
    loss = Loss("dispatch", taker, Term(1, epoch), 100.0, exposed=False)
    assert court.safety.promoted(loss) == bool(broken)
    assert court.broken == broken
    assert len(court.safety.losses) == len(broken)


def test_acknowledging_alone_needs_a_cell_that_says_so() -> None:
    court = Court()
    court.safety.acknowledged_alone("dispatch", "A")
    assert court.broken == ["S4"]
    court.put(exposed_key("dispatch"), encode(ExposedCell(exposed=True, by=A, nonce="n")))
    court.safety.acknowledged_alone("dispatch", "A")
    assert court.broken == ["S4"]


@pytest.mark.parametrize(
    ("group", "wall_clocks_true", "broken"),
    [("dispatch", True, ["S1"]), ("dispatch", False, []), ("consult-a", True, [])],
)
def test_two_acknowledging_at_once_break_s1_where_the_resource_is_checked(
    group: str, wall_clocks_true: bool, broken: list[str]
) -> None:
    court = Court(wall_clocks_true=wall_clocks_true)
    court.safety.acknowledged_twice(group)
    assert court.broken == broken
    assert court.safety.double_writes == (not broken)


# --- doors ---------------------------------------------------------------------------------


class House:
    """A machine's doors."""

    def __init__(self, site: str, thawed_s: float = -1.0) -> None:
        self.site = self.name = site
        self.thawed_s = thawed_s


def doors(broken: list[str]) -> Doors:
    def hear(rule: str, text: str) -> None:
        del text
        broken.append(rule)

    return Doors(Queue(), ["door"], lease_s=2.0, violated=hear)


def element(since_s: float, timeout_s: float | None = 2.0) -> Element:
    return Element(99.0, timeout_s, since_s)


def test_two_open_doors_break_s1() -> None:
    broken: list[str] = []
    judge = doors(broken)
    judge.turned(House("A"), "door", element(0.0))
    judge.turned(House("B"), "door", element(0.0))
    assert broken == ["S1"]


def test_one_after_the_other_is_let_be_and_the_gap_known() -> None:
    broken: list[str] = []
    judge = doors(broken)
    a, queue = House("A"), judge._queue
    judge.turned(a, "door", element(0.0))
    queue.run(1.0)
    judge.turned(a, "door", None)
    queue.run(3.0)
    judge.turned(House("B"), "door", element(3.0))
    assert broken == []
    assert [(gap.closed_at, gap.opened_at, gap.length_s) for gap in judge.gaps] == [("A", "B", 2.0)]


@pytest.mark.parametrize(
    ("since_s", "timeout_s", "broken"), [(1.0, 2.0, []), (5.0, 2.0, ["S1"]), (1.0, None, ["S1"])]
)
def test_only_what_was_armed_before_the_clock_stood_still_is_admitted(
    since_s: float, timeout_s: float | None, broken: list[str]
) -> None:
    found: list[str] = []
    judge = doors(found)
    judge.turned(House("B"), "door", element(0.0))
    judge.turned(House("A", thawed_s=4.0), "door", element(since_s, timeout_s))
    assert found == broken
    assert len(judge.admitted) == (not broken)


def test_a_renewal_in_an_admitted_overlap_breaks_s1() -> None:
    broken: list[str] = []
    judge, thawed = doors(broken), House("A", thawed_s=4.0)
    judge.turned(House("B"), "door", element(0.0))
    judge.turned(thawed, "door", element(1.0))
    judge.turned(thawed, "door", element(4.5))
    assert broken == ["S1"]


# --- data ----------------------------------------------------------------------------------


class Clerk:
    """Keeps what the data tells its judge."""

    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self.counts = True
        self.alone: list[str] = []
        self.twice: list[str] = []

    def promoted(self, loss: Loss) -> bool:
        self.losses.append(loss)
        return self.counts

    def acknowledged_alone(self, group: str, site: str) -> None:
        self.alone.append(f"{group} at {site}")

    def acknowledged_twice(self, group: str) -> None:
        self.twice.append(group)


class Store:
    """Two copies of each group, a stream that can be cut, doors that can be shut."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.clerk = Clerk()
        self.open = {"A"}
        self.streams = True
        self.data = Data(
            self.queue,
            PLAN.groups,
            share=lambda site, _group: float(site in self.open),
            streams=lambda _start, _end: self.streams,
            judge=self.clerk,
            busy=1.0,
        )

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 4)):
            self.queue.run(self.queue.now_s + 0.25)
            self.data.ship()


def test_an_asynchronous_copy_is_a_shipment_behind_and_that_is_lost() -> None:
    store = Store()
    store.run(4.0)
    store.open = set()
    assert store.data.take("consult-a", "B", Term(1, 2))
    (loss,) = store.clerk.losses
    assert loss.lost_bytes == pytest.approx(0.25 * RATE_BYTES_S)


def test_a_synchronous_copy_loses_nothing_and_stalls_without_the_other() -> None:
    store = Store()
    store.run(4.0)
    store.streams = False
    store.run(4.0)
    acked = store.data.copies["dispatch"]["A"].acked
    assert acked == pytest.approx(3.75 * RATE_BYTES_S)
    assert store.data.take("dispatch", "B", Term(1, 2))
    assert store.clerk.losses[0].lost_bytes == 0
    assert store.clerk.alone == []


def test_a_relaxed_copy_acknowledges_alone_and_says_so() -> None:
    store = Store()
    store.streams = False
    store.data.relax("dispatch", "A", relaxed=True)
    store.run(1.0)
    assert store.clerk.alone
    assert not store.data.confirmed("dispatch", "A")
    assert not store.data.mirrored("dispatch", "A")
    store.streams = True
    store.data.relax("dispatch", "A", relaxed=False)
    store.run(1.0)
    assert store.data.confirmed("dispatch", "A")
    assert store.data.mirrored("dispatch", "A")


def test_a_lower_term_is_refused() -> None:
    store = Store()
    assert store.data.take("consult-a", "B", Term(1, 3))
    assert not store.data.take("consult-a", "B", Term(1, 2))


def test_a_copy_promoted_for_an_overtaken_term_is_judged_when_it_is_taken_after_all() -> None:
    store = Store()
    store.streams = store.clerk.counts = False
    store.run(2.0)
    store.data.take("consult-a", "B", Term(1, 2))
    store.run(2.0)
    store.clerk.counts = True
    for _ in range(2):
        store.data.take("consult-a", "B", Term(1, 4))
    lost = [loss.lost_bytes / RATE_BYTES_S for loss in store.clerk.losses]
    assert lost == [pytest.approx(2.0), pytest.approx(4.0)]


def test_an_old_primary_rejoins_with_its_tail_kept() -> None:
    store = Store()
    store.run(2.0)
    store.streams = False
    store.run(2.0)
    store.open = {"B"}
    store.data.take("consult-a", "B", Term(1, 2))
    assert store.data.position("consult-a", "B").timeline == 2
    store.data.release("consult-a", "A")
    store.streams = True
    store.run(2.0)
    old, new = store.data.copies["consult-a"]["A"], store.data.copies["consult-a"]["B"]
    assert old.tails == [pytest.approx(2.25 * RATE_BYTES_S)]
    assert old.follows(new)
    assert store.data.position("consult-a", "A").timeline == 2


def test_two_primaries_that_do_not_hear_each_other_both_acknowledge() -> None:
    store = Store()
    store.streams = False
    store.data.take("consult-a", "B", Term(1, 2))
    store.open = {"A", "B"}
    store.run(1.0)
    assert store.clerk.twice
