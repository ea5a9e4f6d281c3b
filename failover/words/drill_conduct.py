"""A planned switchover there and back, as a drill: its orders live for seconds, and are watched.

Whatever becomes of this process, the register and the network, nothing of a drill is in motion five
seconds later: an order that is not begun is void after `ORDER_S`, and a move that is begun is
through, or rolled back by its owner, within the core's own limit. A person's end of the drill (a
file, see `failover.processes.drill_abort`) and a real failure take the order away before that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from failover.core import requests
from failover.core.cells import OrderCell, OrderKind, OwnerCell, OwnerState, decode, owner_key
from failover.core.plan import Group
from failover.core.transaction import ABSENT, Cell, Committed
from failover.processes.drill_abort import Aborted, read_abort
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.register.port import Register
from failover.words.drill_blocks import DRILL, alarms, not_ready
from failover.words.drill_report import Moved, Report, Verdict
from failover.words.orders import Step, keys_of_order, owner_of, progress
from failover.words.register import read_all, write
from failover.words.status_file import read_status

ORDER_S = 3.0  # an order that is not begun by then is void: the dead man's end of every drill
HANDED_S = 2.5  # a move that was begun is through or rolled back: the core's 2 s and a look
TAKEN_S = 15.0  # a group that nobody serves is waited for: its actuators may need so long
WATCH_S = 0.1
READ_S = 0.8
SILENT_S = 2.0  # the register does not answer: a real failure
BACK_WITHIN_S = 4.0  # when a person ended the drill


class Stopped(Exception):
    """The drill ends here."""

    def __init__(self, verdict: Verdict, why: str) -> None:
        super().__init__(why)
        self.verdict = verdict
        self.why = why


class _Turn(NamedTuple):
    step: Step
    sentence: str
    cells: Mapping[str, Cell]


class Course(Enum):
    """Which of the two moves."""

    THERE = "there"
    BACK = "back"


@dataclass(slots=True)
class _Watch:
    """What ends a drill while it runs."""

    place: Place
    group: str
    began_s: float
    time_box_s: float
    since_boot_s: float  # words that were said before this are another drill's
    silent_since_s: float | None = None

    def look(self) -> None:
        """Raises Stopped."""
        word = read_abort(self.place.node.run)
        if word is not None and word.at_boot_s >= self.since_boot_s:
            raise Stopped(Verdict.ABORTED, _told(word))
        told = read_status(self.place.node.run)
        if told is None or not told.fresh:
            raise Stopped(Verdict.INTERRUPTED, "the agent here does not live any more")
        # An agent that was paused has dropped its evidence: that is no failure of others.
        found = alarms(told.document, self.place.plan.plan, self.group)
        if found and not told.document["late"]:
            raise Stopped(Verdict.INTERRUPTED, found[0])
        if time.monotonic() > self.began_s + self.time_box_s:
            raise Stopped(Verdict.FAILED, "the time box is over")

    def answered(self, *, answered: bool) -> None:
        """The register answered, or did not. Raises Stopped."""
        now_s = time.monotonic()
        if answered:
            self.silent_since_s = None
        elif self.silent_since_s is None:
            self.silent_since_s = now_s
        elif now_s > self.silent_since_s + SILENT_S:
            raise Stopped(Verdict.INTERRUPTED, "the register does not answer")


class Conductor:
    """Conducts one drill. `say` hears each line of its timeline."""

    def __init__(
        self,
        place: Place,
        register: Register,
        group: Group,
        report: Report,
        say: Callable[[str], None],
    ) -> None:
        self._place, self._register, self._group = place, register, group
        self._report, self._say = report, say
        self._watch: _Watch | None = None

    async def run(self, since_boot_s: float) -> None:
        """There, stay, back; the report tells the rest. `since_boot_s`: when it was ordered."""
        report = self._report
        self._watch = _Watch(
            self._place, self._group.name, time.monotonic(), report.time_box_s, since_boot_s
        )
        try:
            await self.move(report.away, Course.THERE)
            await self._stay()
            await self.move(report.home, Course.BACK)
            report.verdict, report.lost_bytes = Verdict.SUCCEEDED.value, 0.0
        except Stopped as stopped:
            self._watch = None
            report.verdict, report.why = stopped.verdict.value, stopped.why
            self._happened(f"{stopped.verdict.value}: {stopped.why}")
            await self._give_way(stopped.verdict)
        cells = await self._read()
        report.left_at = owner_of(self._group, cells) if cells else ""
        report.ended_at = round(time.time(), 3)

    async def move(self, to: str, course: Course) -> None:
        """Order the group to a centre, and see it done. Raises Stopped."""
        moved = Moved(to=to)
        self._report.moves.append(moved)
        nonce = f"{DRILL}{self._report.id}-{course.value}"
        order = OrderCell(OrderKind.SWITCHOVER, to, ORDER_S, self._report.by, nonce)
        began_s = time.monotonic()
        self._happened(f"ordered to {to}")
        await self._write(lambda _cells: order)
        closed_s, told = None, Step.WAITS
        while True:
            turn = await self._turn(order)
            now_s = time.monotonic()
            if turn is not None:
                if turn.step is not told:
                    told = turn.step
                    self._happened(f"{turn.step.value}: {turn.sentence}")
                if turn.step in (Step.SURRENDERED, Step.TAKEN) and closed_s is None:
                    closed_s = now_s
                if turn.step is Step.DONE:
                    moved.took_s = round(now_s - began_s, 2)
                    moved.closed_s = round(now_s - (closed_s or now_s), 2)
                    moved.epoch = self._epoch(turn.cells)
                    return
                if turn.step is Step.REPLACED:
                    raise Stopped(Verdict.INTERRUPTED, turn.sentence)
            limit_s = ORDER_S + HANDED_S + (TAKEN_S if told is not Step.WAITS else 0.0)
            if now_s > began_s + limit_s:
                why = "was not begun, or rolled back" if told is Step.WAITS else "is not through"
                raise Stopped(Verdict.FAILED, f"the move to {to} {why} in {limit_s:.0f} s")
            await asyncio.sleep(WATCH_S)

    # --- while it runs ---------------------------------------------------------------------

    async def _turn(self, order: OrderCell) -> _Turn | None:
        cells = await self._read()
        if self._watch is not None:
            self._watch.look()
            self._watch.answered(answered=cells is not None)
        if cells is None:
            return None
        step, sentence = progress(self._group, order, cells)
        return _Turn(step, sentence, cells)

    async def _stay(self) -> None:
        """Serve there for a while, and until it can come back. Raises Stopped."""
        assert self._watch is not None
        end_s, waits = time.monotonic() + self._report.stay_s, ""
        while time.monotonic() < end_s or waits:
            self._watch.look()
            waits = self._waits(waits)
            cells = await self._read()
            self._watch.answered(answered=cells is not None)
            owner = owner_of(self._group, cells) if cells is not None else self._report.away
            if owner != self._report.away:
                where = owner or "nobody"
                raise Stopped(Verdict.INTERRUPTED, f"{where} owns it, and this drill did not")
            await asyncio.sleep(WATCH_S)

    def _waits(self, known: str) -> str:
        """Why its home cannot take it back yet; empty: it can."""
        told = read_status(self._place.node.run)
        if told is None:
            return known
        waits = not_ready(told.document, self._group.name, self._report.home)
        if waits and waits != known:
            self._happened(f"{self._report.home} cannot take it back yet: {waits}")
        return waits

    async def _give_way(self, verdict: Verdict) -> None:
        """Take the order away; and where nothing has failed, bring the group back."""
        await self._withdraw()
        owner = await self._settled()
        back = verdict in (Verdict.ABORTED, Verdict.FAILED) and owner == self._report.away
        if not back:
            return
        why_not = why_not_back(self._place, self._group.name)
        if why_not:
            self._happened(f"not brought back while {why_not}: order a `switchover` afterwards")
            return
        try:
            async with asyncio.timeout(BACK_WITHIN_S if verdict is Verdict.ABORTED else None):
                await self.move(self._report.home, Course.BACK)
        except (Stopped, TimeoutError) as why:
            said = why.why if isinstance(why, Stopped) else "not in time"
            self._happened(f"not brought back: {said}: order a `switchover`")

    async def _withdraw(self) -> None:
        """Put an order that asks for nothing in the place of the one that stands.

        It is to where the group is: an agent obeys even the shortest order once, when it sees it.
        """
        nonce = f"{DRILL}{self._report.id}-void"

        def nothing(cells: Mapping[str, Cell]) -> OrderCell:
            to = owner_of(self._group, cells) or self._report.away
            return OrderCell(OrderKind.SWITCHOVER, to, WATCH_S, self._report.by, nonce)

        try:
            await self._write(nothing)
            self._happened("its order is withdrawn")
        except Stopped:
            self._happened(f"the register does not answer: its order is void after {ORDER_S:.0f} s")

    async def _settled(self) -> str:
        """Who owns the group when what was begun is through or rolled back; empty: not known."""
        end_s = time.monotonic() + HANDED_S
        while True:
            cells = await self._read()
            owner = owner_of(self._group, cells) if cells else ""
            told = read_status(self._place.node.run)
            moving = told is not None and told.fresh and _is_moving(told.document, self._group)
            if (owner and not moving) or time.monotonic() > end_s:
                return owner
            await asyncio.sleep(WATCH_S)

    # --- the register ----------------------------------------------------------------------

    async def _write(self, order: Callable[[Mapping[str, Cell]], OrderCell]) -> None:
        """Raises Stopped."""
        plan, group = self._place.plan.plan, self._group
        try:
            async with asyncio.timeout(SILENT_S):
                outcome, _ = await write(
                    self._register,
                    keys_of_order(plan, group),
                    lambda cells: requests.order(plan, group.name, order(cells), cells),
                )
        except (TimeoutError, CannotRun) as error:
            raise Stopped(Verdict.INTERRUPTED, "the register does not answer") from error
        if not isinstance(outcome, Committed):
            raise Stopped(Verdict.INTERRUPTED, "somebody else gave an order at the same moment")

    async def _read(self) -> Mapping[str, Cell] | None:
        keys = keys_of_order(self._place.plan.plan, self._group)
        return await read_all(self._register, keys, timeout_s=READ_S)

    def _epoch(self, cells: Mapping[str, Cell]) -> int | None:
        found = (cells.get(owner_key(each), ABSENT) for each in self._group.instances)
        contents = [decode(owner_key("x"), cell.value) for cell in found if cell.revision]
        return max((each.term.epoch for each in contents if isinstance(each, OwnerCell)), default=0)

    def _happened(self, what: str) -> None:
        self._report.happened(time.time(), what)
        self._say(f"{self._report.timeline[-1]['after_s']:6.1f} s  {what}")


def why_not_back(place: Place, group: str) -> str:
    """What is not well, so that a drill's group stays where it is served; empty: nothing."""
    told = read_status(place.node.run)
    if told is None or not told.fresh:
        return ""  # no agent here: the others decide whether they are ready
    return next(iter(alarms(told.document, place.plan.plan, group)), "")


def is_away(group: Group, cells: Mapping[str, Cell]) -> str:
    """The centre that a drill has brought a group to and not back from; empty: none."""
    found = [cells.get(owner_key(each), ABSENT) for each in group.instances]
    owners = [decode(owner_key("x"), cell.value) for cell in found if cell.revision]
    sites = {
        each.owner.site
        for each in owners
        if isinstance(each, OwnerCell)
        and each.state is OwnerState.OWNED
        and each.order.startswith(DRILL)
        and each.order.endswith(f"-{Course.THERE.value}")
    }
    return sites.pop() if len(sites) == 1 else ""


def _is_moving(document: Mapping[str, object], group: Group) -> bool:
    groups = document["groups"]
    assert isinstance(groups, dict)
    return bool(groups[group.name]["stage"] != "none")


def _told(word: Aborted) -> str:
    return f"{word.by} ended it at {word.centre}"
