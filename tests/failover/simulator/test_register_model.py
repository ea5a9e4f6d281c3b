"""The simulated register keeps the contract: compare, put, mine, unknown; and its faults."""

from __future__ import annotations

from random import Random

import pytest

from failover.core.effects import Answered, Event, Looked
from failover.core.transaction import (
    ABSENT,
    Committed,
    Compare,
    Outcome,
    Put,
    Refused,
    Transaction,
    Unknown,
)
from failover.simulator.client import Client, Flight
from failover.simulator.clock import Queue
from failover.simulator.links import MEMBERS, Link, Links
from failover.simulator.register import Register


class Asker:
    """A process that commits, looks, and keeps what it is told."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.lives = 1
        self.frozen = 0
        self.heard: list[Event] = []

    def deliver(self, event: Event) -> None:
        self.heard.append(event)


class Bench:
    """A register with its client."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.links = Links(self.queue, Random(1))
        self.register = Register(self.queue, Random(2), self.links, lease_s=2.0)
        self.client = Client(self.queue, self.links, self.register)
        self.asker = Asker("A")
        self.requests = 0

    def commit(self, transaction: Transaction, timeout_s: float = 0.5) -> Outcome | None:
        """The answer within the timeout, and a little."""
        self.requests += 1
        self.client.commit(Flight(self.asker, self.requests, transaction), timeout_s)
        self.queue.run(self.queue.now_s + timeout_s + 0.1)
        heard = [each for each in self.asker.heard if isinstance(each, Answered)]
        answers = [each.outcome for each in heard if each.request == self.requests]
        assert len(answers) <= 1
        return answers[0] if answers else None

    def cut(self, start: str, end: str) -> None:
        for link in self.links.fibre(start, end):
            link.cut += 1
        self.register.reassess()


def put(revision: int, value: bytes, key: str = "cell") -> Transaction:
    return Transaction((Compare(key, revision),), (Put(key, value),))


def test_a_put_whose_compare_holds_is_committed_and_another_refused() -> None:
    bench = Bench()
    assert bench.commit(put(0, b"one")) == Committed(1)
    refused = bench.commit(put(0, b"two"))
    assert isinstance(refused, Refused)
    assert refused.cells["cell"].value == b"one"
    assert refused.cells["cell"].revision == 1
    assert bench.commit(put(1, b"two")) == Committed(2)


def test_all_or_nothing() -> None:
    bench = Bench()
    bench.commit(put(0, b"one"))
    both = Transaction(
        (Compare("cell", 0), Compare("other", 0)), (Put("cell", b"x"), Put("other", b"x"))
    )
    refused = bench.commit(both)
    assert isinstance(refused, Refused)
    assert refused.cells["other"] == ABSENT
    assert "other" not in bench.register.cells


def test_a_repeat_of_what_was_written_is_mine() -> None:
    bench = Bench()
    assert bench.commit(put(0, b"one")) == Committed(1)
    assert bench.commit(put(0, b"one")) == Committed(1)
    assert bench.register.revision == 1


def test_a_lost_answer_is_asked_for_again() -> None:
    bench = Bench()
    answers = bench.links.answers("A")
    for link in answers:
        link.cut += 1
    bench.queue.at(0.2, mend, answers)
    assert bench.commit(put(0, b"one")) == Committed(1)
    assert bench.register.revision == 1


def test_no_answer_is_unknown_and_may_be_written() -> None:
    bench = Bench()
    for link in bench.links.answers("A"):
        link.cut += 1
    outcome = bench.commit(put(0, b"one"))
    assert isinstance(outcome, Unknown)
    assert bench.register.cells["cell"].value == b"one"


def test_a_late_try_is_written_after_the_answer_unknown() -> None:
    bench = Bench()
    for member in MEMBERS:
        bench.links.get("request", "A", member).slow_s = 5.0
    assert isinstance(bench.commit(put(0, b"one"), 0.1), Unknown)
    assert not bench.register.cells
    bench.queue.run(bench.queue.now_s + 20)
    assert bench.register.cells["cell"].value == b"one"


def test_what_the_process_asked_in_an_earlier_life_is_not_answered() -> None:
    bench = Bench()
    bench.asker.lives = 2
    flight = Flight(bench.asker, 1, put(0, b"one"))
    bench.asker.lives = 3
    bench.client.commit(flight, 0.5)
    bench.queue.run(2.0)
    assert bench.asker.heard == []


def test_a_full_register_answers_nothing() -> None:
    bench = Bench()
    bench.register.full = 1
    assert isinstance(bench.commit(put(0, b"one")), Unknown)
    assert not bench.register.cells


def test_a_fibre_cut_leaves_both_centres_a_way() -> None:
    bench = Bench()
    bench.register.lead("B")
    bench.cut("A", "B")
    bench.cut("B", "A")
    bench.queue.run(3.0)  # an election: the old leader still has a majority with the witness
    assert bench.commit(put(0, b"one")) == Committed(1)
    bench.asker.site = "B"
    assert bench.commit(put(1, b"two")) == Committed(2)


def test_without_a_majority_nobody_commits_until_an_election_is_over() -> None:
    bench = Bench()
    for member in ("W", "B"):
        bench.register.down[member] += 1
    bench.register.reassess()
    assert isinstance(bench.commit(put(0, b"one")), Unknown)
    bench.register.down["B"] -= 1
    bench.register.reassess()
    assert not bench.register.serves("A")
    bench.queue.run(bench.queue.now_s + 1.1)
    assert bench.register.serves("A")
    assert isinstance(bench.commit(put(0, b"two")), Committed | Refused)


def test_a_member_that_is_cut_off_shows_old_cells() -> None:
    bench = Bench()
    bench.commit(put(0, b"one"))
    for start, end in (("A", "B"), ("B", "A")):
        bench.cut(start, end)
    for link in bench.links.line("A", "W") + bench.links.line("W", "A"):
        link.cut += 1
    bench.register.reassess()
    bench.register.apply(put(1, b"two"))
    bench.client.look(bench.asker)
    bench.queue.run(bench.queue.now_s + 1)
    (looked,) = [each for each in bench.asker.heard if isinstance(each, Looked)]
    assert looked.cells is not None
    assert looked.cells["cell"].value == b"one"


def test_a_look_without_any_member_says_so() -> None:
    bench = Bench()
    for member in MEMBERS:
        bench.register.down[member] += 1
    bench.client.look(bench.asker)
    bench.queue.run(1.0)
    assert bench.asker.heard == [Looked(None)]


@pytest.mark.parametrize("compares", [True, False])
def test_a_backup_brings_cells_and_counter_back(compares: bool) -> None:
    bench = Bench()
    bench.register = Register(bench.queue, Random(2), bench.links, lease_s=2.0, compares=compares)
    for revision in range(5):
        bench.queue.run(bench.queue.now_s + 2)
        bench.register.apply(put(revision, b"%d" % revision))
    snapshot = bench.register.snapshots[2]
    bench.register.restore(snapshot)
    assert bench.register.revision == snapshot.revision < 5
    assert bench.register.cells == snapshot.cells
    refused = bench.register.apply(put(5, b"late"))
    assert isinstance(refused, Refused if compares else Committed)


def mend(links: list[Link]) -> None:
    for link in links:
        link.cut -= 1
