from __future__ import annotations

import pytest

from telemed_infra.native import frr
from telemed_infra.native.check import check
from telemed_infra.native.report import NativeFile
from tests.native.samples import file

EDGE = """\
frr defaults traditional
hostname SE01
!
router bgp 64514
 neighbor 10.0.1.50 remote-as 64512
 neighbor 10.0.1.50 ebgp-multihop 3
 !
 address-family ipv4 unicast
  redistribute connected route-map SERVICES-V4
  neighbor 10.0.1.50 prefix-list SERVICES-V4 out
 exit-address-family
exit
!
ip prefix-list SERVICES-V4 seq 5 permit 10.12.0.0/20 ge 32
!
end
"""


def edge(text: str = EDGE, number: int = 1) -> NativeFile:
    return file(f"SE{number:02d}.frr", text, "frr")


@pytest.mark.debian("vtysh")
def test_a_text_that_frr_reads() -> None:
    report = check([edge(), edge(number=2)], every=True, jobs=2)
    (run,) = report.runs
    assert (run.program, run.checked, report.refusals) == ("vtysh", 2, ())
    assert run.version[0].isdigit()


@pytest.mark.debian("vtysh")
@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("ebgp-multihop 3", "ebgp-multihop many", 6, "Unknown command"),
        ("remote-as 64512", "remote-as 64512 64513", 5, "Unknown command"),
        ("permit 10.12.0.0/20 ge 32", "permit 10.12.0.0/20 ge 33", 14, "Unknown command"),
        (" neighbor 10.0.1.50 remote-as 64512\n", " neighbour 10.0.1.50\n", 5, "Unknown command"),
        ("redistribute connected", "redistribute neighbours", 9, "Unknown command"),
    ],
)
def test_a_text_that_frr_refuses(old: str, new: str, line: int, words: str) -> None:
    damaged = EDGE.replace(old, new)
    assert damaged != EDGE
    (refusal,) = check([edge(), edge(damaged, 2)], every=True, jobs=2).refusals
    assert (refusal.device, refusal.line, refusal.program) == ("SE02", line, "vtysh")
    assert words in refusal.words


def test_a_missing_program_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frr, "find", {}.get)
    (skipped,) = check([edge()], every=True, jobs=1).skipped
    assert (skipped.program, skipped.why) == ("vtysh", "vtysh is not installed")
