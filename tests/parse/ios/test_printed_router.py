"""Whole texts of routers: as a device prints one, and as a manual types one."""

from __future__ import annotations

from telemed_infra.management_plane import Listener, Lockout, Method
from telemed_infra.parse.behaviour import LOCAL, FirewallBehaviour
from telemed_infra.parse.ios import parse_ios_firewall
from tests.parse.ios.judge import chain, passes, read_whole

ROUTER = """\
Building configuration...

Current configuration : 7134 bytes
!
! Last configuration change at 03:12:44 UTC Mon Mar 2 2026 by ops
!
version 15.7
service timestamps debug datetime msec
service timestamps log datetime msec show-timezone
service password-encryption
no service dhcp
!
hostname CLINIC-7-FW
!
boot-start-marker
boot system flash:c2900-universalk9-mz.SPA.157-3.M8.bin
boot-end-marker
!
security passwords min-length 12
logging buffered 65536 informational
enable secret 9 $9$nothing$here
!
aaa new-model
!
aaa group server tacacs+ TAC
 server name T1
 ip tacacs source-interface Loopback0
!
aaa authentication login default group TAC local
aaa authorization exec default group TAC local
aaa accounting commands 15 default
 action-type start-stop
 group TAC
!
clock timezone BJ 8 0
no ip source-route
no ip bootp server
ip cef
ip domain name example.net
login block-for 120 attempts 3 within 60
ipv6 unicast-routing
ipv6 cef
!
parameter-map type inspect-global
 log dropped-packets
 max-incomplete low 18000
 max-incomplete high 20000
!
vrf definition MGMT
 rd 64999:1
 !
 address-family ipv4
 exit-address-family
!
username breakglass privilege 15 secret 9 $9$nothing$here
!
redundancy
!
track 1 interface GigabitEthernet0/2 line-protocol
!
ip ssh version 2
!
object-group network G-ARCHIVE
 description archive of the province
 host 172.16.9.5
 172.16.9.16 255.255.255.240
!
object-group service S-IMAGES
 tcp eq 104
 tcp eq 2762
!
class-map type inspect match-any CI-CLIN-WAN
 match access-group name A-CLIN-WAN
 match access-group name A-CLIN-WAN-6
class-map type inspect match-all CI-IPSEC
 match access-group name A-IPSEC
class-map type inspect match-any CI-WAN-SELF
 match access-group name A-WAN-SELF
class-map match-any C-VIDEO
 match access-group name A-VIDEO
 match dscp af41
!
policy-map type inspect PI-CLIN-WAN
 class type inspect CI-CLIN-WAN
  inspect
 class class-default
  drop log
policy-map type inspect PI-WAN-SELF
 class type inspect CI-IPSEC
  pass
 class type inspect CI-WAN-SELF
  inspect
 class class-default
  drop log
policy-map type inspect PI-SELF-WAN
 class type inspect CI-IPSEC
  pass
 class type inspect CI-WAN-SELF
  inspect
 class class-default
  drop log
policy-map P-WAN-OUT
 class C-VIDEO
  bandwidth percent 30
 class class-default
  fair-queue
!
zone security CLIN
 description clinical stations
zone security WAN
zone-pair security ZP-CLIN-WAN source CLIN destination WAN
 service-policy type inspect PI-CLIN-WAN
zone-pair security ZP-WAN-CLIN source WAN destination CLIN
zone-pair security ZP-WAN-SELF source WAN destination self
 service-policy type inspect PI-WAN-SELF
zone-pair security ZP-SELF-WAN source self destination WAN
 service-policy type inspect PI-SELF-WAN
!
crypto ikev2 proposal IKE
 encryption aes-gcm-256
 prf sha384
 group 20
!
crypto ikev2 policy IKE
 proposal IKE
crypto ikev2 keyring KEYS
 peer HEAD
  address 192.0.2.254
  pre-shared-key 6 nothing
!
crypto ikev2 profile HEAD
 match identity remote fqdn head.example
 identity local fqdn clinic-7.example
 authentication remote pre-share
 authentication local pre-share
 keyring local KEYS
crypto ipsec transform-set TS esp-gcm 256
 mode tunnel
crypto ipsec profile VPN
 set transform-set TS
 set pfs group20
 set ikev2-profile HEAD
 reverse-route
!
interface Loopback0
 ip address 10.7.255.1 255.255.255.255
!
interface Tunnel0
 ip address 10.7.254.1 255.255.255.254
 ipv6 address 2001:DB8:7:FF::/127
 zone-member security WAN
 tunnel source GigabitEthernet0/2
 tunnel mode ipsec ipv4
 tunnel destination 192.0.2.254
 tunnel protection ipsec profile VPN
!
interface GigabitEthernet0/0
 no ip address
 duplex auto
 speed auto
!
interface GigabitEthernet0/0.30
 description CLINICAL
 encapsulation dot1Q 30
 ip address 10.7.3.1 255.255.255.0
 ip verify unicast source reachable-via rx
 zone-member security CLIN
 ipv6 address 2001:DB8:7:3::1/64
 ipv6 enable
 vrrp 30 ip 10.7.3.254
 vrrp 30 preempt delay minimum 60
!
interface GigabitEthernet0/1
 no ip address
 shutdown
 duplex auto
 speed auto
!
interface GigabitEthernet0/2
 description carrier
 ip address 203.0.113.7 255.255.255.252
 no ip redirects
 no ip unreachables
 no ip proxy-arp
 ip access-group A-EDGE in
 zone-member security WAN
 service-policy output P-WAN-OUT
 bfd interval 300 min_rx 300 multiplier 3
!
router bgp 4201001000
 bgp router-id 10.7.255.1
 bgp log-neighbor-changes
 neighbor 10.7.254.0 remote-as 64512
 neighbor 10.7.254.0 password 7 nothing
 neighbor 10.7.254.0 fall-over bfd
 !
 address-family ipv4
  network 10.7.0.0 mask 255.255.240.0
  neighbor 10.7.254.0 activate
  neighbor 10.7.254.0 prefix-list FROM-ABOVE in
 exit-address-family
!
ip forward-protocol nd
no ip http server
no ip http secure-server
!
ip route 0.0.0.0 0.0.0.0 203.0.113.6
!
ip access-list standard A-VTY
 permit 10.0.4.0 0.0.0.255
 deny   any log
!
ip access-list extended A-CLIN-WAN
 remark P0301 images to the archive
 permit object-group S-IMAGES 10.7.3.0 0.0.0.255 object-group G-ARCHIVE
 remark P0007 names
 permit udp 10.7.3.0 0.0.0.255 host 172.16.1.53 eq domain
ip access-list extended A-EDGE
 permit esp host 192.0.2.254 host 203.0.113.7
 permit udp host 192.0.2.254 host 203.0.113.7 eq isakmp
 permit udp host 192.0.2.254 eq isakmp host 203.0.113.7
 deny   ip any any log
ip access-list extended A-IPSEC
 permit esp any any
ip access-list extended A-VIDEO
 permit udp any any range 16384 32767
ip access-list extended A-WAN-SELF
 permit udp host 192.0.2.254 host 203.0.113.7 eq isakmp
 permit udp host 203.0.113.7 host 192.0.2.254 eq isakmp
 permit tcp 10.0.4.0 0.0.0.255 host 10.7.254.1 eq 22
 permit tcp host 10.7.254.0 host 10.7.254.1 eq bgp
!
ip prefix-list FROM-ABOVE seq 5 permit 0.0.0.0/0
!
route-map UP permit 10
 match ip address prefix-list FROM-ABOVE
 set local-preference 200
!
tacacs server T1
 address ipv4 10.0.4.11
 key 7 nothing
!
ipv6 access-list A-CLIN-WAN-6
 permit tcp 2001:DB8:7:3::/64 2001:DB8:9::/64 eq 2762
!
control-plane
!
banner login ^C
permit ip any any
^C
!
line con 0
 exec-timeout 5 0
line aux 0
 no exec
line vty 0 4
 access-class A-VTY in
 exec-timeout 5 0
 transport input ssh
!
ntp authentication-key 1 md5 nothing 7
ntp authenticate
ntp trusted-key 1
ntp server 10.0.4.1 key 1
!
end
"""
CLINIC, CARRIER, TUNNEL = "GigabitEthernet0/0.30", "GigabitEthernet0/2", "Tunnel0"


