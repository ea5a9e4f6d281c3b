"""A block that is told while one of the networks of the zones stands, on each platform's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.comware import parse_comware_routes
from telemed_infra.parse.frr import parse_frr
from telemed_infra.parse.ios import parse_ios_routes
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.parse.vrp import parse_vrp_routes
from telemed_infra.prove.propagation import NO_LOSS, Fabric, Loss
from tests.prove.test_propagation import texts_of

UPPER = """\
interface eth0
 ip address 10.0.0.1/31
router bgp 65002
 no bgp ebgp-requires-policy
 neighbor 10.0.0.0 remote-as 65010
 neighbor 10.0.0.0 password vault:ab
"""
VRP = """\
bgp 65010
 peer 10.0.0.1 as-number 65002
 peer 10.0.0.1 password cipher vault:ab
 aggregate 10.5.0.0 255.255.240.0 {made}
 import-route direct route-policy TOLD
#
ip ip-prefix ZONES index 10 permit 10.5.0.0 20 greater-equal 21 less-equal 27
ip ip-prefix LOOPBACK index 10 permit 10.5.12.0 28 greater-equal 32 less-equal 32
route-policy ZONES permit node 10
 if-match ip-prefix ZONES
#
route-policy TOLD permit node 10
 if-match ip-prefix ZONES
route-policy TOLD permit node 20
 if-match ip-prefix LOOPBACK
#
interface GigabitEthernet1/0/0
 ip address 10.0.0.0 31
interface GigabitEthernet1/0/1.20
 ip address 10.5.1.2 24
interface GigabitEthernet1/0/1.30
 ip address 10.5.2.2 24
interface GigabitEthernet1/0/2
 ip address 192.0.2.1 24
interface LoopBack0
 ip address 10.5.12.1 32
"""
COMWARE = """\
bgp 65010
 peer 10.0.0.1 as-number 65002
 peer 10.0.0.1 password cipher vault:ab
 address-family ipv4 unicast
  peer 10.0.0.1 enable
  aggregate 10.5.0.0 20 {made}
  import-route direct route-policy TOLD
#
ip prefix-list ZONES index 10 permit 10.5.0.0 20 greater-equal 21 less-equal 27
ip prefix-list LOOPBACK index 10 permit 10.5.12.0 28 greater-equal 32 less-equal 32
#
route-policy ZONES permit node 10
 if-match ip address prefix-list ZONES
#
route-policy TOLD permit node 10
 if-match ip address prefix-list ZONES
route-policy TOLD permit node 20
 if-match ip address prefix-list LOOPBACK
#
interface GigabitEthernet1/0/0
 ip address 10.0.0.0 31
#
interface GigabitEthernet1/0/1.20
 ip address 10.5.1.2 24
#
interface GigabitEthernet1/0/1.30
 ip address 10.5.2.2 24
#
interface LoopBack0
 ip address 10.5.12.1 32
"""
CISCO = """\
interface Loopback0
 ip address 10.5.12.1 255.255.255.255
interface GigabitEthernet1/0/0
 ip address 10.0.0.0 255.255.255.254
interface GigabitEthernet1/0/1.20
 ip address 10.5.1.2 255.255.255.0
interface GigabitEthernet1/0/1.30
 ip address 10.5.2.2 255.255.255.0
router bgp 65010
 neighbor 10.0.0.1 remote-as 65002
 neighbor 10.0.0.1 password vault:ab
 aggregate-address 10.5.0.0 255.255.240.0 {made}
 redistribute connected route-map TOLD
ip prefix-list ZONES permit 10.5.0.0/20 ge 21 le 27
ip prefix-list LOOPBACK permit 10.5.12.0/28 ge 32
route-map ZONES permit 10
 match ip address prefix-list ZONES
route-map TOLD permit 10
 match ip address prefix-list ZONES
route-map TOLD permit 20
 match ip address prefix-list LOOPBACK
"""
LINUX = """\
interface lo
 ip address 10.5.12.1/32
interface GigabitEthernet1/0/0
 ip address 10.0.0.0/31
interface GigabitEthernet1/0/1.20
 ip address 10.5.1.2/24
interface GigabitEthernet1/0/1.30
 ip address 10.5.2.2/24
ip prefix-list ZONES seq 5 permit 10.5.0.0/20 ge 21 le 27
ip prefix-list LOOPBACK seq 5 permit 10.5.12.0/28 ge 32
route-map TOLD permit 10
 match ip address prefix-list ZONES
route-map TOLD permit 20
 match ip address prefix-list LOOPBACK
router bgp 65010
 no bgp ebgp-requires-policy
 neighbor 10.0.0.1 remote-as 65002
 neighbor 10.0.0.1 password vault:ab
 address-family ipv4 unicast
  aggregate-address 10.5.0.0/20 {made}
  redistribute connected route-map TOLD
"""
Text = tuple[str, Callable[[str], RouteBehaviour]]
TEXTS: dict[str, Text] = {
    "vrp": (VRP, parse_vrp_routes),
    "comware": (COMWARE, parse_comware_routes),
    "ios": (CISCO, parse_ios_routes),
    "frr": (LINUX, parse_frr),
}
BLOCK, HOST, ZONES = "10.5.0.0/20", "10.5.12.1/32", {"10.5.1.0/24", "10.5.2.0/24"}
MADE = {
    "vrp": "origin-policy ZONES",
    "comware": "origin-policy ZONES",
    "ios": "advertise-map ZONES",
}
"""Of which parts the block is made: FRR has no word for it."""


def told(kind: str, *ports: str, made: str = "") -> set[str]:
    """What the neighbour hears while these ports are out."""
    text, read = TEXTS[kind]
    lower = read(text.format(made=made))
    fabric = Fabric({"lower": lower, "upper": parse_frr(UPPER)}, Family.V4)
    assert fabric.lonely() == ()
    before = fabric.settled(NO_LOSS)
    loss = Loss(ports=frozenset(("lower", port) for port in ports))
    found = fabric.settled(loss)
    assert fabric.settled(loss, before=before).known == found.known
    return texts_of(found.prefixes("upper"))


@pytest.mark.parametrize("kind", TEXTS)
def test_zones_and_loopbacks_are_told_and_nothing_else(kind: str) -> None:
    assert told(kind) == {BLOCK, HOST} | ZONES


@pytest.mark.parametrize("kind", MADE)
def test_the_block_goes_with_the_last_zone(kind: str) -> None:
    one = told(kind, "GigabitEthernet1/0/1.20", made=MADE[kind])
    assert one == {BLOCK, HOST, "10.5.2.0/24"}
    assert told(kind, "GigabitEthernet1/0/1", made=MADE[kind]) == {HOST}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_loopback_inside_the_block_keeps_it_told(kind: str) -> None:
    """Unless a policy says of which parts the block is made."""
    assert told(kind, "GigabitEthernet1/0/1") == {BLOCK, HOST}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_port_takes_the_session_on_it_along(kind: str) -> None:
    assert told(kind, "GigabitEthernet1/0/0") == set()
