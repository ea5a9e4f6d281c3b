"""VLANs and ports of a VRP switch."""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort
from telemed_infra.parse.vrp import parse_vrp

PORT = "GigabitEthernet0/0/1"


def switch(text: str) -> SwitchBehaviour:
    return parse_vrp(dedent(text))


def port(*lines: str) -> SwitchPort:
    """One port whose lines are all read."""
    read = parse_vrp("\n ".join([f"interface {PORT}", *lines]))
    assert not read.unread
    return read.ports[PORT]


def unread(*lines: str) -> list[str]:
    read = parse_vrp("\n ".join([f"interface {PORT}", *lines]))
    return [item.text for item in read.unread]


def test_vlan_lines_add_up() -> None:
    read = switch("""
        vlan batch 10 20 to 23
        vlan batch 999
        vlan 30
         description imaging
        vlan 31
        undo vlan 10
        undo vlan batch 22
        vlan batch 1
    """)
    assert read.vlans == {20, 21, 23, 30, 31, 999}
    assert not read.unread


@pytest.mark.parametrize(
    "line",
    ["vlan batch 0", "vlan batch 4095", "vlan batch 9 to 1", "vlan batch", "vlan x",
     "vlan batch 1 2 3 4 5 6 7 8 9 10 11"],
)  # fmt: skip
def test_bad_vlan_lines_are_unread(line: str) -> None:
    assert [item.text for item in parse_vrp(line).unread] == [line]


def test_access_port() -> None:
    found = port("description to CT 01", "port link-type access", "port default vlan 40")
    assert found == SwitchPort(
        name=PORT,
        line=1,
        mode=PortMode.ACCESS,
        access_vlan=40,
        native_vlan=None,
        trunk_vlans=frozenset(),
        description="to CT 01",
    )


def test_access_port_without_vlan_is_in_vlan_1() -> None:
    assert port("port link-type access").access_vlan == 1
    lines = ("port link-type access", "port default vlan 40", "undo port default vlan")
    assert port(*lines).access_vlan == 1


def test_trunk_has_vlan_1_until_it_is_taken_off() -> None:
    found = port("port link-type trunk", "port trunk allow-pass vlan 10 20 to 21")
    assert found.mode is PortMode.TRUNK
    assert (found.native_vlan, found.trunk_vlans) == (1, frozenset({1, 10, 20, 21}))
    without = port(
        "port link-type trunk",
        "undo port trunk allow-pass vlan 1",
        "port trunk pvid vlan 999",
        "port trunk allow-pass vlan 10",
        "port trunk allow-pass vlan 20",
    )
    assert (without.native_vlan, without.trunk_vlans) == (999, frozenset({10, 20}))


@pytest.mark.parametrize("words", ["all", "2 to 4094"])
def test_trunk_of_all(words: str) -> None:
    """Source: docs/reference/platforms.md: `all` prints as `2 to 4094`, 1 is implicit."""
    found = port("port link-type trunk", f"port trunk allow-pass vlan {words}")
    assert found.trunk_vlans == frozenset(range(1, 4095))


def test_order_of_lines_is_free() -> None:
    found = port("port trunk allow-pass vlan 10", "port link-type trunk")
    assert found.trunk_vlans == {1, 10}


