"""A circuit that carries GRE in IPsec, at a USG and at an AR router, by hand; and what they say."""

from __future__ import annotations

from textwrap import dedent

from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Selector, Tunnel

OWN, PEER = 0x0A550F21, 0x0A550F20
_IPSEC = dedent("""\
    acl number 3200
     rule 5 permit gre source 10.85.15.33 0 destination 10.85.15.32 0
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
    ike peer up
     undo version 1
     pre-shared-key %^%#vault:ike-hospital-fw01.0%^%#
     ike-proposal 10
     local-id-type fqdn
     local-id HOSPITAL-FW01.0
     remote-id-type fqdn
     remote-id CITY-AR01.17
     dpd type periodic
     dpd idle-time 10
     remote-address 10.85.15.32
    #
    ipsec proposal gre
     transform esp
     encapsulation-mode transport
     esp authentication-algorithm sha2-256
     esp encryption-algorithm aes-256
    #
    ipsec policy up 10 isakmp
     security acl 3200
     ike-peer up
     proposal gre
     pfs dh-group19
     sa duration time-based 3600
     sa trigger-mode auto
    #
    """)
_ROUTING = dedent("""\
    #
    bgp 65001
     peer 10.85.15.0 as-number 65000
    #
    ip route-static 10.9.0.0 255.255.0.0 {tunnel} 10.85.15.0
    """)


def _interfaces(port: str, tunnel: str) -> str:
    return dedent(f"""\
        interface {port}
         description circuit
         ip address 10.85.15.33 255.255.255.254
         ipsec policy up
        #
        interface {tunnel}
         description up
         ip address 10.85.15.1 255.255.255.254
         ipv6 enable
         ipv6 address 2001:DB8::1/127
         mtu 1400
         tcp adjust-mss 1360
         tunnel-protocol gre
         source 10.85.15.33
         destination 10.85.15.32
        """)


FIREWALL = (
    "#\n"
    + _IPSEC
    + _interfaces("GigabitEthernet1/0/0", "Tunnel100")
    + dedent("""\
        #
        firewall zone name WAN id 10
         set priority 30
         add interface Tunnel100
        #
        firewall zone name CIRCUIT id 11
         set priority 10
         add interface GigabitEthernet1/0/0
        """)
    + _ROUTING.format(tunnel="Tunnel100")
    + dedent("""\
        #
        security-policy
         rule name GRE
          source-zone local CIRCUIT
          destination-zone local CIRCUIT
          service protocol 47
          action permit
         default action deny
        #
        return
        """)
)
ROUTER = (
    "#\n"
    + _IPSEC
    + _interfaces("GigabitEthernet0/0/0", "Tunnel0/0/0").replace(
        " description circuit\n", " description circuit\n undo portswitch\n"
    )
    + _ROUTING.format(tunnel="Tunnel0/0/0")
    + "#\nreturn\n"
)
TUNNEL = Tunnel(
    interface="Tunnel100",
    below="GigabitEthernet1/0/0",
    own_address=OWN,
    peer_address=PEER,
    own_identity="HOSPITAL-FW01.0",
    peer_identity="CITY-AR01.17",
    secret="vault:ike-hospital-fw01.0",
    starts=True,
    own=Selector(((OWN, OWN),), ()),
    peer=Selector(((PEER, PEER),), ()),
    preference=0,
    ike=IkeSuite("aes-256", "sha-256", "sha-256", 19),
    esp=EspSuite("aes-256", "sha-256", 19),
    ike_lifetime_s=28_800,
    esp_lifetime_s=3600,
    liveness_s=10,
    mtu=1400,
    mode=Mode.GRE,
)
ROUTERS = TUNNEL._replace(interface="Tunnel0/0/0", below="GigabitEthernet0/0/0")


def changed(old: str, new: str, text: str) -> str:
    """The one place that has the words."""
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new)
