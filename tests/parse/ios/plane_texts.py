"""One switch that is administered well, in two texts: as a device prints it, and as typed."""

from __future__ import annotations

PRINTED = """\
Building configuration...

Current configuration : 9120 bytes
!
version 17.9
service timestamps debug datetime msec
service timestamps log datetime msec localtime show-timezone
service password-encryption
no service pad
!
hostname CLINIC-9-SW
!
vrf definition Mgmt-vrf
 !
 address-family ipv4
 exit-address-family
!
enable secret 9 $9$nothing
!
aaa new-model
!
aaa group server tacacs+ ADMINS
 server name T1
 server name T2
 ip tacacs source-interface Vlan10
!
aaa group server radius PORTS
 server name R1
 ip radius source-interface Vlan10
!
aaa authentication login default group ADMINS local
aaa authentication dot1x default group PORTS
aaa authorization console
aaa authorization exec default group ADMINS local
aaa authorization network default group PORTS
aaa accounting exec default
 action-type start-stop
 group ADMINS
!
aaa accounting commands 15 default
 action-type start-stop
 group ADMINS
!
aaa common-criteria policy HOUSE
 min-length 12
 numeric-count 1
 upper-case 1
 lower-case 1
 special-case 1
 lifetime day 90
!
aaa session-id common
clock timezone BJ 8 0
no ip source-route
!
ip dhcp snooping vlan 20,40
ip dhcp snooping
no ip domain lookup
login block-for 300 attempts 5 within 60
login on-failure log
vtp mode transparent
flow exporter NETS
 destination 10.0.4.30
 source Vlan10
 transport udp 2055
!
flow monitor WATCH
 exporter NETS
 record RECORD
!
flow record RECORD
 match ipv4 source address
 collect counter bytes long
!
dot1x system-auth-control
username breakglass privilege 15 common-criteria-policy HOUSE secret 9 vault:breakglass
!
spanning-tree mode rapid-pvst
spanning-tree extend system-id
!
vlan 10,20,40
!
no cdp run
!
interface GigabitEthernet1/0/1
 switchport access vlan 40
 switchport mode access
 switchport port-security maximum 2
 switchport port-security violation  restrict
 switchport port-security
 authentication order dot1x mab
 authentication port-control auto
 authentication periodic
 mab
 dot1x pae authenticator
 spanning-tree portfast
 spanning-tree bpduguard enable
 ip verify source
!
interface TenGigabitEthernet1/1/1
 switchport trunk allowed vlan 10,20,40
 switchport mode trunk
 ip flow monitor WATCH input
 ip dhcp snooping trust
!
interface Vlan10
 ip address 10.7.10.2 255.255.255.0
!
no ip bootp server
no ip http server
no ip http secure-server
ip ssh version 2
!
ip access-list standard ADMINS
 10 permit 10.0.4.0 0.0.0.15
 20 deny   any log
ip access-list standard NMS
 10 permit 10.0.4.20
!
logging tls-profile LOGS
 tls-version TLSv1.2
 ciphersuite ecdhe-rsa-aes-gcm-sha2
logging source-interface Vlan10
logging host 10.0.4.10 transport tls port 6514 profile LOGS
logging host 10.1.4.10 transport tls port 6514 profile LOGS
!
snmp-server group READERS v3 priv read ALL access NMS
snmp-server view ALL iso included
snmp-server user nms READERS v3 auth sha-2 256 vault:a priv aes 256 vault:p
snmp-server trap-source Vlan10
snmp-server enable traps snmp authentication linkdown linkup
snmp-server host 10.0.4.20 version 3 priv nms
!
tacacs server T1
 address ipv4 10.0.4.11
 key 7 vault:tacacs
tacacs server T2
 address ipv4 10.1.4.11
 key 7 vault:tacacs
!
radius server R1
 address ipv4 10.0.4.13 auth-port 1812 acct-port 1813
 key 7 vault:radius
!
ipv6 access-list ADMINS6
 sequence 10 permit ipv6 2001:DB8:4::/124 any
!
control-plane
!
banner login ^C
Keep out.
All is recorded.
^C
!
line con 0
 exec-timeout 5 0
 stopbits 1
line vty 0 4
 access-class ADMINS in vrf-also
 exec-timeout 5 0
 ipv6 access-class ADMINS6 in
 transport input ssh
line vty 5 15
 access-class ADMINS in vrf-also
 exec-timeout 5 0
 ipv6 access-class ADMINS6 in
 transport input ssh
!
ntp authentication-key 7 hmac-sha2-256 vault:ntp 7
ntp authenticate
ntp trusted-key 7
ntp source Vlan10
ntp server 10.0.4.1 key 7
!
no vstack
end
"""

