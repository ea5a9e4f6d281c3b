"""The register in one SQLite file: for tests, and where everything stands on one host.

    Unusable        the file is no register, or none that this program may use (place and mend)

It is no register for two hosts: a file that is shared over a network has no locks to trust, and a
site that is lost takes the file with it. `refuse_unless_one_host` says so to the caller.

A commit is on the disk when it is answered (WAL, synchronous FULL). Work that comes back too late
is `Unknown`: it may have been written. Source: sqlite.org/wal.html, pragma.html, rescode.html.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TypeVar

from failover.core.transaction import (
    ABSENT,
    Cell,
    Committed,
    Outcome,
    Transaction,
    Unknown,
    readable,
    settled,
)

APPLICATION_ID = 0x54524547  # "TREG"
SCHEMA_VERSION = 1
# The counter is of its own, not the cells' highest revision: it must not go back with a lost row.
SCHEMA = f"""
CREATE TABLE cells (
    key TEXT PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE counter (
    one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL
) STRICT;
INSERT INTO counter VALUES (1, 0);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION}
"""
OPEN_S_MAX = 20.0
# What a person can do about an error of SQLite, by its primary code.
MENDS = {
    sqlite3.SQLITE_BUSY: "see who else holds the file, or try again",
    sqlite3.SQLITE_CANTOPEN: "name a file in a directory that may be written to",
    sqlite3.SQLITE_CORRUPT: "keep the file for those who look into it, and name a new one",
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_NOTADB: "name another file: this one is something else",
    sqlite3.SQLITE_READONLY: "let this user write to the file and its directory",
}
# Workers that a dead disk holds: more of them would only wait beside.
WORKERS_MAX = 4

ResultT = TypeVar("ResultT")


class Unusable(Exception):
    """A register that must not be used: where, why, and what a person can do."""

    def __init__(self, place: str, problem: str, mend: str) -> None:
        super().__init__(f"{place}: {problem}\nhint: {mend}")
        self.place = place
        self.problem = problem
        self.mend = mend


def refuse_unless_one_host(hosts: Sequence[str]) -> None:
    """Lets a plan have this register only if all of its sites are on the same host.

    Raises:
        Unusable: They are not.
    """
    several = sorted(set(hosts))
    if len(several) != 1:
        raise Unusable(
            "plan: register: sqlite",
            f"the sites are on {len(several)} hosts ({', '.join(several) or 'none'}), "
            "and a file lies on one of them",
            "use the etcd register, with members in both data centres and at the witness",
        )


class SqliteRegister:
    """`Register` on a file that `open` has made or recognised."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._identity = _identity(path)
        self._idle = [connection]
        self._lock = Lock()  # of the list and the flag: workers give connections back
        self._working = 0
        self._closed = False

    @classmethod
    def open(cls, path: Path) -> SqliteRegister:
        """Makes the file, or checks the one that is there; waits at most `OPEN_S_MAX` for others.

        Raises:
            Unusable: Not a register, a newer one, readable for others, or no room to make it.
        """
        try:
            _make_private(path)
            connection = _connect(path, OPEN_S_MAX)
            try:
                _recognise(connection, path)
                return cls(path, connection)
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise Unusable(str(path), str(error), _mend(error)) from error
        except OSError as error:
            words = error.strerror or str(error)
            raise Unusable(str(path), words, MENDS[sqlite3.SQLITE_CANTOPEN]) from error

    async def commit(self, transaction: Transaction, *, timeout_s: float) -> Outcome:
        """See `Register.commit`."""

        def work(connection: sqlite3.Connection) -> Outcome:
            return _commit(connection, transaction)

        return await self._in_thread(work, timeout_s)

    async def look(self, keys: Collection[str], *, timeout_s: float) -> Mapping[str, Cell] | None:
        """See `Register.look`. Here it is as good as `read`."""
        return await self.read(keys, timeout_s=timeout_s)

    async def read(self, keys: Collection[str], *, timeout_s: float) -> Mapping[str, Cell] | None:
        """See `Register.read`."""
        wanted = readable(keys)

        def work(connection: sqlite3.Connection) -> Mapping[str, Cell]:
            return _cells(connection, wanted)

        cells = await self._in_thread(work, timeout_s)
        return None if isinstance(cells, Unknown) else cells

    async def close(self) -> None:
        """Lets go of the file; work under way ends by itself."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    async def _in_thread(
        self, work: Callable[[sqlite3.Connection], ResultT], timeout_s: float
    ) -> ResultT | Unknown:
        if self._closed:
            return Unknown("closed")
        if self._working >= WORKERS_MAX:
            return Unknown(f"{WORKERS_MAX} earlier calls still wait for the disk")
        deadline = monotonic() + timeout_s
        self._working += 1
        task = asyncio.create_task(asyncio.to_thread(self._run, work, deadline))
        task.add_done_callback(self._worker_ended)
        done, _ = await asyncio.wait([task], timeout=timeout_s)
        if not done:
            return Unknown(f"no answer of {self._path} in {timeout_s:g} s")
        return task.result()

    def _worker_ended(self, _task: asyncio.Task[ResultT | Unknown]) -> None:
        self._working -= 1

    def _run(
        self, work: Callable[[sqlite3.Connection], ResultT], deadline: float
    ) -> ResultT | Unknown:
        """In the worker. What starts late is not begun."""
        try:
            with self._connection(deadline) as connection:
                return work(connection)
        except TimeoutError:
            return Unknown("begun too late, so not done")
        except (sqlite3.Error, OSError) as error:
            return Unknown(f"{self._path}: {error}")

    @contextmanager
    def _connection(self, deadline: float) -> Iterator[sqlite3.Connection]:
        """A connection that waits for others until the deadline; kept unless something failed."""
        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        if _identity(self._path) != self._identity:
            raise OSError("another file lies in the place of the register")
        connection = self._take() or _connect(self._path, left)
        fine = False
        try:
            connection.execute(f"PRAGMA busy_timeout = {int(left * 1000)}")
            yield connection
            fine = True
        finally:
            if not (fine and self._keep(connection)):
                connection.close()

    def _take(self) -> sqlite3.Connection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _keep(self, connection: sqlite3.Connection) -> bool:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
            return not self._closed


def _commit(connection: sqlite3.Connection, transaction: Transaction) -> Outcome:
    connection.execute("BEGIN IMMEDIATE")
    cells = _cells(connection, transaction.keys)
    if any(cells[one.key].revision != one.revision for one in transaction.compares):
        connection.execute("ROLLBACK")
        return settled(transaction, cells)
    ((revision,),) = connection.execute(
        "UPDATE counter SET revision = revision + 1 RETURNING revision"
    ).fetchall()
    connection.executemany(
        "INSERT INTO cells VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
        " SET value = excluded.value, revision = excluded.revision",
        [(put.key, put.value, revision) for put in transaction.puts],
    )
    connection.execute("COMMIT")
    return Committed(revision)


def _cells(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Cell]:
    marks = ", ".join("?" * len(keys))
    rows = connection.execute(
        f"SELECT key, value, revision FROM cells WHERE key IN ({marks})", keys
    ).fetchall()
    return dict.fromkeys(keys, ABSENT) | {
        key: Cell(value, revision) for key, value, revision in rows
    }


def _identity(path: Path) -> tuple[int, int]:
    """The file itself, whatever its name: one that was put in its place is another register."""
    found = path.stat()
    return found.st_dev, found.st_ino


def _make_private(path: Path) -> None:
    """An empty file if there is none; SQLite gives the files beside it the same rights."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        rights = stat.S_IMODE(os.fstat(handle).st_mode)
    finally:
        os.close(handle)
    if rights & 0o077:
        raise Unusable(
            str(path), f"its mode is {rights:04o}: others may read it", f"chmod 600 {path}"
        )


