"""What switch ports do against hosts that misbehave: each guard, bound and unbound."""

from __future__ import annotations

import pytest

from telemed_infra.management_plane import OPEN_PORT, PortGuards
from telemed_infra.parse.ios import parse_ios_switch
from tests.parse.ios.judge import switch, unread

PORT = "GigabitEthernet1/0/1"
SNOOPING = "ip dhcp snooping\nip dhcp snooping vlan 20,40-41\n"
ACCESS = "switchport mode access\nswitchport access vlan 40"
TRUNK = "switchport mode trunk\nswitchport trunk allowed vlan 20,40"
KNOWN = "authentication port-control auto\nmab\ndot1x pae authenticator"
VLANS = "vlan 20,30,40\n"


def guards(lines: str, config: str = "", mode: str = ACCESS) -> PortGuards:
    body = "\n ".join([f"interface {PORT}", *mode.split("\n"), *lines.split("\n")])
    read = parse_ios_switch(f"{VLANS}{config}\n{body}\n")
    assert unread(read) == []
    return read.ports[PORT].guards


def refused(lines: str, config: str = "") -> list[str]:
    body = "\n ".join([f"interface {PORT}", *ACCESS.split("\n"), *lines.split("\n")])
    return unread(parse_ios_switch(f"{VLANS}{config}\n{body}\n"))


def test_a_port_without_lines_guards_against_nothing() -> None:
    assert guards("description x") == OPEN_PORT
    assert guards("description x", mode=TRUNK) == OPEN_PORT


# Spanning tree ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "config", "mode", "edge"),
    [
        ("spanning-tree portfast", "", ACCESS, True),
        ("spanning-tree portfast edge", "", ACCESS, True),
        ("span portf", "", ACCESS, True),
        ("spanning-tree portfast disable", "spanning-tree portfast default", ACCESS, False),
        ("description x", "spanning-tree portfast default", ACCESS, True),
        ("description x", "spanning-tree portfast edge default", ACCESS, True),
        ("description x", "spanning-tree portfast default", TRUNK, False),
        ("description x", "spanning-tree portfast default\nno spanning-tree portfast default",
         ACCESS, False),
        ("spanning-tree portfast\nno spanning-tree portfast", "", ACCESS, False),
        ("spanning-tree portfast", "", TRUNK, False),
        ("spanning-tree portfast trunk", "", TRUNK, True),
        ("spanning-tree portfast edge trunk", "", TRUNK, True),
    ],
)  # fmt: skip
def test_edge(lines: str, config: str, mode: str, *, edge: bool) -> None:
    assert guards(lines, config, mode).edge is edge


@pytest.mark.parametrize(
    ("lines", "config", "guarded"),
    [
        ("spanning-tree bpduguard enable", "", True),
        ("spanning-tree bpduguard disable", "", False),
        ("spanning-tree bpduguard enable\nno spanning-tree bpduguard", "", False),
        ("spanning-tree portfast", "spanning-tree portfast bpduguard default", True),
        ("spanning-tree portfast", "spanning-tree portfast edge bpduguard default", True),
        ("description x", "spanning-tree portfast bpduguard default", False),
        ("spanning-tree portfast\nspanning-tree bpduguard disable",
         "spanning-tree portfast bpduguard default", False),
        ("spanning-tree bpduguard enable\nspanning-tree bpdufilter enable", "", False),
        ("spanning-tree bpduguard enable\nspanning-tree bpdufilter disable", "", True),
    ],
)  # fmt: skip
def test_bpdu_guard(lines: str, config: str, *, guarded: bool) -> None:
    assert guards(lines, config).bpdu_guard is guarded


@pytest.mark.parametrize(
    "line",
    ["spanning-tree portfast bpdufilter default", "spanning-tree portfast network default",
     "no spanning-tree vlan 40", "spanning-tree forward-time 4"],
)  # fmt: skip
def test_what_undoes_the_tree_is_unread(line: str) -> None:
    assert refused("description x", line) == [line]


# DHCP -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "mode", "snooped"),
    [
        (SNOOPING, ACCESS, True),
        ("ip dhcp snooping vlan 40", ACCESS, False),
        ("ip dhcp snooping", ACCESS, False),
        (f"{SNOOPING}no ip dhcp snooping", ACCESS, False),
        (f"{SNOOPING}no ip dhcp snooping vlan 41-44", ACCESS, True),
        (f"{SNOOPING}no ip dhcp snooping vlan 30-44", ACCESS, False),
        (f"{SNOOPING}no ip dhcp snooping vlan 40\nip dhcp snoop vlan 40", ACCESS, True),
        (SNOOPING, TRUNK, True),
        (SNOOPING, TRUNK.replace("20,", "20,30,"), False),
        (SNOOPING, TRUNK.replace("20,", "20,99,"), True),  # no such VLAN
        ("ip dhcp snooping\nip dhcp snooping vlan 1-4094", "switchport mode trunk", True),
    ],
)
def test_snooping(config: str, mode: str, *, snooped: bool) -> None:
    assert guards("description x", config, mode).snooped is snooped


