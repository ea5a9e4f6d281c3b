"""What must never be: rules S2, S4, S5 and L4, checked at each commit, grant, promotion, write."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

from failover.core.cells import (
    ExposedCell,
    OrderCell,
    OrderKind,
    OwnerCell,
    OwnerState,
    Term,
    decode,
    exposed_key,
    owner_key,
)
from failover.core.effects import Grant
from failover.core.plan import Durability, Group
from failover.core.transaction import ABSENT, Committed, Outcome, Transaction
from failover.simulator.client import Flight
from failover.simulator.clock import Queue
from failover.simulator.data import ROUNDING_BYTES, Loss
from failover.simulator.register import Cells, Register
from failover.simulator.shell import Shell

WRITES_MAX, WITHIN_S = 20, 1.0  # of one agent: the register is everybody's


class Change(NamedTuple):
    """One write of an ownership cell that says something new."""

    at_s: float
    instance: str
    before: OwnerCell | None
    after: OwnerCell


class Safety:
    """The judge of registers and data. `violated(rule, text)` hears of what must never be."""

    def __init__(
        self,
        queue: Queue,
        register: Register,
        groups: Mapping[str, Group],
        violated: Callable[[str, str], None],
        wall_clocks_true: Callable[[], bool],
    ) -> None:
        self._wall_clocks_true = wall_clocks_true
        self._queue = queue
        self._register = register
        self._groups = groups
        self._violated = violated
        self._owners: dict[str, OwnerCell] = {}
        self._of_term: dict[tuple[str, Term], OwnerCell] = {}
        self._sealed: dict[str, tuple[int, OwnerCell]] = {}
        self._left: dict[str, OwnerState] = {}  # as the former owner left it
        self._orders: dict[str, OrderKind] = {}
        self._before_restore: set[tuple[str, Term]] = set()
        self._written_s: defaultdict[str, deque[float]] = defaultdict(
            lambda: deque(maxlen=WRITES_MAX)
        )
        self.restores = 0
        self.forgetful: set[str] = set()  # centres whose disk has lost a write
        self.renewed_s: dict[str, float] = {}  # the last write of each centre's session
        self.changes: list[Change] = []
        self.double_writes = 0  # times that the resource check could not see, or was not there
        self.losses: list[tuple[Loss, str]] = []  # with the kind of the order, if one caused it

    # --- the register ----------------------------------------------------------------------

    def committed(self, transaction: Transaction, before: Cells) -> None:
        """A transaction takes effect."""
        for put in transaction.puts:
            kind, _, name = put.key.partition("/")
            if kind == "session":
                self.renewed_s[name] = self._queue.now_s
            elif kind == "owner":
                self._owner_written(name, put.value)
            elif kind == "order":
                order = decode(put.key, put.value)
                if isinstance(order, OrderCell):
                    self._orders[order.nonce] = order.kind
        del before

    def restored(self) -> None:
        """A backup was put back: terms went down, by the restore itself."""
        self.restores += 1
        self._before_restore = set(self._of_term)
        self._sealed = {}
        self._owners = {}
        for key, cell in self._register.cells.items():
            kind, _, name = key.partition("/")
            content = decode(key, cell.value) if kind == "owner" else None
            if isinstance(content, OwnerCell):
                self._owners[name] = content
                self._note_seal(name, content, cell.revision)

    def owner(self, instance: str) -> OwnerCell | None:
        """The ownership as the register has it."""
        return self._owners.get(instance)

    def _owner_written(self, instance: str, value: bytes) -> None:
        cell = decode(owner_key(instance), value)
        if not isinstance(cell, OwnerCell):
            return
        known = self._owners.get(instance)
        if known is not None and cell.term < known.term:
            self._violated("S2", f"{instance}: term {_shown(cell)} after {_shown(known)}")
        if known is not None and known.owner.site != cell.owner.site:
            self._left[instance] = known.state
        first = self._of_term.setdefault((instance, cell.term), cell)
        if first.owner != cell.owner and not self._is_forgotten(instance, first, cell):
            self._violated("S2", f"{instance}: {_shown(cell)} and {_shown(first)} in one term")
        self._owners[instance] = cell
        self._note_seal(instance, cell, self._register.revision)
        if known is None or (known.term, known.state) != (cell.term, cell.state):
            self.changes.append(Change(self._queue.now_s, instance, known, cell))

    def _is_forgotten(self, instance: str, first: OwnerCell, second: OwnerCell) -> bool:
        """Whether register and disk forgot the term at once: then nobody can know of it.

        Admitted within one centre alone, whose two lives never overlap.
        """
        site = second.owner.site
        is_lost = (instance, second.term) in self._before_restore
        return is_lost and first.owner.site == site and site in self.forgetful

    def _note_seal(self, instance: str, cell: OwnerCell, revision: int) -> None:
        if cell.state is OwnerState.SEALED:
            self._sealed.setdefault(instance, (revision, cell))
        else:
            self._sealed.pop(instance, None)

    # --- renewals --------------------------------------------------------------------------

    def answered(self, flight: Flight, outcome: Outcome) -> None:
        """An agent learns of a commit."""
        if not isinstance(outcome, Committed) or not isinstance(flight.caller, Shell):
            return
        self._count_write(flight.caller.machine.name)
        if any(put.key.startswith("session/") for put in flight.transaction.puts):
            flight.caller.answered(flight, outcome.revision)

    def _count_write(self, name: str) -> None:
        now_s, written_s = self._queue.now_s, self._written_s[name]
        if len(written_s) == WRITES_MAX and now_s - written_s[0] < WITHIN_S:
            self._violated("L4", f"{name} writes {WRITES_MAX} times in {WITHIN_S:g} s")
            written_s.clear()
        written_s.append(now_s)

    def granted(self, shell: Shell, grant: Grant, armed_at: int) -> None:
        """Doors are to open for what was armed at this step of the agent."""
        if not self._sealed or shell.renewed.submitted <= armed_at:
            return
        for instance in sorted(grant.instances & self._sealed.keys()):
            revision, cell = self._sealed[instance]
            if cell.owner[:2] == shell.incarnation and shell.renewed.revision > revision:
                self._violated(
                    "S5",
                    f"{shell.machine.name} renews {instance} at revision {shell.renewed.revision},"
                    f" over the seal at {revision}",
                )

    # --- data ------------------------------------------------------------------------------

    def promoted(self, loss: Loss) -> bool:
        """A copy was promoted; whether that is a move.

        It is none where the other centre has it at a higher term already: what acknowledges, and
        has all that was acknowledged, is there (design §6: what counts is "acknowledged to a
        client, or visible to a reader").
        """
        group = self._groups[loss.group]
        owners = [self._owners.get(instance) for instance in group.instances]
        if any(
            owner and owner.owner.site != loss.site and owner.term > loss.term for owner in owners
        ):
            return False
        orders = [owner.order for owner in owners if owner and owner.owner.site == loss.site]
        order = next((self._orders.get(nonce) for nonce in orders if nonce), None)
        self.losses.append((loss, order.value if order else ""))
        if any(self._left.get(each) is not OwnerState.SURRENDERED for each in group.instances):
            # Ordered, and then the owner was lost: what follows is a take-over like any other.
            order = order if order is OrderKind.TAKEOVER else None
        bound = _bound(group, order, exposed=loss.exposed)
        if loss.lost_bytes > bound + ROUNDING_BYTES:
            self._violated(
                "S4",
                f"{loss.group} taken by {loss.site} loses {loss.lost_bytes:.0f} bytes,"
                f" more than {bound:.0f}",
            )
        return True

    def acknowledged_alone(self, group: str, site: str) -> None:
        """A synchronous group acknowledged what the other centre does not have."""
        key = exposed_key(group)
        cell = self._register.cells.get(key, ABSENT)
        content = decode(key, cell.value) if cell.revision else None
        if self.restores or (isinstance(content, ExposedCell) and content.exposed):
            return
        self._violated("S4", f"{group} acknowledges alone at {site}, and no cell says so")

    def acknowledged_twice(self, group: str) -> None:
        """Both centres acknowledged: where the resource is checked, only a wrong wall clock may."""
        checked = self._groups[group].durability is Durability.SYNCHRONOUS
        if checked and self._wall_clocks_true():
            self._violated("S1", f"both centres acknowledge writes of {group}, which is checked")
        else:
            self.double_writes += 1


def _bound(group: Group, order: OrderKind | None, *, exposed: bool) -> float:
    """How many acknowledged bytes this move may lose."""
    if order is OrderKind.TAKEOVER:
        return float("inf")
    if order is OrderKind.SWITCHOVER:
        return 0.0
    if group.durability is Durability.SYNCHRONOUS and not exposed:
        return 0.0
    return group.rate_bytes_s * group.rpo_s


def _shown(cell: OwnerCell) -> str:
    return f"({cell.term.generation}, {cell.term.epoch}) of {'/'.join(cell.owner)}"
