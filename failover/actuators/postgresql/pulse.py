"""Writes the pulse of one database: by which a copy in the other centre knows how old it is.

On a connection of its own, after a lease row has been written: a disk that hangs holds up the
pulse, and no renewal. The database itself refuses a pulse without a good lease.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import LiteralString

from failover.actuators.port import DONE, Result, not_done
from failover.actuators.postgresql.settings import Limits
from failover.actuators.postgresql.sql import NotAnswered, Server
from failover.actuators.postgresql.wish import Wish

PULSE: LiteralString = "SELECT telemed_failover.pulse(%s, %s, %s)"
PULSE_S = 1.0  # between two of them, at least


class PulseWriter:
    """One pulse for each lease row that was written, at most one in `every_s`."""

    def __init__(
        self,
        conninfo: str,
        limits: Limits,
        told: Callable[[Result], None],
        *,
        every_s: float = PULSE_S,
    ) -> None:
        """`told`: called on the loop after each try."""
        self._server = Server(conninfo, limits, called="PostgreSQL (pulse)")
        self._told = told
        self._every_s = every_s
        self._wish: Wish | None = None
        self._wished = asyncio.Event()

    def written(self, wish: Wish | None) -> None:
        """The lease row that was written last; None, or one that has ended: none. Never waits."""
        self._wish = wish if wish is not None and wish.length_s > 0 else None
        if self._wish is not None:
            self._wished.set()

    async def run(self) -> None:
        """Writes a pulse after a row, until it is cancelled."""
        try:
            while True:
                await self._wished.wait()
                self._wished.clear()
                if self._wish is not None:
                    self._told(await self._write(self._wish))
                    await asyncio.sleep(self._every_s)
        finally:
            await self._server.close()

    async def _write(self, wish: Wish) -> Result:
        try:
            await self._server.ask(PULSE, (list(wish.instances), *wish.term))
        except NotAnswered as error:
            return not_done(str(error))
        return DONE
