"""The other centre, as an agent sees it: it renews, speaks and promises as a test says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from failover.core.cells import (
    Content,
    Incarnation,
    OwnerCell,
    OwnerState,
    Position,
    SessionCell,
    Term,
    owner_key,
    session_key,
)
from failover.core.effects import Event, Heard, SendBeat
from failover.core.lease import wait_s
from failover.core.messages import PATHS, Beat, Echo, Promise
from failover.core.plan import Group, Lease, Plan
from tests.failover.core.healthy import LEASE, PROFILE


class Cells(Protocol):
    """What it needs of a register."""

    def write(self, key: str, content: Content | bytes) -> None: ...


@dataclass(frozen=True)
class Said:
    """What it adds to its beats."""

    asks: bool = False
    terms: tuple[tuple[str, Term], ...] = ()
    ready: tuple[tuple[str, Position | None], ...] = ()


class Peer:
    """Everything it does is a switch."""

    def __init__(self, plan: Plan, site: str, register: Cells) -> None:
        self.me = Incarnation(site, f"boot-of-{site}", f"life-of-{site}")
        self.plan = plan.hash
        self.lease: Lease = LEASE
        self.renews = True
        self.speaks = True
        self.hears = True
        self.promises = False
        self.besides: frozenset[str] = frozenset()
        self.said = Said()
        self.positions: tuple[tuple[str, Position], ...] = ()
        self.heard: list[tuple[float, Beat]] = []
        self.bound_s = 0.0  # until when it takes nothing, by the promises that it gave
        self._register = register
        self._sequence = 0
        self._nonce = 0
        self._renewed_s = float("-inf")
        self._echo: dict[str, Echo] = {}

    def turn(self, now_s: float) -> list[Event]:
        """What it does each beat."""
        self.begin(now_s)
        return self.speak() if self.speaks else []

    def begin(self, now_s: float) -> None:
        """Renew when it is time."""
        if self.renews and now_s >= self._renewed_s + PROFILE.renewal_s:
            self._renewed_s = now_s
            self.renew()

    def renew(self) -> None:
        """Write its session."""
        self._nonce += 1
        cell = SessionCell(self.me, self._nonce, self.lease, self.plan, self.positions)
        self._register.write(session_key(self.me.site), cell)

    def owns(
        self, group: Group, epoch: int = 1, state: OwnerState = OwnerState.OWNED, order: str = ""
    ) -> None:
        """Write its ownership of a group."""
        for instance in group.instances:
            cell = OwnerCell(Term(1, epoch), self.me, state, f"{instance} {epoch}", self.me, order)
            self._register.write(owner_key(instance), cell)

    def hear(self, sent: SendBeat, now_s: float) -> None:
        """A beat of the agent's, on one path: news only if its number is."""
        if self.hears:
            known = self.heard[-1][1].sequence if self.heard else 0
            if sent.beat.sequence > known:
                self.heard.append((now_s, sent.beat))
            self._echo[sent.path] = Echo(sent.beat.sender, sent.beat.sequence)

    def promise(self, to: Echo) -> Promise:
        """Its promise, which binds it from when it first heard that beat."""
        heard_s = [at_s for at_s, beat in self.heard if beat.sequence == to.sequence]
        self.bound_s = max(self.bound_s, *(at_s + wait_s(self.lease) for at_s in heard_s), 0.0)
        return Promise(to, self.lease, self.besides)

    def speak(self, promise: Promise | None = None) -> list[Event]:
        """Its beat, on both paths."""
        self._sequence += 1
        if promise is None and self.promises and self.heard and self.heard[-1][1].asks:
            newest = self.heard[-1][1]
            promise = self.promise(Echo(newest.sender, newest.sequence))
        return [
            Heard(
                path,
                Beat(
                    sender=self.me,
                    sequence=self._sequence,
                    plan=self.plan,
                    asks=self.said.asks,
                    terms=self.said.terms,
                    ready=self.said.ready,
                    echo=self._echo.get(path),
                    promise=promise,
                ),
            )
            for path in PATHS
        ]
