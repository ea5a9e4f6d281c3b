"""The leases of this place as files, for services on this machine that check them by themselves.

`GROUP.json` in a folder of the node file, readable by the agent's group:

    {"version": 1, "group": "portal@dc-a", "centre": "dc-b",
     "boot": "1f0c…",                        /proc/sys/kernel/random/boot_id
     "generation": 1, "epoch": 7,            the term: greater is later, generation first
     "until_s": {"portal-a": 4711.25}}       by instance: CLOCK_BOOTTIME, in seconds

An instance may be served on this boot, while CLOCK_BOOTTIME is below its `until_s`. A file that is
missing, of another boot or not readable allows nothing. It is replaced as a whole at each renewal.
It is not synced: after a power cut it is of another boot.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from failover.actuators.port import DONE, Result, not_done
from failover.actuators.postgresql.wish import Wish
from failover.disk.atomic import write_all
from failover.processes.beside import Beside
from failover.processes.problem import CannotRun
from failover.wire.post import boot_time_s

VERSION = 1
FOLDER_MODE = 0o750
FILE_MODE = 0o640
AGAIN_S = 0.1  # after a write that failed


def lease_folder(path: Path) -> Path:
    """The folder, made if it is missing; one that is there keeps its mode. Raises CannotRun."""
    try:
        if not path.is_dir():
            path.mkdir(parents=True)
            path.chmod(FOLDER_MODE)  # whatever the umask is
    except OSError as error:
        hint = "mend `leases.folder` in node.toml, or let the agent's user write there"
        raise CannotRun(f"{path}: {error.strerror}", hint) from error
    return path


class LeaseFile:
    """One group's lease, written by a thread: a folder that hangs holds up nothing here."""

    def __init__(
        self,
        path: Path,
        whose: dict[str, object],
        beside: Beside,
        told: Callable[[Wish, Result], None],
        *,
        clock: Callable[[], float] = boot_time_s,
    ) -> None:
        """`whose`: group, centre and boot, as the file says them; `told`: on the agent's loop."""
        self._path = path
        self._whose = whose
        self._beside = beside
        self._told = told
        self._clock = clock
        self._newest: Wish | None = None
        self._on_its_way = False
        self._until_s: dict[str, float] = {}  # over there

    def wish(self, wish: Wish | None) -> None:
        """The newest counts; None: nothing is wished any more. Never waits, and queues one."""
        self._newest = wish
        if not self._on_its_way:
            self._on_its_way = True
            self._beside.call(self._write_newest)

    # --- over there ------------------------------------------------------------------------

    def _write_newest(self) -> None:
        self._on_its_way = False
        wish = self._newest
        if wish is not None:
            self._write(wish)

    def _write(self, wish: Wish) -> None:
        until_s = wish.begun_s + wish.length_s
        self._until_s |= dict.fromkeys(wish.instances, until_s)
        try:
            _replace(self._path, self._content(wish))
        except OSError as error:
            self._beside.tell_home(self._told, wish, not_done(f"{self._path}: {error.strerror}"))
            self._beside.later(AGAIN_S, self._again, wish)
            return
        late = wish.length_s > 0 and self._clock() >= until_s
        result = not_done(f"{self._path}: written too late: the lease is over") if late else DONE
        self._beside.tell_home(self._told, wish, result)

    def _again(self, wish: Wish) -> None:
        """The same one, unless another has come or it grants nothing more."""
        useful = wish.length_s == 0 or self._clock() < wish.begun_s + wish.length_s
        if self._newest is wish and useful:
            self._write(wish)

    def _content(self, wish: Wish) -> bytes:
        generation, epoch = wish.term
        said = {"version": VERSION, **self._whose, "generation": generation, "epoch": epoch}
        return json.dumps(said | {"until_s": self._until_s}).encode() + b"\n"


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(part, flags, FILE_MODE)
    try:
        os.fchmod(descriptor, FILE_MODE)
        write_all(descriptor, content)
    finally:
        os.close(descriptor)
    part.replace(path)
