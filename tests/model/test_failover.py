"""What no small inventory shows: a panel of hundreds, and the arithmetic of durations."""

from __future__ import annotations

from pathlib import Path

import pytest

from telemed_infra.model.draft import Draft
from telemed_infra.model.duration import milliseconds, seconds
from telemed_infra.model.load import load
from telemed_infra.model.rules import failover
from telemed_infra.model.rules.known import Known
from tests.model.small_province import write


def test_a_panel_has_an_end(tmp_path: Path) -> None:
    network = load(write(tmp_path), as_of=None)
    told = list(failover._panel("failover.yml", network.failover, failover.OBSERVERS_MAX + 1))
    assert [(one.path, one.problem) for one in told] == [
        (("observers", "sites"), "matches 257 hospitals, more than 256")
    ]


def test_nothing_is_asked_of_a_file_that_could_not_be_read() -> None:
    draft = Draft("inventory")
    assert list(failover.check_failover(draft, Known(draft))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1ms", 1), ("400ms", 400), ("2s", 2000), ("15m", 900_000), ("1h", 3_600_000),
     ("30d", 2_592_000_000)],
)  # fmt: skip
def test_durations(text: str, expected: int) -> None:
    assert milliseconds(text) == expected
    assert seconds(text) == expected / 1000
