"""Leaves at SIGUSR1, so that the next life goes on with open doors: a planned restart.

The doors stay open for what is left of their lease. So it leaves when they have just been renewed,
and not while the register does not answer: the next life could renew nothing.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

from failover.core.state import State
from failover.wire.post import boot_time_s

FRESH_S = 0.1  # doors that were renewed so long ago are as good as new
LOOK_S = 0.005
PERIODS = 2  # of a renewal: by then one has come, or the register is silent

_log = logging.getLogger("telemed.agent")


async def departing(state: State, leave: Callable[[], Awaitable[None]]) -> None:
    """Wait for the signal, and leave when that closes nothing. Until it is cancelled."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, asked.set)
    try:
        while True:
            await asked.wait()
            asked.clear()
            why_not = await _wait(state)
            if not why_not:
                await leave()
                return
            _log.error("stays, and does not restart: %s", why_not)
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)


async def _wait(state: State) -> str:
    """Until its doors are as good as new; why it must not leave."""
    patience_s = PERIODS * state.plan.profile.renewal_s
    limit_s = boot_time_s() + patience_s
    while (now_s := boot_time_s()) < limit_s:
        if not state.doors.opened() or left_s(state, now_s) >= state.lease().length_s - FRESH_S:
            break
        await asyncio.sleep(LOOK_S)
    if state.answered_s is None or now_s - state.answered_s > patience_s:
        return "the register does not answer, and the next life could not renew what is open"
    return ""


def left_s(state: State, now_s: float) -> float:
    """How long every open door stays open if nobody renews it."""
    return state.doors.first_until_s - now_s
