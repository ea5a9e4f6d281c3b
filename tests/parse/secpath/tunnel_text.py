"""A SecPath that ends two tunnels, and what is read of it."""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.tunnels import EspSuite, IkeSuite, Selector, Tunnel
from tests.parse.lines import accounted

PORT = "GigabitEthernet1/0/8"
GATEWAY, MOBILE, HEAD = "GW01.line", "GW01.lte", 0x0A000804
EVERY = Family.V4.every_address
BLOCK = ((0x0A090100, 0x0A0901FF),)

TEXT = """\
#
acl advanced 3001
 rule 0 permit ip destination 10.9.1.0 0.0.0.255
#
interface GigabitEthernet1/0/8
 port link-mode route
 ip address 10.0.8.2 255.255.255.248
 vrrp vrid 250 virtual-ip 10.0.8.4 active
 vrrp vrid 250 virtual-ip 10.0.8.5
#
interface Tunnel1 mode ipsec
 ip address unnumbered interface GigabitEthernet1/0/8
 source 10.0.8.4
 ipsec apply policy LINE
#
interface Tunnel2 mode ipsec-p2mp
 ip address unnumbered interface GigabitEthernet1/0/8
 source 10.0.8.5
 tunnel protection ipsec profile LTE
#
security-zone name VPN
 import interface Tunnel1
 import interface Tunnel2
#
ipsec transform-set TS
 esp encryption-algorithm gcm-256
 pfs dh-group19
#
ipsec policy-template LINE 1
 transform-set TS
 security acl 3001
 remote-address 100.64.1.2
 ikev2-profile LINE
 sa duration time-based 1800
 reverse-route dynamic
 reverse-route preference 10
#
ipsec policy LINE 1 isakmp template LINE
#
ipsec profile LTE isakmp
 transform-set TS
 ikev2-profile LTE
 reverse-route dynamic
 reverse-route preference 20
#
ikev2 proposal P
 encryption aes-cbc-256
 integrity sha256
 dh group19
 prf sha384
#
ikev2 policy P
 proposal P
#
ikev2 keychain KEYS
 peer GW01
  identity fqdn GW01.line
  pre-shared-key ciphertext vault:gw01
 peer GW01-LTE
  identity fqdn GW01.lte
  pre-shared-key plaintext vault:gw01
#
ikev2 profile LINE
 authentication-method local pre-share
 authentication-method remote pre-share
 keychain KEYS
 dpd interval 10 retry 5 periodic
 identity local fqdn HEAD.line
 match remote identity fqdn GW01.line
 sa duration 28800
#
ikev2 profile LTE
 authentication-method local pre-share
 authentication-method remote pre-share
 keychain KEYS
 dpd interval 10 periodic
 identity local fqdn HEAD.lte
 match remote identity fqdn GW01.lte
 sa duration 28800
#
return
"""
LINE = Tunnel(
    interface="Tunnel1",
    below=PORT,
    own_address=HEAD,
    peer_address=0x64400102,
    own_identity="HEAD.line",
    peer_identity=GATEWAY,
    secret="vault:gw01",
    starts=False,
    own=Selector(EVERY, ()),
    peer=Selector(BLOCK, ()),
    preference=10,
    ike=IkeSuite("aes-256", "sha-256", "sha-384", 19),
    esp=EspSuite("aes-256-gcm", "", 19),
    ike_lifetime_s=28800,
    esp_lifetime_s=1800,
    liveness_s=10,
)
LTE = LINE._replace(
    interface="Tunnel2",
    own_address=HEAD + 1,
    peer_address=None,
    own_identity="HEAD.lte",
    peer_identity=MOBILE,
    peer=Selector(EVERY, ()),
    preference=20,
    esp_lifetime_s=3600,
)

SECOND = TEXT.replace(
    " peer GW01-LTE\n",
    """\
 peer GW02
  identity fqdn GW02.line
  pre-shared-key ciphertext vault:gw02
 peer GW01-LTE
""",
).replace(
    "return\n",
    """\
ipsec policy-template LINE 2
 transform-set TS
 security acl 3002
 remote-address 100.64.2.2
 ikev2-profile LINE2
 reverse-route dynamic
 reverse-route preference 10
 sa duration time-based 1800
#
acl advanced 3002
 rule 0 permit ip destination 10.9.1.0 0.0.0.255
#
ikev2 profile LINE2
 authentication-method local pre-share
 authentication-method remote pre-share
 keychain KEYS
 dpd interval 10 periodic
 identity local fqdn HEAD.line
 match remote identity fqdn GW02.line
 sa duration 28800
#
return
""",
)
"""Another gateway, whose tunnel a second entry of the template ends."""
OTHER = LINE._replace(peer_identity="GW02.line", secret="vault:gw02", peer_address=0x64400202)

SIX = (
    SECOND.replace("acl advanced 3002", "acl ipv6 advanced 3002")
    .replace("rule 0 permit ip destination 10.9.1.0 0.0.0.255\n#\nikev2",
             "rule 0 permit ipv6 destination 2001:db8:9::/64\n#\nikev2")
    .replace("security acl 3002", "security acl ipv6 3002")
    .replace(" remote-address 100.64.2.2\n ikev2-profile LINE2",
             " remote-address 100.64.1.2\n ikev2-profile LINE")
    .replace(" source 10.0.8.4\n", " source 10.0.8.4\n ipv6 address auto link-local\n")
)  # fmt: skip
"""The second entry carries IPv6 of the first gateway."""


def read(old: str = "", new: str = "", text: str = TEXT) -> FirewallBehaviour:
    """The text with one change."""
    assert old in text
    found = parse_secpath(text.replace(old, new, 1) if old else text)
    accounted(found)
    return found
