"""A service's database, asked over a connection of its own that stays open.

Imported only where a node file asks one: psycopg comes with the extra `failover`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from psycopg.conninfo import make_conninfo

from failover.actuators.postgresql.settings import Limits
from failover.actuators.postgresql.sql import NotAnswered, Server
from failover.probes import SqlProbe


class DatabaseProbe:
    """`Probe` of a database; each try takes at most `timeout_s`, half of it to connect."""

    def __init__(self, keywords: Mapping[str, str], timeout_s: float) -> None:
        """`keywords`: libpq's, without secrets."""
        limits = replace(Limits(), connect_s=timeout_s / 2, statement_s=timeout_s / 2)
        self._server = Server(make_conninfo("", **keywords), limits, called="its database")
        self._probe = SqlProbe(self._ask, (NotAnswered,))

    async def attempt(self) -> str:
        """See `Probe.attempt`."""
        return await self._probe.attempt()

    async def close(self) -> None:
        """Ends the connection."""
        await self._server.close()

    async def _ask(self, statement: str) -> _Rows:
        return _Rows(await self._server.ask(statement.encode()))


class _Rows:
    """What was answered, as `SqlProbe` reads it."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows

    async def fetchone(self) -> Any:
        """The next row; None: there is none."""
        return self._rows.pop(0) if self._rows else None
