"""The tunnels of a firewall as Cisco IOS XE writes them: of townships, over circuits.

Each way of townships has a profile of its own, which knows them by name and clones an interface for
each from a template, in the zone of the template. There is no list of what is protected: the head
takes what the other end asks for, and routes there while the tunnel stands. A circuit has an
interface of GRE, the platform's own mode, and a profile that protects what it wraps: both ends know
what that is. What the platform would offer by itself (weaker suites, IKEv1) is taken away.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.compile.config import FirewallConfig
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
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
from telemed_infra.render.tunnels import circuit_ends
from telemed_infra.tunnels import EspSuite, IkeSuite, Mode, Tunnel

IKE_CIPHERS = {"aes-256": "aes-cbc-256", "aes-256-gcm": "aes-gcm-256"}
ESP_CIPHERS = {"aes-256": "esp-aes 256", "aes-256-gcm": "esp-gcm 256"}
DIGESTS = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
IKE_LIFETIME_S, ESP_LIFETIME_S = 86_400, 3_600  # the platform's own: not printed
RETRY_S = 5  # between two questions to an end that is silent
TEMPLATE = "Virtual-Template"
LOOPBACK = "Loopback0"  # whose address cloned interfaces borrow
MODES = {Mode.TUNNEL: "tunnel", Mode.GRE: "transport"}
NO_IKE_DEFAULTS = ("no crypto ikev2 policy default", "no crypto ikev2 proposal default")
NO_IPSEC_DEFAULTS = (
    "no crypto isakmp default policy",
    "no crypto ipsec profile default",
    "no crypto ipsec transform-set default",
)


def negotiation_blocks(config: FirewallConfig) -> Iterator[Block]:
    """IKEv2, in the order in which the device prints it."""
    found = groups(config.tunnels)
    if not found:
        return
    own = mark(config.origins)
    ike = numbered("IKE", (one.ike for one in config.tunnels))
    yield from (Block(own, line, ()) for line in NO_IKE_DEFAULTS)
    for suite, name in ike.items():
        yield Block(own, f"crypto ikev2 proposal {name}", tuple(_proposal(suite)))
    for offer in offers(config.tunnels, ike):
        yield Block(own, f"crypto ikev2 policy {offer.name}", tuple(_policy(offer)))
    for mode, keys in sorted(KEYS.items(), key=lambda one: one[1]):
        some = tuple(one for one in config.tunnels if one.mode is mode)
        if some:
            yield Block(own, f"crypto ikev2 keyring {keys}", tuple(_keys(some)))
    for group in found:
        head = f"crypto ikev2 profile {_name(group)}"
        yield Block(_origin(config, group), head, tuple(_ike_profile(group)))


def protection_blocks(config: FirewallConfig) -> Iterator[Block]:
    """IPsec, in the order in which the device prints it."""
    found = groups(config.tunnels)
    if not found:
        return
    own = mark(config.origins)
    names = numbered("ESP", map(protection, config.tunnels))
    yield from (Block(own, line, ()) for line in NO_IPSEC_DEFAULTS)
    for one, name in names.items():
        head = f"crypto ipsec transform-set {name} {_transform(one.suite)}"
        yield Block(own, head, (f"mode {MODES[one.mode]}",))
    for group in found:
        head = f"crypto ipsec profile {_name(group)}"
        yield Block(_origin(config, group), head, tuple(_ipsec_profile(group, names)))


def tunnel_lines(config: FirewallConfig) -> Mapping[str, tuple[str, ...]]:
    """What an interface has beyond its zone, description, addresses and sizes, by its name."""
    return {one.interface: tuple(_interface(one)) for one in groups(config.tunnels)}


def _interface(group: Group) -> Iterator[str]:
    """Of a circuit GRE, which is not printed; the source is an address that its port has alone."""
    if _over_circuit(group):
        own, other = circuit_ends(group.first)
        yield f"tunnel source {own}"
        yield f"tunnel destination {other}"
    else:
        inside = any(one.peer.v6 for one in group.tunnels)
        if inside:
            yield f"ipv6 unnumbered {LOOPBACK}"
        yield f"tunnel mode ipsec {'dual-overlay' if inside else 'ipv4'}"
    yield f"tunnel protection ipsec profile {_name(group)}"


def _name(group: Group) -> str:
    """Of the profiles: a circuit has one other end, a way of townships has many."""
    return peer_name(group.first) if _over_circuit(group) else way_name(group.first)


def _over_circuit(group: Group) -> bool:
    return group.first.mode is Mode.GRE


def _policy(offer: Offer) -> Iterator[str]:
    for address in offer.addresses:
        yield f"match address local {address_text(Family.V4, address)}"
    for name in offer.suites:
        yield f"proposal {name}"


def _proposal(suite: IkeSuite) -> Iterator[str]:
    """A cipher that brings its integrity needs the function named; another one's is its digest.

    Raises:
        ValueError: the function is another one than the digest.
    """
    yield f"encryption {IKE_CIPHERS[suite.cipher]}"
    if not suite.integrity:
        yield f"prf {DIGESTS[suite.prf]}"
    elif suite.integrity == suite.prf:
        yield f"integrity {DIGESTS[suite.integrity]}"
    else:
        raise ValueError(f"{suite.prf}: the pseudo-random function is that of the digest here")
    yield f"group {suite.group}"


def _keys(tunnels: tuple[Tunnel, ...]) -> Iterator[str]:
    for one in tunnels:
        yield f"peer {peer_name(one)}"
        if one.peer_address is not None:
            yield f" address {address_text(Family.V4, one.peer_address)}"
        yield f" identity fqdn {one.peer_identity}"
        yield f" pre-shared-key {one.secret}"
        yield "!"


def _ike_profile(group: Group) -> Iterator[str]:
    first = group.first
    if first.own_address is not None:
        yield f"match address local {address_text(Family.V4, first.own_address)}"
    for one in group.tunnels:
        yield f"match identity remote fqdn {one.peer_identity}"
    yield f"identity local fqdn {first.own_identity}"
    yield "authentication remote pre-share"
    yield "authentication local pre-share"
    yield f"keyring local {KEYS[first.mode]}"
    if first.ike_lifetime_s != IKE_LIFETIME_S:
        yield f"lifetime {first.ike_lifetime_s}"
    yield f"dpd {first.liveness_s} {RETRY_S} periodic"
    if not _over_circuit(group):
        yield f"virtual-template {group.interface.removeprefix(TEMPLATE)}"


def _transform(suite: EspSuite) -> str:
    digest = f" esp-{DIGESTS[suite.integrity]}-hmac" if suite.integrity else ""
    return f"{ESP_CIPHERS[suite.cipher]}{digest}"


def _ipsec_profile(group: Group, names: Mapping[Protection, str]) -> Iterator[str]:
    """Perfect forward secrecy has one group for all. A template never begins by itself.

    Raises:
        ValueError: the tunnels want several.
    """
    first = group.first
    used = dict.fromkeys(names[protection(one)] for one in group.tunnels)
    (secrecy, *others) = {one.esp.group for one in group.tunnels}
    if others:
        raise ValueError(f"{group.interface}: one group of perfect forward secrecy for all")
    if first.esp_lifetime_s != ESP_LIFETIME_S:
        yield f"set security-association lifetime seconds {first.esp_lifetime_s}"
    yield f"set transform-set {' '.join(used)}"
    if secrecy:
        yield f"set pfs group{secrecy}"
    if first.preference:
        yield f"set reverse-route distance {first.preference}"
    yield f"set ikev2-profile {_name(group)}"
    if first.preference:
        yield "reverse-route"
    if _over_circuit(group) and not first.starts:
        yield "responder-only"


def _origin(config: FirewallConfig, group: Group) -> str:
    origins = (one.origin for one in config.interfaces if one.name == group.interface)
    return mark(origins)
