"""The ways between the places: each direction of each is cut, loses, repeats and delays alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any, NamedTuple

from failover.core.messages import PATHS, PathName
from failover.simulator.clock import Queue

SITES = ("A", "B")
WITNESS = "W"
MEMBERS = (*SITES, WITNESS)
HOSPITALS = ("H1", "H2", "H3", "H4", "H5")

# What goes over a way, besides the heartbeats of the two paths.
REQUEST, REPLY = "request", "reply"  # to and from a member of the register
PEER = "peer"  # between two members
WATCH = "watch"  # between a centre and the witness
REPORT, REACH = "report", "reach"  # from a hospital to a centre, and back

NEAR_S, FAR_S = 0.0005, 0.003


class Trouble(NamedTuple):
    """What is wrong with a way that is not cut."""

    loss: float = 0.0
    repeats: float = 0.0
    slow_s: float = 0.0  # at most so much more, drawn for each message: so they overtake


class Link:
    """One direction of one way."""

    __slots__ = ("_delay_s", "_queue", "_rng", "_troubles", "cut", "loss", "repeats", "slow_s")

    def __init__(self, queue: Queue, rng: Random, delay_s: float) -> None:
        self._queue = queue
        self._rng = rng
        self._delay_s = delay_s
        self._troubles: list[Trouble] = []
        self.cut = 0  # by so many faults
        self.loss, self.repeats, self.slow_s = Trouble()

    def worsen(self, trouble: Trouble) -> None:
        """The worst of all troubles counts."""
        self._troubles.append(trouble)
        self._count()

    def mend(self, trouble: Trouble) -> None:
        """One of the troubles is over."""
        self._troubles.remove(trouble)
        self._count()

    def delay(self) -> float | None:
        """How long the next message takes; None: it is lost."""
        if self.cut or (self.loss and self._rng.random() < self.loss):
            return None
        delay_s = self._delay_s * (1 + self._rng.random())
        return delay_s + self.slow_s * self._rng.random() if self.slow_s else delay_s

    def send(self, action: Callable[..., None], *arguments: Any) -> None:
        """Call the action where the message arrives, perhaps twice, perhaps never."""
        delay_s = self.delay()
        if delay_s is None:
            return
        self._queue.at(self._queue.now_s + delay_s, action, *arguments)
        if self.repeats and self._rng.random() < self.repeats:
            self._queue.at(self._queue.now_s + delay_s + self._rng.random(), action, *arguments)

    def _count(self) -> None:
        worst = [max(values) for values in zip(Trouble(), *self._troubles, strict=True)]
        self.loss, self.repeats, self.slow_s = worst


class Links:
    """All ways of the world, by what goes over them, from where and to where."""

    def __init__(self, queue: Queue, rng: Random) -> None:
        self._links: dict[tuple[str, str, str], Link] = {}

        def lay(kind: str, ends: Iterable[tuple[str, str]]) -> None:
            for start, end in ends:
                delay_s = NEAR_S if start == end else FAR_S
                self._links[kind, start, end] = Link(queue, rng, delay_s)

        pairs = [(a, b) for a in MEMBERS for b in MEMBERS]
        between = [(a, b) for a, b in pairs if a != b]
        for path in PATHS:
            lay(path, [("A", "B"), ("B", "A")])
        lay(REQUEST, [(a, b) for a, b in pairs if a != WITNESS])
        lay(REPLY, [(a, b) for a, b in pairs if b != WITNESS])
        lay(PEER, between)
        lay(WATCH, [(a, b) for a, b in between if WITNESS in (a, b)])
        lay(REPORT, [(h, site) for h in HOSPITALS for site in SITES])
        lay(REACH, [(site, h) for h in HOSPITALS for site in SITES])

    def get(self, kind: str, start: str, end: str) -> Link:
        """One direction of one way."""
        return self._links[kind, start, end]

    def both_up(self, kind: str, one: str, other: str) -> bool:
        """Whether neither direction is cut."""
        links = self._links
        return not (links[kind, one, other].cut or links[kind, other, one].cut)

    def fibre(self, start: str, end: str) -> list[Link]:
        """What the fibre between the centres carries in one direction."""
        return [self._links[kind, start, end] for kind in (PathName.FIBRE, REQUEST, REPLY, PEER)]

    def health(self, start: str, end: str) -> list[Link]:
        """The second path of the heartbeats, in one direction."""
        return [self._links[PathName.HEALTH, start, end]]

    def line(self, start: str, end: str) -> list[Link]:
        """What the line between a centre and the witness's place carries in one direction."""
        back = REPLY if start == WITNESS else REQUEST
        return [self._links[kind, start, end] for kind in (back, PEER, WATCH)]

    def calls(self, site: str) -> list[Link]:
        """A centre's requests to the members elsewhere; the members hear each other."""
        return [self._links[REQUEST, site, member] for member in MEMBERS if member != site]

    def answers(self, site: str) -> list[Link]:
        """The members' answers to a centre, its own member's too."""
        return [self._links[REPLY, member, site] for member in MEMBERS]

    def access(self, site: str, hospitals: Iterable[str]) -> list[Link]:
        """Both directions between hospitals and a centre."""
        return [
            link
            for hospital in hospitals
            for link in (self._links[REPORT, hospital, site], self._links[REACH, site, hospital])
        ]

    def leaving(self, site: str) -> list[Link]:
        """Everything that leaves a centre."""
        return [
            link for (_, start, end), link in self._links.items() if start == site and start != end
        ]

    def entering(self, site: str) -> list[Link]:
        """Everything that comes to a centre."""
        return [
            link for (_, start, end), link in self._links.items() if end == site and start != end
        ]
