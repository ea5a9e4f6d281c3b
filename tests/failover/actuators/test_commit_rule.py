"""Writes of a synchronous group: they wait for the other centre, or they do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import psycopg
import pytest

from failover.actuators.port import DONE
from failover.core.cells import Term
from tests.failover.actuators.acting import SECOND, STREAMS, acting
from tests.failover.actuators.clusters import FIRST, HASTY, LIMITS, Pair, Site, until
from tests.failover.register.loops import on_loop

pytestmark = pytest.mark.xdist_group("waiting")
IMPATIENT = replace(LIMITS, caught_up_s=0.2, rule_s=0.5)


def waits(site: Site) -> bool:
    """Whether some commit waits for the other centre."""
    return bool(site.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))


@asynccontextmanager
async def a_write(site: Site, number: int) -> AsyncIterator[asyncio.Task[None]]:
    """A write under way; what still waits at the end is broken off."""
    writing = asyncio.create_task(asyncio.to_thread(site.write, number))
    try:
        yield writing
    finally:
        if not writing.done():
            site.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE wait_event = 'SyncRep'")  # fmt: skip
        with suppress(psycopg.Error):
            await writing


@on_loop
async def test_a_promoted_copy_waits_until_it_is_relaxed(pair: Pair) -> None:
    pair.a.stop("immediate")
    async with acting(pair, pair.b, synchronous=True) as actuator:
        assert await actuator.take(SECOND) == DONE
        async with a_write(pair.b, 1) as writing:
            await asyncio.to_thread(until, lambda: waits(pair.b))
            assert not writing.done()
            assert await actuator.relax(SECOND) == DONE
            await writing
        assert await actuator.relax(SECOND) == DONE
        assert await actuator.take(SECOND) == DONE  # which leaves the rule alone
        pair.b.write(2)
    assert pair.b.rows() == [1, 2]


@on_loop
async def test_tight_is_only_what_both_centres_have(pair: Pair) -> None:
    async with acting(pair, pair.b, synchronous=True) as b:
        assert await b.take(SECOND) == DONE
        assert await b.relax(SECOND) == DONE
        pair.b.write(1)
        pair.a.stop()
    async with acting(pair, pair.b, synchronous=True, limits=IMPATIENT) as b:
        missing = await b.tighten(SECOND)
        assert missing == (
            False,
            "dc-a has not caught up within 0.2 s: dc-a does not stream",
        )
    async with acting(pair, pair.a, synchronous=True) as a:
        assert await a.release(SECOND) == STREAMS
    async with acting(pair, pair.b, synchronous=True) as b:
        assert await b.tighten(SECOND) == DONE
        assert await b.tighten(SECOND) == DONE
        seen = await b.observe()
        assert seen.mirrored
        pair.b.write(2)  # is not acknowledged before the other centre has it
        pair.a.stop("immediate")
        async with a_write(pair.b, 3) as writing:
            await asyncio.to_thread(until, lambda: waits(pair.b))
            assert not writing.done()
    pair.a.start()
    until(lambda: 2 in pair.a.rows())


@on_loop
async def test_who_no_longer_confirms_is_seen(pair: Pair) -> None:
    async with acting(pair, pair.a, synchronous=True) as actuator:
        pair.a.sql("SELECT pg_reload_conf()")
        assert (await actuator.observe()).mirrored
        pair.b.freeze()
        async with a_write(pair.a, 1):
            while (await actuator.observe()).mirrored:
                await asyncio.sleep(0.05)
            pair.b.thaw()
        while not (await actuator.observe()).mirrored:
            await asyncio.sleep(0.05)


@on_loop
async def test_the_rule_is_the_primarys_and_of_this_term(pair: Pair) -> None:
    async with acting(pair, pair.b, synchronous=True) as actuator:
        standby = await actuator.relax(SECOND)
        assert standby == (False, "it is a standby: there is no write that could wait")
    async with acting(pair, pair.a, synchronous=True) as actuator:
        assert await actuator.take(Term(1, 3)) == DONE
        assert "lower than 1.3" in (await actuator.relax(SECOND)).why
    async with acting(pair, pair.a) as actuator:
        assert (await actuator.relax(Term(1, 3))).done
        assert pair.a.value("SHOW synchronous_standby_names") == '"dc-b"'


@on_loop
async def test_a_setting_that_somebody_else_made_is_named(pair: Pair) -> None:
    pair.a.sql("ALTER SYSTEM SET synchronous_standby_names = 'somebody'")
    async with acting(pair, pair.a, synchronous=True, limits=IMPATIENT) as actuator:
        refused = await actuator.take(FIRST)
    place = f"{pair.a.data}/postgresql.auto.conf"
    words = f"the commit rule does not change within 0.5 s: it is set in {place}"
    assert refused == (False, words)


@on_loop
async def test_no_statement_of_ours_waits_for_the_other_centre(pair: Pair) -> None:
    async with acting(pair, pair.a, synchronous=True, limits=HASTY) as actuator:
        assert await actuator.take(SECOND) == DONE
        pair.b.stop("immediate")
        assert await actuator.take(Term(1, 3)) == DONE
