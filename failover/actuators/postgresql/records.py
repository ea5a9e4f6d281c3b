"""What records a server has: whose, of what moment, how many, and by digest whether two are equal.

All of one reading is one snapshot. The role that asks sees counts and digests, and no row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import LiteralString

from failover.actuators.postgresql.sql import NotAnswered, Server

# Before the snapshot: what the log said until then is in it.
HERE: LiteralString = """
SELECT pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
    ELSE pg_current_wal_flush_lsn() END::text
"""
BEGIN: LiteralString = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
END: LiteralString = "ROLLBACK"
AS_OF: LiteralString = """
SELECT site, generation, epoch, extract(epoch FROM at)::double precision, age_s, label
  FROM telemed_failover.as_of()
"""
TABLES: LiteralString = """
SELECT pg_class.oid::bigint, format('%I.%I', nspname, relname), EXISTS (
           SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'telemed_statement'
              AND tgenabled IN ('O', 'A'))
  FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace
 WHERE relkind = 'r' AND relpersistence = 'p' AND nspname !~ '^(pg_|information_schema$)'
   AND nspname <> 'telemed_failover'
 ORDER BY 2
"""
DIGEST: LiteralString = "SELECT number, digest FROM telemed_failover.digest(%s::oid::regclass, %s)"
# The log may be written to the middle of a record, which a copy reaches only when the rest follows.
# So the owner commits one of its own, with the prefix that marks a tail as holding nothing.
MARK: LiteralString = """
SELECT set_config('synchronous_commit', 'local', true),
       pg_logical_emit_message(true, 'telemed.pulse', '')::text
"""
REACHED: LiteralString = """
SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= %s::pg_lsn
"""
CATCH_UP_S = 10.0
POLL_S = 0.05
TRIES = 3
AGAIN_S = 1.0  # longer than a commit that waits for no disk is seen before it is sent
CONFLICT = "40001"


class NotCompared(Exception):
    """Why two servers' records cannot be compared; in words for a person."""


class Equality(Enum):
    """What two servers' digests of a table say."""

    EQUAL = "equal"
    DIFFERS = "differs"
    WRITTEN = "written meanwhile"  # each time, while it was read


@dataclass(frozen=True, slots=True)
class Table:
    """One table in a snapshot."""

    rows: int
    digest: str | None  # 32 letters; None: not asked for
    guarded: bool  # under the check of the lease


@dataclass(frozen=True, slots=True)
class Records:
    """One server's, in one snapshot."""

    is_copy: bool
    owner: str | None  # None: no pulse has come, and nobody has taken it
    term: tuple[int, int] | None
    at_s: float | None  # by the owner's clock, since 1970
    age_s: float | None  # at most; by the clock here. None: not known
    label: str
    lsn: str  # all that the log said until there is in it
    tables: Mapping[str, Table]


async def read(
    server: Server, *, hashed: bool, limit_s: float, only: Collection[str] | None = None
) -> Records:
    """Reads; `limit_s`: for each table. `only`: of these tables.

    Raises:
        NotAnswered: See `sql`. The copy ends a reader that would hold its log up for long.
    """
    is_copy, lsn = await server.one(HERE)
    await server.ask(BEGIN)
    try:
        owner, generation, epoch, at_s, age_s, label = await server.one(AS_OF)
        tables = {}
        for oid, name, guarded in await server.ask(TABLES):
            if only is None or name in only:
                rows, digest = await server.one(DIGEST, (oid, hashed), limit_s=limit_s)
                tables[name] = Table(rows, digest, guarded)
        await server.ask(END)
    except NotAnswered:
        await server.close()  # and with it the transaction
        raise
    term = None if generation is None else (generation, epoch)
    return Records(is_copy, owner, term, at_s, age_s, label, lsn, tables)


async def compare(one: Server, other: Server, *, limit_s: float) -> Mapping[str, Equality]:
    """Whether an owner and its copy, in whichever order, have the same rows; by table.

    The owner is read before the copy and, where they differ, after it: what was not written to in
    between has to be the same in both. What is not equal is read again.

    Raises:
        NotCompared: There is not one owner and one copy, or the copy does not catch up.
        NotAnswered: See `read`.
    """
    owner, copy = await _roles(one, other)
    found = await _compared(owner, copy, None, limit_s)
    for _ in range(TRIES - 1):
        unlike = {name for name, each in found.items() if each is not Equality.EQUAL}
        if not unlike:
            break
        await asyncio.sleep(AGAIN_S)
        found |= await _compared(owner, copy, unlike, limit_s)
    return dict(sorted(found.items()))


async def _compared(
    owner: Server, copy: Server, only: Collection[str] | None, limit_s: float
) -> dict[str, Equality]:
    before = (await read(owner, hashed=True, limit_s=limit_s, only=only)).tables
    await _caught_up(owner, copy)
    theirs = (await read(copy, hashed=True, limit_s=limit_s, only=only)).tables
    names = before.keys() | theirs.keys() | set(only or ())
    unlike = {name for name in names if before.get(name) != theirs.get(name)}
    after = before
    if unlike:
        after = (await read(owner, hashed=True, limit_s=limit_s, only=unlike)).tables
    found = dict.fromkeys(names, Equality.EQUAL)
    for name in unlike:
        if before.get(name) == after.get(name):
            found[name] = Equality.DIFFERS
        elif theirs.get(name) != after.get(name):
            found[name] = Equality.WRITTEN
    return found


async def _roles(one: Server, other: Server) -> tuple[Server, Server]:
    ((one_copies, _),) = await one.ask(HERE)
    ((other_copies, _),) = await other.ask(HERE)
    if one_copies == other_copies:
        words = "both are copies, nobody owns them" if one_copies else "neither follows the other"
        raise NotCompared(words)
    return (other, one) if one_copies else (one, other)


async def _caught_up(owner: Server, copy: Server) -> None:
    """The copy has all that the owner's last reading saw."""
    ((_, lsn),) = await owner.ask(MARK)
    try:
        async with asyncio.timeout(CATCH_UP_S):
            while await copy.ask(REACHED, (lsn,)) != [(True,)]:
                await asyncio.sleep(POLL_S)
    except TimeoutError as error:
        raise NotCompared(f"the copy has not come to {lsn} within {CATCH_UP_S:g} s") from error
