from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

import pytest

from telemed_infra.model.hosts import Hosts
from telemed_infra.model.pattern import PLACES, PatternError, matching
from tests.ansible.conftest import ROOT, Run

HOSTS = ("BJ-H1-FW01", "BJ-WN-C-FW01", "BJ-WN-C-FW02", "BJ-WN-CH-GW01", "ZY-H1-FW01")
GROUPS = {
    "prefecture_bijie": HOSTS[:4],
    "prefecture_zunyi": HOSTS[4:],
    "county_weining": HOSTS[1:4],
    "role_fw": (*HOSTS[:3], HOSTS[4]),
    "role_gw": HOSTS[3:4],
}

NAMES = (
    "all", "*", "ungrouped", "county_weining", "prefecture_bijie", "role_fw", "kind_*",
    "home_dc_[ab]", "home_dc_[!a]*", "county_w?ining", "BJ-WN-C-FW01", "BJ-WN-*", "*-FW0?",
    "BJ-??-C-FW0[12]*", "~^(BJ|ZY)-.*FW0[12]", "~county_[a-c]", "~role_(fw|gw)$", "~BJ-WN",
    "role_fw[0]", "role_fw[-1]", "role_fw[0:9]", "role_fw[7:]", "role_fw[0:0]", "role_fw[3:0]",
    "role_fw[1-3]", "BJ-*[0]", "*[4451]", "*[4460:4470]", "prefecture_*[2:400]", "all[-1]",
    "kind_township[0:20]", "BJ-WN-CH-GW01[0]", "group_*[5]", "platform_nftables",
)  # fmt: skip
REFUSED = (
    "BJ-??-C-FW0[12]", "county_nowhere", "BJ-XX-*", "~nothing", "~(", "role_fw[99999]",
    "BJ-WN-C-FW01[1]", "role_fw:!role_fw", "!all", "county_weining,!county_nowhere",
    "&county_nowhere", "localhost2",
)  # fmt: skip
COMBINED = 400


def test_patterns_mean_what_they_mean_to_ansible(ansible: Run, hosts: Hosts) -> None:
    patterns = [*NAMES, *REFUSED, *combined()]
    given = json.dumps([str(ROOT / "inventory" / "telemed.yml"), patterns])
    done = ansible("python", Path(__file__).with_name("reference_hosts.py"), text=given)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == len(patterns)
    for pattern, theirs in zip(patterns, answers, strict=True):
        # To Ansible no host at all is an error too, only a later one.
        assert (pattern, ours(pattern, hosts)) == (
            pattern,
            theirs if theirs and theirs[0] else None,
        )


def combined() -> list[str]:
    """Two to four parts, each with or without a sign, between any of the separators."""
    chance = random.Random(1)
    return [
        chance.choice((",", ", ", ":")).join(
            chance.choice(("", "", "&", "!")) + chance.choice(NAMES)
            for _ in range(chance.randint(2, 4))
        )
        for _ in range(COMBINED)
    ]


def ours(pattern: str, hosts: Hosts) -> list[object] | None:
    try:
        names = matching(pattern, hosts.names, hosts.groups)
    except PatternError:
        return None
    return [len(names), *names[:2], hashlib.sha256("\n".join(names).encode()).hexdigest()]


@pytest.mark.parametrize(
    ("pattern", "numbers"),
    [
        ("all", [0, 1, 2, 3, 4]),
        ("county_weining", [1, 2, 3]),
        ("prefecture_zunyi,role_gw", [4, 3]),
        ("role_fw:&county_weining", [1, 2]),
        ("&role_fw, prefecture_bijie, !BJ-WN-C-FW02", [0, 1]),
        ("!role_fw", [3]),
        ("role_fw[1]", [1]),
        ("role_fw[-1]", [4]),
        ("role_fw[1:2]", [1, 2]),
        ("role_fw[1:]", [1, 2, 4]),
        ("role_fw[1:2]:role_gw", [1, 2, 3]),
        ("~.*-FW0[1]$", [0, 1, 4]),
        ("ZY-*", [4]),
    ],
)
def test_pattern(pattern: str, numbers: list[int]) -> None:
    assert matching(pattern, HOSTS, GROUPS) == tuple(HOSTS[number] for number in numbers)


@pytest.mark.parametrize(
    ("pattern", "problem", "hint"),
    [
        (
            "county_weinin",
            "no device and no group is named `county_weinin`",
            "did you mean `county_weining`?",
        ),
        ("weining", "no device and no group is named `weining`", "did you mean `county_weining`?"),
        ("FW", "no device and no group is named `FW`", "did you mean `role_fw`?"),
        ("all:!role_fv", "no device and no group is named `role_fv`", "did you mean `role_fw`?"),
        (
            "BJ-WN-CH-GW02",
            "no device and no group is named `BJ-WN-CH-GW02`",
            "did you mean `BJ-WN-CH-GW01`?",
        ),
        ("role_gw[1]", "`role_gw[1]` names nothing", "`role_gw` has 1 device, from [0] on"),
        ("role_fw[5:9]", "`role_fw[5:9]` names nothing", "`role_fw` has 4 devices, from [0] on"),
        (
            "@failed.txt",
            "`@failed.txt`: a file of names is not read here",
            "write its names, separated by commas: `$(paste -sd, failed.txt)`",
        ),
        (
            "~(BJ",
            "`~(BJ` is no regular expression: missing ), unterminated subpattern at position 0",
            "a `,` or `:` ends a part, in a regular expression too",
        ),
        (
            "BJ-WN-C-FW0[12]",
            "no device and no group is named `BJ-WN-C-FW0`",
            PLACES,
        ),
        ("all,!", "`&`, `!` or `~` stands alone", "write a name directly after it"),
        ("role_fw,!role_fw", "`role_fw,!role_fw` leaves no device", ""),
        (" , ", "the pattern is empty", "write `all` for every device"),
    ],
)
def test_refusal(pattern: str, problem: str, hint: str) -> None:
    with pytest.raises(PatternError) as refused:
        matching(pattern, HOSTS, GROUPS)
    assert (refused.value.problem, refused.value.hint) == (problem, hint)
    assert str(refused.value) == (f"{problem}\nhint: {hint}" if hint else problem)
