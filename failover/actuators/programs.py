"""Runs another program: no shell, a bounded time, a bounded output, and nothing left behind.

The program leads a session of its own, so that whatever it starts ends with it. It inherits no
environment and no open file: what it may know is handed to it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

OUTPUT_BYTES_MAX = 1 << 16  # kept of each run: the last ones; the rest is read and dropped
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BARE: Mapping[str, str] = {"PATH": PATH, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
GRACE_S = 1.0  # between asking a program to end and ending it
PIPE_S = 0.2  # for output still on its way when the program has ended


class Ended(NamedTuple):
    """How a program ended."""

    code: int | None  # None: not begun, or ended by us at its limit; negative: by a signal
    output: str  # the last of stdout and stderr, together
    begun: bool = True

    @property
    def fine(self) -> bool:
        """It said that all went well."""
        return self.code == 0

    @property
    def words(self) -> str:
        """Its last line that says something."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        return lines[-1] if lines else "it said nothing"


async def run(
    arguments: Sequence[str],
    *,
    limit_s: float,
    environment: Mapping[str, str] = BARE,
    folder: str = "/",
) -> Ended:
    """Runs a program to its end, at most `limit_s`; then it is asked to end, and ended.

    Whatever is still in its session is ended with it; a server that it started leads a session of
    its own and stays. Cancelling ends it too.
    """
    # A pipe of our own: with asyncio's, the wait would last until all who hold it have closed it.
    reading_end, writing_end = os.pipe2(os.O_CLOEXEC)
    output = await _Output.of(reading_end)
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing_end,
            stderr=writing_end,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        output.close()
        return Ended(None, f"{arguments[0]} cannot be run: {error}", begun=False)
    finally:
        os.close(writing_end)
    code: int | None = None
    try:
        async with asyncio.timeout(limit_s):
            code = await process.wait()
    except TimeoutError:
        pass
    finally:
        await _end(process, output)
    return Ended(code, output.kept.decode("utf-8", "replace"))


class _Output(asyncio.Protocol):
    """The last of what comes through a pipe."""

    def __init__(self) -> None:
        self.kept = bytearray()
        self._over = asyncio.Event()
        self._transport: asyncio.BaseTransport | None = None

    @classmethod
    async def of(cls, reading_end: int) -> _Output:
        file = os.fdopen(reading_end, "rb", 0)
        _, output = await asyncio.get_running_loop().connect_read_pipe(cls, file)
        return output

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.kept += data
        del self.kept[:-OUTPUT_BYTES_MAX]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's own name)
        self._over.set()

    async def rest(self) -> None:
        """Waits for what is still on its way, at most `PIPE_S`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PIPE_S):
                await self._over.wait()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def _end(process: asyncio.subprocess.Process, output: _Output) -> None:
    """Ends what is still running; its output is not waited for longer than `PIPE_S`."""
    try:
        if process.returncode is None:
            _signal_session(process.pid, signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_S):
                    await process.wait()
    finally:
        # The leader is gone perhaps, and those that it started are not.
        _signal_session(process.pid, signal.SIGKILL)
        try:
            await process.wait()
            await output.rest()
        finally:
            output.close()


def _signal_session(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
