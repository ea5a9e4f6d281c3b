"""The server's files and its process on this machine: start, stop, control data, our settings."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from failover.actuators import programs
from failover.actuators.postgresql.history import Fork, Own, history_name, read_history, read_lsn
from failover.actuators.postgresql.settings import Cluster
from failover.actuators.programs import Ended

STANDBY_SIGNAL = "standby.signal"
SHORT_S = 3.0  # of programs that only look
PROGRAM_GRACE_S = 1.0  # over the limit that a program has been told
CLEAN = ("shut down", "shut down in recovery")
STANDBY = ("shut down in recovery", "in archive recovery")


class NotDone(Exception):
    """Something on this machine did not work; in words for a person."""


class Files:
    """One cluster's files and process. Nothing here waits longer than `Limits` says."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    async def run(self, name: str, *arguments: str, limit_s: float) -> Ended:
        """One of PostgreSQL's own programs, as the owner of the data."""
        program = str(self.cluster.programs / name)
        return await self.run_any(program, *arguments, limit_s=limit_s)

    async def run_any(self, program: str, *arguments: str, limit_s: float) -> Ended:
        """Any program, as the owner of the data."""
        environment = {**programs.BARE, **self.cluster.environment}
        argv = (*self.cluster.run_as, program, *arguments)
        return await programs.run(argv, limit_s=limit_s, environment=environment)

    # --- the process -----------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether a postmaster has the data directory; a frozen one has it too.

        By the process itself: its number alone may be another's by now.
        """
        pid = self._postmaster()
        if pid is None or _process(pid).get("State", "Z").startswith("Z"):
            return False
        try:
            return Path(f"/proc/{pid}/cwd").samefile(self.cluster.data)
        except PermissionError:
            return True  # whoever it is of: better taken for the server than started beside it
        except OSError:
            return False

    async def start(self) -> None:
        """Starts the server and waits until it answers, or goes on with its recovery.

        Raises:
            NotDone: It does not start, or not in time.
        """
        if self.cluster.rewinding_mark.exists():
            raise NotDone(f"{self._data} is half rewound, and cannot be started")
        limits = self.cluster.limits
        command = self.cluster.start_command or self._start_command(limits.start_s)
        limit_s = limits.start_s + PROGRAM_GRACE_S
        ended = await self.run_any(command[0], *command[1:], limit_s=limit_s)
        if not ended.fine and not self.is_running():
            raise NotDone(f"the server does not start ({ended.words}); see {self.cluster.log_file}")

    async def stop(self) -> None:
        """Stops the server: fast, and at once if that takes too long.

        Raises:
            NotDone: It does not stop: frozen, or its disk hangs.
        """
        if not self.is_running():
            return
        limit_s = self.cluster.limits.stop_s
        seconds = str(max(1, round(limit_s)))
        for mode in ("fast", "immediate"):
            await self.run(
                "pg_ctl", "stop", "-D", self._data, "-s", "-w", "-m", mode, "-t", seconds,
                limit_s=limit_s + PROGRAM_GRACE_S,
            )  # fmt: skip
            if not self.is_running():
                return
        raise NotDone(f"the server does not stop{self._process_words()}")

    # --- what it is ------------------------------------------------------------------------

    async def own(self) -> Own | None:
        """What the control file says; None: there is no data directory.

        Raises:
            NotDone: It cannot be read.
        """
        if not (self.cluster.data / "PG_VERSION").exists():
            return None
        ended = await self.run("pg_controldata", "-D", self._data, limit_s=SHORT_S)
        if not ended.fine:
            raise NotDone(f"the control file cannot be read: {ended.words}")
        said = dict(_pairs(ended.output))
        try:
            return self._own(said)
        except (KeyError, ValueError) as error:
            raise NotDone(f"the control file says something unknown: {error}") from error

    def left(self, timeline: int) -> tuple[Fork, ...]:
        """The timelines before one, as its history file here says."""
        history = self.cluster.data / "pg_wal" / history_name(timeline)
        return read_history(history.read_text("utf-8")) if history.exists() else ()

    def unsupported(self) -> str:
        """Why the data directory cannot be kept and cloned; empty: it can."""
        data = self.cluster.data
        if any((data / "pg_tblspc").glob("*")):
            return "it has tablespaces outside of its data directory, which is not supported"
        if (data / "pg_wal").is_symlink():
            return "its pg_wal is a link, which is not supported"
        return ""

    async def size_bytes(self) -> int:
        """What the data directory takes."""
        return await asyncio.to_thread(_size_bytes, self.cluster.data)

    def free_bytes(self) -> int:
        """What may be used of its disk: the free part, less what is to stay free."""
        free = shutil.disk_usage(self.cluster.data.parent).free
        return free - self.cluster.reserve_bytes

    # --- what we write ---------------------------------------------------------------------

    def mark_standby(self) -> None:
        """From now on the server starts as a standby, whoever starts it."""
        self.write(self.cluster.data / STANDBY_SIGNAL, "")

    def write_settings(self, *, relaxed: bool = False, isolated: bool = False) -> None:
        """Writes our settings; they are in force after a start or a reload.

        `isolated`: a standby that follows nobody and stays on its own timeline.
        """
        text = settings_text(self.cluster, relaxed=relaxed, isolated=isolated)
        self.write(self.cluster.managed_file, text)

    def settings_are(self, *, relaxed: bool) -> bool:
        """Whether our settings are these, as written by `write_settings`."""
        try:
            found = self.cluster.managed_file.read_text("utf-8")
        except FileNotFoundError:
            return False
        return found == settings_text(self.cluster, relaxed=relaxed, isolated=False)

    def write(self, path: Path, text: str) -> None:
        """A whole file or none, on the disk, for the owner of the data alone."""
        temporary = path.with_name(f"{path.name}.new")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            self.give(temporary)
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)

    def make_folder(self, path: Path) -> None:
        """A folder for the owner of the data alone."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.give(path)

    def give(self, path: Path) -> None:
        """Gives a file to the owner of the data, if this process is somebody else."""
        if os.geteuid() == 0:
            owner = self.cluster.config_file.parent.stat()
            with suppress(FileNotFoundError):
                owner = self.cluster.data.stat()
            os.chown(path, owner.st_uid, owner.st_gid)

    @property
    def _data(self) -> str:
        return str(self.cluster.data)

    def _start_command(self, limit_s: float) -> Sequence[str]:
        return (
            str(self.cluster.programs / "pg_ctl"), "start", "-D", self._data, "-s", "-w",
            "-t", str(max(1, round(limit_s))), "-l", str(self.cluster.log_file),
            "-o", f"-c config_file={self.cluster.config_file}",
        )  # fmt: skip

    def _postmaster(self) -> int | None:
        try:
            return int((self.cluster.data / "postmaster.pid").read_text("utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _process_words(self) -> str:
        """Of a server that does not stop: its process, and whether it is frozen."""
        pid = self._postmaster()
        state = "" if pid is None else _process(pid).get("State", "")
        return f": process {pid} is in state {state}" if state else ""

    def _own(self, said: Mapping[str, str]) -> Own:
        state = said["Database cluster state"]
        standby = state in STANDBY
        timeline = int(said["Latest checkpoint's TimeLineID"])
        end_lsn: int | None = read_lsn(said["Latest checkpoint location"]) + 1
        if standby:
            applied = read_lsn(said["Minimum recovery ending location"])
            end_lsn = max(applied, end_lsn or 0)
            timeline = max(timeline, int(said["Min recovery ending loc's timeline"]))
        elif state not in CLEAN:
            end_lsn = None
        return Own(
            system=said["Database system identifier"],
            timeline=timeline,
            end_lsn=end_lsn,
            was_primary=not standby,
            left=self.left(timeline),
        )


def settings_text(cluster: Cluster, *, relaxed: bool, isolated: bool) -> str:
    """Our part of the configuration."""
    waits = cluster.synchronous and not relaxed
    settings = {
        "primary_conninfo": "" if isolated else cluster.stream_conninfo,
        "primary_slot_name": "" if isolated else cluster.slot_there,
        "recovery_target_timeline": "current" if isolated else "latest",
        "hot_standby": "on",
        # Who reads a copy holds neither the log up nor a take.
        "max_standby_streaming_delay": "1s",
        "max_standby_archive_delay": "1s",
        "wal_log_hints": "on",
        "max_slot_wal_keep_size": f"{cluster.slot_mib_max}MB",
        "wal_sender_timeout": "3s",
        "wal_receiver_timeout": "3s",
        "wal_retrieve_retry_interval": "200ms",
        "synchronous_standby_names": f'"{cluster.peer_site}"' if waits else "",
    }
    if cluster.synchronous:
        settings["synchronous_commit"] = "on"
    lines = (f"{name} = {_quoted(value)}\n" for name, value in settings.items())
    return "# Written by telemed-failover; what is changed here is overwritten.\n" + "".join(lines)


def sync_folder(folder: Path) -> None:
    """Names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _process(pid: int) -> Mapping[str, str]:
    """What the kernel says of a process; nothing if it is gone."""
    try:
        return dict(_pairs(Path(f"/proc/{pid}/status").read_text("utf-8")))
    except OSError:
        return {}


def _pairs(text: str) -> Sequence[tuple[str, str]]:
    pairs = (line.partition(":") for line in text.splitlines())
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _size_bytes(folder: Path) -> int:
    """On the disk, without what vanishes while it is looked at."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                size += (Path(place) / name).lstat().st_blocks * 512
    return size
