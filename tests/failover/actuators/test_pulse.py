"""How old a copy is: the pulse and what readers are told, on real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, LiteralString, NamedTuple

import psycopg
import pytest

from failover.actuators.port import DONE, Result
from failover.actuators.postgresql.checks import check
from failover.actuators.postgresql.pulse import PulseWriter
from failover.actuators.postgresql.schema import install
from failover.actuators.postgresql.wish import Wish
from failover.core.cells import Term
from tests.failover.actuators.acting import SECOND, STREAMS, acting
from tests.failover.actuators.clusters import (
    FIRST,
    INSTANCES,
    LIMITS,
    Pair,
    Site,
    caught_up,
    renew,
    until,
)
from tests.failover.register.loops import on_loop

pytestmark = pytest.mark.xdist_group("waiting")
PULSE: LiteralString = "SELECT telemed_failover.pulse(%s, %s, %s)"
SOON = replace(LIMITS, promote_s=15.0)  # a server's own patience with readers is 30 s
AS_OF: LiteralString = (
    "SELECT site, generation, epoch, at, age_s, label FROM telemed_failover.as_of()"
)
CLOCK_OF_THE_COPY: LiteralString = """
UPDATE telemed_failover.pulse SET echo = clock_timestamp() + make_interval(secs => %s)
"""
CLOCK_OF_THE_OWNER: LiteralString = """
UPDATE telemed_failover.pulse SET at = at + make_interval(secs => %s)
"""


class AsOf(NamedTuple):
    site: str | None
    generation: int | None
    epoch: int | None
    at: Any
    age_s: float | None
    label: str


def as_of(site: Site) -> AsOf:
    """As an application's own role sees it."""
    return AsOf(*site.sql(AS_OF, user="app")[0])


def pulse(site: Site, term: Term = FIRST) -> Any:
    """As the agent would, under a lease."""
    with site.connected() as connection:
        renew(connection)
    return site.sql(PULSE, (list(INSTANCES), *term), user="telemed_agent")[0][0]


def pulse_that_echoes(pair: Pair, owner: Site | None = None, term: Term = FIRST) -> None:
    """The owner has heard the copy's time, and the copy has the pulse."""
    owner = owner or pair.a
    until(lambda: pulse(owner, term) and owner.value("SELECT echo FROM telemed_failover.pulse"))
    until(lambda: caught_up(owner, pair.other(owner)))


@asynccontextmanager
async def beating(site: Site) -> AsyncIterator[tuple[PulseWriter, asyncio.Queue[Result]]]:
    told: asyncio.Queue[Result] = asyncio.Queue()
    conninfo = f"host={site.base} port={site.port} user=telemed_agent dbname=postgres"
    writer = PulseWriter(conninfo, LIMITS, told.put_nowait, every_s=0.0)
    task = asyncio.create_task(writer.run())
    try:
        yield writer, told
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def test_without_a_pulse_both_say_so(pair: Pair) -> None:
    for site in pair.sites:
        seen = as_of(site)
        assert (seen.at, seen.age_s) == (None, None)
        assert seen.label == "of unknown age: no owner has written a pulse"


def test_a_copy_says_whose_records_it_has_and_how_old_they_are(pair: Pair) -> None:
    pulse_that_echoes(pair)
    first = as_of(pair.b)
    assert first[:3] == ("dc-a", 1, 1)
    assert first.at == pair.a.value("SELECT at FROM telemed_failover.pulse")
    assert first.age_s is not None
    assert first.age_s > 0
    assert first.label.startswith(f"as of {first.at:%Y-%m-%d %H:%M:%S}")
    assert f" in dc-a, at most {first.age_s:.1f} s old" in first.label
    second = as_of(pair.b)
    assert second.age_s is not None
    assert second.age_s > first.age_s, "it grows while nothing comes"
    assert second.at == first.at


def test_the_owner_is_up_to_date_under_its_lease_and_ages_without_it(pair: Pair) -> None:
    pulse_that_echoes(pair)
    with pair.a.connected() as connection:
        renew(connection)
    now = as_of(pair.a)
    assert now.age_s is not None
    written = pair.a.value("SELECT at FROM telemed_failover.pulse")
    assert now.at > written
    with pair.a.connected() as connection:
        renew(connection, 0.0)
    old = as_of(pair.a)
    assert old.at == written
    assert old.age_s is not None
    assert old.age_s >= (now.at - written).total_seconds()


