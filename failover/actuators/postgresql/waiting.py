"""Waiting for something to come true, for a bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from failover.actuators.postgresql.files import NotDone


async def until(
    condition: Callable[[], Awaitable[bool]], limit_s: float, words: str, *, poll_s: float
) -> None:
    """Asks again and again.

    Raises:
        NotDone: It has not come true within `limit_s`; says `words`.
    """
    try:
        async with asyncio.timeout(limit_s):
            while not await condition():
                await asyncio.sleep(poll_s)
    except TimeoutError as error:
        raise NotDone(f"{words} within {limit_s:g} s") from error
