"""The tunnels of a firewall as H3C SecPath (Comware 7) writes them: of townships, over circuits.

A tunnel interface of mode `ipsec` has one peer, whose address it names: there is one for each
township by line. Peers in the mobile network have no address that the head knew before; they share
one of mode `ipsec-p2mp`. Neither has a list of what it protects: it takes what the other end asks
for, and static routes say what goes there. Circuits: `h3c_circuits.py`.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from telemed_infra.compile.config import FirewallConfig
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
from telemed_infra.render.h3c_circuits import (
    circuit_interfaces,
    list_blocks,
    policy_blocks,
    port_lines,
)
from telemed_infra.render.routing_lines import with_length
from telemed_infra.render.routing_views import Line
from telemed_infra.render.text import mark
from telemed_infra.render.tunnel_groups import (
    KEYS,
    Block,
    Group,
    Offer,
    Protection,
    groups,
    numbered,
    offers,
    peer_name,
    protection,
    way_name,
)
from telemed_infra.render.tunnels import of_townships, prefixes
from telemed_infra.tunnels import IkeSuite, Mode, Tunnel

CIPHERS = {"aes-256": "aes-cbc-256", "aes-256-gcm": "gcm-256"}
DIGESTS = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
IKE_LIFETIME_S = 86_400  # the platform's own: not printed
HOST_MASK = "255.255.255.255"
LOOPBACK = "LoopBack0"  # whose address tunnel interfaces borrow


class TunnelInterface(NamedTuple):
    """What an interface has beyond its zone, description and addresses."""

    mode: str  # "" of a port
    lines: tuple[str, ...]


NO_PEER = TunnelInterface("ipsec-p2mp", ())  # of an interface that has no other end yet


def tunnel_interfaces(config: FirewallConfig) -> Mapping[str, TunnelInterface]:
    """By name, those that carry a tunnel, and the ports whose circuits are encrypted."""
    circuits = circuit_interfaces(config).items()
    return (
        {one.interface: _interface(one) for one in groups(of_townships(config.tunnels))}
        | {name: TunnelInterface("gre", lines) for name, lines in circuits}
        | {name: TunnelInterface("", lines) for name, lines in port_lines(config).items()}
    )


def tunnel_blocks(config: FirewallConfig) -> Iterator[Block]:
    """Everything that interfaces refer to, in the order in which the device prints it."""
    if not config.tunnels:
        return
    own = mark(config.origins)
    names = numbered("ESP", map(protection, config.tunnels))
    yield from list_blocks(config)
    for one, name in names.items():
        yield Block(own, f"ipsec transform-set {name}", tuple(_transform(one)))
    for group in _by_name(of_townships(config.tunnels)):
        head = f"ipsec profile {_name(group)} isakmp"
        yield Block(_origin(config, group), head, tuple(_ipsec_profile(group, names)))
    yield from policy_blocks(config, names)
    yield from _negotiation(config)


def _negotiation(config: FirewallConfig) -> Iterator[Block]:
    """IKEv2, in the order in which the device prints it."""
    own = mark(config.origins)
    for mode, keys in sorted(KEYS.items(), key=lambda one: one[1]):
        some = tuple(one for one in config.tunnels if one.mode is mode)
        if some:
            yield Block(own, f"ikev2 keychain {keys}", tuple(_keys(some)))
    for group in _by_name(config.tunnels):
        head = f"ikev2 profile {_name(group)}"
        yield Block(_origin(config, group), head, tuple(_ike_profile(group)))
    ike = numbered("IKE", (one.ike for one in config.tunnels))
    for proposal, name in ike.items():
        yield Block(own, f"ikev2 proposal {name}", tuple(_proposal(proposal)))
    for offer in offers(config.tunnels, ike):
        yield Block(own, f"ikev2 policy {offer.name}", tuple(_policy(offer)))


def tunnel_routes(config: FirewallConfig) -> Iterator[Line]:
    """To each township's block by each of its tunnels; they stand while the interface is up.

    Raises:
        ValueError: a township speaks IPv6 through its tunnel.
    """
    origins = {one.name: mark((one.origin,)) for one in config.interfaces}
    for one in of_townships(config.tunnels):
        if one.peer.v6:
            raise ValueError(f"{one.peer_identity}: tunnels carry no IPv6 here")
        for block in prefixes(one.peer.v4, Family.V4):
            text = f"ip route-static {with_length(block)} {one.interface}"
            yield Line(origins[one.interface], f"{text} preference {one.preference}")


def _interface(group: Group) -> TunnelInterface:
    lines = [f"ip address unnumbered interface {LOOPBACK}"]
    if group.first.own_address is not None:
        lines.append(f"source {address_text(Family.V4, group.first.own_address)}")
    peer = _peer(group)
    if peer is not None:
        lines.append(f"destination {address_text(Family.V4, peer)}")
    lines.append(f"tunnel protection ipsec profile {_name(group)}")
    return TunnelInterface("ipsec-p2mp" if peer is None else "ipsec", tuple(lines))


def _peer(group: Group) -> int | None:
    """The address of the one other end; None: there may be many, wherever they are."""
    known = [one.peer_address for one in group.tunnels]
    if len(known) > 1 and any(one is not None for one in known):
        raise ValueError(f"{group.interface}: a tunnel interface has one peer")
    return known[0]


def _name(group: Group) -> str:
    return way_name(group.first) if _peer(group) is None else peer_name(group.first)


def _by_name(tunnels: tuple[Tunnel, ...]) -> list[Group]:
    return sorted(groups(tunnels), key=_name)


def _origin(config: FirewallConfig, group: Group) -> str:
    origins = (one.origin for one in config.interfaces if one.name == group.interface)
    return mark(origins)


def _transform(one: Protection) -> Iterator[str]:
    """Tunnel mode is the platform's own: not printed."""
    suite = one.suite
    if one.mode is Mode.GRE:
        yield "encapsulation-mode transport"
    yield f"esp encryption-algorithm {CIPHERS[suite.cipher]}"
    if suite.integrity:
        yield f"esp authentication-algorithm {DIGESTS[suite.integrity]}"
    if suite.group:
        yield f"pfs dh-group{suite.group}"


