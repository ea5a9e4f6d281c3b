"""The register in a file: which files it takes, and what it does when the disk does not."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from failover.core.transaction import ABSENT, Cell, Committed, Unknown
from failover.register.sqlite import (
    SCHEMA_VERSION,
    WORKERS_MAX,
    SqliteRegister,
    Unusable,
    refuse_unless_one_host,
)
from tests.failover.register.loops import on_loop
from tests.failover.register.registers import LONG_S, change, commit, read

SHORT_S = 0.1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "register.sqlite"


def made(path: Path) -> None:
    asyncio.run(SqliteRegister.open(path).close())


def written_by_hand(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


@on_loop
async def test_it_outlives_the_process(path: Path) -> None:
    register = SqliteRegister.open(path)
    revision = await commit(register, change("a", 0, b"x"))
    await register.close()
    again = SqliteRegister.open(path)
    assert await read(again, "a") == {"a": Cell(b"x", revision)}
    assert await commit(again, change("b", 0, b"y")) > revision
    await again.close()


@on_loop
async def test_the_file_and_those_beside_it_are_private(path: Path) -> None:
    register = SqliteRegister.open(path)
    await commit(register, change("a", 0, b"x"))
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()}
    await register.close()
    names = ("register.sqlite", "register.sqlite-wal", "register.sqlite-shm")
    assert modes == dict.fromkeys(names, "0o600")


def test_a_commit_is_on_the_disk_before_it_is_answered(path: Path) -> None:
    register = SqliteRegister.open(path)
    (connection,) = register._idle
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    asyncio.run(register.close())


def test_many_may_make_it_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        registers = list(pool.map(SqliteRegister.open, [path] * 16))
    for register in registers:
        asyncio.run(register.close())


def someone_elses(path: Path) -> None:
    written_by_hand(path, "CREATE TABLE patients (name TEXT)")
    path.chmod(0o600)


def newer(path: Path) -> None:
    made(path)
    written_by_hand(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def text(path: Path) -> None:
    path.write_text("This is a text and no database.\n" * 99)
    path.chmod(0o600)


def open_to_all(path: Path) -> None:
    made(path)
    path.chmod(0o644)


def elsewhere(path: Path) -> None:
    made(path.with_name("another.sqlite"))
    path.symlink_to("another.sqlite")


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("lay", "problem", "mend"),
    [
        (someone_elses, "a database of another program", "name another file"),
        (newer, "a register of version 2; this program knows 1", "or a newer one"),
        (text, "file is not a database", "name another file"),
        (open_to_all, "its mode is 0644: others may read it", "chmod 600"),
        (elsewhere, "Too many levels of symbolic links", "name a file"),
        (folder, "Is a directory", "name a file"),
    ],
)
def test_a_file_that_is_no_register_is_refused_and_left_as_it_is(
    path: Path, lay: Callable[[Path], None], problem: str, mend: str
) -> None:
    lay(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(Unusable) as refused:
        SqliteRegister.open(path)
    assert str(refused.value).startswith(f"{path}: {problem}\nhint: ")
    assert mend in refused.value.mend
    assert before == (path.read_bytes() if path.is_file() else b"")


def test_without_a_folder_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="No such file or directory"):
        SqliteRegister.open(tmp_path / "none" / "register.sqlite")


@on_loop
async def test_one_who_holds_the_file_is_waited_for_and_then_it_is_unknown(path: Path) -> None:
    register = SqliteRegister.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        outcome = await register.commit(change("a", 0, b"x"), timeout_s=SHORT_S)
        assert isinstance(outcome, Unknown)
        assert str(path) in outcome.why
        assert await register.look(("a",), timeout_s=LONG_S) == {"a": ABSENT}
        waiting = asyncio.create_task(register.commit(change("a", 0, b"y"), timeout_s=LONG_S))
        await register.look(("a",), timeout_s=LONG_S)
        other.execute("ROLLBACK")
        assert isinstance(await waiting, Committed)
    await register.close()


@on_loop
async def test_a_worker_that_comes_too_late_begins_nothing(path: Path) -> None:
    register = SqliteRegister.open(path)
    begun: list[sqlite3.Connection] = []
    assert register._run(begun.append, monotonic() - 1) == Unknown("begun too late, so not done")
    assert begun == []
    await register.close()


@on_loop
async def test_a_stuck_disk_holds_a_few_workers_and_no_more(path: Path) -> None:
    register = SqliteRegister.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        calls = [
            asyncio.create_task(register.commit(change("a", 0, b"x"), timeout_s=LONG_S))
            for _ in range(WORKERS_MAX + 1)
        ]
        done, stuck = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        (refused,) = done
        assert refused.result() == Unknown("4 earlier calls still wait for the disk")
        other.execute("ROLLBACK")
        outcomes = await asyncio.gather(*stuck)
    assert all(isinstance(outcome, Committed) for outcome in outcomes)  # all of them "mine"
    await register.close()


@on_loop
async def test_a_file_put_in_its_place_is_another_register(path: Path) -> None:
    register = SqliteRegister.open(path)
    await commit(register, change("a", 0, b"x"))
    path.rename(path.with_name("old.sqlite"))
    assert await register.read(("a",), timeout_s=LONG_S) is None
    other = SqliteRegister.open(path)
    outcome = await register.commit(change("b", 0, b"x"), timeout_s=LONG_S)
    assert outcome == Unknown(f"{path}: another file lies in the place of the register")
    await register.close()
    await other.close()


@on_loop
async def test_a_file_that_rots_is_no_answer(path: Path) -> None:
    register = SqliteRegister.open(path)
    await commit(register, change("a", 0, b"x"))
    await register.close()
    register = SqliteRegister.open(path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (path.stat().st_size - 100))
    (connection,) = register._idle
    connection.close()
    register._idle.clear()
    assert await register.read(("a",), timeout_s=LONG_S) is None
    outcome = await register.commit(change("b", 0, b"x"), timeout_s=LONG_S)
    assert isinstance(outcome, Unknown)
    await register.close()


FULL_DISK = """
import asyncio, sys
from pathlib import Path
from failover.core.transaction import (Committed, Compare, Put, Transaction)
from failover.register.sqlite import SqliteRegister

