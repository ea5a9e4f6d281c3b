"""Statements to one PostgreSQL server, each bounded in time on both ends.

    NotAnswered          it could not be asked, or said no; in words for a person
        NotInstalled     the server is there, and the product's own tables are not

A server that is frozen runs no timeout of its own, and a driver that cancels politely waits for it.
So when the time is up the connection's socket is shut down, which ends the wait at once; the next
statement connects anew. Nothing of psycopg's leaves this module.
"""

from __future__ import annotations

import asyncio
import os
import select
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.conninfo import make_conninfo

from failover.actuators.postgresql.settings import Limits

Row = tuple[Any, ...]
Query = LiteralString | bytes
SET_BOUND: LiteralString = "SELECT set_config('statement_timeout', %s, false)"
GIVE_UP_S = 1.0  # for a wait to end whose socket has been shut
NOT_INSTALLED = (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName)
WORDS_MAX = 300


class NotAnswered(Exception):
    """A server could not be asked, or refused. `code`: the SQLSTATE, if it said one."""

    def __init__(self, words: str, code: str = "") -> None:
        super().__init__(words)
        self.code = code


class NotInstalled(NotAnswered):
    """The tables or functions of `schema.install` are missing."""


class Server:
    """One server, asked over one connection that stays open. One statement at a time."""

    def __init__(self, conninfo: str, limits: Limits, *, called: str) -> None:
        """`called`: for words to a person. No commit here ever waits for the other centre."""
        self._called = called
        self._limits = limits
        self._conninfo = make_conninfo(
            conninfo,
            application_name="telemed-failover",
            gssencmode="disable",  # one exchange less, and no ticket needed to take over
            connect_timeout=str(max(2, round(limits.connect_s))),
            options=_options(limits),
        )
        self._connection: AsyncConnection[Row] | None = None
        self._bound_s = 0.0  # what the server ends a statement after, in this session
        self._turn = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether a connection stands. One on which the server has spoken unasked has ended."""
        connection = self._connection
        return connection is not None and not connection.closed and not _spoken(connection)

    async def ask(
        self,
        query: Query,
        values: Sequence[object] = (),
        *,
        limit_s: float | None = None,
        connect: bool = True,
    ) -> list[Row]:
        """All rows of a statement; it may connect first, if told so. It is not tried twice.

        Bytes may be several statements, which are one transaction.

        Raises:
            NotAnswered: No connection, no answer within the limit, or an error of the server.
        """
        limit_s = self._limits.statement_s if limit_s is None else limit_s
        async with self._turn:
            connection = await self._connected(connect=connect)
            asking = asyncio.create_task(self._rows(connection, query, values, limit_s))
            try:
                done, _ = await asyncio.wait([asking], timeout=limit_s)
            except asyncio.CancelledError:
                await self._abandon(asking)
                raise
            if not done:
                await self._abandon(asking)
                raise NotAnswered(f"{self._called} gives no answer within {limit_s:g} s")
            try:
                return asking.result()
            except NOT_INSTALLED as error:
                raise NotInstalled(_not_installed(self._called, error)) from error
            except psycopg.Error as error:
                raise await self._failed(error) from error

    async def one(
        self, query: Query, values: Sequence[object] = (), *, limit_s: float | None = None
    ) -> Row:
        """The only row. See `ask`."""
        (row,) = await self.ask(query, values, limit_s=limit_s)
        return row

    async def close(self) -> None:
        """Ends the connection, without ceremony."""
        connection, self._connection = self._connection, None
        if connection is not None:
            _shut(connection)
            with suppress(psycopg.Error, TimeoutError):
                async with asyncio.timeout(GIVE_UP_S):
                    await connection.close()

    async def _connected(self, *, connect: bool) -> AsyncConnection[Row]:
        if self._connection is not None and self.connected:
            return self._connection
        await self.close()
        if not connect:
            raise NotAnswered(f"{self._called}: the connection has ended")
        try:
            async with asyncio.timeout(self._limits.connect_s):
                self._bound_s = self._limits.statement_s
                self._connection = await AsyncConnection.connect(self._conninfo, autocommit=True)
        except TimeoutError as error:
            words = f"{self._called} takes no connection within {self._limits.connect_s:g} s"
            raise NotAnswered(words) from error
        except psycopg.Error as error:
            raise NotAnswered(f"{self._called}: {_words(error)}", error.sqlstate or "") from error
        except OSError as error:
            raise NotAnswered(f"{self._called}: {error}") from error
        return self._connection

    async def _rows(
        self,
        connection: AsyncConnection[Row],
        query: Query,
        values: Sequence[object],
        limit_s: float,
    ) -> list[Row]:
        if limit_s != self._bound_s:
            await connection.execute(SET_BOUND, [f"{limit_s * 1000:.0f}"])
            self._bound_s = limit_s
        cursor = await connection.execute(query, values or None)
        return await cursor.fetchall() if cursor.description else []

    async def _failed(self, error: psycopg.Error) -> NotAnswered:
        if error.sqlstate is None or (self._connection is not None and self._connection.closed):
            await self.close()
        return NotAnswered(f"{self._called}: {_words(error)}", error.sqlstate or "")

    async def _abandon(self, asking: asyncio.Task[list[Row]]) -> None:
        if self._connection is not None:
            _shut(self._connection)
        await asyncio.wait([asking], timeout=GIVE_UP_S)
        if not asking.done():
            asking.cancel()
        elif not asking.cancelled():
            asking.exception()  # seen: nobody else looks
        await self.close()


def _options(limits: Limits) -> str:
    """Settings of the session, which the server holds to even if this process dies."""
    settings = {
        "statement_timeout": f"{limits.statement_s * 1000:.0f}",
        "lock_timeout": f"{limits.statement_s * 1000:.0f}",
        "idle_in_transaction_session_timeout": "10000",
        "synchronous_commit": "local",
        "search_path": "pg_catalog",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _shut(connection: AsyncConnection[Row]) -> None:
    """Ends every wait on the socket at once, whoever waits; the file itself is libpq's to close."""
    with suppress(OSError, psycopg.Error):
        handle = os.dup(connection.fileno())
        with socket.socket(fileno=handle) as line:
            line.shutdown(socket.SHUT_RDWR)


def _spoken(connection: AsyncConnection[Row]) -> bool:
    """Between two statements a server says nothing but that it ends, or that settings changed."""
    try:
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN)
        return bool(line.poll(0))
    except (OSError, psycopg.Error):
        return True


def _words(error: psycopg.Error) -> str:
    """The first line of what the server or the driver says; never more than a sentence."""
    lines = (error.diag.message_primary or str(error) or type(error).__name__).strip().splitlines()
    return lines[0][:WORDS_MAX]


def _not_installed(called: str, error: psycopg.Error) -> str:
    return f"{called}: {_words(error)}; run the installation of `telemed_failover` in this database"