def _ipsec_profile(group: Group, names: Mapping[Protection, str]) -> Iterator[str]:
    used = dict.fromkeys(names[protection(one)] for one in group.tunnels)
    yield f"transform-set {' '.join(used)}"
    yield f"ikev2-profile {_name(group)}"
    yield f"sa duration time-based {group.first.esp_lifetime_s}"


def _keys(tunnels: tuple[Tunnel, ...]) -> Iterator[str]:
    for one in tunnels:
        yield f"peer {peer_name(one)}"
        if one.peer_address is not None:
            yield f" address {address_text(Family.V4, one.peer_address)} {HOST_MASK}"
        yield f" identity fqdn {one.peer_identity}"
        yield f" pre-shared-key plaintext {one.secret}"


def _ike_profile(group: Group) -> Iterator[str]:
    first = group.first
    yield "authentication-method local pre-share"
    yield "authentication-method remote pre-share"
    yield f"keychain {KEYS[first.mode]}"
    yield f"identity local fqdn {first.own_identity}"
    if first.own_address is not None:
        yield f"match local address {address_text(Family.V4, first.own_address)}"
    for one in group.tunnels:
        yield f"match remote identity fqdn {one.peer_identity}"
    if first.ike_lifetime_s != IKE_LIFETIME_S:
        yield f"sa duration {first.ike_lifetime_s}"
    yield f"dpd interval {first.liveness_s} periodic"


def _proposal(suite: IkeSuite) -> Iterator[str]:
    yield f"encryption {CIPHERS[suite.cipher]}"
    yield f"integrity {DIGESTS[suite.integrity]}"
    yield f"prf {DIGESTS[suite.prf]}"
    yield f"dh group{suite.group}"


def _policy(offer: Offer) -> Iterator[str]:
    """One that names addresses comes first at these."""
    for address in offer.addresses:
        yield f"match local address {address_text(Family.V4, address)}"
    for name in offer.suites:
        yield f"proposal {name}"
