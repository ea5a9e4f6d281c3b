"""Reads a journal's files from behind a given entry on, while its own thread appends to them.

Only whole lines are read. What stands behind the last line break of an older file was torn by a
power cut, and is passed over; the newest file's is on its way.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from failover.core.journal import GENESIS, chain, split
from failover.disk.journal import journal_files
from failover.disk.journal_copy import mark_of


class Cursor(NamedTuple):
    """A place in a journal: a file's name, and an offset in it."""

    file: str
    offset: int


class Start(NamedTuple):
    """Where to go on, and behind which entry that is."""

    cursor: Cursor
    after: str  # the hash of that entry; anew: the mark of the first one that comes
    mark: str
    anew: bool  # it is not behind the entry that was asked for: what lies between is missing


class JournalReading:
    """One reader of a journal's folder. Its methods wait for the disk and raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, last: str) -> Start | None:
        """Behind which place to go on for somebody who has an entry; None: nothing is here.

        Who has one that is not here gets the newest file: what was before it may be another story.
        """
        files = journal_files(self._folder)
        if not files:
            return None
        if last == GENESIS:
            return _beginning(files[0])
        for path in reversed(files):
            end = _end_of_entry(path.read_bytes(), last)
            if end:
                return Start(Cursor(path.name, end), last, "", anew=False)
        begin = _beginning(files[-1])
        return begin and begin._replace(after=begin.mark, anew=True)

    def read(self, cursor: Cursor, most: int) -> tuple[bytes, Cursor]:
        """So many bytes of whole lines at most, but a whole line at least; and where they end."""
        for path in journal_files(self._folder):
            if path.name < cursor.file:
                continue
            offset = cursor.offset if path.name == cursor.file else 0
            content = _lines(path, offset, most)
            if content:
                return content, Cursor(path.name, offset + len(content))
        return b"", cursor

    def left(self, cursor: Cursor) -> int:
        """How many bytes stand behind a place."""
        sizes = {path.name: path.stat().st_size for path in journal_files(self._folder)}
        behind = sum(size for name, size in sizes.items() if name > cursor.file)
        return max(0, sizes.get(cursor.file, 0) - cursor.offset) + behind


def _beginning(path: Path) -> Start | None:
    """The beginning of a file, for somebody who has nothing; None: it has no whole line."""
    with path.open("rb") as stream:
        first = stream.readline()
    if not first.endswith(b"\n"):
        return None
    found = split(first[:-1].decode("utf-8", "replace"))
    mark, begins = mark_of(found.hash), chain(GENESIS, found.record) == found.hash
    return Start(Cursor(path.name, 0), GENESIS if begins else mark, mark, anew=not begins)


def _end_of_entry(content: bytes, hash_: str) -> int:
    """Behind the line of an entry; 0: it is not there. No pattern: it must be quick in 16 MB."""
    begin = f"{hash_} ".encode()
    at = 0 if content.startswith(begin) else content.find(b"\n" + begin) + 1
    return 0 if not at and not content.startswith(begin) else content.find(b"\n", at) + 1


def _lines(path: Path, offset: int, most: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(offset)
        content = stream.read(most)
        if b"\n" not in content:
            content += stream.readline()
    return content[: content.rfind(b"\n") + 1]
