"""Damages of what keeps a pair alike: each of its lines, dropped or changed, is found."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.pipeline.device import READERS
from telemed_infra.pipeline.layout import Part
from telemed_infra.pipeline.pairs import READERS as PAIR_READERS
from telemed_infra.prove.findings import DeviceProof, Finding
from telemed_infra.prove.functions import Function
from tests.damages.damage import counted_on
from tests.damages.workshop import Workshop

USG, SECPATH, CISCO = "ZY-YQ-H2-FW01", "QN-LL-H2-FW01", "LPS-ZS-H2-FW01"
LINUX, EDGE = "TR-H1-FW01", "GZ-DCA-SE01"
HEADS = re.compile(r"^ *(?:undo )?(?:hrp|vrrp6?|fhrp|track|remote-backup) ", re.MULTILINE)
"""What begins a block or a line about a pair; blocks hold what stands deeper."""
UNSEEN = re.compile(
    r"hot-backup enable|configuration auto-sync enable|hrp preempt delay 60"
    r"|hrp adjust bgp-cost enable .*|adjust-cost bgp enable absolute .*"
)
SAME = re.compile(r"state BACKUP|Port 3780|priority 100|advert_int 1|(IPv6-)?ICMP")
"""What holds without a line, too; and by how much routes are worse, as long as they are."""


def of_pair(text: str) -> Iterator[int]:
    """Which lines of a firewall's text are about its pair, from 0."""
    depth = -1
    for number, raw in enumerate(text.split("\n")):
        deep = len(raw) - len(raw.lstrip())
        if HEADS.match(raw):
            depth = deep
            yield number
        elif depth >= 0 and deep > depth and raw.strip():
            yield number
        else:
            depth = -1


def pair_findings(workshop: Workshop, name: str, text: str) -> tuple[Finding, ...]:
    """What is said of the pair alone; the rest of the proof is tried elsewhere."""
    device = workshop.devices[name]
    read: FirewallBehaviour = READERS[device.platform](text)
    pairs = workshop.prover(name).pairs
    found = pairs.with_pair(device, read, DeviceProof(device=name)).findings
    return (*found, *workshop.unread(name, text))


