"""The register's client in an agent's process: own member first, then the others, the same value.

Source: design §6: a try has 150 ms, the second goes out after 100 ms, all repeat one value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from failover.core.effects import Answered, Event, Looked
from failover.core.transaction import Outcome, Transaction, Unknown
from failover.simulator.clock import Queue
from failover.simulator.links import MEMBERS, REPLY, REQUEST, WITNESS, Links
from failover.simulator.register import Register

HEDGE_S = 0.1
TRY_S = 0.15
FROZEN_S = 0.05
NO_ANSWER_S = 0.3
_ORDER = {"A": ("A", WITNESS, "B"), "B": ("B", WITNESS, "A")}


class Caller(Protocol):
    """The process that asks."""

    @property
    def site(self) -> str:
        """Where it runs."""
        ...

    @property
    def lives(self) -> int:
        """Which life it is in: what an earlier one asked is not answered."""
        ...

    @property
    def frozen(self) -> int:
        """Whether it stands still."""
        ...

    def deliver(self, event: Event) -> None:
        """Take an event in."""


class Flight:
    """One commit on its way."""

    __slots__ = ("caller", "deadline_s", "done", "life", "request", "submitted", "transaction",
                 "tries")  # fmt: skip

    def __init__(self, caller: Caller, request: int, transaction: Transaction) -> None:
        self.caller = caller
        self.life = caller.lives
        self.request = request
        self.transaction = transaction
        self.deadline_s = 0.0
        self.submitted = 0  # the caller's count of effects
        self.tries = 0
        self.done = False


class Client:
    """Carries commits and looks to the members, and their answers back."""

    def __init__(self, queue: Queue, links: Links, register: Register) -> None:
        self._queue = queue
        self._links = links
        self._register = register
        self.answered: Callable[[Flight, Outcome], None] = lambda _flight, _outcome: None

    def commit(self, flight: Flight, timeout_s: float) -> None:
        """Submit; the caller hears once, after at most the timeout."""
        flight.deadline_s = self._queue.now_s + timeout_s
        self._try(flight)

    def look(self, caller: Caller) -> None:
        """Read from the nearest member that answers; the caller hears once."""
        now_s, life = self._queue.now_s, caller.lives
        for hedged, member in enumerate(_ORDER[caller.site]):
            out_s = self._links.get(REQUEST, caller.site, member).delay()
            back_s = self._links.get(REPLY, member, caller.site).delay()
            view = self._register.view(member)
            if out_s is not None and back_s is not None and view is not None:
                at_s = now_s + hedged * HEDGE_S + out_s + back_s
                self._queue.at(at_s, self._looked, caller, life, Looked(view))
                return
        self._queue.at(now_s + NO_ANSWER_S, self._looked, caller, life, Looked(None))

    def _looked(self, caller: Caller, life: int, event: Looked) -> None:
        if caller.lives == life:
            caller.deliver(event)

    def _try(self, flight: Flight) -> None:
        caller, now_s = flight.caller, self._queue.now_s
        if flight.done or caller.lives != flight.life:
            return
        if now_s >= flight.deadline_s:
            self._answer(flight, Unknown("no answer in time"))
            return
        if caller.frozen:
            self._queue.at(now_s + FROZEN_S, self._try, flight)
            return
        member = _ORDER[caller.site][flight.tries % len(MEMBERS)]
        next_s = min(now_s + (TRY_S if flight.tries else HEDGE_S), flight.deadline_s)
        flight.tries += 1
        link = self._links.get(REQUEST, caller.site, member)
        delay_s = link.delay()
        if delay_s is not None and now_s + delay_s < next_s:
            self._queue.at(now_s + delay_s, self._arrive, flight, member, next_s)
            return
        if delay_s is not None:
            self._queue.at(now_s + delay_s, self._arrive, flight, member, None)
        self._queue.at(next_s, self._try, flight)

    def _arrive(self, flight: Flight, member: str, next_s: float | None) -> None:
        """The try is at the member; `next_s`: when the next goes out if nothing comes back."""
        outcome = self._register.receive(member, flight.transaction)
        delay_s = self._links.get(REPLY, member, flight.caller.site).delay()
        if outcome is not None and delay_s is not None:
            arrives_s = self._queue.now_s + delay_s
            self._queue.at(arrives_s, self._answer, flight, outcome)
            if next_s is None or arrives_s < next_s:
                return
        if next_s is not None:
            self._queue.at(next_s, self._try, flight)

    def _answer(self, flight: Flight, outcome: Outcome) -> None:
        if flight.done or flight.caller.lives != flight.life:
            return
        flight.done = True
        self.answered(flight, outcome)
        flight.caller.deliver(Answered(flight.request, outcome))
