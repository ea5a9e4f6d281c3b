"""VLANs and ports of an RGOS switch."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import PortMode, SwitchPort
from tests.parse.rgos.reading import ALL, PORT, block, left, port, whole


def test_vlans_come_one_by_one_and_in_ranges() -> None:
    read = whole("""
        vlan 10
         name MGMT
        !
        vlan range 1,20,30-32
        vlan range 40-42
         name SEVERAL
        no vlan 31
        no vlan range 41-42
        vlan 4094
    """)
    assert read.vlans == {10, 20, 30, 32, 40, 4094}


@pytest.mark.parametrize(
    "line",
    ["vlan 0", "vlan 4095", "vlan 10,20", "vlan range 9-1", "vlan range x", "no vlan 1",
     "no vlan range 1-10", "vlan 10 name X", "voice vlan 20"],
)  # fmt: skip
def test_bad_vlan_lines_are_unread(line: str) -> None:
    assert left(line) == [line]


@pytest.mark.parametrize("line", ["private-vlan primary", "remote-span", "supervlan"])
def test_vlans_of_another_kind_are_unread(line: str) -> None:
    assert left(f"vlan 10\n {line}") == [line]


def test_a_vlan_with_an_interface_is_not_removed() -> None:
    assert left("vlan 10\ninterface vlan 10\nno vlan 10") == ["no vlan 10"]


def test_an_access_port_is_what_a_port_is_without_a_line() -> None:
    expected = SwitchPort(
        name=PORT,
        line=1,
        mode=PortMode.ACCESS,
        access_vlan=1,
        native_vlan=None,
        trunk_vlans=frozenset(),
    )
    assert port() == expected
    assert port("switchport mode access") == expected
    assert port("switchport access vlan 40").access_vlan == 40
    assert port("switchport access vlan 40", "no switchport access vlan").access_vlan == 1
    assert port("switchport mode trunk", "no switchport mode").mode is PortMode.ACCESS


def test_a_trunk_carries_all_until_a_list_says_otherwise() -> None:
    found = port("switchport mode trunk")
    assert (found.mode, found.native_vlan, found.trunk_vlans) == (PortMode.TRUNK, 1, ALL)


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (("only 10,20,30-32",), {10, 20, 30, 31, 32}),
        (("only 10", "only 20"), {20}),
        (("only 10", "add 20,30"), {10, 20, 30}),
        (("add 10",), ALL),
        (("remove 2-4094",), {1}),
        (("remove 1-9,11-4094", "add 5"), {5, 10}),
        (("only 10-20", "remove 12-19"), {10, 11, 20}),
        (("except 1-4000",), set(range(4001, 4095))),
        (("only 10", "except 1-4000"), set(range(4001, 4095))),
        (("only 10", "all"), ALL),
        (("ONLY 7", "rem 7"), set()),
    ],
)
def test_allowed_lists(lists: tuple[str, ...], expected: set[int]) -> None:
    found = port(
        "switchport mode trunk", *(f"switchport trunk allowed vlan {one}" for one in lists)
    )
    assert found.trunk_vlans == expected


def test_no_allowed_list_is_all_again() -> None:
    lines = ("switchport mode trunk", "switchport trunk allowed vlan only 10")
    assert port(*lines, "no switchport trunk allowed vlan").trunk_vlans == ALL


def test_the_native_vlan_passes_only_if_it_is_allowed() -> None:
    found = port("switchport trunk native vlan 999", "switchport trunk allowed vlan only 10,20",
                 "switchport mode trunk")  # fmt: skip
    assert found.native_vlan == 999
    assert found.trunk_vlans == {10, 20}
    lines = ("switchport mode trunk", "switchport trunk native vlan 9")
    assert port(*lines, "no switchport trunk native vlan").native_vlan == 1


def test_lines_of_the_other_mode_do_not_count() -> None:
    found = port("switchport access vlan 40", "switchport trunk allowed vlan only 10")
    assert (found.mode, found.access_vlan, found.trunk_vlans) == (PortMode.ACCESS, 40, frozenset())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # A list as IOS writes it, and other words.
        (("switchport trunk allowed vlan 10,20",), "switchport trunk allowed vlan 10,20"),
        (("switchport trunk allowed vlan none",), "switchport trunk allowed vlan none"),
        (("switchport trunk allowed vlan a 10",), "switchport trunk allowed vlan a 10"),
        (("switchport trunk allowed vlan all 10",), "switchport trunk allowed vlan all 10"),
        (("switchport trunk allowed vlan only",), "switchport trunk allowed vlan only"),
        # Modes that carry VLANs in another way.
        (("switchport mode hybrid",), "switchport mode hybrid"),
        (("switchport mode uplink",), "switchport mode uplink"),
        (("switchport mode dot1q-tunnel",), "switchport mode dot1q-tunnel"),
        (("switchport hybrid native vlan 10",), "switchport hybrid native vlan 10"),
        (("switchport protected",), "switchport protected"),
        (("switchport nonegotiate",), "switchport nonegotiate"),
        (("voice vlan 20",), "voice vlan 20"),
        (("ip access-group A in",), "ip access-group A in"),
        (("ip address 10.0.0.1 255.255.255.0",), "ip address 10.0.0.1 255.255.255.0"),
        (("no switchport", "ip address dhcp"), "ip address dhcp"),
        (("no switchport", "ip address 10.0.0.1 255.0.255.0"), "ip address 10.0.0.1 255.0.255.0"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_unread(lines: tuple[str, ...], expected: str) -> None:
    assert left(block(*lines)) == [expected]


def test_subinterfaces_are_unread() -> None:
    assert left("interface gi 0/1.10\n no switchport") == ["interface gi 0/1.10"]
    assert left("interface vlan 10/1") == ["interface vlan 10/1"]


def test_a_shut_port_may_say_what_it_likes_of_modes() -> None:
    assert port("switchport mode hybrid", "shutdown").mode is PortMode.SHUTDOWN


def test_shut_and_routed_ports() -> None:
    assert port("shutdown").mode is PortMode.SHUTDOWN
    assert port("shutdown", "no shutdown").mode is PortMode.ACCESS
    read = whole(
        block("no switchport", "ip address 10.0.0.1 30", "ip address 10.0.1.1/24 secondary")
    )
    assert read.ports[PORT].mode is PortMode.ROUTED
    assert read.addresses == {PORT: ("10.0.0.1/30", "10.0.1.1/24")}
    assert port("no switchport", "switchport").mode is PortMode.ACCESS


def test_the_management_socket_never_switches() -> None:
    read = whole("interface mgmt 0\n ip address 10.0.0.2 255.255.255.0\n gateway 10.0.0.1")
    assert read.ports["Mgmt 0"].mode is PortMode.ROUTED
    assert read.addresses == {"Mgmt 0": ("10.0.0.2/24",)}


def test_addresses_of_vlans() -> None:
    """A second one takes the place of the first; `no shutdown` says what holds anyway."""
    read = whole("""
        vlan 10
        interface VLAN 10
         no shutdown
         ip address 10.0.0.2 255.255.255.0
         ip address 10.0.0.3 255.255.255.0
         ipv6 address 2001:DB8::3/64
         ipv6 enable
        interface VLAN 1
         no ip address
         shutdown
    """)
    assert read.addresses == {"VLAN 10": ("10.0.0.3/24", "2001:db8::3/64")}
    assert read.ports == {}


def test_an_interface_wants_its_vlan_first() -> None:
    lines = ["interface VLAN 10", "ip address 10.0.0.2 255.255.255.0"]
    text = "interface VLAN 10\n ip address 10.0.0.2 255.255.255.0\n"
    assert left(f"{text}vlan 10\n") == lines
    assert left(f"vlan 10\n{text}") == []


BUNDLE = """
    interface AggregatePort 1
     switchport mode trunk
     switchport trunk allowed vlan only 10,20
