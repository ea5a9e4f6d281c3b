from __future__ import annotations

import pytest

from telemed_infra.native.check import check
from telemed_infra.native.report import NativeReport
from telemed_infra.native.vrp_unparsed import REVIEWED, UNKNOWN_SHARE_MAX, reason
from tests.native.samples import FIREWALL, SWITCH, file


def asked(text: str, platform: str = "huawei_usg") -> NativeReport:
    return check([file("FW01.usg", text, platform)], every=True, jobs=1)


@pytest.mark.parametrize(("text", "platform"), [(FIREWALL, "huawei_usg"), (SWITCH, "huawei_vrp")])
def test_a_good_text_is_accepted(text: str, platform: str) -> None:
    report = asked(text, platform)
    (run,) = report.runs
    assert report.refusals == ()
    assert (run.program, run.version, run.checked) == ("vrp-ir", "0.9.0", 1)
    assert 0 < run.unknown / run.lines <= UNKNOWN_SHARE_MAX[platform]


def line_of(text: str, words: str) -> int:
    return 1 + [line.strip() for line in text.splitlines()].index(words)


def test_a_default_that_permits_is_refused_at_its_line() -> None:
    text = FIREWALL.replace("default action deny", "default action permit")
    (refusal,) = asked(text).refusals
    assert refusal.line == line_of(text, "default action permit")
    assert refusal.words.startswith("FW-DEFAULT-DENY: ")


@pytest.mark.parametrize(
    ("old", "new", "check_id"),
    [
        ("ntp-service unicast-server 10.0.150.20", "#", "FW-NTP-MISSING"),
        ("address 0 10.20.0.128 mask 27", "address 0 0.0.0.0 mask 0", "FW-ADDRESS-SET-ANY"),
        (" set priority 11", " set priority 11\n add interface GigabitEthernet1/0/1.20",
         "FW-ZONE-IFACE-UNIQUE"),
        ("sysname BJ-WN-C-FW01", "telnet server enable", "FW-MGMT-TELNET"),
    ],
)  # fmt: skip
def test_what_the_strict_audit_fails_is_refused(old: str, new: str, check_id: str) -> None:
    words = [one.words.split(":")[0] for one in asked(FIREWALL.replace(old, new)).refusals]
    assert words == [check_id]


def test_a_line_that_nobody_reviewed_is_refused() -> None:
    text = FIREWALL.replace("  session logging", "  time-range NIGHT")
    text = text.replace(" undo service-manage enable\n", "")
    (refusal,) = asked(text).refusals
    assert refusal.line == line_of(text, "time-range NIGHT")
    assert refusal.words == "does not know `time-range NIGHT`"


def test_a_text_of_which_too_much_is_unknown_is_refused() -> None:
    text = FIREWALL.replace("return\n", "log type policy enable\n" * 40 + "return\n")
    (refusal,) = asked(text).refusals
    assert refusal.line == 0
    assert refusal.words.endswith("of the lines; more than 10% is no check")


def test_a_reviewed_line_is_the_whole_line() -> None:
    assert reason("huawei_usg", " undo service-manage enable")
    assert reason("huawei_usg", " ipv6 address 2001:db8::1/64")
    assert reason("huawei_usg", " undo service-manage enable all") is None
    assert reason("huawei_vrp", "policy logging") is None


def test_it_is_not_asked_about_routing_and_tunnels() -> None:
    """Their lines are none that it was asked about, and a binding to an interface is reviewed."""
    text = "#\nsysname X\n#\nbgp 64512\n peer 10.0.0.1 as-number 64513\n#\nike peer LINE-1\n"
    text += " undo version 1\n#\nipsec policy LINE 1 isakmp template LINE-T\n#\n"
    text += "interface Tunnel1\n ipsec policy LINE\n"
    report = asked(text, "huawei_usg")
    assert not [one for one in report.refusals if "does not know `" in one.words]
    assert sum(run.unknown for run in report.runs) == 1


def test_two_stars_stand_for_all_words_that_follow() -> None:
    assert reason("huawei_vrp", 'header login information "Stay away, please."')
    assert reason("huawei_vrp", 'header shell information "Stay away, please."') is None


@pytest.mark.parametrize("platform", REVIEWED)
def test_each_reviewed_line_is_one_that_vrp_ir_does_not_know(platform: str) -> None:
    for one in REVIEWED[platform]:
        before = f"#\n{one.after}\n" if one.after else ""
        below = one.after.startswith("interface ")  # it would be another command by itself
        line = " " * below + one.line.replace("*", "999")
        report = asked(f"#\nsysname X\n{before}{line}\n", platform)
        assert sum(run.unknown for run in report.runs) == 1, one.line
