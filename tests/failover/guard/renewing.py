"""An agent's process for the tests: `python -m tests.failover.guard.renewing ORDER`, in JSON.

Renews by the real client, and stops itself (SIGSTOP) at one point of one renewal. When it is thawed
it does the rest of that renewal, waits until the guard has done it too, says `thawed` and does no
more. It writes `armed NUMBER BEFORE AFTER`, times of the monotonic clock, to its standard
output, and `lost` and `back` when the guard is.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import NamedTuple

from failover.core.effects import Adopted, Arm, Armed, Event, Grant, GuardState
from failover.guard.client import ClientSettings, GuardClient

PERIOD_S = 0.05
POINTS = ("before arm", "arm sent", "armed", "granted")


class Order(NamedTuple):
    """What it shall do."""

    folder: str
    plan: str
    instances: list[str]
    length_s: float
    point: str  # of POINTS; empty: it is never frozen
    number: int  # the renewal that is frozen


class Renewer:
    """Renews until it has been frozen and thawed."""

    def __init__(self, order: Order) -> None:
        settings = ClientSettings(plan=order.plan, folder=Path(order.folder), answer_s_max=60.0)
        self._order = order
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._client = GuardClient(settings, self._events.put_nowait)
        self._instances = frozenset(order.instances)

    async def run(self) -> None:
        self._client.start()
        await self._hear(Adopted({}))
        for number in range(1, self._order.number):
            await self._renew(number, "")
            self._client.sign_of_life()
            await asyncio.sleep(PERIOD_S)
        await self._renew(self._order.number, self._order.point)
        self._client.carry_out(Arm("barrier", frozenset(), self._order.length_s))
        await self._hear(Armed("barrier"))
        _say("thawed")
        await self._hear(None)

    async def _renew(self, number: int, point: str) -> None:
        name = f"renewal {number}"
        if point == "before arm":
            _freeze()
            return
        before_s = time.monotonic()
        self._client.carry_out(Arm(name, self._instances, self._order.length_s))
        if point == "arm sent":
            _freeze()
        await self._hear(Armed(name))
        _say(f"armed {number} {before_s} {time.monotonic()}")
        if point == "armed":
            _freeze()
        self._client.carry_out(Grant(name, self._instances))
        if point == "granted":
            _freeze()

    async def _hear(self, wanted: Event | None) -> None:
        async with asyncio.timeout(30):
            while (event := await self._events.get()) != wanted:
                _tell(event)


async def main(order: Order) -> None:
    await Renewer(order).run()


def _tell(event: Event) -> None:
    if isinstance(event, GuardState):
        _say("back" if event.alive else "lost")


def _freeze() -> None:
    _say("freezing")
    os.kill(os.getpid(), signal.SIGSTOP)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Order(**json.loads(sys.argv[1]))))
