"""The journal's files: appended by a thread of its own, so that no disk ever holds a renewal up.

Entries are chained by hashes (`failover.core.journal`) across files: the first entry of a file goes
on from the last of the one before, and a process goes on with the newest. A disk that is full or
hangs fills a bounded buffer; what does not fit is counted, and a record of the gap stands where it
is missing. A torn last line, from a power cut, stays as it is and the next file says so.
"""

from __future__ import annotations

import json
import os
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from threading import Condition, Thread

from failover.core.journal import GENESIS, chain, entry, split
from failover.disk.atomic import sync_folder, write_all

NAME = re.compile(r"journal-(\d{8})\.log")
FILE_BYTES_MAX = 16 << 20
FILES_MAX = 256
BUFFER_MAX = 20_000  # records: days of decisions, or minutes of the worst flapping
RETRY_S = 1.0
CLOSING_S = 2.0


class JournalFiles:
    """The journal in a folder. Only the thread touches the disk after the start."""

    def __init__(self, folder: Path, by: str) -> None:
        """Find the end of the journal and begin a new file behind it. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._by = by
        self._hash, torn = end_of(folder)
        self._number = max((_number(path) for path in journal_files(folder)), default=0)
        self._begun = self._number > 0 and not torn  # the newest file may be gone on with
        self._buffer: deque[str] = deque()
        self._missing = 0
        self._changed = Condition()
        self._closing = False
        self.problem = ""  # why the newest entries are not on the disk yet
        self._thread = Thread(target=self._write_on, name="journal", daemon=True)
        if torn:
            self.append(self._record(torn=torn))
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many records are not on the disk yet."""
        return len(self._buffer)

    def append(self, record: str) -> None:
        """Append a record, one line of canonical JSON. Never waits, never raises."""
        with self._changed:
            if len(self._buffer) >= BUFFER_MAX:
                self._missing += 1
                return
            if self._missing:
                self._buffer.append(self._record(missing=self._missing))
                self._missing = 0
            self._buffer.append(record)
            self._changed.notify()

    def close(self) -> None:
        """Write what waits, for a while, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(CLOSING_S)

    def _record(self, **content: object) -> str:
        return json.dumps({"by": self._by, **content}, sort_keys=True, separators=(",", ":"))

    def _write_on(self) -> None:
        while True:
            with self._changed:
                while not self._buffer and not self._closing:
                    self._changed.wait()
                if not self._buffer:
                    return
                batch = list(self._buffer)
            try:
                self._write(batch)
            except OSError as error:
                self.problem = f"{self._folder}: {error.strerror}"
                with self._changed:
                    if self._closing:
                        return
                    self._changed.wait(RETRY_S)
                continue
            self.problem = ""
            with self._changed:
                for _ in batch:
                    self._buffer.popleft()

    def _write(self, batch: list[str]) -> None:
        """Append all of a batch, or leave the file as it was."""
        lines, hash_ = [], self._hash
        for record in batch:
            made = entry(hash_, record)
            lines.append(f"{made}\n")
            hash_ = made.hash
        path = self._file()
        is_new = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            length = os.fstat(descriptor).st_size
            try:
                write_all(descriptor, "".join(lines).encode())
                os.fdatasync(descriptor)
            except OSError:
                os.ftruncate(descriptor, length)
                raise
        finally:
            os.close(descriptor)
        if is_new:
            sync_folder(self._folder)
        self._hash = hash_

    def _file(self) -> Path:
        """The file to append to: a new one at the start, and when the last is large enough."""
        path = self._named()
        if self._begun and (not path.exists() or path.stat().st_size < FILE_BYTES_MAX):
            return path
        self._number += 1
        self._begun = True
        for old in journal_files(self._folder)[: 1 - FILES_MAX]:
            old.unlink()
        return self._named()

    def _named(self) -> Path:
        return self._folder / f"journal-{self._number:08d}.log"


def journal_files(folder: Path) -> list[Path]:
    """The files of a journal, oldest first."""
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))


def journal_lines(folder: Path) -> Iterator[tuple[Path, int, str]]:
    """Every whole line: its file, its number there, its text. Raises OSError."""
    for path in journal_files(folder):
        with path.open(encoding="utf-8", errors="replace") as stream:
            for number, line in enumerate(stream, start=1):
                if line.endswith("\n"):
                    yield path, number, line[:-1]


def end_of(folder: Path) -> tuple[str, str]:
    """The hash of the last whole entry; the newest file, if its last line is torn."""
    hash_, torn = GENESIS, ""
    for path in journal_files(folder)[-2:]:
        whole, _, rest = path.read_bytes().rpartition(b"\n")
        torn = path.name if rest else ""
        if whole:
            hash_ = split(whole.rpartition(b"\n")[2].decode("utf-8", "replace")).hash
    return hash_, torn


def broken_at(folder: Path) -> str:
    """Where the chain breaks; empty: it holds from the oldest file to the newest entry.

    The oldest file that is kept may go on from one that was removed: its first hash is believed.
    """
    known = ""
    for path, number, line in journal_lines(folder):
        found = split(line)
        if known and found.hash != chain(known, found.record):
            return f"{path}:{number}"
        known = found.hash
    return ""


def _number(path: Path) -> int:
    found = NAME.fullmatch(path.name)
    assert found is not None
    return int(found[1])