def test_a_printed_router() -> None:
    read = parse_ios_firewall(ROUTER)
    assert read_whole(read)
    assert read.hostname == "CLINIC-7-FW"
    assert read.zones == {"CLIN": {CLINIC}, "WAN": {CARRIER, TUNNEL}}
    assert read.vlans == {CLINIC: 30}
    assert read.addresses[CLINIC] == ("10.7.3.1/24", "2001:db8:7:3::1/64")
    assert read.unused == ()
    assert [one.name for one in read.chains] == ["zones", "access-group in", "access-class"]
    assert all(one.logs_denied for one in read.chains)

    out = (CLINIC, TUNNEL)
    assert passes(read, out, "tcp/104", "10.7.3.9", "172.16.9.31")
    assert not passes(read, out, "tcp/104", "10.7.3.9", "172.16.9.32")
    assert not passes(read, out, "tcp/80", "10.7.3.9", "172.16.9.31")
    assert passes(read, out, "udp/53", "10.7.3.9", "172.16.1.53")
    assert passes(read, out, "tcp/2762", "2001:db8:7:3::9", "2001:db8:9::1")
    assert not passes(read, (TUNNEL, CLINIC), "tcp/104", "172.16.9.31", "10.7.3.9")
    assert passes(read, (TUNNEL, LOCAL), "tcp/22", "10.0.4.7", "10.7.254.1")
    assert not passes(read, (TUNNEL, LOCAL), "tcp/22", "10.0.5.7", "10.7.254.1")
    assert passes(read, (CARRIER, LOCAL), "50", "192.0.2.254", "203.0.113.7")
    assert not passes(read, (CARRIER, LOCAL), "50", "192.0.2.253", "203.0.113.7")
    assert passes(read, (LOCAL, CARRIER), "50", "203.0.113.7", "192.0.2.254")
    assert not passes(read, (CARRIER, LOCAL), "tcp/22", "10.0.4.7", "203.0.113.7")
    # The clinic may log in nowhere: its zone has no pair with the device, the lines have a list.
    assert not passes(read, (CLINIC, LOCAL), "tcp/22", "10.7.3.9", "10.7.3.1")
    assert passes(read, (CLINIC, LOCAL), "udp/161", "10.7.3.9", "10.7.3.1")


