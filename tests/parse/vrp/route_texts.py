"""Texts about routing in the shape of manuals and of printed configurations, typed by hand.

No line comes from this project's own templates.
"""

from __future__ import annotations

AGGREGATION = """\
!Software Version V300R019C11SPC100
#
 sysname AGG-R1
#
 ip vpn-instance default
 ipv4-family
#
bfd
#
acl number 2001
 rule 5 permit source 172.20.0.0 0.0.255.255
 rule 10 deny
#
aaa
 authentication-scheme default
 domain default
  authentication-scheme default
#
interface GigabitEthernet0/0/0
 ip binding vpn-instance default
 ip address 192.168.0.1 255.255.255.0
#
interface GigabitEthernet0/0/1
 description to core A
 ip address 198.51.100.1 255.255.255.254
#
interface LoopBack0
 ip address 172.20.255.1 255.255.255.255
 ipv6 enable
 ipv6 address 2001:DB8:20::1/128
#
interface NULL0
#
bgp 4201000000
 router-id 172.20.255.1
 undo default ipv4-unicast
 timer keepalive 10 hold 30
 group HEADS external
 peer HEADS bfd enable
 peer HEADS bfd min-tx-interval 300 min-rx-interval 300
 peer HEADS timer connect-retry 1
 peer HEADS route-update-interval 0
 peer 198.51.100.0 as-number 64512
 peer 198.51.100.0 description core A, first router
 peer 198.51.100.0 bfd min-tx-interval 300 min-rx-interval 300 detect-multiplier 4
 peer 198.51.100.0 bfd enable
 peer 198.51.100.0 timer connect-retry 1
 peer 198.51.100.0 route-update-interval 0
 peer 198.51.100.0 valid-ttl-hops 1
 peer 198.51.100.0 password cipher %^%#vault:core-a#%^%#
 peer 172.20.9.2 as-number 4201001000
 peer 172.20.9.2 group HEADS
 peer 172.20.9.2 ebgp-max-hop 3
 peer 172.20.9.2 connect-interface LoopBack0
 peer 172.20.9.6 as-number 4201002000
 peer 172.20.9.6 group HEADS
 peer 172.20.9.6 ignore
 peer 2001:DB8:20::F as-number 64512
 peer 2001:DB8:20::F connect-interface LoopBack0 2001:DB8:20::1
 #
 ipv4-family unicast
  undo synchronization
  aggregate 172.16.0.0 255.240.0.0 detail-suppressed
  network 172.20.255.1 255.255.255.255
  import-route static route-policy SITES
  peer HEADS enable
  peer HEADS ip-prefix COUNTIES import
  peer HEADS ip-prefix NOTHING export
  peer HEADS route-limit 4
  peer HEADS default-route-advertise conditional-route-match-any 10.0.0.0 14 10.4.0.0 14
  peer 198.51.100.0 enable
  peer 198.51.100.0 route-policy FROM-CORE import
  peer 198.51.100.0 ip-prefix AGGREGATE export
  peer 198.51.100.0 route-limit 300 80 idle-timeout 5
  peer 198.51.100.0 advertise-community
  peer 172.20.9.2 enable
  peer 172.20.9.2 group HEADS
  peer 172.20.9.6 enable
  peer 172.20.9.6 group HEADS
 #
 ipv6-family unicast
  undo synchronization
  network 2001:DB8:2000:: 36
  peer 2001:DB8:20::F enable
  peer 2001:DB8:20::F ipv6-prefix SIX export
  peer 2001:DB8:20::F route-update-interval 0
#
route-policy FROM-CORE permit node 10
 if-match ip-prefix CENTRES
 apply local-preference 200
#
route-policy FROM-CORE permit node 20
 if-match community-filter 1
 if-match as-path-filter 2
 apply cost 50
#
route-policy SITES permit node 5
 if-match tag 77
#
ip ip-prefix AGGREGATE index 10 permit 172.16.0.0 12
ip ip-prefix CENTRES index 10 permit 10.0.0.0 14
ip ip-prefix CENTRES index 20 permit 10.4.0.0 14
ip ip-prefix COUNTIES index 10 permit 172.20.0.0 16 greater-equal 17 less-equal 19
ip ip-prefix NOTHING index 10 deny 0.0.0.0 0 less-equal 32
ip ipv6-prefix SIX index 10 permit 2001:DB8:2000:: 36
#
ip as-path-filter 2 permit ^64512_
ip community-filter 1 permit 64512:7
#
ip route-static 172.16.0.0 255.240.0.0 NULL0 preference 250
ip route-static 172.20.64.0 255.255.192.0 172.20.9.2 tag 77 track bfd-session HEAD1
ip route-static vpn-instance default 0.0.0.0 0.0.0.0 192.168.0.254
ipv6 route-static 2001:DB8:2000:: 36 NULL0
#
bfd HEAD1 bind peer-ip 172.20.9.2 interface GigabitEthernet0/0/1
 discriminator local 11
 discriminator remote 12
 min-tx-interval 300
 min-rx-interval 300
 commit
#
user-interface vty 0 4
 acl 2001 inbound
 authentication-mode aaa
#
return
"""
"""A printed router: peers of three kinds, both families, static routes that watch."""

SCRIPT = """\
system-view
bgp 65001
peer 192.0.2.2 as-number 65002
peer 192.0.2.2 ebgp-max-hop
network 10.1.0.0 255.255.0.0
peer 192.0.2.2 ip-prefix OUT export
ipv6-family unicast
network 2001:db8:1:: 48
quit
peer 192.0.2.2 timer keepalive 3 hold 9
quit
ip ip-prefix OUT permit 10.1.0.0 16
interface GigabitEthernet 0/0/1
lldp enable
ip address 192.0.2.1 30
quit
ip route-static 10.1.0.0 16 NULL 0
"""
"""A script as manuals print it: flat, abbreviated interface, views left by `quit`."""

FIREWALL = """\
#
 sysname BRANCH-FW
#
 ip-link check enable
 ip-link name carrier
  destination 203.0.113.6 mode icmp
#
interface GigabitEthernet1/0/2
 undo shutdown
 ip address 203.0.113.5 255.255.255.252
 undo service-manage enable
#
firewall zone local
 set priority 100
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/2
#
bgp 4201001000
 peer 203.0.113.6 as-number 4201000000
 #
 ipv4-family unicast
  undo synchronization
  network 172.20.0.0 255.255.128.0
  peer 203.0.113.6 enable
#
 ip route-static 0.0.0.0 0.0.0.0 203.0.113.6 track ip-link carrier description by line
 ip route-static 172.20.0.0 255.255.128.0 NULL0
#
ip address-set HEAD type object
 address 0 203.0.113.6 mask 32
#
security-policy
 rule name BGP-IN
  source-zone untrust
  destination-zone local
  source-address address-set HEAD
  service bgp
  action permit
#
return
"""
"""A printed firewall with routing: it has two readers."""
