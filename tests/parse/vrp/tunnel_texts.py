"""A USG with one tunnel, by hand, and what it says."""

from __future__ import annotations

from textwrap import dedent

from telemed_infra.packets import network_range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.tunnels import EVERYTHING
from telemed_infra.parse.vrp import parse_usg
from telemed_infra.tunnels import EspSuite, IkeSuite, Selector, Tunnel

WHOLE = dedent("""\
    #
    acl number 3101
     rule 5 permit ip destination 10.87.24.0 0.0.1.255
    #
    ike proposal 10
     encryption-algorithm aes-256
     dh group19
     authentication-algorithm sha2-256
     authentication-method pre-share
     integrity-algorithm hmac-sha2-256
     prf hmac-sha2-256
     sa duration 28800
    #
    ike peer clinic-line
     undo version 1
     pre-shared-key %^%#vault:ike-clinic%^%#
     ike-proposal 10
     local-id-type fqdn
     local-id office.line
     remote-id-type fqdn
     remote-id clinic.line
     dpd type periodic
     dpd idle-time 10
     remote-address 198.51.100.9
    #
    ipsec proposal esp
     transform esp
     encapsulation-mode tunnel
     esp encryption-algorithm aes-256-gcm-128
    #
    ipsec policy-template lines 5
     security acl 3101
     ike-peer clinic-line
     proposal esp
     tunnel local 203.0.113.4
     pfs dh-group19
     sa duration time-based 3600
     route inject dynamic preference 10
    #
    ipsec policy by-line 1 isakmp template lines
    #
    interface GigabitEthernet1/0/8
     ip address 203.0.113.2 255.255.255.248
     vrrp vrid 250 virtual-ip 203.0.113.4 active
    #
    interface Tunnel1
     ip address unnumbered interface GigabitEthernet1/0/8
     tunnel-protocol ipsec
     ipsec policy by-line
    #
    firewall zone name VPN id 10
     set priority 30
     add interface Tunnel1
    #
    security-policy
     default action deny
    #
    return
    """)
HALVES = (
    " rule 5 permit ip source any destination 10.87.24.0 0.0.0.255\n"
    " rule 10 permit ip destination 10.87.25.0 0.0.0.255\n"
)
TUNNEL = Tunnel(
    interface="Tunnel1",
    below="GigabitEthernet1/0/8",
    own_address=0xCB007104,
    peer_address=0xC6336409,
    own_identity="office.line",
    peer_identity="clinic.line",
    secret="vault:ike-clinic",
    starts=False,
    own=Selector(EVERYTHING.v4, ()),
    peer=Selector((network_range("10.87.24.0/23")[1],), ()),
    preference=10,
    ike=IkeSuite("aes-256", "sha-256", "sha-256", 19),
    esp=EspSuite("aes-256-gcm", "", 19),
    ike_lifetime_s=28_800,
    esp_lifetime_s=3600,
    liveness_s=10,
)


def changed(old: str, new: str, text: str = WHOLE) -> str:
    """The one place where lines begin so, or else the one place that has the words."""
    if text.count(f"\n{old}") == 1:
        return text.replace(f"\n{old}", f"\n{new}")
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new)


def whole(text: str) -> FirewallBehaviour:
    read = parse_usg(text)
    assert read.unread == ()
    return read
