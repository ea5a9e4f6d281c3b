"""The three ways back of a demoted copy: follow, rewind, clone.

Nothing is overwritten before what only this copy has is kept whole and its rows are listed. Marks
beside the data directory tell, after a crash, what was being done to it.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import LiteralString

from failover.actuators.postgresql.files import STANDBY_SIGNAL, Files, NotDone, sync_folder
from failover.actuators.postgresql.history import Own, WayBack, lsn_text
from failover.actuators.postgresql.kept import Entry, Kept
from failover.actuators.postgresql.owner import Owner
from failover.actuators.postgresql.rows import list_rows
from failover.actuators.postgresql.settings import Cluster
from failover.actuators.postgresql.sql import NotAnswered, Server
from failover.actuators.postgresql.waiting import until
from failover.actuators.programs import Ended

DRY_S = 120.0
ANSWERS_S = 60.0  # until a copy that follows nobody answers: after its recovery
ALIVE: LiteralString = "SELECT 1"


class Rejoin:
    """Works on one cluster's files; `step` says in words what is being done."""

    def __init__(self, cluster: Cluster, files: Files, server: Server, owner: Owner) -> None:
        self._cluster = cluster
        self._files = files
        self._server = server
        self._owner = owner
        self._kept = Kept(files)
        self.step = ""

    async def start(self) -> None:
        """Starts the copy as a standby of whoever comes. Raises NotDone."""
        self.step = "starting the standby"
        self._files.write_settings()
        self._files.mark_standby()
        await self._files.start()

    async def follow(self, *, running: bool) -> None:
        """Streams on from where it is. Raises NotAnswered, NotDone."""
        await self._owner.make_slot()
        if running and self._files.settings_are(relaxed=False):
            return
        if running:
            await self._stop()
        await self.start()

    async def recovered(self) -> Own | None:
        """Lets a copy that crashed come to the end of its own log, and stops it. Raises NotDone."""
        self.step = "recovering the crashed copy, following nobody"
        await self._start_alone()
        await self._stop()
        return await self._files.own()

    async def rewind(self, own: Own, back: WayBack, *, running: bool) -> None:
        """Goes back to the fork; where that is impossible, clones.

        Raises:
            NotAnswered, NotDone: The owner was lost, the disk is too small, nothing may be kept.
        """
        self._refuse_unsupported()
        if running:
            await self._stop()
        self.step = "finding out whether it can be rewound"
        await self._owner.checkpoint()
        tried = await self._pg_rewind("--dry-run", limit_s=DRY_S)
        if not tried.fine:
            why = f"{back.why}; no rewind: {tried.words}"
            await self.clone(own, back._replace(why=why), running=False)
            return
        if await self._kept.holds(back.fork, own.timeline):
            self._kept.refuse_more_than_allowed()
            self._kept.refuse_without_room(await self._files.size_bytes(), "keeping its data")
            entry = await self._listed(own, back)
            self.step = f"keeping its data in {entry.folder}"
            await self._kept.copy(entry)
        self.step = "rewinding"
        self._files.write(self._cluster.rewinding_mark, back.why + "\n")
        ended = await self._pg_rewind(limit_s=self._cluster.limits.rewind_s)
        if not ended.fine:
            raise NotDone(f"the rewind broke off ({ended.words}); it will be cloned")
        self._files.write_settings()
        self._files.mark_standby()
        self._cluster.rewinding_mark.unlink()
        await self._follow_anew()

    async def clone(self, own: Own | None, back: WayBack, *, running: bool) -> None:
        """Fetches everything from the owner, then replaces what is here.

        Raises:
            NotAnswered, NotDone: The owner was lost, the disk is too small, nothing may be kept.
        """
        self._refuse_unsupported()
        keep = own is not None and back.tail
        if keep and own is not None and not running and back.fork.timeline:
            keep = await self._kept.holds(back.fork, own.timeline)
        if keep:
            self._kept.refuse_more_than_allowed()
        await asyncio.to_thread(self._remove_leftovers)
        self._kept.refuse_without_room(await self._owner.size_bytes(), "a base backup")
        await self._fetch(back)
        if running:
            await self._stop()
        if keep and own is not None:
            entry = await self._listed(own, back)
            self._kept.move(entry)
        elif own is not None:
            self._cluster.data.rename(self._old)
        self.put_clone_in_place()
        await self._follow_anew()
        await asyncio.to_thread(self._remove_leftovers)

    def put_clone_in_place(self) -> None:
        """Ends a clone that is whole, also one from before a crash."""
        if not self._cluster.cloned_mark.exists():
            return
        if not self._cluster.data.exists() and self._cluster.clone_folder.exists():
            self._cluster.clone_folder.rename(self._cluster.data)
            self._cluster.rewinding_mark.unlink(missing_ok=True)
            sync_folder(self._cluster.data.parent)
        self._cluster.cloned_mark.unlink()

    # --- steps -----------------------------------------------------------------------------

    async def _fetch(self, back: WayBack) -> None:
        """A base backup beside the data directory, marked when it is whole."""
        self.step = f"cloning from {self._cluster.peer_site}: {back.why}"
        await self._owner.make_slot()
        clone = self._cluster.clone_folder
        ended = await self._files.run(
            "pg_basebackup", "-D", str(clone), "-d", self._cluster.stream_conninfo,
            "-X", "stream", "-S", self._cluster.slot_there, "-c", "fast", "--no-password",
            limit_s=self._cluster.limits.clone_s,
        )  # fmt: skip
        if not ended.fine:
            raise NotDone(f"the base backup failed: {ended.words}")
        self._files.write(clone / STANDBY_SIGNAL, "")
        self._files.write(self._cluster.cloned_mark, back.why + "\n")

    async def _follow_anew(self) -> None:
        self.step = "starting the standby"
        await self._owner.make_slot()
        await self.start()

    async def _listed(self, own: Own, back: WayBack) -> Entry:
        """An entry with the rows that only this copy has; the server is stopped before and after.

        What cannot be listed is said in `about.json`: the data itself is kept whole.
        """
        self.step = "listing the rows that only this copy has"
        entry = await self._kept.begin(back.fork)
        number, whole, why = 0, False, ""
        try:
            await self._start_alone()
            number, whole = await list_rows(
                self._files, self._server, self._owner.server,
                timeline=back.fork.timeline, path=entry.rows,
            )  # fmt: skip
        except (NotAnswered, NotDone) as error:
            why = str(error)
        await self._stop()
        end = "unknown" if own.end_lsn is None else lsn_text(own.end_lsn)
        facts = {
            "cluster": self._cluster.name,
            "site": self._cluster.site,
            "why": back.why,
            "fork": {"timeline": back.fork.timeline, "lsn": lsn_text(back.fork.lsn)},
            "end": {"timeline": own.timeline, "lsn": end},
            "rows": {"number": number, "all": whole, "why": why},
        }
        self._kept.describe(entry, facts)
        return entry

    async def _start_alone(self) -> None:
        """As a standby that follows nobody and stays on its timeline: it writes no log at all."""
        self._files.write_settings(isolated=True)
        self._files.mark_standby()
        await self._files.start()

        async def answers() -> bool:
            try:
                return bool(await self._server.ask(ALIVE))
            except NotAnswered:
                return False

        words = "the copy does not come up by itself"
        await until(answers, ANSWERS_S, words, poll_s=self._cluster.limits.poll_s)

    async def _stop(self) -> None:
        await self._server.close()
        await self._files.stop()

    async def _pg_rewind(self, *more: str, limit_s: float) -> Ended:
        return await self._files.run(
            "pg_rewind", *more, "-D", str(self._cluster.data),
            f"--source-server={self._cluster.peer_conninfo}",
            f"--config-file={self._cluster.config_file}", limit_s=limit_s,
        )  # fmt: skip

    # --- rooms -----------------------------------------------------------------------------

    @property
    def _old(self) -> Path:
        """A copy that a clone has replaced and that has nothing of its own."""
        return self._cluster.data.with_name(f"{self._cluster.data.name}.old")

    def _refuse_unsupported(self) -> None:
        words = self._files.unsupported()
        if words:
            raise NotDone(f"no way back: {words}")

    def _remove_leftovers(self) -> None:
        for folder in (self._cluster.clone_folder, self._old):
            if folder.exists():
                shutil.rmtree(folder)
