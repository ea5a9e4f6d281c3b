"""Guards of ports on Comware switches: each of them, with what it needs to have an effect."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import AaaServer, PortGuards
from telemed_infra.parse.comware import parse_comware
from tests.parse.management.planes import unread

PORT = "GigabitEthernet1/0/1"
GLOBALS = """\
vlan 2 to 50
#
 stp global enable
 stp bpdu-protection
 dhcp snooping enable
 dot1x
 dot1x authentication-method eap
 mac-authentication
#
radius scheme eap
 primary authentication 10.0.4.15 key cipher vault:eap
 secondary authentication 10.4.4.15 1812 key cipher vault:eap
 user-name-format keep-original
#
domain hosts
 authentication lan-access radius-scheme eap
#
 domain default enable hosts
#
"""
LINES = """\
interface GigabitEthernet1/0/1
 port link-mode bridge
 port access vlan 40
 stp edged-port
 ip verify source ip-address mac-address
 dhcp snooping binding record
 mac-address max-mac-count 2
 undo mac-address max-mac-count enable-forwarding
 dot1x
 mac-authentication
#
interface Ten-GigabitEthernet1/0/49
 port link-mode bridge
 port link-type trunk
 undo port trunk permit vlan 1
 port trunk permit vlan 40
 dhcp snooping trust
#
"""
ALL = PortGuards(
    edge=True, bpdu_guard=True, snooped=True, source_guard=True, addresses_max=2, dot1x=True,
    mac_bypass=True,
)  # fmt: skip


def guards(text: str, name: str = PORT) -> PortGuards:
    read = parse_comware(text)
    assert not read.unread, read.unread
    return read.ports[name].guards


def test_all_of_them() -> None:
    assert guards(GLOBALS + LINES) == ALL
    uplink = guards(GLOBALS + LINES, "Ten-GigabitEthernet1/0/49")
    assert uplink == PortGuards(trusted=True, snooped=True)
    plane = parse_comware(GLOBALS + LINES).plane
    assert plane
    assert plane.radius == (
        AaaServer("10.0.4.15", "vault:eap"),
        AaaServer("10.4.4.15", "vault:eap"),
    )


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        (" stp edged-port\n", "", "edge", False),
        (" stp edged-port\n", " undo stp enable\n stp edged-port\n", "edge", False),
        (" stp global enable\n", "", "edge", False),
        (" stp bpdu-protection\n", "", "bpdu_guard", False),
        (" stp edged-port\n", " stp edged-port\n stp port bpdu-protection disable\n", "bpdu_guard",
         False),
        (" ip verify source ip-address mac-address\n", "", "source_guard", False),
        (" ip verify source ip-address mac-address\n", " ip verify source mac-address\n",
         "source_guard", False),
        (" mac-address max-mac-count 2\n", "", "addresses_max", None),
        (" undo mac-address max-mac-count enable-forwarding\n", "", "addresses_max", None),
        (" dot1x\n mac-authentication\n#\ni", " mac-authentication\n#\ni", "dot1x", False),
        (" dot1x\n mac-authentication\n#\ni", " dot1x\n#\ni", "mac_bypass", False),
        (" mac-authentication\n#\ni",
         " mac-authentication\n dot1x port-control authorized-force\n#\ni", "dot1x", False),
    ],
)  # fmt: skip
def test_a_line_changes_its_guard(old: str, new: str, field: str, value: object) -> None:
    text = GLOBALS + LINES
    assert text.count(old) == 1
    assert getattr(guards(text.replace(old, new)), field) == value
    assert getattr(ALL, field) != value


def test_snooping_and_trust_by_vlan() -> None:
    text = GLOBALS.replace(" dhcp snooping enable\n", " dhcp snooping enable vlan 40\n") + LINES
    assert guards(text).snooped
    other = text.replace("enable vlan 40", "enable vlan 30").replace(
        " ip verify source ip-address mac-address\n", ""
    )
    assert not guards(other).snooped


def test_port_security_asks_in_place_of_dot1x() -> None:
    """Correction 20: the device refuses it while 802.1X is on for the whole device."""
    secured = GLOBALS.replace(" dot1x\n", " port-security enable\n", 1).replace(
        " mac-authentication\n", "", 1
    )
    text = secured + LINES.replace(
        " dot1x\n mac-authentication\n",
        " port-security max-mac-count 3\n port-security port-mode userlogin-secure-or-mac-ext\n",
    ).replace(" mac-address max-mac-count 2\n", "")
    found = guards(text)
    assert (found.dot1x, found.mac_bypass, found.addresses_max) == (True, True, 3)
    alone = text.replace("userlogin-secure-or-mac-ext", "autolearn")
    found = guards(alone)
    assert (found.dot1x, found.mac_bypass, found.addresses_max) == (False, False, 3)
    both = GLOBALS.replace(" dot1x\n", " dot1x\n port-security enable\n", 1) + LINES
    assert unread("comware", both) == ["port-security enable"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" dot1x\n dot1x auth", " dot1x auth"),  # off for the whole device
        (" dhcp snooping binding record\n", ""),
        ("domain default enable hosts", "domain default enable nobody"),
        ("radius-scheme eap\n", "radius-scheme eap none\n"),
        ("radius-scheme eap\n", "radius-scheme peap\n"),
        (" mac-authentication\n#\ni",
         " mac-authentication\n dot1x port-control unauthorized-force\n#\ni"),
    ],
)  # fmt: skip
def test_what_has_no_effect_is_unread(old: str, new: str) -> None:
    text = GLOBALS + LINES
    assert text.count(old) == 1
    assert unread("comware", text.replace(old, new))


def test_hosts_known_by_address_may_have_a_domain_of_their_own() -> None:
    lines = LINES.replace(" dot1x\n mac-authentication\n", " mac-authentication\n")
    text = GLOBALS.replace("domain default enable hosts", "mac-authentication domain HOSTS")
    read = parse_comware(text + lines)
    assert not read.unread
    assert read.plane
    assert [one.address for one in read.plane.radius] == ["10.0.4.15", "10.4.4.15"]


def test_radius_is_asked_from_where_the_others_are() -> None:
    log = "info-center loghost source LoopBack0\ninfo-center loghost 10.0.4.10\n#\n"
    silent = unread("comware", log + GLOBALS + LINES)
    assert silent == [
        "primary authentication 10.0.4.15 key cipher vault:eap",
        "secondary authentication 10.4.4.15 1812 key cipher vault:eap",
    ]
    loopback = "interface LoopBack0\n ip address 10.255.3.1 32\n#\nradius nas-ip 10.255.3.1\n"
    read = parse_comware(log + loopback + GLOBALS + LINES)
    assert not read.unread
    assert read.plane
    assert read.plane.source == "LoopBack0"
