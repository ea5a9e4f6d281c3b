"""What command lines and configuration files of etcd say, and what they must say."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.register.etcd_rules import broken_rules
from failover.register.etcd_settings import (
    COMMAND_LINE,
    Settings,
    Unreadable,
    settings_of_file,
    settings_of_flags,
)
from failover.register.finding import Finding, Weight

GOOD: Mapping[str, object] = {
    "name": "dc-a",
    "pre-vote": True,
    "heartbeat-interval": 50,
    "election-timeout": 500,
    "quota-backend-bytes": 1 << 28,
    "auto-compaction-mode": "revision",
    "auto-compaction-retention": "5000",
    "enable-grpc-gateway": True,
}
FILE = "/etc/telemed/etcd.json"


def of_file(**changes: object) -> Settings:
    """Good settings with changes; `_` for `-`, None for left out."""
    changed = dict(GOOD) | {name.replace("_", "-"): value for name, value in changes.items()}
    left = {name: value for name, value in changed.items() if value is not None}
    return settings_of_file(FILE, json.dumps(left))


def findings(said: Settings, lease_s: float = 2.0) -> list[Finding]:
    return list(broken_rules("dc-a", said, Weight.REFUSE, lease_s=lease_s, try_s=0.15))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pre-vote"], {"pre-vote": "true"}),
        (["-pre-vote=false"], {"pre-vote": "false"}),
        (["--pre-vote", "--pre-vote=0"], {"pre-vote": "0"}),
        (["--election-timeout", "500", "--name=x"], {"election-timeout": "500"}),
        (["--election-timeout=500", "--election-timeout", "9"], {"election-timeout": "9"}),
        (["--quota-backend-bytes", "-1"], {"quota-backend-bytes": "-1"}),
        (["--config-file", FILE], {"config-file": FILE}),
        (["--election-timeout"], {"election-timeout": ""}),
        (["--data-dir", "pre-vote", "---", "x"], {}),
        ([], {}),
    ],
)
def test_flags_are_read_as_etcd_reads_them(words: list[str], said: Mapping[str, str]) -> None:
    found = settings_of_flags(["/usr/bin/etcd", *words])
    assert (found.words, found.from_flags) == (said, True)


@given(st.lists(st.text(max_size=12)))
def test_any_words_are_a_command_line(words: list[str]) -> None:
    assert settings_of_flags(words).from_flags


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pre-vote: true\n", "it is not JSON"),
        ('{"pre-vote": true, "pre-vote": false}', "a name stands twice"),
        ("[]", "not a JSON object"),
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
    ],
)
def test_another_file_is_not_read(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        settings_of_file(FILE, text)


def test_good_settings_break_no_rule() -> None:
    assert findings(of_file()) == []
    flags = [f"--{name}={str(value).lower()}" for name, value in GOOD.items()]
    assert findings(settings_of_flags(["etcd", *flags])) == []
    without = [flag for flag in flags if "gateway" not in flag]
    assert findings(settings_of_flags(["etcd", *without])) == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pre-vote", [False, None, "yes", 2]),
        ("auto-compaction-mode", ["", None, "hourly"]),
        ("auto-compaction-retention", ["0", "", None, "0h"]),
        ("quota-backend-bytes", [0, -1, None, 1.5]),
        ("heartbeat-interval", [0, None, -50]),
        ("election-timeout", [0, None, 1000, "1s"]),
        ("enable-grpc-gateway", [False, None]),
    ],
)
def test_each_rule_is_broken_by_what_is_left_out_or_wrong(name: str, values: list[object]) -> None:
    for value in values:
        (finding,) = findings(of_file(**{name: value}))
        assert finding.weight is Weight.REFUSE
        assert finding.place == f"etcd member dc-a: {name}"
        assert f'write "{name}": ' in finding.mend


@pytest.mark.parametrize(
    ("election_ms", "lease_s", "fits"),
    [(500, 2.0, True), (925, 2.0, True), (926, 2.0, False), (500, 1.0, False), (425, 1.0, True)],
)
def test_two_elections_and_a_try_fit_into_the_lease(
    election_ms: int, lease_s: float, fits: bool
) -> None:
    assert (findings(of_file(election_timeout=election_ms), lease_s) == []) == fits


def test_what_is_recommended_would_do() -> None:
    for lease_s in (1.0, 2.0, 10.0):
        (finding,) = findings(of_file(election_timeout=60_000), lease_s)
        recommended = int(finding.mend.split(": ")[1].split(" ")[0])
        assert findings(of_file(election_timeout=recommended), lease_s) == []


NOT_SAID = f"""\
etcd member dc-a: pre-vote: it is not set: \
a member that comes back from a cut upsets the others, and ownership moves
hint: write "pre-vote": true into {FILE} and restart the member"""
TOO_LONG = f"""\
etcd member dc-a: election-timeout: it is 1000: \
two elections and one try take 2.15 s, the lease is 2 s
hint: write "election-timeout": 900 into {FILE} and restart the member"""
NO_FLAG = """\
etcd member dc-a: auto-compaction-mode: it is not set: \
old revisions fill the store, until it refuses every renewal
hint: start the member with --auto-compaction-mode=revision"""


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (of_file(pre_vote=None), NOT_SAID),
        (of_file(election_timeout=1000), TOO_LONG),
        (Settings(COMMAND_LINE, of_file(auto_compaction_mode=None).words), NO_FLAG),
    ],
)
def test_a_finding_says_what_follows_and_what_to_do(said: Settings, text: str) -> None:
    (finding,) = findings(said)
    assert str(finding) == text
