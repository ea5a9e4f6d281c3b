"""Multicast on Huawei devices: what routers and firewalls forward, what switches hold back.

Texts in the shape of the command references, typed by hand.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.multicast import NO_MULTICAST, SOURCE_SPECIFIC, MulticastRouting
from telemed_infra.packets import Ranges, network_range
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.parse.vrp import parse_usg, parse_vrp, parse_vrp_routes, unread_of_both

LECTURES = (network_range("232.52.0.0/16")[1],)
FIREWALL = """\
 sysname FW-A
#
 multicast routing-enable
#
acl number 2100
 rule 5 permit source 232.52.0.0 0.0.255.255
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/1.170
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/0
 add interface GigabitEthernet1/0/2
#
interface GigabitEthernet1/0/0
 undo shutdown
 ip address 10.10.0.5 255.255.255.254
 pim sm
#
interface GigabitEthernet1/0/1.170
 vlan-type dot1q 170
 ip address 10.64.68.2 255.255.255.192
 pim hello-option dr-priority 10
 pim sm
 igmp enable
 igmp version 3
#
interface GigabitEthernet1/0/2
 ip address 10.9.9.1 255.255.255.252
#
pim
 ssm-policy 2100
#
return
"""
LINE, ROOM = "GigabitEthernet1/0/0", "GigabitEthernet1/0/1.170"
WHOLE = MulticastRouting(LECTURES, frozenset({LINE, ROOM}), frozenset({ROOM}), {ROOM: 10})


def read(text: str) -> RouteBehaviour:
    """The routing of a firewall's text; no reader leaves a line over."""
    routes = parse_vrp_routes(text)
    assert [one.text for one in unread_of_both(routes, parse_usg(text).unread)] == []
    assert routes.missing == ()
    return routes


def test_a_firewall_forwards_what_is_asked_for() -> None:
    routes = read(FIREWALL)
    assert routes.multicast == WHOLE
    assert routes.multicast_lines == {LINE: 20, ROOM: 25}


def test_its_lines_are_routings_own_also_within_an_interface() -> None:
    routes = parse_vrp_routes(FIREWALL)
    assert {3, 20, 25, 26, 27, 28, 33, 34} <= set(routes.own or ())
    assert not {19, 24} & set(routes.own or ())
    told = {one.text.strip() for one in parse_usg(FIREWALL).unread}
    assert "pim sm" in told
    assert "igmp version 3" in told


def test_flat_text_says_the_same() -> None:
    flat = "\n".join(line.strip() for line in FIREWALL.split("\n") if line.strip() not in ("#", ""))
    assert read(flat.replace("return", "")).multicast == WHOLE


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (" pim hello-option dr-priority 10\n", WHOLE._replace(preferred={})),
        (" igmp version 3\n", WHOLE._replace(listens=frozenset())),
        (" igmp enable\n", WHOLE._replace(listens=frozenset())),
        (" ssm-policy 2100\n", WHOLE._replace(groups=(SOURCE_SPECIFIC,))),
        (
            " ip address 10.10.0.5 255.255.255.254\n pim sm\n",
            WHOLE._replace(speaks=frozenset({ROOM})),
        ),
    ],
)
def test_each_line_says_its_part(gone: str, left: MulticastRouting) -> None:
    assert FIREWALL.count(gone) == 1
    assert read(FIREWALL.replace(gone, "")).multicast == left


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("undo multicast routing-enable", NO_MULTICAST),
        (f"interface {ROOM}\n undo igmp enable", WHOLE._replace(listens=frozenset())),
        (f"interface {ROOM}\n undo igmp version", WHOLE._replace(listens=frozenset())),
        (f"interface {ROOM}\n undo pim hello-option dr-priority", WHOLE._replace(preferred={})),
        (f"interface {LINE}\n undo pim sm", WHOLE._replace(speaks=frozenset({ROOM}))),
        ("pim\n undo ssm-policy", WHOLE._replace(groups=(SOURCE_SPECIFIC,))),
        (f"interface {LINE}\n ip binding vpn-instance X", WHOLE._replace(speaks=frozenset({ROOM}))),
    ],
)
def test_what_is_taken_back(typed: str, left: MulticastRouting) -> None:
    text = FIREWALL.replace("return\n", f"{typed}\n#\nreturn\n")
    assert parse_vrp_routes(text).multicast == left


def test_what_is_enabled_again_begins_anew() -> None:
    typed = "undo multicast routing-enable\n#\nmulticast routing-enable\n#\n"
    text = FIREWALL.replace("return\n", f"{typed}return\n")
    assert parse_vrp_routes(text).multicast == NO_MULTICAST


def test_an_interface_takes_nothing_before_multicast_is_on() -> None:
    text = FIREWALL.replace(" multicast routing-enable\n#\n", "", 1)
    routes = parse_vrp_routes(text)
    assert routes.multicast == NO_MULTICAST
    assert {one.why for one in routes.unread} == {"`multicast routing-enable` comes first"}
    assert len(routes.unread) == 5


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("static-rp 10.8.0.1", "pim\n"),
        ("c-bsr LoopBack0", "pim\n"),
        ("source-policy 2000", "pim\n"),
        ("pim dm", f"interface {ROOM}\n"),
        ("pim silent", f"interface {ROOM}\n"),
        ("pim neighbor-policy 2000", f"interface {ROOM}\n"),
        ("igmp version 2", f"interface {ROOM}\n"),
        ("igmp static-group 232.52.0.1 source 10.2.170.5", f"interface {ROOM}\n"),
        ("ipv6 address FE80::1 link-local extra", f"interface {ROOM}\n"),
        ("pim ipv6 sm", f"interface {ROOM}\n"),
        ("multicast ipv6 routing-enable", ""),
        ("multicast boundary 239.0.0.0 8", f"interface {ROOM}\n"),
        ("msdp", ""),
        ("igmp", ""),
        ("pim vpn-instance X", ""),
        ("pim-ipv6", ""),
    ],
)
def test_what_else_is_said_is_unread(line: str, where: str) -> None:
    text = FIREWALL.replace("return\n", f"{where} {line}\n#\nreturn\n")
    routes = parse_vrp_routes(text)
    told = [one.text.strip() for one in unread_of_both(routes, parse_usg(text).unread)]
    assert told == [line]


