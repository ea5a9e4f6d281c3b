"""Whatever line makes a well administered switch worse is seen: in its plane, or as unread."""

from __future__ import annotations

import pytest

from telemed_infra.parse.rgos import parse_rgos
from tests.parse.rgos.texts import PRINTED

VTY, CON, PORT = "line vty 3\n", "line console 0\n", "interface gi 0/1\n"
TRUNK = "interface gi 0/25\n"
WORSE = [
    # Who may log in.
    f"{VTY} no access-class in", f"{VTY} no ipv6 access-class in", f"{VTY} exec-timeout 0 0",
    f"{VTY} privilege level 15", f"{VTY} login authentication OTHERS", f"{VTY} no accounting exec",
    f"{VTY} no authorization exec", f"{VTY} accounting commands 15 OTHERS",
    f"{VTY} no accounting commands 15", f"{VTY} access-class NOWHERE in", "line vty 5",
    f"{VTY} autocommand x", f"{CON} exec-timeout 0 0", f"{CON} no accounting exec",
    f"{CON} privilege level 15", "ip access-list standard ADMINS\n 5 permit any",
    "no ip access-list standard ADMINS", "ip access-list standard ADMINS\n no 10\n no 20",
    # Who is asked and told.
    "no aaa new-model", "aaa authentication login default none", "no username breakglass",
    "no aaa authentication login default", "aaa authorization exec default none",
    "aaa authentication login default group ADMINS local none", "no aaa accounting exec default",
    "no aaa accounting commands 15 default", "aaa authentication enable default none",
    "tacacs-server host 10.1.4.11 key other", "no tacacs-server host 10.1.4.11",
    "tacacs-server host 10.9.9.9 key x\naaa group server tacacs+ ADMINS\n server 10.9.9.9",
    "radius-server host 10.0.4.13 key other", "radius-server host 10.9.9.9 key x",
    "aaa authentication dot1x HOSTS none", "aaa authentication dot1x HOSTS group radius none",
    "radius dynamic-authorization-extension enable", "no ip tacacs source-interface",
    # Accounts.
    "username other privilege 15 password x", "username other nopassword", "enable password 7 x",
    "username breakglass password 7 other", "privilege exec level 1 reload",
    "no enable secret",
    "username breakglass login mode telnet", "no password policy min-size",
    "password policy min-size 4", "no password policy strong", "no password policy life-cycle",
    "no password policy no-repeat-times", "no aaa local authentication attempts",
    "aaa local authentication lockout-time 1", "webmaster level 0 username admin password 7 x",
    # What is served and told.
    "enable service telnet-server", "enable service web-server", "enable service web-server http",
    "enable service web-server https", "ip scp server enable", "ftp-server enable",
    "tftp-server enable", "ip ssh version 1", "ip ssh peer x public-key rsa flash:x", "lldp enable",
    "default lldp enable", "no banner login", "cwmp\n acs url http://10.9.9.9", "zam",
    "no enable service ssh-server", "netconf enable", "ip http server",
    # SNMP, time, log.
    "snmp-server community public", "snmp-server community 7 x rw", "no enable service snmp-agent",
    "no snmp-server enable version v3", "snmp-server group READERS v3 noauth",
    "snmp-server group READERS v3 priv write ALL", "snmp-server user other READERS v3 auth sha a",
    "no ip access-list standard NMS", "snmp-server host 10.9.9.9 traps version 3 priv nms",
    "snmp-server user nms READERS v3 auth md5 vault:a priv des56 vault:p",
    "no snmp-server host 10.0.4.20", "no snmp-server enable traps", "no snmp-server",
    "no snmp-server trap-source", "no ntp authenticate", "no ntp trusted-key 7", "no ntp",
    "no ntp server 10.0.4.1", "ntp server 10.9.9.9", "ntp authentication-key 8 md5 x",
    "ntp authentication-key 7 md5 x", "ntp master", "ntp peer 10.9.9.9", "sntp enable",
    "ntp access-group serve-only ADMINS", "no logging on", "no logging trap",
    "logging trap errors", "no logging server 10.0.4.10", "logging server 10.9.9.9",
    "logging server 10.0.4.10 udp-port 515", "no service log-format rfc5424",
    "no logging source interface", "no clock timezone", "clock timezone east 9 0",
    "clock summer-time X recurring", "sflow collector 1 destination 10.9.9.9 6343",
    # Ports.
    "no spanning-tree", "no ip dhcp snooping", "no ip dhcp snooping vlan 40",
    "spanning-tree portfast bpdufilter default", "spanning-tree portfast default",
    "no dot1x authentication", "dot1x authentication NOWHERE",
    f"{PORT} no spanning-tree bpduguard", f"{PORT} spanning-tree bpdufilter enabled",
    f"{PORT} no spanning-tree portfast", f"{PORT} ip dhcp snooping trust",
    f"{PORT} no ip verify source", f"{PORT} switchport port-security maximum 999",
    f"{PORT} no switchport port-security", f"{PORT} no dot1x mac-auth-bypass",
    f"{PORT} no dot1x port-control", f"{PORT} dot1x port-control-mode port-based",
    f"{PORT} dot1x port-control force-authorized", f"{PORT} dot1x guest-vlan 60",
    f"{PORT} switchport access vlan 20", f"{PORT} switchport mode trunk",
    f"{PORT} switchport mode hybrid", f"{PORT} switchport protected", f"{PORT} shutdown",
    f"{PORT} no switchport", f"{PORT} port-group 1", f"{PORT} ip access-group ADMINS in",
    f"default {PORT}", "interface gi 0/2\n no shutdown", "interface gi 0/3", "vlan 30",
    f"{TRUNK} switchport trunk allowed vlan all", f"{TRUNK} switchport trunk allowed vlan add 999",
    f"{TRUNK} switchport trunk allowed vlan remove 40", f"{TRUNK} no ip dhcp snooping trust",
    f"{TRUNK} switchport trunk native vlan 40", f"{TRUNK} switchport trunk allowed vlan 10,20,40",
    f"{TRUNK} no switchport trunk allowed vlan", f"{TRUNK} no switchport mode", "no vlan 40",
    "interface vlan 10\n no ip address", "interface vlan 10\n ip address 10.7.10.9/24",
]  # fmt: skip
WHOLE = parse_rgos(PRINTED)


def damaged(lines: str) -> tuple[object, ...]:
    """What the reader makes of the text with lines at its end."""
    read = parse_rgos(PRINTED.replace("!\nend\n", f"!\n{lines}\nend\n"))
    return read.plane, read.ports, read.vlans, read.addresses, read.unread


@pytest.mark.parametrize("lines", WORSE)
def test_it_is_seen(lines: str) -> None:
    assert damaged(lines) != damaged("!")


def test_what_changes_nothing_is_no_finding() -> None:
    lines = """\
no zam
aaa authentication enable default group ADMINS enable
line vty 0 4
 history size 20
ip ssh time-out 60
snmp-server location here
no password policy printable-character-check
spanning-tree priority 32768
interface gi 0/1
 no shutdown
 spanning-tree autoedge disabled
 storm-control broadcast pps 100
 description another bed"""
    read = parse_rgos(PRINTED.replace("!\nend\n", f"!\n{lines}\nend\n"))
    assert (read.plane, read.unread) == (WHOLE.plane, ())
    assert read.ports["GigabitEthernet 0/1"].guards == WHOLE.ports["GigabitEthernet 0/1"].guards
