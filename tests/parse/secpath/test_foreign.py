"""Whole files in the shape of manuals and of printed configurations, typed by hand.

No line comes from this project's own templates. Their shape follows docs/reference/platforms.md:
globals with one blank, `#` between blocks, built-in zones printed even if empty.
"""

from __future__ import annotations

from telemed_infra.packets import TCP, UDP, ports
from telemed_infra.parse.behaviour import LOCAL
from telemed_infra.parse.secpath import parse_secpath
from tests.parse.vrp.judge import deciding, passes, read_whole

BRANCH_FIREWALL = """\
#
 version 7.1.064, Release 9345P2405
#
 sysname BRANCH-7
#
 clock timezone Beijing add 08:00:00
 clock protocol ntp
#
ip vpn-instance management
 route-distinguisher 1000000000:1
 vpn-target 1000000000:1 import-extcommunity
#
 irf mac-address persistent timer
 irf auto-update enable
#
object-group ip address "CLINIC PCS"
 description workplaces
 0 network subnet 10.7.1.0 255.255.255.0
 10 network host address 10.7.3.14
 20 network range 10.7.4.10 10.7.4.20
 20 network exclude 10.7.4.13
#
object-group ip address SERVERS
 0 network group-object PACS
 10 network subnet 172.16.8.0 255.255.252.0
#
object-group ip address PACS
 0 network host address 172.16.9.5
#
object-group ipv6 address SERVERS6
 0 network subnet 2001:DB8:9:: 48
#
object-group service IMAGES
 0 service tcp destination eq 104
 10 service tcp destination range 11112 11113
#
 dns server 172.16.4.53
#
 lldp global enable
#
 password-recovery enable
#
 session synchronization enable
 session statistics enable
#
vlan 1
#
interface NULL0
#
interface LoopBack0
 ip address 10.255.7.1 255.255.255.255
#
interface GigabitEthernet1/0/0
 port link-mode route
 combo enable copper
 ip address 192.168.0.1 255.255.255.0
#
interface GigabitEthernet1/0/1
 port link-mode route
 description ward side
 ip address 10.7.1.1 255.255.255.0
 vrrp vrid 1 virtual-ip 10.7.1.254 active
 vrrp vrid 1 preempt-mode delay 6000
#
interface GigabitEthernet1/0/2
 port link-mode route
 ip address 203.0.113.7 255.255.255.252
 ipv6 address 2001:DB8:7::2/64
 attack-defense apply policy 1
#
interface GigabitEthernet1/0/3
 port link-mode route
 shutdown
#
security-zone name Local
#
security-zone name Trust
 import interface GigabitEthernet1/0/1
 import interface GigabitEthernet1/0/3
#
security-zone name DMZ
#
security-zone name Untrust
 import interface GigabitEthernet1/0/2
 attack-defense apply policy 1
#
security-zone name Management
 import interface GigabitEthernet1/0/0
#
 scheduler logfile size 16
#
line class console
 user-role network-admin
#
line vty 0 63
 authentication-mode scheme
 user-role network-admin
 idle-timeout 10 0
#
 ip route-static 0.0.0.0 0 203.0.113.6 description to the carrier
#
 info-center loghost source LoopBack0
 info-center loghost 172.16.4.10 facility local6
#
 snmp-agent
 snmp-agent sys-info version v3
#
 ssh server enable
 ssh server acl 2001
#
 ntp-service enable
 ntp-service unicast-server 172.16.4.11 source LoopBack0
#
acl basic 2001
 description who may log in
 rule 0 permit source 10.7.1.0 0.0.0.255
#
acl advanced 3001
 rule 0 permit ip destination 10.8.0.0 0.0.255.255
#
password-control enable
#
domain system
#
 domain default enable system
#
role name level-0
 description Predefined level-0 role
#
user-group system
#
local-user admin class manage
 password hash $h$6$abc#def!ghi==
 service-type ssh terminal https
 authorization-attribute user-role level-3
 authorization-attribute user-role network-admin
#
 ip https enable
#
attack-defense policy 1
 scan detect level high action drop
 syn-flood detect non-specific
 syn-flood action logging
 signature detect ping-of-death action drop
#
ikev2 proposal 5
 encryption aes-cbc-256
 dh group14
#
ipsec transform-set T1
 esp encryption-algorithm aes-cbc-256
 esp authentication-algorithm sha256
#
track 1 interface GigabitEthernet1/0/2
#
app-profile APP_SRV
 ips apply policy default mode protect
 anti-virus apply policy default mode alert
#
remote-backup group
 data-channel interface GigabitEthernet1/0/9
 configuration sync-check interval 12
 delay-time 1
 track 1
 adjust-cost bgp enable absolute
 local-ip 10.255.250.1
 remote-ip 10.255.250.2
 device-role primary
#
security-policy ip
 rule 10 name BLOCKED
  description ticket 4711
  source-ip-host 10.7.1.66
 rule 0 name IMAGES-OUT
  action pass
  logging enable
  counting enable
  profile APP_SRV
  source-zone Trust
  destination-zone Untrust
  source-ip "CLINIC PCS"
  destination-ip SERVERS
  service IMAGES
 rule 1 name OLD-WEB
  action pass
  source-zone Trust
  service http
  service https
  disable
 rule 2 name WEB
  action pass
  source-zone Trust
  destination-zone Untrust
  service-port tcp destination range 8000 8010
  service-port tcp destination eq 8443
  time-range OFFICE
  application WeChat
 rule 3 name CLOCK
  action pass
  source-zone Local
  service ntp
 rule 99 name REST
  logging enable
#
security-policy ipv6
 rule 0 name IMAGES6
  action pass
  source-zone Trust
  destination-zone Untrust
  destination-ip SERVERS6
  service IMAGES
 rule 99 name REST
  logging enable
#
return
"""
CLINIC, CARRIER, MANAGED = (f"GigabitEthernet1/0/{number}" for number in (1, 2, 0))
OUT = (CLINIC, CARRIER)
PACS = "172.16.9.5"


