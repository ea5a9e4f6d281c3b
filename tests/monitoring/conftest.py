"""`telemed-monitor` in this process, and the files that it reads."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from monitoring.cli.main import main
from monitoring.status import Now
from telemed_infra.pipeline.manifest import MANIFEST, Manifest, content_hash
from tests.failover.plans import bytes_of, small_plan

MADE_S = 1_790_000_000
NOW = Now(MADE_S, 500.0, "b00t")
Document = dict[str, Any]


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def telemed_monitor(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ended:
        try:
            code = main(arguments)
        except SystemExit as done:  # --help
            code = int(done.code or 0)
        return Ended(code, *capsys.readouterr())

    return run


def status_document(**changed: Any) -> Document:
    """What an agent writes for which all is well, and what it is still to tell."""
    group = {
        "owner": "mine", "verdict": "serving", "action": "serve", "term": [1, 3],
        "open": ["imaging-province", "imaging-bijie"], "taken": True, "stage": "none", "fit": True,
        "exposed_at": "", "held_by": "", "position": ["7301", 1, 4096], "held_for_s": None,
        "damped_by": "", "gate": {"gap_bytes": 0.0, "allowed_bytes": 0.0, "why": "own copy"},
    }  # fmt: skip
    standby = group | {
        "owner": "theirs", "verdict": "held", "action": "stay", "open": [], "taken": False,
        "exposed_at": "dc-b", "held_by": "li: maintenance", "position": None,
        "held_for_s": 540.5, "damped_by": "moved twice",
        "gate": {"gap_bytes": None, "allowed_bytes": 1000.0, "why": "unknown"},
    }  # fmt: skip
    return {
        "version": 1, "at": MADE_S - 0.25, "at_boot_s": NOW.boot_s - 0.25,
        "centre": "dc-a", "boot": "b00t", "life": "11fe", "plan": "5ead",
        "halted": "", "site": "normal",
        "register": {
            "answered_s_ago": 0.1, "went_back": False, "unreadable": {}, "generation": 1,
        },
        "lease": {"confirmed_s_ago": 0.2, "peer_over_in_s": 1.9, "doors_close_in_s": 1.6},
        "peer": {"observers": {"fresh": 30, "reach": 29, "slow": 1}},
        "paths": {
            "fibre": {"heard_s_ago": 0.1, "echoed_s_ago": 0.2},
            "health": {"heard_s_ago": 0.1, "echoed_s_ago": None},
        },
        "witness_s_ago": 0.3,
        "groups": {"imaging@dc-a": group, "referral@dc-b": standby},
        "guard": True,
        "journal": {"waiting": 0, "problem": ""},
        "actuators": {},
        "wire": {
            "received": {"fibre": {"beat": 100}},
            "refused": {"health": {"forged": 2}},
            "sent": {"fibre": {"beat": 101}},
            "unsent": {"fibre": {"EHOSTUNREACH": 1}},
        },
        "paging": {"command": True, "failures": 1, "last_failure": "no end", "at": MADE_S - 60.0},
        "copy": {
            "sent": {"last": "a1", "behind_bytes": 300, "answered_s_ago": 0.4, "problem": ""},
            "kept": {
                "left_bytes": 0, "heard_s_ago": 2.5, "gaps": 1, "problem": "disk full",
            },
        },
    } | changed  # fmt: skip


def witness_document(**changed: Any) -> Document:
    """What a witness writes that reaches one centre, and has told people of the other."""
    return {
        "version": 1, "at": MADE_S - 0.5, "at_boot_s": NOW.boot_s - 0.5, "boot": "b00t",
        "witness": "witness-1",
        "centres": {
            "dc-a": {"reached": True, "silent_for_s": 0.0, "after_s": 30.0, "paged": False},
            "dc-b": {"reached": None, "silent_for_s": 41.5, "after_s": 30.0, "paged": True},
        },
        "paging": {"command": True, "last": "dc-b silent", "failed": "no end", "failures": 2},
    } | changed  # fmt: skip


def write_status(path: Path, **changed: Any) -> Path:
    path.write_text(json.dumps(status_document(**changed)), "utf-8")
    return path


def write_witness(path: Path, **changed: Any) -> Path:
    path.write_text(json.dumps(witness_document(**changed)), "utf-8")
    return path


PROOF: Document = {
    "whole": True, "devices": 3, "by_platform": {"huawei_usg": 1, "nftables": 2},
    "openings_must": 40, "openings_may": 4, "rules": 50, "ways": 6, "lines": 200, "coverage": 1.0,
    "lines_effective": 150, "findings": [],
}  # fmt: skip


def write_build(folder: Path, proof: Document | None = None, **changed: Any) -> Path:
    """A build of few files, as `telemed build` leaves it."""
    contents = {
        "proof.json": json.dumps(proof or PROOF).encode(),
        "failover/plan.json": bytes_of(small_plan()),
    }
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    manifest = {
        "inputs": "1290", "holds_until": "2026-12-31", "native": "shape",
        "files": {name: content_hash(content) for name, content in contents.items()},
        "summary": {"counts": {"devices": 5}, "lines": {"huawei_usg": 120, "nftables": 80}},
    }  # fmt: skip
    path = folder / MANIFEST
    path.write_bytes(Manifest(**manifest | changed).to_json())
    os.utime(path, (MADE_S, MADE_S))
    return folder
