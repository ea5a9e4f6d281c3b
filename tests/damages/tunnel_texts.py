"""Texts for planned tunnels of a gateway and of a head, in a hand of its own: not the build's."""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
from telemed_infra.tunnels import Tunnel

GROUPS = {14: "modp2048", 19: "ecp256"}


def swanctl(tunnels: Iterable[Tunnel]) -> str:
    """Sections in another order than usual, and whatever may be left out is left out."""
    known = tuple(tunnels)
    secrets = "".join(
        f"  ike{number} {{\n    id = {one.peer_identity}\n    secret = {one.secret}\n  }}\n"
        for number, one in enumerate(known)
    )
    ways = "".join(_connection(f"way{number}", one) for number, one in enumerate(known))
    return f"# by hand\nsecrets {{\n{secrets}}}\n\nconnections {{\n{ways}}}\n"


def _connection(name: str, one: Tunnel) -> str:
    assert one.peer_address is not None
    own = "" if one.own_address is None else f"    local_addrs = {_text(one.own_address)}\n"
    (low, high), number = one.own.v4[0], int(one.interface.removeprefix("ipsec")) + 1
    length = 33 - (high - low + 1).bit_length()
    group = GROUPS[one.ike.group]
    return f"""\
  {name} {{
    children {{
      all {{
        if_id_out = {number}
        if_id_in = {number}
        esp_proposals = aes256gcm16-{group}
        remote_ts = 0.0.0.0/0
        local_ts = {_text(low)}/{length}
        rekey_time = {one.esp_lifetime_s}s
        start_action = start
        close_action = start
        dpd_action = restart
        updown = /usr/local/lib/swanctl/tunnel-route {one.preference}
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
    remote_addrs = {_text(one.peer_address)}
{own}    version = 2
    mobike = no
    keyingtries = 0
    dpd_delay = {one.liveness_s}s
    rekey_time = {one.ike_lifetime_s}s
    proposals = aes256-sha256-{group}
  }}
"""


def _text(address: int) -> str:
    return address_text(Family.V4, address)


def usg(tunnels: Iterable[Tunnel]) -> str:
    """Lines of a USG for a head's planned tunnels: a template for each of its two interfaces."""
    known = tuple(tunnels)
    first = known[0]
    parts = [_proposals(first)]
    for number, one in enumerate(known, 1):
        parts += [_selector(number, one), _peer(number, one), _entry(number, one)]
    for interface in sorted({one.interface for one in known}):
        parts += [
            f"ipsec policy P{interface} 1 isakmp template T{interface}",
            f"interface {interface}\n tunnel-protocol ipsec\n ipsec policy P{interface}",
        ]
    shared = sorted({one.own_address for one in known if one.own_address})
    lines = "\n".join(f" vrrp vrid 250 virtual-ip {_text(one)} active" for one in shared)
    length = f" ip address {_text(shared[0] - 2)} 255.255.255.248"
    parts.append(f"interface {first.below}\n{length}\n{lines}")
    return "#\n" + "".join(f"{part}\n#\n" for part in parts)


def _proposals(one: Tunnel) -> str:
    return f"""\
ike proposal 1
 encryption-algorithm aes-256
 dh group{one.ike.group}
 integrity-algorithm hmac-sha2-256
 prf hmac-sha2-256
 sa duration {one.ike_lifetime_s}
#
ipsec proposal E
 esp encryption-algorithm aes-256-gcm-128"""


def _selector(number: int, one: Tunnel) -> str:
    (low, high) = one.peer.v4[0]
    wildcard = _text(high - low)
    return f"acl number {3000 + number}\n rule 5 permit ip destination {_text(low)} {wildcard}"


def _peer(number: int, one: Tunnel) -> str:
    address = "" if one.peer_address is None else f"\n remote-address {_text(one.peer_address)}"
    return f"""\
ike peer p{number}
 undo version 1
 local-id-type fqdn
 local-id {one.own_identity}
 remote-id-type fqdn
 remote-id {one.peer_identity}
 ike-proposal 1
 dpd type periodic
 dpd idle-time {one.liveness_s}
 pre-shared-key {one.secret}{address}"""


def _entry(number: int, one: Tunnel) -> str:
    assert one.own_address is not None
    return f"""\
ipsec policy-template T{one.interface} {number}
 security acl {3000 + number}
 ike-peer p{number}
 proposal E
 pfs dh-group{one.esp.group}
 tunnel local {_text(one.own_address)}
 sa duration time-based {one.esp_lifetime_s}
 route inject dynamic preference {one.preference}"""
