"""Writes the lease rows of one database, on a task and a connection of its own.

The deadline is never computed from "now": it is the moment before the renewal was first sent, plus
the lease, told in the clock of the database's machine. So whoever is frozen, and wherever, this
process, the server or the network between them, a write that arrives late grants nothing more.

The two machines' clocks are brought together by each answer: the server read its clock at some
moment between question and answer, and the later end of that is assumed. What is lost is the time
of one exchange; what could be won by a faster clock is taken off as drift.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import CLOCK_BOOTTIME, clock_gettime
from typing import LiteralString, NamedTuple

from failover.actuators.port import DONE, Result, not_done
from failover.actuators.postgresql.settings import Limits
from failover.actuators.postgresql.sql import NotAnswered, Server
from failover.actuators.postgresql.wish import Wish

READ_CLOCK: LiteralString = "SELECT telemed_failover.boot_clock_s()"
RENEW: LiteralString = "SELECT telemed_failover.renew(%s, %s, %s, %s, %s, %s)"
SYNC_AGE_S_MAX = 10.0  # clocks that were compared longer ago are compared anew
DRIFT = 0.01
AGAIN_S = 0.1  # after a write that failed, before the same one is tried again


def boot_clock_s() -> float:
    """The machine's boot clock, in seconds; the one that agents measure leases by."""
    return clock_gettime(CLOCK_BOOTTIME)


class _Sync(NamedTuple):
    """One reading of the server's clock: it showed `there_s` at `here_s` here, or before."""

    there_s: float
    here_s: float


class LeaseWriter:
    """Keeps one database's lease rows as they were last wished.

    `put` never waits, and forgets an older wish that has not been sent. `told` is called on the
    loop after each write, done or not. A write that fails is tried again as long as its lease runs.
    """

    def __init__(
        self,
        conninfo: str,
        limits: Limits,
        told: Callable[[Wish, Result], None],
        *,
        clock: Callable[[], float] = boot_clock_s,
    ) -> None:
        self._server = Server(conninfo, limits, called="PostgreSQL (lease)")
        self._told = told
        self._clock = clock
        self._wish: Wish | None = None
        self._wished = asyncio.Event()
        self._number = 0
        self._sync: _Sync | None = None

    def put(self, wish: Wish | None) -> None:
        """Wishes; the newest counts. None: nothing is wished any more. Never waits."""
        self._wish = wish
        self._wished.set()

    async def run(self) -> None:
        """Writes what is wished, until it is cancelled."""
        try:
            while True:
                await self._wished.wait()
                self._wished.clear()
                wish = self._wish
                if wish is None:
                    continue
                result = await self._write(wish)
                self._told(wish, result)
                if not result.done and self._wish is wish and self._worth_another_try(wish):
                    await asyncio.sleep(AGAIN_S)
                    self._wished.set()
        finally:
            await self._server.close()

    def _worth_another_try(self, wish: Wish) -> bool:
        """An end always is: until it is known, somebody may still be writing."""
        return wish.length_s == 0 or self._clock() < wish.begun_s + wish.length_s

    async def _write(self, wish: Wish) -> Result:
        try:
            sync = await self._synced()
            left_s = wish.begun_s + wish.length_s - sync.here_s
            until_s = sync.there_s + left_s - DRIFT * abs(left_s) if wish.length_s else 0.0
            # Grows over the life of this object too; with a reboot comes a higher term.
            self._number = max(self._number + 1, int(self._clock() * 1_000_000))
            values = (list(wish.instances), *wish.term, self._number, until_s, wish.length_s)
            ((there_s,),) = await self._server.ask(RENEW, values, connect=False)
        except NotAnswered as error:
            return not_done(str(error))
        if there_s is None:
            return not_done("the database has a newer renewal of this term")
        self._sync = _Sync(there_s, self._clock())
        if wish.length_s and self._clock() >= wish.begun_s + wish.length_s:
            return not_done("written too late: the lease is over")
        return DONE

    async def _synced(self) -> _Sync:
        """Clocks compared on this very connection: it does not survive the server's restart."""
        sync = self._sync
        young = sync is not None and self._clock() < sync.here_s + SYNC_AGE_S_MAX
        if sync is None or not young or not self._server.connected:
            await self._server.close()
            ((there_s,),) = await self._server.ask(READ_CLOCK)
            sync = self._sync = _Sync(there_s, self._clock())
        return sync
