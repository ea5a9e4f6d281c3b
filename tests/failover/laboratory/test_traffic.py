"""What is measured of a client's answers: by answers that are known."""

from __future__ import annotations

from typing import Any, cast

import pytest

from failover.laboratory.client import LATE_S, Ledger
from failover.laboratory.lab import Lab
from failover.laboratory.traffic import Traffic

ADDRESS = "10.98.12.1"


class Nothing:
    """In a client's place: the test writes what it would have written."""

    def run(self, *_words: object, **_options: object) -> None:
        """Starts nothing."""


class Folder:
    def __init__(self, folder: Any) -> None:
        self.folder = folder
        self.processes = Nothing()


@pytest.fixture
def traffic(tmp_path: Any) -> Traffic:
    return Traffic(cast(Lab, Folder(tmp_path)), "hospital-1", [ADDRESS])


def write(traffic: Traffic, text: str) -> None:
    with traffic._path.open("a", encoding="ascii") as stream:
        stream.write(text)


def test_a_take_over_is_measured(traffic: Traffic) -> None:
    write(traffic, f"{ADDRESS} 1.00 1.01 dc-a\n{ADDRESS} 1.10 1.11 dc-a\n")
    assert traffic.first(ADDRESS, "dc-b", 1.05) is None
    assert traffic.first_failed(ADDRESS, 1.05) is None
    write(traffic, f"{ADDRESS} 1.20 - -\n{ADDRESS} 1.30 - -\n{ADDRESS} 3.2")
    assert traffic.first_failed(ADDRESS, 1.05) == 1.20
    assert traffic.first(ADDRESS, "dc-b", 1.05) is None
    write(traffic, f"0 3.21 dc-b\n{ADDRESS} 3.30 3.31 dc-b\n{ADDRESS} 1.30 3.32 dc-a\n")
    assert traffic.first(ADDRESS, "dc-b", 1.05) == 3.21
    assert traffic.pause_s(ADDRESS, 1.0, 3.4) == pytest.approx(2.1)
    assert traffic.count(ADDRESS, "dc-a", 3.21, 4.0) == 1  # the late one


def test_time_without_any_answer_is_a_pause(traffic: Traffic) -> None:
    assert traffic.pause_s(ADDRESS, 2.0, 5.0) == 3.0
    write(traffic, f"{ADDRESS} 3.00 3.01 dc-a\n")
    assert traffic.pause_s(ADDRESS, 2.0, 5.0) == pytest.approx(1.99)


def test_a_request_becomes_late_once_and_may_still_be_answered() -> None:
    ledger = Ledger(ADDRESS)
    first, second = ledger.begin(1.0), ledger.begin(1.0 + LATE_S)
    assert ledger.late(1.0 + LATE_S * 0.9) == ""
    assert ledger.answered(second + b" dc-a", 1.3) == f"{ADDRESS} 1.200000 1.300000 dc-a\n"
    assert ledger.late(1.0 + LATE_S * 1.1) == f"{ADDRESS} 1.000000 - -\n"
    assert ledger.late(9.0) == ""
    assert ledger.answered(first + b" dc-a", 9.0) == f"{ADDRESS} 1.000000 9.000000 dc-a\n"
    assert ledger.answered(b"77 dc-a", 9.0) == ""
    assert ledger.answered(b"", 9.0) == ""
