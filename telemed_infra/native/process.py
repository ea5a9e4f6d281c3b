"""Programs as subprocesses: found by name, no shell, a deadline, bounded output."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import IO

# Programs of administrators are not in everybody's PATH.
ADMINISTRATORS = ("/usr/sbin", "/sbin")
SECONDS_MAX = 60.0  # far above what any check takes on a loaded machine
OUTPUT_MAX = 1 << 18  # bytes kept; what a program says beyond is read and dropped
CHUNK = 1 << 16
VERSION_SECONDS_MAX = 10.0
VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. A signal's number is negative; None: the deadline passed."""

    code: int | None
    words: str  # standard output and error, as they came


def find(program: str) -> str | None:
    """The path of a program, or None."""
    return shutil.which(program, path=_path())


def version_of(command: Sequence[str]) -> str:
    """The version number that a program says about itself."""
    words = run(command, seconds_max=VERSION_SECONDS_MAX).words
    number = VERSION.search(words)
    return number[0] if number else "of unknown version"


def run(command: Sequence[str], *, seconds_max: float = SECONDS_MAX) -> Ended:
    """Runs a program to its end or its deadline; then all that it started is killed."""
    deadline = monotonic() + seconds_max
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={"LC_ALL": "C", "PATH": _path()},
    )
    code: int | None = None
    try:
        assert process.stdout is not None
        words = _read(process.stdout, deadline)
        if words is not None:
            code = process.wait(timeout=max(0.0, deadline - monotonic()))
    except subprocess.TimeoutExpired:
        code = None
    finally:
        if process.poll() is None:
            _kill(process)
        assert process.stdout is not None
        process.stdout.close()
    if code is None:
        return Ended(None, f"no answer in {seconds_max:g} s")
    return Ended(code, (words or b"").decode("utf-8", "replace"))


def _read(stream: IO[bytes], deadline: float) -> bytes | None:
    """The first bytes of a stream that ends in time, else None."""
    kept = bytearray()
    while (left := deadline - monotonic()) > 0:
        if not select.select([stream], [], [], left)[0]:
            return None
        chunk = os.read(stream.fileno(), CHUNK)
        if not chunk:
            return bytes(kept)
        kept += chunk[: OUTPUT_MAX - len(kept)]
    return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the session that the program leads, and takes its exit code from the kernel."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=VERSION_SECONDS_MAX)


def _path() -> str:
    return os.pathsep.join((os.environ.get("PATH", os.defpath), *ADMINISTRATORS))