def test_shut_and_routed_ports() -> None:
    assert port("shutdown").mode is PortMode.SHUTDOWN
    shut = port("port link-type access", "port default vlan 9", "shutdown")
    assert (shut.mode, shut.access_vlan) == (PortMode.SHUTDOWN, None)
    opened = port("shutdown", "port link-type access", "undo shutdown")
    assert opened.mode is PortMode.ACCESS
    assert port("undo portswitch", "ip address 10.0.0.1 30").mode is PortMode.ROUTED


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("description x",), [f"interface {PORT}"]),
        (("port default vlan 4",), ["port default vlan 4", f"interface {PORT}"]),
        (("port link-type trunk", "port default vlan 4"), ["port default vlan 4"]),
        (
            ("port link-type access", "port trunk allow-pass vlan 4"),
            ["port trunk allow-pass vlan 4"],
        ),
        (("port link-type hybrid", "shutdown"), ["port link-type hybrid"]),
        (("port hybrid tagged vlan 4", "shutdown"), ["port hybrid tagged vlan 4"]),
        (("port link-type access", "voice-vlan 7 enable"), ["voice-vlan 7 enable"]),
        (("port link-type access", "traffic-filter inbound acl 3000"),
         ["traffic-filter inbound acl 3000"]),
        (("undo portswitch", "port link-type access"), ["port link-type access"]),
        (("eth-trunk 1", "shutdown"), ["eth-trunk 1"]),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_unread(lines: tuple[str, ...], expected: list[str]) -> None:
    assert sorted(unread(*lines)) == sorted(expected)


def test_members_carry_what_their_bundle_carries() -> None:
    read = switch("""
        interface Eth-Trunk1
         description uplink
         port link-type trunk
         port trunk allow-pass vlan 10
         mode lacp
        #
        interface XGigabitEthernet0/0/1
         eth-trunk 1
        #
        interface XGigabitEthernet0/0/2
         shutdown
         eth-trunk 1
    """)
    assert not read.unread
    assert read.ports["XGigabitEthernet0/0/1"].trunk_vlans == {1, 10}
    assert read.ports["XGigabitEthernet0/0/2"].mode is PortMode.SHUTDOWN


def test_own_addresses() -> None:
    read = switch("""
        sysname GZ-ASW-01
        vlan batch 10
        interface Vlanif10
         ip address 10.16.0.1 255.255.255.0
         ip address 10.16.1.1 24 sub
         ipv6 enable
         ipv6 address 2001:db8::1/64
         vrrp vrid 10 virtual-ip 10.16.0.254
         vrrp vrid 10 preempt-mode timer delay 60
        interface LoopBack0
         ip address 10.8.0.9 255.255.255.255
        interface MEth0/0/1
         ip address 192.0.2.1 255.255.255.0
    """)
    assert not read.unread
    assert read.hostname == "GZ-ASW-01"
    assert read.ports == {}
    assert read.addresses == {
        "Vlanif10": ("10.16.0.1/24", "10.16.1.1/24", "2001:db8::1/64"),
        "LoopBack0": ("10.8.0.9/32",),
        "MEth0/0/1": ("192.0.2.1/24",),
    }


QOS = """
    acl number 3100
     rule 5 {} udp source 10.16.20.0 0.0.0.255 destination-port range 16384 32767
    #
    acl name A-VTY-IN 3001
     rule 10 permit tcp source 10.0.4.0 0.0.0.255 destination-port eq 22
     rule 4000 deny ip
    #
    traffic classifier C-VIDEO operator or
     if-match acl 3100
    traffic behavior B-VIDEO
     remark dscp af41
    traffic policy P-EDGE-IN
     classifier C-VIDEO behavior B-VIDEO
    interface GigabitEthernet0/0/2
     port link-type access
     traffic-policy P-EDGE-IN inbound
    user-interface vty 0 4
     acl 3001 inbound
"""


def test_marking_is_inert() -> None:
    assert not switch(QOS.format("permit")).unread


def test_a_deny_in_a_list_for_marking_drops_and_is_unread() -> None:
    """Correction 18: an ACL deny drops whatever the behavior says."""
    read = switch(QOS.format("deny"))
    assert [item.line for item in read.unread] == [3]


def test_guards_move_no_vlan() -> None:
    read = switch("""
        dhcp enable
        dhcp snooping enable
        interface GigabitEthernet0/0/1
         port link-type access
         port default vlan 40
         stp edged-port enable
         port-security enable
         port-security max-mac-num 2
         dhcp snooping enable
         ip source check user-bind enable
    """)
    assert not read.unread
    assert read.ports[PORT].access_vlan == 40
