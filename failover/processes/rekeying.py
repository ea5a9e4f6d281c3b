"""Goes by other keys at SIGHUP, without a restart: so that keys can change while services run.

The file is read by a thread, not on the way of a renewal. One that is wrong changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import signal

from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.wire.post import Post
from failover.wire.problem import WireProblem

_log = logging.getLogger("telemed.keys")


async def rekeying(place: Place, post: Post) -> None:
    """Read the keys again at each SIGHUP, until it is cancelled."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    try:
        while True:
            await asked.wait()
            asked.clear()
            await _rekey(place, post)
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


async def _rekey(place: Place, post: Post) -> None:
    try:
        post.rekey(await asyncio.to_thread(place.keyring))
    except CannotRun as cannot:
        _log.error("the keys stay as they were: %s", cannot.problem)
    except WireProblem as problem:
        _log.error("the keys stay as they were: %s: %s", problem.place, problem.message)
    else:
        _log.info("goes by what stands in %s now", place.node.keys)