@pytest.mark.parametrize(
    ("lines", "config", "trusted", "checks"),
    [
        ("ip verify source", SNOOPING, False, True),
        ("ip verify source port-security", SNOOPING, False, True),
        ("ip verify source\nno ip verify source", SNOOPING, False, False),
        ("ip verify source", "ip dhcp snooping", False, False),
        ("ip verify source\nip dhcp snooping trust", SNOOPING, True, False),
        ("ip dhcp snooping trust\nno ip dhcp snooping trust", SNOOPING, False, False),
        ("ip dhcp snooping trust", "", False, False),
    ],
)
def test_trust_and_source_guard(lines: str, config: str, *, trusted: bool, checks: bool) -> None:
    found = guards(lines, config)
    assert (found.trusted, found.source_guard) == (trusted, checks)


# Port security ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "most"),
    [
        ("switchport port-security", 1),
        ("switchport port-security maximum 3\nswitchport port-security", 3),
        ("sw port-security\nsw port-security max 2\nsw port-security violation restrict", 2),
        ("switchport port-security maximum 3", None),
        ("switchport port-security\nno switchport port-security", None),
        ("sw port-security\nsw port-security maximum 3\nno sw port-security maximum", 1),
    ],
)  # fmt: skip
def test_port_security(lines: str, most: int | None) -> None:
    assert guards(lines).addresses_max == most


# 802.1X -----------------------------------------------------------------------------------------

RUNS = "dot1x system-auth-control"
MORE = """authentication host-mode multi-domain
authentication periodic
authentication event fail action next-method
mab eap"""


@pytest.mark.parametrize(
    ("lines", "config", "dot1x", "bypass"),
    [
        (KNOWN, RUNS, True, True),
        (KNOWN, "", False, True),
        (KNOWN, f"{RUNS}\nno {RUNS}", False, True),
        (KNOWN.replace("auto", "force-authorized"), RUNS, False, False),
        (f"{KNOWN}\nno authentication port-control", RUNS, False, False),
        (f"{KNOWN}\nno mab", RUNS, True, False),
        (f"{KNOWN}\nno dot1x pae", RUNS, False, True),
        (f"{KNOWN}\nauthentication order mab dot1x\nauthentication priority dot1x mab",
         RUNS, True, True),
        (f"{KNOWN}\nauthentication order dot1x", RUNS, True, False),
        (f"{KNOWN}\nauthentication order mab", RUNS, False, True),
        (f"{KNOWN}\nauthentication open", RUNS, False, False),
        (f"{KNOWN}\nauthentication open\nno authentication open", RUNS, True, True),
        (f"{KNOWN}\n{MORE}", RUNS, True, True),
    ],
)  # fmt: skip
def test_dot1x(lines: str, config: str, *, dot1x: bool, bypass: bool) -> None:
    found = guards(lines, config)
    assert (found.dot1x, found.mac_bypass) == (dot1x, bypass)


@pytest.mark.parametrize(
    "line",
    [
        "authentication host-mode multi-host",
        "authentication event fail action authorize vlan 99",
        "authentication order dot1x webauth",
        "authentication port-control force-unauthorized",
        "dot1x pae both",
        "access-session port-control auto",
        "source template DESK",
        "switchport port-security maximum 3 vlan",
        "ip verify source tracking",
        "spanning-tree portfast network",
    ],
)
def test_what_cannot_be_said_of_a_port_is_unread(line: str) -> None:
    lines = f"{line}\nswitchport port-security" if "maximum" in line else line
    assert refused(lines, SNOOPING) == [line]


# Several ports ----------------------------------------------------------------------------------


def test_a_range_a_default_and_a_bundle() -> None:
    read = switch("""
        vlan 40
        ip dhcp snooping
        ip dhcp snooping vlan 40
        interface range Gi1/0/1 - 3
         switchport mode access
         switchport access vlan 40
         spanning-tree portfast
        default interface Gi1/0/2
        interface Gi1/0/2
         switchport mode access
        interface Port-channel1
         switchport mode trunk
         ip dhcp snooping trust
        interface range Te1/1/1 - 2
         switchport mode trunk
         channel-group 1 mode active
    """)
    assert unread(read) == []
    assert read.ports[PORT].guards == PortGuards(edge=True, snooped=True)
    assert read.ports["GigabitEthernet1/0/2"].guards == OPEN_PORT
    for name in ("Port-channel1", "TenGigabitEthernet1/1/1", "TenGigabitEthernet1/1/2"):
        assert read.ports[name].guards == PortGuards(snooped=True, trusted=True)


def test_a_port_that_is_shut_keeps_its_guards() -> None:
    found = guards("shutdown\nspanning-tree portfast\nspanning-tree bpduguard enable")
    assert found == PortGuards(edge=True, bpdu_guard=True)
