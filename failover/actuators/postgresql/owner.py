"""The other centre's server, as the one that is to be followed: asked over SQL by the rejoin role.

What that role needs is granted by `schema.install`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from failover.actuators.postgresql.history import (
    Fork,
    Peer,
    history_name,
    oldest_lsn,
    read_history,
)
from failover.actuators.postgresql.look import POSITION
from failover.actuators.postgresql.settings import Cluster
from failover.actuators.postgresql.sql import NotAnswered, Server
from failover.core.cells import Term

LOOK: LiteralString = (
    "SELECT pg_is_in_recovery(),"
    + POSITION
    + """,
    (SELECT ARRAY[generation, epoch] FROM telemed_failover.take
      ORDER BY generation DESC, epoch DESC LIMIT 1),
    pg_size_bytes(current_setting('wal_segment_size')),
    ARRAY(SELECT name FROM pg_ls_waldir())
FROM pg_control_system() AS system
"""
)
HISTORY: LiteralString = """
SELECT convert_from(pg_read_binary_file('pg_wal/' || %s, 0, 1048576, true), 'UTF8')
"""
SIZE: LiteralString = """
SELECT ((SELECT sum(pg_database_size(oid)) FROM pg_database)
      + (SELECT sum(size) FROM pg_ls_waldir()))::bigint
"""
SLOT: LiteralString = """
SELECT active, coalesce(wal_status, '') FROM pg_replication_slots WHERE slot_name = %s
"""
SLOTS_BOUNDED: LiteralString = "SELECT current_setting('max_slot_wal_keep_size') <> '-1'"
MAKE_SLOT: LiteralString = "SELECT pg_create_physical_replication_slot(%s, true)"
DROP_SLOT: LiteralString = "SELECT pg_drop_replication_slot(%s)"
LONG_S = 30.0  # of statements that a disk may hold up: in the background only


class NoOwner(Exception):
    """There is nobody to follow at the moment; in words for a person."""


@dataclass(frozen=True, slots=True)
class Found:
    """The owner as it was found."""

    peer: Peer
    term: Term


class Owner:
    """The other centre's server."""

    def __init__(self, cluster: Cluster) -> None:
        self._site = cluster.peer_site
        self._slot = cluster.slot_there
        called = f"PostgreSQL {cluster.name} in {cluster.peer_site}"
        self.server = Server(cluster.peer_conninfo, cluster.limits, called=called)

    async def find(self, term: Term) -> Found:
        """Looks; `term`: what the owner holds at least, or it is not the owner (yet).

        Raises:
            NoOwner: It does not answer, stands by itself, or has not taken the group.
        """
        try:
            recovering, system, timeline, _lsn, taken, segment_bytes, names = await self.server.one(
                LOOK
            )
            if recovering:
                raise NoOwner(f"{self._site} stands by too")
            if taken is None or Term(*taken) < term:
                raise NoOwner(f"{self._site} has not taken it for {term.generation}.{term.epoch}")
            left = await self._history(timeline)
        except NotAnswered as error:
            raise NoOwner(str(error)) from error
        oldest = oldest_lsn(names, segment_bytes)
        return Found(
            Peer(system=system, timeline=timeline, oldest_lsn=oldest, left=left), Term(*taken)
        )

    async def size_bytes(self) -> int:
        """What a base backup will take, or somewhat more. Raises NotAnswered."""
        ((size,),) = await self.server.ask(SIZE, limit_s=LONG_S)
        return int(size)

    async def checkpoint(self) -> None:
        """So that its control file tells of its promotion. Raises NotAnswered."""
        await self.server.ask("CHECKPOINT", limit_s=LONG_S)

    async def make_slot(self) -> None:
        """A slot that keeps the log for this centre from now on. Raises NotAnswered."""
        if await self.server.ask(SLOTS_BOUNDED) != [(True,)]:
            raise NotAnswered(
                f"{self._site} keeps logs without a bound (max_slot_wal_keep_size): no slot is made"
            )
        found = await self.server.ask(SLOT, (self._slot,))
        if found == [(False, "lost")]:
            await self.server.ask(DROP_SLOT, (self._slot,))
            found = []
        if not found:
            await self.server.ask(MAKE_SLOT, (self._slot,))

    async def close(self) -> None:
        """Ends the connection."""
        await self.server.close()

    async def _history(self, timeline: int) -> tuple[Fork, ...]:
        if timeline == 1:
            return ()
        ((text,),) = await self.server.ask(HISTORY, (history_name(timeline),))
        return read_history(text or "")
