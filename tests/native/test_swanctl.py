from __future__ import annotations

from dataclasses import replace

import pytest

from telemed_infra.native import swanctl
from telemed_infra.native.check import check
from telemed_infra.native.process import Ended
from telemed_infra.native.report import Available, NativeFile, Unit
from tests.native.samples import file

TUNNELS = """\
connections {
    line {
        version = 2
        local_addrs = 10.87.24.49
        remote_addrs = 10.87.4.196
        proposals = aes256-sha256-prfsha256-ecp256
        mobike = no
        dpd_delay = 10s
        local {
            auth = psk
            id = fqdn:GW01.line
        }
        remote {
            auth = psk
            id = fqdn:C.line
        }
        children {
            line {
                local_ts = 10.87.24.0/23
                remote_ts = 0.0.0.0/0
                esp_proposals = aes256gcm16-ecp256
                if_id_in = 1
                if_id_out = 1
                start_action = start
                dpd_action = restart
            }
        }
    }
}
secrets {
    ike-gw01 {
        id-line = fqdn:C.line
        secret = vault:ike-gw01
    }
}
"""
STRONGSWAN = pytest.mark.debian("charon-systemd")


def tunnels(text: str = TUNNELS, number: int = 1) -> NativeFile:
    return file(f"GW{number:02d}.swanctl", text, "swanctl")


@STRONGSWAN
def test_a_text_that_strongswan_takes() -> None:
    """More of them than one daemon is asked about."""
    many = [tunnels(number=number) for number in range(1, swanctl.BATCH_TEXTS + 3)]
    report = check(many, every=True, jobs=2)
    (run,) = report.runs
    assert (run.program, run.checked, report.refusals) == ("swanctl", len(many), ())
    assert run.version[0].isdigit()


@STRONGSWAN
@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("mobike = no", "mobik = no", 2, "unknown option: mobik"),
        ("aes256-sha256", "aes257-sha256", 2, "invalid value for: proposals"),
        ("gcm16-ecp256", "gcm16-ecp25", 2, "invalid value for: esp_proposals"),
        ("dpd_delay = 10s", "dpd_delay = ten", 2, "invalid value for: dpd_delay"),
        ("auth = psk", "auth = pks", 2, "invalid value for: auth"),
        ("if_id_in = 1", "if_id_in = one", 2, "invalid value for: if_id_in"),
        ("dpd_action = restart", "dpd_action = again", 2, "invalid value for: dpd_action"),
        ("secret = ", "sekret = ", 31, "missing secret"),
        ("connections {", "connexions {", 0, "no connections found"),
        ("    }\n}\nsecrets", "    }\nsecrets", 0, "syntax error"),
    ],
)
def test_a_text_that_strongswan_refuses(old: str, new: str, line: int, words: str) -> None:
    damaged = TUNNELS.replace(old, new)
    assert damaged != TUNNELS
    refusals = check([tunnels(), tunnels(damaged, 2)], every=True, jobs=2).refusals
    assert {(one.device, one.program) for one in refusals} == {("GW02", "swanctl")}
    assert any(one.line == line and words in one.words for one in refusals), refusals


@STRONGSWAN
def test_whatever_is_refused_without_words_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon that is gone answers for no text; a text refused with other words is refused."""
    program = swanctl.available()
    assert isinstance(program, Available)
    for said, words in (
        (Ended(None, "no answer in 60 s"), "no answer: no answer in 60 s"),
        (Ended(0, "=== 00.conf.asked\nsomething else\nrefused\n"), "something else"),
        (Ended(0, "=== 00.conf.asked\nrefused\n"), "it says nothing"),
    ):
        monkeypatch.setattr(swanctl, "run", lambda _, said=said: said)
        units = [Unit(platform="swanctl", files=(tunnels(),))]
        (refusal,) = swanctl.check(replace(program, version="5"), units, map).refusals
        assert (refusal.line, refusal.words) == (0, words)


@pytest.mark.parametrize("missing", swanctl.NEEDED)
def test_a_missing_program_is_said(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(swanctl, "find", lambda name: None if name == missing else f"/bin/{name}")
    (skipped,) = check([tunnels()], every=True, jobs=1).skipped
    assert (skipped.program, skipped.why) == ("swanctl", f"{missing} is not installed")


def test_a_machine_that_gives_no_namespace_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swanctl, "find", lambda name: f"/bin/{name}")
    monkeypatch.setattr(swanctl, "run", lambda _: Ended(1, "unshare: Operation not permitted"))
    (skipped,) = check([tunnels()], every=True, jobs=1).skipped
    assert "namespace" in skipped.why
