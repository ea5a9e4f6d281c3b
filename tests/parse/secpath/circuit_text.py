"""A SecPath between two encrypted circuits: one up, which it begins, and one down. Typed by hand.

Source: H3C command references, IPsec and GRE; guides to GRE over IPsec by `ipsec apply policy`.
"""

from __future__ import annotations

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel
from tests.parse.lines import accounted

UP, DOWN = "GigabitEthernet1/0/2", "GigabitEthernet1/0/5"
OWN, PEER, LOWER_OWN, LOWER_PEER = 0xC6336403, 0xC6336402, 0xCB007108, 0xCB007109

TEXT = """\
#
 sysname CLINIC-FW
#
acl advanced 3102
 rule 5 permit gre source 198.51.100.3 0 destination 198.51.100.2 0
#
acl advanced name BELOW
 rule 0 permit gre source 203.0.113.8 0.0.0.0 destination 203.0.113.9 0 counting
#
interface GigabitEthernet1/0/2
 port link-mode route
 description circuit to the city
 ip address 198.51.100.3 255.255.255.254
 ipsec apply policy UP
#
interface GigabitEthernet1/0/5
 port link-mode route
 ip address 203.0.113.8 255.255.255.254
 ipsec apply policy BELOW
#
interface Tunnel102 mode gre
 description encrypted, to the city
 mtu 1400
 ip address 10.6.0.1 255.255.255.254
 tcp mss 1360
 bfd min-transmit-interval 300
 bfd min-receive-interval 300
 bfd detect-multiplier 3
 ipv6 address 2001:DB8:6::1/127
 source 198.51.100.3
 destination 198.51.100.2
#
interface Tunnel105 mode gre
 ip address 10.6.0.2 255.255.255.254
 mtu 1400
 tcp mss 1360
 source GigabitEthernet1/0/5
 destination 203.0.113.9
#
security-zone name Circuit
 import interface GigabitEthernet1/0/2
 import interface GigabitEthernet1/0/5
#
security-zone name Wan
 import interface Tunnel102
#
security-zone name Below
 import interface Tunnel105
#
bgp 64900
 peer 10.6.0.0 as-number 64800
 peer 10.6.0.0 bfd
 #
 address-family ipv4 unicast
  peer 10.6.0.0 enable
#
ipsec transform-set WRAP
 encapsulation-mode transport
 esp encryption-algorithm gcm-256
 pfs dh-group19
#
ipsec policy UP 1 isakmp
 transform-set WRAP
 security acl 3102
 local-address 198.51.100.3
 remote-address 198.51.100.2
 ikev2-profile UP
 sa duration time-based 3600
#
ipsec policy BELOW 10 isakmp
 transform-set WRAP
 security acl name BELOW
 remote-address 203.0.113.9
 responder-only enable
 ikev2-profile BELOW
#
ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 dh group19
 prf sha256
#
ikev2 policy P
 proposal P
#
ikev2 keychain UP
 peer CITY
  address 198.51.100.2 255.255.255.255
  identity fqdn CITY-R1.17
  pre-shared-key plaintext vault:clinic-2
#
ikev2 keychain BELOW
 peer WARD
  address 203.0.113.9 32
  identity fqdn WARD-FW.1
  pre-shared-key plaintext vault:ward-1
#
ikev2 profile UP
 authentication-method local pre-share
 authentication-method remote pre-share
 keychain UP
 dpd interval 10 retry 5 periodic
 identity local fqdn CLINIC-FW.2
 match local address GigabitEthernet1/0/2
 match remote identity fqdn CITY-R1.17
 sa duration 28800
#
ikev2 profile BELOW
 authentication-method local pre-share
 authentication-method remote pre-share
 keychain BELOW
 dpd interval 10 periodic
 identity local fqdn CLINIC-FW.5
 match remote identity fqdn WARD-FW.1
 sa duration 28800
#
return
"""


def host(value: int) -> Selector:
    """One address, and no other."""
    return Selector(((value, value),), ())


CITY = Tunnel(
    interface="Tunnel102",
    below=UP,
    own_address=OWN,
    peer_address=PEER,
    own_identity="CLINIC-FW.2",
    peer_identity="CITY-R1.17",
    secret="vault:clinic-2",
    starts=True,
    own=host(OWN),
    peer=host(PEER),
    preference=0,
    ike=IkeSuite("aes-256", "sha-256", "sha-256", 19),
    esp=EspSuite("aes-256-gcm", "", 19),
    ike_lifetime_s=28800,
    esp_lifetime_s=3600,
    liveness_s=10,
    mtu=1400,
    mode=Mode.GRE,
)
WARD = CITY._replace(
    interface="Tunnel105",
    below=DOWN,
    own_address=LOWER_OWN,
    peer_address=LOWER_PEER,
    own_identity="CLINIC-FW.5",
    peer_identity="WARD-FW.1",
    secret="vault:ward-1",
    starts=False,
    own=host(LOWER_OWN),
    peer=host(LOWER_PEER),
)


def read(old: str = "", new: str = "", text: str = TEXT) -> FirewallBehaviour:
    """The text with one change."""
    assert old in text
    found = parse_secpath(text.replace(old, new, 1) if old else text)
    accounted(found)
    return found
