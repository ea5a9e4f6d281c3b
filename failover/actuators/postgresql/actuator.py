"""The actuator of one move group's PostgreSQL: promote, demote, the way back, the commit rule.

What a take does, in this order: refuse a lower term; see that a synchronous copy waits for the
other centre; promote; write the term into the database; make the slot that keeps the log for the
other centre, which is bounded. A release runs in the background (`release`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import LiteralString

from failover.actuators.port import DONE, Observation, Result, Role, done, not_done
from failover.actuators.postgresql.files import Files, NotDone
from failover.actuators.postgresql.look import Sight, look
from failover.actuators.postgresql.release import Release
from failover.actuators.postgresql.settings import Cluster
from failover.actuators.postgresql.sql import NotAnswered, Server
from failover.actuators.postgresql.waiting import until
from failover.core.cells import Term

FLOOR: LiteralString = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
PROMOTE: LiteralString = "SELECT pg_promote(false)"
RECOVERING: LiteralString = "SELECT pg_is_in_recovery()"
RECORD: LiteralString = "SELECT telemed_failover.record_take(%s, %s, %s, %s::xid8)"
SLOT_USABLE: LiteralString = """
SELECT coalesce(wal_status, '') <> 'lost' FROM pg_replication_slots WHERE slot_name = %s
"""
MAKE_SLOT: LiteralString = "SELECT pg_create_physical_replication_slot(%s, true)"
DROP_SLOT: LiteralString = "SELECT pg_drop_replication_slot(%s)"
SLOTS_BOUNDED: LiteralString = "SELECT current_setting('max_slot_wal_keep_size') <> '-1'"
RELOAD: LiteralString = "SELECT pg_reload_conf()"
RULE: LiteralString = """
SELECT setting, coalesce(sourcefile, source) FROM pg_settings
 WHERE name = 'synchronous_standby_names'