TYPED = """
    en
    conf t
    host CLINIC-9-SW
    line vty 0 15
    access-class ADMINS in
    ipv6 access-class ADMINS6 in
    exec-t 5
    trans inp telnet
    trans inp ssh
    line con 0
    exec-timeout 5 0
    aaa new-model
    aaa authentication login default gr ADMINS loc
    aaa authentication dot1x default gr radius
    aaa authorization exec default gr ADMINS loc
    aaa accounting exec default start-stop gr ADMINS
    aaa accounting commands 15 default start-stop gr ADMINS
    aaa gr ser tacacs+ ADMINS
    ser name T1
    ser name T2
    tacacs ser T2
    key vault:tacacs
    add ipv4 10.1.4.11
    tacacs ser T1
    add ipv4 10.0.4.11
    key vault:tacacs
    radius ser R1
    add ipv4 10.0.4.13
    key 0 vault:radius
    ip tacacs source-interface vlan 10
    ip radius source-interface vlan10
    aaa common-criteria policy HOUSE
    lifetime day 90
    upper-case 2
    lower-case 2
    special-case 2
    numeric-count 2
    min-length 12
    user breakglass priv 15
    user breakglass common-criteria-policy HOUSE algorithm-type scrypt sec vault:breakglass
    user old priv 15 sec x
    no user old
    login block-for 300 attempts 5 within 60
    banner login # wrong #
    banner login $Keep out.
    All is recorded.$
    serv time log datetime show-timezone
    clock timezone BJ 8
    logg host 10.1.4.10 transport tls profile LOGS
    logg host 10.0.4.10 transport tls profile LOGS
    logg source-interface vlan10
    logging tls-profile LOGS
    ntp ser 10.0.4.1 key 7 prefer
    ntp source vlan 10
    ntp trusted-key 7
    ntp authenticate
    ntp authentication-key 7 hmac-sha2-256 vault:ntp
    snmp-server host 10.0.4.20 traps ver 3 priv nms
    snmp-server enable tra
    snmp-server trap-source vlan10
    snmp-server user nms READERS v3 auth sha-2 256 vault:a priv aes 256 vault:p access NMS
    snmp-server group READERS v3 priv
    no ip http server
    no ip http secure-server
    no ip bootp server
    no vstack
    no cdp run
    ip ssh ver 2
    ip access-list sta ADMINS
    permit 10.0.4.0 0.0.0.7
    permit 10.0.4.8 0.0.0.7
    ip access-list sta NMS
    permit host 10.0.4.20
    ipv6 access-list ADMINS6
    permit tcp 2001:db8:4::/124 any eq 22
    vtp mode off
    vl 10,20,40
    int vlan10
    ip add 10.7.10.2 255.255.255.0
    flow monitor WATCH
    record netflow ipv4 original-input
    exporter NETS
    flow exporter NETS
    transport udp 2055
    source vlan10
    destination 10.0.4.30
    int te1/1/1
    sw mo tr
    sw tr al vl 10,20,40
    ip flow monitor WATCH input
    ip dhcp snooping trust
    int gi1/0/1
    sw mo ac
    sw ac vl 40
    sw port-security
    sw port-security max 2
    authentication port-control auto
    dot1x pae authenticator
    mab
    ip verify source
    ip dhcp snooping
    ip dhcp snooping vlan 40
    ip dhcp snooping vlan 20
    dot1x system-auth-control
    span portf bpdug default
    span portf default
    end
    wr mem
"""
