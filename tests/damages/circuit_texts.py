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


def h3c(tunnels: Iterable[Tunnel]) -> str:
    """Of a SecPath: the interfaces of a circuit behind what protects them."""
    return "#\n" + "".join(_h3c(number, one) for number, one in enumerate(tunnels, 1))


def cisco(tunnels: Iterable[Tunnel]) -> str:
    """Of an IOS router: a keyring, a profile and a proposal for each circuit."""
    return "!\n" + "".join(_cisco(number, one) for number, one in enumerate(tunnels, 1))


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


def _h3c(number: int, one: Tunnel) -> str:
    own, peer = _ends(one)
    gcm = one.esp.cipher == "aes-256-gcm"
    cipher = "gcm-256" if gcm else "aes-cbc-256"
    digest = "" if gcm else " esp authentication-algorithm sha256\n"
    return f"""\
{_h3c_ike(number, one)}#
acl advanced name c{number}
 rule 7 permit gre source {own} 0 destination {peer} 0
#
ipsec transform-set e{number}
 pfs dh-group{one.esp.group}
 esp encryption-algorithm {cipher}
{digest} encapsulation-mode transport
#
ipsec policy c{number} 10 isakmp
 ikev2-profile c{number}
 transform-set e{number}
 remote-address {peer}
 security acl name c{number}
 sa duration time-based {one.esp_lifetime_s}
#
interface {one.below}
 ip address {own} 31
 ipsec apply policy c{number}
#
interface {one.interface} mode gre
 ip address 10.255.{number}.0 31
 source {one.below}
 destination {peer}
 tcp mss {one.mtu - 40}
 mtu {one.mtu}
#
"""


def _h3c_ike(number: int, one: Tunnel) -> str:
    own, peer = _ends(one)
    assert one.ike == IkeSuite("aes-256", "sha-256", "sha-256", one.ike.group)
    return f"""\
ikev2 keychain k{number}
 peer p{number}
  address {peer} 32
  identity fqdn {one.peer_identity}
  pre-shared-key plaintext {one.secret}
#
ikev2 proposal i{number}
 dh group{one.ike.group}
 encryption aes-cbc-256
 integrity sha256
#
ikev2 policy i{number}
 match local address {own}
 proposal i{number}
#
ikev2 profile c{number}
 keychain k{number}
 match remote identity fqdn {one.peer_identity}
 identity local fqdn {one.own_identity}
 authentication-method remote pre-share
 authentication-method local pre-share
 sa duration {one.ike_lifetime_s}
 dpd interval {one.liveness_s} periodic
"""


def _cisco(number: int, one: Tunnel) -> str:
    own, peer = _ends(one)
    cipher = "esp-gcm 256" if one.esp.cipher == "aes-256-gcm" else "esp-aes 256 esp-sha256-hmac"
    gcm = one.ike.cipher == "aes-256-gcm"
    ike = "aes-gcm-256\n prf sha256" if gcm else "aes-cbc-256\n integrity sha256"
    return f"""\
crypto ikev2 proposal i{number}
 encryption {ike}
 group {one.ike.group}
crypto ikev2 policy i{number}
 match address local {own}
 proposal i{number}
crypto ikev2 keyring k{number}
 peer p{number}
  address {peer}
  pre-shared-key {one.secret}
crypto ikev2 profile c{number}
 identity local fqdn {one.own_identity}
 match identity remote fqdn {one.peer_identity}
 keyring local k{number}
 authentication local pre-share
 authentication remote pre-share
 dpd {one.liveness_s} 3 periodic
 lifetime {one.ike_lifetime_s}
crypto ipsec transform-set e{number} {cipher}
 mode transport
crypto ipsec profile c{number}
 set ikev2-profile c{number}
 set transform-set e{number}
 set pfs group{one.esp.group}
 set security-association lifetime seconds {one.esp_lifetime_s}
interface {one.below}
 ip address {own} 255.255.255.254
interface {one.interface}
 ip address 10.255.{number}.0 255.255.255.254
 tunnel destination {peer}
 tunnel source {own}
 ip tcp adjust-mss {one.mtu - 40}
 ip mtu {one.mtu}
 tunnel protection ipsec profile c{number}
!
"""


def _ends(one: Tunnel) -> tuple[str, str]:
    assert one.own_address is not None
    assert one.peer_address is not None
    return address_text(Family.V4, one.own_address), address_text(Family.V4, one.peer_address)
