"""A build as monitoring reads it: whole, damaged, exchanged, gone."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitoring.build import FAILOVER_PLAN, PROOF, BuildFolder, BuildReading, BuildState
from telemed_infra.pipeline import layout, making
from telemed_infra.pipeline.build import build
from tests.failover.plans import small_plan
from tests.monitoring import conftest
from tests.monitoring.conftest import MADE_S, write_build
from tests.pipeline.provinces import Place, write_province


def read(folder: Path) -> BuildReading:
    return BuildFolder(folder).read()


def test_what_telemed_builds_is_read(tmp_path: Path) -> None:
    """The contract with telemed_infra: the files, their names and what they say."""
    place = Place(write_province(tmp_path), tmp_path / "build")
    result = build(place.request())
    reading = read(place.out)
    assert (reading.state, reading.why) == (BuildState.STANDING, "")
    assert reading.made is not None
    assert reading.proof is not None
    assert reading.made.devices == result.counts["devices"]
    assert reading.made.lines == result.lines
    assert reading.proof.devices == result.proof["by_platform"]
    assert (reading.proof.findings, reading.proof.whole) == (0, True)
    assert len(reading.plan) == 64
    assert (FAILOVER_PLAN, PROOF) == (layout.FAILOVER_PLAN, making.PROOF)


def test_all_that_it_says(tmp_path: Path) -> None:
    reading = read(write_build(tmp_path))
    made = reading.made
    assert made is not None
    assert (made.made_s, made.files, made.devices) == (MADE_S, 2, 5)
    assert made.holds_until_s == datetime(2027, 1, 1, tzinfo=UTC).timestamp()
    assert reading.plan == small_plan()["hash"]


def test_no_build(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        assert read(folder).state is BuildState.MISSING
    (tmp_path / "loop").symlink_to("loop")
    assert read(tmp_path / "loop").state is BuildState.DAMAGED


def test_findings_are_counted(tmp_path: Path) -> None:
    proof = conftest.PROOF | {"findings": [{"device": "GW01"}, {"device": "GW02"}]}
    found = read(write_build(tmp_path, proof)).proof
    assert found is not None
    assert found.findings == 2


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("proof.json", '{"findings": [', "proof.json: it is no JSON: "),
        ("proof.json", '{"findings": []}', "proof.json: whole is missing"),
        ("failover/plan.json", "{}", "failover/plan.json: "),
        ("manifest.json", "{}", "manifest.json: it is damaged, or of another version"),
    ],
)
def test_a_damaged_file(tmp_path: Path, file: str, content: str, why: str) -> None:
    (write_build(tmp_path) / file).write_text(content, "utf-8")
    reading = read(tmp_path)
    assert reading.state is BuildState.DAMAGED
    assert reading.why.startswith(why)


@pytest.mark.parametrize("file", ["proof.json", "failover/plan.json", "manifest.json"])
def test_a_file_that_is_gone_or_a_pipe(tmp_path: Path, file: str) -> None:
    (write_build(tmp_path) / file).unlink()
    assert read(tmp_path).state is BuildState.DAMAGED
    if file != "failover/plan.json":  # its reader is failover's own
        os.mkfifo(tmp_path / file)
        assert read(tmp_path).state is BuildState.DAMAGED


def test_a_proof_that_is_not_the_built_one_is_shown_and_told(tmp_path: Path) -> None:
    proof = (write_build(tmp_path) / "proof.json").read_text("utf-8")
    (tmp_path / "proof.json").write_text(proof.replace('"rules": 50', '"rules": 5'), "utf-8")
    reading = read(tmp_path)
    assert reading.why == "proof.json: it is not the one that was built"
    assert reading.proof is not None
    assert reading.proof.rules == 5


@pytest.mark.parametrize("until", ["tomorrow", "", "9999-12-31"])
def test_a_day_that_is_none(tmp_path: Path, until: str) -> None:
    reading = read(write_build(tmp_path, holds_until=until))
    assert (reading.state, reading.made) == (BuildState.DAMAGED, None)


def test_the_next_build_is_seen(tmp_path: Path) -> None:
    """The folder is a link that the next build exchanges."""
    write_build(tmp_path / "a")
    write_build(tmp_path / "b", inputs="1291")
    link = tmp_path / "build"
    link.symlink_to("a")
    folder = BuildFolder(link)
    first = folder.read()
    assert folder.read() is first  # nothing has changed: nothing is read again
    link.unlink()
    assert folder.read().state is BuildState.MISSING
    link.symlink_to("b")
    made = folder.read().made
    assert made is not None
    assert made.inputs == "1291"
