"""The register: cells behind three members, one of which leads; and the client that asks them.

A commit takes effect at one moment, when the try reaches a member that stands with the majority.
Around that moment everything may be late, doubled or lost. Source: `failover-spike.md` §2–§4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from failover.core.transaction import (
    ABSENT,
    Cell,
    Committed,
    Outcome,
    Refused,
    Transaction,
    written,
)
from failover.simulator.clock import Queue
from failover.simulator.links import MEMBERS, PEER, WITNESS, Links

SNAPSHOT_S = 1.0
HUNG_SHARE = 0.3  # of the tries that a member without leader keeps, and carries out later
HUNG_S_MAX = 5.0

Cells = Mapping[str, Cell]


class Snapshot(NamedTuple):
    """A backup of the register."""

    at_s: float
    cells: dict[str, Cell]
    revision: int


class Register:
    """Linearizable compare-and-set, while two members hear each other and have a leader.

    `committed(transaction, before)` is called at the moment at which a transaction takes effect.
    """

    def __init__(
        self, queue: Queue, rng: Random, links: Links, *, lease_s: float, compares: bool = True
    ) -> None:
        self._compares = compares
        self._queue = queue
        self._rng = rng
        self._links = links
        self._election_s = (lease_s / 4, lease_s / 2)  # required of it: twice, and a try, ≤ lease
        self._term = 0
        self._electing = False
        self._views: dict[str, Cells] = {}  # of members that no longer follow
        self._hung: list[tuple[float, Transaction]] = []
        self.down = dict.fromkeys(MEMBERS, 0)
        self.leader = WITNESS
        self.full = 0
        self.cells: dict[str, Cell] = {}
        self.revision = 0
        self.snapshots = [Snapshot(0.0, self.cells, 0)]
        self.committed: Callable[[Transaction, Cells], None] = lambda _transaction, _before: None

    def serves(self, member: str) -> bool:
        """Whether this member can commit."""
        if not self.leader or self.down[member]:
            return False
        return member == self.leader or self._links.both_up(PEER, member, self.leader)

    def receive(self, member: str, transaction: Transaction) -> Outcome | None:
        """A try arrives at a member. None: it hangs there; the client hears nothing."""
        if self.full:
            return None
        if not self.serves(member):
            if not self.down[member] and self._rng.random() < HUNG_SHARE:
                self._hung.append((self._queue.now_s, transaction))
            return None
        return self.apply(transaction)

    def apply(self, transaction: Transaction) -> Outcome:
        """Commit or refuse, at this moment. A failed compare that finds our own value is ours."""
        before = self.cells
        if self._compares:
            for one in transaction.compares:
                if before.get(one.key, ABSENT).revision != one.revision:
                    return self._refused(transaction)
        self._snapshot()
        self.revision += 1
        cells = dict(before)
        for put in transaction.puts:
            cells[put.key] = Cell(put.value, self.revision)
        self.cells = cells
        self.committed(transaction, before)
        return Committed(self.revision)

    def view(self, member: str) -> Cells | None:
        """What a serializable read of this member gives: stale if it follows no leader."""
        if self.down[member]:
            return None
        return self._views.get(member, self.cells)

    def reassess(self) -> None:
        """Something happened to members or to the ways between them."""
        wanted = not self._leads(self.leader) if self.leader else not self._electing
        if wanted:
            self.lead(None)
        self._follow()

    def lead(self, member: str | None) -> None:
        """Make a member the leader; None: hold an election, which takes its time."""
        self._term += 1
        self.leader = member or ""
        self._electing = member is None and any(self._leads(each) for each in MEMBERS)
        if self._electing:
            wait_s = self._rng.uniform(*self._election_s)
            self._queue.at(self._queue.now_s + wait_s, self._elect, self._term)

    def restore(self, snapshot: Snapshot) -> None:
        """Put a backup back: the cells and the counter of revisions are what they were."""
        self.cells, self.revision = snapshot.cells, snapshot.revision
        self.snapshots = [each for each in self.snapshots if each.at_s <= snapshot.at_s]
        self._views = {}
        self._hung = []

    def _elect(self, term: int) -> None:
        if term != self._term:
            return
        self._electing = False
        able = [member for member in MEMBERS if self._leads(member)]
        if able:
            self.leader = WITNESS if WITNESS in able else self._rng.choice(able)
            self._follow()

    def _leads(self, member: str) -> bool:
        if self.down[member]:
            return False
        followers = [
            other
            for other in MEMBERS
            if other != member and not self.down[other] and self._links.both_up(PEER, member, other)
        ]
        return bool(followers)

    def _follow(self) -> None:
        for member in MEMBERS:
            if self.serves(member):
                self._views.pop(member, None)
            else:
                self._views.setdefault(member, self.cells)
        if self.leader and self._hung:
            oldest_s = self._queue.now_s - HUNG_S_MAX
            hung, self._hung = self._hung, []
            for since_s, transaction in hung:
                if since_s >= oldest_s:
                    self._queue.at(self._queue.now_s + self._rng.random(), self._late, transaction)

    def _late(self, transaction: Transaction) -> None:
        if self.leader and not self.full:
            self.apply(transaction)

    def _refused(self, transaction: Transaction) -> Outcome:
        cells = {key: self.cells.get(key, ABSENT) for key in transaction.keys}
        if written(transaction, cells):
            return Committed(max(cells[put.key].revision for put in transaction.puts))
        return Refused(cells)

    def _snapshot(self) -> None:
        if self._queue.now_s >= self.snapshots[-1].at_s + SNAPSHOT_S:
            self.snapshots.append(Snapshot(self._queue.now_s, self.cells, self.revision))
