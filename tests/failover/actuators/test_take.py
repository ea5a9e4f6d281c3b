"""Taking a group's PostgreSQL, on real servers."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from failover.actuators.port import DONE, Role
from failover.core.cells import Term
from tests.failover.actuators.acting import SECOND, acting
from tests.failover.actuators.clusters import FIRST, LIMITS, Pair, Site, caught_up, until
from tests.failover.register.loops import on_loop

pytestmark = pytest.mark.xdist_group("waiting")


def takes(site: Site) -> list[tuple[int, int, str, int]]:
    return site.sql(
        "SELECT generation, epoch, site, timeline FROM telemed_failover.take ORDER BY 1, 2"
    )


@on_loop
async def test_a_standby_is_promoted_and_keeps_the_log_for_the_other_centre(pair: Pair) -> None:
    pair.a.write(1, 2)
    until(lambda: caught_up(pair.a, pair.b))
    pair.a.kill()
    async with acting(pair, pair.b) as actuator:
        assert await actuator.take(SECOND) == DONE
        seen = await actuator.observe()
    assert (seen.role, seen.fit, seen.term, seen.mirrored) == (Role.SERVES, True, SECOND, False)
    assert seen.position is not None
    assert seen.position.timeline == 2
    assert takes(pair.b) == [(1, 1, "dc-a", 1), (1, 2, "dc-b", 2)]
    pair.b.write(3)
    assert pair.b.rows() == [1, 2, 3]
    assert pair.b.sql("SELECT slot_name, wal_status FROM pg_replication_slots") == [
        ("telemed_dc_a", "reserved")
    ]


@on_loop
async def test_taken_twice_is_taken_once(pair: Pair) -> None:
    async with acting(pair, pair.b) as actuator:
        assert await actuator.take(SECOND) == DONE
        assert await actuator.take(SECOND) == DONE
        assert await actuator.take(Term(1, 3)) == DONE
    assert takes(pair.b) == [(1, 1, "dc-a", 1), (1, 2, "dc-b", 2), (1, 3, "dc-b", 2)]


@on_loop
async def test_a_lower_term_is_refused_by_primary_and_standby(pair: Pair) -> None:
    async with acting(pair, pair.a) as actuator:
        assert await actuator.take(Term(2, 1)) == DONE
        until(lambda: caught_up(pair.a, pair.b))
        refused = await actuator.take(Term(1, 9))
        assert refused.why == ("refused: term 1.9 is lower than 2.1, which the database has seen")
    async with acting(pair, pair.b) as actuator:
        refused = await actuator.take(FIRST)
        assert (refused.done, "lower than 2.1" in refused.why) == (False, True)
    assert pair.b.value("SELECT pg_is_in_recovery()")


@on_loop
async def test_one_term_is_of_one_centre(pair: Pair) -> None:
    async with acting(pair, pair.b) as actuator:
        refused = await actuator.take(FIRST)
    assert (refused.done, "term 1.1 was taken by dc-a" in refused.why) == (False, True)


@on_loop
async def test_a_server_that_is_down_is_started_as_what_it_was(pair: Pair) -> None:
    pair.b.stop()
    pair.a.kill()
    async with acting(pair, pair.b) as actuator:
        assert (await actuator.observe()).role is Role.DOWN
        assert await actuator.take(SECOND) == DONE
    async with acting(pair, pair.a) as actuator:
        assert await actuator.take(SECOND) == DONE
        assert (await actuator.observe()).role is Role.SERVES
    assert not (pair.a.data / "standby.signal").exists()


@on_loop
async def test_a_server_that_is_killed_while_it_is_taken_is_taken_the_next_time(
    pair: Pair,
) -> None:
    (startup,) = [pid for pid in pair.b.processes() if "startup" in command(pid)]
    os.kill(startup, signal.SIGSTOP)  # so that the promotion cannot end
    async with acting(pair, pair.b) as actuator:
        taking = asyncio.create_task(actuator.take(SECOND))
        promoting = pair.b.data / "promote"
        await asyncio.to_thread(until, lambda: promoting.exists() or signalled(startup))
        await asyncio.to_thread(pair.b.kill)
        killed = await taking
        assert not killed.done
        assert killed.why
        until(lambda: not pair.b.running)
        assert await actuator.take(SECOND) == DONE
        assert (await actuator.observe()).role is Role.SERVES
    assert takes(pair.b)[-1] == (1, 2, "dc-b", 2)


@on_loop
async def test_what_was_promoted_and_killed_before_its_term_was_written(pair: Pair) -> None:
    pair.b.sql("SELECT pg_promote()")
    pair.b.kill()
    async with acting(pair, pair.b) as actuator:
        assert await actuator.take(SECOND) == DONE
    assert takes(pair.b)[-1] == (1, 2, "dc-b", 2)


@on_loop
async def test_without_our_tables_it_says_what_to_do(pair: Pair) -> None:
    pair.a.sql("DROP SCHEMA telemed_failover CASCADE")
    async with acting(pair, pair.a) as actuator:
        seen = await actuator.observe()
        taken = await actuator.take(SECOND)
    assert (seen.role, seen.fit) == (Role.UNKNOWN, False)
    assert not taken.done
    assert "run the installation of `telemed_failover` in this database" in taken.why


@on_loop
async def test_a_standby_close_behind_is_prepared(pair: Pair) -> None:
    async with acting(pair, pair.b) as actuator:
        assert await actuator.prepare(SECOND) == DONE
        assert await actuator.prepare(SECOND) == DONE
        seen = await actuator.observe()
        assert (seen.role, seen.following, seen.mirrored) == (Role.STANDS_BY, True, None)
    async with acting(pair, pair.a) as actuator:
        assert (await actuator.prepare(SECOND)).done
    pair.a.stop()
    async with acting(pair, pair.b) as actuator:
        prepared = await actuator.prepare(SECOND)
    assert prepared == (False, "the standby does not stream")


@on_loop
async def test_both_copies_tell_one_history(pair: Pair) -> None:
    pair.a.write(1)
    until(lambda: caught_up(pair.a, pair.b))
    async with acting(pair, pair.a) as primary, acting(pair, pair.b) as standby:
        here, there = await primary.observe(), await standby.observe()
        assert here.position is not None
        assert there.position is not None
        assert there.position[:2] == here.position[:2]
        assert here.mirrored
    pair.a.kill()  # a standby still tells its timeline without its owner
    async with acting(pair, pair.b) as standby:
        alone = await standby.observe()
    assert alone.position is not None
    assert (alone.position[:2], alone.following) == (there.position[:2], False)


def command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8")
    return ""


def signalled(pid: int) -> bool:
    """Whether a signal waits for a process that stands still."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("ShdPnd"):
                return int(line.split()[1], 16) != 0
    return False


