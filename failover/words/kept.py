"""What people said on this machine: a journal of its own beside the agent's, chained like it.

The agent's journal has one writer, the agent, and it may be dead when people speak. So their words
go into a folder of their own, one entry appended at a time under a lock; nothing is removed there.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from failover.core.journal import GENESIS, entry, split
from failover.disk.atomic import sync_folder, write_all
from failover.disk.journal import journal_files

WORDS = "words"  # in the state folder
LOCK = "lock"
LOCKED_S_MAX = 2.0
MOMENT_S = 0.05


def keep(state: Path, content: Mapping[str, object]) -> None:
    """Append a word. Raises OSError: it is not kept, and the chain is as it was."""
    folder = state / WORDS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _locked(lock)
        _append(folder, json.dumps(content, sort_keys=True, separators=(",", ":")))
    finally:
        os.close(lock)


def _locked(lock: int) -> None:
    end_s = time.monotonic() + LOCKED_S_MAX
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end_s:
                raise
            time.sleep(MOMENT_S)
        else:
            return


def _append(folder: Path, record: str) -> None:
    path, hash_ = _end(folder)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        length = os.fstat(descriptor).st_size
        try:
            write_all(descriptor, f"{entry(hash_, record)}\n".encode())
            os.fdatasync(descriptor)
        except OSError:
            os.ftruncate(descriptor, length)
            raise
    finally:
        os.close(descriptor)
    if is_new:
        sync_folder(folder)


def _end(folder: Path) -> tuple[Path, str]:
    """The file to append to and the last hash. A torn line stays; the next file goes on behind."""
    number, hash_, torn = 1, GENESIS, False
    for number, path in enumerate(journal_files(folder), start=1):  # noqa: B007 — the last one
        whole, _, rest = path.read_bytes().rpartition(b"\n")
        torn = bool(rest)
        if whole:
            hash_ = split(whole.rpartition(b"\n")[2].decode("utf-8", "replace")).hash
    return folder / f"journal-{number + torn:08d}.log", hash_
