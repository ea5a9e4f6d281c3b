"""Multicast on H3C devices: what firewalls and routers forward, what switches hold back.

Texts in the shape of the command references, typed by hand.
"""

from __future__ import annotations

import pytest

from telemed_infra.multicast import NO_MULTICAST, SOURCE_SPECIFIC, MulticastRouting
from telemed_infra.packets import network_range
from telemed_infra.parse.comware import parse_comware, parse_comware_routes
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import unread_of_both

FIREWALL = """\
#
 sysname FW-B
#
 multicast routing
#
 pim
  ssm-policy 2100
#
interface GigabitEthernet1/0/0
 port link-mode route
 ip address 10.10.0.5 255.255.255.254
 pim sm
#
interface GigabitEthernet1/0/1.170
 ip address 10.64.68.3 255.255.255.192
 vlan-type dot1q vid 170
 igmp enable
 igmp version 3
 pim sm
 pim hello-option dr-priority 10
#
interface GigabitEthernet1/0/2
 port link-mode route
 ip address 10.9.9.1 255.255.255.252
#
security-zone name Trust
 import interface GigabitEthernet1/0/1.170
#
security-zone name Untrust
 import interface GigabitEthernet1/0/0
 import interface GigabitEthernet1/0/2
#
acl basic 2100
 rule 0 permit source 232.52.0.0 0.0.255.255
#
return
"""
LINE, ROOM = "GigabitEthernet1/0/0", "GigabitEthernet1/0/1.170"
LECTURES = (network_range("232.52.0.0/16")[1],)
WHOLE = MulticastRouting(LECTURES, frozenset({LINE, ROOM}), frozenset({ROOM}), {ROOM: 10})


def read(text: str) -> RouteBehaviour:
    """The routing of a firewall's text; no reader leaves a line over."""
    routes = parse_comware_routes(text)
    assert [one.text for one in unread_of_both(routes, parse_secpath(text).unread)] == []
    assert routes.missing == ()
    return routes


def test_a_firewall_forwards_what_is_asked_for() -> None:
    routes = read(FIREWALL)
    assert routes.multicast == WHOLE
    assert routes.multicast_lines == {LINE: 12, ROOM: 17}


def test_its_lines_are_routings_own_also_within_an_interface() -> None:
    assert parse_comware_routes(FIREWALL).own == frozenset({4, 6, 7, 12, 17, 18, 19, 20})
    assert len(parse_secpath(FIREWALL).unread) == 8


def test_words_may_be_short() -> None:
    text = FIREWALL.replace(" pim sm", " pim s").replace("igmp enable", "igmp en")
    assert read(text.replace("dr-priority 10", "dr-p 10")).multicast == WHOLE


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (" multicast routing\n", NO_MULTICAST),
        ("  ssm-policy 2100\n", WHOLE._replace(groups=(SOURCE_SPECIFIC,))),
        (" pim hello-option dr-priority 10\n", WHOLE._replace(preferred={})),
        (" igmp version 3\n", WHOLE._replace(listens=frozenset())),
        (" igmp enable\n", WHOLE._replace(listens=frozenset())),
        (" igmp version 3\n pim sm\n", MulticastRouting(
            LECTURES, frozenset({LINE}), frozenset(), {})),
    ],
)  # fmt: skip
def test_each_line_says_its_part(gone: str, left: MulticastRouting) -> None:
    assert FIREWALL.count(gone) == 1
    assert read(FIREWALL.replace(gone, "")).multicast == left


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("undo multicast routing", NO_MULTICAST),
        ("undo multicast routing\nmulticast routing", WHOLE),
        (f"interface {ROOM}\n undo igmp enable", WHOLE._replace(listens=frozenset())),
        (f"interface {ROOM}\n undo igmp version", WHOLE._replace(listens=frozenset())),
        (f"interface {ROOM}\n undo pim hello-option dr-priority", WHOLE._replace(preferred={})),
        (f"interface {LINE}\n undo pim sm", WHOLE._replace(speaks=frozenset({ROOM}))),
        ("pim\n undo ssm-policy", WHOLE._replace(groups=(SOURCE_SPECIFIC,))),
    ],
)
def test_what_is_taken_back(typed: str, left: MulticastRouting) -> None:
    text = FIREWALL.replace("return\n", f"{typed}\n#\nreturn\n")
    assert read(text).multicast == left


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("static-rp 10.8.0.1", "pim\n"),
        ("c-rp 10.8.0.1", "pim\n"),
        ("bidir-pim enable", "pim\n"),
        ("load-splitting source", "multicast routing\n"),
        ("pim dm", f"interface {ROOM}\n"),
        ("pim passive", f"interface {ROOM}\n"),
        ("ipv6 pim sm", f"interface {ROOM}\n"),
        ("igmp version 2", f"interface {ROOM}\n"),
        ("igmp static-group 232.52.0.1 source 10.2.170.5", f"interface {ROOM}\n"),
        ("multicast boundary 239.0.0.0 8", f"interface {ROOM}\n"),
        ("ipv6 multicast routing", ""),
        ("multicast routing vpn-instance X", ""),
        ("msdp", ""),
        ("igmp", ""),
    ],
)
def test_what_else_is_said_is_unread(line: str, where: str) -> None:
    text = FIREWALL.replace("return\n", f"{where} {line}\n#\nreturn\n")
    routes = parse_comware_routes(text)
    told = [one.text.strip() for one in unread_of_both(routes, parse_secpath(text).unread)]
    assert told == [line]


