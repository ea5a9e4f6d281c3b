"""What the database itself refuses, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import IsolationLevel

from failover.actuators.postgresql.lease import boot_clock_s
from tests.failover.actuators.clusters import (
    INSTANCES,
    Pair,
    Site,
    caught_up,
    follows,
    renew,
    until,
)

pytestmark = pytest.mark.xdist_group("waiting")
INSERT: LiteralString = "INSERT INTO public.image VALUES (%s, 'x')"
SHORT_S = 0.4


@contextmanager
def refused(code: str, words: str) -> Iterator[None]:
    with pytest.raises(psycopg.Error, match=words) as caught:
        yield
    assert caught.value.sqlstate == code


def leased(site: Site, length_s: float = 60.0) -> None:
    with site.connected("telemed_agent") as connection:
        renew(connection, length_s)


def let_run_out(site: Site) -> None:
    """A short lease, so that what comes before may take as long as it likes."""
    leased(site, SHORT_S)
    until(lambda: site.value("SELECT max(left_s) FROM telemed_failover.lease") == 0)


def insert(site: Site, number: int) -> None:
    with site.connected("app") as connection:
        connection.execute(INSERT, (number,))


def test_without_a_lease_no_statement_passes(one: Site) -> None:
    with one.connected("app") as app:
        for statement in (
            b"INSERT INTO public.image VALUES (1, 'x')",
            b"UPDATE public.image SET note = 'y'",
            b"DELETE FROM public.image",
            b"INSERT INTO public.image SELECT 1, 'x' WHERE false",
        ):
            with refused("TM001", "refused: the lease of every instance is over"):
                app.execute(statement)
        with (
            refused("TM001", "INSERT refused"),
            app.cursor().copy("COPY public.image FROM STDIN") as copy,
        ):
            copy.write_row((1, "x"))
        app.execute("INSERT INTO public.free VALUES (1)")  # nobody guards it
        app.execute("SELECT * FROM public.image")


def test_under_a_lease_they_pass_until_it_has_run_out(one: Site) -> None:
    leased(one)
    insert(one, 1)
    let_run_out(one)
    with refused("TM001", "INSERT refused: the lease of imaging.a is over"):
        insert(one, 2)
    leased(one)
    insert(one, 3)
    assert one.rows() == [1, 3]


def test_a_transaction_begun_before_is_not_committed(one: Site) -> None:
    leased(one)
    with one.connected("app") as app:
        with refused("TM001", "COMMIT refused: the lease of imaging.a is over"), app.transaction():
            app.execute(INSERT, (1,))
            with app.transaction():  # a savepoint
                app.execute(INSERT, (2,))
            let_run_out(one)
        leased(one)
        with refused("TM001", "COMMIT refused"), app.transaction():
            app.execute("SAVEPOINT before")
            app.execute(INSERT, (3,))
            app.execute("ROLLBACK TO before")  # and with it the check that this had asked for
            app.execute(INSERT, (4,))
            let_run_out(one)
        leased(one)
        with app.transaction():
            app.execute(INSERT, (5,))
    assert one.rows() == [5]


def test_what_lay_in_a_frozen_servers_sockets_is_refused_when_it_thaws(one: Site) -> None:
    with ThreadPoolExecutor() as pool, one.connected("app") as app, one.connected("app") as other:
        other.execute("BEGIN")
        leased(one)
        other.execute(INSERT, (1,))
        leased(one, SHORT_S)
        one.freeze()
        over_s = boot_clock_s() + SHORT_S
        statement = pool.submit(app.execute, INSERT, (2,))
        commit = pool.submit(other.execute, "COMMIT")
        until(lambda: boot_clock_s() > over_s)
        one.thaw()
        with refused("TM001", "INSERT refused"):
            statement.result()
        with refused("TM001", "COMMIT refused"):
            commit.result()
    assert one.rows() == []


def test_a_commit_is_checked_once_and_also_after_constraints_were_checked(one: Site) -> None:
    leased(one)
    with one.connected("app") as app:
        with refused("TM001", "COMMIT refused"), app.transaction():
            app.execute(INSERT, (1,))
            app.execute("SET CONSTRAINTS ALL IMMEDIATE")
            app.execute("SET CONSTRAINTS ALL DEFERRED")
            app.execute(INSERT, (2,))
            let_run_out(one)
        leased(one)
        with app.transaction():
            app.execute("INSERT INTO public.image SELECT n, 'x' FROM generate_series(1, 1000) AS n")
    assert len(one.rows()) == 1000


@pytest.mark.parametrize("level", list(IsolationLevel))
def test_every_isolation_level_sees_the_newest_lease(one: Site, level: IsolationLevel) -> None:
    leased(one)
    with one.connected("app") as app:
        app.isolation_level = level
        with app.transaction():
            app.execute("SELECT count(*) FROM public.image")  # takes its picture of the data
            let_run_out(one)
            leased(one)
            app.execute(INSERT, (1,))
        with refused("TM001", "refused"), app.transaction():
            app.execute("SELECT count(*) FROM public.image")
            with one.connected("telemed_agent") as agent:
                renew(agent, 0.0)
            app.execute(INSERT, (2,))
    assert one.rows() == [1]


def test_a_crash_a_restart_and_a_promotion_empty_it(pair: Pair) -> None:
    leased(pair.a)
    insert(pair.a, 1)
    pair.a.kill()
    pair.a.start()
    with refused("TM001", "every instance"):
        insert(pair.a, 2)
    leased(pair.a)
    insert(pair.a, 3)
    pair.a.stop()
    pair.a.start()
    with refused("TM001", "every instance"):
        insert(pair.a, 4)
    leased(pair.a)
    until(lambda: follows(pair.b) and caught_up(pair.a, pair.b))
    pair.a.stop("immediate")
    pair.b.sql("SELECT pg_promote()")
    with refused("TM001", "every instance"):
        insert(pair.b, 5)
    assert pair.b.rows() == [1, 3]


CLOCKS: tuple[tuple[str, LiteralString, bool], ...] = (
    ("wall set back an hour", "until_wall = +3600, until_boot = -1", False),
    ("wall set forward an hour", "until_wall = -3600, until_boot = +60", False),
    ("both in the future", "until_wall = +60, until_boot = +60", True),
)


@pytest.mark.parametrize("steps", CLOCKS, ids=[case[0] for case in CLOCKS])
def test_a_step_of_the_wall_clock_opens_nothing(one: Site, steps: tuple[str, str, bool]) -> None:
    """A clock cannot be set here: the deadlines are, as they would stand after the step."""
    leased(one)
    wanted = dict(part.split(" = ") for part in steps[1].split(", "))
    one.sql(
        "SELECT setval(until_wall, ((extract(epoch FROM clock_timestamp()) + %s) * 1e6)::bigint),"
        " setval(until_boot, greatest(0, (telemed_failover.boot_clock_s() + %s) * 1e6)::bigint)"
        " FROM telemed_failover.instance",
        (float(wanted["until_wall"]), float(wanted["until_boot"])),
    )
    if steps[2]:
        insert(one, 1)
    else:
        with refused("TM001", "is over"):
            insert(one, 1)


def test_a_table_may_be_of_one_instance(one: Site) -> None:
    one.sql("SELECT telemed_failover.guard_table('public.image', '{imaging.b}')")
    one.sql("SELECT telemed_failover.guard_table('public.free', '{imaging.a}', false)")
    with one.connected("telemed_agent") as agent:
        agent.execute(
            "SELECT telemed_failover.renew('{imaging.b}', 1, 1, 1,"
            " telemed_failover.boot_clock_s() + 60, 60)"
        )
    insert(one, 1)
    with one.connected("app") as app, refused("TM001", "lease of imaging.a"):
        app.execute("INSERT INTO public.free VALUES (1)")
    with refused("P0001", "no such instance: imaging.c"):
        one.sql("SELECT telemed_failover.guard_table('public.free', '{imaging.c}')")


TERMS = (
    ("1.2", "", ""),
    ("1.1", "TM002", "the writer is of term 1.1, the database of 1.2"),
    ("1.3", "TM002", "the writer is of term 1.3, the database of 1.2"),
    ("missing", "TM003", "telemed.term is `missing`"),
    ("1.2; DROP", "TM003", "not a generation and an epoch"),
)


@pytest.mark.parametrize(("term", "code", "words"), TERMS)
def test_a_writer_that_says_another_term_is_refused(
    one: Site, term: str, code: str, words: str
) -> None:
    one.sql("SELECT telemed_failover.record_take(1, 2, 'dc-a', '3'::xid8)")
    leased(one)
    with one.connected("app") as app:
        app.execute("SELECT set_config('telemed.term', %s, false)", (term,))
        if not code:
            app.execute(INSERT, (1,))
            return
        with refused(code, words):
            app.execute(INSERT, (1,))


def test_a_role_may_have_to_say_its_term(one: Site) -> None:
    one.sql("ALTER ROLE app SET telemed.term = 'missing'")
    leased(one)
    with one.connected("app") as app:
        with refused("TM003", "telemed.term is `missing`"):
            app.execute(INSERT, (1,))
        app.execute("SET telemed.term = '1.1'")
        app.execute(INSERT, (1,))


def test_a_renewal_of_the_past_changes_nothing(one: Site) -> None:
    one.sql("SELECT telemed_failover.record_take(1, 2, 'dc-a', '3'::xid8)")

    def renewed(epoch: int, number: int, length_s: float) -> Any:
        with one.connected("telemed_agent") as agent:
            return agent.execute(
                "SELECT telemed_failover.renew(%s, 1, %s, %s,"
                " telemed_failover.boot_clock_s() + %s, 60)",
                (list(INSTANCES), epoch, number, length_s),
            ).fetchone()

    with refused("TM002", "refused: term 1.1 is lower than 1.2"):
        renewed(1, 99, 60)
    renewed(2, 7, 0.0)  # an end
    assert renewed(2, 6, 60) == (None,)
    assert renewed(2, 7, 60) == (None,)
    with refused("TM001", "is over"):
        insert(one, 1)
    renewed(2, 8, 60)
    insert(one, 1)
    renewed(3, 1, 0.0)
    assert renewed(2, 9, 60) == (None,)


def test_a_renewal_grants_no_more_than_its_length(one: Site) -> None:
    with one.connected("telemed_agent") as agent:
        agent.execute("SELECT telemed_failover.renew(%s, 1, 1, 1, 1e9, 5)", (list(INSTANCES),))
    assert 0 < one.value("SELECT min(left_s) FROM telemed_failover.lease") <= 5


def test_an_application_cannot_help_itself(one: Site) -> None:
    with one.connected("app") as app:
        for query in (
            b"SELECT telemed_failover.renew('{imaging.a}', 9, 9, 9, 1e9, 1e9)",
            b"SELECT telemed_failover.record_take(9, 9, 'dc-a', '3'::xid8)",
            b"SELECT setval(until_boot, 1e15::bigint) FROM telemed_failover.instance",
            b"SELECT setval('telemed_failover.lease_number', 1)",
            b"ALTER TABLE public.image DISABLE TRIGGER telemed_statement",
            b"SET session_replication_role = replica",
            b"INSERT INTO telemed_failover.take VALUES (9, 9, 'x', 1, '0/0', '3')",
        ):
            with refused("42501", "permission denied|must be owner"):
                app.execute(query)


def test_truncate_is_refused(one: Site) -> None:
    leased(one)
    one.sql("GRANT TRUNCATE ON public.image TO app")
    with one.connected("app") as app, refused("TM004", "TRUNCATE refused"):
        app.execute("TRUNCATE public.image")


def test_the_journal_names_what_was_changed(one: Site) -> None:
    leased(one)
    one.sql("CREATE TABLE public.keyless (a int, b text)")
    one.sql("SELECT telemed_failover.guard_table('public.keyless')")
    one.sql("INSERT INTO public.image VALUES (1, 'x'), (2, 'x')")
    one.sql("UPDATE public.image SET note = 'y' WHERE id = 1")
    one.sql("DELETE FROM public.image WHERE id = 2")
    one.sql("INSERT INTO public.keyless VALUES (7, 'z')")
    assert one.sql(
        "SELECT generation, epoch, relation, operation, key FROM telemed_failover.journal"
        " ORDER BY number"
    ) == [
        (1, 1, "public.image", "INSERT", {"id": 1}),
        (1, 1, "public.image", "INSERT", {"id": 2}),
        (1, 1, "public.image", "UPDATE", {"id": 1}),
        (1, 1, "public.image", "DELETE", {"id": 2}),
        (1, 1, "public.keyless", "INSERT", {"a": 7, "b": "z"}),
    ]
    assert one.value("SELECT telemed_failover.prune_journal('1 hour')") == 0
    assert one.value("SELECT telemed_failover.prune_journal('0 s', 2)") == 2
    assert one.value("SELECT count(*) FROM telemed_failover.journal") == 3


def test_a_partitioned_table_is_guarded_as_a_whole(one: Site) -> None:
    one.sql(
        "CREATE TABLE public.study (id int PRIMARY KEY) PARTITION BY RANGE (id);"
        "CREATE TABLE public.study1 PARTITION OF public.study FOR VALUES FROM (0) TO (9)"
    )
    one.sql("SELECT telemed_failover.guard_table('public.study')")
    with refused("TM001", "INSERT refused"):
        one.sql("INSERT INTO public.study VALUES (1)")
    with refused("TM001", "COMMIT refused"):  # past the statement's check, not past the commit's
        one.sql("INSERT INTO public.study1 VALUES (1)")
