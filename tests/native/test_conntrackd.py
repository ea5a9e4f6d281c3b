from __future__ import annotations

import pytest

from telemed_infra.native import conntrackd
from telemed_infra.native.check import check
from telemed_infra.native.report import NativeFile
from tests.native.samples import file

PAIR = """\
Sync {
    Mode FTFW {
        DisableExternalCache yes
    }
    UDP {
        IPv4_address 10.0.2.4
        IPv4_Destination_Address 10.0.2.5
        Port 18514
        Interface ens20
    }
}
General {
    HashSize 32768
    Syslog yes
    LockFile /nowhere/conntrackd.lock
    UNIX {
        Path /nowhere/conntrackd.ctl
    }
    Filter From Userspace {
        Protocol Accept {
            TCP
        }
        Address Ignore {
            IPv6_address ::1
        }
    }
}
"""


def pair(text: str = PAIR, number: int = 1) -> NativeFile:
    return file(f"FW{number:02d}.conntrackd", text, "conntrackd")


@pytest.mark.debian("conntrackd")
def test_a_text_that_conntrackd_reads() -> None:
    """An interface that this machine has not is no fault of the text."""
    report = check([pair(), pair(number=2)], every=True, jobs=2)
    (run,) = report.runs
    assert (run.program, run.checked, report.refusals) == ("conntrackd", 2, ())
    assert run.version[0].isdigit()


@pytest.mark.debian("conntrackd")
@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("Mode FTFW", "Mode FTWF", 2, "syntax error"),
        ("DisableExternalCache yes", "DisableExternalCache maybe", 3, "syntax error"),
        ("Port 18514", "Port hrp", 8, "syntax error"),
        ("10.0.2.4", "10.0.2.400", 0, "not a valid IPv4 address"),
        ("IPv6_address ::1", "IPv6_address ::g", 24, "syntax error"),
        ("    Syslog yes\n", "    Sylog yes\n", 14, "syntax error"),
    ],
)
def test_a_text_that_conntrackd_refuses(old: str, new: str, line: int, words: str) -> None:
    damaged = PAIR.replace(old, new)
    assert damaged != PAIR
    refusals = check([pair(), pair(damaged, 2)], every=True, jobs=2).refusals
    assert {(one.device, one.program) for one in refusals} == {("FW02", "conntrackd")}
    assert any(one.line == line and words in one.words for one in refusals), refusals


def test_a_missing_program_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conntrackd, "find", {}.get)
    (skipped,) = check([pair()], every=True, jobs=1).skipped
    assert (skipped.program, skipped.why) == ("conntrackd", "conntrackd is not installed")