def test_a_list_that_is_not_there_is_told() -> None:
    text = FIREWALL.replace("acl basic 2100", "acl basic 2101")
    assert [one.name for one in parse_comware_routes(text).missing] == ["acl 2100"]


# Switches.

SWITCH = """\
 sysname ASW
#
 igmp-snooping
#
vlan 1
#
vlan 20
#
vlan 170
 igmp-snooping enable
 igmp-snooping version 3
#
"""


def test_a_vlan_is_snooped() -> None:
    switch = parse_comware(SWITCH)
    assert switch.unread == ()
    assert switch.snooped == {170}
    assert switch.snooped_lines == {170: 10}


def test_the_same_in_the_view_of_the_feature() -> None:
    typed = "vlan 20\nvlan 170\n#\nigmp-snooping\n enable vlan 20 160 to 180\n version 3 vlan 170\n"
    switch = parse_comware(typed)
    assert switch.unread == ()
    assert switch.snooped == {170}
    assert parse_comware(f"{typed} undo enable vlan 170\n").snooped == frozenset()
    assert parse_comware(f"{typed} undo version vlan 165 to 170\n").snooped == frozenset()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" igmp-snooping version 3\n", ""),
        ("version 3\n", "version 3\n undo igmp-snooping version\n"),
        ("version 3\n", "version 3\n igmp-snooping disable\n"),
        ("version 3\n", "version 3\n undo igmp-snooping\n"),
        ("version 3\n", "version 3\n undo igmp-snooping enable\n"),
        ("version 3\n", "version 3\n#\nundo igmp-snooping\n"),
        ("version 3\n", "version 3\n#\nundo vlan 170\nvlan 170\n"),
    ],
)
def test_a_part_less_snoops_nothing(old: str, new: str) -> None:
    assert SWITCH.count(old) == 1
    switch = parse_comware(SWITCH.replace(old, new))
    assert switch.unread == ()
    assert switch.snooped == frozenset()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (" igmp-snooping\n#", "#", ["igmp-snooping enable", "igmp-snooping version 3"]),
        (" igmp-snooping enable\n", "", ["igmp-snooping version 3"]),
        ("version 3", "version 2", ["igmp-snooping version 2"]),
        ("version 3\n", "version 3\n igmp-snooping querier\n", ["igmp-snooping querier"]),
        (" igmp-snooping\n#", " igmp-snooping\n  global-enable\n#", ["global-enable"]),
        (" igmp-snooping\n#", " igmp-snooping\n  version 2 vlan 20\n#", ["version 2 vlan 20"]),
        ("vlan 20\n", "vlan 20\n#\ninterface Vlan-interface20\n pim sm\n", ["pim sm"]),
        ("vlan 20\n", "multicast routing\n", ["multicast routing"]),
    ],
)
def test_what_else_is_said_of_snooping_is_unread(old: str, new: str, told: list[str]) -> None:
    assert SWITCH.count(old) == 1
    assert [one.text.strip() for one in parse_comware(SWITCH.replace(old, new)).unread] == told
