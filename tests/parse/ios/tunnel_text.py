"""An IOS XE router that ends two tunnels by templates, and what is read of it."""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.tunnels import EspSuite, IkeSuite, Selector, Tunnel
from tests.parse.lines import accounted

PORT = "GigabitEthernet0/0/8"
GATEWAY, MOBILE, HEAD = "GW01.line", "GW01.lte", 0x0A000804
EVERY, EVERY6 = (family.every_address for family in Family)
BLOCK = ((0x0A090100, 0x0A0901FF),)

TEXT = """\
ipv6 unicast-routing
!
crypto ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 group 19
no crypto ikev2 proposal default
!
crypto ikev2 policy P
 proposal P
!
crypto ikev2 keyring KEYS
 peer GW01
  address 100.64.1.2
  identity fqdn GW01.line
  pre-shared-key vault:gw01
 !
 peer GW01-LTE
  identity fqdn GW01.lte
  pre-shared-key 6 vault:gw01
 !
!
crypto ikev2 profile LINE
 match address local 10.0.8.4
 match identity remote fqdn GW01.line
 identity local fqdn HEAD.line
 authentication remote pre-share
 authentication local pre-share
 keyring local KEYS
 lifetime 28800
 dpd 10 2 periodic
 virtual-template 1
!
crypto ikev2 profile LTE
 match address local 10.0.8.5
 match identity remote fqdn domain lte
 identity local fqdn HEAD.lte
 authentication remote pre-share
 authentication local pre-share
 keyring local KEYS
 lifetime 28800
 dpd 10 2 periodic
 virtual-template 2
!
crypto ipsec transform-set TS esp-gcm 256
 mode tunnel
!
crypto ipsec profile LINE
 set security-association lifetime seconds 1800
 set security-association lifetime kilobytes disable
 set transform-set TS
 set reverse-route distance 10
 set pfs group19
 set ikev2-profile LINE
 reverse-route
!
crypto ipsec profile LTE
 set transform-set TS
 set reverse-route distance 20
 set pfs group19
 set ikev2-profile LTE
 reverse-route
!
zone security VPN
zone security LINE
!
interface GigabitEthernet0/0/8
 ip address 10.0.8.2 255.255.255.248
 zone-member security LINE
 vrrp 250 ip 10.0.8.4
 vrrp 250 ip 10.0.8.5 secondary
!
interface Virtual-Template1 type tunnel
 ip unnumbered GigabitEthernet0/0/8
 zone-member security VPN
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile LINE
!
interface Virtual-Template2 type tunnel
 ip unnumbered GigabitEthernet0/0/8
 ipv6 enable
 zone-member security VPN
 tunnel mode ipsec dual-overlay
 tunnel protection ipsec profile LTE
!
end
"""
LINE = Tunnel(
    interface="Virtual-Template1",
    below=PORT,
    own_address=HEAD,
    peer_address=0x64400102,
    own_identity="HEAD.line",
    peer_identity=GATEWAY,
    secret="vault:gw01",
    starts=False,
    own=Selector(EVERY, ()),
    peer=Selector(EVERY, ()),
    preference=10,
    ike=IkeSuite("aes-256", "sha-256", "sha-256", 19),
    esp=EspSuite("aes-256-gcm", "", 19),
    ike_lifetime_s=28800,
    esp_lifetime_s=1800,
    liveness_s=10,
)
LTE = LINE._replace(
    interface="Virtual-Template2",
    own_address=HEAD + 1,
    peer_address=None,
    own_identity="HEAD.lte",
    peer_identity=MOBILE,
    own=Selector(EVERY, EVERY6),
    peer=Selector(EVERY, EVERY6),
    preference=20,
    esp_lifetime_s=3600,
)

LIST = "ip access-list extended A\n permit ip any 10.9.1.0 0.0.0.255\n"
OWN = (
    TEXT.replace("interface Virtual-Template1 type tunnel", "interface Tunnel1")
    .replace(" tunnel mode ipsec ipv4\n", f" tunnel source {PORT}\n tunnel mode ipsec ipv4\n"
             " tunnel destination 100.64.1.2\n")
    .replace(" virtual-template 1\n", "")
    .replace(" match address local 10.0.8.4\n", "")
)  # fmt: skip
MINE = LINE._replace(interface="Tunnel1", own_address=HEAD - 2, starts=True)
MAP = (
    TEXT.replace(" tunnel protection ipsec profile LINE\n", "")
    .replace(" virtual-template 1\n", "")
    .replace("crypto ipsec profile LINE\n", "crypto map M 10 ipsec-isakmp\n set peer 100.64.1.2\n")
    .replace(" reverse-route\n!", " match address A\n reverse-route\n!", 1)
    .replace("!\nend", f"{LIST}!\nend")
    .replace(f"interface {PORT}\n", f"interface {PORT}\n crypto map M\n")
    .replace(" match address local 10.0.8.4\n", "")
)
MAPPED = MINE._replace(interface=PORT, peer=Selector(BLOCK, ()))


def read(old: str = "", new: str = "", text: str = TEXT) -> FirewallBehaviour:
    """The text with one change."""
    assert old in text
    found = parse_ios_firewall(text.replace(old, new, 1) if old else text)
    accounted(found)
    return found
