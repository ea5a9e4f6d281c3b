"""A router as an IOS XE device prints it, and one as a person types it: routing, read whole."""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import joined, prefixes_within
from telemed_infra.parse.route_exchange import Table, local_routes, says
from telemed_infra.parse.routes import Bfd
from tests.parse.ios.route_texts import of_both, whole

PRINTED = """\
Building configuration...

Current configuration : 6101 bytes
!
! Last configuration change at 03:11:09 UTC Mon Mar 4 2024 by ops
!
version 17.3
service timestamps debug datetime msec
service timestamps log datetime msec
platform qfp utilization monitor load 80
!
hostname EDGE-7
!
boot-start-marker
boot-end-marker
!
vrf definition Mgmt-intf
 !
 address-family ipv4
 exit-address-family
 !
 address-family ipv6
 exit-address-family
!
no aaa new-model
!
ipv6 unicast-routing
bfd-template multi-hop FAR
 interval min-tx 500 min-rx 500 multiplier 3
!
bfd map ipv4 203.0.113.0/24 10.255.7.1/32 FAR
!
track 20 ip sla 20 reachability
 delay down 5 up 30
!
interface Loopback0
 ip address 10.255.7.1 255.255.255.255
!
interface GigabitEthernet0/0/0
 description to the carrier
 ip address 198.51.100.2 255.255.255.252
 negotiation auto
 ipv6 address 2001:DB8:F::2/64
 ipv6 enable
 bfd interval 300 min_rx 300 multiplier 3
!
interface GigabitEthernet0/0/1
 no ip address
 negotiation auto
!
interface GigabitEthernet0/0/1.10
 encapsulation dot1Q 10
 ip address 10.7.10.1 255.255.255.0
!
interface GigabitEthernet0/0/2
 ip address 10.7.99.1 255.255.255.0
 shutdown
 negotiation auto
!
interface GigabitEthernet0
 vrf forwarding Mgmt-intf
 ip address 10.9.7.1 255.255.255.0
 negotiation auto
!
router bgp 4200007007
 bgp router-id 10.255.7.1
 bgp log-neighbor-changes
 no bgp default ipv4-unicast
 neighbor CARRIER peer-group
 neighbor CARRIER remote-as 64512
 neighbor CARRIER password 7 vault:CARRIER
 neighbor CARRIER fall-over bfd
 neighbor 2001:DB8:F::1 remote-as 64512
 neighbor 198.51.100.1 peer-group CARRIER
 neighbor 203.0.113.9 remote-as 64700
 neighbor 203.0.113.9 ebgp-multihop 4
 neighbor 203.0.113.9 update-source Loopback0
 neighbor 203.0.113.9 fall-over bfd multi-hop
 !
 address-family ipv4
  network 10.7.10.0 mask 255.255.255.0
  aggregate-address 10.7.0.0 255.255.128.0 summary-only
  redistribute static route-map TAGGED
  neighbor CARRIER send-community
  neighbor CARRIER advertisement-interval 0
  neighbor CARRIER prefix-list DEFAULT in
  neighbor CARRIER route-map OUT out
  neighbor CARRIER maximum-prefix 5 80
  neighbor 198.51.100.1 activate
  neighbor 203.0.113.9 activate
  neighbor 203.0.113.9 filter-list 1 out
  neighbor 203.0.113.9 prefix-list NOTHING in
 exit-address-family
 !
 address-family ipv6
  network 2001:DB8:7::/48
  neighbor 2001:DB8:F::1 activate
  neighbor 2001:DB8:F::1 prefix-list OUT6 out
 exit-address-family
!
ip forward-protocol nd
no ip http server
no ip http secure-server
ip bgp-community new-format
ip as-path access-list 1 permit ^$
ip route 10.7.0.0 255.255.128.0 Null0 254
ip route 10.7.200.0 255.255.255.0 10.7.10.9 track 20 tag 77
ip route vrf Mgmt-intf 0.0.0.0 0.0.0.0 10.9.7.254
ip ssh version 2
!
ip prefix-list DEFAULT seq 5 permit 0.0.0.0/0
!
ip prefix-list NOTHING seq 5 deny 0.0.0.0/0 le 32
!
ip prefix-list OURS seq 5 permit 10.7.0.0/17
ip prefix-list OURS seq 10 permit 10.7.200.0/24
ip sla 20
 icmp-echo 10.7.10.9 source-interface GigabitEthernet0/0/1.10
  frequency 5
ip sla schedule 20 life forever start-time now
ipv6 route 2001:DB8:7::/48 Null0
!
!
ipv6 prefix-list OUT6 seq 5 permit 2001:DB8:7::/48
!
route-map OUT permit 10
 match ip address prefix-list OURS
 set metric 20
 set community 64512:7 no-export
!
route-map TAGGED permit 10
 match tag 77
!
line con 0
 stopbits 1
line vty 0 4
 login
 transport input ssh
!
end
"""


