"""Letting go of a group's PostgreSQL: demote at once, then find the way back behind the owner.

The work runs in the background, for hours perhaps; asking again looks how far it is. It ends with a
standby that streams, with one that waits for an owner to come, or with words for a person.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import LiteralString

from failover.actuators.port import Result, done, not_done
from failover.actuators.postgresql.files import Files, NotDone
from failover.actuators.postgresql.history import Own, Way, way_back
from failover.actuators.postgresql.look import Sight, look
from failover.actuators.postgresql.owner import Found, NoOwner, Owner
from failover.actuators.postgresql.rejoin import Rejoin
from failover.actuators.postgresql.settings import Cluster
from failover.actuators.postgresql.sql import NotAnswered, Server
from failover.actuators.postgresql.waiting import until
from failover.core.cells import Term

STREAMS = done("standby, streams")
DROP_SLOTS: LiteralString = """
SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
 WHERE slot_name = %s AND NOT active
"""


class Release:
    """At most one way back at a time."""

    def __init__(self, cluster: Cluster, files: Files) -> None:
        self._cluster = cluster
        self._limits = cluster.limits
        self._files = files
        called = f"PostgreSQL {cluster.name} in {cluster.site}"
        self._server = Server(cluster.local_conninfo, cluster.limits, called=called)
        self._owner = Owner(cluster)
        self._rejoin = Rejoin(cluster, files, self._server, self._owner)
        self._task: asyncio.Task[Result] | None = None
        self._failed: tuple[Term, Result, float] | None = None

    @property
    def going_on(self) -> str:
        """What is being done at the moment; empty: nothing."""
        return self._rejoin.step if self._task is not None and not self._task.done() else ""

    async def go_on(self, term: Term) -> Result:
        """Begins, or looks how far it is; answers within `patience_s`."""
        now_s = asyncio.get_running_loop().time()
        if self._task is None or self._task.done():
            if self._failed is not None and self._failed[0] == term:
                _, result, since_s = self._failed
                if now_s < since_s + self._limits.again_s:
                    return result
            self._failed = None
            self._task = asyncio.create_task(self._run(term))
        task = self._task
        await asyncio.wait([task], timeout=self._limits.patience_s)
        if not task.done():
            return not_done(f"not yet: {self._rejoin.step}")
        if task.cancelled():
            return not_done("given up for a take")
        return task.result()

    async def give_up(self) -> None:
        """Ends the work for the sake of a take; what is there stays as it was.

        Raises:
            NotDone: The copy is being rewound: nothing could be taken.
        """
        self._failed = None
        if self.going_on and self._cluster.rewinding_mark.exists():
            raise NotDone(f"cannot be taken: {self._rejoin.step}")
        await self._cancel()

    async def close(self) -> None:
        """Ends the work and the connections."""
        await self._cancel()
        await self._server.close()
        await self._owner.close()

    async def _cancel(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, term: Term) -> Result:
        self._rejoin.step = "looking"
        try:
            result = await self._back(term)
        except (NotAnswered, NotDone, OSError) as error:
            result = not_done(str(error))
        if not result.done:
            self._failed = (term, result, asyncio.get_running_loop().time())
        return result

    async def _back(self, term: Term) -> Result:
        self._rejoin.put_clone_in_place()
        sight = await self._demoted(term)
        if sight is not None and sight.streaming:
            await self._server.ask(DROP_SLOTS, (self._cluster.slot_here,))
            return STREAMS
        try:
            found = await self._owner.find(term)
        except NoOwner as error:
            return await self._wait_for_an_owner(sight, str(error))
        return await self._behind(found, sight)

    # --- demoting --------------------------------------------------------------------------

    async def _demoted(self, term: Term) -> Sight | None:
        """Sees to it that this is no primary; None: it is down.

        Raises:
            NotDone: It does not stop, or it was taken for a later term.
        """
        try:
            sight = await look(self._server, self._cluster.peer_site)
        except NotAnswered:
            if not self._files.is_running():
                return None
            own = await self._files.own()
            if own is not None and not own.was_primary:
                raise
        else:
            if sight.recovering:
                return sight
            _refuse_lower(term, sight)
        self._rejoin.step = "demoting: stopping the primary"
        # In this order: whatever happens now, it comes up as a standby.
        self._files.write_settings()
        self._files.mark_standby()
        await self._server.close()
        await self._files.stop()
        return None

    # --- following -------------------------------------------------------------------------

    async def _wait_for_an_owner(self, sight: Sight | None, why: str) -> Result:
        if sight is None:
            if await self._files.own() is None:
                return not_done(f"there is no data here yet, and nobody to clone: {why}")
            await self._rejoin.start()
        return done(f"standby, follows nobody: {why}")

    async def _behind(self, found: Found, sight: Sight | None) -> Result:
        own = await self._own(sight)
        torn = self._cluster.rewinding_mark.exists()
        back = way_back(own, found.peer, torn=torn)
        if back.way is Way.REWIND and own is not None and own.end_lsn is None:
            own = await self._rejoin.recovered()
            back = way_back(own, found.peer)
        match back.way:
            case Way.NONE:
                raise NotDone(back.why)
            case Way.FOLLOW:
                await self._rejoin.follow(running=sight is not None)
            case Way.REWIND if own is not None:
                await self._rejoin.rewind(own, back, running=sight is not None)
            case _:
                await self._rejoin.clone(own, back, running=sight is not None)
        return await self._streaming()

    async def _own(self, sight: Sight | None) -> Own | None:
        """By the control file; of a server that runs, with what it says itself."""
        own = await self._files.own()
        if own is None or sight is None:
            return own
        position = sight.position
        left = self._files.left(position.timeline)
        return replace(
            own, timeline=position.timeline, end_lsn=position.lsn, was_primary=False, left=left
        )

    async def _streaming(self) -> Result:
        self._rejoin.step = "waiting until it streams"

        async def streams() -> bool:
            try:
                return (await look(self._server, self._cluster.peer_site)).streaming
            except NotAnswered:
                return False  # it has only just been started

        words = f"the standby does not stream from {self._cluster.peer_site}"
        limit_s, poll_s = self._limits.follow_s, self._limits.poll_s
        try:
            await until(streams, limit_s, words, poll_s=poll_s)
        except NotDone as error:
            included = f"is {self._cluster.managed_file} included?"
            raise NotDone(f"{error}; see {self._cluster.log_file}, and {included}") from error
        await self._server.ask(DROP_SLOTS, (self._cluster.slot_here,))
        return STREAMS


def _refuse_lower(term: Term, sight: Sight) -> None:
    if sight.term is not None and term < sight.term:
        raise NotDone(
            f"refused: it was taken for {sight.term.generation}.{sight.term.epoch} since, "
            f"and the word was for {term.generation}.{term.epoch}"
        )
