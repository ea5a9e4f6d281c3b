"""Each part of guests' break-out is taken from, or bent in, the texts of the shipped province.

The edits know the platform's grammar, and nothing of how the text was made: they find lines by the
words that a device takes. Each must be found, as a half or as a line that is unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from telemed_infra.pipeline.device import READERS
from tests.damages.workshop import Workshop

TOLD = frozenset({"break-out", "unread"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A pattern, found line by line, what it becomes, and what must be told of it."""

    platform: str
    what: str
    old: str
    new: str = ""
    kinds: frozenset[str] = TOLD

    def of(self, text: str) -> str:
        """The damaged text."""
        found, times = re.subn(self.old, self.new, text, flags=re.MULTILINE)
        assert times, f"no line is like {self.old}"
        return found


USG, SECPATH, CISCO, LINUX = "huawei_usg", "h3c_secpath", "cisco_ios_zbf", "nftables"
_PBR = r"^ *action pbr (?:egress-interface \S+ )?next-hop \S+\n"
_EASY_IP = r"^ *action (?:source-nat|nat) easy-ip\n"
_OUTBOUND = r"^ *nat outbound .*\n"
_NEXT_HOP = r"^ *apply next-hop \S+.*\n"
_SENT = r"^ *ip policy route-map .*\n"
_OVERLOAD = r"^ip nat inside source (?:list|route-map) \S+ interface (\S+) overload\n"
_MARK = r"^.*\bmeta mark set (?:80|0x0*50)\b.*\n"
_MASQUERADE = r"^.*\bmasquerade\b.*\n"
EDITS = tuple(
    Edit(platform=platform, what=what, old=old, new=new)
    for platform, what, old, new in (
        (USG, "no way", _PBR, ""),
        (USG, "spared from the way", _PBR, "  action no-pbr\n"),
        (USG, "another next hop", r"(next-hop \d+\.\d+\.\d+\.)\d+$", r"\g<1>250"),
        (USG, "no translation", _EASY_IP, ""),
        (USG, "spared from translation", _EASY_IP, "  action no-nat\n"),
        (USG, "translation into others", _EASY_IP, "  action source-nat address-group 1\n"),
        (USG, "translation off", _EASY_IP, "  action source-nat easy-ip\n  disable\n"),
        (USG, "translation of some", _EASY_IP, "  service http\n  action source-nat easy-ip\n"),
        (SECPATH, "no policy on the interface", r"^ *ip policy-based-route .*\n", ""),
        (SECPATH, "no next hop", _NEXT_HOP, ""),
        (SECPATH, "another next hop", r"(apply next-hop \d+\.\d+\.\d+\.)\d+", r"\g<1>250"),
        (SECPATH, "a node that denies", r"^(policy-based-route \S+) permit node", r"\1 deny node"),
        (SECPATH, "no translation", _OUTBOUND, ""),
        (SECPATH, "translation of all", _OUTBOUND, " nat outbound\n"),
        (SECPATH, "a list that is not there", r"^( *if-match acl .*?)\S+\n", r"\g<1>3999\n"),
        (CISCO, "no map on the interface", _SENT, ""),
        (CISCO, "no next hop", r"^ *set ip next-hop .*\n", ""),
        (CISCO, "another next hop", r"(set ip next-hop \d+\.\d+\.\d+\.)\d+", r"\g<1>250"),
        (CISCO, "no translation", _OVERLOAD, ""),
        (CISCO, "no ports", r"^(ip nat inside source .*) overload$", r"\1"),
        (CISCO, "of everybody", _OVERLOAD, ("access-list 9 permit any\n"
         r"ip nat inside source list 9 interface \1 overload" "\n")),
        (CISCO, "not of the line", r"^ *ip nat outside\n", ""),
        (CISCO, "not of the guests", r"^ *ip nat inside\n", ""),
        (LINUX, "no mark", _MARK, ""),
        (LINUX, "another mark", r"meta mark set (?:80|0x0*50)\b", "meta mark set 81"),
        (LINUX, "no translation", _MASQUERADE, ""),
        (LINUX, "translation into an address", r"\bmasquerade\b", "snat to 198.51.100.9"),
    )
)  # fmt: skip


def device_of(workshop: Workshop, platform: str) -> str:
    """A device of a platform where guests leave."""
    meaning = workshop.meaning
    return next(
        device.name
        for device in meaning.network.devices
        if device.platform == platform and meaning.break_outs(device)
    )


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: f"{one.platform}, {one.what}")
def test_each_part_is_missed(workshop: Workshop, edit: Edit) -> None:
    device = device_of(workshop, edit.platform)
    text = workshop.text(device)
    assert workshop.prove(device, text) == ()
    damaged = edit.of(text)
    assert damaged != text
    told = {one.kind for one in workshop.prove(device, damaged)}
    assert told & edit.kinds, told
    assert workshop.prove(device, text) == ()


@pytest.mark.parametrize("platform", READERS)
def test_what_is_planned_is_read(workshop: Workshop, platform: str) -> None:
    device = device_of(workshop, platform)
    read = workshop.read(device, workshop.text(device))
    assert set(read.break_outs) == set(workshop.meaning.break_outs(workshop.devices[device]))
    assert read.break_out_lines.keys() == {one.ingress for one in read.break_outs}
