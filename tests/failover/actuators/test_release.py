"""Letting go of a group's PostgreSQL and finding the way back, on real servers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from failover.actuators.port import DONE, Role
from failover.actuators.postgresql.files import Files
from failover.core.cells import Term
from tests.failover.actuators.acting import SECOND, STREAMS, acting
from tests.failover.actuators.clusters import (
    FIRST,
    Pair,
    Site,
    caught_up,
    make_template,
    until,
)
from tests.failover.register.loops import on_loop

pytestmark = pytest.mark.xdist_group("waiting")


async def taken_by_b(pair: Pair) -> None:
    """dc-b has all that dc-a had, and is promoted; dc-a does not know."""
    pair.a.write(1, 2)
    until(lambda: caught_up(pair.a, pair.b))
    async with acting(pair, pair.b) as actuator:
        assert await actuator.take(SECOND) == DONE


def kept(site: Site) -> list[Path]:
    folder = site.base / "data.kept"
    return sorted(folder.iterdir()) if folder.exists() else []


def listed(entry: Path) -> tuple[Any, list[Any]]:
    lines = (entry / "rows.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return json.loads((entry / "about.json").read_text("utf-8"))["rows"], rows


def names(site: Site) -> set[str]:
    """What lies beside the data directory."""
    return {each.name for each in site.base.iterdir() if each.name.startswith("data")}


def follows_with_the_rows_of(pair: Pair, numbers: list[int]) -> None:
    pair.b.write(100)
    until(lambda: caught_up(pair.b, pair.a))
    assert pair.a.rows() == pair.b.rows() == [*numbers, 100]


@on_loop
async def test_a_divergent_tail_is_kept_whole_and_its_rows_are_listed(pair: Pair) -> None:
    await taken_by_b(pair)
    pair.a.write(3)
    pair.a.write(4, 5)
    async with acting(pair, pair.a) as actuator:
        assert await actuator.release(SECOND) == STREAMS
        assert await actuator.release(SECOND) == STREAMS
        seen = await actuator.observe()
    assert (seen.role, seen.following, seen.term) == (Role.STANDS_BY, True, SECOND)
    (entry,) = kept(pair.a)
    how, rows = listed(entry)
    assert how == {"number": 3, "all": True, "why": ""}
    assert [(row["relation"], row["operation"], row["key"]["id"]) for row in rows] == [
        ("public.image", "INSERT", 3),
        ("public.image", "INSERT", 4),
        ("public.image", "INSERT", 5),
    ]
    follows_with_the_rows_of(pair, [1, 2])
    assert rows_of_the_kept(pair, entry) == [1, 2, 3, 4, 5]
    assert names(pair.a) == {"data", "data.kept"}


def rows_of_the_kept(pair: Pair, entry: Path) -> list[int]:
    """What a person finds who starts it elsewhere."""
    other = Site(pair.a.base.parent, "looked-at")
    other.lay(entry / "data")
    (other.data / "standby.signal").unlink()
    other.start()
    try:
        return other.rows()
    finally:
        other.stop("immediate")


@on_loop
async def test_a_planned_move_leaves_nothing_to_keep(pair: Pair) -> None:
    await taken_by_b(pair)
    async with acting(pair, pair.a) as actuator:
        assert await actuator.release(SECOND) == STREAMS
    assert kept(pair.a) == []
    follows_with_the_rows_of(pair, [1, 2])


@on_loop
async def test_there_and_back_again(pair: Pair) -> None:
    await taken_by_b(pair)
    async with acting(pair, pair.a) as a, acting(pair, pair.b) as b:
        assert await a.release(SECOND) == STREAMS
        follows_with_the_rows_of(pair, [1, 2])
        assert await a.prepare(Term(1, 3)) == DONE
        assert await a.take(Term(1, 3)) == DONE
        assert await b.release(Term(1, 3)) == STREAMS
    pair.a.write(101)
    until(lambda: caught_up(pair.a, pair.b))
    assert pair.b.rows() == [1, 2, 100, 101]
    # A standby holds no log back for anybody.
    assert pair.b.sql("SELECT FROM pg_replication_slots") == []


@on_loop
async def test_a_primary_that_crashed_is_recovered_and_rewound(pair: Pair) -> None:
    await taken_by_b(pair)
    pair.a.write(3)
    pair.a.kill()
    async with acting(pair, pair.a) as actuator:
        assert await actuator.release(SECOND) == STREAMS
    (entry,) = kept(pair.a)
    assert listed(entry)[0]["number"] == 1
    follows_with_the_rows_of(pair, [1, 2])


@on_loop
async def test_where_no_rewind_is_possible_it_is_cloned_and_the_old_data_kept(pair: Pair) -> None:
    await taken_by_b(pair)
    pair.a.write(3)
    # pg_rewind needs it and says so before it has touched anything.
    pair.b.sql("REVOKE EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) FROM telemed_rejoin")
    async with acting(pair, pair.a) as actuator:
        assert await actuator.release(SECOND) == STREAMS
    (entry,) = kept(pair.a)
    assert listed(entry)[0]["number"] == 1
    assert "no rewind" in json.loads((entry / "about.json").read_text("utf-8"))["why"]
    follows_with_the_rows_of(pair, [1, 2])
    assert rows_of_the_kept(pair, entry) == [1, 2, 3]
    assert names(pair.a) == {"data", "data.kept"}


@on_loop
async def test_two_histories_of_one_number_are_told_apart(pair: Pair) -> None:
    await taken_by_b(pair)
    pair.a.stop()
    files = Files(pair.cluster(pair.a))
    files.write_settings(isolated=True)
    files.mark_standby()
    pair.a.start()
    pair.a.sql("SELECT pg_promote()")
    pair.a.write(3)
    assert timeline(pair.a) == timeline(pair.b) == 2
    async with acting(pair, pair.a) as actuator:
        assert await actuator.release(SECOND) == STREAMS
    (entry,) = kept(pair.a)
    assert json.loads((entry / "about.json").read_text("utf-8"))["why"] == (
        "two histories bear the number 2"
    )
    follows_with_the_rows_of(pair, [1, 2])


@on_loop
async def test_a_standby_that_was_away_too_long_is_cloned_and_stopped_nobody(pair: Pair) -> None:
    async with acting(pair, pair.a, slot_mib_max=16) as a, acting(pair, pair.b) as b:
        pair.b.stop()
        assert await a.take(SECOND) == DONE
        for number in range(1, 9):
            pair.a.write(number)
            pair.a.sql("SELECT pg_switch_wal()")
            pair.a.sql("CHECKPOINT")
        assert pair.a.sql("SELECT wal_status FROM pg_replication_slots") == [("lost",)]
        assert pair.a.value("SELECT sum(size) FROM pg_ls_waldir()") < 128 << 20
        assert await b.release(SECOND) == STREAMS
    until(lambda: caught_up(pair.a, pair.b))
    assert pair.b.rows() == list(range(1, 9))
    assert kept(pair.b) == []
    assert names(pair.b) == {"data"}


@on_loop
async def test_a_disk_too_small_is_refused_before_anything_is_touched(pair: Pair) -> None:
    await taken_by_b(pair)
    pair.a.write(3)
    async with acting(pair, pair.a, reserve_bytes=1 << 60) as actuator:
        refused = await actuator.release(SECOND)
        assert not refused.done
        assert "is too small: keeping its data takes" in refused.why
        pair.b.sql(
            "REVOKE EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) FROM telemed_rejoin"
        )
        refused = await actuator.release(SECOND)
        assert "is too small: a base backup takes" in refused.why
    assert names(pair.a) == {"data"}
    pair.a.start()
    assert pair.a.rows() == [1, 2, 3]


@on_loop
async def test_no_more_divergent_data_than_allowed(pair: Pair) -> None:
    await taken_by_b(pair)
    pair.a.write(3)
    async with acting(pair, pair.a, kept_max=0) as actuator:
        refused = await actuator.release(SECOND)
    assert not refused.done
    assert "0 divergent data directories are kept" in refused.why
    assert "move the oldest away" in refused.why
    async with acting(pair, pair.a) as actuator:
        assert await actuator.release(SECOND) == STREAMS


@on_loop
async def test_a_rewind_that_was_broken_off_is_neither_started_nor_taken(pair: Pair) -> None:
    await taken_by_b(pair)
    pair.a.stop()
    (pair.a.base / "data.rewinding").touch()
    async with acting(pair, pair.a) as actuator:
        taken = await actuator.take(Term(1, 3))
        assert taken == (False, f"{pair.a.data} is half rewound, and cannot be started")
        assert await actuator.release(SECOND) == STREAMS
    assert names(pair.a) == {"data"}
    follows_with_the_rows_of(pair, [1, 2])


@on_loop
async def test_a_clone_that_was_whole_before_a_crash_is_put_in_place(pair: Pair) -> None:
    pair.b.stop()
    pair.b.data.rename(pair.b.base / "data.clone")
    (pair.b.base / "data.cloned").touch()
    async with acting(pair, pair.b) as actuator:
        assert await actuator.release(FIRST) == STREAMS
    assert names(pair.b) == {"data"}


@on_loop
async def test_an_empty_place_is_filled(pair: Pair) -> None:
    pair.a.write(1)
    pair.b.stop("immediate")
    pair.b.data.rename(pair.b.base / "away")
    async with acting(pair, pair.b) as actuator:
        assert (await actuator.observe()).role is Role.DOWN
        assert await actuator.release(FIRST) == STREAMS
    assert pair.b.rows() == [1]


@on_loop
async def test_without_an_owner_it_stands_by_and_follows_when_there_is_one(pair: Pair) -> None:
    pair.a.write(1)
    pair.a.stop("immediate")
    pair.b.stop()
    async with acting(pair, pair.b) as actuator:
        alone = await actuator.release(FIRST)
        assert alone.done
        assert alone.why.startswith("standby, follows nobody: PostgreSQL imaging@dc-a in dc-a")
        assert (await actuator.observe()).following is False
        pair.a.start()
        assert await actuator.release(FIRST) == STREAMS


@on_loop
async def test_who_has_not_taken_it_is_not_followed(pair: Pair) -> None:
    pair.b.sql("SELECT pg_promote()")
    async with acting(pair, pair.a) as actuator:
        alone = await actuator.release(SECOND)
    assert alone == (True, "standby, follows nobody: dc-b has not taken it for 1.2")
    assert pair.a.value("SELECT pg_is_in_recovery()")
    assert kept(pair.a) == []


@on_loop
async def test_a_word_of_the_past_releases_nothing(pair: Pair) -> None:
    async with acting(pair, pair.a) as actuator:
        assert await actuator.take(Term(1, 5)) == DONE
        refused = await actuator.release(SECOND)
        assert refused == (
            False,
            "refused: it was taken for 1.5 since, and the word was for 1.2",
        )
        assert (await actuator.observe()).role is Role.SERVES


@on_loop
async def test_another_database_is_never_replaced(pair: Pair) -> None:
    folder = pair.a.base.parent / "strange"
    folder.mkdir(mode=0o711)
    stranger = Site(folder, "stranger")
    stranger.lay(await asyncio.to_thread(make_template, folder))
    other = {**pair.local(stranger), "user": "postgres"}
    stranger.start()
    stranger.sql("SELECT telemed_failover.record_take(1, 9, 'dc-a', '3'::xid8)")
    pair.b.stop()
    async with acting(pair, pair.b, peer=other) as actuator:
        refused = await actuator.release(FIRST)
    stranger.stop("immediate")
    assert not refused.done
    assert refused.why.startswith("another database: system ")
    assert names(pair.b) == {"data"}


def timeline(site: Site) -> int:
    return int(site.value("SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)"), 16)
