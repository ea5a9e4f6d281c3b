"""The messages are the door's interface: each family of mistakes keeps its own in a golden file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from telemed_infra.model.load import load
from telemed_infra.problem import InputError
from tests.model import (
    circuit_cases,
    failover_cases,
    guest_cases,
    head_cases,
    multicast_cases,
    port_cases,
    router_cases,
    vendor_cases,
)
from tests.model.cases import CASES, SERVICES
from tests.model.small_province import FILES, changed, write

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2026, 11, 22)
FAMILIES = (
    CASES
    | circuit_cases.CASES
    | failover_cases.CASES
    | guest_cases.CASES
    | head_cases.CASES
    | multicast_cases.CASES
    | port_cases.CASES
    | router_cases.CASES
    | vendor_cases.CASES
)
HARMLESS = (
    {"reference", "management of one centre"} | failover_cases.HARMLESS | circuit_cases.HARMLESS
)


def messages(inventory: Path) -> str:
    try:
        load(inventory, as_of=DAY)
    except InputError as error:
        return str(error)
    return "(nothing is wrong)"


@pytest.mark.parametrize("family", FAMILIES)
def test_messages(family: str, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    told = []
    for index, (name, files) in enumerate(FAMILIES[family].items()):
        text = messages(write(tmp_path / str(index), files))
        assert (text == "(nothing is wrong)") == (name in HARMLESS), name
        told.append(f"## {name}\n{text}\n")
    golden(GOLDEN / f"{family}.txt", "\n".join(told))


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    files = dict(FILES)
    for file, old, new in (
        (SERVICES, "rto: 15s", "rto: soon"),
        (SERVICES, "num: 4", "num: four"),
        ("policies/imaging.yml", "owner: imaging-center", "owner: nobody"),
        ("people.yml", "roles:", "roles: ["),
        ("sites/5205-bijie.yml", "zhongshui: {num: 3", "zhongshui: {num: 57"),
        ("network.yml", "tcp: [443]", "tcp: [443000]"),
    ):
        files = changed(file, old, new, files)
    told = messages(write(tmp_path, files))
    for place in (
        "services.yml:18",
        "services.yml:22",
        "people.yml",
        "bijie.yml:24",
        "network.yml",
    ):
        assert place in told
    assert "no role" not in told  # people.yml could not be read, and one line says so
    assert told.count("could not be read, so references") == 1


def test_without_a_day_nothing_is_too_old(tmp_path: Path) -> None:
    files = changed("policies/imaging.yml", "reviewed: 2026-03-01", "reviewed: 2001-03-01")
    assert load(write(tmp_path, files), as_of=None).policies[1].reviewed.year == 2001


@pytest.mark.parametrize(
    ("reviewed", "held"), [("2024-02-29", "2025-02-28"), ("2025-10-31", "2026-10-31")]
)
def test_a_review_holds_until_the_same_day(reviewed: str, held: str, tmp_path: Path) -> None:
    files = changed("policies/imaging.yml", "reviewed: 2026-03-01", f"reviewed: {reviewed}")
    assert f"until {held}" in messages(write(tmp_path, files))


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    for index, files in enumerate(CASES["secrets"].values()):
        told = messages(write(tmp_path / str(index), files))
        assert not any(word in told for word in ("hunter2", "pub1ic", "BEGIN", "XyZabc"))