@pytest.mark.parametrize("name", [USG, SECPATH, CISCO])
def test_each_line_of_a_pair_that_is_dropped_or_changed_is_found(
    workshop: Workshop, name: str
) -> None:
    text = workshop.text(name)
    assert pair_findings(workshop, name, text) == ()
    numbers = list(of_pair(text))
    assert len(numbers) > 15
    lines = text.split("\n")
    seen = [number for number in numbers if not UNSEEN.fullmatch(lines[number].strip())]
    for number in seen[:: max(1, len(seen) // 14)]:
        dropped = "\n".join(lines[:number] + lines[number + 1 :])
        assert pair_findings(workshop, name, dropped), lines[number]
        if re.search(r"\d", lines[number]):
            changed = [*lines[:number], counted_on(lines[number]), *lines[number + 1 :]]
            assert pair_findings(workshop, name, "\n".join(changed)), lines[number]


@pytest.mark.parametrize(
    ("name", "pattern", "new", "line", "says"),
    [
        (USG, r"(vrrp vrid 20 .*) active", r"\1 standby", " vrrp vrid 20",
         r"virtual router 20 \(IPv4\) is standby in place of active"),
        (USG, r"(?s)( vrrp vrid 40 [^\n]*\n)", r"\1 shutdown\n", " vrrp vrid 40",
         r"virtual router 40 .* does not run: its interface is shut"),
        (USG, r"hrp enable\n", "", "", r"nothing keeps the pair's states equal: `hrp enable`"),
        (USG, r"(hrp interface \S+) remote \S+", r"\1 remote 10.9.9.9", " hrp enable",
         r"the other member is 10\.9\.9\.9 in place of "),
        (USG, r"hrp mirror session enable", "undo hrp mirror session enable", " hrp enable",
         r"connections are not carried over .*: `hrp mirror session enable`"),
        (USG, r"hrp enable\n", "hrp enable\n hrp standby-device\n", " hrp enable",
         r"it is the second in place of the first: `undo hrp standby-device`"),
        (SECPATH, r"device-role primary", "device-role secondary", "remote-backup group",
         r"it is the second in place of the first: `device-role primary`"),
        (SECPATH, r"(?m)^( *remote-ip \S+).*$", r"\1 port 50000", "remote-backup group",
         r"states are told by tcp 50000, and between the members tcp 60064 is open"),
        (SECPATH, r"delay-time 1\n", "delay-time 60\n", "remote-backup group",
         r"works again after 3600 s in place of after 60 s: `delay-time 1`"),
        (CISCO, r"priority 120", "priority 90", " vrrp 10 address-family ipv4",
         r"virtual router 10 .* has priority 90 in place of 120: `priority 120`"),
        (CISCO, r"preempt delay minimum 60", "no preempt", " vrrp 10 address-family ipv4",
         r"takes its address back never in place of after 60 s"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_what_is_said_of_a_damage(
    workshop: Workshop, name: str, pattern: str, new: str, line: str, says: str
) -> None:
    text = workshop.text(name)
    damaged = re.sub(pattern, new, text, count=1)
    assert damaged != text
    found = pair_findings(workshop, name, damaged)
    lines = damaged.split("\n")
    for one in found:
        if one.kind == "pair" and re.search(says, one.says):
            assert not line or lines[one.line - 1].strip().startswith(line.strip()), one
            return
    pytest.fail(f"nothing says {says}: {found}")


@pytest.mark.parametrize("name", [USG, SECPATH, CISCO])
def test_the_partners_text_is_found(workshop: Workshop, name: str) -> None:
    """A text loaded on the wrong member: both would claim the addresses."""
    other = name.replace("FW01", "FW02")
    assert pair_findings(workshop, other, workshop.text(other)) == ()
    assert len(pair_findings(workshop, other, workshop.text(name))) > 8


# Files that speak of a pair alone -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "part"), [(LINUX, Part.VIRTUAL), (LINUX, Part.STATE), (EDGE, Part.VIRTUAL)],
    ids=["keepalived", "conntrackd", "edge"],
)  # fmt: skip
def test_each_line_of_a_pairs_own_file_is_needed(workshop: Workshop, name: str, part: Part) -> None:
    """But those that bear on nothing, that say the default, or that close a block."""
    other = name.replace("01", "02")
    assert workshop.prove(other, workshop.part(other, part), part) == ()
    text = workshop.part(name, part)
    assert workshop.prove(name, text, part) == ()
    read = PAIR_READERS[part](text)
    lines = text.split("\n")
    tried = [
        number for number in sorted(read.effective) if not SAME.fullmatch(lines[number - 1].strip())
    ]
    assert tried
    for number in tried[:: max(1, len(tried) // 16)]:
        dropped = "\n".join(lines[: number - 1] + lines[number:])
        assert workshop.prove(name, dropped, part), lines[number - 1]


def test_another_members_file_is_found(workshop: Workshop) -> None:
    other = LINUX.replace("FW01", "FW02")
    for part in (Part.VIRTUAL, Part.STATE):
        assert workshop.prove(other, workshop.part(other, part), part) == ()
        assert workshop.prove(other, workshop.part(LINUX, part), part)


def test_members_that_do_not_fit_are_found_after_both(workshop: Workshop) -> None:
    """Each as planned, if the plan itself were wrong: the two texts are compared."""
    other = LINUX.replace("FW01", "FW02")
    pairs = workshop.prover(LINUX).pairs
    first, second = (
        pairs.prove(workshop.devices[name], workshop.part(name, Part.STATE), Part.STATE)
        for name in (LINUX, other)
    )
    assert (first.findings, second.findings) == ((), ())
    assert (first.must, second.rules) == (1, 1)


def test_what_a_linux_pair_does_belongs_to_its_own_files(workshop: Workshop) -> None:
    """Its filter has neither, and is not asked for it."""
    name = "TR-H1-FW02"
    device, pairs = workshop.devices[name], workshop.prover(name).pairs
    for part, function in ((Part.VIRTUAL, Function.VIRTUAL), (Part.STATE, Function.SYNC)):
        lacking = [one for one in pairs.prove(device, "", part).findings if one.kind == "function"]
        assert [one.says for one in lacking] == [f"it does not do this: {function.value}"]
    assert workshop.prove(name, workshop.text(name)) == ()
