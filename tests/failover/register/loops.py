"""Tests that are coroutines: on a real loop, or on one whose clock jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import ParamSpec

Given = ParamSpec("Given")
HUNG_S = 120.0  # far above what any test takes; only so that a run ends


def on_loop(test: Callable[Given, Awaitable[None]]) -> Callable[Given, None]:
    """Runs a test that talks to real servers and files."""

    @wraps(test)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(HUNG_S):
                await test(*args, **kwargs)

        asyncio.run(bounded())

    return run


def in_no_time(test: Callable[Given, Coroutine[None, None, None]]) -> Callable[Given, None]:
    """Runs a test that only waits for timers, in an order that is always the same."""

    @wraps(test)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its clock stands still while there is work, then jumps to the next timer."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        return self.now


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "nothing will ever happen: the test waits for ever"
        self._loop.now += max(0.0, timeout)
        return super().select(0)
