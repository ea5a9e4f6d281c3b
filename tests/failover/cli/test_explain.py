"""What a journal is explained to say, and what a journal that was tampered with is told to be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from failover.core.evidence import Evidence, GateEvidence
from failover.core.journal import GENESIS, entry, record, split
from failover.plan_file import read_plan
from tests.failover.cli.conftest import Run
from tests.failover.core.healthy import DOWN, EVIDENCE, PLAN
from tests.failover.plans import bytes_of, small_plan

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[Path, str], None]
LOST = replace(EVIDENCE, fibre=DOWN, health=DOWN, session_over=True, reach=0, witness_reaches=False)
STORY = (EVIDENCE, replace(EVIDENCE, fibre=DOWN), LOST)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Three decisions under the small plan, which lies beside."""
    (tmp_path / "plan.json").write_bytes(bytes_of(small_plan()))
    path = tmp_path / "journal"
    write(path, *(decided(tmp_path, number, each) for number, each in enumerate(STORY)))
    return path


def decided(folder: Path, number: int, evidence: Evidence) -> str:
    return record("dc-a", 100.0 + number, evidence, read_plan(folder / "plan.json"))


def write(path: Path, *records: str, after: str = GENESIS) -> None:
    text = ""
    for line in records:
        made = entry(after, line)
        after, text = made.hash, f"{text}{made}\n"
    path.write_text(text, "ascii")


def lines(path: Path) -> list[str]:
    return path.read_text("ascii").splitlines()


def test_a_sound_journal(telemed_failover: Run, golden: Golden, journal: Path) -> None:
    ended = telemed_failover("explain", "journal", "--plan", "plan.json")
    assert (ended.code, ended.err) == (0, "")
    golden(GOLDEN / "explain.txt", ended.out)


def test_one_line_of_it(telemed_failover: Run, journal: Path) -> None:
    whole = telemed_failover("explain", "journal", "--plan", "plan.json").out
    one = telemed_failover("explain", "journal", "--plan", "plan.json", "--id", "3")
    assert (one.code, one.out) == (0, whole[whole.index("3  replay") :])


def test_as_a_document(telemed_failover: Run, journal: Path) -> None:
    ended = telemed_failover("explain", "journal", "--plan", "plan.json", "--json")
    document = json.loads(ended.out)
    assert (ended.code, document["broken_at"]) == (0, None)
    assert [line["number"] for line in document["lines"]] == [1, 2, 3]
    last = document["lines"][2]
    assert (last["replay"], last["problem"]) == ("identical", "")
    assert last["record"] == json.loads(split(lines(journal)[2]).record)
    assert last["sentences"]["peer"].startswith("lost (S10): ")


def test_what_keeps_a_group_from_being_taken(telemed_failover: Run, journal: Path) -> None:
    theirs = LOST.groups[1]
    held = replace(theirs, held_by="on-call: disk swap")
    unknown = GateEvidence(None, 1000.0, "the position of this copy is unknown")
    gated = replace(theirs, name="imaging", gate=unknown)
    write(journal, decided(journal.parent, 1, replace(LOST, groups=(held, gated))))
    told = telemed_failover("explain", "journal", "--plan", "plan.json").out
    assert "held (I7): a hold keeps it where it is" in told
    assert "; held by on-call: disk swap\n" in told
    assert "; gate: the position of this copy is unknown\n" in told
    assert told.count("page (A8): ") == 2


def test_without_its_plan_it_is_told_and_not_replayed(
    telemed_failover: Run, golden: Golden, journal: Path
) -> None:
    ended = telemed_failover("explain", "journal")
    assert ended.code == 0
    assert ended.out.count("replay: no plan") == 3
    golden(GOLDEN / "messages" / "no-plan.txt", ended.err)


def test_an_empty_journal(telemed_failover: Run, tmp_path: Path) -> None:
    (tmp_path / "journal").touch()
    assert telemed_failover("explain", "journal") == (0, "", "")


def test_a_later_file(telemed_failover: Run, journal: Path) -> None:
    """It begins behind the last hash of the file before it."""
    first, *rest = lines(journal)
    journal.write_text("\n".join(rest) + "\n", "ascii")
    plan = ("--plan", "plan.json")
    assert telemed_failover("explain", "journal", *plan).code == 3
    ended = telemed_failover("explain", "journal", *plan, "--after", split(first).hash)
    assert (ended.code, ended.err) == (0, "")


def forged(text: str) -> str:
    return text.replace('"row":"A9","verdict":"take"', '"row":"A99","verdict":"stay"')


def rechained(path: Path, change: Callable[[str], str]) -> None:
    """The last record changed, and all hashes made again."""
    *kept, last = (split(line).record for line in lines(path))
    assert change(last) != last
    write(path, *kept, change(last))


def without_chain(path: Path) -> None:
    path.write_text(forged(path.read_text("ascii")), "ascii")


TAMPERED: dict[str, Callable[[Path], object]] = {
    "verdict forged": lambda path: rechained(path, forged),
    "verdict forged, hashes kept": without_chain,
    "group renamed": lambda path: rechained(
        path, lambda text: text.replace('"name":"referral"}],"link"', '"name":"other"}],"link"')
    ),
    "other bytes": lambda path: rechained(path, lambda text: text.replace(",", ", ", 1)),
    "evidence unreadable": lambda path: rechained(
        path, lambda text: text.replace('"fresh":10', '"fresh":"ten"')
    ),
    "not JSON": lambda path: rechained(path, lambda text: text[:-1]),
    "no text": lambda path: path.write_bytes(b"\xff\n"),
    "line removed": lambda path: path.write_text("\n".join(lines(path)[::2]) + "\n", "ascii"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_journal_that_is_not_as_it_was(
    telemed_failover: Run, golden: Golden, journal: Path, name: str
) -> None:
    TAMPERED[name](journal)
    ended = telemed_failover("explain", "journal", "--plan", "plan.json")
    assert ended.code == 3
    golden(GOLDEN / "messages" / f"{name.replace(' ', '-').replace(',', '')}.txt", ended.err)


REFUSED: dict[str, tuple[int, tuple[str, ...]]] = {
    "no such journal": (1, ("nowhere",)),
    "no such plan": (1, ("journal", "--plan", "nowhere")),
    "no plan at all": (1, ("journal", "--plan", "journal")),
    "no such line": (2, ("journal", "--id", "4")),
    "line zero": (2, ("journal", "--id", "0")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(telemed_failover: Run, golden: Golden, journal: Path, name: str) -> None:
    code, arguments = REFUSED[name]
    ended = telemed_failover("explain", *arguments)
    assert (ended.code, ended.out) == (code, "")
    golden(GOLDEN / "messages" / f"{name.replace(' ', '-')}.txt", ended.err)


def test_a_journal_of_two_plans(telemed_failover: Run, journal: Path) -> None:
    """Each record is replayed under the plan that it names."""
    records = [split(line).record for line in lines(journal)]
    write(journal, *records, record("dc-a", 200.0, EVIDENCE, PLAN))
    ended = telemed_failover("explain", "journal", "--plan", "plan.json")
    assert ended.code == 0
    assert ended.out.count("replay: identical") == 3
    assert ended.out.count("replay: no plan") == 1
