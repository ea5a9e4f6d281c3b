"""Comware ports that let hosts in while no RADIUS server answers: critical VLANs."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import PortGuards
from telemed_infra.parse.behaviour import PortMode
from telemed_infra.parse.comware import parse_comware
from tests.parse.management.planes import unread, why

PORT = "GigabitEthernet1/0/1"
DEVICE = """\
vlan 40
#
vlan 50
#
radius-server test-profile probe username probe interval 10
#
radius scheme eap
 primary authentication 10.0.4.15 key cipher vault:eap test-profile probe
#
domain hosts
 authentication lan-access radius-scheme eap
#
 domain default enable hosts
#
 port-security enable
#
"""
LINES = """\
interface GigabitEthernet1/0/1
 port link-mode bridge
 port link-type hybrid
 undo port hybrid vlan 1
 port hybrid vlan 40 untagged
 port hybrid pvid vlan 40
 mac-vlan enable
 dot1x critical vlan 40
 dot1x critical eapol
 mac-authentication critical vlan 40
 port-security port-mode userlogin-secure-or-mac-ext
 mac-authentication re-authenticate server-unreachable keep-online
#
"""
TEXT = DEVICE + LINES


def guards(text: str) -> PortGuards:
    read = parse_comware(text)
    assert not read.unread, read.unread
    assert (read.ports[PORT].mode, read.ports[PORT].access_vlan) == (PortMode.ACCESS, 40)
    return read.ports[PORT].guards


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_hosts_come_in_by_both_ways() -> None:
    assert guards(TEXT) == PortGuards(dot1x=True, mac_bypass=True, admits=True)


@pytest.mark.parametrize(
    ("mode", "gone"),
    [
        ("userlogin-secure-ext", " mac-authentication critical vlan 40\n"),
        ("mac-authentication", " dot1x critical vlan 40\n"),
    ],
)
def test_a_port_that_asks_in_one_way_needs_one_line(mode: str, gone: str) -> None:
    text = changed("userlogin-secure-or-mac-ext", mode)
    assert guards(text.replace(gone, "")).admits
    assert unread("comware", text) == [gone.strip()]
    assert "does nothing" in why("comware", text)


def test_without_port_security_too_and_typed_shortly() -> None:
    text = DEVICE.replace("port-security enable", "dot1x\n mac-auth") + (
        "vlan 30\ninterface gi1/0/1\nport link-m bridge\ndot1x\nmac-auth\nport link-t hybrid\n"
        "undo port hybrid vlan 1\nport hybrid vlan 40 untag\nport hybrid pvid vlan 40\n"
        "mac-auth critical vl 40 url-user-logoff\ndot1x critical vl 30\ndot1x critical vl 40\n"
        "mac-vlan en"
    )
    assert guards(text).admits


def test_nobody_is_let_in_without_these_lines() -> None:
    without = "\n".join(line for line in TEXT.splitlines() if "critical vlan" not in line)
    assert guards(without) == PortGuards(dot1x=True, mac_bypass=True)
    undone = f"interface {PORT}\n undo dot1x critical vl\n undo mac-auth critical vlan\n"
    assert not guards(TEXT + undone).admits


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (" dot1x critical vlan 40", " dot1x critical vlan 50", "not that of the port"),
        (" dot1x critical vlan 40", " undo dot1x critical vlan", "alone"),
        (" mac-authentication critical vlan 40", " undo mac-auth critical vlan", "alone"),
        (" mac-vlan enable\n", "", "hybrid port"),
        (" mac-vlan enable\n", " mac-vlan enable\n undo mac-vlan enable\n", "hybrid port"),
        (" authentication lan-access radius-scheme eap",
         " authentication lan-access radius-scheme eap local", "RADIUS alone"),
        (" dot1x critical vlan 40", " dot1x critical vlan 60", "not made"),
        (" dot1x critical vlan 40", " dot1x guest-vlan 40", "the VLAN that a host is in"),
        (" dot1x critical vlan 40", " dot1x auth-fail vlan 40", "the VLAN that a host is in"),
        (" dot1x critical eapol", " dot1x critical profile x", "the VLAN that a host is in"),
        (" dot1x critical eapol", " dot1x critical-voice-vlan", "the VLAN that a host is in"),
        (" mac-vlan enable", " mac-vlan enable\n mac-vlan trigger enable",
         "the VLAN that a host is in"),
        (" dot1x critical eapol", " dot1x port-method portbased", "after one host"),
    ],
)  # fmt: skip
def test_what_lets_hosts_in_otherwise_is_unread(old: str, new: str, reason: str) -> None:
    text = changed(old, new)
    assert unread("comware", text)
    assert reason in " ".join(one.why for one in parse_comware(text).unread)


def test_an_access_port_does_not_tell_hosts_apart() -> None:
    plain = changed(
        " port link-type hybrid\n undo port hybrid vlan 1\n port hybrid vlan 40 untagged\n"
        " port hybrid pvid vlan 40\n",
        " port access vlan 40\n",
    )
    assert unread("comware", plain) == [
        "mac-vlan enable", "dot1x critical vlan 40", "mac-authentication critical vlan 40",
    ]  # fmt: skip


def test_a_port_that_asks_nobody_lets_nobody_in() -> None:
    text = changed(" port-security port-mode userlogin-secure-or-mac-ext\n", "")
    assert unread("comware", text) == [
        "dot1x critical vlan 40", "mac-authentication critical vlan 40",
    ]  # fmt: skip
