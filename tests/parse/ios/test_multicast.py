"""Multicast on IOS: what routers forward, what switches hold back.

Texts in the shape of the command references, typed by hand.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from telemed_infra.multicast import NO_MULTICAST, SOURCE_SPECIFIC, MulticastRouting
from telemed_infra.packets import Ranges, network_range
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_routes, parse_ios_switch
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.parse.vrp import unread_of_both
from tests.parse.ios.judge import switch

ROUTER = """\
hostname FW-C
!
ip multicast-routing distributed
!
zone security TEACH
zone security WAN
!
interface GigabitEthernet0/0/0
 ip address 10.10.0.5 255.255.255.254
 ip pim sparse-mode
 zone-member security WAN
!
interface GigabitEthernet0/0/1.170
 encapsulation dot1Q 170
 ip address 10.64.68.2 255.255.255.192
 ip pim dr-priority 10
 ip pim sparse-mode
 ip igmp version 3
 zone-member security TEACH
!
interface GigabitEthernet0/0/2
 ip address 10.9.9.1 255.255.255.252
!
ip pim ssm range LECTURES
!
ip access-list standard LECTURES
 10 permit 232.52.0.0 0.0.255.255
!
end
"""
LINE, ROOM = "GigabitEthernet0/0/0", "GigabitEthernet0/0/1.170"
LECTURES = (network_range("232.52.0.0/16")[1],)
WHOLE = MulticastRouting(LECTURES, frozenset({LINE, ROOM}), frozenset({ROOM}), {ROOM: 10})
LINE_ALONE = MulticastRouting(LECTURES, frozenset({LINE}), frozenset(), {})


def read(text: str) -> RouteBehaviour:
    """The routing of a router's text; no reader leaves a line over."""
    routes = parse_ios_routes(text)
    other = parse_ios_firewall(text)
    assert [one.text for one in unread_of_both(routes, other.unread)] == []
    assert routes.missing == ()
    assert other.unused == ()
    return routes


def test_a_router_forwards_what_is_asked_for() -> None:
    routes = read(ROUTER)
    assert routes.multicast == WHOLE
    assert routes.multicast_lines == {LINE: 10, ROOM: 16}


def test_its_lines_are_routings_own_also_within_an_interface() -> None:
    assert parse_ios_routes(ROUTER).own == frozenset({3, 10, 16, 17, 18, 24})
    assert len(parse_ios_firewall(ROUTER).unread) == 6


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("ip multicast-routing distributed\n", NO_MULTICAST),
        ("ip pim ssm range LECTURES\n", WHOLE._replace(groups=())),
        (" ip pim dr-priority 10\n", WHOLE._replace(preferred={})),
        (" ip igmp version 3\n", WHOLE._replace(listens=frozenset())),
    ],
)
def test_each_line_says_its_part(gone: str, left: MulticastRouting) -> None:
    assert ROUTER.count(gone) == 1
    assert parse_ios_routes(ROUTER.replace(gone, "")).multicast == left


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("no ip multicast-routing", NO_MULTICAST),
        ("ip pim ssm default", WHOLE._replace(groups=(SOURCE_SPECIFIC,))),
        ("no ip pim ssm range LECTURES", WHOLE._replace(groups=())),
        (f"interface {ROOM}\n no ip pim sparse-mode", LINE_ALONE),  # no IGMP without PIM
        (f"interface {ROOM}\n no ip igmp version", WHOLE._replace(listens=frozenset())),
        (f"interface {ROOM}\n no ip pim dr-priority 10", WHOLE._replace(preferred={})),
        (f"interface {ROOM}\n shutdown", LINE_ALONE),
        ("interface GigabitEthernet0/0/1\n shutdown", LINE_ALONE),
        (f"interface {ROOM}\n vrf forwarding X", LINE_ALONE),
        (f"no interface {ROOM}", LINE_ALONE),
        (f"default interface {ROOM}", LINE_ALONE),
        ("no ip routing", NO_MULTICAST),
    ],
)
def test_what_is_taken_back(typed: str, left: MulticastRouting) -> None:
    assert parse_ios_routes(ROUTER.replace("end\n", f"{typed}\nend\n")).multicast == left


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("ip pim rp-address 10.8.0.1", ""),
        ("ip pim bsr-candidate Loopback0 0", ""),
        ("ip pim autorp listener", ""),
        ("ip pim accept-register list 10", ""),
        ("ip msdp peer 10.8.0.2", ""),
        ("ip multicast-routing vrf X", ""),
        ("ip mroute 0.0.0.0 0.0.0.0 10.10.0.4", ""),
        ("ip multicast route-limit 1000", ""),
        ("ipv6 multicast-routing", ""),
        ("ip pim dense-mode", f"interface {ROOM}\n"),
        ("ip pim sparse-dense-mode", f"interface {ROOM}\n"),
        ("ip pim passive", f"interface {ROOM}\n"),
        ("ip igmp version 2", f"interface {ROOM}\n"),
        ("ip igmp join-group 232.52.0.1 source 10.2.170.5", f"interface {ROOM}\n"),
        ("ip multicast boundary 10", f"interface {ROOM}\n"),
        ("ipv6 pim", f"interface {ROOM}\n"),
    ],
)
def test_what_else_is_said_is_unread(line: str, where: str) -> None:
    text = ROUTER.replace("end\n", f"{where} {line}\n!\nend\n")
    routes = parse_ios_routes(text)
    told = [one.text.strip() for one in unread_of_both(routes, parse_ios_firewall(text).unread)]
    assert told == [line]


