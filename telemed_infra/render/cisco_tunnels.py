"""The tunnels of a county's head as Cisco IOS XE writes them: dynamic interfaces by IKEv2.

Each way has a profile of its own, which knows its townships by name and clones an interface for
each from a template, in the zone of the template. There is no list of what is protected: the head
takes what the other end asks for, and routes there while the tunnel stands. What the platform would
offer by itself (weaker suites, IKEv1) is taken away.

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
    groups,
    numbered,
    peer_name,
    way_name,
)
from telemed_infra.tunnels import EspSuite, IkeSuite, Tunnel

IKE_CIPHERS = {"aes-256": "aes-cbc-256", "aes-256-gcm": "aes-gcm-256"}
ESP_CIPHERS = {"aes-256": "esp-aes 256", "aes-256-gcm": "esp-gcm 256"}
DIGESTS = {"sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
IKE_LIFETIME_S, ESP_LIFETIME_S = 86_400, 3_600  # the platform's own: not printed
RETRY_S = 5  # between two questions to an end that is silent
TEMPLATE = "Virtual-Template"
LOOPBACK = "Loopback0"  # whose address cloned interfaces borrow
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
    policy = tuple(f"proposal {name}" for name in ike.values())
    yield Block(own, f"crypto ikev2 policy {KEYS}", policy)
    yield Block(own, f"crypto ikev2 keyring {KEYS}", tuple(_keys(config.tunnels)))
    for group in found:
        head = f"crypto ikev2 profile {way_name(group.first)}"
        yield Block(_origin(config, group), head, tuple(_ike_profile(group)))


def protection_blocks(config: FirewallConfig) -> Iterator[Block]:
    """IPsec, in the order in which the device prints it."""
    found = groups(config.tunnels)
    if not found:
        return
    own = mark(config.origins)
    esp = numbered("ESP", (one.esp for one in config.tunnels))
    yield from (Block(own, line, ()) for line in NO_IPSEC_DEFAULTS)
    for suite, name in esp.items():
        yield Block(own, f"crypto ipsec transform-set {name} {_transform(suite)}", ("mode tunnel",))
    for group in found:
        head = f"crypto ipsec profile {way_name(group.first)}"
        yield Block(_origin(config, group), head, tuple(_ipsec_profile(group, esp)))


def template_lines(config: FirewallConfig) -> Mapping[str, tuple[str, ...]]:
    """What a template of interfaces has beyond its zone and description, by its name."""
    return {one.interface: tuple(_template(one)) for one in groups(config.tunnels)}


def _template(group: Group) -> Iterator[str]:
    inside = any(one.peer.v6 for one in group.tunnels)
    if inside:
        yield f"ipv6 unnumbered {LOOPBACK}"
    yield f"tunnel mode ipsec {'dual-overlay' if inside else 'ipv4'}"
    yield f"tunnel protection ipsec profile {way_name(group.first)}"


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
    yield f"keyring local {KEYS}"
    if first.ike_lifetime_s != IKE_LIFETIME_S:
        yield f"lifetime {first.ike_lifetime_s}"
    yield f"dpd {first.liveness_s} {RETRY_S} periodic"
    yield f"virtual-template {group.interface.removeprefix(TEMPLATE)}"


def _transform(suite: EspSuite) -> str:
    digest = f" esp-{DIGESTS[suite.integrity]}-hmac" if suite.integrity else ""
    return f"{ESP_CIPHERS[suite.cipher]}{digest}"


def _ipsec_profile(group: Group, names: Mapping[EspSuite, str]) -> Iterator[str]:
    """Perfect forward secrecy has one group for all.

    Raises:
        ValueError: the tunnels want several.
    """
    used = dict.fromkeys(names[one.esp] for one in group.tunnels)
    (secrecy, *others) = {one.esp.group for one in group.tunnels}
    if others:
        raise ValueError(f"{group.interface}: one group of perfect forward secrecy for all")
    if group.first.esp_lifetime_s != ESP_LIFETIME_S:
        yield f"set security-association lifetime seconds {group.first.esp_lifetime_s}"
    yield f"set transform-set {' '.join(used)}"
    if secrecy:
        yield f"set pfs group{secrecy}"
    yield f"set reverse-route distance {group.first.preference}"
    yield f"set ikev2-profile {way_name(group.first)}"
    yield "reverse-route"


def _origin(config: FirewallConfig, group: Group) -> str:
    origins = (one.origin for one in config.interfaces if one.name == group.interface)
    return mark(origins)