@pytest.mark.parametrize(
    ("rules", "groups"),
    [
        ("rule 5 deny source 232.52.255.0 0.0.0.255\n rule permit source 232.52.0.0 0.0.255.255",
         ((0xE834_0000, 0xE834_FEFF),)),
        ("rule permit source any", ((0xE000_0000, 0xEFFF_FFFF),)),
        ("rule 10 permit source 232.52.0.0 0.0.0.255\n rule 5 deny", ()),
        ("rule permit source 10.0.0.0 0.255.255.255", ()),
    ],
)  # fmt: skip
def test_groups_are_what_a_list_permits(rules: str, groups: Ranges) -> None:
    text = FIREWALL.replace("rule 5 permit source 232.52.0.0 0.0.255.255", rules)
    assert parse_vrp_routes(text).multicast.groups == groups


def test_a_list_of_more_than_groups_is_none() -> None:
    text = FIREWALL.replace("232.52.0.0 0.0.255.255", "232.52.0.0 0.0.255.255 time-range NIGHT")
    (unread,) = parse_vrp_routes(text).unread
    assert unread.text == "ssm-policy 2100"
    assert "line 6" in unread.why


def test_a_list_that_is_not_there_is_told() -> None:
    text = FIREWALL.replace("acl number 2100", "acl number 2101")
    assert [one.name for one in parse_vrp_routes(text).missing] == ["acl 2100"]
    assert parse_vrp_routes(text).multicast.groups == ()


ROUTER = dedent("""\
     sysname AR-A
    #
    multicast routing-enable
    #
    interface GigabitEthernet0/0/1
     ip address 10.10.0.4 255.255.255.254
     pim sm
    #
    interface LoopBack0
     ip address 10.8.0.1 255.255.255.255
    #
    interface Vlanif10
     ip address 10.0.10.50 255.255.255.0
    #
    return
    """)


def test_a_router_does_the_same() -> None:
    routes = parse_vrp_routes(ROUTER)
    left = unread_of_both(routes, parse_vrp(ROUTER).unread)
    assert [one.text for one in left] == ["interface GigabitEthernet0/0/1"]  # its mode
    expected = MulticastRouting((SOURCE_SPECIFIC,), frozenset({"GigabitEthernet0/0/1"}),
                                frozenset(), {})  # fmt: skip
    assert routes.multicast == expected


def test_a_switch_that_forwards_between_vlans_is_unread() -> None:
    told = [one.text for one in parse_vrp(ROUTER).unread]
    assert told[:1] == ["multicast routing-enable"]
    assert "pim sm" in told


# Switches.

SWITCH = """\
sysname CSW
#
vlan batch 10 20 170
#
igmp-snooping enable
#
vlan 170
 description TEACH
 igmp-snooping enable
 igmp-snooping version 3
#
"""


def snooped(text: str) -> frozenset[int]:
    switch = parse_vrp(text)
    assert switch.unread == ()
    return switch.snooped


def test_a_vlan_is_snooped() -> None:
    switch = parse_vrp(SWITCH)
    assert switch.unread == ()
    assert switch.snooped == {170}
    assert switch.snooped_lines == {170: 9}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" igmp-snooping enable\n igmp", " igmp"),
        (" igmp-snooping version 3\n", ""),
        (" igmp-snooping version 3\n", " igmp-snooping version 3\n undo igmp-snooping version\n"),
        ("version 3\n", "version 3\n undo igmp-snooping enable\n"),
        ("version 3\n", "version 3\n#\nundo igmp-snooping enable\n"),
        ("version 3\n", "version 3\n#\nundo igmp-snooping enable\nigmp-snooping enable\n"),
        ("version 3\n", "version 3\n#\nundo vlan 170\nvlan 170\n"),
        ("version 3\n", "version 3\n#\nundo vlan batch 170\n"),
    ],
)
def test_a_part_less_snoops_nothing(old: str, new: str) -> None:
    assert SWITCH.count(old) == 1
    assert snooped(SWITCH.replace(old, new)) == frozenset()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("igmp-snooping enable\n#\nvlan", "vlan", ["igmp-snooping enable",
                                                   "igmp-snooping version 3"]),
        ("version 3", "version 2", ["igmp-snooping version 2"]),
        ("version 3\n", "version 3\n igmp-snooping querier enable\n",
         ["igmp-snooping querier enable"]),
        ("#\nvlan 170", "#\nigmp-snooping send-query enable\n#\nvlan 170",
         ["igmp-snooping send-query enable"]),
        ("#\nvlan 170", "#\ninterface Vlanif170\n igmp-snooping learning vlan 170\n#\nvlan 170",
         ["igmp-snooping learning vlan 170"]),
    ],
)  # fmt: skip
def test_what_else_is_said_of_snooping_is_unread(old: str, new: str, told: list[str]) -> None:
    assert [one.text for one in parse_vrp(SWITCH.replace(old, new)).unread] == told
