"""An IOS XE router between two encrypted circuits, one up and one down. Typed by hand.

Source: Cisco configuration guides, "Sharing IPsec with Tunnel Protection" and "FlexVPN".
"""

from __future__ import annotations

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel
from tests.parse.lines import accounted

UP, DOWN = "GigabitEthernet0/0/2", "GigabitEthernet0/0/5"
OWN, PEER, LOWER_OWN, LOWER_PEER = 0xC6336403, 0xC6336402, 0xCB007108, 0xCB007109

TEXT = """\
hostname CLINIC-R1
!
ipv6 unicast-routing
!
crypto ikev2 proposal AES
 encryption aes-gcm-256
 prf sha256
 group 19
!
crypto ikev2 policy AES
 proposal AES
!
crypto ikev2 keyring UP
 peer CITY
  address 198.51.100.2
  identity fqdn CITY-R1.17
  pre-shared-key vault:clinic-2
 !
!
crypto ikev2 keyring BELOW
 peer WARD
  address 203.0.113.9 255.255.255.255
  identity fqdn WARD-FW.1
  pre-shared-key vault:ward-1
 !
!
crypto ikev2 profile UP
 match address local interface GigabitEthernet0/0/2
 match identity remote fqdn CITY-R1.17
 identity local fqdn CLINIC-R1.2
 authentication remote pre-share
 authentication local pre-share
 keyring local UP
 lifetime 28800
 dpd 10 5 periodic
!
crypto ikev2 profile BELOW
 match address local 203.0.113.8
 match identity remote fqdn WARD-FW.1
 identity local fqdn CLINIC-R1.5
 authentication remote pre-share
 authentication local pre-share
 keyring local BELOW
 lifetime 28800
 dpd 10 5 periodic
!
crypto ipsec transform-set WRAP esp-gcm 256
 mode transport
!
crypto ipsec profile UP
 set transform-set WRAP
 set pfs group19
 set ikev2-profile UP
!
crypto ipsec profile BELOW
 set security-association lifetime seconds 3600
 set transform-set WRAP
 set pfs group19
 set ikev2-profile BELOW
 responder-only
!
zone security WAN
zone security BELOW
zone security CARRIER
!
interface Tunnel102
 description encrypted, to the city
 ip address 10.6.0.1 255.255.255.254
 ip mtu 1400
 zone-member security WAN
 ip tcp adjust-mss 1360
 ipv6 address 2001:DB8:6::1/127
 ipv6 mtu 1400
 bfd interval 300 min_rx 300 multiplier 3
 tunnel source GigabitEthernet0/0/2
 tunnel destination 198.51.100.2
 tunnel protection ipsec profile UP
!
interface Tunnel105
 ip address 10.6.0.2 255.255.255.254
 ip mtu 1400
 zone-member security BELOW
 ip tcp adjust-mss 1360
 tunnel source 203.0.113.8
 tunnel mode gre ip
 tunnel destination 203.0.113.9
 tunnel protection ipsec profile BELOW
!
interface GigabitEthernet0/0/2
 description circuit to the city
 ip address 198.51.100.3 255.255.255.254
 zone-member security CARRIER
!
interface GigabitEthernet0/0/5
 ip address 203.0.113.8 255.255.255.254
 zone-member security CARRIER
!
router bgp 64900
 neighbor 10.6.0.0 remote-as 64800
 neighbor 10.6.0.0 fall-over bfd
!
end
"""


def host(value: int) -> Selector:
    """One address, and no other."""
    return Selector(((value, value),), ())


CITY = Tunnel(
    interface="Tunnel102",
    below=UP,
    own_address=OWN,
    peer_address=PEER,
    own_identity="CLINIC-R1.2",
    peer_identity="CITY-R1.17",
    secret="vault:clinic-2",
    starts=True,
    own=host(OWN),
    peer=host(PEER),
    preference=0,
    ike=IkeSuite("aes-256-gcm", "", "sha-256", 19),
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
    own_identity="CLINIC-R1.5",
    peer_identity="WARD-FW.1",
    secret="vault:ward-1",
    starts=False,
    own=host(LOWER_OWN),
    peer=host(LOWER_PEER),
)


def read(old: str = "", new: str = "", text: str = TEXT) -> FirewallBehaviour:
    """The text with one change."""
    assert old in text
    found = parse_ios_firewall(text.replace(old, new, 1) if old else text)
    accounted(found)
    return found
