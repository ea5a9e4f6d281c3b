"""What witness and observer have in common: a loop that serves until a signal comes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence

from failover.processes.notify import ALIVE, READY, STOPPING, Supervisor
from failover.processes.problem import CannotRun
from failover.wire.post import Post
from failover.wire.problem import WireProblem

PULSE_S = 1.0

Work = Callable[[], Coroutine[object, object, None]]


async def serve(post: Post, works: Sequence[Work], supervisor: Supervisor) -> None:
    """Listen and work until SIGTERM or SIGINT. Raises CannotRun; what a work raises ends it."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    try:
        post.open()
    except WireProblem as problem:
        raise CannotRun(f"{problem.place}: {problem.message}", problem.hint) from problem
    tasks = [loop.create_task(work()) for work in works]
    tasks.append(loop.create_task(_pulse(supervisor)))
    waiter = loop.create_task(_until(ended))
    try:
        supervisor.say(READY)
        await asyncio.wait([*tasks, waiter], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        supervisor.say(STOPPING)
        for task in (*tasks, waiter):
            task.cancel()
        await asyncio.gather(*tasks, waiter, return_exceptions=True)
        post.close()


async def _pulse(supervisor: Supervisor) -> None:
    while True:
        supervisor.say(ALIVE)
        await asyncio.sleep(PULSE_S)


async def _until(ended: asyncio.Event) -> None:
    await ended.wait()
