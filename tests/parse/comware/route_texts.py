"""Texts about routing in the shape of manuals and of printed configurations, typed by hand.

No line comes from this project's own templates.
"""

from __future__ import annotations

ROUTER = """\
#
 version 7.1.064, Release 0821P13
#
 sysname AGG-R1
#
ip vpn-instance MGMT
 route-distinguisher 65001:1
#
 router id 10.255.0.1
#
 bfd echo-source-ip 10.255.0.250
 bfd multi-hop min-transmit-interval 300
 bfd multi-hop min-receive-interval 300
 bfd multi-hop detect-multiplier 3
#
interface LoopBack0
 ip address 10.255.0.1 255.255.255.255
#
interface GigabitEthernet0/0
 ip binding vpn-instance MGMT
 ip address 192.168.0.1 255.255.255.0
#
interface GigabitEthernet0/1
 description to core A
 ip address 198.51.100.1 255.255.255.254
 ipv6 address 2001:DB8:10::1/127
 bfd min-transmit-interval 200
 bfd min-receive-interval 250
 bfd detect-multiplier 4
#
interface GigabitEthernet0/2
 ip address 172.20.9.1 255.255.255.252
 ip address 172.20.9.5 255.255.255.252 sub
#
bgp 4200050000
 router-id 10.255.0.9
 timer keepalive 10 hold 30
 group HEADS external
 peer HEADS route-update-interval 0
 peer HEADS bfd
 peer 10.255.0.2 as-number 4200050000
 peer 10.255.0.2 connect-interface LoopBack0
 peer 10.255.0.2 bfd
 peer 172.20.9.2 as-number 4200050001
 peer 172.20.9.2 group HEADS
 peer 172.20.9.6 group HEADS as-number 4200050002
 peer 172.20.9.6 ignore
 peer 198.51.100.0 as-number 64512
 peer 198.51.100.0 description core A
 peer 198.51.100.0 timer connect-retry 5
 peer 198.51.100.0 timer keepalive 3 hold 9
 peer 198.51.100.0 bfd single-hop
 peer 198.51.100.0 ttl-security hops 1
 peer 198.51.100.0 password cipher $c$3$5L0tB3rWkQ==
 peer 2001:DB8:10:: as-number 64512
 #
 address-family ipv4 unicast
  default-route imported
  aggregate 172.16.0.0 255.240.0.0
  network 172.20.0.0 255.255.0.0
  import-route static med 20 route-policy SITES
  peer HEADS enable
  peer HEADS prefix-list NOTHING import
  peer HEADS default-route-advertise
  peer 10.255.0.2 enable
  peer 10.255.0.2 next-hop-local
  peer 10.255.0.2 advertise-community
  peer 198.51.100.0 enable
  peer 198.51.100.0 route-policy FROM-CORE import
  peer 198.51.100.0 prefix-list AGGREGATE export
  peer 198.51.100.0 route-limit 300 reconnect 60 80
 #
 address-family ipv6 unicast
  network 2001:DB8:2000:: 36
  peer 2001:DB8:10:: enable
  peer 2001:DB8:10:: prefix-list SIX export
#
route-policy FROM-CORE permit node 10
 if-match ip address prefix-list CENTRES
 apply local-preference 200
#
route-policy FROM-CORE permit node 20
 if-match community 1
 if-match as-path 2
 apply cost 50
#
route-policy SITES permit node 5
 if-match tag 77
#
 ip prefix-list AGGREGATE index 10 permit 172.16.0.0 12
 ip prefix-list CENTRES index 10 permit 10.0.0.0 14
 ip prefix-list CENTRES index 20 permit 10.4.0.0 14
 ip prefix-list NOTHING index 10 deny 0.0.0.0 0 less-equal 32
#
 ipv6 prefix-list SIX index 10 permit 2001:DB8:2000:: 36
#
 ip as-path 2 permit ^64512_
 ip community-list 1 permit 64512:7
#
 ip route-static 172.16.0.0 12 NULL0 preference 250
 ip route-static 172.20.64.0 18 172.20.9.2 track 5 tag 77 description to the head
 ip route-static vpn-instance MGMT 0.0.0.0 0 192.168.0.254
 ipv6 route-static 2001:DB8:2000:: 36 NULL0
#
 track 5 nqa entry admin head1 reaction 1
#
nqa entry admin head1
 type icmp-echo
  destination ip 172.20.9.2
  frequency 1000
  reaction 1 checked-element probe-fail threshold-type consecutive 3 action-type trigger-only
#
 nqa schedule admin head1 start-time now lifetime forever
#
return
"""
"""A printed router: an internal peer, a group, both families, static routes that watch."""

SCRIPT = """\
sys
Bgp 65001
pe 192.0.2.2 as-n 65002
PEER 192.0.2.2 ebgp-max
peer 192.0.2.2 tim keep 3 ho 9
peer 192.0.2.2 conn LoopBack 0
address-f ipv4
net 10.1.0.0 255.255.0.0
peer 192.0.2.2 en
peer 192.0.2.2 prefix-l OUT exp
peer 192.0.2.2 route-limit 10 alert
qu
address-fam ipv6 uni
netw 2001:db8:1:: 48
qu
peer 192.0.2.2 route-up 0
quit
ip prefix-l OUT perm 10.1.0.0 16 less-e 18
int g1/0/1
lldp enable
ip address 192.0.2.1 30
quit
interface loop 0
 ip address 10.0.0.1 32
quit
ip route-st 10.1.0.0 16 null 0 pref 200
und ip route-st 10.1.0.0 16
ip route-st 10.1.0.0 255.255.0.0 NULL0
ret
"""
"""A script as manuals print it and people type it: flat, shortened, in any case."""

FIREWALL = """\
#
 version 7.1.064, Release 8860P16
#
 sysname BRANCH-FW
#
 security-zone intra-zone default permit
#
interface GigabitEthernet1/0/2
 port link-mode route
 ip address 203.0.113.5 255.255.255.252
 bfd min-transmit-interval 300
 bfd min-receive-interval 300
 bfd detect-multiplier 3
#
security-zone name Local
#
security-zone name Untrust
 import interface GigabitEthernet1/0/2
#
bgp 4201001000
 router-id 10.8.1.1
 peer 203.0.113.6 as-number 4201000000
 peer 203.0.113.6 bfd
 #
 address-family ipv4 unicast
  network 172.20.0.0 255.255.128.0
  peer 203.0.113.6 enable
  peer 203.0.113.6 prefix-list OURS export
#
 ip prefix-list OURS index 10 permit 172.20.0.0 17
#
 ip route-static 0.0.0.0 0 203.0.113.6 preference 70
 ip route-static 172.20.0.0 17 NULL0
#
security-policy ip
 rule 1 name BGP-IN
  action pass
  source-zone Untrust
  destination-zone Local
  source-ip-host 203.0.113.6
  service-port tcp destination eq 179
#
return
"""
"""A printed firewall with routing: it has two readers."""
