"""The journal's copy: whole after any loss and restart, with each gap marked, and proven by hashes.

Sender and keeper run against real files; between them is a way that the test makes lose pieces.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from failover.core.journal import split
from failover.disk import journal, journal_copy
from failover.disk.journal import JournalFiles, journal_files, journal_lines
from failover.disk.journal_copy import JournalCopy, copy_broken_at, read_gaps
from failover.processes import copying
from failover.processes.copying import NOBODY, Keeper, Sender
from failover.wire.aside_code import (
    Piece,
    Stand,
    decode_piece,
    decode_stand,
    encode_piece,
    encode_stand,
)

LIMIT_S = 120  # each entry is synced: a busy disk takes its time


class Way:
    """Carries pieces and answers as bytes, and loses some."""

    def __init__(self, folder: Path) -> None:
        self.own, self.copy = folder / "journal", folder / "journal-of-dc-a"
        self.loses = 0.0
        self.random = Random(1)
        self.pieces = 0
        self.begun_from: set[str] = set()  # behind which entries something was sent

    @asynccontextmanager
    async def running(self) -> AsyncIterator[tuple[Sender, Keeper]]:
        """Both ends live."""

        def to_keeper(piece: Piece) -> None:
            self.pieces += 1
            self.begun_from |= {piece.after} if piece.content else set()
            if self.random.random() >= self.loses:
                keeper.take(decode_piece(encode_piece(piece)))

        def to_sender(stand: Stand) -> None:
            if self.random.random() >= self.loses:
                sender.take(decode_stand(encode_stand(stand)))

        loop = asyncio.get_running_loop()
        sender = Sender(self.own, to_keeper, loop.time)
        keeper = Keeper(JournalCopy(self.copy), to_sender)
        tasks = [loop.create_task(one.run()) for one in (sender, keeper)]
        try:
            yield sender, keeper
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def write(self, count: int, size: int = 10) -> None:
        """Append records to the journal, as the agent does."""
        files = JournalFiles(self.own, "dc-a")
        for number in range(count):
            files.append(json.dumps({"n": number, "fill": "x" * size}))
        files.close()

    def lines(self, folder: Path) -> list[str]:
        return [line for _, _, line in journal_lines(folder)] if folder.is_dir() else []

    def is_whole(self) -> bool:
        return self.lines(self.copy) == self.lines(self.own)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits long for what was lost on purpose."""
    for name in ("AGAIN_S", "AGAIN_S_MAX", "IDLE_S"):
        monkeypatch.setattr(copying, name, 0.005)


@pytest.fixture
def way(tmp_path: Path) -> Way:
    return Way(tmp_path)


def run(way: Way, *conditions: Callable[[Sender, Keeper], bool]) -> tuple[Sender, Keeper]:
    """Both ends until the conditions are so, one life of both for each of them."""

    async def live() -> tuple[Sender, Keeper]:
        for condition in conditions:
            async with way.running() as ends, asyncio.timeout(LIMIT_S):
                while not condition(*ends):
                    await asyncio.sleep(0.002)
        return ends

    return asyncio.run(live())


def whole(way: Way) -> Callable[[Sender, Keeper], bool]:
    return lambda sender, _keeper: way.is_whole() and sender.sent.behind_bytes == 0


def test_a_copy_is_the_same_lines(way: Way) -> None:
    way.write(300)
    sender, keeper = run(way, whole(way))
    assert (keeper.left, keeper.gaps) == (0, 0)
    assert keeper.heard_s is not None
    assert sender.sent.last == split(way.lines(way.own)[-1]).hash
    assert copy_broken_at(way.copy, read_gaps(way.copy)) == ""
    assert read_gaps(way.copy) == []


def test_entries_longer_than_many_pieces_and_a_way_that_loses_a_third(way: Way) -> None:
    way.loses = 0.33
    way.write(3, size=30_000)
    way.write(200)
    run(way, whole(way))


def test_it_goes_on_where_it_was_after_restarts(way: Way) -> None:
    way.write(200, size=500)
    some = len("\n".join(way.lines(way.own))) // 1_100 // 2
    run(way, lambda _sender, _keeper: way.pieces > some)
    assert 0 < len(way.lines(way.copy)) < 200
    way.write(5)
    way.begun_from.clear()
    run(way, whole(way))
    assert NOBODY not in way.begun_from  # not from the beginning again


def test_new_entries_follow_while_it_runs_and_files_change(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "FILE_BYTES_MAX", 2_000)
    monkeypatch.setattr(journal_copy, "FILE_BYTES_MAX", 3_000)

    async def live() -> None:
        async with way.running(), asyncio.timeout(LIMIT_S):
            for _ in range(4):
                await asyncio.to_thread(way.write, 40)
                while not way.is_whole():
                    await asyncio.sleep(0.002)

    asyncio.run(live())
    assert len(journal_files(way.own)) > 3
    assert len(journal_files(way.copy)) > 3


def test_a_torn_line_of_the_original_is_passed_over(way: Way) -> None:
    way.write(10)
    (path,) = journal_files(way.own)
    path.write_bytes(path.read_bytes()[:-4])
    run(way, lambda _sender, _keeper: len(way.lines(way.copy)) == 9)
    way.write(2)
    run(way, whole(way))
    assert copy_broken_at(way.copy, []) == ""


def test_a_disk_that_lost_its_newest_entries_leaves_a_marked_gap(way: Way) -> None:
    way.write(20)
    run(way, whole(way))
    (path,) = journal_files(way.own)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:12]))
    way.write(3)
    _, keeper = run(
        way, lambda _sender, _keeper: way.lines(way.copy)[-1:] == way.lines(way.own)[-1:]
    )
    assert keeper.gaps == 1
    assert len(way.lines(way.copy)) == 20 + 15  # what it had is kept
    (gap,) = read_gaps(way.copy)
    assert gap.after == split(way.lines(way.copy)[19]).hash
    assert copy_broken_at(way.copy, [gap]) == ""
    assert copy_broken_at(way.copy, []).endswith(f"{gap.file}:1")


def test_a_copy_that_begins_late_says_so(way: Way) -> None:
    way.write(4)
    (path,) = journal_files(way.own)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[2:]))
    run(way, whole(way))
    (gap,) = read_gaps(way.copy)
    assert gap.after == "0" * 64


@pytest.mark.parametrize("change", ["edit", "drop"])
def test_a_change_of_the_copy_is_found(way: Way, change: str) -> None:
    way.write(9)
    run(way, whole(way))
    (path,) = journal_files(way.copy)
    lines = path.read_text().splitlines(keepends=True)
    lines[4:5] = [lines[4].replace('"n": 4', '"n": 9')] if change == "edit" else []
    path.write_text("".join(lines))
    assert copy_broken_at(way.copy, []) == f"{path}:5"


def test_a_full_disk_is_said_and_made_good(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    way.write(30)
    is_full, real = True, os.write

    def write(descriptor: int, content: bytes) -> int:
        if is_full:
            real(descriptor, bytes(content)[:5])  # a part gets through, as on a real disk
            raise OSError(28, "No space left on device")
        return real(descriptor, content)

    monkeypatch.setattr(os, "write", write)
    run(way, lambda _sender, keeper: "No space left" in keeper.problem)
    assert way.lines(way.copy) == []
    is_full = False
    run(way, whole(way))
