"""Zones, interfaces and what passes without a rule on a SecPath firewall."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import LOCAL
from telemed_infra.parse.secpath import parse_secpath
from tests.parse.secpath.texts import (
    BETWEEN,
    HOST,
    INSIDE,
    INSIDE2,
    OUT,
    OUTSIDE,
    SERVER,
    SERVER6,
    WARD,
    WIRED,
    firewall,
    policy,
    rule,
)
from tests.parse.vrp.judge import deciding, passes, read_whole

BOX = "10.0.1.254"
MANAGED = "M-GigabitEthernet1/0/0"
MANAGEMENT = f"security-zone name Management\n import interface {MANAGED}\n#\n"


def test_zones_are_named_as_the_text_names_them_and_local_is_none() -> None:
    read = firewall("""
        security-zone name Local
        #
        security-zone name Trust
        #
        security-zone name WAN
         import interface GigabitEthernet1/0/3
         import interface Route-Aggregation1.1051
        #
        security-zone name dmz
         import interface GigabitEthernet1/0/4
    """)
    assert read_whole(read)
    assert read.zones == {
        "Trust": frozenset(),
        "WAN": {OUTSIDE, "Route-Aggregation1.1051"},
        "DMZ": {"GigabitEthernet1/0/4"},
    }


def test_built_in_zones_need_no_line_to_be_named_by_rules() -> None:
    text = "security-policy ip\n rule 0 name R\n  action pass\n"
    for zone in ("Local", "Trust", "DMZ", "Untrust", "Management"):
        assert read_whole(parse_secpath(f"{text}  source-zone {zone}\n"))
    assert parse_secpath(f"{text}  source-zone WAN\n").unread


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("gigabitethernet 1/0/1", "GigabitEthernet1/0/1"),
        ("GE1/0/1", "GigabitEthernet1/0/1"),
        ("g1/0/1.40", "GigabitEthernet1/0/1.40"),
        ("XGE1/0/25", "Ten-GigabitEthernet1/0/25"),
        ("Ten 1/0/25", "Ten-GigabitEthernet1/0/25"),
        ("RAGG1", "Route-Aggregation1"),
        ("vlan-int 10", "Vlan-interface10"),
        ("loopback 0", "LoopBack0"),
        ("M-GE1/0/0", None),
        ("t1/0/1", None),
        ("Eth-Trunk1", None),
        ("GigabitEthernet", None),
        ("Vlanif10", None),
    ],
)
def test_names_of_interfaces(typed: str, full: str | None) -> None:
    read = firewall(f"security-zone name DMZ\n import interface {typed}\n")
    assert read_whole(read) is (full is not None)
    assert read.zones["DMZ"] == ({full} if full else frozenset())


@pytest.mark.parametrize(
    "line",
    [
        "security-zone name Local\n import interface GE1/0/9",
        "security-zone name DMZ\n import interface GE1/0/1",
        "security-zone name DMZ\n undo import interface GE1/0/9",
        "security-zone name OUT-SIDE",
        "security-zone name " + "x" * 32,
        "security-zone name DMZ\n import vlan 10 to 20",
        "security-zone name DMZ\n import ip 10.0.0.0 8",
        "security-zone name DMZ\n import ipv6 2001:db8:: 32",
        "undo security-zone name Trust",
        "undo security-zone name NOWHERE",
        "security-zone WAN",
    ],
)
def test_what_a_zone_does_not_take(line: str) -> None:
    read = parse_secpath(f"{WIRED}{line}\n#\n")
    assert [item.text for item in read.unread] == [line.rsplit("\n", maxsplit=1)[-1].strip()]
    assert read.zones["Trust"] == {INSIDE, INSIDE2}


def test_an_interface_moves_after_undo_import_and_a_zone_may_go() -> None:
    read = parse_secpath(
        f"{WIRED}security-zone name Trust\n undo import interface {INSIDE2}\n#\n"
        f"security-zone name WARD\n import interface {INSIDE2}\n#\n"
        "undo security-zone name Untrust\n"
        f"undo security-zone name WARD\nsecurity-zone name Untrust\n"
    )
    assert [item.text for item in read.unread] == ["undo security-zone name Untrust"]
    assert read.zones == {"Trust": {INSIDE}, "Untrust": {OUTSIDE}}


def test_an_interface_in_no_zone_passes_nothing() -> None:
    read = policy(rule(), before="interface GigabitEthernet1/0/9\n ip address 10.9.9.1 24\n")
    assert read_whole(read)
    assert not passes(read, ("GigabitEthernet1/0/9", OUTSIDE), HOST, SERVER, "tcp/80")
    assert not passes(read, (OUTSIDE, "GigabitEthernet1/0/9"), HOST, SERVER, "tcp/80")
    assert not passes(read, ("GigabitEthernet1/0/9", LOCAL), HOST, SERVER, "tcp/80")
    assert passes(read, OUT, HOST, SERVER, "tcp/80")


# Within a zone: trap 21, correction 1 -----------------------------------------------------------


def test_within_a_zone_everything_is_dropped_until_told_otherwise() -> None:
    """Trap 21, correction 1: USG permits here, SecPath drops."""
    read = policy(rule("source-zone Trust", "destination-zone Untrust"))
    assert not passes(read, BETWEEN, HOST, "10.0.1.2", "tcp/80")
    named = policy(rule("source-zone Trust", "destination-zone Trust", "service ssh"))
    assert passes(named, BETWEEN, HOST, "10.0.1.2", "tcp/22")
    assert not passes(named, BETWEEN, HOST, "10.0.1.2", "tcp/23")


PERMIT = "security-zone intra-zone default permit\n"


def test_intra_zone_permit_opens_each_zone_to_itself_in_both_families() -> None:
    read = policy("", before=PERMIT)
    assert read_whole(read)
    for pair in ((HOST, "10.0.1.2"), ("2001:db8::1", "2001:db8::2")):
        assert passes(read, BETWEEN, *pair, "tcp/80")
        assert passes(read, (OUTSIDE, OUTSIDE), *pair, "tcp/80")
        assert not passes(read, OUT, *pair, "tcp/80")
        assert not passes(read, (INSIDE, LOCAL), *pair, "tcp/80")
    undone = policy("", before=f"{PERMIT}undo {PERMIT}")
    assert read_whole(undone)
    assert not passes(undone, BETWEEN, HOST, "10.0.1.2", "tcp/80")


def test_a_rule_for_the_zone_itself_comes_before_intra_zone_permit() -> None:
    deny = rule("source-zone Trust", "destination-zone Trust", "service telnet", action="drop")
    read = policy(deny, before=PERMIT)
    assert not passes(read, BETWEEN, HOST, "10.0.1.2", "tcp/23")
    assert passes(read, BETWEEN, HOST, "10.0.1.2", "tcp/22")


def test_a_rule_without_zones_is_not_relied_on_to_close_a_zone() -> None:
    last = rule("logging enable", name="LAST", action="drop")
    assert passes(policy(last, before=PERMIT), BETWEEN, HOST, "10.0.1.2", "tcp/80")
    assert not passes(policy(last), BETWEEN, HOST, "10.0.1.2", "tcp/80")


# To and from the box ----------------------------------------------------------------------------


def test_the_box_is_closed_until_a_rule_names_local() -> None:
    read = policy(rule("source-zone Trust", "destination-zone Local", "service ssh"))
    assert passes(read, (INSIDE, LOCAL), HOST, BOX, "tcp/22")
    assert not passes(read, (INSIDE, LOCAL), HOST, BOX, "tcp/443")
    assert not passes(read, (OUTSIDE, LOCAL), HOST, BOX, "tcp/22")
    assert not passes(read, (LOCAL, INSIDE), BOX, HOST, "udp/123")


def test_management_and_local_are_open_to_each_other_both_ways() -> None:
    """Source: web configuration guide, security zones: permitted by default."""
    read = policy(rule("source-zone Trust", "destination-zone Untrust"), before=MANAGEMENT)
    assert read_whole(read)
    for way in ((MANAGED, LOCAL), (LOCAL, MANAGED)):
        assert passes(read, way, HOST, BOX, "tcp/23")
        assert passes(read, way, "2001:db8::1", "2001:db8::2", "tcp/23")
    assert not passes(read, (MANAGED, INSIDE), HOST, BOX, "tcp/23")
    assert not passes(read, (INSIDE, MANAGED), HOST, BOX, "tcp/23")
    decided = deciding(read.chains[0], (MANAGED, LOCAL), HOST, BOX, "tcp/23")
    assert decided
    assert (decided.name, decided.line) == ("Management and Local", 11)


def test_only_rules_that_name_both_zones_close_management() -> None:
    last = rule("logging enable", number=9, name="LAST", action="drop")
    every = rule("source-zone any", "destination-zone any", name="ANY", action="drop")
    for rules in (last, f"{every}\n{last}"):
        assert passes(policy(rules, before=MANAGEMENT), (MANAGED, LOCAL), HOST, BOX, "tcp/23")
    named = rule("source-zone Management", "destination-zone Local", name="M", action="drop")
    read = policy(f"{named}\n{last}", before=MANAGEMENT)
    assert not passes(read, (MANAGED, LOCAL), HOST, BOX, "tcp/23")
    assert passes(read, (LOCAL, MANAGED), BOX, HOST, "udp/514")
    assert passes(read, (MANAGED, LOCAL), SERVER6, "2001:db8::2", "tcp/23")  # the other family


@pytest.mark.parametrize("line", ["manage https inbound", "undo manage ping inbound"])
def test_a_way_past_the_policy_is_unread(line: str) -> None:
    read = firewall(f"interface GE1/0/1\n {line}\n")
    assert [item.text for item in read.unread] == [line]


# Interfaces -------------------------------------------------------------------------------------


def test_addresses_and_tags_of_interfaces() -> None:
    read = firewall("""
        interface GigabitEthernet1/0/1
         port link-mode route
         ip address 10.0.1.254 255.255.255.0
         ip address 10.0.2.254 255.255.255.0 sub
         ipv6 address FE80::1 link-local
         ipv6 address 2001:DB8:1::FE/64
         ipv6 address 2001:db8:2::fe 64
        #
        interface GigabitEthernet1/0/4
        #
        interface GigabitEthernet1/0/4.40
         ip address 10.0.40.254 25
         vlan-type dot1q vid 40
        #
        interface LoopBack0
         ip address 10.255.0.1 32
    """)
    assert read_whole(read)
    assert read.addresses == {
        INSIDE: ("10.0.1.254/24", "10.0.2.254/24", "2001:db8:1::fe/64", "2001:db8:2::fe/64"),
        WARD: ("10.0.40.254/25",),
        "LoopBack0": ("10.255.0.1/32",),
    }
    assert read.vlans == {WARD: 40}


def test_a_second_primary_address_takes_the_place_of_the_first() -> None:
    read = firewall("""
        interface GE1/0/1
         ip address 10.0.1.1 24
         ip address 10.0.2.1 24
         ip address 10.0.3.1 24 sub
         undo ip address 10.0.3.1 24
    """)
    assert read_whole(read)
    assert read.addresses == {INSIDE: ("10.0.2.1/24",)}


@pytest.mark.parametrize(
    "line",
    [
        "ip address 10.0.0.1 255.0.255.0",
        "ip address dhcp-alloc",
        "undo ip address",
        "undo ip address 10.0.0.9 24",
        "ipv6 address 2001:db8::1 link-local",
        "ip address 10.0.0.1 link-local",
        "vlan-type dot1q vid 10 to 20",
        "vlan-type dot1q vid 4095",
        "vlan-type dot1q default",
        "ip binding vpn-instance MGT",
        "packet-filter 3000 inbound",
        "nat outbound",
        "nat server protocol tcp global 203.0.113.7 443 inside 10.0.1.9 443",
        "nat static enable failover-group G",
        "aspf apply policy 1 outbound",
        "ipsec apply policy VPN",
        "qos apply policy X inbound",
        "member interface GigabitEthernet1/0/2",
    ],
)
def test_lines_of_an_interface_that_are_not_vouched_for(line: str) -> None:
    read = firewall(f"interface GE1/0/1\n {line}\n")
    assert [item.text for item in read.unread] == [line]
    assert read.unread[0].why


def test_a_shut_interface_and_what_is_on_it_passes_nothing() -> None:
    shut = f"interface {OUTSIDE}\n shutdown\n#\ninterface GE1/0/4\n shutdown\n#\n"
    read = policy(rule(), before=shut)
    assert read_whole(read)
    assert not passes(read, OUT, HOST, SERVER, "tcp/80")
    assert not passes(read, (WARD, INSIDE), HOST, SERVER, "tcp/80")
    assert passes(read, BETWEEN, HOST, SERVER, "tcp/80")
    again = policy(rule(), before=f"{shut}interface {OUTSIDE}\n undo shutdown\n")
    assert passes(again, OUT, HOST, SERVER, "tcp/80")


BRIDGED = """
    vlan 40
    #
    vlan 50
    #
    interface GigabitEthernet1/0/5
     port link-mode bridge
     port link-type trunk
     undo port trunk permit vlan 1
     port trunk permit vlan 40 50 60
    #
    interface GigabitEthernet1/0/6
     port link-mode bridge
     port access vlan 40
    #
    security-zone name BEDS
     import interface GigabitEthernet1/0/5 vlan 40 50 to 60
     import interface GigabitEthernet1/0/6 vlan 40 50
    #
