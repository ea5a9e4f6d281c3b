"""A way back that takes long, breaks off, or leads nowhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from failover.actuators.port import DONE, Role
from failover.actuators.postgresql.actuator import PostgresqlActuator
from failover.core.cells import Term
from tests.failover.actuators.acting import SECOND, STREAMS, acting
from tests.failover.actuators.clusters import FIRST, LIMITS, Pair, Site, caught_up, own, until
from tests.failover.register.loops import on_loop

pytestmark = pytest.mark.xdist_group("waiting")
PATIENT = replace(LIMITS, patience_s=0.2)


def instead_of(site: Site, name: str, text: str) -> Path:
    """PostgreSQL's programs, one of them by a script; `$real` is what that stands for."""
    folder = site.base / "programs"
    folder.mkdir()
    for program in site.bin.iterdir():
        if program.name != name:
            (folder / program.name).symlink_to(program)
    stand_in = folder / name
    stand_in.write_text(f"#!/bin/sh\nreal={site.bin / name}\n{text}\n", "utf-8")
    stand_in.chmod(0o755)
    own(folder)
    return folder


async def not_yet(actuator: PostgresqlActuator, term: Term, words: str) -> None:
    while words not in (found := await actuator.release(term)).why:
        assert found.why.startswith("not yet: ")


@on_loop
async def test_a_take_ends_a_clone_under_way(pair: Pair) -> None:
    pair.a.write(1)
    until(lambda: caught_up(pair.a, pair.b))
    pair.b.stop()
    (pair.b.base / "data.rewinding").touch()  # so that it is cloned
    slow = instead_of(pair.b, "pg_basebackup", "exec sleep 600")
    async with acting(pair, pair.b, programs=slow, limits=PATIENT) as actuator:
        await not_yet(actuator, FIRST, "cloning from dc-a: a rewind was broken off")
        seen = await actuator.observe()
        assert (seen.role, seen.fit) == (Role.DOWN, False)
        assert seen.why.startswith("cloning from dc-a")
        taken = await actuator.take(SECOND)
        assert taken == (False, f"cannot be taken: {seen.why}")
        (pair.b.base / "data.rewinding").unlink()
        assert await actuator.take(SECOND) == DONE
    assert pair.b.rows() == [1]


@on_loop
async def test_a_rewind_under_way_is_not_ended_and_nothing_is_taken_meanwhile(pair: Pair) -> None:
    async with acting(pair, pair.b) as actuator:
        assert await actuator.take(SECOND) == DONE
    pair.a.write(3)
    go = pair.a.base / "go"
    text = f'[ "$1" = --dry-run ] || until [ -e {go} ]; do sleep 0.01; done\nexec $real "$@"'
    slow = instead_of(pair.a, "pg_rewind", text)
    async with acting(pair, pair.a, programs=slow, limits=PATIENT) as actuator:
        await not_yet(actuator, SECOND, "rewinding")
        assert await actuator.take(Term(1, 3)) == (False, "cannot be taken: rewinding")
        go.touch()
        own(go)
        while not (result := await actuator.release(SECOND)).done:
            assert result.why.startswith("not yet: ")
        assert result == STREAMS


@on_loop
async def test_a_rewind_that_breaks_off_is_followed_by_a_clone(pair: Pair) -> None:
    async with acting(pair, pair.b) as actuator:
        assert await actuator.take(SECOND) == DONE
    pair.a.write(3)
    text = '[ "$1" = --dry-run ] && exec $real "$@"; echo "error: no space left"; exit 1'
    broken = instead_of(pair.a, "pg_rewind", text)
    async with acting(pair, pair.a, programs=broken) as actuator:
        result = await actuator.release(SECOND)
        assert result == (
            False,
            "the rewind broke off (error: no space left); it will be cloned",
        )
        assert (pair.a.base / "data.rewinding").exists()
        assert await actuator.release(SECOND) == STREAMS
    assert not (pair.a.base / "data.rewinding").exists()
    assert len(list((pair.a.base / "data.kept").iterdir())) == 1


@on_loop
async def test_what_failed_is_not_tried_again_at_once(pair: Pair) -> None:
    pair.b.stop()
    (pair.b.base / "data.rewinding").touch()
    count = pair.b.base / "count"
    text = f"printf x >> {count}; echo error: no; exit 1"
    broken = instead_of(pair.b, "pg_basebackup", text)
    hour = replace(LIMITS, again_s=3600.0)
    async with acting(pair, pair.b, programs=broken, limits=hour) as actuator:
        for _ in range(3):
            failed = await actuator.release(FIRST)
            assert failed == (False, "the base backup failed: error: no")
        assert count.read_text("utf-8") == "x"


@on_loop
async def test_a_settings_file_that_nobody_includes_is_named(pair: Pair) -> None:
    pair.b.stop()
    elsewhere = pair.b.conf / "elsewhere.conf"
    (pair.b.conf / "telemed.conf").unlink()
    hasty = replace(LIMITS, follow_s=0.5)
    async with acting(pair, pair.b, managed_file=elsewhere, limits=hasty) as actuator:
        failed = await actuator.release(FIRST)
    assert not failed.done
    assert failed.why.startswith("the standby does not stream from dc-a within 0.5 s")
    assert failed.why.endswith(f"is {elsewhere} included?")


@on_loop
async def test_tablespaces_are_not_supported_and_nothing_is_touched(pair: Pair) -> None:
    async with acting(pair, pair.b) as actuator:
        assert await actuator.take(SECOND) == DONE
    pair.a.write(3)
    pair.a.stop()
    elsewhere = pair.a.base / "elsewhere"
    elsewhere.mkdir()
    (pair.a.data / "pg_tblspc" / "16999").symlink_to(elsewhere)
    own(pair.a.base)
    async with acting(pair, pair.a) as actuator:
        failed = await actuator.release(SECOND)
    assert not failed.done
    assert "tablespaces outside of its data directory" in failed.why


@on_loop
async def test_closing_ends_the_work_in_the_background(pair: Pair) -> None:
    pair.b.stop()
    (pair.b.base / "data.rewinding").touch()
    slow = instead_of(pair.b, "pg_basebackup", "exec sleep 600")
    async with acting(pair, pair.b, programs=slow, limits=PATIENT) as actuator:
        await not_yet(actuator, FIRST, "cloning")
    assert len(asyncio.all_tasks()) <= 2  # this one, and the one that bounds it
