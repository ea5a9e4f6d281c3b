"""What must hold at every step of the exploration."""

from collections.abc import Iterable
from typing import NamedTuple

from failover.core.cells import Incarnation, OwnerCell, OwnerState, Term, decode
from failover.core.transaction import Transaction
from failover.simulator.explore_places import Kernel

OWNER = "owner/"
SESSION = "session/"


class Broken(Exception):
    """A rule does not hold."""

    def __init__(self, rule: str, seen: str) -> None:
        super().__init__(f"{rule}: {seen}")
        self.rule = rule
        self.seen = seen


class _Seal(NamedTuple):
    revision: int
    owner: Incarnation


class Judge:
    """Watches doors and the register; remembers what it needs and no more."""

    __slots__ = ("_armed", "_owners", "_renewed", "_seals", "anyone_may_move")

    def __init__(self) -> None:
        self.anyone_may_move = True  # False: only beats have been disturbed
        self._owners: dict[str, tuple[Term, Incarnation]] = {}
        self._seals: dict[str, _Seal] = {}
        self._armed: dict[str, str] = {}  # each centre's last name
        self._renewed: dict[str, tuple[str, int]] = {}  # its last renewal: name, revision

    def armed(self, site: str, name: str) -> None:
        """A centre has begun kernel time under this name."""
        self._armed[site] = name

    def sent(self, site: str, transaction: Transaction) -> str:
        """The name that a transaction renews under, or nothing."""
        renews = any(put.key == SESSION + site for put in transaction.puts)
        return self._armed.get(site, "") if renews else ""

    def granted(self, site: str, name: str, instances: Iterable[str]) -> None:
        """A centre opens doors: not by a renewal that came after a seal."""
        renewed, revision = self._renewed.get(site, ("", 0))
        if renewed != name:
            return
        for instance in instances:
            seal = self._seals.get(instance)
            if seal and seal.owner.site == site and revision > seal.revision:
                raise Broken(
                    "nothing is renewed over a seal",
                    f"{site} opens {instance}, sealed at revision {seal.revision}, "
                    f"by its renewal of revision {revision}",
                )

    def written(self, site: str, name: str, transaction: Transaction, revision: int) -> None:
        """A transaction was committed."""
        if name:
            self._renewed[site] = (name, revision)
        for put in transaction.puts:
            if put.key.startswith(OWNER):
                cell = decode(put.key, put.value)
                assert isinstance(cell, OwnerCell)
                self._owned(put.key.removeprefix(OWNER), cell, revision)

    def _owned(self, instance: str, cell: OwnerCell, revision: int) -> None:
        term, owner = self._owners.get(instance, (cell.term, cell.owner))
        seen = f"{instance}: {term} of {owner}, then {cell.term} of {cell.owner}"
        if cell.term < term:
            raise Broken("terms only grow", seen)
        if cell.term == term and cell.owner != owner:
            raise Broken("a term has one owner", seen)
        if cell.owner.site != owner.site and not self.anyone_may_move:
            raise Broken("lost beats move nothing", seen)
        self._owners[instance] = (cell.term, cell.owner)
        self._seals.pop(instance, None)
        if cell.state is OwnerState.SEALED:
            self._seals[instance] = _Seal(revision, cell.owner)


def one_door(kernels: dict[str, Kernel], instances: Iterable[str], now_s: float) -> None:
    """At most one centre's door is open for each instance. To be asked when a door may open."""
    for instance in instances:
        until = {site: kernel.open_until_s(instance) for site, kernel in kernels.items()}
        if sum(until_s > now_s for until_s in until.values()) > 1:
            ends = ", ".join(f"{site} until {until_s:.3f} s" for site, until_s in until.items())
            raise Broken("never two open doors", f"{instance} is open at {ends}")