def test_in_a_long_snapshot_the_label_belongs_to_what_is_read(pair: Pair) -> None:
    pulse_that_echoes(pair)
    with pair.b.connected("app") as reader:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        first = AsOf(*reader.execute(AS_OF).fetchall()[0])
        pair.a.write(7)
        pulse_that_echoes(pair)
        second = AsOf(*reader.execute(AS_OF).fetchall()[0])
        assert second.at == first.at
        assert second.age_s is not None
        assert first.age_s is not None
        assert second.age_s > first.age_s
        assert reader.execute("SELECT id FROM public.image").fetchall() == []
    assert as_of(pair.b).at > first.at
    assert pair.b.rows() == [7]


@pytest.mark.parametrize("skew_s", [-3600.0, 3600.0])
def test_the_owners_clock_does_not_change_the_age(pair: Pair, skew_s: float) -> None:
    pulse_that_echoes(pair)
    before = as_of(pair.b).age_s
    pair.a.sql(CLOCK_OF_THE_OWNER, (skew_s,))
    until(lambda: caught_up(pair.a, pair.b))
    seen = as_of(pair.b)
    assert before is not None
    assert seen.age_s is not None
    assert before < seen.age_s < before + 600


def test_a_clock_that_has_gone_back_gives_no_age(pair: Pair) -> None:
    pulse_that_echoes(pair)
    pair.a.sql(CLOCK_OF_THE_COPY, (3600.0,))  # as if the copy's clock had stood an hour later then
    until(lambda: caught_up(pair.a, pair.b))
    seen = as_of(pair.b)
    assert seen.age_s is None
    assert seen.label.endswith("in dc-a, of unknown age here")
    pulse_that_echoes(pair)
    assert as_of(pair.b).age_s is not None


def test_a_pulse_needs_a_good_lease_and_the_newest_term(one: Site) -> None:
    for term, length_s, code in ((FIRST, 0.0, "TM001"), (Term(1, 0), 60.0, "TM002")):
        with one.connected() as connection:
            renew(connection, length_s)
        with pytest.raises(psycopg.Error) as refused:
            one.sql(PULSE, (list(INSTANCES), *term), user="telemed_agent")
        assert refused.value.sqlstate == code
    assert pulse(one, Term(1, 9)) is None, "a take that the database does not know"
    assert one.sql("SELECT at FROM telemed_failover.pulse") == []
    for query in (PULSE, "SELECT telemed_failover.digest(%s::text::regclass, %s, %s)"):
        with pytest.raises(psycopg.Error):
            one.sql(query, (list(INSTANCES), 1, 1), user="app")


@on_loop
async def test_an_older_installation_is_told_and_upgraded(pair: Pair) -> None:
    pair.a.sql(
        "DROP TABLE telemed_failover.pulse; DROP FUNCTION telemed_failover.as_of();"
        "DROP FUNCTION telemed_failover.pulse(text[], bigint, bigint);"
        "DROP FUNCTION telemed_failover.digest(regclass, boolean);"
        "DELETE FROM telemed_failover.script WHERE number = 4"
    )
    cluster = pair.cluster(pair.a)
    before = [each.problem for each in await check(cluster, INSTANCES, resource_check=False)]
    assert "schema telemed_failover lacks scripts 4" in before
    conninfo = f"host={pair.a.base} port={pair.a.port} user=postgres dbname=postgres"
    roles = {"agent": "telemed_agent", "rejoin": "telemed_rejoin"}
    assert await install(conninfo, instances=INSTANCES, **roles) == [4]
    after = [each.problem for each in await check(cluster, INSTANCES, resource_check=False)]
    assert set(before) - set(after) == {"schema telemed_failover lacks scripts 4"}
    assert not set(after) - set(before)
    pulse_that_echoes(pair)
    assert as_of(pair.b).age_s is not None


def test_there_is_one_row_whatever_happens(one: Site) -> None:
    for _ in range(3):
        assert pulse(one)
    assert one.value("SELECT count(*) FROM telemed_failover.pulse") == 1
    with one.connected() as other:
        other.execute("BEGIN")
        other.execute("SELECT pg_advisory_xact_lock(1413825879)")
        assert pulse(one) is None, "it waits for nobody"


