"""Damages in a USG firewall's text: the proof finds each, at its line, with a packet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.damages.damage import (
    NOWHERE,
    Damage,
    before,
    both,
    cut_after,
    damages_of,
    exchanged,
    inside,
    judge,
    moved,
    without,
    without_line,
)
from tests.damages.workshop import CENTER, CITY, HEAD, HOSPITAL, PAIRED, Workshop

LAST = " rule name DENY-ALL"
PORT = "GigabitEthernet1/0/1"

# name, device, edit, kind, how the line begins that the finding names, what it says
ROWS = (
    # Services.
    ("a port dropped", HOSPITAL, inside("ip service-set A-h323 ", " 1720 2776", " 1720"),
     "missing", LAST, r"^tcp .*:2776 from .*\(VIDEO\)"),
    ("a service line dropped", HOSPITAL, inside(
        "ip service-set A-turn ", " service 1 protocol udp destination-port 3478\n", ""),
     "missing", LAST, r"^udp .*:3478 from "),
    ("a port widened to a range", HOSPITAL, inside(
        "ip service-set A-dicom-tls ", "2762", "2762 to 2763"),
     "excess", " rule name P", r"^tcp .*:2763 from "),
    ("a range cut short", HOSPITAL, inside("ip service-set A-speech ", "16483", "16482"),
     "missing", LAST, r"^udp .*:16483 from "),
    ("a source port asked for", HOSPITAL, inside(
        "ip service-set A-mqtts ", "tcp ", "tcp source-port 1024 to 65535 "),
     "missing", LAST, r"^tcp \S+:0 -> \S+:8883 from .*\(IOMT\)"),
    ("another ICMP type", HOSPITAL, inside(
        "ip service-set A-ping ", "icmp-type 8 ", "icmp-type 0 "),
     "missing", LAST, r"^icmp type 8 code 0 .* \(WAN\) to LOCAL"),
    ("another protocol number", HOSPITAL, inside("ip service-set A-vrrp ", "112", "113"),
     "missing", LAST, r"^protocol 112 \S+ -> 224\.0\.0\.18 from"),
    ("a service of a rule dropped", HOSPITAL, inside(
        " rule name P1203-VIDEO-WAN", "  service A-sips\n", ""),
     "missing", LAST, r"^tcp \S+ -> \S+:5061 from .*\(VIDEO\)"),
    ("all services of a rule dropped", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  service A-dicom-tls\n", ""),
     "excess", " rule name P1204-IMAGING-WAN", r"from .*\(IMAGING\) to .*\(WAN\)"),
    # Addresses.
    ("a mask widened", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "mask 255.255.255.128", "mask 255.255.255.0"),
     "excess", " rule name P1204-IMAGING-WAN", r"^tcp 10\.80\.193\.128:0 -> \S+:2762"),
    ("a mask widened in a set", HOSPITAL, inside("ip address-set DC-DMZ ", "mask 24", "mask 23"),
     "excess", " rule name P160", r"-> 10\.0\.101\.0:53 "),
    ("a mask narrowed in a set", HOSPITAL, inside("ip address-set DC-DMZ ", "mask 24", "mask 25"),
     "missing", LAST, r"-> 10\.0\.100\.128:53 "),
    ("an address line dropped", HOSPITAL, without_line(
        "ip address-set DC-DMZ ", "10.4.100.0 mask 24"),
     "missing", LAST, r"10\.4\.100\.0"),
    ("an address line added", HOSPITAL, inside(
        "ip address-set DC-DMZ ", " address 1 ", " address 77 10.99.0.0 mask 16\n address 1 "),
     "excess", " rule name ", r"10\.99\.0\.0"),
    ("an address excluded", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  service",
        "  source-address-exclude 10.80.193.5 mask 255.255.255.255\n  service"),
     "missing", LAST, r"^tcp 10\.80\.193\.5:0 -> \S+:2762"),
    ("the addresses of a side dropped", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  destination-address address-set ", "  description "),
     "excess", " rule name P1204-IMAGING-WAN", r"-> \S*0\.0\.0\.0:2762"),
    ("another set in a rule", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "address-set CH-PH-STROKE-IMAGING", "address-set DC-DMZ"),
     "excess", " rule name P1204-IMAGING-WAN", r"-> 10\.0\.100\.0:2762"),
    ("a set that there is not", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "address-set CH-PH-STROKE-IMAGING", "address-set NOBODY"),
     "unread", "  destination-address address-set NOBODY", "NOBODY"),
    ("an IPv6 prefix opened", CITY, inside(" rule name P0501-", "::505 128", "::505 112"),
     "excess", " rule name P0501-", r"-> \[2001:db8:c00::\S*\]:"),
    ("an IPv6 address dropped", CITY, inside(
        " rule name P0501-", "  destination-address 2001:db8:c00::505 128\n", ""),
     "missing", LAST, r"-> \[2001:db8:c00::505\]:"),
    ("a far data centre's rule", CENTER, inside(
        " rule name P0301-", "mask 255.255.255.255", "mask 255.255.255.254"),
     "excess", " rule name P0301-", r":2762 from .*\(WAN\) to .*\(DMZ\)"),
    # Rules and their order.
    ("a deny moved above the permits", HOSPITAL, moved(LAST, " rule name P1202-"),
     "missing", LAST, r"from .*\(TEACH\) to .*\(WAN\)"),
    ("a deny above a permit", HOSPITAL, before(" rule name P1204-IMAGING-WAN", (
        " rule name STOP\n  source-zone Z-IMAGING\n"
        "  source-address 10.80.193.4 mask 255.255.255.252\n  action deny\n")),
     "missing", " rule name STOP", r"^tcp 10\.80\.193\.4:0 -> "),
    ("a permit turned to deny", HOSPITAL, inside(
        " rule name P0201-VIDEO-WAN", "action permit", "action deny"),
     "missing", " rule name P0201-VIDEO-WAN", r"\(VIDEO\) to .*\(WAN\)"),
    ("the last deny turned to permit", HOSPITAL, inside(LAST, "action deny", "action permit"),
     "excess", LAST, r"\(GUEST\) to .*\(WAN\)"),
    ("the default turned to permit", HOSPITAL, both(
        without(LAST), inside("security-policy", " default", " default action permit\n default")),
     "excess", " default action permit", r"\(GUEST\) to .*\(WAN\)"),
    ("a rule dropped", HOSPITAL, without(" rule name P1204-IMAGING-WAN"),
     "missing", LAST, r":2762 from .*\(IMAGING\)"),
    ("a rule disabled", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  action", "  disable\n  action"),
     "missing", LAST, r":2762 from .*\(IMAGING\)"),
    ("a rule without action", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  action permit\n", ""),
     "unread", " rule name P1204-IMAGING-WAN", "without action"),
    ("a permit of everything", HOSPITAL, before(LAST, " rule name HELP\n  action permit\n"),
     "excess", " rule name HELP", r"\(OFFICE\) to .*\(WAN\)"),
    ("a rule from any zone", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  source-zone Z-IMAGING\n", ""),
     "excess", " rule name P1204-IMAGING-WAN", r"^tcp 10\.80\.193\.0:0 .* from .*\(GUEST\)"),
    ("a rule to any zone", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  destination-zone Z-WAN\n", ""),
     "excess", " rule name P1204-IMAGING-WAN", r"\(IMAGING\) to .*\(OFFICE\)"),
    ("a rule from another zone", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "source-zone Z-IMAGING", "source-zone Z-IOMT"),
     "missing", LAST, r":2762 from .*\(IMAGING\)"),
    ("a zone that there is not", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "source-zone Z-IMAGING", "source-zone Z-NOBODY"),
     "unread", "  source-zone Z-NOBODY", "NOBODY"),
    # Inspection.
    ("no anti-virus on a rule", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  profile av default\n", ""),
     "uninspected", " rule name P1204-IMAGING-WAN", r"from IMAGING to WAN"),
    ("no intrusion prevention on a rule", CENTER, inside(
        " rule name P0201-WAN-DMZ", "  profile ips default\n", ""),
     "uninspected", " rule name P0201-WAN-DMZ", r"from WAN to DMZ"),
    ("a profile that merely tells", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "profile ips default", "profile ips ids"),
     "uninspected", " rule name P1204-IMAGING-WAN", r"from IMAGING to WAN"),
    ("a profile that there is not", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "profile ips default", "profile ips NOBODY"),
     "unread", "  profile ips NOBODY", "NOBODY"),
    ("profiles where nothing crosses the boundary", HOSPITAL, inside(
        " rule name N0001-WAN-LOCAL", "  action",
        "  profile ips default\n  profile av default\n  action"),
     "overinspected", " rule name N0001-WAN-LOCAL", r"do not cross"),
    # Zones and interfaces.
    ("the intrazone line lost", HEAD, inside(
        "security-policy", " default packet-filter intrazone enable\n", ""),
     "excess", "firewall zone name Z-DOWN", r"\(DOWN\) to .*\(DOWN\)"),
    ("an interface out of its zone", HOSPITAL, inside(
        "firewall zone name Z-VIDEO", f" add interface {PORT}.20\n", ""),
     "missing", "security-policy", r"\(VIDEO\) to .*\(WAN\)"),
    ("two interfaces' zones exchanged", HOSPITAL, exchanged(
        f"add interface {PORT}.20", f"add interface {PORT}.40"),
     "missing", LAST, r"from GigabitEthernet1/0/1\.20 \(VIDEO\)"),
    ("an interface in a second zone", HOSPITAL, inside(
        "firewall zone name Z-TEACH", " add", f" add interface {PORT}.20\n add"),
     "unread", f" add interface {PORT}.20", "zone"),
    ("an interface more", HOSPITAL, inside(
        "firewall zone name Z-IMAGING", " add", " add interface GigabitEthernet1/0/9\n add"),
     "excess", " rule name", r"GigabitEthernet1/0/9 \(\(other\)\)"),
    ("an interface shut", HOSPITAL, inside(
        f"interface {PORT}.40", " undo service-manage", " shutdown\n undo service-manage"),
     "missing", "security-policy", r"\(IMAGING\) to .*\(WAN\)"),
    ("another VLAN on an interface", HOSPITAL, inside(
        f"interface {PORT}.20", "dot1q 20", "dot1q 21"),
     "binding", NOWHERE, r"1\.20: VLAN 21 in place of 20$"),
    ("no VLAN on an interface", HOSPITAL, inside(
        f"interface {PORT}.20", " vlan-type dot1q 20\n", ""),
     "binding", NOWHERE, r"1\.20: VLAN none in place of 20$"),
    ("another address on an interface", HOSPITAL, inside(
        f"interface {PORT}.20", "10.80.192.130", "10.80.192.131"),
     "binding", NOWHERE, r"addresses 10\.80\.192\.131/27 in place of 10\.80\.192\.130/27$"),
    ("another mask on an interface", HOSPITAL, inside(
        f"interface {PORT}.20", "255.255.255.224", "255.255.255.192"),
     "binding", NOWHERE, r"addresses 10\.80\.192\.130/26 in place of 10\.80\.192\.130/27$"),
    ("another loopback", HEAD, inside("interface LoopBack0", "10.87.0.193", "10.87.0.194"),
     "binding", NOWHERE, r"LoopBack0: addresses 10\.87\.0\.194/32 in place of 10\.87\.0\.193/32$"),
    ("another IPv6 address on an interface", CITY, inside(
        f"interface {PORT}.20", "2001:db8:5300:14::2", "2001:db8:5300:1e::2"),
     "binding", NOWHERE, r"2001:db8:5300:1e::2/64 in place of .*2001:db8:5300:14::2/64$"),
    # Management of the device.
    ("service-manage left on", HOSPITAL, inside(
        "interface Tunnel100", " undo service-manage enable\n", ""),
     "missing", "security-policy", r"^icmp .* from Tunnel100 \(WAN\) to LOCAL"),
    ("service-manage admits SSH", HOSPITAL, inside(
        f"interface {PORT}.70", " undo service-manage enable", " service-manage ssh permit"),
     "excess", " service-manage ssh permit", r":22 from GigabitEthernet1/0/1\.70 \(OFFICE\)"),
    # Text.
    ("an unknown line in a rule", HOSPITAL, inside(
        " rule name P1204-IMAGING-WAN", "  action", "  frobnicate all\n  action"),
     "unread", "  frobnicate all", "frobnicate all"),
    ("an unknown stanza", HOSPITAL, before("security-policy", "nat server 1 global 1.1.1.1\n#\n"),
     "unread", "nat server", "nat server"),
    ("a text cut between rules", HOSPITAL, cut_after(" rule name P1204-IMAGING-WAN", "permit\n"),
     "missing", "security-policy", r"from .*\(VIDEO\)"),
    ("a text cut inside a rule", HOSPITAL, cut_after(" rule name P1204-IMAGING-WAN", "-dicom"),
     "unread", "  service A-dicom", "dicom"),
    ("a text cut before its policy", HOSPITAL, cut_after("ip service-set A-vrrp ", "112\n"),
     "missing", "#", r"from .*\(VIDEO\)"),
    ("nothing but a name", HOSPITAL, lambda _: "sysname BJ-WN-H1-FW01\n", "missing", "sysname", ""),
    ("the log of the last deny lost", HOSPITAL, inside(LAST, "  policy logging\n", ""),
     "unlogged", "security-policy", "not logged"),
    ("a set that no rule uses", HOSPITAL, before(
        "ip service-set A-vrrp ", "ip address-set IDLE type object\n address 0 10.9.9.9 32\n#\n"),
     "hygiene", NOWHERE, "IDLE"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    judge(workshop, damage)


@pytest.mark.parametrize("damage", [
    one for one in DAMAGES if one.name in (
        "a port dropped", "another address on an interface", "an interface out of its zone",
        "a deny moved above the permits", "another VLAN on an interface", "a mask widened in a set",
        "a profile that merely tells",
    )
], ids=lambda damage: damage.name)  # fmt: skip
def test_a_damage_of_the_second_member_is_found(workshop: Workshop, damage: Damage) -> None:
    """Right after the sound first one, whose reading and comparison are kept."""
    workshop.prove(damage.device, workshop.text(damage.device))
    if "address on" in damage.name:
        edit = inside(f"interface {PORT}.20", "10.80.192.131", "10.80.192.132")
        says = r"10\.80\.192\.132/27 in place of 10\.80\.192\.131/27$"
        damage = replace(damage, edit=edit, says=says)
    judge(workshop, replace(damage, device=PAIRED[damage.device]))


def test_there_are_damages() -> None:
    assert len(DAMAGES) >= 55


def test_a_damage_of_both_members_is_told_at_its_line_in_each(workshop: Workshop) -> None:
    """The second's rules are not read again, and stand some lines lower."""
    edit = inside("ip service-set A-h323 ", " 1720 2776", " 1720")
    for device in (HOSPITAL, PAIRED[HOSPITAL]):
        damaged = edit(workshop.text(device))
        found = workshop.prove(device, damaged)
        assert found
        for one in found:
            assert damaged.splitlines()[one.line - 1].startswith(LAST), (device, one)
