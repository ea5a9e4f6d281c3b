"""Runs a program and measures it: wall time, processor time, memory of its whole process tree.

Memory is the peak of the summed PSS: pages that processes share after a fork count once. It is
looked at every 50 ms, which costs about a millisecond; shorter peaks are missed.
Source: proc(5), `/proc/pid/smaps_rollup`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

SAMPLE_S = 0.05
SECONDS_MAX = 600.0
NO_BYTECODE = ("PYTHONDONTWRITEBYTECODE",)
SHOWN_MAX = 4000  # characters of a failed program's last words


class Failed(Exception):
    """A measured program did not do what it should: its figure would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of one program."""

    wall_s: float
    cpu_s: float  # user and system, the process and all that it waited for
    memory_mb: float
    output: str


def measure(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> Measured:
    """Runs a program to its end, in the checkout.

    Raises:
        Failed: the exit code was not 0, or it took more than `SECONDS_MAX`.
    """
    words = [str(word) for word in command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = perf_counter()
        child = subprocess.Popen(
            words, cwd=ROOT, env={**_own_environment(), "NO_COLOR": "1", **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True,
        )  # fmt: skip
        watch = Watch(child.pid)
        watch.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise
        finally:
            watch.stop()
        wall_s = perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise Failed(_failure(words, child.returncode, _text(errors) or _text(output)))
        return Measured(
            wall_s=wall_s,
            cpu_s=used.ru_utime + used.ru_stime,
            memory_mb=watch.peak_kb / 1024,
            output=_text(output),
        )


def _own_environment() -> dict[str, str]:
    """This process's, but that Python may keep its bytecode: a user's does, after the first run."""
    return {name: value for name, value in os.environ.items() if name not in NO_BYTECODE}


def _failure(words: Sequence[str], code: int, said: str) -> str:
    return f"{' '.join(words)}: exit code {code}\n{said[-SHOWN_MAX:]}"


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


@dataclass(slots=True)
class Watch:
    """Looks at a process tree until told to stop; ends it when its time is over."""

    root: int
    peak_kb: int = 0
    _parents: dict[int, int] = field(default_factory=dict)
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def look(self) -> None:
        """What the whole tree holds now, if it is the most so far."""
        self.peak_kb = max(self.peak_kb, sum(map(pss_kb, self._tree())))

    def _run(self) -> None:
        end = perf_counter() + SECONDS_MAX
        while not self._stop.wait(SAMPLE_S):
            self.look()
            if perf_counter() > end:
                os.killpg(self.root, signal.SIGKILL)
                return

    def _tree(self) -> set[int]:
        """The process and all below it. A parent is asked for once: a number is not used again."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) not in self._parents:
                self._parents[int(entry.name)] = parent(int(entry.name))
        found = {self.root}
        for pid in sorted(self._parents):
            if self._parents[pid] in found:
                found.add(pid)
        return found


def parent(pid: int) -> int:
    """The number of a process's parent; 0 if it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def pss_kb(pid: int) -> int:
    """A process's share of memory; 0 if it is gone or belongs to somebody else."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
