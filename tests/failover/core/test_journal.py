"""A record replays to the same bytes, and the chain shows every change."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from failover.core.evidence import Evidence, GateEvidence
from failover.core.journal import (
    GENESIS,
    Entry,
    RecordUnreadable,
    chain,
    entry,
    record,
    replay,
    split,
    verify,
)
from tests.failover.core.healthy import DOWN, EVIDENCE, GROUP, PLAN
from tests.failover.core.test_judgement import evidences


def journal(*lines: str, after: str = GENESIS) -> list[str]:
    entries: list[str] = []
    for line in lines:
        made = entry(after, line)
        after = made.hash
        entries.append(str(made))
    return entries


def test_a_record_says_what_was_measured_and_what_followed() -> None:
    found = json.loads(record("dc-a", 12.5, replace(EVIDENCE, fibre=DOWN), PLAN))
    assert (found["by"], found["at_s"], found["plan"]) == ("dc-a", 12.5, PLAN.hash)
    assert found["evidence"]["fibre"] == {"heard_age_s": 7.0, "echo_age_s": 7.1}
    assert found["evidence"]["groups"][0]["owner"] == "mine"
    assert found["judgement"]["link"] == {"row": "L3", "verdict": "fibre cut"}
    assert found["judgement"]["groups"][0] == {
        "action": {"row": "A1", "verdict": "serve"},
        "instance": {"row": "I1", "verdict": "serving"},
        "name": "imaging",
    }


@given(st.floats(0.0, 1e9), evidences())
def test_a_replay_is_identical_byte_for_byte(now_s: float, evidence: Evidence) -> None:
    line = record("dc-a", now_s, evidence, PLAN)
    assert replay(line, PLAN) == line
    assert "\n" not in line
    assert line.isascii()


def test_a_changed_verdict_does_not_survive_a_replay() -> None:
    line = record("dc-a", 1.0, EVIDENCE, PLAN)
    forged = line.replace('"row":"L1","verdict":"normal"', '"row":"L9","verdict":"cut off"')
    assert forged != line
    assert replay(forged, PLAN) == line


def test_a_number_that_json_lacks_is_refused() -> None:
    endless = replace(GROUP, gate=GateEvidence(math.inf, 0.0, ""))
    with pytest.raises(ValueError, match="JSON"):
        record("dc-a", 1.0, replace(EVIDENCE, groups=(endless,)), PLAN)


LINE = record("dc-a", 1.0, EVIDENCE, PLAN)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        LINE[:-1],
        LINE.replace('"mine"', '"nobody\'s"'),
        LINE.replace('"fresh":10', '"fresh":"ten"'),
        LINE.replace('"late":false', '"late":7'),
        LINE.replace('"late":false', '"late":false,"later":true'),
        LINE.replace('"fibre":{"echo_age_s":0.2,"heard_age_s":0.1}', '"fibre":[]'),
    ],
    ids=lambda line: line[:12],
)
def test_what_is_no_record_is_said_to_be_none(line: str) -> None:
    assert line != LINE
    with pytest.raises(RecordUnreadable):
        replay(line, PLAN)


def test_the_chain_holds() -> None:
    entries = journal("one", "two", "three")
    assert verify(entries) is None
    assert verify([]) is None
    first = split(entries[0])
    assert first == Entry(chain(GENESIS, "one"), "one")
    assert verify(entries[1:], first.hash) is None


@given(st.lists(st.text("abc ", max_size=5), min_size=1, max_size=6), st.data())
def test_the_first_change_is_found(lines: list[str], data: st.DataObject) -> None:
    entries = journal(*lines)
    at = data.draw(st.integers(0, len(entries) - 1))
    changed = [*entries[:at], entries[at] + "!", *entries[at + 1 :]]
    assert verify(changed) == at + 1
    without = entries[:at] + entries[at + 1 :]
    assert verify(without) == (at + 1 if at < len(without) else None)
    doubled = [*entries[: at + 1], entries[at], *entries[at + 1 :]]
    assert verify(doubled) == at + 2
