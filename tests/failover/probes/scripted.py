"""Probes that do as a script says, on a loop whose clock jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from tests.failover.register.loops import JumpingLoop

LOST = ("", None)  # never answers


class Scripted:
    """Answers `(why, after seconds)` step by step, then the last one for ever."""

    def __init__(self, *steps: tuple[str, float | None]) -> None:
        self._steps = list(steps or [("", 0.01)])

    async def attempt(self) -> str:
        why, after_s = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        await asyncio.sleep(1e9 if after_s is None else after_s)
        return why


class Blocking:
    """Keeps the whole loop from its turn for so long, and then fails or not."""

    def __init__(self, why: str, blocks_s: Sequence[float]) -> None:
        self._why = why
        self._blocks_s = list(blocks_s)

    async def attempt(self) -> str:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, JumpingLoop)
        await asyncio.sleep(0.01)
        loop.now += self._blocks_s.pop(0) if self._blocks_s else 0.0
        return self._why


def clock() -> Callable[[], float]:
    return asyncio.get_running_loop().time


async def run_for(task: Callable[[], object], seconds: float) -> None:
    """Lets something run for so long on the clock that jumps."""
    running = task()
    assert asyncio.iscoroutine(running)
    try:
        async with asyncio.timeout(seconds):
            await running
    except TimeoutError:
        return
