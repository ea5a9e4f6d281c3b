"""Whole files in the shape of manuals and of printed configurations, typed by hand.

No line comes from this project's own templates. Their shape follows docs/reference/platforms.md:
globals with one blank, blocks in the order of a printed file, older spellings beside newer ones.
"""

from __future__ import annotations

from telemed_infra.packets import TCP, UDP, ports
from telemed_infra.parse.behaviour import LOCAL, PortMode
from telemed_infra.parse.vrp import parse_usg, parse_vrp
from tests.parse.vrp.judge import deciding, passes, read_whole

BRANCH_FIREWALL = """\
!Software Version V500R001C60SPC500
#
 sysname BRANCH-7
#
 info-center loghost source LoopBack0
 info-center loghost 172.16.4.10 facility local6
#
 undo telnet server enable
 clock timezone BJ add 08:00:00
#
 log type policy enable
 hrp enable
 hrp interface Eth-Trunk9 remote 10.255.250.2
 hrp mirror session enable
#
 firewall defend land enable
 firewall defend action discard
 firewall packet-filter basic-protocol enable
#
time-range OFFICE
  period-range 08:00:00 to 18:00:00 working-day
#
acl number 3001
 rule 5 permit ip source 10.7.0.0 0.0.255.255
 rule 10 deny ip
#
ike proposal 5
 encryption-algorithm aes-256
 dh group14
#
interface GigabitEthernet0/0/0
 undo shutdown
 ip binding vpn-instance default
 ip address 192.168.0.1 255.255.255.0
 alias GE0/METH
 service-manage https permit
 service-manage ping permit
 service-manage ssh permit
#
interface GigabitEthernet1/0/1
 undo shutdown
 ip address 10.7.1.1 255.255.255.0
 undo service-manage enable
#
interface GigabitEthernet1/0/2
 ip address 203.0.113.7 255.255.255.252
 ipv6 enable
 ipv6 address 2001:DB8:7::2/64
#
interface NULL0
#
interface LoopBack0
 ip address 10.255.7.1 255.255.255.255
#
firewall zone local
 set priority 100
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet0/0/0
 add interface GigabitEthernet1/0/1
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/2
#
firewall zone dmz
 set priority 50
#
aaa
 #
 authentication-scheme default
 #
 manager-user admin
  password cipher @%@%A!b#c$d"e@%@%
  service-type web terminal ssh
  level 15
  ssh authentication-type password
  ssh service-type stelnet
 #
 domain default
#
 ip route-static 0.0.0.0 0.0.0.0 203.0.113.6 description to the carrier
#
snmp-agent
 snmp-agent sys-info version v3
#
user-interface vty 0 4
 acl 3001 inbound
 authentication-mode aaa
 protocol inbound ssh
#
ip address-set "CLINIC PCS" type object
 description workplaces
 address 0 10.7.1.0 mask 24
 address 2 10.7.3.14 0
 address 3 range 10.7.4.10 10.7.4.20
#
ip address-set SERVERS type group
 address 0 address-set PACS
 address 1 172.16.8.0 mask 255.255.252.0
#
ip address-set PACS type object
 address 0 172.16.9.5 mask 32
 address 1 2001:DB8:9::5 128
#
ip service-set IMAGES type object
 service 0 protocol tcp source-port 0 to 65535 destination-port 104
 service 1 protocol tcp source-port 0 to 65535 destination-port 11112
#
security-policy
 default policy logging
 rule name BLOCKED
  description ticket 4711
  source-address 10.7.1.66 0.0.0.0
  action deny
 rule name IMAGES-OUT
  policy logging
  source-zone trust
  destination-zone untrust
  source-address address-set "CLINIC PCS"
  destination-address address-set SERVERS
  service IMAGES
  action permit
 rule name OLD-WEB
  disable
  source-zone trust
  service http https
  action permit
 rule name WEB
  source-zone trust
  destination-zone untrust
  service protocol tcp destination-port 8000 to 8010 8443
  application app WeChat
  time-range OFFICE
  action permit
 group name OLD from LEGACY1 to LEGACY2 disable
 rule name LEGACY1
  action permit
 rule name LEGACY2
  action permit
 rule name CLOCK
  source-zone local
  service ntp
  action permit
#
auth-policy
#
traffic-policy
#
nat-policy
#
return
"""
CLINIC, CARRIER = "GigabitEthernet1/0/1", "GigabitEthernet1/0/2"
OUT = (CLINIC, CARRIER)
PACS = "172.16.9.5"


