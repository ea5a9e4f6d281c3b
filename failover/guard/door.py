"""The guard's door: a local socket in a folder of its own, through which one agent comes at a time.

    Door        listens; one guard to a folder
    Visitor     one connection: packets in and out, never waiting
    DoorProblem the folder, the lock or the socket is not as it must be

Packets of a SOCK_SEQPACKET socket keep their bounds. The socket has mode 0600: agent and guard run
as one user, and the kernel tells who is at the other end (SO_PEERCRED).
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import struct
from pathlib import Path

from failover.guard.wire import PACKET_BYTES_MAX, Answer, packet_of

SOCKET_NAME = "guard.sock"
_LOCK_NAME = "guard.lock"
_PATH_BYTES_MAX = 107  # of an address of a local socket
_WAITING_MAX = 4  # connections that nobody has accepted yet
_CREDENTIALS = struct.Struct("=3i")  # process, user, group


class DoorProblem(Exception):
    """The folder, the lock or the socket is not as it must be. `hint`: what a person can do."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


class Gone(Exception):
    """The other end has closed, or does not read."""


class Visitor:
    """One connection."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        self.process, self.user, _ = _CREDENTIALS.unpack(credentials)

    def fileno(self) -> int:
        """For polling."""
        return self._socket.fileno()

    def read(self) -> bytes:
        """The next packet; empty: there is none yet. One that is too long comes cut off.

        Raises:
            Gone: the other end has closed.
        """
        try:
            packet = self._socket.recv(PACKET_BYTES_MAX + 1)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise Gone from error
        if not packet:
            raise Gone
        return packet

    def say(self, answer: Answer) -> None:
        """Send an answer.

        Raises:
            Gone: the other end has closed, or so many answers wait there unread.
        """
        try:
            self._socket.send(packet_of(answer))
        except OSError as error:
            raise Gone from error

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


class Door:
    """Listens in a folder, which must exist and be this user's alone.

    Raises:
        DoorProblem: it cannot.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / SOCKET_NAME
        _check_folder(folder, self._path)
        self._lock = _lock(folder / _LOCK_NAME)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        try:
            self._path.unlink(missing_ok=True)  # of a guard that was killed: we hold its lock
            before = os.umask(0o177)
            try:
                self._socket.bind(bytes(self._path))
            finally:
                os.umask(before)
            self._socket.listen(_WAITING_MAX)
        except OSError as error:
            self.close()
            problem = f"{self._path}: no socket can be made there: {error.strerror}"
            raise DoorProblem(problem, "see who may write into this folder") from error

    def fileno(self) -> int:
        """For polling."""
        return self._socket.fileno()

    def accept(self) -> Visitor | None:
        """Whoever waits at the door."""
        try:
            connected, _ = self._socket.accept()
        except OSError:  # gone again, or never there
            return None
        connected.settimeout(0)
        return Visitor(connected)

    def close(self) -> None:
        """Leave: the socket goes first, then the lock."""
        self._socket.close()
        self._path.unlink(missing_ok=True)
        os.close(self._lock)


def _check_folder(folder: Path, path: Path) -> None:
    if len(bytes(path)) > _PATH_BYTES_MAX:
        raise DoorProblem(f"{path}: too long for a local socket", "choose a folder with less path")
    try:
        found = folder.stat()
    except OSError as error:
        problem = f"{folder}: {error.strerror}"
        raise DoorProblem(
            problem, "make this folder for the guard's user, with mode 0700"
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise DoorProblem(
            f"{folder}: others than user {os.geteuid()} may change it, or it is no folder",
            "make it a folder of the guard's user, with mode 0700",
        )


def _lock(path: Path) -> int:
    """One guard to a folder: the second would shut the doors of the first."""
    handle = -1
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        problem = f"{path}: another guard runs in this folder"
        raise DoorProblem(problem, "stop it first") from error
    except OSError as error:
        raise DoorProblem(f"{path}: {error.strerror}", "see who may write there") from error
    return handle
