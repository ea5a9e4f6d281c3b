"""A journal keeps what was written, tells what was cut off, and shows what was changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from telemed_infra.deploy.journal import (
    DamagedJournal,
    Event,
    Journal,
    Record,
    in_doubt,
    last_of_each,
    read_journal,
)


def record(device: str, event: Event, run: str = "one") -> Record:
    return Record(at="2026-11-24T04:00:00Z", run=run, device=device, event=event)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        for device, event in (
            ("A", Event.BEGUN),
            ("B", Event.BEGUN),
            ("A", Event.COMMITTED),
            ("B", Event.COMMITTED),
            ("A", Event.PROVEN),
        ):
            journal.write(record(device, event))
        journal.write(record("B", Event.AS_IT_WAS, run="another"))
    return path


def test_who_resumes_learns_what_is_in_doubt(path: Path) -> None:
    records = read_journal(path)
    assert {name: one.event for name, one in last_of_each(records, "one").items()} == {
        "A": Event.PROVEN,
        "B": Event.COMMITTED,
    }
    assert [one.device for one in in_doubt(records, "one")] == ["B"]
    assert in_doubt(records, "another") == ()


def test_it_goes_on_where_it_ended(path: Path) -> None:
    with Journal(path) as journal:
        assert len(journal.records) == 6
        journal.write(record("C", Event.UNTOUCHED))
    assert [one.device for one in read_journal(path)][-1] == "C"


def test_a_write_that_was_cut_off_is_left_out_and_overwritten(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"at":"2026-11-')
    assert len(read_journal(path)) == 6
    with Journal(path) as journal:
        journal.write(record("C", Event.UNTOUCHED))
    assert path.read_bytes().startswith(whole)
    assert len(read_journal(path)) == 7


@pytest.mark.parametrize("number", range(5))
def test_a_line_that_was_changed_or_taken_out_shows(path: Path, number: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    changed = [
        one.replace(b"04:00", b"05:00") if at == number else one for at, one in enumerate(lines)
    ]
    for text in (b"".join(changed), b"".join(lines[:number] + lines[number + 1 :])):
        path.write_bytes(text)
        with pytest.raises(
            DamagedJournal, match=rf"jsonl:{number + 1 + (text == b''.join(changed))}: "
        ):
            read_journal(path)
        with pytest.raises(DamagedJournal):
            Journal(path)
        assert path.read_bytes() == text


def test_what_is_no_record(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"{}\n")
    with pytest.raises(DamagedJournal, match="jsonl:7: no record of a push"):
        read_journal(path)
