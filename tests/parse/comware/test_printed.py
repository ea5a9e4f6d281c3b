"""Whole files in the shape of printed configurations and of manuals, typed by hand.

No line comes from this project's own templates. Their shape follows docs/reference/platforms.md:
globals with one blank, blocks in the order of a printed file, what a factory prints besides.
"""

from __future__ import annotations

from telemed_infra.parse.behaviour import PortMode
from tests.parse.comware.reading import switch, whole
from tests.parse.lines import accounted

WARD_SWITCH = """
#
 version 7.1.070, Release 6343P08
#
 sysname CHEST-PAIN-SW
#
 clock timezone BJ add 08:00:00
 clock protocol ntp
#
 undo copyright-info enable
#
 irf mac-address persistent timer
 irf auto-update enable
 undo irf link-delay
 irf member 1 priority 1
#
 undo ip http enable
#
 dot1x
 dot1x authentication-method eap
#
 mac-authentication
 mac-authentication domain gztm
#
 lldp global enable
#
 dhcp snooping enable
#
 password-recovery enable
#
 system-working-mode standard
 xbar load-single
 lpu-type f-series
#
vlan 1
#
vlan 10
 name MGMT
#
vlan 20
 description monitors
#
vlan 40 to 42
#
stp region-configuration
 region-name GZ
 active region-configuration
#
 stp bpdu-protection
 stp global enable
#
ftth
#
qos policy P-EDGE-IN
 classifier C-VIDEO behavior B-VIDEO
#
traffic classifier C-VIDEO operator or
 if-match acl 3100
#
traffic behavior B-VIDEO
 remark dscp af41
#
interface Bridge-Aggregation1
 description uplink
 port link-type trunk
 undo port trunk permit vlan 1
 port trunk permit vlan 10 20 40 to 42
 link-aggregation mode dynamic
 dhcp snooping trust
#
interface NULL0
#
interface LoopBack0
 ip address 10.255.7.9 255.255.255.255
#
interface Vlan-interface10
 description management
 ip address 10.7.10.3 255.255.255.0
#
interface M-GigabitEthernet0/0/0
#
interface GigabitEthernet1/0/1
 port link-mode bridge
 description bed 1
 port access vlan 20
 stp edged-port
 dot1x
 undo dot1x handshake
 mac-authentication
 dhcp snooping binding record
 ip verify source ip-address mac-address
 storm-constrain broadcast pps 300 200
 storm-constrain control block
 qos apply policy P-EDGE-IN inbound
#
interface GigabitEthernet1/0/2
 port link-mode bridge
 shutdown
#
interface GigabitEthernet1/0/3
 port link-mode bridge
 port access vlan 40
 packet-filter 3100 inbound
#
interface GigabitEthernet1/0/4
 port link-mode bridge
 mirroring-group 1 monitor-port
#
interface Ten-GigabitEthernet1/0/25
 port link-mode bridge
 port link-type trunk
 undo port trunk permit vlan 1
 port trunk permit vlan 10 20 40 to 42
 port link-aggregation group 1
#
interface Ten-GigabitEthernet1/0/26
 port link-mode bridge
 port link-type trunk
 undo port trunk permit vlan 1
 port trunk permit vlan 10 20 40 to 42
 port link-aggregation group 1
 shutdown
#
 mirroring-group 1 local
#
 scheduler logfile size 16
#
line class aux
 user-role network-admin
#
line class vty
 user-role network-operator
#
line aux 0
 user-role network-admin
#
line vty 0 63
 authentication-mode scheme
 user-role network-operator
 protocol inbound ssh
 idle-timeout 5 0
#
 ip route-static 0.0.0.0 0 10.7.10.1
#
 info-center loghost source LoopBack0
 info-center loghost 10.0.4.10 facility local6
#
 snmp-agent
 snmp-agent local-engineid 800063A280ABCDEF
 snmp-agent sys-info version v3
 undo snmp-agent sys-info version v1 v2c
 snmp-agent group v3 G-NMS privacy acl 2001
#
 ssh server enable
 ssh server acl 2001
#
acl basic 2001
 description managers
 rule 0 permit source 10.0.4.0 0.0.0.255
#
acl advanced 3100
 rule 0 permit udp source 10.7.20.0 0.0.0.255 destination-port range 16384 32767
#
 password-control enable
 undo password-control aging enable
#
hwtacacs scheme TAC
 primary authentication 10.0.4.11 key cipher $c$3$ab"c!d#e==
 primary authorization 10.0.4.11
 user-name-format without-domain
 nas-ip 10.255.7.9
#
radius scheme system
 user-name-format without-domain
#
domain gztm
 authentication login hwtacacs-scheme TAC local
 authorization command hwtacacs-scheme TAC local
#
domain system
#
 domain default enable gztm
#
role name level-0
 description Predefined level-0 role
#
user-group system
#
local-user breakglass class manage
 password hash $h$6$abc==
 service-type ssh terminal
 authorization-attribute user-role network-admin
 authorization-attribute user-role network-operator
#
 ntp-service enable
 ntp-service authentication enable
 ntp-service authentication-keyid 1 authentication-mode md5 cipher $c$3$x==
 ntp-service reliable authentication-keyid 1
 ntp-service unicast-server 10.0.4.1 authentication-keyid 1 source LoopBack0
#
return
"""


