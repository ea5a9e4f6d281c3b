"""A whole text as a switch prints it."""

from __future__ import annotations

from telemed_infra.parse.behaviour import PortMode
from telemed_infra.parse.ios import parse_ios_switch
from tests.parse.ios.judge import unread

SWITCH = """\
version 17.9
service timestamps log datetime msec
platform punt-keepalive disable-kernel-core
!
hostname WARD-3-SW
!
vrf definition Mgmt-vrf
 !
 address-family ipv4
 exit-address-family
!
aaa new-model
aaa authentication dot1x default group radius
aaa session-id common
switch 1 provision c9200l-24p-4x
!
ip dhcp snooping vlan 20,40
ip dhcp snooping
no ip domain lookup
vtp mode transparent
dot1x system-auth-control
!
spanning-tree mode rapid-pvst
spanning-tree portfast bpduguard default
spanning-tree extend system-id
errdisable recovery cause bpduguard
!
vlan internal allocation policy ascending
!
vlan 10
 name MGMT
!
vlan 20-22,40
!
vlan 999
 name PARKING
lldp run
!
class-map match-any C-VIDEO
  match access-group name A-VIDEO
!
policy-map P-EDGE-IN
 class C-VIDEO
  set dscp af41
!
interface Port-channel1
 switchport trunk native vlan 999
 switchport trunk allowed vlan 10,20-22
 switchport trunk allowed vlan add 40
 switchport mode trunk
!
interface GigabitEthernet0/0
 vrf forwarding Mgmt-vrf
 no ip address
 shutdown
 negotiation auto
!
interface GigabitEthernet1/0/1
 description bed 1
 switchport access vlan 20
 switchport mode access
 switchport port-security maximum 2
 switchport port-security
 authentication host-mode multi-domain
 authentication port-control auto
 mab
 dot1x pae authenticator
 spanning-tree portfast
 service-policy input P-EDGE-IN
!
interface GigabitEthernet1/0/2
 switchport access vlan 999
 switchport mode access
 shutdown
!
interface GigabitEthernet1/0/3
 switchport access vlan 20
!
interface GigabitEthernet1/0/4
 switchport access vlan 20
 switchport mode access
 switchport voice vlan 21
!
interface TenGigabitEthernet1/1/1
 switchport trunk native vlan 999
 switchport trunk allowed vlan 10,20-22,40
 switchport mode trunk
 channel-group 1 mode active
 ip dhcp snooping trust
!
interface Vlan1
 no ip address
 shutdown
!
interface Vlan10
 ip address 10.7.10.2 255.255.255.0
!
ip default-gateway 10.7.10.1
ip http server
ip ssh version 2
!
access-list 10 permit 10.0.4.0 0.0.0.255
ip access-list extended A-VIDEO
 10 permit udp any any range 16384 32767
!
logging host 10.0.4.10
snmp-server group G-NMS v3 priv
!
radius server R1
 address ipv4 10.0.4.12 auth-port 1812 acct-port 1813
 key 7 nothing
!
monitor session 1 source interface Gi1/0/1
monitor session 1 destination interface Gi1/0/24
!
line con 0
 stopbits 1
line vty 0 4
 access-class 10 in
 transport input ssh
line vty 5 15
 transport input none
!
end
"""


def test_a_printed_switch() -> None:
    read = parse_ios_switch(SWITCH)
    assert unread(read) == ["interface GigabitEthernet1/0/3", "switchport voice vlan 21"]
    assert read.vlans == {10, 20, 21, 22, 40, 999}
    uplink = read.ports["TenGigabitEthernet1/1/1"]
    assert (uplink.mode, uplink.native_vlan) == (PortMode.TRUNK, 999)
    assert uplink.trunk_vlans == {10, 20, 21, 22, 40}
    assert read.ports["GigabitEthernet1/0/1"].access_vlan == 20
    assert read.ports["GigabitEthernet1/0/2"].mode is PortMode.SHUTDOWN
    assert read.addresses == {"Vlan10": ("10.7.10.2/24",)}
