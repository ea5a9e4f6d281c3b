"""The journal keeps what it was given, in order, and says where something is missing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from failover.core.journal import split
from failover.disk import journal
from failover.disk.journal import JournalFiles, broken_at, journal_files, journal_lines


@contextmanager
def opened(folder: Path) -> Iterator[JournalFiles]:
    files = JournalFiles(folder, "dc-a")
    try:
        yield files
    finally:
        files.close()


def kept(folder: Path) -> list[dict[str, object]]:
    return [json.loads(split(line).record) for _, _, line in journal_lines(folder)]


def record(number: int) -> str:
    return json.dumps({"n": number})


def test_records_come_back_in_order_over_restarts_in_one_chain(tmp_path: Path) -> None:
    for life in range(3):
        with opened(tmp_path) as files:
            for number in range(5):
                files.append(record(5 * life + number))
    assert kept(tmp_path) == [{"n": number} for number in range(15)]
    assert len(journal_files(tmp_path)) == 1
    assert broken_at(tmp_path) == ""


@pytest.mark.parametrize("change", ["edit", "drop", "insert"])
def test_a_changed_journal_is_found(tmp_path: Path, change: str) -> None:
    with opened(tmp_path) as files:
        for number in range(5):
            files.append(record(number))
    (path,) = journal_files(tmp_path)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    if change == "edit":
        lines[2] = lines[2].replace('"n": 2', '"n": 9')
    elif change == "drop":
        del lines[2]
    else:
        lines.insert(2, lines[1])
    path.write_text("".join(lines), "utf-8")
    assert broken_at(tmp_path) == f"{path}:3"


def test_a_torn_line_stays_and_the_next_file_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as files:
        files.append(record(1))
        files.append(record(2))
    (path,) = journal_files(tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    with opened(tmp_path) as files:
        files.append(record(3))
    assert kept(tmp_path) == [{"n": 1}, {"by": "dc-a", "torn": path.name}, {"n": 3}]
    assert broken_at(tmp_path) == ""


def test_large_files_are_followed_by_others_and_the_oldest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "FILE_BYTES_MAX", 1)
    monkeypatch.setattr(journal, "FILES_MAX", 3)
    for number in range(6):
        with opened(tmp_path) as files:
            files.append(record(number))
    assert kept(tmp_path) == [{"n": 3}, {"n": 4}, {"n": 5}]
    assert broken_at(tmp_path) == ""


def test_a_full_disk_delays_and_a_full_buffer_marks_the_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, real = Event(), os.write
    is_full = True

    def write(descriptor: int, content: bytes) -> int:
        if is_full:
            real(descriptor, bytes(content)[:3])  # a part gets through, as on a real disk
            tried.set()
            raise OSError(28, "No space left on device")
        return real(descriptor, content)

    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(journal, "RETRY_S", 0.01)
    monkeypatch.setattr(journal, "BUFFER_MAX", 3)
    with opened(tmp_path) as files:
        files.append(record(0))
        assert tried.wait(10)
        for number in range(1, 6):
            files.append(record(number))
        assert files.waiting == 3
        is_full = False
        while files.waiting:
            tried.clear()
            tried.wait(0.01)
        assert files.problem == ""
        files.append(record(6))
    assert kept(tmp_path) == [{"n": 0}, {"n": 1}, {"n": 2}, {"by": "dc-a", "missing": 3}, {"n": 6}]
    assert broken_at(tmp_path) == ""


def test_a_hanging_disk_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs, real = Event(), os.fdatasync

    def fdatasync(descriptor: int) -> None:
        hangs.wait(30)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    with opened(tmp_path) as files:
        for number in range(1000):
            files.append(record(number))
        assert files.waiting
        hangs.set()
    assert len(kept(tmp_path)) == 1000