@on_loop
async def test_a_slot_is_never_made_without_a_bound(pair: Pair) -> None:
    pair.b.stop()
    drop_slots(pair.a)
    (pair.a.conf / "telemed.conf").unlink()  # nobody has set anything yet
    pair.a.sql("SELECT pg_reload_conf()")
    async with acting(pair, pair.a) as actuator:
        assert await actuator.take(SECOND) == DONE
    assert pair.a.value("SHOW max_slot_wal_keep_size") == "64MB"
    drop_slots(pair.a)
    pair.a.sql("ALTER SYSTEM SET max_slot_wal_keep_size = -1")
    pair.a.sql("SELECT pg_reload_conf()")
    async with acting(pair, pair.a, limits=replace(LIMITS, rule_s=0.3)) as actuator:
        taken = await actuator.take(SECOND)
    assert taken == (
        True,
        "no log is kept for dc-b: max_slot_wal_keep_size sets no bound within 0.3 s",
    )
    async with acting(pair, pair.b) as actuator:
        refused = await actuator.release(SECOND)
    assert refused == (
        False,
        "dc-a keeps logs without a bound (max_slot_wal_keep_size): no slot is made",
    )
    assert pair.a.sql("SELECT FROM pg_replication_slots") == []


def drop_slots(site: Site) -> None:
    until(lambda: not site.sql("SELECT FROM pg_replication_slots WHERE active"))
    site.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
