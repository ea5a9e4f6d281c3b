"""Whatever line makes a well administered switch worse is seen: in its plane, or as unread."""

from __future__ import annotations

import pytest

from telemed_infra.parse.ios import parse_ios_switch
from tests.parse.ios.plane_texts import PRINTED

VTY, CON, AUX = "line vty 3\n", "line con 0\n", "line aux 0\n"
PORT = "interface GigabitEthernet1/0/1\n"
WORSE = [
    # Who may log in.
    f"{VTY} no access-class in", f"{VTY} no ipv6 access-class in", f"{VTY} transport input all",
    f"{VTY} exec-timeout 0 0", f"{VTY} privilege level 15", f"{VTY} rotary 1",
    f"{VTY} login authentication OTHERS", f"{VTY} authorization exec OTHERS",
    f"{VTY} autocommand-options nohangup", f"{VTY} access-class NOWHERE in", "line vty 16",
    f"{CON} exec-timeout 0 0", f"{CON} privilege level 15", f"{AUX} exec",
    "ip access-list standard ADMINS\n 5 permit any", "no ip access-list standard ADMINS",
    "ip access-list standard ADMINS\n no 10\n no 20",
    # Who is asked and told.
    "no aaa new-model", "aaa authentication login default none", "no username breakglass",
    "aaa authentication login default group ADMINS local none",
    "aaa authentication enable default none", "aaa authorization exec default none",
    "no aaa accounting exec default", "no aaa accounting commands 15 default",
    "aaa accounting commands 15 default\n action-type none",
    "tacacs server T1\n address ipv4 10.9.9.9", "tacacs server T2\n key other",
    "no tacacs server T2", "aaa group server tacacs+ ADMINS\n server-private 10.9.9.9 key x",
    "radius server R1\n key other", "aaa authentication dot1x default none",
    "aaa server radius dynamic-author\n client 10.9.9.9 server-key x",
    # Accounts.
    "username other privilege 15 secret x", "username other nopassword", "enable password x",
    "username breakglass secret other", "username other privilege 15 password 0 x",
    "privilege exec level 0 configure terminal", "parser view V", "no login block-for",
    "login quiet-mode access-class ADMINS", "aaa common-criteria policy HOUSE\n min-length 4",
    "aaa common-criteria policy HOUSE\n no upper-case", "no aaa common-criteria policy HOUSE",
    # What is served and told.
    "ip http server", "default ip http server", "ip http secure-server", "ip scp server enable",
    "netconf-yang", "netconf ssh", "restconf", "ftp-server enable", "tftp-server flash:x",
    "service tcp-small-servers", "service udp-small-servers", "ip finger", "ip bootp server",
    "vstack", "default vstack", "ip ssh version 1", "ip ssh port 2222 rotary 1",
    "ip ssh pubkey-chain", "ip rcmd rsh-enable", "cdp run", "lldp run", "no banner login",
    "service config", "boot host tftp://10.9.9.9/x", "event manager applet X", "do reload",
    "ip identd",
    # SNMP, time, log, flows.
    "snmp-server community public", "snmp-server community private RW ADMINS",
    "snmp-server group READERS v3 noauth", "snmp-server group READERS v3 priv write ALL",
    "snmp-server user other READERS v3 auth sha a", "no ip access-list standard NMS",
    "snmp-server user nms READERS v3 auth md5 vault:a priv des vault:p",
    "snmp-server host 10.9.9.9 version 2c public", "no snmp-server host 10.0.4.20",
    "no snmp-server enable traps", "snmp-server system-shutdown", "no snmp-server",
    "no ntp authenticate", "no ntp trusted-key 7", "no ntp server 10.0.4.1", "ntp server 10.9.9.9",
    "ntp authentication-key 8 md5 x", "ntp authentication-key 7 md5 x", "ntp master",
    "ntp peer 10.9.9.9 key 7", "no ntp", "ntp access-group serve-only ADMINS",
    "no logging on", "no logging trap", "logging trap errors", "no logging host 10.0.4.10",
    "logging host 10.9.9.9", "no logging tls-profile LOGS", "no service timestamps log",
    "service timestamps log datetime", "no logging source-interface", "no clock timezone",
    "no flow exporter NETS", "flow exporter NETS\n destination 10.9.9.9",
    "interface TenGigabitEthernet1/1/1\n shutdown", "interface Vlan10\n no ip address",
    # Ports.
    "no ip dhcp snooping", "no ip dhcp snooping vlan 20,40", "no dot1x system-auth-control",
    "spanning-tree portfast bpdufilter default", "no spanning-tree vlan 40",
    f"{PORT} no spanning-tree bpduguard", f"{PORT} spanning-tree bpdufilter enable",
    f"{PORT} no spanning-tree portfast", f"{PORT} ip dhcp snooping trust",
    f"{PORT} no ip verify source", f"{PORT} switchport port-security maximum 999",
    f"{PORT} no switchport port-security", f"{PORT} authentication open",
    f"{PORT} authentication host-mode multi-host", f"{PORT} no mab", f"{PORT} no dot1x pae",
    f"{PORT} authentication port-control force-authorized", f"{PORT} authentication order mab",
    f"{PORT} authentication event server dead action authorize",
    f"{PORT} access-session port-control auto", f"{PORT} switchport mode dynamic auto",
    f"default {PORT}",
]  # fmt: skip
WHOLE = parse_ios_switch(PRINTED)


@pytest.mark.parametrize("line", WORSE)
def test_it_is_seen(line: str) -> None:
    read = parse_ios_switch(PRINTED.replace("no vstack\nend", f"no vstack\n{line}\nend"))
    assert (read.plane, read.ports, read.unread) != (WHOLE.plane, WHOLE.ports, ())


def test_what_changes_nothing_is_no_finding() -> None:
    lines = (
        "aaa server radius dynamic-author\n client 10.0.4.13 server-key x\n!\n"
        "aaa authentication enable default group ADMINS enable\nno service config\n"
        "line vty 0 15\n logging synchronous\nip ssh time-out 30\nsnmp-server location here\n"
    )
    read = parse_ios_switch(PRINTED.replace("no vstack\nend", f"no vstack\n{lines}end"))
    assert (read.plane, read.ports, read.unread) == (WHOLE.plane, WHOLE.ports, ())
