"""Edits that change no packet's lot: the proof calls the texts equal. One line of two may go."""

from __future__ import annotations

import re

import pytest

from tests.damages.damage import Edit, before, both, inside, moved, stanza, without
from tests.damages.workshop import CITY, GATEWAY, HOSPITAL, SWITCH, Workshop

PORT = "GigabitEthernet1/0/1"
LAST = " rule name DENY-ALL"
RULE = " rule name P1204-IMAGING-WAN"
IMAGES = "\t\tip saddr 10.87.24.64/27 ip daddr 10.12.4.5 tcp dport 2762"
DROP_LINE = "\t\tcounter drop\n"


def each_rule_renamed(text: str) -> str:
    return text.replace(" rule name P", " rule name Q")


def commented(text: str) -> str:
    return "\n".join(
        f"{line}\n# a note" if line.endswith("}") else line for line in text.split("\n")
    )


def blank_lines(text: str) -> str:
    """A `#` with a blank before it stands inside of a block and ends none."""
    return re.sub(r"^#\n", "#\n\n#\n", text, flags=re.MULTILINE)


def chains_reversed(text: str) -> str:
    """The chains of the ways in the opposite order; the maps name them, not their places."""
    spans = []
    at = text.index("\tchain ")
    while not text.startswith("\tchain forward", at):
        first, _ = stanza(text[at:], "\tchain ")
        end = text.index("\t}\n", at) + 3
        spans.append(text[at + first : end])
        at = end
    joined = "".join(spans)
    assert joined in text
    return text.replace(joined, "".join(reversed(spans)))


