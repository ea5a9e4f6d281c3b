"""The groups' data: one log at each centre, shipped from the primary to the standby.

Logs fork as PostgreSQL's do: each promotion starts a timeline, numbered by its own past alone, so
two promotions from one past bear one number. The world knows them apart by their branch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from failover.core.cells import Position, Term
from failover.core.plan import Durability, Group
from failover.simulator.clock import Queue
from failover.simulator.links import SITES

SYSTEM = "7500000000000000001"
ROUNDING_BYTES = 1.0


class Fork(NamedTuple):
    """Where a timeline of a log begins."""

    branch: int  # unique in the world
    timeline: int  # what PostgreSQL calls it
    start: float


class Copy:
    """One centre's copy of one group's log."""

    __slots__ = (
        "acked",
        "astray",
        "history",
        "lsn",
        "primary",
        "relaxed",
        "sent",
        "shipped",
        "tails",
        "term",
    )

    def __init__(self, *, primary: bool) -> None:
        self.primary = primary
        self.relaxed = False  # acknowledges alone
        self.astray = False  # promoted for a term that the other centre had overtaken
        self.history: tuple[Fork, ...] = (Fork(0, 1, 0.0),)
        self.lsn = 0.0
        self.shipped = 0.0  # what has left for the standby and not arrived
        self.sent = 0.0  # what should have arrived
        self.acked = 0.0
        self.term = Term(0, 0)
        self.tails: list[float] = []  # kept at a rejoin: bytes of what only this copy had

    def follows(self, primary: Copy) -> bool:
        """Whether this log is a beginning of that one."""
        known = len(self.history)
        if self.history != primary.history[:known]:
            return False
        return known == len(primary.history) or self.lsn <= primary.history[known].start

    def common(self, other: Copy) -> float:
        """Up to where the two logs are the same."""
        shared = 0
        while (
            shared < min(len(self.history), len(other.history))
            and self.history[shared] == other.history[shared]
        ):
            shared += 1
        ends = [
            copy.history[shared].start if shared < len(copy.history) else copy.lsn
            for copy in (self, other)
        ]
        return min(ends)


class Loss(NamedTuple):
    """What was acknowledged by one centre and is missing at the other when it is promoted."""

    group: str
    site: str  # the taker
    term: Term
    lost_bytes: float
    exposed: bool  # the loser acknowledged alone


class Judge(Protocol):
    """Who is told what matters for safety."""

    def promoted(self, loss: Loss) -> bool:
        """A copy was promoted; whether that is a move."""

    def acknowledged_alone(self, group: str, site: str) -> None:
        """A synchronous group acknowledged what the other centre does not have."""

    def acknowledged_twice(self, group: str) -> None:
        """Both centres acknowledged writes of a group at one time."""


class Data:
    """All copies. `share(site, group)`: which part of a group's writes is let in at a centre."""

    def __init__(
        self,
        queue: Queue,
        groups: Sequence[Group],
        *,
        share: Callable[[str, Group], float],
        streams: Callable[[str, str], bool],
        judge: Judge,
        busy: float,
    ) -> None:
        self._queue = queue
        self._share = share
        self._streams = streams
        self._judge = judge
        self._busy = busy  # part of the busiest rate
        self._branches = 0
        self._settled_s = dict.fromkeys((group.name for group in groups), 0.0)
        self.stalled = dict.fromkeys((group.name for group in groups), 0)
        self.groups = {group.name: group for group in groups}
        self.copies = {
            group.name: {site: Copy(primary=site == group.home) for site in SITES}
            for group in groups
        }

    def settle(self, name: str) -> None:
        """Write what was written since the last call: to be called before anything changes."""
        now_s = self._queue.now_s
        since_s = now_s - self._settled_s[name]
        if since_s <= 0:
            return
        self._settled_s[name] = now_s
        group = self.groups[name]
        if group.durability is Durability.STATELESS:
            return
        copies = self.copies[name]
        writers = 0
        for site in SITES:
            copy = copies[site]
            if not copy.primary:
                continue
            share = 0.0 if self._outdated(name, site) else self._share(site, group)
            if share:
                copy.lsn += group.rate_bytes_s * self._busy * since_s * share
            if copy.acked != copy.lsn:
                known = copy.acked
                self._acknowledge(group, site, copy)
                writers += copy.acked > known
        if writers > 1:
            self._judge.acknowledged_twice(name)

    def ship(self) -> None:
        """Send what was written on its way, and let arrive what was sent last time."""
        for name, group in self.groups.items():
            self.settle(name)
            if group.durability is Durability.STATELESS:
                continue
            for site, other in (SITES, SITES[::-1]):
                primary, standby = self.copies[name][site], self.copies[name][other]
                if primary.primary and not standby.primary and self.streaming(name, site):
                    self._arrive(primary, standby)
                    self._acknowledge(group, site, primary)
                primary.sent, primary.shipped = primary.shipped, primary.lsn

    def streaming(self, name: str, site: str) -> bool:
        """Whether this centre's primary reaches the standby, and is confirmed."""
        other = _other(site)
        return (
            not self.stalled[name]
            and not self.copies[name][other].primary
            and self._streams(site, other)
            and self._streams(other, site)
        )

    def position(self, name: str, site: str) -> Position:
        """What the database says: committed by a primary, applied by a standby."""
        copy = self.copies[name][site]
        synchronous = self.groups[name].durability is Durability.SYNCHRONOUS
        lsn = copy.acked if copy.primary and synchronous else copy.lsn
        return Position(SYSTEM, copy.history[-1].timeline, int(lsn))

    def take(self, name: str, site: str, term: Term) -> bool:
        """Promote; a lower term than the database has seen is refused."""
        self.settle(name)
        copy, other = self.copies[name][site], self.copies[name][_other(site)]
        if term < copy.term:
            return False
        copy.term = term
        if not copy.primary or copy.astray:
            lost = max(0.0, other.acked - copy.common(other))
            copy.astray = not self._judge.promoted(Loss(name, site, term, lost, other.relaxed))
            self._branches += 1
            fork = Fork(self._branches, copy.history[-1].timeline + 1, copy.lsn)
            copy.history = (*copy.history, fork)
            copy.primary = True
            copy.relaxed = False
            copy.acked = copy.shipped = copy.lsn
        return True

    def release(self, name: str, site: str) -> None:
        """Demote; it rejoins as soon as it reaches a primary, its own tail kept."""
        self.settle(name)
        self.copies[name][site].primary = False

    def prepare(self, name: str, site: str) -> bool:
        """Catch up: whether the standby follows closely."""
        copies = self.copies[name]
        if self.groups[name].durability is Durability.STATELESS or copies[site].primary:
            return True
        return self.streaming(name, _other(site)) and copies[site].follows(copies[_other(site)])

    def relax(self, name: str, site: str, *, relaxed: bool) -> None:
        """Acknowledge alone, or wait for the other centre again."""
        self.settle(name)
        self.copies[name][site].relaxed = relaxed

    def confirmed(self, name: str, site: str) -> bool:
        """Whether the other centre has all that this one's primary acknowledged."""
        copy, standby = self.copies[name][site], self.copies[name][_other(site)]
        return not copy.primary or (
            standby.history == copy.history and standby.lsn >= copy.acked - ROUNDING_BYTES
        )

    def mirrored(self, name: str, site: str) -> bool:
        """Whether the other centre follows this primary, no further behind than one shipment."""
        copy, standby = self.copies[name][site], self.copies[name][_other(site)]
        if not self.streaming(name, site) or standby.history != copy.history:
            return False
        return standby.lsn >= copy.sent - ROUNDING_BYTES

    def _arrive(self, primary: Copy, standby: Copy) -> None:
        if not standby.follows(primary):
            fork = standby.common(primary)
            standby.tails.append(standby.lsn - fork)
            standby.lsn = fork
            standby.acked = min(standby.acked, fork)
        standby.lsn = max(standby.lsn, min(primary.shipped, primary.lsn))
        if len(standby.history) != len(primary.history) or standby.history != primary.history:
            standby.history = tuple(fork for fork in primary.history if fork.start <= standby.lsn)
        standby.term = max(standby.term, primary.term)
        standby.relaxed = False

    def _acknowledge(self, group: Group, site: str, copy: Copy) -> None:
        standby = self.copies[group.name][_other(site)]
        if group.durability is not Durability.SYNCHRONOUS:
            copy.acked = copy.lsn
            return
        confirmed = standby.lsn if standby.history == copy.history else 0.0
        if not copy.relaxed:
            copy.acked = max(copy.acked, min(confirmed, copy.lsn))
        elif copy.lsn > copy.acked:
            copy.acked = copy.lsn
            if copy.lsn > confirmed + ROUNDING_BYTES:
                self._judge.acknowledged_alone(group.name, site)

    def _outdated(self, name: str, site: str) -> bool:
        """Whether this primary hears of another with a higher term, and so refuses writes."""
        other = _other(site)
        copies = self.copies[name]
        return (
            copies[other].primary
            and copies[other].term > copies[site].term
            and self._streams(other, site)
        )


def _other(site: str) -> str:
    return SITES[1] if site == SITES[0] else SITES[0]