@on_loop
async def test_each_lease_row_that_was_written_is_followed_by_a_pulse(pair: Pair) -> None:
    wish = Wish(INSTANCES, FIRST, 0.0, 60.0)
    async with beating(pair.a) as (writer, told):
        with pair.a.connected() as connection:
            renew(connection)
        writer.written(wish)
        assert await told.get() == DONE
        first = pair.a.value("SELECT at FROM telemed_failover.pulse")
        writer.written(wish)
        assert await told.get() == DONE
        assert pair.a.value("SELECT at FROM telemed_failover.pulse") > first
        with pair.a.connected() as connection:
            renew(connection, 0.0)
        writer.written(wish)
        refused = await told.get()
        assert "pulse refused: the lease of imaging.a is over" in refused.why
        writer.written(wish._replace(length_s=0.0))
        writer.written(None)
        await asyncio.to_thread(pair.a.sql, "SELECT 1")
        assert told.empty(), "an end is followed by none"
    async with beating(pair.b) as (writer, told):
        writer.written(wish)
        assert not (await told.get()).done


@on_loop
async def test_an_age_never_mixes_two_machines_clocks(pair: Pair) -> None:
    """Around a move: the old owner's row bears its own clock and the other's."""
    pulse_that_echoes(pair)
    with pair.a.connected() as connection:
        renew(connection, 0.0)
    async with acting(pair, pair.a) as a, acting(pair, pair.b) as b:
        assert await b.take(SECOND) == DONE
        taken = as_of(pair.b)
        assert taken.site == "dc-a"
        assert taken.age_s is not None, "by its own clock, which dc-a has heard"
        assert await a.release(SECOND) == STREAMS
        until(lambda: caught_up(pair.b, pair.a))
        assert as_of(pair.a).age_s is None, "what it wrote itself bears dc-b's clock"
        pulse_that_echoes(pair, pair.b, SECOND)
        seen = as_of(pair.a)
        assert seen[:3] == ("dc-b", 1, 2)
        assert seen.age_s is not None


@on_loop
@pytest.mark.parametrize("number", [3, 450])
async def test_a_tail_of_pulses_is_not_kept(pair: Pair, number: int) -> None:
    async with acting(pair, pair.b) as b:
        assert await b.take(SECOND) == DONE
    with pair.a.connected() as connection:
        renew(connection)
        for _ in range(number):
            connection.execute(PULSE, (list(INSTANCES), *FIRST))
    async with acting(pair, pair.a) as a:
        assert await a.release(SECOND) == STREAMS
    assert not (pair.a.base / "data.kept").exists()


@on_loop
@pytest.mark.parametrize("place", ["before", "between", "after", "said"])
async def test_a_row_among_many_pulses_is_kept(pair: Pair, place: str) -> None:
    async with acting(pair, pair.b) as b:
        assert await b.take(SECOND) == DONE
    with pair.a.connected() as connection:
        renew(connection)
        for each in ("before", "between", "after"):
            if place == each:
                connection.execute("INSERT INTO public.image VALUES (3, 'x')")
            for _ in range(5):
                connection.execute(PULSE, (list(INSTANCES), *FIRST))
        if place == "after":
            connection.execute("INSERT INTO public.image VALUES (4, 'x')")
        if place == "said":
            connection.execute("SELECT pg_logical_emit_message(false, 'outbox', 'x')")
    async with acting(pair, pair.a) as a:
        assert await a.release(SECOND) == STREAMS
    assert len(list((pair.a.base / "data.kept").iterdir())) == 1


@on_loop
async def test_a_reader_of_the_copy_holds_up_neither_the_log_nor_a_take(pair: Pair) -> None:
    pair.a.write(1, 2, 3)
    until(lambda: caught_up(pair.a, pair.b))
    with pair.b.connected("app") as reader:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        assert reader.execute("SELECT count(*) FROM public.image").fetchall() == [(3,)]
        with pair.a.connected() as connection:
            renew(connection)
            connection.execute("DELETE FROM public.image")
            connection.execute("VACUUM public.image")
        async with acting(pair, pair.b, limits=SOON) as b:
            assert await b.take(SECOND) == DONE
        with pytest.raises(psycopg.Error, match=r"conflict with recovery|closed|terminating"):
            reader.execute("SELECT count(*) FROM public.image")
    assert pair.b.rows() == []
