"""What was done to which device, line by line: for who resumes, and for who asks afterwards.

A journal is a file of JSON lines that is only ever appended to. Each record is on the disk before
the next step is taken, and holds the digest of the line before it: a line that was changed or
taken out later shows. A last line without its end is a write that was cut off, and is left out.

Source: docs/concepts/deploy.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from enum import Enum
from hashlib import blake2s
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

FIRST = "0" * 32  # what stands in place of a digest before the first line


class Event(Enum):
    """Steps with one device, and how it ended."""

    BEGUN = "begun"  # its running configuration is read; nothing was changed
    COMMITTED = "committed"  # in force, and goes back by itself or from here
    PROVEN = "proven"  # read again and equal to what is meant; it stays
    AS_IT_WAS = "as it was"  # changed or not: it runs what it ran before
    UNTOUCHED = "untouched"  # never begun: refused, not reached, or the push had stopped
    UNKNOWN = "unknown"  # nobody knows what it runs: a person must look


ENDS = frozenset({Event.PROVEN, Event.AS_IT_WAS, Event.UNTOUCHED, Event.UNKNOWN})


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. Texts are told by their digests: nothing of a configuration stands here."""

    at: str  # UTC, ISO 8601
    run: str  # of the push
    device: str
    event: Event
    by: str = ""  # who has begun the push
    says: str = ""  # words of an error, without secrets
    before: str = ""  # digest of the running configuration
    after: str = ""  # digest of what is meant
    previous: str = FIRST  # digest of the line before


class DamagedJournal(Exception):
    """A line is not what it was when it was written, or none of ours."""


class Journal:
    """Appends to a journal, one writer at a time.

    Raises:
        DamagedJournal: what stands there already was changed.
        BlockingIOError: another writer has it.
        OSError: it cannot be read or written; a full disk among them, before anything is done.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab+")
        try:
            os.lockf(self._file.fileno(), os.F_TLOCK, 0)
            self._file.seek(0)
            text = self._file.read()
            whole = text.rfind(b"\n") + 1
            self.records: list[Record] = list(_records(path, text[:whole]))
            self._file.truncate(whole)
            self._last = _digest_of_last(text[:whole])
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, record: Record) -> None:
        """Appends a record; it is on the disk when this returns."""
        record = msgspec.structs.replace(record, previous=self._last)
        line = msgspec.json.encode(record)
        self._file.write(line + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._last = digest(line)
        self.records.append(record)


def read_journal(path: Path) -> tuple[Record, ...]:
    """All whole records.

    Raises:
        DamagedJournal: with the number of the line.
        OSError: it cannot be read.
    """
    text = path.read_bytes()
    return tuple(_records(path, text[: text.rfind(b"\n") + 1]))


def last_of_each(records: Iterable[Record], run: str) -> dict[str, Record]:
    """By device, how far a push has come with it."""
    return {one.device: one for one in records if one.run == run}


def in_doubt(records: Iterable[Record], run: str) -> tuple[Record, ...]:
    """Devices that a push has begun with and not ended: who resumes looks at them first."""
    return tuple(one for one in last_of_each(records, run).values() if one.event not in ENDS)


def digest(content: bytes) -> str:
    """A short name for a content."""
    return blake2s(content, digest_size=16).hexdigest()


def _records(path: Path, text: bytes) -> Iterator[Record]:
    last = FIRST
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            record = msgspec.json.decode(line, type=Record)
        except msgspec.DecodeError as error:
            raise DamagedJournal(f"{path}:{number}: no record of a push: {error}") from error
        if record.previous != last:
            raise DamagedJournal(
                f"{path}:{number}: the line before it was changed or taken out; "
                "keep this file as evidence and begin another one"
            )
        last = digest(line)
        yield record


def _digest_of_last(text: bytes) -> str:
    lines = text.splitlines()
    return digest(lines[-1]) if lines else FIRST
