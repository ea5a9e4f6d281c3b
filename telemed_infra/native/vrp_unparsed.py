"""Lines that vrp-ir 0.9 does not know and that a person has looked at: data, with reasons.

A line of a configuration that vrp-ir does not know refuses the configuration unless it stands here.
Each entry was compared with the platform's command reference; what it does is judged by our own
parser. `*` stands for one word. An entry that no rendered text needs any more is removed:
tests/native says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One line that may stay unknown, and why."""

    line: str
    why: str


UNKNOWN_SHARE_MAX: dict[str, float] = {
    "huawei_usg": 0.05,
    # vrp-ir does not know two lines of each trunk: 13 % of a core switch that has little else; and
    # three of the six lines of a router's port that speaks both families.
    "huawei_vrp": 0.50,
}
"""Share of a text's lines that may be unknown; above it vrp-ir has read too little to judge."""

REVIEWED: dict[str, tuple[Reviewed, ...]] = {
    "huawei_usg": (
        Reviewed(
            "undo service-manage enable",
            "hands access to the box itself back to the security policy, which is proven",
        ),
        Reviewed(
            "default packet-filter intrazone enable",
            "closes traffic within a zone; without it the proof finds every zone open",
        ),
        Reviewed("default policy logging", "logs what falls to the default action"),
        Reviewed("policy logging", "logs what a rule decides; lets nothing pass or stop"),
        Reviewed("log type policy enable", "without it `policy logging` writes nothing"),
        Reviewed("stelnet server enable", "SSH; who reaches it is the security policy's matter"),
        Reviewed("ipv6", "switches the second family on; its rules are in the same list"),
        Reviewed("ipv6 enable", "the same on an interface"),
        Reviewed("ipv6 address *", "read by our parser; vrp-ir knows one family only"),
        Reviewed("ipv6 route-static * * *", "static routes of the second family"),
        Reviewed("ipv6 route-static * * NULL0 preference 250", "throws away, in the second family"),
    ),
    "huawei_vrp": (
        Reviewed("undo portswitch", "a routed port; our parser reads it"),
        Reviewed(
            "ipv4-family", "a family of the table of management; which routes it has is known"
        ),
        Reviewed("ipv6-family", "the same"),
        Reviewed("ipv6 route-static * * *", "static routes of the second family"),
        Reviewed("ipv6 route-static * * NULL0 preference 250", "throws away, in the second family"),
        Reviewed(
            "ipv6 route-static vpn-instance MGMT :: 0 *", "the way back of a router's management"
        ),
        Reviewed("ipv6", "switches the second family on, for management"),
        Reviewed("ipv6 enable", "the same on an interface"),
        Reviewed("ipv6 address *", "read by our parser; vrp-ir knows one family only"),
        Reviewed(
            "undo port trunk allow-pass vlan 1",
            "VLAN 1 passes a trunk unless this is said; our parser reads it",
        ),
        Reviewed("port trunk pvid vlan *", "where untagged frames of a trunk go: the parking VLAN"),
        Reviewed("stelnet server enable", "SSH in place of telnet"),
    ),
}


@lru_cache(maxsize=1 << 12)
def reason(platform: str, line: str) -> str | None:
    """Why a line may stay unknown to vrp-ir, or None."""
    words = line.split()
    for one in REVIEWED.get(platform, ()):
        wanted = one.line.split()
        if len(wanted) == len(words) and all(
            mine in ("*", theirs) for mine, theirs in zip(wanted, words, strict=True)
        ):
            return one.why
    return None
