"""Guards of ports on VRP switches: each of them, with what it needs to have an effect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from telemed_infra.management_plane import OPEN_PORT, AaaServer, PortGuards
from telemed_infra.parse.vrp import parse_vrp
from tests.parse.management.planes import unread, why

PORT = "GigabitEthernet0/0/1"
GLOBALS = """\
vlan batch 10 40 999
stp mode rstp
stp bpdu-protection
dhcp enable
dhcp snooping enable
vlan 40
 dhcp snooping enable
#
radius-server template EAP
 radius-server shared-key cipher vault:eap
 radius-server authentication 10.0.4.15 1812 weight 80
 radius-server authentication 10.4.4.15 1812 weight 40
aaa
 authentication-scheme EAP
  authentication-mode radius
 domain hosts
  authentication-scheme EAP
  radius-server EAP
#
dot1x-access-profile name D1
mac-access-profile name M1
authentication-profile name P1
 dot1x-access-profile D1
 mac-access-profile M1
 access-domain hosts force
#
"""
LINES = """\
interface GigabitEthernet0/0/1
 port link-type access
 port default vlan 40
 stp edged-port enable
 port-security enable
 port-security max-mac-num 2
 ip source check user-bind enable
 authentication-profile P1
#
interface GigabitEthernet0/0/24
 port link-type trunk
 undo port trunk allow-pass vlan 1
 port trunk pvid vlan 999
 port trunk allow-pass vlan 10 40
 dhcp snooping trusted