def test_how_the_printed_router_is_administered() -> None:
    plane = parse_ios_firewall(ROUTER).plane
    assert plane is not None
    assert plane.listeners == {Listener.SSH}
    assert plane.login.methods == plane.login.console == (Method.TACACS, Method.LOCAL)
    assert plane.login.commands_accounted
    assert not plane.login.sessions_accounted
    assert plane.login.sources4 == ((0x0A000400, 0x0A0004FF),)
    assert [(one.name, one.level) for one in plane.accounts] == [("breakglass", 15)]
    assert plane.passwords.length_min == 12
    assert plane.lockout == Lockout(3, 120)
    assert plane.discovery  # CDP runs until a line stops it
    assert plane.banner == "permit ip any any"
    assert plane.zone_minutes == 480
    assert plane.source == ""  # the clock is asked from whichever interface leads there


def test_the_edge_list_of_the_printed_router_stops_answers() -> None:
    """It permits the tunnel's packets alone, and the zones would let more leave by that port."""
    read = parse_ios_firewall(ROUTER)
    assert chain(read, "zones").stateful
    assert not chain(read, "access-group in").stateful


def test_indent_means_nothing() -> None:
    """A device reads words; so the text may be typed flat, in the same lines."""
    flat = "\n".join(line.strip() for line in ROUTER.split("\n"))
    assert parse_ios_firewall(flat) == parse_ios_firewall(ROUTER)


def test_each_line_that_counts_is_missed() -> None:
    """Without it the router does something else, but for lines that another one repeats."""
    lines = ROUTER.split("\n")
    whole = parse_ios_firewall(ROUTER)
    not_missed = []
    for number in sorted(whole.effective):
        read = parse_ios_firewall("\n".join([*lines[: number - 1], "", *lines[number:]]))
        if _says(read) == _says(whole):
            not_missed.append(lines[number - 1].strip())
    assert not_missed == [
        "zone-pair security ZP-WAN-CLIN source WAN destination CLIN",  # no policy: closed anyhow
        "ipv6 enable",  # there is an address
        "shutdown",  # there is none
        "permit udp any any range 16384 32767",  # marks only
        "transport input ssh",
    ]


def _says(read: FirewallBehaviour) -> tuple[object, ...]:
    return read.chains, read.zones, read.vlans, read.unread, read.unused


MANUAL = """\
en
conf t
hostname R1
zone security INSIDE
zone security OUTSIDE
access-list 100 permit tcp 192.168.2.0 0.0.0.255 any
access-list 100 permit icmp 192.168.2.0 0.0.0.255 any
class-map type inspect match-all IN-NET
match access-group 100
exit
policy-map type inspect IN-2-OUT
class type inspect IN-NET
inspect
zone-pair security IN-OUT source INSIDE destination OUTSIDE
service-policy type inspect IN-2-OUT
int gi0/1
ip add 192.168.2.1 255.255.255.0
zone-member security INSIDE
no shut
int s0/0/0
ip add 198.51.100.1 255.255.255.252
zone-member sec OUTSIDE
no shut
do show policy-map type inspect zone-pair sessions
end
copy running-config startup-config
"""


def test_a_script_as_a_manual_types_it() -> None:
    read = parse_ios_firewall(MANUAL)
    assert read_whole(read)
    out = ("GigabitEthernet0/1", "Serial0/0/0")
    assert passes(read, out, "tcp/443", "192.168.2.7", "198.51.100.9")
    assert passes(read, out, "icmp/8/0", "192.168.2.7", "198.51.100.9")
    assert not passes(read, out, "udp/53", "192.168.2.7", "198.51.100.9")
    assert not passes(read, out, "tcp/443", "192.168.3.7", "198.51.100.9")
    assert not passes(read, out[::-1], "tcp/443", "198.51.100.9", "192.168.2.7")
