"""Interfaces: link modes, ranges, aggregates, addresses, and the names they go by."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import PortMode
from tests.parse.comware.reading import PORT, VLANS, block, port, switch, unread, whole, why

AGGREGATE = """
    vlan 10 to 12
    #
    interface Bridge-Aggregation1
     description uplink
     port link-type trunk
     undo port trunk permit vlan 1
     port trunk permit vlan 10 to 11
     link-aggregation mode dynamic
    #
"""
MEMBER = """
    interface Ten-GigabitEthernet1/0/49
     port link-mode bridge
     port link-type trunk
     undo port trunk permit vlan 1
     port trunk permit vlan 10 to 11
     port link-aggregation group 1
    #
"""


def test_shut_ports() -> None:
    shut = port("port access vlan 40", "shutdown")
    assert (shut.mode, shut.access_vlan) == (PortMode.SHUTDOWN, None)
    assert port("shutdown", "undo shutdown").mode is PortMode.ACCESS


def test_routed_ports() -> None:
    read = whole(f"""
        interface {PORT}
         port link-mode route
         ip address 10.0.0.1 255.255.255.252
        #
        interface Route-Aggregation7
         ip address 10.0.0.5 30
        #
    """)
    assert read.ports[PORT].mode is PortMode.ROUTED
    assert read.ports["Route-Aggregation7"].mode is PortMode.ROUTED
    assert read.addresses == {PORT: ("10.0.0.1/30",), "Route-Aggregation7": ("10.0.0.5/30",)}


def test_a_new_link_mode_takes_all_lines_back_but_shutdown() -> None:
    """Source: docs/reference/platforms.md."""
    lines = ("port access vlan 40", "shutdown", "port link-mode route", "port link-mode bridge")
    assert port(*lines).mode is PortMode.SHUTDOWN
    assert port(*lines, "undo shutdown").access_vlan == 1
    assert port("port access vlan 40", "port link-mode bridge").access_vlan == 40


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"interface {PORT}\n description x\n", f"interface {PORT}"),
        (block("ip address 10.0.0.1 24"), "ip address 10.0.0.1 24"),
        (block("port link-mode route", "port access vlan 9"), "port access vlan 9"),
        (block("port link-mode route", "port link-type trunk"), "port link-type trunk"),
        (block("undo port link-mode"), "undo port link-mode"),
        (block(name=f"{PORT}.100"), f"interface {PORT}.100"),
        ("interface Bridge-Aggregation1\n port link-mode route\n", "port link-mode route"),
        ("interface LoopBack0\n port link-type trunk\n", "port link-type trunk"),
        ("interface Vlan-interface60\n", "interface Vlan-interface60"),
        ("undo interface Bridge-Aggregation1", "undo interface Bridge-Aggregation1"),
        (f"undo interface {PORT}", f"undo interface {PORT}"),
    ],
)
def test_what_cannot_be_known_or_is_refused(text: str, left: str) -> None:
    assert unread(text) == [left]


def test_a_shut_port_that_names_no_link_mode_is_simply_shut() -> None:
    read = whole(f"interface {PORT}\n shutdown\n")
    assert read.ports[PORT].mode is PortMode.SHUTDOWN


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("GigabitEthernet 1/0/2", "GigabitEthernet1/0/2"),
        ("gigabitethernet1/0/2", "GigabitEthernet1/0/2"),
        ("g1/0/2", "GigabitEthernet1/0/2"),
        ("Gi 1/0/2", "GigabitEthernet1/0/2"),
        ("GE1/0/2", "GigabitEthernet1/0/2"),
        ("Ten1/0/49", "Ten-GigabitEthernet1/0/49"),
        ("ten-g 1/0/49", "Ten-GigabitEthernet1/0/49"),
        ("XGE1/0/49", "Ten-GigabitEthernet1/0/49"),
        ("Ten-GigabitEthernet1/0/49:1", "Ten-GigabitEthernet1/0/49:1"),
        ("FortyG1/0/53", "FortyGigE1/0/53"),
        ("hu1/0/1", "HundredGigE1/0/1"),
        ("twenty-five 1/0/1", "Twenty-FiveGigE1/0/1"),
        ("bridge-agg 1", "Bridge-Aggregation1"),
        ("BAGG1", "Bridge-Aggregation1"),
    ],
)
def test_names_as_they_are_typed(typed: str, full: str) -> None:
    assert full in whole(f"interface {typed}\n shutdown\n").ports


@pytest.mark.parametrize(
    "name",
    ["", "f1/0/1", "t1/0/1", "GigabitEthernet", "Eth-Trunk1", "GigabitEthernet1/0/1x", "Vlanif10",
     "GigabitEthernet1 /0/1", "GigabitEthernet 1/0/1 2", "\u0661"],
)  # fmt: skip
def test_what_is_no_name_or_not_clearly_one(name: str) -> None:
    line = f"interface {name}".strip()
    assert unread(f"{line}\n") == [line]


def test_a_range_is_each_of_its_ports() -> None:
    read = whole(
        VLANS
        + """
