from __future__ import annotations

import pytest

from telemed_infra.native import keepalived
from telemed_infra.native.check import check
from telemed_infra.native.report import NativeFile
from tests.native.samples import file

PAIR = """\
global_defs {
    vrrp_version 3
    dynamic_interfaces
}

vrrp_instance DMZ-v4 {
    state BACKUP
    interface ens19
    virtual_router_id 101
    priority 120
    preempt_delay 60
    track_interface {
        ens20 weight -30
    }
    virtual_ipaddress {
        10.0.100.79/24
    }
}
"""


def pair(text: str = PAIR, number: int = 1) -> NativeFile:
    return file(f"FW{number:02d}.keepalived", text, "keepalived")


@pytest.mark.debian("keepalived")
def test_a_text_that_keepalived_reads() -> None:
    report = check([pair(), pair(number=2)], every=True, jobs=2)
    (run,) = report.runs
    assert (run.program, run.checked, report.refusals) == ("keepalived", 2, ())
    assert run.version[0].isdigit()


@pytest.mark.debian("keepalived")
@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("priority 120", "priority 300", 10, "outside range"),
        ("state BACKUP", "stat BACKUP", 7, "Unknown keyword 'stat'"),
        ("virtual_router_id 101", "virtual_router_id 0", 9, "outside range"),
        ("10.0.100.79/24", "10.0.100.379", 16, "invalid IP"),
        ("weight -30", "weight -300", 13, "weight"),
        ("    interface ens19\n", "", 0, "interface"),
        ("    dynamic_interfaces\n", "", 7, "ens19"),
    ],
)
def test_a_text_that_keepalived_refuses(old: str, new: str, line: int, words: str) -> None:
    damaged = PAIR.replace(old, new)
    assert damaged != PAIR
    refusals = check([pair(), pair(damaged, 2)], every=True, jobs=2).refusals
    assert {(one.device, one.program) for one in refusals} == {("FW02", "keepalived")}
    assert any(one.line == line and words in one.words for one in refusals), refusals


def test_a_missing_program_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keepalived, "find", {}.get)
    (skipped,) = check([pair()], every=True, jobs=1).skipped
    assert (skipped.program, skipped.why) == ("keepalived", "keepalived is not installed")
