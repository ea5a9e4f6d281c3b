"""Texts for planned circuits, in a hand of its own: not the build's."""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
from telemed_infra.tunnels import EspSuite, IkeSuite, Tunnel

_GROUPS = {14: "modp2048", 19: "ecp256"}


def swanctl(tunnels: Iterable[Tunnel]) -> str:
    """Secrets first, then a connection for each circuit."""
    known = tuple(tunnels)
    secrets = "".join(
        f"  ike{number} {{\n    id = {one.peer_identity}\n    secret = {one.secret}\n  }}\n"
        for number, one in enumerate(known)
    )
    ways = "".join(_connection(number, one) for number, one in enumerate(known))
    return f"secrets {{\n{secrets}}}\nconnections {{\n{ways}}}\n"


def huawei(tunnels: Iterable[Tunnel]) -> str:
    """Of a USG or an AR router: everything of one circuit together, one after the other."""
    return "#\n" + "".join(_huawei(number, one) for number, one in enumerate(tunnels, 1))


def _connection(number: int, one: Tunnel) -> str:
    own, peer = _ends(one)
    return f"""\
  way{number} {{
    children {{
      gre {{
        remote_ts = {peer}[gre]
        local_ts = {own}[gre]
        start_action = {"start|trap" if one.starts else "trap"}
        esp_proposals = {_strong_esp(one.esp)}
        rekey_time = {one.esp_lifetime_s}s
        mode = transport
      }}
    }}
    remote {{
      id = {one.peer_identity}
      auth = psk
    }}
    local {{
      id = {one.own_identity}
      auth = psk
    }}
    remote_addrs = {peer}
    local_addrs = {own}
    version = 2
    mobike = no
    dpd_delay = {one.liveness_s}s
    rekey_time = {one.ike_lifetime_s}s
    proposals = {_strong_ike(one.ike)}
  }}
"""


def _strong_ike(suite: IkeSuite) -> str:
    group = _GROUPS[suite.group]
    if suite.integrity:
        assert suite.integrity == suite.prf == "sha-256"
        return f"aes256-sha256-{group}"
    return f"aes256gcm16-prfsha256-{group}"


def _strong_esp(suite: EspSuite) -> str:
    return f"aes256{'-sha256' if suite.integrity else 'gcm16'}-{_GROUPS[suite.group]}"


def _huawei(number: int, one: Tunnel) -> str:
    return f"{_proposals(number, one)}{_policy(number, one)}{_interfaces(number, one)}"


def _proposals(number: int, one: Tunnel) -> str:
    gcm = one.esp.cipher == "aes-256-gcm"
    cipher = "aes-256-gcm-128" if gcm else "aes-256"
    digest = "" if gcm else " esp authentication-algorithm sha2-256\n"
    return f"""\
ike proposal {900 + number}
 encryption-algorithm {one.ike.cipher}
 dh group{one.ike.group}
 integrity-algorithm hmac-sha2-256
 prf hmac-sha2-256
 sa duration {one.ike_lifetime_s}
#
ipsec proposal e{number}
 encapsulation-mode transport
 esp encryption-algorithm {cipher}
{digest}#
"""


def _policy(number: int, one: Tunnel) -> str:
    own, peer = _ends(one)
    return f"""\
acl number {3900 + number}
 rule 5 permit gre source {own} 0 destination {peer} 0
#
ike peer c{number}
 undo version 1
 local-id-type fqdn
 local-id {one.own_identity}
 remote-id-type fqdn
 remote-id {one.peer_identity}
 ike-proposal {900 + number}
 dpd type periodic
 dpd idle-time {one.liveness_s}
 pre-shared-key {one.secret}
 remote-address {peer}
#
ipsec policy c{number} 1 isakmp
 security acl {3900 + number}
 ike-peer c{number}
 proposal e{number}
 pfs dh-group{one.esp.group}
 sa duration time-based {one.esp_lifetime_s}
#
"""


def _interfaces(number: int, one: Tunnel) -> str:
    own, peer = _ends(one)
    routed = " undo portswitch\n" if "0/0/" in one.interface else ""  # of a router
    return f"""\
interface {one.below}
{routed} ip address {own} 255.255.255.254
 ipsec policy c{number}
#
interface {one.interface}
 ip address 10.255.{number}.0 255.255.255.254
 tunnel-protocol gre
 source {own}
 destination {peer}
 mtu {one.mtu}
 tcp adjust-mss {one.mtu - 40}
#
"""


def _ends(one: Tunnel) -> tuple[str, str]:
    assert one.own_address is not None
    assert one.peer_address is not None
    return address_text(Family.V4, one.own_address), address_text(Family.V4, one.peer_address)
