"""The command: what it prints, and what it exits with."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import Any

import pytest

from failover.cli import simulate
from failover.cli.exits import ExitCode, Refused
from failover.simulator.outcome import Outcome
from failover.simulator.run import run
from failover.simulator.world import Violation


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    simulate.add_options(parser)
    return parser.parse_args(words)


def test_a_run_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.run(options("--seeds", "2", "--first-seed", "1")) is ExitCode.DONE
    printed = capsys.readouterr()
    assert printed.out.startswith("2 seeds in ")
    assert "0 violations" in printed.out
    assert printed.err == ""  # no progress where nobody looks


def test_the_sum_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.run(options("--seeds", "2", "--jobs", "2", "--json")) is ExitCode.DONE
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["runs"] == 2
    assert document["violations"] == []
    assert document["takeover_s"]["default"]["count"] == 1  # seed 0 loses B, with one
    assert {"L1", "S4"} <= set(document["rows"])
    assert document["faults"]["site lost"] == 1


def test_violations_are_findings_and_name_their_replay(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(seeds: range, jobs: int) -> list[Outcome]:
        del jobs
        outcome = run(seeds[0])
        return [replace(outcome, violations=(Violation("S1", 1.0, "two doors"),))]

    monkeypatch.setattr(simulate, "run_many", broken)
    assert simulate.run(options("--seeds", "1")) is ExitCode.FINDINGS
    printed = capsys.readouterr().out
    assert "seed 0, 1.0 s, S1: two doors" in printed
    assert "telemed-failover simulate --replay 0" in printed


def test_a_replay_tells_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.run(options("--replay", "0")) is ExitCode.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "seed 0: site_lost, profile default"
    assert any("site lost at B begins" in line for line in lines)
    assert any("the door of consult-b opens" in line for line in lines)
    assert lines[-1].startswith("0 violations; digest ")


def test_a_replay_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    simulate.run(options("--replay", "0", "--json"))
    document = json.loads(capsys.readouterr().out)
    assert document["story"]
    assert len(document["digest"]) == 64


@pytest.mark.parametrize("words", [("--seeds", "0"), ("--jobs", "0")])
def test_no_seed_and_no_job_are_refused(words: tuple[str, str]) -> None:
    with pytest.raises(Refused):
        simulate.run(options(*words))
