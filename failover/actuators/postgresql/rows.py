"""The rows of a divergent tail: what the journal here names and the owner's does not.

The owner kept, before it was promoted, the oldest transaction that was still open: every journal
row of an older one is on both sides, so only few have to be compared. A row's number counts within
its term, so a number that both sides used after the fork names two rows.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import LiteralString

from failover.actuators.postgresql.files import Files
from failover.actuators.postgresql.sql import Row, Server

FLOOR: LiteralString = """
SELECT floor_xid::text FROM telemed_failover.take WHERE timeline > %s ORDER BY timeline, taken_at
 LIMIT 1
"""
HERE: LiteralString = """
SELECT generation, epoch, number, written_at::text, relation, operation, key
  FROM telemed_failover.journal
 WHERE xid >= %s::xid8 AND (generation, epoch, number) > (%s, %s, %s)
 ORDER BY generation, epoch, number LIMIT %s
"""
THERE: LiteralString = """
SELECT generation, epoch, number FROM telemed_failover.journal
 WHERE (generation, epoch, number) IN (
   SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]))
"""
NAMES = ("generation", "epoch", "number", "written_at", "relation", "operation", "key")
BATCH = 500
ROWS_MAX = 1_000_000
QUERY_S = 30.0


async def list_rows(
    files: Files, here: Server, owner: Server, *, timeline: int, path: Path
) -> tuple[int, bool]:
    """Writes them to `path`, one JSON object a line; their number, and whether that is all.

    `timeline`: the last one that both share. Raises NotAnswered, and OSError.
    """
    floor = await owner.ask(FLOOR, (timeline,))
    number = 0
    files.write(path, "")
    with path.open("a", encoding="utf-8") as file:
        async for batch in _only_here(here, owner, floor[0][0] if floor else "0"):
            for row in batch[: ROWS_MAX - number]:
                named = dict(zip(NAMES, row, strict=True))
                file.write(json.dumps(named, ensure_ascii=False, sort_keys=True) + "\n")
            number += len(batch)
            if number > ROWS_MAX:
                return ROWS_MAX, False
    return number, True


async def _only_here(here: Server, owner: Server, floor: str) -> AsyncIterator[list[Row]]:
    last: Row = (-1, -1, -1)
    while True:
        found = await here.ask(HERE, (floor, *last, BATCH), limit_s=QUERY_S)
        if not found:
            return
        keys = [row[:3] for row in found]
        columns = [list(column) for column in zip(*keys, strict=True)]
        there = set(await owner.ask(THERE, columns, limit_s=QUERY_S))
        yield [row for row, key in zip(found, keys, strict=True) if key not in there]
        last = keys[-1]
