"""What the exploration's world is made of: clocks, a kernel, a register, ways."""

from collections.abc import Mapping
from typing import NamedTuple

from failover.core.guard import AddElements, FlushSet, SetChange, Sets
from failover.core.transaction import ABSENT, Cell, Committed, Outcome, Refused, Transaction

SLOTS = ((Sets.ARMED_0, Sets.LIVE_0), (Sets.ARMED_1, Sets.LIVE_1))


class Clock(NamedTuple):
    """A machine's boot-time clock: it runs at a fixed rate since some moment of real time."""

    rate: float
    started_s: float  # real time

    def local_s(self, real_s: float) -> float:
        """What the clock shows at this real time."""
        return (real_s - self.started_s) * self.rate

    def real_s(self, local_s: float) -> float:
        """When the clock shows this."""
        return self.started_s + local_s / self.rate


class Kernel:
    """The guard's four sets. What is armed runs out by itself; what is live does not."""

    __slots__ = ("_armed", "_live")

    def __init__(self) -> None:
        # When each element runs out, in real time; and a set that keeps its order.
        self._armed: tuple[dict[str, float], dict[str, float]] = ({}, {})
        self._live: tuple[dict[str, None], dict[str, None]] = ({}, {})

    def change(self, change: SetChange, now_s: float, rate: float) -> None:
        """Do what the guard asks of one set, as nftables does."""
        for slot, (armed, live) in enumerate(SLOTS):
            if change.set is armed:
                self._change_armed(self._armed[slot], change, now_s, rate)
            elif change.set is live:
                self._change_live(self._live[slot], change)

    def forget(self) -> None:
        """The machine has stopped: all sets are gone."""
        for each in (*self._armed, *self._live):
            each.clear()

    def open_until_s(self, instance: str) -> float:
        """When the instance's door closes if nobody does anything; 0: it is shut already."""
        until_s = 0.0
        for armed, live in zip(self._armed, self._live, strict=True):
            if instance in live:
                until_s = max(until_s, armed.get(instance, 0.0))
        return until_s

    @staticmethod
    def _change_live(live: dict[str, None], change: SetChange) -> None:
        if isinstance(change, FlushSet):
            live.clear()
        else:
            live.update(dict.fromkeys(sorted(change.instances)))

    @staticmethod
    def _change_armed(
        armed: dict[str, float], change: SetChange, now_s: float, rate: float
    ) -> None:
        if isinstance(change, FlushSet):
            armed.clear()
            return
        assert isinstance(change, AddElements)
        assert change.timeout_s, "an element of an armed set without a timeout never ends"
        for instance in sorted(change.instances):
            if armed.get(instance, 0.0) <= now_s:  # an `add` of what has not run out does nothing
                armed[instance] = now_s + change.timeout_s / rate


class Register:
    """Linearizable compare-and-set cells. Its `cells` is a new mapping after each change."""

    __slots__ = ("_past", "cells", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self.cells: Mapping[str, Cell] = {}
        self._past: tuple[tuple[float, Mapping[str, Cell]], ...] = ()

    def apply(self, transaction: Transaction, now_s: float) -> Outcome:
        """Compare, then put or refuse."""
        compares = transaction.compares
        if any(self.cells.get(one.key, ABSENT).revision != one.revision for one in compares):
            return Refused({one.key: self.cells.get(one.key, ABSENT) for one in compares})
        self.revision += 1
        self._past = (*self._past[-15:], (now_s, self.cells))
        changed = {put.key: Cell(put.value, self.revision) for put in transaction.puts}
        self.cells = {**self.cells, **changed}
        return Committed(self.revision)

    def stale(self, at_s: float) -> Mapping[str, Cell]:
        """The cells as they stood then, or as long ago as is remembered."""
        for changed_s, before in self._past:
            if changed_s > at_s:
                return before
        return self.cells


# The ways that can be cut: the two paths in both directions, and each centre's to the third place.
def way(path: str, sender: str) -> str:
    """The way of a path's beats from this centre."""
    return f"{path} from {sender}"


def third_place(site: str) -> str:
    """The way from this centre to the register and the witness."""
    return f"register of {site}"
