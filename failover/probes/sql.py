"""A statement that a database must answer. The connection is the caller's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from failover.probes.attempt import words

STATEMENT = "SELECT 1"


class Cursor(Protocol):
    """What `execute` gives, as psycopg's asynchronous cursor does."""

    async def fetchone(self) -> Any:
        """The next row; None: there is none."""
        ...


Execute = Callable[[str], Awaitable[Cursor]]


class SqlProbe:
    """Asks `SELECT 1`.

    `execute` is like `AsyncConnection.execute` of psycopg 3, on a connection with autocommit; it
    may open one first. `failures` are the library's errors (`psycopg.Error`), which are failures of
    the service; any other error is one of the program, and comes through.
    """

    def __init__(self, execute: Execute, failures: tuple[type[Exception], ...]) -> None:
        self._execute = execute
        self._failures: tuple[type[Exception], ...] = (OSError, *failures)

    async def attempt(self) -> str:
        """Why it did not answer; empty: it did."""
        try:
            cursor = await self._execute(STATEMENT)
            row = await cursor.fetchone()
        except self._failures as error:
            return words(error)
        return "" if row is not None and tuple(row) == (1,) else f"an answer without sense: {row}"
