"""One switch that is administered well, in two texts: as a device prints it, and as typed."""

from __future__ import annotations

PRINTED = """\

Building configuration...
Current configuration : 4711 bytes

version RGOS 10.4(3b19)p3 Release(182391)(Thu Nov 27 11:15:24 CST 2014 -ngcf32)
hostname CLINIC-4-SW
!
ip access-list standard ADMINS
 10 permit 10.0.4.0 0.0.0.15
 20 deny any
!
ip access-list standard NMS
 10 permit host 10.0.4.20
!
ipv6 access-list ADMINS6
 10 permit ipv6 2001:db8:4::/124 any
!
username breakglass privilege 15
username breakglass password 7 vault:breakglass
!
no cwmp
!
aaa new-model
!
aaa group server tacacs+ ADMINS
 server 10.0.4.11
 server 10.1.4.11
!
aaa accounting network default start-stop group radius
aaa accounting exec default start-stop group ADMINS
aaa accounting commands 15 default start-stop group ADMINS
aaa authorization exec default group ADMINS local
aaa authentication login default group ADMINS local
aaa authentication dot1x HOSTS group radius
aaa local authentication attempts 5
aaa local authentication lockout-time 5
!
install 0 S2928G-E
!
sysmac 1414.4b00.0001
!
nfpp
!
password policy life-cycle 90
password policy no-repeat-times 5
password policy min-size 12
password policy strong
service password-encryption
service timestamps log datetime year
service log-format rfc5424
!
redundancy
!
no enable service web-server http
no enable service web-server https
ip dhcp snooping
!
clock timezone east 8 0
!
radius-server host 10.0.4.13 test username probe idle-time 5 key 7 vault:radius
radius-server timeout 3
tacacs-server host 10.0.4.11 key 7 vault:tacacs
tacacs-server host 10.1.4.11 key 7 vault:tacacs
ip tacacs source-interface VLAN 10
ip radius source-interface VLAN 10
ip ssh version 2
logging source interface VLAN 10
logging server 10.0.4.10
logging server 10.1.4.10
!
enable secret 5 $1$nothing
enable service ssh-server
no enable service telnet-server
no lldp enable
!
dot1x accounting default
dot1x authentication HOSTS
!
spanning-tree
spanning-tree mode rstp
!
vlan 10
 name MGMT
!
vlan 20
!
vlan 40
 name IMAGING
!
vlan range 1,999
!
interface GigabitEthernet 0/1
 switchport access vlan 40
 switchport port-security maximum 2
 switchport port-security violation restrict
 switchport port-security
 spanning-tree bpduguard enable
 spanning-tree portfast
 ip verify source port-security
 dot1x port-control auto
 dot1x mac-auth-bypass
 description bed 1
!
interface gi 0/2
 switchport access vlan 999
 shutdown
 description free
!
interface GigabitEthernet 0/25
 medium-type fiber
 switchport mode trunk
 switchport trunk native vlan 999
 switchport trunk allowed vlan only 10,20,40
 ip dhcp snooping trust
 arp timeout 600
 description to the gateway
!
interface VLAN 10
 no shutdown
 ip address 10.7.10.2 255.255.255.0
!
ip default-gateway 10.7.10.1
!
snmp-server view ALL 1.3.6.1 include
snmp-server trap-source VLAN 10
snmp-server host 10.0.4.20 traps version 3 priv nms
snmp-server group READERS v3 priv read ALL access NMS
snmp-server user nms READERS v3 encrypted auth sha vault:a priv aes128 vault:p
no snmp-server enable version v1
no snmp-server enable version v2c
snmp-server enable version v3
snmp-server enable traps
!
ntp authentication-key 7 md5 vault:ntp 7
ntp authenticate
ntp trusted-key 7
ntp server 10.0.4.1 source VLAN 10 key 7
!
banner login ^C
Keep out.
All is recorded.
^C
!
line console 0
 exec-timeout 5 0
 accounting commands 15 default
 accounting exec default
line vty 0 4
 access-class ADMINS in
 ipv6 access-class ADMINS6 in
 transport input ssh
 exec-timeout 5 0
 login authentication default
 authorization exec default
 accounting commands 15 default
 accounting exec default
!
end
"""

TYPED = """
    en
    conf t
    host CLINIC-4-SW
    line vty 0 4
    transport input all
    access-c ADMINS in
    ipv6 access-class ADMINS6 in
    exec-t 5
    authorization exec default
    accounting exec default
    accounting commands 15 default
    trans inp ssh
    line con 0
    exec-timeout 5
    accounting exec default
    accounting commands 15 default
    exit
    aaa new-model
    aaa authentication login default gr ADMINS loc
    aaa authentication dot1x HOSTS gr radius
    aaa authorization exec default group ADMINS local
    aaa accounting exec default start-stop group ADMINS
    aaa accounting commands 15 default start-stop group ADMINS
    aaa group server tacacs+ ADMINS
    server 10.0.4.11
    server 10.1.4.11
    ex
    tacacs-server key vault:tacacs
    tacacs-server host 10.1.4.11
    tacacs-server host 10.0.4.11
    radius-server key 0 vault:other
    radius-server host 10.0.4.13 key vault:radius
    ip tacacs source-interface vlan 10
    ip radius source-interface vlan10
    aaa local authentication attempts 3
    aaa local authentication attempts 5
    aaa local authentication lockout-time 5
    password policy min-size 12
    password policy strong
    password policy no-repeat-times 5
    password policy life-cycle 90
    user breakglass password vault:breakglass
    username breakglass privilege 15
    no enable service web-server
    enable service telnet-server
    no enable service telnet-server
    enable service ssh-server
    no lldp enable
    ip access-list standard ADMINS
    permit 10.0.4.0 0.0.0.15
    exit
    access-list 20 permit host 10.0.4.20
    ipv6 access-list ADMINS6
    permit ipv6 2001:DB8:4::/124 any
    exit
    banner login #Keep out.
All is recorded.#
    clock timezone BJ +8
    service timestamps log datetime
    service log-format rfc5424
    logging server 10.9.9.9
    no logging server 10.9.9.9
    logging server 10.1.4.10
    logging server 10.0.4.10 udp-port 514
    logging source interface vlan 10
    snmp-server community public ro
    no snmp-server community public
    snmp-server group READERS v3 priv read default access 20
    snmp-server user nms READERS v3 auth sha vault:a priv aes128 vault:p
    snmp-server trap-source vlan 10
    snmp-server host 10.0.4.20 traps version 3 priv nms
    snmp-server enable traps
    ntp server 10.0.4.1 key 7 source vl10
    ntp trusted-key 7
    ntp authentication-key 7 md5 vault:ntp
    ntp authenticate
    vlan 10
    name MGMT
    vlan range 20,40-41,999
    no vlan 41
    spanning-tree
    ip dhcp snooping
    dot1x authentication HOSTS
    int vlan 10
    ip add 10.7.10.2/24
    int range gi 0/1-2
    sw ac vl 999
    desc free
    sh
    int g0/1
    description bed 1
    no sh
    sw mo ac
    sw ac vl 40
    switchport port-security
    switchport port-security maximum 2
    spanning-tree portfast
    span bpduguard enabled
    ip verify source
    dot1x port-control auto
    dot1x mac-auth-bypass multi-user
    int gi 0/25
    desc to the gateway
    sw mo tr
    sw tr nat vl 999
    sw tr al vl remove 1-4094
    sw tr al vl add 10,20
    sw tr al vl add 40
    ip dhcp snooping trust
    end
    wr
"""
