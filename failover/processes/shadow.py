"""A shadow agent: it judges what the agent beside it perceives, and does nothing at all.

It reads two files of the living agent's: its status, each second, and the evidence in its
journal, at each change of its verdicts. It has no key, no socket and no client of the register, so
there is nothing that it could open, write or move. Its own verdicts go into a journal of its own,
in `shadow` below the state folder: with another version of this program, or another plan
(`--plan`), `drill shadow` compares what each would have done.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from failover.core.journal import RecordUnreadable, record, replay, split
from failover.core.plan import Plan
from failover.disk.journal import JournalFiles, journal_files
from failover.disk.journal_reading import Cursor, JournalReading
from failover.disk.lock import NameLock, NameTaken, boot_id
from failover.processes.agent import JOURNAL, LOCK
from failover.processes.evidence_of_status import evidence_of
from failover.processes.notify import ALIVE, READY, STOPPING, Supervisor
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.processes.status import EVERY_S, VERSION
from failover.processes.status import NAME as STATUS
from failover.wire.post import boot_time_s

FOLDER = "shadow"  # below the run folder and the state folder
READ_BYTES = 1 << 20
OLD_S = 3.0
TELLS_S = 600.0  # so often it says that it still sees

_log = logging.getLogger("telemed.shadow")


def run(place: Place, supervisor: Supervisor, plan: Plan | None = None) -> None:
    """Judge until a signal. Raises CannotRun.

    `plan`: to judge by, where that is not the node file's.
    """
    if place.node.name not in place.plan.plan.sites:
        raise CannotRun(
            f"{place.node.plan}: `{place.node.name}` is none of its data centres",
            f"a shadow runs at {' or '.join(place.plan.plan.sites)}, beside an agent",
        )
    folder = place.folder(place.folder(place.node.run) / FOLDER)
    try:
        lock = NameLock(folder / LOCK)
    except NameTaken as taken:
        raise CannotRun(taken.problem, "one shadow at a place is enough") from taken
    try:
        asyncio.run(_live(place, plan or place.plan.plan, supervisor))
    finally:
        lock.close()


async def _live(place: Place, plan: Plan, supervisor: Supervisor) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    folder = place.folder(place.folder(place.node.state) / FOLDER) / JOURNAL
    try:
        journal = JournalFiles(folder, place.node.name)
    except OSError as error:
        raise CannotRun(f"{folder}: {error.strerror}") from error
    shadow = Shadow(place, plan, journal)
    supervisor.say(READY)
    try:
        while not ended.is_set():
            await asyncio.to_thread(shadow.turn)
            supervisor.say(ALIVE)
            try:
                async with asyncio.timeout(EVERY_S):
                    await ended.wait()
            except TimeoutError:
                continue
    finally:
        supervisor.say(STOPPING)
        shadow.end()
        journal.close()


class Shadow:
    """Looks, judges, records."""

    def __init__(self, place: Place, plan: Plan, journal: JournalFiles) -> None:
        self._place, self._plan, self._journal = place, plan, journal
        self._judged: dict[str, Any] | None = None  # as it stands in a record
        self._reading = JournalReading(place.node.state / JOURNAL)
        self._cursor = end_of_journal(place.node.state / JOURNAL)
        self._why_not = ""
        self._told_s = 0.0
        self._newest_s = 0.0  # of what was judged
        self._note(shadow="begins", boot=boot_id(), plan=plan.hash)

    def end(self) -> None:
        """Say that no more will come."""
        self._note(shadow="ends")

    def turn(self) -> None:
        """Judge what the living agent's status says, and what is new in its journal.

        The status is read first and may yet be the older one: an agent writes it now and then, its
        journal at once. So the two are put in order, and a status that is overtaken is left out.
        """
        found = []
        try:
            found.append(self._judged_now())
        except (OSError, ValueError, TypeError, KeyError) as error:
            self._cannot(f"{STATUS}: {type(error).__name__}: {error}")
        else:
            self._cannot("")
        if found and _at_s(found[0]) < self._newest_s:
            found.clear()
        for text in sorted((*found, *self._written()), key=_at_s):
            self._keep(text)
        if not self._why_not and boot_time_s() > self._told_s + TELLS_S:
            self._note(shadow="sees")

    def _judged_now(self) -> str:
        document = json.loads((self._place.node.run / STATUS).read_text("utf-8"))
        at_s = float(document["at_boot_s"])
        if document["version"] != VERSION or document["boot"] != boot_id():
            raise ValueError("it is of another version, or of another start of the machine")
        if boot_time_s() - at_s > OLD_S:
            raise ValueError("it is old: the agent does not live")
        evidence = evidence_of(document, self._plan)
        return record(self._place.node.name, at_s, evidence, self._plan)

    def _written(self) -> Iterator[str]:
        """What is made of the evidence that was appended to the living agent's journal since."""
        try:
            if self._cursor is None:
                self._cursor = end_of_journal(self._place.node.state / JOURNAL)
                return
            content, self._cursor = self._reading.read(self._cursor, READ_BYTES)
        except OSError as error:
            self._cannot(f"journal: {error.strerror}")
            return
        for line in content.decode("utf-8", "replace").splitlines():
            with suppress(RecordUnreadable):  # a note, or another version's
                yield replay(split(line).record, self._plan)

    def _keep(self, text: str) -> None:
        self._newest_s = max(self._newest_s, _at_s(text))
        judgement = json.loads(text)["judgement"]
        if judgement != self._judged:
            self._judged = judgement
            self._journal.append(text)

    def _cannot(self, why: str) -> None:
        """What it does not see is said once."""
        if why != self._why_not:
            self._why_not, self._judged = why, None if why else self._judged
            self._note(shadow="sees nothing" if why else "sees again", why=why)
            if why:
                _log.warning("%s", why)

    def _note(self, **content: object) -> None:
        self._told_s = boot_time_s()
        document = {"at_s": boot_time_s(), "by": self._place.node.name, **content}
        self._journal.append(json.dumps(document, sort_keys=True, separators=(",", ":")))


def _at_s(text: str) -> float:
    return float(json.loads(text)["at_s"])


def end_of_journal(folder: Path) -> Cursor | None:
    """Behind the newest entry of a journal; None: there is none yet. Raises OSError."""
    if not folder.is_dir() or not (files := journal_files(folder)):
        return None
    content = files[-1].read_bytes()
    return Cursor(files[-1].name, content.rfind(b"\n") + 1)
