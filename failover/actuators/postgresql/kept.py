"""Divergent data directories: kept whole, a bounded number of them, and what they alone hold.

A tail is copied before the rewind, not renamed and not linked. Renamed, every switch would cost a
base backup over the fibre; hard links would be written through, since pg_rewind and the server
change files in place. Where the file system can share blocks (`cp --reflink`), a copy costs nothing
until they differ. A directory that is replaced by a clone is renamed: there it costs nothing.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from failover.actuators.postgresql.files import Files, NotDone, sync_folder
from failover.actuators.postgresql.history import Fork
from failover.actuators.postgresql.tail import is_worth_keeping

MIB = 1 << 20
PART = ".part"
ABOUT = "about.json"
ROWS = "rows.jsonl"


class Entry:
    """One divergent data directory that is being kept: `data`, `rows.jsonl`, `about.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.part = folder.with_name(folder.name + PART)

    @property
    def rows(self) -> Path:
        """Where its rows are listed, until it is whole."""
        return self.part / ROWS


class Kept:
    """The folder of all that is kept of one cluster."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._cluster = files.cluster
        self._folder = self._cluster.kept_folder

    def entries(self) -> list[Path]:
        """What is kept, oldest first. A person moves them away when they are settled."""
        found = self._folder.glob("*") if self._folder.exists() else ()
        whole = (each for each in found if not each.name.endswith(PART))
        return sorted(each for each in whole if (each / "data").exists())

    def refuse_more_than_allowed(self) -> None:
        """Raises NotDone when the number of those that may be kept is reached."""
        entries = self.entries()
        if len(entries) >= self._cluster.kept_max:
            raise NotDone(
                f"{len(entries)} divergent data directories are kept in {self._folder}, as many "
                "as may be; settle their rows, then move the oldest away"
            )

    def refuse_without_room(self, needed_bytes: int, what: str) -> None:
        """Raises NotDone when the disk is too small; nothing has been touched by then."""
        free = self._files.free_bytes()
        if needed_bytes > free:
            raise NotDone(
                f"the disk of {self._cluster.data} is too small: {what} takes "
                f"{needed_bytes // MIB} MiB, and {max(0, free) // MIB} MiB may be used"
            )

    async def holds(self, fork: Fork, timeline: int) -> bool:
        """Whether anything but pulses was committed after the fork; in doubt it was."""
        if timeline != fork.timeline:
            return True
        return await is_worth_keeping(self._files, fork)

    async def begin(self, fork: Fork) -> Entry:
        """An entry to be filled; what earlier tries left unfinished is removed."""
        self._files.make_folder(self._folder)
        await asyncio.to_thread(self._remove_parts)
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        name = f"{moment}-{fork.timeline}-{fork.lsn:X}"
        taken = {each.name for each in self._folder.iterdir()}
        number = 1
        while name in taken:
            number += 1
            name = f"{moment}-{fork.timeline}-{fork.lsn:X}-{number}"
        entry = Entry(self._folder / name)
        self._files.make_folder(entry.part)
        return entry

    def describe(self, entry: Entry, facts: Mapping[str, object]) -> None:
        """Writes what a person needs to know of it."""
        text = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)
        self._files.write(entry.part / ABOUT, text + "\n")

    async def copy(self, entry: Entry) -> None:
        """Copies the data directory into it, on to the disk, and makes it whole.

        Raises:
            NotDone: It could not be copied.
        """
        limit_s = self._cluster.limits.keep_s
        target = str(entry.part / "data")
        for command in (
            ("cp", "-a", "--reflink=auto", "--", str(self._cluster.data), target),
            ("sync", "-f", target),
        ):
            ended = await self._files.run_any(*command, limit_s=limit_s)
            if not ended.fine:
                raise NotDone(f"the divergent data cannot be kept: {ended.words}")
        self._finish(entry)

    def move(self, entry: Entry) -> None:
        """Renames the data directory into it: it is needed no longer in its place."""
        self._finish(entry)
        self._cluster.data.rename(entry.folder / "data")
        sync_folder(entry.folder)
        sync_folder(self._cluster.data.parent)

    def _finish(self, entry: Entry) -> None:
        entry.part.rename(entry.folder)
        sync_folder(self._folder)

    def _remove_parts(self) -> None:
        for each in self._folder.iterdir():
            if each.name.endswith(PART) or not (each / "data").exists():
                shutil.rmtree(each)