@pytest.mark.parametrize(
    ("entries", "groups"),
    [
        (" 10 deny 232.52.255.0 0.0.0.255\n 20 permit 232.52.0.0 0.0.255.255",
         ((0xE834_0000, 0xE834_FEFF),)),
        (" 20 permit 232.52.0.0 0.0.0.255\n 10 deny any", ()),
        (" permit host 232.52.0.9", ((0xE834_0009, 0xE834_0009),)),
        (" permit any", ((0xE000_0000, 0xEFFF_FFFF),)),
    ],
)  # fmt: skip
def test_groups_are_what_a_list_permits(entries: str, groups: Ranges) -> None:
    text = ROUTER.replace(" 10 permit 232.52.0.0 0.0.255.255", entries)
    assert read(text).multicast.groups == groups


def test_numbered_lists_are_taken_too() -> None:
    text = ROUTER.replace("ip access-list standard LECTURES\n 10 permit", "access-list 10 permit")
    assert read(text.replace("range LECTURES", "range 10")).multicast == WHOLE


def test_a_list_of_more_than_groups_is_none() -> None:
    text = ROUTER.replace("standard LECTURES", "extended LECTURES")
    text = text.replace("permit 232.52.0.0 0.0.255.255", "permit ip any 232.52.0.0 0.0.255.255")
    (unread,) = parse_ios_routes(text).unread
    assert unread.text == "ip pim ssm range LECTURES"


def test_a_list_that_is_not_there_is_told() -> None:
    text = ROUTER.replace("range LECTURES", "range OTHERS")
    routes = parse_ios_routes(text)
    assert [one.name for one in routes.missing] == ["ip access-list OTHERS"]
    assert routes.multicast.groups == ()


# Switches.

SWITCH = """\
    vtp mode transparent
    vlan 10,20,170
    no ip igmp snooping vlan 10
    no ip igmp snooping vlan 20
"""


@pytest.mark.parametrize(
    ("typed", "vlans"),
    [
        ("", {170}),
        ("ip igmp snooping", {170}),
        ("no ip igmp snooping", set()),
        ("no ip igmp snooping\nip igmp snooping vlan 170", set()),
        ("no ip igmp snooping vlan 170", set()),
        ("ip igmp snooping vlan 20", {20, 170}),
        ("ip igmp snooping vlan 30", {170}),  # there is none
        ("vlan 30", {30, 170}),
    ],
)
def test_every_vlan_is_snooped_but_those_said(typed: str, vlans: set[int]) -> None:
    read = switch(dedent(SWITCH) + typed)
    assert read.unread == ()
    assert read.snooped == vlans


def test_where_it_is_said() -> None:
    assert switch(SWITCH).snooped_lines == {10: 3, 20: 4}


@pytest.mark.parametrize(
    "line",
    [
        "ip igmp snooping querier",
        "ip igmp snooping vlan 170 querier",
        "ip igmp snooping vlan 170 mrouter interface GigabitEthernet1/0/1",
        "ip igmp snooping tcn flood query count 5",
        "ip multicast-routing",
        "interface Vlan170\n ip pim sparse-mode",
        "interface Vlan170\n ip igmp version 3",
    ],
)
def test_what_else_is_said_is_unread_on_a_switch(line: str) -> None:
    told = [one.text for one in parse_ios_switch(f"{dedent(SWITCH)}{line}\n").unread]
    assert told == [line.rsplit("\n", maxsplit=1)[-1].strip()]
