"""VLANs and ports of an IOS switch."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import PortMode, SwitchPort
from telemed_infra.parse.ios import parse_ios_switch
from tests.parse.ios.judge import read_whole, switch, unread

PORT = "GigabitEthernet1/0/1"
ALL = frozenset(range(1, 4095))


def port(*lines: str) -> SwitchPort:
    """One port whose lines are all read."""
    read = parse_ios_switch("\n ".join([f"interface {PORT}", *lines]))
    assert not read.unread, read.unread
    return read.ports[PORT]


def left(*lines: str) -> list[str]:
    """The lines of one port that are unread."""
    return unread(parse_ios_switch("\n ".join([f"interface {PORT}", *lines])))


def test_vlans_come_in_blocks_and_lists() -> None:
    read = switch("""
        vlan 10
         name MGMT
        !
        vlan 20,30-32
        vlan 999
         name PARKING
        no vlan 31
        vlan 1
    """)
    assert read_whole(read)
    assert read.vlans == {10, 20, 30, 32, 999}


@pytest.mark.parametrize(
    "line", ["vlan 0", "vlan 4095", "vlan 9-1", "vlan x", "vlan 1002", "vlan dot1q tag native",
             "vlan filter V vlan-list 10", "vlan access-map V 10"],
)  # fmt: skip
def test_bad_vlan_lines_are_unread(line: str) -> None:
    assert unread(parse_ios_switch(line)) == [line]


def test_access_port() -> None:
    found = port("description to CT 01", "switchport mode access", "switchport access vlan 40")
    assert found == SwitchPort(
        name=PORT,
        line=1,
        mode=PortMode.ACCESS,
        access_vlan=40,
        native_vlan=None,
        trunk_vlans=frozenset(),
        description="to CT 01",
    )
    assert port("switchport mode access").access_vlan == 1
    lines = ("switchport mode access", "switchport access vlan 40", "no switchport access vlan")
    assert port(*lines).access_vlan == 1


def test_a_trunk_carries_all_until_a_list_says_otherwise() -> None:
    found = port("switchport mode trunk")
    assert (found.mode, found.native_vlan, found.trunk_vlans) == (PortMode.TRUNK, 1, ALL)


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (("10,20,30-32",), {10, 20, 30, 31, 32}),
        (("10", "20"), {20}),
        (("10", "add 20,30"), {10, 20, 30}),
        (("add 10",), ALL),
        (("10-20", "remove 12-19"), {10, 11, 20}),
        (("except 1-4000",), set(range(4001, 4095))),
        (("none", "add 5"), {5}),
        (("10", "except 1-4000"), set(range(4001, 4095))),
        (("10", "all"), ALL),
        (("ADD 7", "none"), set()),
    ],
)
def test_allowed_lists(lists: tuple[str, ...], expected: set[int]) -> None:
    found = port(
        "switchport mode trunk", *(f"switchport trunk allowed vlan {one}" for one in lists)
    )
    assert found.trunk_vlans == expected


def test_no_allowed_list_is_all_again() -> None:
    lines = ("switchport mode trunk", "switchport trunk allowed vlan 10")
    assert port(*lines, "no switchport trunk allowed vlan").trunk_vlans == ALL


def test_the_native_vlan_passes_only_if_it_is_allowed() -> None:
    found = port("switchport trunk encapsulation dot1q", "switchport trunk native vlan 999",
                 "switchport trunk allowed vlan 10,20", "switchport mode trunk",
                 "switchport nonegotiate")  # fmt: skip
    assert found.native_vlan == 999
    assert found.trunk_vlans == {10, 20}


def test_lines_of_the_other_mode_do_not_count() -> None:
    """A port keeps them, as devices do; the mode says which are in force."""
    found = port("switchport access vlan 40", "switchport trunk allowed vlan 10",
                 "switchport mode access")  # fmt: skip
    assert (found.mode, found.access_vlan, found.trunk_vlans) == (PortMode.ACCESS, 40, frozenset())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("description x",), f"interface {PORT}"),
        (("switchport access vlan 40",), f"interface {PORT}"),
        (("switchport mode dynamic auto",), "switchport mode dynamic auto"),
        (("switchport mode dynamic desirable",), "switchport mode dynamic desirable"),
        (("switchport mode dot1q-tunnel",), "switchport mode dot1q-tunnel"),
        (("switchport mode access", "no switchport mode"), f"interface {PORT}"),
        (("switchport mode trunk", "switchport trunk encapsulation negotiate"),
         "switchport trunk encapsulation negotiate"),
        (("switchport mode access", "switchport voice vlan 50"), "switchport voice vlan 50"),
        (("switchport mode access", "switchport protected"), "switchport protected"),
        (("switchport mode access", "ip access-group A in"), "ip access-group A in"),
        (("switchport mode access", "authentication event fail action authorize vlan 60"),
         "authentication event fail action authorize vlan 60"),
        (("switchport mode access", "ip address 10.0.0.1 255.255.255.0"),
         "ip address 10.0.0.1 255.255.255.0"),
        (("switchport mode access", "auto qos voip cisco-phone"), "auto qos voip cisco-phone"),
        (("switchport mode trunk", "switchport trunk allowed vlan 10 20"),
         "switchport trunk allowed vlan 10 20"),
        (("switchport mode trunk", "switchport trunk allowed vlan none 5"),
         "switchport trunk allowed vlan none 5"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_unread(lines: tuple[str, ...], expected: str) -> None:
    assert left(*lines) == [expected]


def test_voice_is_taken_back_and_does_not_count_on_a_trunk() -> None:
    lines = ("switchport mode access", "switchport voice vlan 50", "no switchport voice vlan")
    assert port(*lines).access_vlan == 1
    assert port("switchport mode trunk", "switchport voice vlan 50").mode is PortMode.TRUNK


def test_shut_and_routed_ports() -> None:
    assert port("shutdown").mode is PortMode.SHUTDOWN
    shut = port("switchport mode access", "switchport access vlan 9", "shutdown")
    assert (shut.mode, shut.access_vlan) == (PortMode.SHUTDOWN, None)
    assert port("shutdown", "switchport mode access", "no shutdown").mode is PortMode.ACCESS
    routed = ("no switchport", "ip address 10.0.0.1 255.255.255.252")
    assert port(*routed).mode is PortMode.ROUTED
    assert port(*routed, "no ip address", "switchport", "switchport mode access").mode is (
        PortMode.ACCESS
    )


def test_a_port_in_the_management_vrf_never_switches() -> None:
    read = switch("""
        vrf definition Mgmt-vrf
         address-family ipv4
         exit-address-family
        interface GigabitEthernet0/0
         vrf forwarding Mgmt-vrf
         ip address 192.0.2.1 255.255.255.0
         negotiation auto
        interface FastEthernet0
         no ip address
    """)
    assert read_whole(read)
    assert {one.mode for one in read.ports.values()} == {PortMode.ROUTED}


def test_a_range_holds_for_each_of_its_ports() -> None:
    read = switch("""
        interface range Gi1/0/1 - 3, Te1/1/1
         switchport mode access
         switchport access vlan 40
        interface range gigabitethernet 1/0/2-3
         shutdown
        int ra g1/0/9 - g1/0/10
         sw mo tr
    """)
    assert read_whole(read)
    modes = {name: one.mode for name, one in read.ports.items()}
    assert modes == {
        "GigabitEthernet1/0/1": PortMode.ACCESS,
        "GigabitEthernet1/0/2": PortMode.SHUTDOWN,
        "GigabitEthernet1/0/3": PortMode.SHUTDOWN,
        "TenGigabitEthernet1/1/1": PortMode.ACCESS,
        "GigabitEthernet1/0/9": PortMode.TRUNK,
        "GigabitEthernet1/0/10": PortMode.TRUNK,
    }


@pytest.mark.parametrize(
    "names", ["Gi1/0/3 - 1", "Gi1/0/1 - Te1/0/4", "Gi1/0/1, Gi1/0/1", "Gi1/0/1 -", "t1/0/1 - 2"]
)
def test_ranges_that_are_none(names: str) -> None:
    line = f"interface range {names}"
    assert unread(switch(f"{line}\n switchport mode access")) == [line, "switchport mode access"]


def test_default_interface_takes_all_away() -> None:
    read = switch("""
        interface Gi1/0/1
         switchport mode trunk
         shutdown
        default interface Gi1/0/1
        interface Gi1/0/1
         switchport mode access
    """)
    assert read_whole(read)
    assert read.ports[PORT].mode is PortMode.ACCESS


def test_members_carry_what_their_bundle_carries() -> None:
    read = switch("""
        interface Port-channel1
         switchport mode trunk
         switchport trunk allowed vlan 10
        interface TenGigabitEthernet1/1/1
         switchport mode trunk
         switchport trunk allowed vlan 10
         channel-group 1 mode active
        interface TenGigabitEthernet1/1/2
         channel-group 1 mode active
         shutdown
        interface TenGigabitEthernet1/1/3
         switchport trunk allowed vlan 20
         channel-group 1 mode active
    """)
    assert unread(read) == ["switchport trunk allowed vlan 20"]
    assert read.ports["TenGigabitEthernet1/1/1"].trunk_vlans == {10}
    assert read.ports["TenGigabitEthernet1/1/2"].mode is PortMode.SHUTDOWN
    assert read.ports["Port-channel1"].trunk_vlans == {10}


def test_members_are_shut_with_their_bundle() -> None:
    read = switch("""
        interface Port-channel1
         switchport mode trunk
         shutdown
        interface TenGigabitEthernet1/1/1
         switchport mode trunk
         channel-group 1 mode active
    """)
    assert read_whole(read)
    assert read.ports["TenGigabitEthernet1/1/1"].mode is PortMode.SHUTDOWN


def test_the_first_member_makes_the_bundle() -> None:
    read = switch("""
        interface range te1/1/1 - 2
         switchport mode trunk
         switchport trunk allowed vlan 10,20
         channel-group 7 mode on
        interface po7
         switchport trunk allowed vlan add 30
    """)
    assert read.ports["Port-channel7"].trunk_vlans == {10, 20, 30}
    assert len(read.unread) == 1  # the members' own lists no longer agree
    read = switch("""
        interface te1/1/1
         switchport mode trunk
         channel-group 7 mode on
    """)
    assert read_whole(read)
    assert read.ports["Port-channel7"].mode is PortMode.TRUNK


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("vtp mode transparent", "vtp domain HOSPITAL", "vlan 10"), []),
        (("vtp mode off", "vlan 10"), []),
        (("vlan 10",), []),
        (("vtp mode client",), ["vtp mode client"]),
        (("vtp mode server", "vtp domain HOSPITAL", "vlan 10"), ["vtp mode server"]),
        (("vtp domain HOSPITAL", "vlan 10"), ["vtp domain HOSPITAL"]),
    ],
)
def test_vlans_that_come_from_others_are_unread(
    lines: tuple[str, ...], expected: list[str]
) -> None:
    assert unread(parse_ios_switch("\n".join(lines))) == expected


def test_own_addresses() -> None:
    read = switch("""
        hostname GZ-ASW-01
        interface Vlan10
         ip address 10.16.0.2 255.255.255.0
         ip address 10.16.0.3 255.255.255.0
         ip address 10.16.1.3 255.255.255.0 secondary
         ipv6 address 2001:DB8::3/64
         ipv6 address FE80::3 link-local
         vrrp 10 ip 10.16.0.254
         no shutdown
        interface Vlan1
         no ip address
         shutdown
        interface Loopback0
         ip address 10.8.0.9 255.255.255.255
    """)
    assert read_whole(read)
    assert read.hostname == "GZ-ASW-01"
    assert read.ports == {}
    assert read.addresses == {
        "Vlan10": ("10.16.0.3/24", "10.16.1.3/24", "2001:db8::3/64"),
        "Loopback0": ("10.8.0.9/32",),
    }


def test_suspended_and_remote_vlans_are_unread() -> None:
    assert unread(switch("vlan 10\n state suspend\nvlan 11\n remote-span\nvlan 12\n shutdown")) == [
        "state suspend", "remote-span", "shutdown",
    ]  # fmt: skip


def test_protection_and_marks_are_inert() -> None:
    found = port(
        "switchport access vlan 40", "switchport mode access", "switchport port-security",
        "switchport port-security maximum 2", "switchport port-security violation restrict",
        "switchport port-security aging time 10", "authentication host-mode multi-domain",
        "authentication order dot1x mab", "authentication port-control auto", "mab",
        "dot1x pae authenticator", "dot1x timeout tx-period 7",
        "storm-control broadcast level 1.00", "spanning-tree portfast",
        "spanning-tree bpduguard enable", "ip verify source", "ip dhcp snooping limit rate 15",
        "service-policy input P-EDGE-IN", "no cdp enable", "no lldp transmit",
    )  # fmt: skip
    assert found.access_vlan == 40


QOS = """
    ip access-list extended A-VIDEO
     permit udp any any range 16384 32767
     deny udp any any eq 53
    class-map match-any C-VIDEO
     match access-group name A-VIDEO
     match dscp af41 af42
    policy-map P-EDGE-IN
     class C-VIDEO
      set dscp af41
      police 10000000 exceed-action drop
     class class-default
      {}
    interface Gi1/0/1
     switchport mode access
     service-policy input P-EDGE-IN
"""


def test_marking_is_inert_even_with_a_deny() -> None:
    """On this platform a deny takes a packet out of the class, and drops nothing."""
    assert read_whole(switch(QOS.format("set dscp default")))


@pytest.mark.parametrize("line", ["drop", "police 8000 conform-action drop exceed-action drop"])
def test_a_class_that_drops_is_a_filter_and_unread(line: str) -> None:
    assert unread(switch(QOS.format(line))) == [line]


def test_a_switch_is_asked_for_no_tunnel() -> None:
    assert switch("crypto isakmp policy 1\n encryption aes\n!\n").unread == ()
