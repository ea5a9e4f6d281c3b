"""One word of a person's: kept on this machine, written into the register, and followed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, NamedTuple

from failover.core.cells import CellUnreadable, OrderCell
from failover.core.plan import Group
from failover.core.transaction import Cell, Committed, Outcome, Refused, Transaction
from failover.processes.places import Place, register_of
from failover.processes.problem import CannotRun
from failover.words.kept import keep
from failover.words.orders import Step, keys_of_order, obstacles, progress
from failover.words.register import NO_ANSWER, NoAnswer, hint_at, read_all, write
from failover.words.status_file import ask_status

WATCH_S = 0.25
READ_S = 1.0
AFTER_S = 30.0  # what was begun within the order's time may take so long to be done

Warn = Callable[[str], None]


class Word(NamedTuple):
    """What a person says."""

    name: str
    group: str
    by: str
    nonce: str
    details: Mapping[str, object]
    keys: tuple[str, ...]  # that must be read before it is written
    request: Callable[[Mapping[str, Cell]], Transaction]


class Spoken(NamedTuple):
    """What became of a word."""

    outcome: Outcome
    before: Mapping[str, Cell]  # what stood there


class Seen(NamedTuple):
    """One change in the course of an order."""

    after_s: float
    step: str
    sentence: str
    ended: bool | None  # None: it goes on; True: done; False: it will not be done


def speak(place: Place, word: Word, warn: Warn) -> Spoken:
    """Keep the word, write it, keep what became of it. Raises CannotRun: nothing was written."""
    _keep(place, word, "asked", warn)
    try:
        spoken = asyncio.run(_speak(place, word))
    except CannotRun as cannot:
        _keep(place, word, f"not written: {cannot.problem}", warn)
        raise
    except CellUnreadable as unreadable:
        _keep(place, word, f"not written: {unreadable}", warn)
        hint = "a newer version wrote it; use that version's command"
        raise CannotRun(str(unreadable), hint) from unreadable
    _keep(place, word, told_outcome(spoken.outcome), warn)
    return spoken


def told_outcome(outcome: Outcome) -> str:
    """What became of a write, in words."""
    match outcome:
        case Committed(revision):
            return f"written at revision {revision}"
        case Refused():
            return "not written: somebody else wrote there at the same moment"
        case _:
            return f"unknown whether it is written: {outcome.why}"


async def _speak(place: Place, word: Word) -> Spoken:
    client = register_of(place)
    try:
        return Spoken(*await write(client.register, word.keys, word.request))
    except NoAnswer as silent:
        raise CannotRun(silent.problem, hint_at(place)) from silent
    finally:
        await client.register.close()


def _keep(place: Place, word: Word, outcome: str, warn: Warn) -> None:
    """A disk that fails does not keep a person from acting: he is told."""
    content: dict[str, object] = {
        "at": round(time.time(), 3),
        "by": place.node.name,
        "details": dict(word.details),
        "group": word.group,
        "nonce": word.nonce,
        "outcome": outcome,
        "person": word.by,
        "word": word.name,
    }
    try:
        keep(place.node.state, content)
    except OSError as error:
        warn(f"{place.node.state}: {error.strerror}: this word is not in the journal")


async def follow(place: Place, group: Group, order: OrderCell) -> AsyncIterator[Seen]:
    """What happens to an order, each change once; the last one has ended."""
    client = register_of(place)
    began_s, told = time.monotonic(), ""
    keys = keys_of_order(place.plan.plan, group)
    cells: Mapping[str, Cell] | None = None
    try:
        while True:
            found = await read_all(client.register, keys, timeout_s=READ_S)
            cells = found or cells
            after_s = time.monotonic() - began_s
            here = await asyncio.to_thread(_here, place, group.name)
            seen = _seen(place, (group, order), found, here, after_s)
            over_s = order.length_s + (AFTER_S if _is_begun(seen) else WATCH_S)
            if seen.ended is None and after_s > over_s:
                seen = Seen(after_s, "not done", _why_not(place, group, order, cells), ended=False)
            if seen.sentence != told or seen.ended is not None:
                told = seen.sentence
                yield seen
            if seen.ended is not None:
                return
            await asyncio.sleep(WATCH_S)
    finally:
        await client.register.close()


def _seen(
    place: Place,
    ordered: tuple[Group, OrderCell],
    cells: Mapping[str, Cell] | None,
    here: Mapping[str, Any] | None,
    after_s: float,
) -> Seen:
    group, order = ordered
    if cells is None:
        return Seen(after_s, "register silent", NO_ANSWER, None)
    step, sentence = progress(group, order, cells)
    if step is Step.REPLACED:
        return Seen(after_s, step.value, sentence, ended=False)
    if step is Step.DONE and place.node.name == order.to and here is not None:
        if sorted(here["open"]) != sorted(group.instances):
            return Seen(after_s, Step.TAKEN.value, "its services are started", None)
        return Seen(after_s, step.value, f"{sentence}; its doors are open", ended=True)
    if step is Step.DONE:
        return Seen(after_s, step.value, sentence, ended=True)
    if here is not None and _rolled_back(here, order):
        sentence = "it did not get through in time; its owner goes on serving"
        return Seen(after_s, "rolled back", sentence, ended=False)
    if step is Step.WAITS and here is not None and here["stage"] == "handing over":
        return Seen(after_s, "handing over", "its owner has closed it for the planned move", None)
    return Seen(after_s, step.value, sentence, None)


def _here(place: Place, group: str) -> dict[str, Any] | None:
    """What this machine's agent says of the group now, if it lives."""
    told = ask_status(place.node.run)
    if told is None or not told.fresh:
        return None
    found: dict[str, Any] | None = told.document["groups"].get(group)
    return found


def _rolled_back(here: Mapping[str, Any], order: OrderCell) -> bool:
    known = here.get("order")
    return bool(known and known["nonce"] == order.nonce and known["rolled_back"])


def _is_begun(seen: Seen) -> bool:
    return seen.step not in (Step.WAITS.value, "register silent")


def _why_not(place: Place, group: Group, order: OrderCell, cells: Mapping[str, Cell] | None) -> str:
    if cells is None:
        return NO_ANSWER
    found = obstacles(place.plan.plan, group, cells)
    if not found:
        found = [f"{order.to} did not say that it could serve it, or its agent does not live"]
    return f"not begun within {order.length_s:.0f} s, and void now: {'; '.join(found)}"
