"""Typed as an operator types: FRR understands short words, and prints what the reader reads."""

from __future__ import annotations

import pytest

from telemed_infra.parse.frr import parse_frr
from tests.parse.frr.daemons import routers
from tests.parse.frr.test_bgpd import meaning

SHORT = """\
host clinic
ip prefix-l CLINICS perm 10.16.0.0/15 ge 20 le 24
ip prefix-l CLINICS seq 3 deny 10.16.128.0/20
ip prefix-l NOBODY seq 7 permit any
no ip prefix-l NOBODY
ip route 10.16.0.0 255.254.0.0 null0
route-m OUT perm 20
 mat ip addr prefix-l CLINICS
 set metric 30
route-m OUT deny 10
 mat interf eth7
router bgp 65010
 neigh 192.0.2.1 remote-as 65020
 neigh 192.0.2.1 desc towards the core
 neigh 192.0.2.1 timers conn 1
 neigh 192.0.2.1 advertisement-int 0
 neigh 192.0.2.9 remote-as 65030
 addr ipv4 uni
  netw 10.16.0.0/15
  neigh 192.0.2.1 route-m OUT out
  neigh 192.0.2.1 prefix-l CLINICS in
  neigh 192.0.2.1 maximum-p 50 80
 exit-addr
 no neigh 192.0.2.9 remote-as 65030
"""
FULL = """\
hostname clinic
ip prefix-list CLINICS seq 3 deny 10.16.128.0/20
ip prefix-list CLINICS seq 5 permit 10.16.0.0/15 ge 20 le 24
ip route 10.16.0.0/15 Null0
router bgp 65010
 neighbor 192.0.2.1 remote-as 65020
 neighbor 192.0.2.1 description towards the core
 neighbor 192.0.2.1 advertisement-interval 0
 neighbor 192.0.2.1 timers connect 1
 address-family ipv4 unicast
  network 10.16.0.0/15
  neighbor 192.0.2.1 prefix-list CLINICS in
  neighbor 192.0.2.1 route-map OUT out
  neighbor 192.0.2.1 maximum-prefix 50 80
 exit-address-family
exit
route-map OUT deny 10
 match interface eth7
exit
route-map OUT permit 20
 match ip address prefix-list CLINICS
 set metric 30
exit
"""


@pytest.mark.root
@pytest.mark.debian("vtysh")
@pytest.mark.debian("ip")
def test_what_frr_makes_of_it_means_what_was_meant() -> None:
    with routers("r") as (router,):
        router.load(SHORT)
        listing = router.says("show running-config")
    read, meant = parse_frr(listing), parse_frr(FULL)
    assert read.unread == meant.unread == ()
    assert meaning(read) == meaning(meant)


def test_short_words_themselves_are_unread() -> None:
    """No build writes them, and a running configuration does not hold them."""
    left = {one.text for one in parse_frr(SHORT).unread}
    assert "neigh 192.0.2.1 remote-as 65020" in left
    assert "ip prefix-l CLINICS perm 10.16.0.0/15 ge 20 le 24" in left
