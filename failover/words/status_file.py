"""What this machine's agent says of itself: asked at its socket, else read from its status file.

    told = ask_status(folder)      what it says now; if it does not answer, what it said last
    told = read_status(folder)     the file alone: what it said last, within half a second

Each with its age, and whether it still counts.
"""

from __future__ import annotations

import json
import socket
import time
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from failover.disk.lock import boot_id
from failover.processes import local_socket
from failover.processes.status import NAME, VERSION
from failover.wire.post import boot_time_s

FRESH_S = 3.0  # the file is replaced each second
ANSWER_S = 0.5  # an agent that lives answers its socket within this
BYTES_MAX = 4_000_000
PIECE_BYTES = 1 << 16
KEYS = ("at", "at_boot_s", "boot", "centre", "groups", "lease", "peer", "plan", "register")


class By(Enum):
    """How it was learned."""

    SOCKET = "its socket"
    FILE = "its status file"


class Told(NamedTuple):
    """What an agent said last."""

    document: dict[str, Any]
    at: float  # wall clock, when it was written
    age_s: float  # by the boot-time clock where that can be known
    by: By = By.FILE
    silent: str = ""  # why its socket was of no use, if it was asked
    file_age_s: float | None = None  # of the file, if the socket answered and there is one

    @property
    def fresh(self) -> bool:
        """Whether the agent surely lives."""
        return self.age_s <= FRESH_S


def ask_status(folder: Path) -> Told | None:
    """Ask at the socket, at most for `ANSWER_S`, then look at the file. None: neither says it."""
    file = read_status(folder)
    try:
        text = _asked(folder / local_socket.NAME)
    except OSError as error:
        return None if file is None else file._replace(silent=_why(error))
    told = _told(text, By.SOCKET)
    if told is None:
        return None if file is None else file._replace(silent="its socket says nothing readable")
    return told._replace(file_age_s=None if file is None else file.age_s)


def read_status(folder: Path) -> Told | None:
    """The file in a run folder; None: there is none that this version can read."""
    try:
        return _told((folder / NAME).read_bytes(), By.FILE)
    except OSError:
        return None


def _asked(path: Path) -> bytes:
    """All that is said before the end. Raises OSError."""
    end_s = time.monotonic() + ANSWER_S
    text = bytearray()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(ANSWER_S)
        asking.connect(bytes(path))
        while len(text) <= BYTES_MAX:
            left_s = end_s - time.monotonic()
            if left_s <= 0.0:
                raise TimeoutError
            asking.settimeout(left_s)
            piece = asking.recv(PIECE_BYTES)
            if not piece:
                break
            text += piece
    return bytes(text)


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError | BlockingIOError):
        return "its socket does not answer"
    if isinstance(error, ConnectionRefusedError | FileNotFoundError):
        return "nobody listens at its socket"
    return f"its socket cannot be asked: {error.strerror or error}"


def _told(text: bytes, by: By) -> Told | None:
    try:
        document = json.loads(text)
        if document["version"] != VERSION or any(key not in document for key in KEYS):
            return None
        at, at_boot_s = float(document["at"]), float(document["at_boot_s"])
        same = document["boot"] == boot_id()
    except (ValueError, TypeError, KeyError):
        return None
    # Of another start of the machine, its clock says nothing: then it is old whatever it says.
    age_s = boot_time_s() - at_boot_s if same else max(time.time() - at, FRESH_S + 1)
    return Told(document, at, max(age_s, 0.0), by)