"""


def test_vlans_of_bridging_ports_are_members_one_by_one() -> None:
    read = policy(rule("source-zone BEDS"), before=BRIDGED)
    assert read_whole(read), read.unread
    assert len(read.zones["BEDS"]) == 14
    assert read.vlans["GigabitEthernet1/0/5 vlan 50"] == 50
    live = {
        "GigabitEthernet1/0/5 vlan 40": True,
        "GigabitEthernet1/0/5 vlan 50": True,
        "GigabitEthernet1/0/5 vlan 51": False,  # the trunk does not carry it
        "GigabitEthernet1/0/5 vlan 60": False,  # no such VLAN was made
        "GigabitEthernet1/0/6 vlan 40": True,
        "GigabitEthernet1/0/6 vlan 50": False,  # an access port has one VLAN
    }
    for member, passing in live.items():
        assert passes(read, (member, OUTSIDE), HOST, SERVER, "tcp/80") is passing


@pytest.mark.parametrize(
    "lines",
    [
        "port link-type hybrid",
        "port trunk permit vlan 10",
        "port link-type trunk\n port access vlan 10",
        "port hybrid vlan 10 untagged",
    ],
)
def test_what_a_bridging_port_does_not_take(lines: str) -> None:
    read = parse_secpath(f"interface GE1/0/5\n {lines}\n")
    assert [item.text for item in read.unread] == [lines.rsplit("\n ", maxsplit=1)[-1]]


def test_a_vlan_of_a_port_is_in_one_zone() -> None:
    text = BRIDGED + "security-zone name OTHER\n     import interface GE1/0/5 vlan 39 to 40\n"
    read = firewall(text.replace("security-zone name OTHER", "    security-zone name OTHER"))
    assert [item.text for item in read.unread] == ["import interface GE1/0/5 vlan 39 to 40"]
    assert read.zones["OTHER"] == frozenset()


def test_a_tunnel_is_an_interface_of_its_zone() -> None:
    read = firewall("""
        interface Tunnel1 mode ipsec
         ip address 10.3.0.1 255.255.255.252
         source 203.0.113.1
         destination 203.0.113.2
        #
        security-zone name VPN
         import interface Tunnel1
        #
        security-policy ip
         rule 0 name R
          action pass
          source-zone VPN
          destination-zone VPN
          service dns-udp
    """)
    assert read_whole(read), read.unread
    assert passes(read, ("Tunnel1", "Tunnel1"), HOST, SERVER, "udp/53")
    assert firewall("interface Tunnel1 mode advpn gre\n").unread
