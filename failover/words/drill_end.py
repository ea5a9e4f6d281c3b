"""`drill abort`: the end of whatever drill runs, said at either centre, with or without register.

The word is a file that the conductor of a drill sees within a tenth of a second; the agents carry
it to the other centre. Where no conductor lives any more, a group that a drill has left at the
other centre is brought back from here, if the register answers.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from failover.core import requests
from failover.core.cells import OrderCell, OrderKind, keys_of
from failover.core.plan import Group
from failover.core.transaction import Committed
from failover.disk.lock import NameLock, NameTaken
from failover.processes.drill_abort import Aborted, write_abort
from failover.processes.places import Place, register_of
from failover.processes.problem import CannotRun
from failover.register.port import Register
from failover.words.drill_blocks import DRILL
from failover.words.drill_conduct import HANDED_S, ORDER_S, is_away, why_not_back
from failover.words.register import read_all, write
from failover.words.status_file import read_status

LOCK = "drill.lock"  # in the run folder, held by whoever conducts a drill here
END_S = 5.0
CONDUCTOR_S = 2.5  # so long a conductor, here or there, is left to bring the group back itself
WATCH_S = 0.1
READ_S = 0.6


@dataclass(slots=True, kw_only=True)
class Ended:
    """What became of the word."""

    after_s: float
    conducted_here: bool  # a drill ran at this centre when it was said
    told_other: bool  # the other centre's agent knows
    register: bool  # it answered
    away: tuple[str, ...]  # groups that a drill has left at the other centre
    brought_back: tuple[str, ...]
    moving: tuple[str, ...]  # groups that are handed over from here even now
    notes: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether nothing of a drill is left."""
        return not self.away and not self.moving and self.told_other


def is_conducting(place: Place) -> bool:
    """Whether a drill is conducted from this machine."""
    try:
        NameLock(place.node.run / LOCK).close()
    except NameTaken:
        return True
    except OSError:
        return False
    return False


def end_drill(place: Place, by: str, say: Callable[[str], None]) -> Ended:
    """Say it, and see what becomes of it, for five seconds at most. Raises CannotRun."""
    conducted = is_conducting(place)
    try:
        word = write_abort(place.node.run, by, place.node.name)
    except OSError as error:
        hint = "the run folder is there while an agent lives, or lived since the machine's start"
        raise CannotRun(f"{place.node.run}: {error.strerror}", hint) from error
    say("said here")
    return asyncio.run(_Ending(place, word, say).watch(conducted_here=conducted))


class _Ending:
    """Watches what becomes of a word."""

    def __init__(self, place: Place, word: Aborted, say: Callable[[str], None]) -> None:
        self._place, self._word, self._say = place, word, say
        self._began_s = time.monotonic()
        self._back: set[str] = set()
        self._ended = Ended(
            after_s=0.0,
            conducted_here=False,
            told_other=False,
            register=False,
            away=(),
            brought_back=(),
            moving=(),
        )

    async def watch(self, *, conducted_here: bool) -> Ended:
        self._ended.conducted_here = conducted_here
        try:
            client = register_of(self._place)
        except CannotRun as cannot:
            self._ended.notes.append(cannot.problem)
            return await self._turns(None)
        try:
            return await self._turns(client.register)
        finally:
            await client.register.close()

    async def _turns(self, register: Register | None) -> Ended:
        ended = self._ended
        while True:
            self._look_here()
            await self._look_there(register)
            ended.after_s = round(time.monotonic() - self._began_s, 2)
            # Without the register an order may stand that this machine's agent has not seen.
            least_s = 0.0 if ended.register else ORDER_S
            conducting = is_conducting(self._place)
            if ended.done and not conducting and ended.after_s >= least_s:
                return ended
            if ended.after_s >= END_S - WATCH_S:
                return ended
            await asyncio.sleep(WATCH_S)

    def _look_here(self) -> None:
        """What this centre's agent says."""
        told = read_status(self._place.node.run)
        if told is None or not told.fresh:
            return
        document = told.document
        word = document.get("drill")
        if word and word["nonce"] == self._word.nonce and word["told"]:
            if not self._ended.told_other:
                self._say(f"{document['peer']['centre']} knows")
            self._ended.told_other = True
        self._ended.moving = tuple(
            name
            for name, group in document["groups"].items()
            if group["stage"] == "handing over"
            and (group["order"] or {"nonce": DRILL})["nonce"].startswith(DRILL)
        )

    async def _look_there(self, register: Register | None) -> None:
        """What the register says; what nobody brings back is brought back."""
        ended, plan = self._ended, self._place.plan.plan
        cells = None
        if register is not None:
            cells = await read_all(register, keys_of(plan), timeout_s=READ_S)
        ended.register = cells is not None
        if register is None or cells is None:
            return
        found = {group.name: is_away(group, cells) for group in plan.groups}
        ended.away = tuple(name for name, where in found.items() if where)
        ended.brought_back = tuple(sorted(self._back - set(ended.away)))
        for group in plan.groups:
            late = time.monotonic() > self._began_s + CONDUCTOR_S
            if found[group.name] and late and group.name not in self._back:
                self._back.add(group.name)
                await self._bring_back(register, group, plan.other(found[group.name]))

    async def _bring_back(self, register: Register, group: Group, home: str) -> None:
        plan, by = self._place.plan.plan, self._word.by
        why_not = why_not_back(self._place, group.name)
        if why_not:
            self._ended.notes.append(f"{group.name}: not brought back while {why_not}")
            return
        nonce = f"{DRILL}{secrets.token_hex(4)}-end"
        order = OrderCell(OrderKind.SWITCHOVER, home, ORDER_S, by, nonce)
        try:
            async with asyncio.timeout(HANDED_S):
                outcome, _ = await write(
                    register,
                    keys_of(plan),
                    lambda cells: requests.order(plan, group.name, order, cells),
                )
        except (TimeoutError, CannotRun):
            self._ended.notes.append(f"{group.name}: the register does not answer")
            return
        if isinstance(outcome, Committed):
            self._say(f"{group.name} is ordered back to {home}: its conductor lives no more")
