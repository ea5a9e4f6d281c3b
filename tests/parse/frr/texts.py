"""FRR texts written by hand from its documents, with something of everything that is read."""

from __future__ import annotations

EVERYTHING = """\
frr version 8.4.4
frr defaults traditional
hostname edge
log syslog informational
service integrated-vtysh-config
no ip forwarding
no ipv6 forwarding
!
ip prefix-list POOL description addresses of services
ip prefix-list POOL seq 5 permit 10.12.0.0/20 ge 32
ip prefix-list NONE seq 5 deny any
ipv6 prefix-list POOL6 seq 5 permit 2001:db8:c00::/116 ge 128
ipv6 prefix-list NONE6 seq 5 deny any
!
ip route 10.13.0.0/20 Null0 254
ip route 10.14.0.0/20 blackhole tag 7
ipv6 route 2001:db8:1::/48 2001:db8::1
access-list VTY seq 5 permit 127.0.0.0/8
access-list NETS seq 5 permit 10.0.0.0/8 exact-match
access-list NETS seq 10 permit 10.12.0.0/16
bgp community-list standard MINE seq 5 permit 65000:1 65000:2
bgp as-path access-list LOCAL seq 5 permit ^$
!
route-map SERVICES permit 10
 match ip address prefix-list POOL
 match interface lo
 set metric 100
 set community 64514:1 additive
!
route-map SERVICES6 permit 10
 match ipv6 address prefix-list POOL6
!
route-map OUT permit 10
 description routes of our own
 match community MINE
 match as-path LOCAL
 match tag 5
 set local-preference 200
 set metric +5
 on-match next
exit
route-map OUT deny 20
!
route-map NOTHING deny 10
!
bfd
 profile fast
  detect-multiplier 5
  receive-interval 100
  transmit-interval 100
 exit
 profile slow
 exit
 peer 10.0.1.50 multihop local-address 10.0.100.71
  profile fast
 exit
exit
router bgp 64514
 bgp router-id 10.0.10.70
 bgp log-neighbor-changes
 bgp always-compare-med
 bgp graceful-restart-disable
 no bgp default ipv4-unicast
 no bgp network import-check
 timers bgp 3 9
 neighbor CORE peer-group
 neighbor CORE remote-as 64512
 neighbor CORE description core routers
 neighbor CORE password vault:bgp-key
 neighbor CORE ebgp-multihop 3
 neighbor CORE update-source 10.0.100.71
 neighbor CORE bfd profile slow
 neighbor CORE advertisement-interval 0
 neighbor CORE timers 3 9
 neighbor CORE timers connect 1
 neighbor CORE capability extended-nexthop
 neighbor 10.0.1.50 peer-group CORE
 neighbor 10.0.1.51 peer-group CORE
 neighbor 2001:db8:a00:ffe::32 remote-as 64512
 neighbor 2001:db8:a00:ffe::32 bfd profile fast
 neighbor 2001:db8:a00:ffe::32 ttl-security hops 2
 neighbor 2001:db8:a00:ffe::33 remote-as external
 neighbor 2001:db8:a00:ffe::33 shutdown message under repair
 bgp listen range 10.5.0.0/24 peer-group CORE
 address-family ipv4 unicast
  redistribute connected route-map SERVICES
  redistribute static metric 5
  network 10.99.0.0/24 route-map OUT
  aggregate-address 10.12.0.0/20 summary-only
  neighbor CORE activate
  neighbor CORE soft-reconfiguration inbound
  neighbor CORE route-map NOTHING in
  neighbor CORE distribute-list NETS out
  neighbor CORE filter-list LOCAL out
  neighbor CORE maximum-prefix 10 80 restart 5
  neighbor CORE next-hop-self
  neighbor CORE send-community both
  neighbor CORE default-originate route-map OUT
  neighbor CORE weight 10
 exit-address-family
 address-family ipv6 unicast
  redistribute connected route-map SERVICES6
  neighbor 2001:db8:a00:ffe::32 activate
  neighbor 2001:db8:a00:ffe::32 prefix-list NONE6 in
  neighbor 2001:db8:a00:ffe::32 prefix-list POOL6 out
  neighbor 2001:db8:a00:ffe::32 maximum-prefix 5 warning-only
 exit-address-family
exit
!
interface lo
 ip address 10.0.1.70/32
 description loopback
!
line vty
 access-class VTY
 exec-timeout 5 0
!
end
"""
