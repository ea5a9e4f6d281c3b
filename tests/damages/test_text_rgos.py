"""Damages in the text of a Ruijie switch: the proof finds each, at its line."""

from __future__ import annotations

import pytest

from tests.damages.damage import (
    NOWHERE,
    Damage,
    before,
    both,
    cut_after,
    damages_of,
    inside,
    judge_sentence,
    line,
    without,
    without_line,
)
from tests.damages.workshop import Workshop

SWITCH = "QDN-LP-DF-ASW01"
PORT = "interface GigabitEthernet 0/"
TRUNK = f"{PORT}24"
LEG = "interface VLAN 10"
VTY = "line vty"
TAKEN = inside(VTY, "transport input ssh", "transport input ssh telnet")

ROWS = (
    ("a VLAN added to a trunk", SWITCH, inside(TRUNK, "only 10", "only 10,999"),
     "switch", TRUNK, r"0/24: trunk vlans 999 is not meant"),
    ("a VLAN taken from a trunk", SWITCH, inside(TRUNK, ",40", ""),
     "switch", TRUNK, r"0/24: trunk vlans 40 is missing$"),
    ("every VLAN on a trunk", SWITCH, without_line(TRUNK, "allowed vlan"),
     "switch", TRUNK, r"0/24: trunk vlans 1, "),
    ("added in place of only", SWITCH, inside(TRUNK, "vlan only", "vlan add"),
     "switch", TRUNK, r"0/24: trunk vlans 1, "),
    ("another native VLAN", SWITCH, inside(TRUNK, "native vlan 999", "native vlan 20"),
     "switch", TRUNK, r"0/24: native vlan 20 in place of none$"),
    ("a trunk made an access port", SWITCH, inside(TRUNK, " switchport mode trunk\n", ""),
     "switch", TRUNK, r"0/24: mode access in place of trunk$"),
    ("an access port made a trunk", SWITCH, inside(
        f"{PORT}1", " switchport access", " switchport mode trunk\n switchport access"),
     "switch", f"{PORT}1", r"0/1: mode trunk in place of access$"),
    ("another access VLAN", SWITCH, inside(f"{PORT}1", "access vlan 20", "access vlan 40"),
     "switch", f"{PORT}1", r"0/1: access vlan 40 in place of 20$"),
    ("an access VLAN lost", SWITCH, without_line(f"{PORT}1", "access vlan"),
     "switch", f"{PORT}1", r"0/1: access vlan 1 in place of 20$"),
    ("a VLAN undefined", SWITCH, without("vlan 20"),
     "switch", NOWHERE, r"^vlan 20 is missing$"),
    ("a parked port opened", SWITCH, without_line(f"{PORT}22", "shutdown"),
     "switch", f"{PORT}22", r"0/22: mode access in place of shutdown$"),
    ("a port shut", SWITCH, inside(f"{PORT}1", " description", " shutdown\n description"),
     "switch", f"{PORT}1", r"0/1: mode shutdown in place of access$"),
    ("a port dropped", SWITCH, without(f"{PORT}13"),
     "switch", NOWHERE, r"0/13: port access is missing$"),
    ("another management address", SWITCH, inside(LEG, ".4 255", ".5 255"),
     "switch", NOWHERE, r"^VLAN 10: address \S+\.5/28 is not meant$"),
    ("a leg in a ward", SWITCH, before(LEG, (
        "interface VLAN 30\n ip address 10.1.1.1 255.255.255.0\n no shutdown\n!\n")),
     "switch", NOWHERE, r"^VLAN 30: address 10\.1\.1\.1/24 is not meant$"),
    ("a text cut", SWITCH, cut_after(f"{PORT}13", "portfast\n"),
     "switch", NOWHERE, r"0/14: port access is missing$"),
    ("an unknown line in a port", SWITCH, inside(
        f"{PORT}1", " switchport", " mux-vlan\n switchport"),
     "unread", " mux-vlan", "mux-vlan"),
    # what guards a port
    ("no spanning tree at all", SWITCH, line("spanning-tree"),
     "switch", f"{PORT}1", r"0/1: guards \("),
    ("a switch behind an edge", SWITCH, without_line(f"{PORT}1", "bpduguard"),
     "switch", f"{PORT}1", r"0/1: guards \(edge, snooped"),
    ("any number of hosts", SWITCH, inside(
        f"{PORT}19", " switchport port-security maximum 8\n", ""),
     "switch", f"{PORT}19", r"0/19: guards"),
    ("a limit that is off", SWITCH, inside(f"{PORT}1", " switchport port-security\n", ""),
     "switch", f"{PORT}1", r"0/1: guards"),
    ("who plugs in is not asked", SWITCH, without_line(f"{PORT}3", "port-control"),
     "switch", f"{PORT}3", r"0/3: guards"),
    ("no pump is known", SWITCH, without_line(f"{PORT}11", "mac-auth-bypass"),
     "switch", f"{PORT}11", r"0/11: guards"),
    ("everyone is let in", SWITCH, line(
        "aaa authentication dot1x HOSTS group radius",
        "aaa authentication dot1x HOSTS group radius none"),
     "unread", "aaa authentication dot1x", "no server answers"),
    ("DHCP is not watched", SWITCH, line("ip dhcp snooping"),
     "switch", f"{PORT}1", r"0/1: guards"),
    ("a host answers as a DHCP server", SWITCH, inside(
        f"{PORT}1", " spanning-tree portfast", " ip dhcp snooping trust\n spanning-tree portfast"),
     "switch", f"{PORT}1", r"0/1: guards .*trusted"),
    # who administers it
    ("telnet", SWITCH, both(
        line("no enable service telnet-server", "enable service telnet-server"), TAKEN),
     "management", NOWHERE, r"listeners"),
    ("telnet is on where nothing is said", SWITCH, both(
        line("no enable service telnet-server"), TAKEN),
     "management", NOWHERE, r"listeners"),
    ("the web", SWITCH, line("no enable service web-server"),
     "management", NOWHERE, r"listeners"),
    ("from anywhere", SWITCH, without_line(VTY, " access-class MANAGERS "),
     "management", NOWHERE, r"sources4"),
    ("one more may come", SWITCH, inside(
        "ip access-list standard MANAGERS", " 10 permit", " 5 permit host 10.9.9.9\n 10 permit"),
     "management", NOWHERE, r"sources4"),
    ("nobody is told of commands", SWITCH, line(
        "aaa accounting commands 15 default start-stop group tacacs+"),
     "management", NOWHERE, r"accounted"),
    ("the account alone", SWITCH, line(
        "aaa authentication login default group tacacs+ local",
        "aaa authentication login default local"),
     "management", NOWHERE, r"methods|console"),
    ("unsigned time", SWITCH, line("ntp authenticate"),
     "management", NOWHERE, r"ntp"),
    ("a community", SWITCH, line(
        "snmp-server enable traps", "snmp-server enable traps\nsnmp-server community public ro"),
     "management", NOWHERE, r"communities|versions|v2c"),
    ("a silent session stays", SWITCH, inside(VTY, "exec-timeout 5 0", "exec-timeout 0 0"),
     "management", NOWHERE, r"idle"),
    ("short passwords", SWITCH, line("password policy min-size 12"),
     "management", NOWHERE, r"length"),
    ("a log without the offset from UTC", SWITCH, line(
        "service log-format rfc5424", "service timestamps log datetime msec year"),
     "management", NOWHERE, r"zoned|syslog"),
    ("nobody is locked out", SWITCH, line("aaa local authentication attempts 5"),
     "management", NOWHERE, r"lockout"),
    ("a log to nobody", SWITCH, line("logging server 10.0.150.30"),
     "management", NOWHERE, r"syslog|log"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    judge_sentence(workshop, damage)


def test_there_are_damages() -> None:
    assert len(DAMAGES) >= 30