EDITS: tuple[tuple[str, str, Edit], ...] = (
    # The three that the issue names.
    ("disjoint rules exchanged", HOSPITAL, moved(" rule name P0201-VIDEO-WAN", RULE)),
    ("a prefix split in two halves", HOSPITAL, inside(RULE, (
        "  source-address 10.80.193.0 mask 255.255.255.128\n"), (
        "  source-address 10.80.193.0 mask 255.255.255.192\n"
        "  source-address 10.80.193.64 mask 255.255.255.192\n"))),
    ("the redundant last deny removed", HOSPITAL, without(LAST)),
    ("disjoint rules exchanged", GATEWAY, moved(
        "\t\tip saddr 10.87.24.64/27 ip daddr @DC", IMAGES)),
    ("a prefix split in two halves", GATEWAY, inside(
        "\tset DC-DMZ-v4", "10.0.100.0/24", "10.0.100.0/25,\n\t\t\t10.0.100.128/25")),
    ("the redundant last deny removed", GATEWAY, inside("\tchain forward", DROP_LINE, "")),
    # More of the kind.
    ("a prefix in a set split", HOSPITAL, inside(
        "ip address-set DC-DMZ ", " address 0 10.0.100.0 mask 24\n", (
        " address 0 10.0.100.0 mask 25\n address 90 10.0.100.128 mask 25\n"))),
    ("a prefix as a range", HOSPITAL, inside(
        "ip address-set DC-DMZ ", "10.0.100.0 mask 24", "range 10.0.100.0 10.0.100.255")),
    ("an IPv6 prefix split", CITY, inside(
        "ip address-set DC-DMZ ", "2001:db8:a00:64:: 64", (
        "2001:db8:a00:64:: 65\n address 90 2001:db8:a00:64:8000:: 65"))),
    ("a port range split", HOSPITAL, inside(
        "ip service-set A-speech ", "16384 to 16483", "16384 to 16399 16400 to 16483")),
    ("ports in two lines", HOSPITAL, inside(
        "ip service-set A-h323 ", " 1720 2776", (
        " 1720\n service 9 protocol tcp destination-port 2776"))),
    ("source ports spelled out", HOSPITAL, inside(
        "ip service-set A-h323 ", "tcp ", "tcp source-port 0 to 65535 ")),
    ("a set's lines shuffled", HOSPITAL, both(
        inside("ip address-set DC-DMZ ", " address 0 ", " address 91 "),
        inside("ip address-set STROKE-VIDEO ", " address 0 ", " address 92 "))),
    ("a rule within another one", HOSPITAL, before(LAST, (
        " rule name TWICE\n  source-zone Z-IMAGING\n  destination-zone Z-WAN\n"
        "  source-address 10.80.193.0 mask 255.255.255.255\n"
        "  destination-address address-set CH-PH-STROKE-IMAGING\n"
        "  service A-dicom-tls\n  profile ips strict\n  profile av default\n  action permit\n"))),
    ("a deny of what nobody opens", HOSPITAL, before(RULE, (
        " rule name STOP\n  source-zone Z-GUEST\n  destination-zone Z-WAN\n  action deny\n"))),
    ("rules renamed", HOSPITAL, each_rule_renamed),
    ("a rule described", HOSPITAL, inside(RULE, "  action", "  description images\n  action")),
    ("blank lines and separators", HOSPITAL, blank_lines),
    ("the rule disabled and enabled", HOSPITAL, inside(
        RULE, "  action", "  disable\n  undo disable\n  action")),
    ("a tolerated echo refused", HOSPITAL, inside(
        " rule name T0001-OFFICE", "action permit", "action deny")),
    ("service-manage on where only echo is tolerated", HOSPITAL, inside(
        f"interface {PORT}.70", " undo service-manage enable\n", "")),
    ("a set's elements shuffled", GATEWAY, inside(
        "\tset DC-DMZ-v4", "10.0.100.0/24,\n\t\t\t10.4.100.0/24", (
        "10.4.100.0/24,\n\t\t\t10.0.100.0/24"))),
    ("a prefix as a range", GATEWAY, inside(
        "\tset DC-DMZ-v4", "10.0.100.0/24", "10.0.100.0-10.0.100.255")),
    ("a set written out in the rule", GATEWAY, inside(
        "\tchain OFFICE-WAN", "@DC-DMZ-v4 meta", "{ 10.0.100.0/24, 10.4.100.0/24 } meta")),
    ("both protocols at once", GATEWAY, inside("\tchain OFFICE-WAN", (
        "meta l4proto . th dport { tcp . 53, udp . 53 }"), (
        "meta l4proto { tcp, udp } th dport 53"))),
    ("a port range split", GATEWAY, inside(
        "\tchain VIDEO-WAN", "udp . 10000-10499", "udp . 10000-10250, udp . 10251-10499")),
    ("a rule for each port", GATEWAY, inside("\tchain CLINICAL-WAN", (
        "\t\tip saddr 10.87.24.128/26 ip daddr 10.12.2.5 "
        "meta l4proto . th dport { tcp . 443, tcp . 5349, udp . 3478 } accept"), (
        "\t\tip saddr 10.87.24.128/26 ip daddr 10.12.2.5 udp dport 3478 accept\n"
        "\t\tip saddr 10.87.24.128/26 ip daddr 10.12.2.5 tcp dport 5349 accept\n"
        "\t\tip saddr 10.87.24.128/26 ip daddr 10.12.2.5 tcp dport 443 accept"))),
    ("comments", GATEWAY, commented),
    ("chains in another order", GATEWAY, chains_reversed),
    ("a counter in a rule", GATEWAY, inside(IMAGES, "accept", "counter accept")),
    ("a rule renamed", GATEWAY, inside(IMAGES, 'comment "P0301', 'comment "Q0301')),
    ("the protocol spelled out", GATEWAY, inside(
        IMAGES, "tcp dport 2762", "meta l4proto tcp th dport 2762")),
    ("VLANs in one line", SWITCH, inside(
        "vlan batch", " 10 20 30 40", " 10 20\nvlan batch 30 40")),
    ("a VLAN defined once", SWITCH, inside("vlan batch", " 20", "")),
    ("a trunk's VLANs in two lines", SWITCH, inside(
        "interface GigabitEthernet0/0/24", " 30 40", "\n port trunk allow-pass vlan 30 40")),
    ("a port described", SWITCH, inside(
        "interface GigabitEthernet0/0/1", "zone VIDEO", "the room on the left")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("device", "edit"), [row[1:] for row in EDITS], ids=[f"{row[1]}: {row[0]}" for row in EDITS]
)
def test_a_harmless_edit_stays_equal(workshop: Workshop, device: str, edit: Edit) -> None:
    text = workshop.text(device)
    edited = edit(text)
    assert edited != text
    assert not workshop.prove(device, edited)


def test_there_are_edits() -> None:
    assert len(EDITS) >= 33
    for device in (HOSPITAL, GATEWAY):
        assert sum(row[1] == device for row in EDITS) >= 10


# Two lines for one purpose -----------------------------------------------------------------------

NO_LAST_DENY = without(LAST)
DEFAULT_PERMIT = inside("security-policy", " default", " default action permit\n default")
POLICY_ACCEPT = inside("\tchain forward", "policy drop", "policy accept")
NO_DROP = inside("\tchain forward", DROP_LINE, "")


@pytest.mark.parametrize(("device", "one", "other"), [
    (HOSPITAL, NO_LAST_DENY, DEFAULT_PERMIT),
    (GATEWAY, POLICY_ACCEPT, NO_DROP),
])  # fmt: skip
def test_either_line_closes_the_device_and_one_must(
    workshop: Workshop, device: str, one: Edit, other: Edit
) -> None:
    text = workshop.text(device)
    assert not workshop.prove(device, one(text))
    assert not workshop.prove(device, other(text))
    assert "excess" in {finding.kind for finding in workshop.prove(device, both(one, other)(text))}