def test_a_printed_firewall() -> None:
    read = parse_secpath(BRANCH_FIREWALL)
    assert [one.text for one in read.unread] == ["time-range OFFICE", "application WeChat"]
    assert read.hostname == "BRANCH-7"
    assert read.zones["Trust"] == {CLINIC, "GigabitEthernet1/0/3"}
    assert read.zones["DMZ"] == frozenset()
    assert "Local" not in read.zones
    assert read.addresses[CARRIER] == ("203.0.113.7/30", "2001:db8:7::2/64")
    assert read.unused == ()

    (chain,) = read.chains
    assert chain.logs_denied
    names = [rule.name for rule in chain.rules]
    assert names.index("BLOCKED") < names.index("IMAGES-OUT")
    assert "OLD-WEB" not in names
    images = deciding(chain, OUT, "10.7.3.14", PACS, "tcp/104")
    assert images
    assert (images.name, images.logs) == ("IMAGES-OUT", True)
    assert images.services == (ports(TCP, 104), ports(TCP, 11112, 11113))
    web = deciding(chain, OUT, "10.7.1.9", PACS, "tcp/8443")
    assert web
    assert web.name == "WEB"
    clock = deciding(chain, (LOCAL, CARRIER), "203.0.113.7", PACS, "udp/123")
    assert clock
    assert clock.services == (ports(UDP, 123),)


def test_what_passes_the_printed_firewall() -> None:
    read = parse_secpath(BRANCH_FIREWALL)
    assert not passes(read, OUT, "10.7.1.66", PACS, "tcp/104")
    assert not passes(read, OUT, "10.7.2.1", PACS, "tcp/104")
    assert passes(read, OUT, "10.7.4.15", "172.16.11.255", "tcp/11113")
    assert not passes(read, OUT, "10.7.4.13", "172.16.11.255", "tcp/11113")
    assert not passes(read, ("GigabitEthernet1/0/3", CARRIER), "10.7.1.9", PACS, "tcp/104")
    assert passes(read, OUT, "2001:db8:1::1", "2001:db8:9::5", "tcp/104")
    assert not passes(read, OUT, "2001:db8:1::1", "2001:db8:8::5", "tcp/104")
    assert passes(read, (MANAGED, LOCAL), "10.9.9.9", "192.168.0.1", "tcp/22")
    assert not passes(read, (CARRIER, LOCAL), "10.9.9.9", "203.0.113.7", "tcp/22")


MANUAL_SCRIPT = """\
system-view
sysname FW-LAB
interface gigabitethernet 1/0/1
ip address 10.1.1.1 24
quit
interface gigabitethernet 1/0/7
ip address 198.51.100.1 255.255.255.0
quit
security-zone name trust
import interface gigabitethernet 1/0/1
quit
security-zone name partner
import interface gigabitethernet 1/0/7
quit
object-group ip address clients
network subnet 10.1.1.0 24
undo 0
network range 10.1.1.100 10.1.1.9
quit
object-group service game
service udp destination range 5062 5060
quit
security-policy ip
rule 3 name rest
source-zone partner
action drop
quit
rule 5 name play
source-zone trust
destination-zone partner
source-ip clients
service game
service ping
action pass
quit
move rule 5 before 3
accelerate enhanced enable
quit
return
"""


def test_a_script_as_manuals_print_it() -> None:
    read = parse_secpath(MANUAL_SCRIPT)
    assert read_whole(read), read.unread
    way = ("GigabitEthernet1/0/1", "GigabitEthernet1/0/7")
    assert passes(read, way, "10.1.1.9", "198.51.100.9", "udp/5061")
    assert passes(read, way, "10.1.1.100", "198.51.100.9", "icmp/8/0")
    assert not passes(read, way, "10.1.1.8", "198.51.100.9", "udp/5061")
    assert [rule.name for rule in read.chains[0].rules] == ["play", "rest"]


EXCERPT = """\
rule 4373 name GL-policy4373
  description NETACC_599902
  action pass
  source-zone WARDS
  destination-zone Untrust
"""


def test_an_excerpt_without_its_head_is_unread() -> None:
    read = parse_secpath(EXCERPT)
    assert len(read.unread) == read.lines == 5
    assert not read.chains[0].rules
