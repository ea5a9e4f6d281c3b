"""What a server says of itself, in one question: role, position, term, who follows whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from failover.actuators.postgresql.sql import Row, Server
from failover.core.cells import Position, Term

# A standby's timeline is nowhere said once its connection is lost: not by the control file, which
# is written later. The names of the log's own files do say it.
TIMELINE_HERE: LiteralString = """
CASE WHEN pg_is_in_recovery() THEN greatest(
    (SELECT received_tli FROM pg_stat_wal_receiver),
    (SELECT max(('x' || left(name, 8))::bit(32)::int) FROM pg_ls_waldir()
      WHERE name ~ '^[0-9A-F]{24}$'))
ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END
"""
POSITION: LiteralString = (
    """
    system.system_identifier::text AS system,
    """
    + TIMELINE_HERE
    + """ AS timeline,
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
          ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn)::bigint AS lsn
"""
)
LOOK: LiteralString = (
    """
SELECT pg_is_in_recovery(), current_setting('server_version_num')::int,"""
    + POSITION
    + """,
    (SELECT ARRAY[generation, epoch] FROM telemed_failover.take
      ORDER BY generation DESC, epoch DESC LIMIT 1),
    (SELECT status = 'streaming' FROM pg_stat_wal_receiver),
    (SELECT (latest_end_lsn - '0/0'::pg_lsn)::bigint FROM pg_stat_wal_receiver),
    (SELECT (max(flush_lsn) - '0/0'::pg_lsn)::bigint FROM pg_stat_replication
      WHERE application_name = %s AND state = 'streaming'),
    (SELECT bool_or(sync_state IN ('sync', 'quorum')) FROM pg_stat_replication
      WHERE application_name = %s),
    current_setting('synchronous_standby_names'),
    CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
    pg_postmaster_start_time()::text
FROM pg_control_system() AS system
"""
)
VERSION_MIN = 150000


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look showed."""

    recovering: bool  # a standby; False: a primary
    version: int
    position: Position  # applied by a standby, flushed by a primary
    term: Term | None  # the highest that was taken here, as far as this copy has come
    streaming: bool  # a standby: its owner sends
    sent_lsn: int | None  # a standby: how far the owner's log was when it last said so
    confirmed_lsn: int | None  # a primary: how far the other centre has it; None: does not stream
    synchronous: bool  # a primary: the other centre counts as synchronous standby
    rule: str  # synchronous_standby_names as in force; empty: writes wait for nobody
    paused: bool  # a standby whose replay somebody has paused
    started: str  # the server's own life

    @property
    def behind_bytes(self) -> int:
        """How far a standby that streams is behind; 0 where that is not known."""
        return max(0, (self.sent_lsn or 0) - self.position.lsn)


async def look(server: Server, peer_site: str) -> Sight:
    """Asks a server.

    Raises:
        NotAnswered: See `sql`.
    """
    return _sight(await server.one(LOOK, (peer_site, peer_site)))


def _sight(row: Row) -> Sight:
    (recovering, version, system, timeline, lsn, term, streaming, sent_lsn, *rest) = row
    confirmed_lsn, synchronous, rule, paused, started = rest
    return Sight(
        recovering=recovering,
        version=version,
        position=Position(system, timeline or 0, lsn or 0),
        term=None if term is None else Term(*term),
        streaming=bool(streaming),
        sent_lsn=sent_lsn,
        confirmed_lsn=confirmed_lsn,
        synchronous=bool(synchronous),
        rule=rule,
        paused=paused,
        started=started,
    )
