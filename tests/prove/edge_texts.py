"""Texts for the service edge GZ-DCA-SE01, written by hand from FRR's and nft's own documents."""

ROUTING = """\
frr version 8.4.4
frr defaults traditional
hostname GZ-DCA-SE01
log syslog informational
service integrated-vtysh-config
!
ip route 0.0.0.0/0 10.0.100.1
ip route 10.0.150.70/32 10.0.100.1
ip route 10.4.150.70/32 10.0.100.1
ip route 10.4.140.70/32 10.0.140.1
ipv6 route ::/0 2001:db8:a00:64::1
!
ip prefix-list POOL seq 5 permit 10.12.0.0/20 ge 32
ip prefix-list NOTHING seq 5 deny any
ipv6 prefix-list POOL6 seq 5 permit 2001:db8:c00::/116 ge 128
ipv6 prefix-list NOTHING6 seq 5 deny any
!
route-map SERVICES permit 10
 match interface lo
 match ip address prefix-list POOL
exit
!
route-map SERVICES6 permit 10
 match interface lo
 match ipv6 address prefix-list POOL6
exit
!
router bgp 64514
 bgp router-id 10.0.100.70
 bgp log-neighbor-changes
 bgp graceful-restart-disable
 no bgp default ipv4-unicast
 neighbor CORE peer-group
 neighbor CORE remote-as 64512
 neighbor CORE password vault:bgp-dc-a-service-edge
 neighbor CORE ebgp-multihop 3
 neighbor CORE bfd profile core
 neighbor CORE advertisement-interval 0
 neighbor CORE timers connect 1
 neighbor 10.0.1.50 peer-group CORE
 neighbor 10.0.1.50 update-source 10.0.100.70
 neighbor 10.0.1.51 peer-group CORE
 neighbor 10.0.1.51 update-source 10.0.100.70
 neighbor 2001:db8:a00:ffe::32 peer-group CORE
 neighbor 2001:db8:a00:ffe::32 update-source 2001:db8:a00:64::46
 neighbor 2001:db8:a00:ffe::33 peer-group CORE
 neighbor 2001:db8:a00:ffe::33 update-source 2001:db8:a00:64::46
 !
 address-family ipv4 unicast
  redistribute connected route-map SERVICES
  neighbor 10.0.1.50 activate
  neighbor 10.0.1.50 prefix-list NOTHING in
  neighbor 10.0.1.50 prefix-list POOL out
  neighbor 10.0.1.50 maximum-prefix 10
  neighbor 10.0.1.51 activate
  neighbor 10.0.1.51 prefix-list NOTHING in
  neighbor 10.0.1.51 prefix-list POOL out
  neighbor 10.0.1.51 maximum-prefix 10
 exit-address-family
 !
 address-family ipv6 unicast
  redistribute connected route-map SERVICES6
  neighbor 2001:db8:a00:ffe::32 activate
  neighbor 2001:db8:a00:ffe::32 prefix-list NOTHING6 in
  neighbor 2001:db8:a00:ffe::32 prefix-list POOL6 out
  neighbor 2001:db8:a00:ffe::32 maximum-prefix 10
  neighbor 2001:db8:a00:ffe::33 activate
  neighbor 2001:db8:a00:ffe::33 prefix-list NOTHING6 in
  neighbor 2001:db8:a00:ffe::33 prefix-list POOL6 out
  neighbor 2001:db8:a00:ffe::33 maximum-prefix 10
 exit-address-family
exit
!
bfd
 profile core
  detect-multiplier 3
  receive-interval 300
  transmit-interval 300
 exit
exit
!
end
"""

GUARD = """\
# Doors of the services: shut until an agent opens them.
table inet doors
delete table inet doors
table inet doors {
  set pool4 { type ipv4_addr; flags interval; elements = { 10.12.0.0/20 }; }
  set pool6 {
    type ipv6_addr
    flags interval
    elements = { 2001:db8:c00::/116 }
  }
  set armed0_v4 { type ipv4_addr; flags timeout; }
  set armed1_v4 { type ipv4_addr; flags timeout; }
  set live0_v4 { type ipv4_addr; }
  set live1_v4 { type ipv4_addr; }
  set armed0_v6 { type ipv6_addr; flags timeout; }
  set armed1_v6 { type ipv6_addr; flags timeout; }
  set live0_v6 { type ipv6_addr; }
  set live1_v6 { type ipv6_addr; }
  counter closed { }
  chain arriving {
    type filter hook prerouting priority raw; policy accept;
    ip daddr != @pool4 accept
    ip6 daddr != @pool6 accept
    ip daddr @armed0_v4 ip daddr @live0_v4 accept
    ip daddr @armed1_v4 ip daddr @live1_v4 accept
    ip6 daddr @armed0_v6 ip6 daddr @live0_v6 accept
    ip6 daddr @armed1_v6 ip6 daddr @live1_v6 accept
    counter name closed drop
  }
  chain leaving {
    type filter hook output priority raw; policy accept;
    ip saddr != @pool4 accept
    ip6 saddr != @pool6 accept
    ip saddr @armed0_v4 ip saddr @live0_v4 accept
    ip saddr @armed1_v4 ip saddr @live1_v4 accept
    ip6 saddr @armed0_v6 ip6 saddr @live0_v6 accept
    ip6 saddr @armed1_v6 ip6 saddr @live1_v6 accept
    counter name closed drop
  }
}
"""
