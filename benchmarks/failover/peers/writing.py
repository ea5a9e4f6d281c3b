"""Clients that write a row each 20 ms, and note when it was acknowledged.

One tries each centre's PostgreSQL from the hospital; another, within a centre, goes on where the
network no longer reaches. Times are those of `time.monotonic()`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from threading import Event, Thread
from time import monotonic
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from failover.laboratory.network import inside

EVERY_S = 0.02
TABLE = "CREATE TABLE IF NOT EXISTS written (writer text, number int)"
WRITE = "INSERT INTO written VALUES (%s, %s)"
ROWS = "SELECT number FROM written WHERE writer = %s"


class Writer:
    """One client of one centre, from entering to leaving."""

    def __init__(self, name: str, space: str, where: Mapping[str, str]) -> None:
        self.name = name
        self.acknowledged: list[tuple[float, int]] = []  # when, and the row's number
        self._space, self._where = space, where
        self._number = 0
        self._stop = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def since(self, moment_s: float) -> list[float]:
        """When writes were acknowledged since a moment."""
        return [at_s for at_s, _ in tuple(self.acknowledged) if at_s >= moment_s]

    def _run(self) -> None:
        with inside(self._space):
            while not self._stop.wait(EVERY_S):
                with suppress(psycopg.Error), connect(self._where) as connection:
                    self._write(connection)

    def _write(self, connection: psycopg.Connection[Any]) -> None:
        """Until the connection breaks; a standby refuses each time and is asked again."""
        due_s = monotonic()
        while not self._stop.wait(max(0.0, due_s - monotonic())):
            due_s = max(due_s + EVERY_S, monotonic())
            self._number += 1
            with suppress(psycopg.errors.ReadOnlySqlTransaction):
                connection.execute(WRITE, (self.name, self._number))
                self.acknowledged.append((monotonic(), self._number))


@contextmanager
def writing(*writers: Writer) -> Iterator[None]:
    """All of them at once."""
    with ExitStack() as stack:
        for each in writers:
            stack.enter_context(each)
        yield


def connect(where: Mapping[str, str]) -> psycopg.Connection[Any]:
    """A connection from where this thread is. What the network swallows breaks it after 1 s."""
    words = make_conninfo(
        **where, user="postgres", dbname="postgres", connect_timeout="2", tcp_user_timeout="1000",
        gssencmode="disable", sslmode="disable",
    )  # fmt: skip
    return psycopg.connect(words, autocommit=True)


def longest_gap_s(writers: tuple[Writer, ...], since_s: float, until_s: float) -> float:
    """The longest time in which none of them had a write acknowledged."""
    found = sorted(at_s for each in writers for at_s in each.since(since_s) if at_s <= until_s)
    return max(later - earlier for earlier, later in pairwise([since_s, *found, until_s]))
