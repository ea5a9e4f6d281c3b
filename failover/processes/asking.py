"""The agent's register: its two questions become tasks, whose answers are events.

A plan's cells may be more than one read takes; then several are made, and a look is whole or
nothing. A look that is still under way is not begun again: its answer is as good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence

from failover.core.effects import Answered, Commit, Event, Looked
from failover.core.transaction import CELLS_READ_MAX, Cell
from failover.register.port import Register


class Asking:
    """One agent's client. `tell` gets the answers, in the loop."""

    def __init__(
        self,
        register: Register,
        keys: Sequence[str],
        tell: Callable[[Event], None],
        *,
        look_s: float,
    ) -> None:
        self._register = register
        self._parts = [
            keys[start : start + CELLS_READ_MAX] for start in range(0, len(keys), CELLS_READ_MAX)
        ]
        self._tell = tell
        self._look_s = look_s
        self._looking = False
        self._tasks: set[asyncio.Task[None]] = set()

    def commit(self, effect: Commit) -> None:
        """Ask for a write; answered once, by its own limit at the latest."""
        self._begin(self._commit(effect))

    def look(self) -> None:
        """Ask what the cells are, as the nearest member has them."""
        if not self._looking:
            self._looking = True
            self._begin(self._look())

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()  # a mistake of ours must not be silent

    async def _commit(self, effect: Commit) -> None:
        outcome = await self._register.commit(effect.transaction, timeout_s=effect.timeout_s)
        self._tell(Answered(effect.request, outcome))

    async def _look(self) -> None:
        try:
            looks = [self._register.look(part, timeout_s=self._look_s) for part in self._parts]
            # Nearly always one, five times a second: it gets no task of its own.
            found = await asyncio.gather(*looks) if len(looks) > 1 else [await looks[0]]
        finally:
            self._looking = False
        self._tell(Looked(_whole(found), at_once=len(self._parts) == 1))


def _whole(found: Sequence[Mapping[str, Cell] | None]) -> Mapping[str, Cell] | None:
    cells: dict[str, Cell] = {}
    for part in found:
        if part is None:
            return None
        cells.update(part)
    return cells
