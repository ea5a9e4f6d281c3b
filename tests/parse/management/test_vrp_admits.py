"""VRP ports that let hosts in while no RADIUS server answers: events of their profiles."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import PortGuards
from telemed_infra.parse.vrp import parse_vrp
from tests.parse.management.planes import unread, why

PORT = "GigabitEthernet0/0/1"
DOWN = "authentication event authen-server-down action"
UP = "authentication event authen-server-up action"
TEXT = f"""\
vlan batch 40 50
undo authentication pre-authen-access enable
radius-server dead-count 2
radius-server detect-cycle 2
#
radius-server template EAP
 radius-server testuser username probe password cipher vault:probe
 radius-server shared-key cipher vault:eap
 radius-server authentication 10.0.4.15 1812 weight 80
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
 {UP} re-authen
 dot1x-access-profile D1
 mac-access-profile M1
 access-domain hosts force
 authentication dot1x-mac-bypass
 {DOWN} authorize vlan 40
#
interface GigabitEthernet0/0/1
 port link-type access
 port default vlan 40
 authentication-profile P1
#
"""


def guards(text: str) -> PortGuards:
    read = parse_vrp(text)
    assert not read.unread, read.unread
    return read.ports[PORT].guards


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_hosts_come_into_the_vlan_of_the_port() -> None:
    assert guards(TEXT) == PortGuards(dot1x=True, mac_bypass=True, admits=True)


@pytest.mark.parametrize("gone", [" dot1x-access-profile D1\n", " mac-access-profile M1\n"])
def test_by_one_way_alone_too(gone: str) -> None:
    assert guards(changed(gone, "")).admits


def test_a_built_in_profile_may_have_events_of_its_own() -> None:
    text = TEXT.replace("P1", "dot1xmac_authen_profile")
    for line in (" dot1x-access-profile D1\n", " mac-access-profile M1\n"):
        text = text.replace(line, "")
    assert guards(text) == PortGuards(dot1x=True, mac_bypass=True, admits=True)


@pytest.mark.parametrize(
    ("line", "admits"),
    [
        (f"{DOWN} authorize vlan 40 response-fail", True),  # they are told so, and come in
        (f"{DOWN} authorize vlan 50\n {DOWN} authorize vlan 40", True),
        (f"{DOWN} authorize vlan 40\n {DOWN} close re-authen", True),
        (f"{DOWN} authorize vlan 40\n undo {DOWN} authorize", False),
        (f"{DOWN} authorize keep no-response", False),  # nobody new comes in
        ("authentication event authen-server-noreply action authorize keep", False),
        ("undo authentication event pre-authen action authorize", False),
    ],
)
def test_other_lines_for_the_event(line: str, *, admits: bool) -> None:
    text = changed(f" {DOWN} authorize vlan 40\n", f" {line}\n")
    assert guards(text) == PortGuards(dot1x=True, mac_bypass=True, admits=admits)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("authorize vlan 40", "authorize vlan 50", "VLAN 50"),
        (" port default vlan 40\n", " port default vlan 50\n", "VLAN 40"),
        (f" {UP} re-authen\n", "", "stay"),
        (" authentication dot1x-mac-bypass\n", f" undo {UP} re-authen\n", "stay"),
        ("authentication-mode radius", "authentication-mode radius local", "RADIUS alone"),
        ("authorize vlan 40", "authorize service-scheme S1", "service scheme"),
        ("authorize vlan 40", "authorize ucl-group name G1", "service scheme"),
        ("authorize vlan 40", "authorize vlan 40 success", "success"),
        ("authorize vlan 40", "authorize vlan", "number"),
        ("authorize vlan 40", f"authorize keep\n {DOWN} authorize vlan 40", "which of two"),
    ],
)
def test_what_lets_hosts_in_otherwise_is_unread(old: str, new: str, reason: str) -> None:
    assert reason in why("vrp", changed(old, new))


@pytest.mark.parametrize(
    "line",
    [
        "authentication event pre-authen action authorize vlan 40",
        "authentication event authen-fail action authorize vlan 40 response-fail",
        "authentication event client-no-response action authorize vlan 40",
        "authentication event authen-fail action authorize service-scheme S1",
        "authentication event authen-server-noreply action authorize vlan 40",
    ],
)
def test_who_was_refused_or_never_asked_would_come_in(line: str) -> None:
    text = changed(" authentication dot1x-mac-bypass\n", f" {line}\n")
    assert unread("vrp", text) == [line]
    assert "no server knows" in why("vrp", text)


def test_one_profile_for_ports_of_two_vlans_is_unread() -> None:
    other = (
        "interface GigabitEthernet0/0/2\n port link-type access\n port default vlan 50\n"
        " authentication-profile P1\n"
    )
    assert unread("vrp", TEXT + other) == [f"{DOWN} authorize vlan 40"]


def test_a_port_that_asks_nobody_lets_nobody_in() -> None:
    assert guards(changed(" authentication-profile P1\n", "")) == PortGuards()