async def run():
    register = SqliteRegister.open(Path(sys.argv[1]))
    for number in range(99):
        put = Transaction((Compare(f"{number}", 0),), (Put(f"{number}", bytes(99_999)),))
        outcome = await register.commit(put, timeout_s=30)
        if not isinstance(outcome, Committed):
            break
    cells = await register.read([f"{n}" for n in range(number + 1)], timeout_s=30)
    kept = [cell.revision > 0 for cell in cells.values()]
    print(number > 0, outcome.why, kept.index(False) == number)
    await register.close()

asyncio.run(run())
"""


@pytest.mark.root
@pytest.mark.debian("unshare", "mount")
def test_a_full_disk_is_unknown_and_nothing_is_lost(tmp_path: Path) -> None:
    """A disk of one megabyte, in a mount namespace of its own."""
    script = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$1" -c "$2" "$0/register.sqlite"'
    ran = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, str(tmp_path), sys.executable, FULL_DISK],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    assert ran.stdout == f"True {tmp_path}/register.sqlite: database or disk is full True\n"


def test_a_plan_with_sites_on_one_host_may_have_it() -> None:
    refuse_unless_one_host(["lab", "lab", "lab"])


@pytest.mark.parametrize(
    ("hosts", "words"), [(["a", "b", "a"], "2 hosts (a, b)"), ([], "0 hosts (none)")]
)
def test_a_plan_with_sites_on_two_hosts_may_not(hosts: list[str], words: str) -> None:
    with pytest.raises(Unusable) as refused:
        refuse_unless_one_host(hosts)
    assert str(refused.value) == (
        f"plan: register: sqlite: the sites are on {words}, and a file lies on one of them\n"
        "hint: use the etcd register, with members in both data centres and at the witness"
    )
