"""`telemed-failover database records`, with a real owner and its copy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any, LiteralString

import pytest

from tests.failover.actuators.clusters import (
    FIRST,
    INSTANCES,
    SECRET,
    Pair,
    Site,
    caught_up,
    make_template,
    renew,
    standing_pair,
    temporary_folder,
    until,
)
from tests.failover.cli.conftest import Ended, Run
from tests.failover.cli.test_database import node

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("waiting")]
NUMBERS = count(1)
PULSE: LiteralString = "SELECT telemed_failover.pulse(%s, %s, %s)"
STOP_REPLAY: LiteralString = "SELECT pg_wal_replay_pause()"


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    folder = temporary_folder()
    try:
        yield make_template(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def pair(template: Path) -> Iterator[Pair]:
    base = template.parent.parent
    folder = base.parent / f"{base.name}-records{next(NUMBERS)}"
    folder.mkdir(mode=0o711)
    found = standing_pair(folder, template)
    try:
        yield found
    finally:
        found.end()


class Centre:
    """The command at one centre of a pair."""

    def __init__(self, run: Run, folder: Path, pair: Pair, site: Site) -> None:
        folder = folder / site.name
        folder.mkdir()
        peer = f'port = {pair.other(site).port}, passfile = "{pair.passfile}"'
        self._run = run
        self._node = str(node(folder, site, site.name, peer))

    def say(self, *words: str) -> Ended:
        ended = self._run("database", "records", "--node", self._node, *words)
        assert SECRET not in ended.out + ended.err
        return ended

    def records(self, *words: str, code: int = 0) -> dict[str, Any]:
        ended = self.say("--json", *words)
        assert (ended.code, ended.err) == (code, ""), ended.out
        (cluster,) = json.loads(ended.out)["clusters"]
        return dict(cluster)


@pytest.fixture
def centres(telemed_failover: Run, tmp_path: Path, pair: Pair) -> tuple[Centre, Centre]:
    here, there = (Centre(telemed_failover, tmp_path, pair, site) for site in pair.sites)
    return here, there


def pulse(pair: Pair) -> None:
    with pair.a.connected() as connection:
        renew(connection)
    until(
        lambda: (
            pair.a.sql(PULSE, (list(INSTANCES), *FIRST))
            and pair.a.value("SELECT echo FROM telemed_failover.pulse")
        )
    )
    until(lambda: caught_up(pair.a, pair.b))


def digests(records: dict[str, Any]) -> dict[str, str]:
    return {name: each["digest"] for name, each in records["tables"].items()}


def test_both_centres_tell_whose_records_they_have_and_the_same_digest(
    centres: tuple[Centre, Centre], pair: Pair
) -> None:
    pair.a.write(1, 2, 3)
    pulse(pair)
    here, there = (each.records("--hash") for each in centres)
    assert (here["role"], there["role"]) == ("primary", "copy")
    for each in (here, there):
        assert (each["owner"], each["term"]) == ("dc-a", "1.1")
        assert each["age_s"] >= 0
        assert each["tables"]["public.image"]["rows"] == 3
        assert each["tables"]["public.image"]["guarded"]
        assert not each["tables"]["public.free"]["guarded"]
    assert digests(here) == digests(there)
    assert len(set(digests(here).values())) == 2
    told = centres[1].say()
    assert told.code == 0
    assert told.out.startswith("imaging (group portal): copy, as of ")
    assert " in dc-a, at most " in told.out
    assert "  public.image           3 rows\n" in told.out
    assert "  public.free            0 rows  not under the check\n" in told.out


def test_a_digest_is_of_the_rows_and_not_of_their_order(
    centres: tuple[Centre, Centre], pair: Pair
) -> None:
    here = centres[0]
    rows = ("(1, 'x')", "(2, NULL)", "(3, '')", "(3, '')")
    seen = []
    for order in (rows, rows[::-1], rows[:3], ("(1, 'x')", "(2, '')", "(3, NULL)", "(3, '')")):
        pair.a.sql("DROP TABLE IF EXISTS public.odd")
        pair.a.sql("CREATE TABLE public.odd (id int, note text)")
        for row in order:
            pair.a.sql(f"INSERT INTO public.odd VALUES {row}")
        seen.append(digests(here.records("--hash"))["public.odd"])
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


def test_a_sessions_settings_do_not_change_a_digest(
    centres: tuple[Centre, Centre], pair: Pair
) -> None:
    here = centres[0]
    pair.a.sql(
        "CREATE TABLE public.odd (at timestamptz, span interval, f float8, b bytea, m money);"
        "INSERT INTO public.odd VALUES ('2026-01-02 03:04:05+00', '1 day 2 h', 0.1, '\\x00ff', 1)"
    )
    before = digests(here.records("--hash"))
    for name, value in (
        ("timezone", "'Asia/Shanghai'"), ("datestyle", "'SQL, DMY'"), ("extra_float_digits", "-5"),
        ("intervalstyle", "iso_8601"), ("bytea_output", "escape"),
    ):  # fmt: skip
        pair.a.sql(f"ALTER ROLE telemed_agent SET {name} = {value}")
    assert digests(here.records("--hash")) == before


def test_no_cast_of_a_tables_owner_runs_with_the_functions_rights(
    centres: tuple[Centre, Centre], pair: Pair
) -> None:
    pair.a.sql("GRANT CREATE ON SCHEMA public TO app")
    pair.a.sql(
        "CREATE TABLE public.mine (id int); INSERT INTO public.mine VALUES (1);"
        "CREATE TABLE public.ran (who text);"
        "CREATE FUNCTION public.run(public.mine) RETURNS text LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$;"
        "CREATE CAST (public.mine AS text) WITH FUNCTION public.run(public.mine) AS IMPLICIT",
        user="app",
    )
    assert len(digests(centres[0].records("--hash"))["public.mine"]) == 32


def test_a_copy_that_is_equal_one_that_is_not_and_one_that_stands_still(
    centres: tuple[Centre, Centre], pair: Pair
) -> None:
    pair.a.write(1, 2, 3)
    pulse(pair)
    for centre in centres:
        found = centre.records("--compare")
        assert found["compared"] == {"public.free": "equal", "public.image": "equal"}
    spoil(pair)
    assert centres[1].records("--compare", code=3)["compared"] == {
        "public.free": "equal",
        "public.image": "differs",
    }
    told = centres[0].say("--compare")
    assert told.code == 3
    assert "  public.image           3 rows  differs\n" in told.out


def spoil(pair: Pair) -> None:
    """One letter of the copy is another's, as by a broken disk."""
    where = pair.b.value("SELECT pg_relation_filepath('public.image')")
    pair.a.sql("CHECKPOINT")
    until(lambda: caught_up(pair.a, pair.b))
    pair.b.sql("CHECKPOINT")
    pair.b.stop()
    file = pair.b.data / where
    content = bytearray(file.read_bytes())
    place = content.rindex(b"x")
    content[place : place + 1] = b"y"
    file.write_bytes(content)
    pair.b.start()