def test_a_printed_switch() -> None:
    read = switch(WARD_SWITCH)
    accounted(read)
    assert [item.text for item in read.unread] == ["ftth", "packet-filter 3100 inbound"]
    assert read.hostname == "CHEST-PAIN-SW"
    assert read.vlans == {10, 20, 40, 41, 42}
    up, down = read.ports["Ten-GigabitEthernet1/0/25"], read.ports["Ten-GigabitEthernet1/0/26"]
    assert (up.mode, up.trunk_vlans) == (PortMode.TRUNK, frozenset({10, 20, 40, 41, 42}))
    assert down.mode is PortMode.SHUTDOWN
    bed = read.ports["GigabitEthernet1/0/1"]
    assert (bed.mode, bed.access_vlan, bed.description) == (PortMode.ACCESS, 20, "bed 1")
    assert read.ports["GigabitEthernet1/0/2"].mode is PortMode.SHUTDOWN
    assert read.ports["GigabitEthernet1/0/4"].access_vlan == 1
    assert read.addresses == {
        "LoopBack0": ("10.255.7.9/32",),
        "Vlan-interface10": ("10.7.10.3/24",),
    }


def test_what_counts_for_vlans_is_effective_and_the_rest_inert() -> None:
    read = switch(WARD_SWITCH)
    text = WARD_SWITCH.splitlines()
    heads = {text[line - 1].split()[0] for line in read.effective}
    assert heads == {"vlan", "interface", "port", "undo", "shutdown"}
    undone = {text[line - 1].strip() for line in read.effective if "undo" in text[line - 1]}
    assert undone == {"undo port trunk permit vlan 1"}


CORE_SCRIPT = """
system-view
sysname CORE-LAB
vlan 100
quit
vlan 200
quit
track 1 interface Ten-GigabitEthernet 1/0/49
interface vlan-interface 100
ip address 10.1.100.2 255.255.255.0
vrrp vrid 1 virtual-ip 10.1.100.1
vrrp vrid 1 priority 120
vrrp vrid 1 preempt-mode delay 6000
vrrp vrid 1 track 1 priority reduced 30
quit
interface bridge-aggregation 2
link-aggregation mode dynamic
quit
interface ten-gigabitethernet 1/0/50
port link-aggregation group 2
quit
interface bridge-aggregation 2
port link-type trunk
port trunk permit vlan 100 200
undo port trunk permit vlan 1
quit
interface ten-gigabitethernet 1/0/49
port link-mode route
ip address 10.255.0.1 31
bfd min-transmit-interval 300
quit
bgp 64512
router-id 10.8.0.1
peer 10.255.0.0 as-number 64513
peer 10.255.0.0 bfd
address-family ipv4 unicast
peer 10.255.0.0 enable
peer 10.255.0.0 route-policy OUT export
aggregate 10.16.0.0 12
quit
quit
ip prefix-list POOL index 10 permit 10.12.0.0 20 less-equal 32
route-policy OUT permit node 10
if-match ip address prefix-list POOL
quit
return
"""


def test_a_script_as_manuals_print_it() -> None:
    read = whole(CORE_SCRIPT)
    assert read.vlans == {100, 200}
    assert read.ports["Ten-GigabitEthernet1/0/49"].mode is PortMode.ROUTED
    assert read.ports["Ten-GigabitEthernet1/0/50"].trunk_vlans == {100, 200}
    assert read.addresses["Vlan-interface100"] == ("10.1.100.2/24",)
    assert read.addresses["Ten-GigabitEthernet1/0/49"] == ("10.255.0.1/31",)


OFFICE_SCRIPT = """
sys
vlan 30
des office
port g1/0/10 to g1/0/20
quit
int r g1/0/10 to g1/0/20
port link-m bridge
stp ed
und sh
qu
int g1/0/24
port link-m b
port link-t tr
port tr per vl all
und port tr per vl 1
qu
ret
"""


def test_a_script_as_people_type_it() -> None:
    """The link mode that is named was the link mode before, so the VLAN of line 5 stays."""
    read = whole(OFFICE_SCRIPT)
    assert {read.ports[f"GigabitEthernet1/0/{number}"].access_vlan for number in range(10, 21)} == {
        30
    }
    assert read.ports["GigabitEthernet1/0/24"].trunk_vlans == frozenset(range(2, 4095))