def told(name: str, family: Family) -> dict[str, frozenset[str]]:
    """The prefixes that a neighbour is told, with their communities."""
    read = whole(PRINTED)
    (session,) = (one for one in read.sessions if one.peer == name)
    (exchange,) = (one for one in session.exchanges if one.family is family)
    table = Table(family=family, local=local_routes(read, family))
    parts = says(read.routers[0], session, exchange, table)
    return {str(part.prefixes): part.route.communities for part in parts if part.prefixes}


def test_nothing_of_it_is_unread() -> None:
    assert of_both(PRINTED) == ()
    read = whole(PRINTED)
    assert (read.missing, read.unused) == ((), ())
    assert read.hostname == "EDGE-7"


def test_its_interfaces_and_routes() -> None:
    read = whole(PRINTED)
    assert read.addresses == {
        "Loopback0": ("10.255.7.1/32",),
        "GigabitEthernet0/0/0": ("198.51.100.2/30", "2001:db8:f::2/64"),
        "GigabitEthernet0/0/1.10": ("10.7.10.1/24",),
    }
    assert [(one.vrf, one.prefix, one.target) for one in read.static_routes] == [
        ("", "10.7.0.0/17", "Null0"),
        ("", "10.7.200.0/24", "10.7.10.9"),
        ("Mgmt-intf", "0.0.0.0/0", "10.9.7.254"),
        ("", "2001:db8:7::/48", "Null0"),
    ]
    (watch,) = read.watches
    assert (watch.name, watch.peer, watch.runs) == ("track 20", "10.7.10.9", True)


def test_its_sessions() -> None:
    carrier, six, far = sorted(whole(PRINTED).sessions, key=lambda one: one.peer)
    assert (carrier.peer, six.peer, far.peer) == ("198.51.100.1", "2001:db8:f::1", "203.0.113.9")
    assert carrier.bfd == Bfd(multiplier=3, receive_ms=300, transmit_ms=300, echo=True)
    assert far.bfd == Bfd(multiplier=3, receive_ms=500, transmit_ms=500)
    assert six.bfd is None
    assert carrier.key is not None
    assert carrier.key.text == "vault:CARRIER"
    assert (carrier.advertisement_s, far.advertisement_s, far.multihop) == (0, 30, 4)
    assert whole(PRINTED).sources(far) == ("10.255.7.1",)
    (held,) = carrier.exchanges
    assert held.accepts == prefixes_within("0.0.0.0/0")
    assert held.maximum_prefix is not None
    assert (held.maximum_prefix.count, held.maximum_prefix.warns_percent) == (5, 80)
    assert held.sends_communities
    assert not far.exchanges[0].accepts
    assert [one.family for one in six.exchanges] == [Family.V6]


def test_what_it_tells() -> None:
    """The aggregate hides its part, and static routes pass by their tag."""
    marks = frozenset({"64512:7", "no-export"})
    assert told("198.51.100.1", Family.V4) == {"10.7.0.0/17": marks, "10.7.200.0/24": marks}
    assert told("203.0.113.9", Family.V4) == {
        "10.7.0.0/17": frozenset(),
        "10.7.200.0/24": frozenset(),
    }
    assert told("2001:db8:f::1", Family.V6) == {"2001:db8:7::/48": frozenset()}


TYPED = """\
conf t
host tele-head
int lo0
ip add 10.255.9.1 255.255.255.255
int gi0/0
desc to AR
ip vrf forwarding OLD
no ip vrf forwarding
ip add 198.51.100.10 255.255.255.252
no shut
exit
router bgp 65009
nei 198.51.100.9 remote-as 65000
nei 198.51.100.9 pass vault:AR
nei 198.51.100.9 password vault:AR
net 10.9.0.0 mask 255.255.128.0
agg 10.9.0.0 255.255.128.0
no agg 10.9.0.0 255.255.128.0
nei 198.51.100.9 route-map TO-AR out
nei 198.51.100.9 pref FROM-AR in
exit
ip route 10.9.0.0 255.255.128.0 null 0
route-map TO-AR
mat ip add prefix-list OURS
ip prefix-list FROM-AR permit 0.0.0.0/0
ip prefix-list OURS permit 10.9.0.0/17
ip prefix-list OURS permit 10.9.0.0/17 le 19
no ip prefix-list OURS seq 10
end
wr
"""


def test_a_typed_script() -> None:
    (unread,) = of_both(TYPED)
    assert unread.text.startswith("nei 198.51.100.9 pass ")
    assert "vault" not in unread.text
    read = whole(TYPED.replace("nei 198.51.100.9 pass vault:AR\n", ""))
    assert read.hostname == "tele-head"
    (session,) = read.sessions
    (exchange,) = session.exchanges
    assert exchange.accepts == prefixes_within("0.0.0.0/0")
    certain = joined(Family.V4, (one.prefixes for one in exchange.announces))
    assert certain == prefixes_within("10.9.0.0/17")
    assert read.addresses["GigabitEthernet0/0"] == ("198.51.100.10/30",)