def test_a_copy_that_does_not_catch_up_is_not_compared(
    centres: tuple[Centre, Centre], pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("failover.actuators.postgresql.records.CATCH_UP_S", 0.2)
    pulse(pair)
    pair.b.sql(STOP_REPLAY)
    pair.a.write(1)
    ended = centres[0].say("--compare")
    assert ended.code == 1
    assert "error: imaging: the copy has not come to " in ended.err
    pair.b.sql("SELECT pg_wal_replay_resume()")
    pair.b.stop()
    alone = centres[0].say("--compare")
    assert (alone.code, "primary, as of" in alone.out) == (1, True)
    assert "error: PostgreSQL imaging in dc-b: " in alone.err


def test_what_is_written_all_the_time_is_compared_in_the_end(
    centres: tuple[Centre, Centre], pair: Pair
) -> None:
    """A table that nobody writes to is told apart from one that is written to meanwhile."""
    pair.a.write(1, 2, 3)
    pulse(pair)
    ended: list[bool] = []

    def write() -> None:
        with pair.a.connected("app") as connection:
            while not ended:
                connection.execute("INSERT INTO public.free VALUES (1)")

    writing = Thread(target=write)
    writing.start()
    try:
        found = json.loads(centres[1].say("--compare", "--json").out)["clusters"][0]["compared"]
    finally:
        ended.append(True)
        writing.join()
    assert found["public.image"] == "equal"
    assert found["public.free"] in {"equal", "written meanwhile"}
    assert centres[1].records("--compare")["compared"]["public.free"] == "equal"


def test_two_primaries_and_two_copies_are_told_so(
    centres: tuple[Centre, Centre], pair: Pair
) -> None:
    pair.b.sql("SELECT pg_promote(true)")
    ended = centres[0].say("--compare")
    assert (ended.code, "neither follows the other" in ended.err) == (1, True)


def test_a_server_that_is_not_there_or_not_installed(
    centres: tuple[Centre, Centre], pair: Pair
) -> None:
    pair.a.sql("DROP SCHEMA telemed_failover CASCADE")
    bare = centres[0].say("--json")
    assert bare.code == 1
    (cluster,) = json.loads(bare.out)["clusters"]
    assert "run the installation" in cluster["error"]
    assert "database check" in cluster["hint"]
    pair.a.stop()
    assert "error: PostgreSQL imaging in dc-a" in centres[0].say().err