#
"""
ALL = PortGuards(
    edge=True, bpdu_guard=True, snooped=True, source_guard=True, addresses_max=2, dot1x=True,
    mac_bypass=True,
)  # fmt: skip


def guards(text: str, name: str = PORT) -> PortGuards:
    read = parse_vrp(text)
    assert not read.unread, read.unread
    return read.ports[name].guards


def test_all_of_them() -> None:
    assert guards(GLOBALS + LINES) == ALL
    assert guards(GLOBALS + LINES, "GigabitEthernet0/0/24") == PortGuards(trusted=True)
    plane = parse_vrp(GLOBALS + LINES).plane
    assert plane
    assert plane.radius == (
        AaaServer("10.0.4.15", "vault:eap"),
        AaaServer("10.4.4.15", "vault:eap"),
    )


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        (" stp edged-port enable\n", "", "edge", False),
        (" stp edged-port enable\n", " undo stp edged-port enable\n", "edge", False),
        (" stp edged-port enable\n", " stp disable\n stp edged-port enable\n", "edge", False),
        ("stp mode rstp\n", "stp disable\n", "edge", False),
        ("stp bpdu-protection\n", "", "bpdu_guard", False),
        ("stp bpdu-protection\n", "stp bpdu-protection\nundo stp bpdu-protection\n", "bpdu_guard",
         False),
        (" stp edged-port enable\n", "", "bpdu_guard", False),
        (" port-security max-mac-num 2\n", "", "addresses_max", 1),
        (" port-security enable\n port-security max-mac-num 2\n", "", "addresses_max", None),
        (" port-security max-mac-num 2\n", " undo port-security enable\n", "addresses_max", None),
        (" ip source check user-bind enable\n", "", "source_guard", False),
        (" authentication-profile P1\n", "", "dot1x", False),
        (" authentication-profile P1\n", " authentication-profile mac_authen_profile\n", "dot1x",
         False),
        (" mac-access-profile M1\n", "", "mac_bypass", False),
        (" dot1x-access-profile D1\n", "", "dot1x", False),
    ],
)  # fmt: skip
def test_a_line_changes_its_guard(old: str, new: str, field: str, value: object) -> None:
    text = GLOBALS + LINES
    assert text.count(old) == 1
    assert getattr(guards(text.replace(old, new)), field) == value
    assert getattr(ALL, field) != value


@pytest.mark.parametrize(
    "old", ["dhcp enable\n", "dhcp snooping enable\nvlan 40", "vlan 40\n dhcp snooping enable\n"]
)
def test_what_dhcp_snooping_needs(old: str) -> None:
    text = (GLOBALS + LINES).replace(old, "vlan 40" if "\nvlan" in old else "", 1)
    assert "every host is dropped" in why("vrp", text)
    found = guards(text.replace(" ip source check user-bind enable\n", ""))
    assert not found.snooped


@pytest.mark.parametrize(
    ("mode", "most"),
    [
        ("authentication mode multi-authen max-user 5", 5),
        ("authentication mode MULTI-A max 5", 5),
        ("authentication mode multi-authen", None),
        ("authentication mode single-terminal", 1),
        ("authentication mode single-terminal\n undo authentication mode", None),
        (
            "authentication mode multi-a max 5\n undo authentication mode multi-authen max-user",
            None,
        ),
    ],
)
def test_a_profile_limits_the_hosts_of_its_ports(mode: str, most: int | None) -> None:
    text = (GLOBALS + LINES).replace(" access-domain", f" {mode}\n access-domain")
    bare = text.replace(" port-security enable\n port-security max-mac-num 2\n", "")
    assert guards(bare) == replace(ALL, addresses_max=most)
    assert guards(text).addresses_max == min(most or 2, 2)
    unbound = bare.replace(" authentication-profile P1\n#", "#")
    assert guards(unbound).addresses_max is None


def test_a_profile_that_asks_nobody_limits_nothing() -> None:
    text = (GLOBALS + LINES).replace(
        " access-domain", " authentication mode single\n access-domain"
    )
    text = text.replace(" port-security enable\n port-security max-mac-num 2\n", "")
    assert "single-terminal, single-voice-with-data" in why("vrp", text)
    silent = text.replace("mode single\n", "mode single-terminal\n")
    silent = silent.replace(" dot1x-access-profile D1\n mac-access-profile M1\n", "")
    assert guards(silent) == replace(ALL, addresses_max=None, dot1x=False, mac_bypass=False)


@pytest.mark.parametrize(
    "mode",
    [
        *("multi-share", "single-voice-with-data", "multi-authen max-user 3 dot1x"),
        *("multi-authen max-user", "multi-authen max-user 0", "single-terminal max-user 3"),
    ],
)
def test_modes_that_no_field_can_hold(mode: str) -> None:
    text = (GLOBALS + LINES).replace(
        " access-domain", f" authentication mode {mode}\n access-domain"
    )
    assert unread("vrp", text) == [f"authentication mode {mode}"]


def test_everywhere_by_default() -> None:
    text = "stp edged-port default\nstp bpdu-protection\ninterface {}\n port link-type access\n{}"
    found = guards(text.format(PORT, ""))
    assert found.edge
    assert found.bpdu_guard
    assert guards(text.format(PORT, " stp edged-port disable\n")) == OPEN_PORT


def test_a_member_is_guarded_like_its_bundle() -> None:
    bundle = "interface Eth-Trunk1\n port link-type access\n stp edged-port enable\n#\n"
    assert guards(f"{bundle}interface {PORT}\n eth-trunk 1\n").edge


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("authentication-profile name P1", "authentication-profile name P2"),
        ("dot1x-access-profile name D1", "dot1x-access-profile name D2"),
        ("access-domain hosts", "access-domain nobody"),
        ("radius-server template EAP", "radius-server template PEAP"),
        ("authentication-mode radius", "authentication-mode radius none"),
        (" port-security enable\n", ""),
        (
            "vlan 40\n dhcp",
            "vlan 40\n dhcp snooping trusted interface GigabitEthernet0/0/24\n dhcp",
        ),
        ("weight 80", "weight 80 port 1645"),
    ],
)
def test_what_has_no_effect_is_unread(old: str, new: str) -> None:
    text = GLOBALS + LINES
    assert text.count(old) == 1
    assert unread("vrp", text.replace(old, new))