"""


def test_a_member_carries_what_its_aggregate_port_carries() -> None:
    for text in (BUNDLE, ""):
        read = whole(text, block("port-group 1 mode active"), "" if text else BUNDLE)
        found = read.ports[PORT]
        assert found.mode is PortMode.TRUNK
        assert found.trunk_vlans == {10, 20}
        assert read.ports["AggregatePort 1"].trunk_vlans == {10, 20}
    alone = whole(block("port-group 3"))
    assert {one.mode for one in alone.ports.values()} == {PortMode.ACCESS}


def test_members_that_differ_are_unread() -> None:
    assert left(BUNDLE, block("switchport mode access", "port-group 1")) == [
        "switchport mode access"
    ]
    assert left(BUNDLE, block("no switchport", "port-group 1")) == ["port-group 1"]
    assert left(BUNDLE, block("port-group 1"), "no interface ag 1") == ["port-group 1"]
    assert whole(BUNDLE, block("port-group 1", "no port-group")).ports[PORT].access_vlan == 1


def test_a_shut_aggregate_port_shuts_its_members() -> None:
    read = whole(BUNDLE, "interface ag1\n shutdown", block("port-group 1"))
    assert {one.mode for one in read.ports.values()} == {PortMode.SHUTDOWN}


def test_a_gateway_beside_routing_does_nothing() -> None:
    assert left("ip default-gateway 10.0.0.1\nip routing") == ["ip default-gateway 10.0.0.1"]
    assert left("ip route 0.0.0.0 0.0.0.0 10.0.0.1\nno ip routing") == [
        "ip route 0.0.0.0 0.0.0.0 10.0.0.1"
    ]
    assert left("no ip routing\nip default-gateway 10.0.0.1") == []