def test_a_printed_firewall() -> None:
    read = parse_usg(BRANCH_FIREWALL)
    assert [one.text for one in read.unread] == ["application app WeChat", "time-range OFFICE"]
    assert read.hostname == "BRANCH-7"
    assert read.zones["trust"] == {"GigabitEthernet0/0/0", CLINIC}
    assert read.addresses[CARRIER] == ("203.0.113.7/30", "2001:db8:7::2/64")
    assert read.unused == ("ike proposal 5",)

    (chain,) = read.chains
    assert chain.logs_denied
    names = [rule.name for rule in chain.rules]
    assert "OLD-WEB" not in names
    assert not {"LEGACY1", "LEGACY2"} & set(names)
    images = deciding(chain, OUT, "10.7.3.14", PACS, "tcp/104")
    assert images
    assert (images.name, images.logs) == ("IMAGES-OUT", True)
    assert images.services == (ports(TCP, 104), ports(TCP, 11112))
    web = deciding(chain, OUT, "10.7.1.9", PACS, "tcp/8443")
    assert web
    assert web.name == "WEB"
    clock = deciding(chain, (LOCAL, CARRIER), "203.0.113.7", PACS, "udp/123")
    assert clock
    assert clock.services == (ports(UDP, 123),)

    assert not passes(read, OUT, "10.7.1.66", PACS, "tcp/104")
    assert not passes(read, OUT, "10.7.2.1", PACS, "tcp/104")
    assert passes(read, OUT, "10.7.4.15", "172.16.11.255", "tcp/104")
    assert not passes(read, OUT, "2001:db8:1::1", "2001:db8:9::5", "tcp/104")
    assert passes(read, ("GigabitEthernet0/0/0", LOCAL), "10.9.9.9", "192.168.0.1", "tcp/22")
    assert not passes(read, (CARRIER, LOCAL), "10.9.9.9", "203.0.113.7", "tcp/22")


EDGE_SWITCH = """\
!Software Version V200R022C00SPC500
#
sysname WARD-3-SW
#
vlan batch 10 20 to 22 40
vlan batch 999
#
stp mode rstp
stp bpdu-protection
#
authentication-profile name default_authen_profile
authentication-profile name P1
 dot1x-access-profile D1
#
dot1x-access-profile name D1
#
dhcp enable
#
dhcp snooping enable
#
undo http server enable
#
vlan 20
 description monitors
vlan 40
 dhcp snooping enable
#
aaa
 authentication-scheme default
  authentication-mode local
 domain default
  authentication-scheme default
 local-user admin password irreversible-cipher $1c$a#b!c$
 local-user admin privilege level 15
 local-user admin service-type terminal ssh
#
interface Vlanif10
 description management
 ip address 10.7.10.2 255.255.255.0
#
interface MEth0/0/1
#
interface Eth-Trunk1
 port link-type trunk
 undo port trunk allow-pass vlan 1
 port trunk pvid vlan 999
 port trunk allow-pass vlan 10 20 to 22 40
 port trunk allow-pass vlan 999
 mode lacp
#
interface GigabitEthernet0/0/1
 description bed 1
 port link-type access
 port default vlan 20
 stp edged-port enable
 authentication-profile P1
#
interface GigabitEthernet0/0/2
 shutdown
#
interface GigabitEthernet0/0/3
 port link-type hybrid
 port hybrid pvid vlan 40
#
interface XGigabitEthernet0/0/1
 eth-trunk 1
#
interface NULL0
#
bfd
#
bgp 64512
 router-id 10.8.1.1
 peer 10.10.1.0 as-number 64513
 #
 ipv4-family unicast
  undo synchronization
  peer 10.10.1.0 enable
#
ip route-static 0.0.0.0 0.0.0.0 10.7.10.1
#
stelnet server enable
ssh server-source all-interface
#
user-interface con 0
user-interface vty 0 4
 authentication-mode aaa
 protocol inbound ssh
user-interface vty 16 20
#
return
"""


def test_a_printed_switch() -> None:
    read = parse_vrp(EDGE_SWITCH)
    assert [item.text for item in read.unread] == [
        "interface GigabitEthernet0/0/3",
        "port link-type hybrid",
        "port hybrid pvid vlan 40",
    ]
    assert read.vlans == {10, 20, 21, 22, 40, 999}
    uplink = read.ports["XGigabitEthernet0/0/1"]
    assert uplink.mode is PortMode.TRUNK
    assert uplink.native_vlan == 999
    assert uplink.trunk_vlans == {10, 20, 21, 22, 40, 999}
    assert read.ports["GigabitEthernet0/0/1"].access_vlan == 20
    assert read.ports["GigabitEthernet0/0/2"].mode is PortMode.SHUTDOWN
    assert read.addresses == {"Vlanif10": ("10.7.10.2/24",)}


MANUAL_SCRIPT = """\
system-view
sysname FW-LAB
interface GigabitEthernet 1/0/1
ip address 10.1.1.1 24
quit
interface GigabitEthernet 1/0/7
ip address 198.51.100.1 24
quit
firewall zone trust
add interface GigabitEthernet 1/0/1
quit
firewall zone name partner id 10
set priority 40
add interface GigabitEthernet 1/0/7
quit
ip service-set game type object
service protocol udp destination-port 5060 to 5062
quit
security-policy
rule name sec_policy_2
source-zone partner
action deny
quit
rule name sec_policy_1
source-zone trust
destination-zone partner
source-address 10.1.1.0 mask 255.255.255.0
service game
service icmp
action permit
quit
rule move sec_policy_1 before sec_policy_2
quit
return
"""


def test_a_script_as_manuals_print_it() -> None:
    read = parse_usg(MANUAL_SCRIPT)
    assert read_whole(read), read.unread
    way = ("GigabitEthernet1/0/1", "GigabitEthernet1/0/7")
    assert passes(read, way, "10.1.1.9", "198.51.100.9", "udp/5061")
    assert passes(read, way, "10.1.1.9", "198.51.100.9", "icmp/8/0")
    assert not passes(read, way, "10.1.2.9", "198.51.100.9", "udp/5061")
    names = [rule.name for rule in read.chains[0].rules]
    assert names.index("sec_policy_1") < names.index("sec_policy_2")
