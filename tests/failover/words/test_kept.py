"""The words of people: kept in a chain that nothing tears, and told again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from failover.core.journal import GENESIS, entry
from failover.disk.journal import broken_at, journal_files
from failover.words.entries import told_entries
from failover.words.kept import WORDS, keep
from failover.words.spans import NoSpan, moment_of, span_s, told_span

WORD = {
    "at": 1000.0,
    "by": "dc-a",
    "details": {"length_s": 90.0, "reason": "a disk"},
    "group": "imaging",
    "nonce": "word-1",
    "outcome": "written at revision 7",
    "person": "li",
    "word": "hold",
}


def test_words_are_chained(tmp_path: Path) -> None:
    for _ in range(3):
        keep(tmp_path, WORD)
    (path,) = journal_files(tmp_path / WORDS)
    lines = path.read_text().splitlines()
    first = entry(GENESIS, lines[0].partition(" ")[2])
    assert lines[0] == str(first)
    assert lines[1] == str(entry(first.hash, lines[1].partition(" ")[2]))
    assert broken_at(tmp_path / WORDS) == ""
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_torn_line_stays_and_the_next_file_goes_on(tmp_path: Path) -> None:
    keep(tmp_path, WORD)
    (path,) = journal_files(tmp_path / WORDS)
    with path.open("a") as stream:
        stream.write("torn")
    keep(tmp_path, WORD)
    keep(tmp_path, WORD)
    assert [each.name for each in journal_files(tmp_path / WORDS)] == [
        "journal-00000001.log",
        "journal-00000002.log",
    ]
    assert broken_at(tmp_path / WORDS) == ""


def test_a_word_is_told(tmp_path: Path) -> None:
    keep(tmp_path, WORD)
    (told,) = told_entries(tmp_path / WORDS)
    assert told[:5] == (1000.0, "journal-00000001.log", 1, "said", "dc-a")
    assert told.text == "li: hold imaging for 1 min 30 s (a disk): written at revision 7"


def test_the_agents_entries_are_dated_by_their_file(tmp_path: Path) -> None:
    row = {"row": "L1", "verdict": "normal"}
    site = {"row": "S3", "verdict": "normal"}
    judged = {"at_s": 50.0, "by": "dc-a", "judgement": {"link": row, "site": site, "groups": []}}
    records: list[object] = [
        judged,
        judged | {"at_s": 55.0},
        {"at_s": 60.0, "by": "dc-a", "page": "imaging", "text": "imaging: gated"},
        {"by": "dc-a", "missing": 3},
        {"by": "dc-a", "torn": "journal-00000001.log"},
        ["unknown"],
    ]
    path = tmp_path / "journal-00000001.log"
    path.write_text("".join(f"{GENESIS} {json.dumps(record)}\n" for record in records))
    os.utime(path, (10_060, 10_060))
    told = list(told_entries(tmp_path))
    assert [each.kind for each in told] == ["judged", "judged", "paged", "gap", "torn", "other"]
    assert [each.at for each in told[:4]] == [10_050, 10_055, 10_060, None]
    assert told[0].text.startswith("links normal (L1: both paths carry heartbeats both ways")
    assert told[1].text == "the same verdicts, on other evidence"
    assert told[2].text == "[imaging] imaging: gated"


@pytest.mark.parametrize(
    ("text", "length_s"),
    [("90s", 90), ("15m", 900), ("1h30m", 5400), ("0.5s", 0.5), ("2d", 172800)],
)
def test_a_length_of_time(text: str, length_s: float) -> None:
    assert span_s(text) == length_s


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "-2h", "0s", "31d", "2w", "2h x", "1e3s"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(NoSpan):
        span_s(text)


def test_a_length_is_told() -> None:
    told = [told_span(each) for each in (0.04, 2.17, 42, 90, 7200, 100_000)]
    assert told == ["0.0 s", "2.2 s", "42 s", "1 min 30 s", "2 h", "1 d 3 h"]


def test_a_moment() -> None:
    assert moment_of("2h", 10_000.0) == 2800.0
    assert moment_of("1970-01-01T01:00+00:00", 0.0) == 3600.0
    with pytest.raises(NoSpan):
        moment_of("yesterday", 0.0)
