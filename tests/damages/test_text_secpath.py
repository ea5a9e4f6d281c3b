"""Damages in a SecPath firewall's text, about what it looks into: the proof finds each."""

from __future__ import annotations

import pytest

from tests.damages.damage import Damage, damages_of, inside, judge
from tests.damages.workshop import Workshop

HOSPITAL = "AS-XX-H1-FW01"
PROFILE = "app-profile "
ANY_RULE = " rule "

# name, device, edit, kind, how the line begins that the finding names, what it says
ROWS = (
    ("no intrusion prevention in the profile", HOSPITAL, inside(
        PROFILE, " ips apply policy default mode protect\n", ""),
     "uninspected", ANY_RULE, r"from TEACH to WAN"),
    ("an anti-virus policy that merely tells", HOSPITAL, inside(
        PROFILE, "anti-virus apply policy default mode protect",
        "anti-virus apply policy default mode alert"),
     "uninspected", ANY_RULE, r"from TEACH to WAN"),
    ("a policy that there is not", HOSPITAL, inside(
        PROFILE, "ips apply policy default", "ips apply policy NOBODY"),
     "unread", " ips apply policy NOBODY", "nobody"),
    ("a profile by another name", HOSPITAL, inside(PROFILE, PROFILE, f"{PROFILE}OTHER_"),
     "unread", "  profile ", "there is no app-profile"),
    ("an engine that looks into nothing", HOSPITAL, inside(
        PROFILE, PROFILE, f"inspect bypass\n#\n{PROFILE}"),
     "uninspected", ANY_RULE, r"from TEACH to WAN"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    judge(workshop, damage)
