"""The agent's local socket: who connects is told its status of this moment, and nothing else.

    telling = LocalSocket(folder)      `agent.sock` in the run folder, for its user and its group
    await telling.run(line)            one line of JSON to each who comes, then the end

It is read-only: what is sent to it is thrown away unread. A few are answered at once, and others
wait in the kernel's queue; who does not read is dropped. Answers are paced, so that nobody can
keep the agent from its renewals by asking.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

NAME = "agent.sock"
MODE = 0o660
ANSWERED_MAX = 4  # at once
WAITING_MAX = 8  # in the kernel's queue
READ_S_MAX = 1.0  # who has not read all by then is dropped
PACE_S = 0.02  # between two who are let in
AGAIN_S = 1.0  # nobody could be let in: no descriptor is free
THROWN_BYTES = 1 << 16

_log = logging.getLogger("telemed.agent.socket")


class CannotListen(Exception):
    """There is no socket. Its words say where and why."""


class LocalSocket:
    """The socket in the run folder. Made by who holds the lock of this agent's name."""

    def __init__(self, folder: Path) -> None:
        """Raises CannotListen: another listens there, or the folder does not take it."""
        self._path = folder / NAME
        try:
            _refuse_living(self._path)
            self._socket = _listening(self._path)
        except OSError as error:
            raise CannotListen(f"{self._path}: {error.strerror or error}") from error

    async def run(self, line: Callable[[], bytes]) -> None:
        """Tell each who comes, until it is cancelled."""
        loop = asyncio.get_running_loop()
        answers: set[asyncio.Task[None]] = set()
        free = asyncio.Semaphore(ANSWERED_MAX)

        def ended(task: asyncio.Task[None]) -> None:
            answers.discard(task)
            free.release()

        try:
            while True:
                await free.acquire()
                visitor = await self._accepted(loop)
                task = loop.create_task(_tell(loop, visitor, line()))
                answers.add(task)
                task.add_done_callback(ended)
                await asyncio.sleep(PACE_S)
        finally:
            for task in answers:
                task.cancel()

    def close(self) -> None:
        """Nobody is told any more, and the name is gone."""
        with suppress(OSError):
            self._path.unlink()
        self._socket.close()

    async def _accepted(self, loop: asyncio.AbstractEventLoop) -> socket.socket:
        while True:
            try:
                visitor, _ = await loop.sock_accept(self._socket)
            except OSError as error:
                _log.debug("%s: %s", self._path, error)
                await asyncio.sleep(AGAIN_S)
            else:
                return visitor


async def _tell(loop: asyncio.AbstractEventLoop, visitor: socket.socket, line: bytes) -> None:
    with visitor, suppress(OSError, TimeoutError):
        async with asyncio.timeout(READ_S_MAX):
            await loop.sock_sendall(visitor, line)
        visitor.shutdown(socket.SHUT_WR)
        visitor.recv(THROWN_BYTES)  # what lies unread at the end would be an error to its sender


def _refuse_living(path: Path) -> None:
    """A socket that a killed agent left is replaced, and nothing else is."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise CannotListen(f"{path}: it is no socket, and is left as it is")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as knock:
        try:
            knock.connect(bytes(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return
        except BlockingIOError:
            pass  # somebody listens, and is busy
    raise CannotListen(f"{path}: another process answers there")


def _listening(path: Path) -> socket.socket:
    """Bound beside it and then put in its place: nobody finds it before it is as it must be."""
    part = path.with_name(f".{path.name}")
    with suppress(FileNotFoundError):
        part.unlink()
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        made.bind(bytes(part))  # nobody can connect before it listens
        group = part.parent.stat().st_gid
        if part.stat().st_gid != group:
            os.chown(part, -1, group)
        part.chmod(MODE)
        made.listen(WAITING_MAX)
        part.replace(path)
    except BaseException:
        made.close()
        with suppress(OSError):
            part.unlink()
        raise
    return made