"""
RESUME: LiteralString = "SELECT pg_wal_replay_resume()"


class PostgresqlActuator:
    """`Actuator` on one cluster of this machine."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._limits = cluster.limits
        self._files = Files(cluster)
        # Looking has a line of its own, so that a verb never waits for it.
        self._eyes, self._server = (self._connect() for _ in range(2))
        self._release = Release(cluster, self._files)
        self._sample: tuple[str, float, int] | None = None

    @property
    def name(self) -> str:
        """See `Actuator.name`."""
        return "postgresql"

    async def observe(self) -> Observation:
        """See `Actuator.observe`."""
        try:
            sight = await look(self._eyes, self._cluster.peer_site)
        except NotAnswered as error:
            return await self._unanswered(error)
        if sight.recovering:
            return self._standby(sight)
        mirrored = self._mirrored(sight)
        words = f"primary, {'' if mirrored else 'not '}confirmed by {self._cluster.peer_site}"
        return Observation(
            role=Role.SERVES, fit=True, why=words, position=sight.position, mirrored=mirrored,
            term=sight.term,
        )  # fmt: skip

    async def prepare(self, term: Term) -> Result:
        """See `Actuator.prepare`."""

        async def prepare() -> Result:
            sight = await look(self._server, self._cluster.peer_site)
            _refuse_lower(term, sight)
            if not sight.recovering:
                return done("it is the primary already")
            if sight.paused:
                await self._server.ask(RESUME)
            if not sight.streaming:
                return not_done("the standby does not stream")
            behind, allowed = sight.behind_bytes, self._cluster.prepare_bytes_max
            if behind > allowed:
                return not_done(f"the standby is {behind} bytes behind, {allowed} are allowed")
            return DONE

        return await _in_words(prepare)

    async def take(self, term: Term) -> Result:
        """See `Actuator.take`. A server that is down is started first, as what it was."""

        async def take() -> Result:
            await self._release.give_up()
            sight = await self._seen_or_started()
            _refuse_lower(term, sight)
            ((floor,),) = await self._server.ask(FLOOR)
            await self._settings_in_force()
            if sight.recovering:
                await self._promote()
            await self._server.ask(RECORD, (*term, self._cluster.site, floor))
            return await self._make_slot()

        return await _in_words(take)

    async def release(self, term: Term) -> Result:
        """See `Actuator.release`. Answers within `patience_s`; the work goes on behind it."""
        return await self._release.go_on(term)

    async def relax(self, term: Term) -> Result:
        """See `Actuator.relax`. Writes that wait are acknowledged."""
        return await self._change_rule(term, relaxed=True)

    async def tighten(self, term: Term) -> Result:
        """See `Actuator.tighten`."""
        return await self._change_rule(term, relaxed=False)

    async def close(self) -> None:
        """See `Actuator.close`. A rewind under way is ended, and the copy cloned the next time."""
        await self._release.close()
        for server in (self._eyes, self._server):
            await server.close()

    # --- looking ---------------------------------------------------------------------------

    async def _unanswered(self, error: NotAnswered) -> Observation:
        going_on = self._release.going_on
        role = Role.UNKNOWN if self._files.is_running() else Role.DOWN
        words = going_on or (str(error) if role is Role.UNKNOWN else f"not running ({error})")
        return Observation(role=role, fit=False, why=words)

    def _standby(self, sight: Sight) -> Observation:
        words = "streams" if sight.streaming else "follows nobody"
        return Observation(
            role=Role.STANDS_BY,
            fit=True,
            why=self._release.going_on or f"standby, {words}",
            position=sight.position,
            following=sight.streaming,
            term=sight.term,
        )

    def _mirrored(self, sight: Sight) -> bool:
        """Whether the other centre has all that was here at least `mirror_s` ago."""
        now_s = asyncio.get_running_loop().time()
        sample, lsn = self._sample, sight.position.lsn
        if sample is None or sample[0] != sight.started:
            sample = self._sample = (sight.started, now_s, lsn)
        mirrored = sight.confirmed_lsn is not None and sight.confirmed_lsn >= min(sample[2], lsn)
        if now_s >= sample[1] + self._limits.mirror_s:
            self._sample = (sight.started, now_s, lsn)
        return mirrored

    # --- taking ----------------------------------------------------------------------------

    async def _seen_or_started(self) -> Sight:
        try:
            return await look(self._server, self._cluster.peer_site)
        except NotAnswered:
            if self._files.is_running():
                raise
        await self._files.start()
        return await look(self._server, self._cluster.peer_site)

    async def _promote(self) -> None:
        await self._server.ask(PROMOTE)

        async def promoted() -> bool:
            ((recovering,),) = await self._server.ask(RECOVERING)
            return not recovering

        await self._until(promoted, self._limits.promote_s, "the promotion has not ended")

    async def _make_slot(self) -> Result:
        """Keeps the log for the other centre; never without a bound, which could fill the disk."""
        slot = self._cluster.slot_here

        async def bounded() -> bool:
            return await self._server.ask(SLOTS_BOUNDED) == [(True,)]

        try:
            words = "max_slot_wal_keep_size sets no bound"
            await self._until(bounded, self._limits.rule_s, words)
        except NotDone as error:
            return done(f"no log is kept for {self._cluster.peer_site}: {error}")
        usable = await self._server.ask(SLOT_USABLE, (slot,))
        if usable == [(False,)]:
            await self._server.ask(DROP_SLOT, (slot,))
        if usable != [(True,)]:
            await self._server.ask(MAKE_SLOT, (slot,))
        return DONE

    # --- the commit rule -------------------------------------------------------------------

    async def _change_rule(self, term: Term, *, relaxed: bool) -> Result:
        async def change() -> Result:
            if not self._cluster.synchronous:
                return done("its writes wait for nobody")
            sight = await look(self._server, self._cluster.peer_site)
            _refuse_lower(term, sight)
            if sight.recovering:
                return not_done("it is a standby: there is no write that could wait")
            await self._rule(relaxed=relaxed)
            if not relaxed:
                await self._confirmed()
            return DONE

        return await _in_words(change)

    async def _settings_in_force(self) -> None:
        """Our settings are there; a rule that was relaxed stays so, every other is tight."""
        if self._files.settings_are(relaxed=True):
            return
        if not self._files.settings_are(relaxed=False):
            self._files.write_settings()
            await self._server.ask(RELOAD)
        if self._cluster.synchronous:
            await self._rule(relaxed=False)

    async def _rule(self, *, relaxed: bool) -> None:
        """Puts the rule in force; looks first, so that what is right is left alone."""
        wanted = "" if relaxed else f'"{self._cluster.peer_site}"'
        said: list[tuple[str, str]] = []

        async def in_force() -> bool:
            said[:] = await self._server.ask(RULE)
            return said[0][0] == wanted

        if self._files.settings_are(relaxed=relaxed) and await in_force():
            return
        self._files.write_settings(relaxed=relaxed)
        await self._server.ask(RELOAD)
        words = "the commit rule does not change"
        try:
            await self._until(in_force, self._limits.rule_s, words)
        except NotDone as error:
            raise NotDone(f"{error}: it is set in {said[0][1]}") from error

    async def _confirmed(self) -> None:
        """The other centre has all that there was when this was asked."""
        here = (await look(self._server, self._cluster.peer_site)).position.lsn
        missing = ""

        async def confirmed() -> bool:
            nonlocal missing
            sight = await look(self._server, self._cluster.peer_site)
            if sight.confirmed_lsn is None:
                missing = f"{self._cluster.peer_site} does not stream"
                return False
            missing = f"{max(0, here - sight.confirmed_lsn)} bytes are missing there"
            return sight.synchronous and sight.confirmed_lsn >= here

        limit_s, words = self._limits.caught_up_s, f"{self._cluster.peer_site} has not caught up"
        try:
            await self._until(confirmed, limit_s, words)
        except NotDone as error:
            raise NotDone(f"{error}: {missing}") from error

    # --- connections and waiting -----------------------------------------------------------

    def _connect(self) -> Server:
        called = f"PostgreSQL {self._cluster.name} in {self._cluster.site}"
        conninfo = self._cluster.local_conninfo
        return Server(conninfo, self._limits, called=called)

    async def _until(
        self, condition: Callable[[], Awaitable[bool]], limit_s: float, words: str
    ) -> None:
        """Asks again and again.

        Raises:
            NotDone: It has not come true within the limit.
        """
        await until(condition, limit_s, words, poll_s=self._limits.poll_s)


async def _in_words(act: Callable[[], Awaitable[Result]]) -> Result:
    try:
        return await act()
    except (NotAnswered, NotDone, OSError) as error:
        return not_done(str(error))


def _refuse_lower(term: Term, sight: Sight) -> None:
    if sight.term is not None and term < sight.term:
        raise NotDone(
            f"refused: term {term.generation}.{term.epoch} is lower than "
            f"{sight.term.generation}.{sight.term.epoch}, which the database has seen"
        )
