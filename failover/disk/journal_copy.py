"""The other centre's journal as it came over the wire, entry by entry, in the same chain.

Each entry is checked against the one before it. Where the sender cannot go on from what is here,
because its disk lost the newest entries or its oldest files are gone, a new file begins, and the
file `gaps` says behind which entry something is missing. So a break of the chain that no gap
explains was made here.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from failover.core.journal import GENESIS, chain, split
from failover.disk.atomic import sync_folder, write_all
from failover.disk.journal import FILE_BYTES_MAX, FILES_MAX, end_of, journal_files, journal_lines

GAPS = "gaps"
HASH = re.compile(r"[0-9a-f]{64}")


class NotNext(ValueError):
    """An entry that does not go on from the last one."""


class Gap(NamedTuple):
    """Entries that are not here."""

    after: str  # hash of the last entry before it
    mark: str  # of the first entry behind it
    file: str  # which that entry stands in
    at: float  # wall clock, when it was noticed


def mark_of(first: str) -> str:
    """What stands for the place before an entry whose hash is believed.

    What such an entry goes on from is not there to be compared.
    """
    return chain(GENESIS, first)


class JournalCopy:
    """A copy in a folder. Its methods wait for the disk: they are called in a thread."""

    def __init__(self, folder: Path) -> None:
        """Find its end. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self.last, torn = end_of(folder)
        files = journal_files(folder)
        self._number = len(files) and int(files[-1].stem.rpartition("-")[2])
        self._begun = bool(files) and not torn
        self._believed = False  # `last` is the mark of an entry that has not come yet

    def append(self, lines: Sequence[str]) -> None:
        """Append whole entries: all, or none.

        Raises:
            NotNext: one does not go on from the one before it.
            OSError: the disk is full, or fails.
        """
        last, believed = self.last, self._believed
        for line in lines:
            found = split(line)
            due = mark_of(found.hash) if believed else chain(last, found.record)
            if due != (last if believed else found.hash):
                raise NotNext(f"{self._folder}: an entry does not go on from {last[:12]}")
            last, believed = found.hash, False
        self._write("".join(f"{line}\n" for line in lines).encode())
        self.last, self._believed = last, believed

    def begin_anew(self, mark: str) -> None:
        """Go on with an entry that does not follow what is here, and say so. Raises OSError."""
        if self._believed and mark == self.last:
            return
        after = read_gaps(self._folder)[-1].after if self._believed else self.last
        gap = Gap(after, mark, f"journal-{self._number + 1:08d}.log", round(time.time(), 3))
        line = json.dumps(gap._asdict(), sort_keys=True, separators=(",", ":"))
        _append(self._folder / GAPS, f"{line}\n".encode())
        self.last, self._believed, self._begun = mark, True, False

    def _write(self, content: bytes) -> None:
        path = self._folder / f"journal-{self._number:08d}.log"
        if not self._begun or path.stat().st_size >= FILE_BYTES_MAX:
            self._number += 1
            self._begun = True
            for old in journal_files(self._folder)[: 1 - FILES_MAX]:
                old.unlink()
            path = self._folder / f"journal-{self._number:08d}.log"
        _append(path, content)


def read_gaps(folder: Path) -> list[Gap]:
    """The gaps that are marked, oldest first; a line that is none is passed over."""
    try:
        lines = (folder / GAPS).read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    return [gap for line in lines if (gap := _gap(line)) is not None]


def copy_broken_at(folder: Path, gaps: Sequence[Gap]) -> str:
    """Where the chain of a copy breaks, where no gap is marked; empty: nowhere.

    The oldest entry that is kept may go on from one that was removed: its hash is believed.
    """
    known, file = "", ""
    for path, number, line in journal_lines(folder):
        found = split(line)
        if path.name != file and _is_marked(gaps, path.name, known or GENESIS, found.hash):
            known = ""
        if known and found.hash != chain(known, found.record):
            return f"{path}:{number}"
        known, file = found.hash, path.name
    return ""


def _is_marked(gaps: Sequence[Gap], file: str, after: str, first: str) -> bool:
    return any((gap.file, gap.after, gap.mark) == (file, after, mark_of(first)) for gap in gaps)


def _append(path: Path, content: bytes) -> None:
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        length = os.fstat(descriptor).st_size
        try:
            write_all(descriptor, content)
            os.fdatasync(descriptor)
        except OSError:
            os.ftruncate(descriptor, length)
            raise
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(path.parent)


def _gap(line: str) -> Gap | None:
    try:
        raw: dict[str, Any] = json.loads(line)
        gap = Gap(str(raw["after"]), str(raw["mark"]), str(raw["file"]), float(raw["at"]))
    except (ValueError, TypeError, KeyError):
        return None
    return gap if HASH.fullmatch(gap.after) and HASH.fullmatch(gap.mark) else None
