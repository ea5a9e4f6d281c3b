"""The agent's side of the lease rows, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import LiteralString

import psycopg
import pytest

from failover.actuators.port import DONE, Result
from failover.actuators.postgresql.lease import LeaseWriter, boot_clock_s
from failover.actuators.postgresql.wish import Wish
from failover.core.cells import Term
from tests.failover.actuators.clusters import FIRST, INSTANCES, LIMITS, Pair, Site, until
from tests.failover.register.loops import on_loop

pytestmark = pytest.mark.xdist_group("waiting")
LONG_S = 60.0
HASTY = replace(LIMITS, connect_s=0.5, statement_s=0.5)
INSERT: LiteralString = "INSERT INTO public.image VALUES (1, 'x') ON CONFLICT DO NOTHING"


class Agent:
    """Wishes, and waits for what it is told."""

    def __init__(self, site: Site, *, limits: object = LIMITS) -> None:
        self.told: asyncio.Queue[tuple[Wish, Result]] = asyncio.Queue()
        self.offset_s = 0.0
        conninfo = f"host={site.base} port={site.port} user=telemed_agent dbname=postgres"
        self.writer = LeaseWriter(
            conninfo,
            LIMITS if limits is LIMITS else HASTY,
            lambda wish, result: self.told.put_nowait((wish, result)),
            clock=lambda: boot_clock_s() + self.offset_s,
        )

    def wish(self, length_s: float, *, begun_ago_s: float = 0.0, term: Term = FIRST) -> Wish:
        begun_s = boot_clock_s() + self.offset_s - begun_ago_s
        return Wish(INSTANCES, term, begun_s, length_s)

    async def renew(self, wish: Wish) -> Result:
        """The first answer to this very wish."""
        self.writer.put(wish)
        while True:
            told, result = await self.told.get()
            if told is wish:
                return result


@asynccontextmanager
async def running(site: Site, *, limits: object = LIMITS) -> AsyncIterator[Agent]:
    agent = Agent(site, limits=limits)
    task = asyncio.create_task(agent.writer.run())
    try:
        yield agent
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def passes(site: Site) -> bool:
    try:
        site.sql(INSERT, user="app")
    except psycopg.Error as error:
        if error.sqlstate != "TM001":
            raise
        return False
    return True


def left_s(site: Site) -> float:
    return float(site.value("SELECT min(left_s) FROM telemed_failover.lease"))


@on_loop
async def test_a_lease_is_written_renewed_and_ended(one: Site) -> None:
    async with running(one) as agent:
        assert not passes(one)
        assert await agent.renew(agent.wish(LONG_S)) == DONE
        assert passes(one)
        assert LONG_S * 0.8 < left_s(one) <= LONG_S
        assert await agent.renew(agent.wish(LONG_S * 2)) == DONE
        assert left_s(one) > LONG_S
        assert await agent.renew(agent.wish(0.0)) == DONE
        assert not passes(one)
        assert left_s(one) == 0
        assert await agent.renew(agent.wish(LONG_S)) == DONE
        assert passes(one)


@on_loop
async def test_a_lease_runs_from_before_its_renewal_was_sent(one: Site) -> None:
    async with running(one) as agent:
        assert await agent.renew(agent.wish(LONG_S, begun_ago_s=LONG_S / 2)) == DONE
        assert left_s(one) <= LONG_S / 2
        late = await agent.renew(agent.wish(LONG_S, begun_ago_s=LONG_S + 1))
        assert late == (False, "written too late: the lease is over")
        assert not passes(one)


@on_loop
async def test_the_clocks_of_two_machines_need_not_agree(one: Site) -> None:
    """The agent's own clock is far from the server's, as on another machine."""
    for offset_s in (-1e4, 1e6):
        async with running(one) as agent:
            agent.offset_s = offset_s
            # A machine's number is its own: only a higher term makes its successor's count.
            term = Term(1, 1 if offset_s < 0 else 2)
            assert await agent.renew(agent.wish(LONG_S, term=term)) == DONE
            assert LONG_S * 0.8 < left_s(one) <= LONG_S


@on_loop
async def test_a_frozen_server_holds_nobody_up_and_grants_nothing_late(one: Site) -> None:
    async with running(one, limits=HASTY) as agent:
        assert await agent.renew(agent.wish(LONG_S)) == DONE
        assert await agent.renew(agent.wish(0.0)) == DONE
        one.freeze()
        wish = agent.wish(1.0)  # is over before the server can read it
        for _ in range(1000):
            agent.writer.put(wish)  # returns at once
        told, result = await agent.told.get()
        assert told is wish
        assert "gives no answer within 0.5 s" in result.why
        while boot_clock_s() < wish.begun_s + wish.length_s:
            told, result = await agent.told.get()
            assert (told is wish, result.done) == (True, False)
        one.thaw()
        await asyncio.to_thread(until, lambda: one.sql("SELECT 1"))
        # What lay in the server's socket has been carried out, or never will be.
        await asyncio.to_thread(until, lambda: sessions(one) <= 1)
        assert not passes(one)
        assert await agent.renew(agent.wish(LONG_S)) == DONE
        assert passes(one)


@on_loop
async def test_a_server_that_restarts_is_asked_for_its_clock_anew(one: Site) -> None:
    async with running(one) as agent:
        assert await agent.renew(agent.wish(LONG_S)) == DONE
        one.stop()
        down = await agent.renew(agent.wish(LONG_S))
        assert not down.done
        one.start()
        assert not passes(one)
        until_done = agent.wish(LONG_S)
        agent.writer.put(until_done)
        while True:
            told, result = await agent.told.get()
            if told is until_done and result.done:
                break
        assert passes(one)
        assert left_s(one) <= LONG_S


@on_loop
async def test_an_end_is_tried_until_it_is_known(one: Site) -> None:
    async with running(one, limits=HASTY) as agent:
        assert await agent.renew(agent.wish(LONG_S)) == DONE
        one.freeze()
        end = agent.wish(0.0)
        assert not (await agent.renew(end)).done
        one.thaw()
        while True:
            told, result = await agent.told.get()
            assert told is end
            if result.done:
                break
        assert not passes(one)


@on_loop
async def test_a_term_of_the_past_is_refused_in_words(one: Site) -> None:
    one.sql("SELECT telemed_failover.record_take(1, 2, 'dc-b', '3'::xid8)")
    async with running(one) as agent:
        refused = await agent.renew(agent.wish(LONG_S))
        assert not refused.done
        assert "refused: term 1.1 is lower than 1.2, which the database has seen" in refused.why


@on_loop
async def test_a_standby_has_no_lease(pair: Pair) -> None:
    async with running(pair.b) as agent:
        refused = await agent.renew(agent.wish(LONG_S))
        assert not refused.done
        assert "recovery" in refused.why or "read-only" in refused.why


def sessions(site: Site) -> int:
    return int(site.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'telemed_agent'"))