interface range GigabitEthernet 1/0/1 to GigabitEthernet 1/0/3 Ten-GigabitEthernet1/0/49
 port link-mode bridge
 port access vlan 20
#
interface GigabitEthernet1/0/2
 port access vlan 30
#
"""
    )
    assert {name: found.access_vlan for name, found in read.ports.items()} == {
        "GigabitEthernet1/0/1": 20,
        "GigabitEthernet1/0/2": 30,
        "GigabitEthernet1/0/3": 20,
        "Ten-GigabitEthernet1/0/49": 20,
    }


def test_a_range_with_a_name_is_kept() -> None:
    read = whole(
        VLANS
        + """
interface range name BEDS interface g1/0/1 to g1/0/2
 port link-mode bridge
#
interface range name BEDS
 port access vlan 20
#
undo interface range name BEDS
"""
    )
    assert [found.access_vlan for found in read.ports.values()] == [20, 20]
    gone = "undo interface range name BEDS\ninterface range name BEDS\n"
    assert unread(gone) == ["interface range name BEDS"]


@pytest.mark.parametrize(
    "line",
    [
        "interface range", "interface range name", "interface range name X",
        "interface range GigabitEthernet 1/0/1 to",
        "interface range GigabitEthernet 1/0/4 to GigabitEthernet 1/0/1",
        "interface range GigabitEthernet 1/0/1 to GigabitEthernet 2/0/4",
        "interface range GigabitEthernet 1/0/1 to Ten-GigabitEthernet 1/0/4",
        "interface range GigabitEthernet 1/0/1 to GigabitEthernet 1/0/9999",
        "interface range Bridge-Aggregation 1 to Bridge-Aggregation 2",  # they are not made yet
        "interface range Vlan-interface 10", "undo interface range",
    ],
)  # fmt: skip
def test_bad_ranges_are_unread(line: str) -> None:
    assert unread(line) == [line]


def test_a_line_that_one_port_of_a_range_refuses_is_unread() -> None:
    text = block("port link-type trunk") + VLANS + (
        "interface range g1/0/1 to g1/0/2\n port link-mode bridge\n port access vlan 20\n"
    )  # fmt: skip
    assert unread(text) == ["port access vlan 20"]


def test_a_range_of_aggregates_that_exist() -> None:
    read = whole("""
        interface Bridge-Aggregation1
        interface Bridge-Aggregation2
        interface range Bridge-Aggregation 1 to Bridge-Aggregation 2
         port link-type trunk
    """)
    assert {found.mode for found in read.ports.values()} == {PortMode.TRUNK}


def test_members_carry_what_their_aggregate_carries() -> None:
    read = whole(AGGREGATE + MEMBER)
    bundle, member = read.ports["Bridge-Aggregation1"], read.ports["Ten-GigabitEthernet1/0/49"]
    assert bundle.trunk_vlans == member.trunk_vlans == {10, 11}
    assert bundle.description == "uplink"


def test_what_is_typed_for_the_aggregate_goes_to_its_members() -> None:
    read = whole("""
        vlan 10 to 12
        interface Bridge-Aggregation 1
        link-aggregation mode dynamic
        quit
        interface range GigabitEthernet 1/0/1 to GigabitEthernet 1/0/2
        port link-aggregation group 1
        quit
        interface Bridge-Aggregation 1
        port link-type trunk
        port trunk permit vlan 10
        quit
    """)
    assert {found.trunk_vlans for found in read.ports.values()} == {frozenset({1, 10})}


def test_a_member_that_differs_from_its_aggregate_is_not_used() -> None:
    late = AGGREGATE + MEMBER.replace("permit vlan 10 to 11", "permit vlan 10")
    assert unread(late) == ["port link-aggregation group 1"]
    assert "differ" in why(late)
    assert "Ten-GigabitEthernet1/0/49" not in switch(late).ports
    bare = AGGREGATE + f"    interface {PORT}\n     port link-aggregation group 1\n"
    assert unread(bare) == ["port link-aggregation group 1"]


def test_members_are_shut_with_their_aggregate() -> None:
    read = whole(AGGREGATE.replace("link-aggregation mode dynamic", "shutdown") + MEMBER)
    assert {found.mode for found in read.ports.values()} == {PortMode.SHUTDOWN}


def test_a_port_leaves_its_aggregate_without_a_number() -> None:
    lines = "     undo port link-aggregation group\n     port trunk permit vlan 12\n    #\n"
    read = whole(AGGREGATE + MEMBER.replace("    #\n", lines))
    assert read.ports["Ten-GigabitEthernet1/0/49"].trunk_vlans == {10, 11, 12}
    numbered = AGGREGATE + MEMBER.replace("    #\n", "     undo port link-aggregation group 1\n")
    assert unread(numbered) == ["undo port link-aggregation group 1"]


def test_routed_ports_join_a_routed_aggregate() -> None:
    text = f"""
        interface Route-Aggregation3
        #
        interface {PORT}
         port link-mode route
         port link-aggregation group 3
    """
    assert whole(text).ports[PORT].mode is PortMode.ROUTED
    assert unread(text.replace("Route-", "Bridge-")) == ["port link-aggregation group 3"]


@pytest.mark.parametrize(
    "text",
    [
        block("port link-aggregation group 9"),
        "interface Bridge-Aggregation1\n port link-aggregation group 1\n",
        block("port link-aggregation group"),
        block("port link-aggregation group x"),
    ],
)
def test_aggregates_that_are_not_there(text: str) -> None:
    (left,) = unread(text)
    assert left.startswith("port link-aggregation group")


def test_own_addresses() -> None:
    read = whole("""
         sysname GZ-ASW-01
        #
        vlan 10
        #
        interface Vlan-interface10
         ip address 10.16.0.1 255.255.255.0
         ip address 10.16.1.1 24 sub
         ipv6 address 2001:db8::1/64
         ipv6 address 2001:db8:1::1 64
         ipv6 address FE80::1 link-local
         ipv6 address auto link-local
         vrrp vrid 10 virtual-ip 10.16.0.254
        #
        interface LoopBack0
         ip address 10.8.0.9 32
        #
        interface M-GigabitEthernet0/0/0
         ip binding vpn-instance mgmt
         ip address 192.0.2.1 255.255.255.0
        #
    """)
    assert read.hostname == "GZ-ASW-01"
    assert read.ports == {}
    assert read.addresses == {
        "Vlan-interface10": ("10.16.0.1/24", "10.16.1.1/24", "2001:db8::1/64", "2001:db8:1::1/64"),
        "LoopBack0": ("10.8.0.9/32",),
        "M-GigabitEthernet0/0/0": ("192.0.2.1/24",),
    }


LAYER3 = "vlan 10\n#\ninterface Vlan-interface10\n ip address 10.0.0.1 24\n "


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (("ip address 10.0.0.9 24",), ("10.0.0.9/24",)),  # the primary takes the other's place
        (("ip address 10.0.1.1 24 sub", "undo ip address 10.0.1.1 24 sub"), ("10.0.0.1/24",)),
        (("ip address 10.0.1.1 24 sub",) * 2, ("10.0.0.1/24", "10.0.1.1/24")),
        (("undo ip address 10.0.0.1 24",), ()),
        (("undo ip address",), ()),
        (("ipv6 address 2001:db8::1/64", "undo ip address"), ("2001:db8::1/64",)),
        (("ipv6 address 2001:db8::1/64", "undo ipv6 address"), ("10.0.0.1/24",)),
        (("ipv6 address 2001:db8::1 64", "undo ipv6 address 2001:db8::1/64"), ("10.0.0.1/24",)),
        (("ip binding vpn-instance X",), ()),  # it takes the address away
    ],
)
def test_addresses_change_as_on_the_device(lines: tuple[str, ...], left: tuple[str, ...]) -> None:
    read = whole(LAYER3 + "\n ".join(lines))
    assert read.addresses.get("Vlan-interface10", ()) == left


@pytest.mark.parametrize(
    "lines",
    [
        ("undo ip address", "ip address 10.0.1.1 24 sub"),
        ("undo ip address 10.0.0.7 24",),
        ("ip address 10.0.1.1 24 sub", "undo ip address 10.0.0.1 24"),
        ("undo ipv6 address 2001:db8::1/64",),
        ("ip address dhcp-alloc",),
        ("ip address 10.0.0.1",),
        ("ip address 10.0.0.1 255.0.255.0",),
        ("ipv6 address 2001:db8::1/64 eui-64",),
    ],
)
def test_addresses_that_the_device_or_the_reader_refuses(lines: tuple[str, ...]) -> None:
    assert unread(LAYER3 + "\n ".join(lines)) == [lines[-1]]


def test_interfaces_go_with_their_lines() -> None:
    read = whole(LAYER3 + "\n#\nundo interface Vlan-interface 10\nundo vlan 10\n")
    assert not read.addresses
    assert not read.vlans
