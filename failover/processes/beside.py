"""A loop on a thread of its own: what hangs there holds up nothing of the agent's.

A database's files are synced, small files are read by libpq, programs are begun: on a disk that
hangs each of these waits in the kernel. The renewals' loop must not wait with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import TypeVar

Answer = TypeVar("Answer")

CLOSE_S_MAX = 4.0


class Beside:
    """Made on the agent's loop; `begin` and `call` are for any thread, and never wait."""

    def __init__(self, name: str) -> None:
        self._home = asyncio.get_running_loop()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def begin(self, work: Coroutine[object, object, Answer]) -> Future[Answer]:
        """Starts work over there. An error in it is the agent's, as in its own loop."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.add_done_callback(self._ended)
        return future

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Calls over there, soon."""
        with suppress(RuntimeError):  # it has been closed
            self._loop.call_soon_threadsafe(function, *arguments)

    def later(self, after_s: float, function: Callable[..., object], *arguments: object) -> None:
        """Calls over there after a while. To be asked for over there."""
        self._loop.call_later(after_s, function, *arguments)

    def tell_home(self, function: Callable[..., object], *arguments: object) -> None:
        """Calls on the agent's loop, soon."""
        with suppress(RuntimeError):
            self._home.call_soon_threadsafe(function, *arguments)

    async def close(self, last: Coroutine[object, object, None]) -> None:
        """Carries out a last work and ends; a thread that hangs is left behind."""
        future = asyncio.run_coroutine_threadsafe(last, self._loop)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.wrap_future(future), CLOSE_S_MAX)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _ended(self, future: Future[Answer]) -> None:
        if not future.cancelled() and future.exception() is not None:
            self.tell_home(future.result)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            with suppress(RuntimeError):
                self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()
