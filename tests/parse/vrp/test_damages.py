"""Small damages to a text change what it is read as: none goes by unseen."""

from __future__ import annotations

from textwrap import dedent

import pytest
from msgspec.structs import replace

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.vrp import parse_usg, parse_vrp

FIREWALL = dedent("""\
    sysname FW1
    log type policy enable
    #
    interface GigabitEthernet1/0/1
     ip address 10.0.1.254 255.255.255.0
     undo service-manage enable
    #
    interface GigabitEthernet1/0/3
     ip address 203.0.113.1 255.255.255.0
    #
    firewall zone trust
     set priority 85
     add interface GigabitEthernet1/0/1
    #
    firewall zone untrust
     set priority 5
     add interface GigabitEthernet1/0/3
    #
    ip address-set CT type object
     address 0 10.0.1.0 mask 24
     address 1 2001:db8:1:: 64
    #
    ip service-set DICOM type object
     service 0 protocol tcp source-port 0 to 65535 destination-port 104 11112
    #
    security-policy
     default packet-filter intrazone enable
     rule name BAD
      source-address 10.0.1.66 32
      action deny
     rule name CT
      policy logging
      source-zone trust
      destination-zone untrust
      source-address address-set CT
      service DICOM
      action permit
    #
    return
""")


def meaning(read: FirewallBehaviour) -> object:
    (chain,) = read.chains
    rules = tuple(replace(rule, line=0) for rule in chain.rules)
    unread = [item.text for item in read.unread]
    return replace(chain, line=0, rules=rules), read.zones, read.translations, unread


BAD = " rule name BAD\n  source-address 10.0.1.66 32\n  action deny\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" 104 11112", " 104"),
        ("mask 24", "mask 23"),
        ("2001:db8:1:: 64", "2001:db8:1:: 56"),
        (BAD, ""),
        (" default packet-filter intrazone enable\n", ""),
        (" default packet-filter", " default action permit\n default packet-filter"),
        (" add interface GigabitEthernet1/0/3\n", ""),
        ("add interface GigabitEthernet1/0/3", "add interface GigabitEthernet1/0/4"),
        (" undo service-manage enable\n", ""),
        ("  source-zone trust\n", ""),
        ("  destination-zone untrust\n", "  destination-zone local\n"),
        ("  source-address address-set CT\n", ""),
        ("  service DICOM\n", ""),
        ("  service DICOM\n", "  service DICOM\n  service telnet\n"),
        ("  policy logging\n", ""),
        ("log type policy enable\n", ""),
        ("  policy logging\n", "  disable\n"),
        ("  policy logging\n", "  application app BT\n"),
        ("  policy logging\n", "  source-address-exclude 10.0.1.9 32\n"),
        ("#\nreturn", " rule move CT before BAD\n#\nreturn"),
        ("#\nreturn", " undo rule name BAD\n#\nreturn"),
        ("#\nreturn", " group name G from BAD to BAD disable\n#\nreturn"),
        ("#\nreturn", " rule name CT\n  service ssh\n#\nreturn"),
        (" ip address 203", " shutdown\n ip address 203"),
        ("service 0 protocol tcp", "service 0 protocol udp"),
        ("source-port 0 to", "source-port 1024 to"),
        ("source-address address-set CT", "source-address address-set CX"),
        ("sysname FW1", "nat server X global 203.0.113.9 inside 10.0.1.9"),
    ],
)
def test_a_damaged_firewall_is_read_as_another(old: str, new: str) -> None:
    assert old in FIREWALL
    assert meaning(parse_usg(FIREWALL.replace(old, new, 1))) != meaning(parse_usg(FIREWALL))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sysname FW1", "sysname FW2"),
        ("  policy logging\n", "  policy logging\n  session logging\n  description t\n"),
        ("address 0 10.0.1.0 mask 24", "address 7 10.0.1.0 mask 255.255.255.0"),
        ("address 0 10.0.1.0 mask 24", "address 0 10.0.1.0 0.0.0.255"),
        ("address 0 10.0.1.0 mask 24", "address 0 range 10.0.1.0 10.0.1.255"),
        ("source-port 0 to 65535 ", ""),
        ("10.0.1.66 32", "10.0.1.66 0.0.0.0"),
        (" default packet", " default action deny\n default packet"),
        ("#\nreturn", " rule move BAD top\n#\nreturn"),
    ],
)
def test_a_harmless_edit_changes_nothing(old: str, new: str) -> None:
    assert old in FIREWALL
    assert meaning(parse_usg(FIREWALL.replace(old, new, 1))) == meaning(parse_usg(FIREWALL))


SWITCH = dedent("""\
    vlan batch 10 20
    interface GigabitEthernet0/0/1
     port link-type access
     port default vlan 10
    interface GigabitEthernet0/0/2
     shutdown
    interface XGigabitEthernet0/0/1
     port link-type trunk
     undo port trunk allow-pass vlan 1
     port trunk allow-pass vlan 10 20
""")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("allow-pass vlan 10 20", "allow-pass vlan 10 20 30"),
        ("allow-pass vlan 10 20", "allow-pass vlan all"),
        (" undo port trunk allow-pass vlan 1\n", ""),
        ("vlan batch 10 20", "vlan batch 10"),
        ("default vlan 10", "default vlan 20"),
        (" port default vlan 10\n", ""),
        (" shutdown\n", " port link-type access\n"),
        (" shutdown\n", ""),
        (" port link-type access\n", ""),
        ("link-type access", "link-type trunk"),
        ("port link-type trunk\n", "port link-type trunk\n port trunk pvid vlan 20\n"),
    ],
)
def test_a_damaged_switch_is_read_as_another(old: str, new: str) -> None:
    assert old in SWITCH
    sound, damaged = parse_vrp(SWITCH), parse_vrp(SWITCH.replace(old, new, 1))
    assert not sound.unread
    assert (sound.vlans, _ports(sound.ports), sound.unread) != (
        damaged.vlans,
        _ports(damaged.ports),
        damaged.unread,
    )


def _ports(ports: object) -> object:
    assert isinstance(ports, dict)
    return {name: replace(port, line=0) for name, port in ports.items()}