def _connect(path: Path, wait_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=wait_s,
        isolation_level=None,  # transactions begin and end where the code says so
        check_same_thread=False,  # one worker at a time: a connection is idle or somebody's
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _recognise(connection: sqlite3.Connection, path: Path) -> None:
    """Makes the tables in an empty file, or finds them.

    Raises:
        Unusable: The file belongs to another program, or to a later version of this one.
    """
    connection.execute("BEGIN IMMEDIATE")
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version")
    )
    empty = not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
    if empty and application == version == 0:
        for statement in SCHEMA.split(";"):
            connection.execute(statement)
    elif application != APPLICATION_ID:
        raise Unusable(str(path), "a database of another program", MENDS[sqlite3.SQLITE_NOTADB])
    elif version != SCHEMA_VERSION:
        raise Unusable(
            str(path),
            f"a register of version {version}; this program knows {SCHEMA_VERSION}",
            "run the program that made it, or a newer one",
        )
    connection.execute("COMMIT")
    ((journal,),) = connection.execute("PRAGMA journal_mode = WAL").fetchall()
    if journal != "wal":
        raise Unusable(
            str(path), f"this file system keeps no WAL, only {journal}", "name a local disk"
        )


def _mend(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code
    return MENDS.get(code, "see what SQLite says of this error")
