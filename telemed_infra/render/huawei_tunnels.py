"""How Huawei USG6000 ends the tunnels of its townships, in the order in which it prints them.

A way (by line, by mobile network) is a group of policies on a tunnel interface. It is made of a
template: such a group only answers. Each township has a peer, an entry of the template and a list
of what is selected, all of one number: that of the township in its county, so that another one
that comes or goes renumbers nobody. Dead peer detection is the device's, alike for all.
Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from telemed_infra.compile.config import FirewallConfig
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
from telemed_infra.render.text import mark
from telemed_infra.render.tunnel_groups import Block
from telemed_infra.render.tunnels import prefixes, way_of
from telemed_infra.tunnels import EspSuite, IkeSuite, Tunnel

FIRST_LIST = 3100  # of selectors: this and the township's number
RETRY_S = 5  # between two questions to a peer that is silent
CIPHERS = {"aes-256": "aes-256", "aes-256-gcm": "aes-256-gcm-128", "sm4": "sm4"}
DIGESTS = {"sha-256": "sha2-256", "sha-384": "sha2-384", "sha-512": "sha2-512"}
Suite = TypeVar("Suite")
EVERYTHING = ((0, (1 << 32) - 1),)


def tunnel_blocks(config: FirewallConfig) -> Iterator[Block]:
    """Everything but the interfaces; nothing of a device that ends no tunnel.

    Raises:
        ValueError: a tunnel carries IPv6, begins here, or is asked after at a time of its own.
    """
    tunnels = config.tunnels
    if not tunnels:
        return
    if any(one.starts or one.own.v6 or one.peer.v6 for one in tunnels):
        raise ValueError(f"{config.hostname}: its tunnels answer, and carry IPv4 alone")
    origins = mark(config.origins)
    yield from _questions(config)
    yield from _lists(config)
    esp = _numbered(one.esp for one in tunnels)
    ike = _numbered(_negotiation(one) for one in tunnels)
    for number, packets in enumerate(esp, start=1):
        yield Block(origins, f"ipsec proposal TUNNEL-{number}", tuple(_esp(packets)))
    for number, (suite, seconds) in enumerate(ike, start=1):
        yield Block(origins, f"ike proposal {number}", tuple(_ike(suite, seconds)))
    yield from (_peer(config, one, ike.index(_negotiation(one)) + 1) for one in tunnels)
    yield from (_entry(config, one, esp.index(one.esp) + 1) for one in tunnels)
    for way in dict.fromkeys(map(_group, tunnels)):
        yield Block(origins, f"ipsec policy {way} 1 isakmp template {way}-T")


def interface_lines(tunnels: Sequence[Tunnel], interface: str) -> tuple[str, ...]:
    """What makes an interface the one of tunnels; nothing for another one."""
    mine = next((one for one in tunnels if one.interface == interface), None)
    if mine is None:
        return ()
    return (
        f"ip address unnumbered interface {mine.below}",
        "tunnel-protocol ipsec",
        f"ipsec policy {_group(mine)}",
    )


def _questions(config: FirewallConfig) -> Iterator[Block]:
    """When a peer that is silent is asked whether it is there."""
    (liveness_s,) = {one.liveness_s for one in config.tunnels}
    for line in ("type periodic", f"idle-time {liveness_s}", f"retransmit-interval {RETRY_S}"):
        yield Block(mark(config.origins), f"ike dpd {line}")


def _lists(config: FirewallConfig) -> Iterator[Block]:
    """What is selected, once for both ways of a township."""
    for one in {each.secret: each for each in config.tunnels}.values():
        if one.own.v4 != EVERYTHING:
            raise ValueError(f"{config.hostname}: its own end of a tunnel is everything")
        rules = (
            f"rule {5 * number} permit ip destination {address_text(*block[:2])} "
            f"{address_text(Family.V4, (1 << 32 - block.length) - 1)}"
            for number, block in enumerate(prefixes(one.peer.v4, Family.V4), start=1)
        )
        number = FIRST_LIST + _number(config, one)
        yield Block(_origins(config, one), f"acl number {number}", tuple(rules))


def _esp(suite: EspSuite) -> Iterator[str]:
    """The device would add an integrity of its own where a cipher brings one."""
    if suite.integrity:
        yield f"esp authentication-algorithm {DIGESTS[suite.integrity]}"
    else:
        yield "undo esp authentication-algorithm"
    yield f"esp encryption-algorithm {CIPHERS[suite.cipher]}"


def _ike(suite: IkeSuite, seconds: int) -> Iterator[str]:
    yield f"encryption-algorithm {CIPHERS[suite.cipher]}"
    yield f"dh group{suite.group}"
    yield f"authentication-algorithm {DIGESTS[suite.prf]}"
    yield "authentication-method pre-share"
    if suite.integrity:
        yield f"integrity-algorithm hmac-{DIGESTS[suite.integrity]}"
    yield f"prf hmac-{DIGESTS[suite.prf]}"
    yield f"sa duration {seconds}"


def _peer(config: FirewallConfig, one: Tunnel, proposal: int) -> Block:
    lines = [
        "undo version 1",
        f"pre-shared-key {one.secret}",
        f"ike-proposal {proposal}",
        "local-id-type fqdn",
        "remote-id-type fqdn",
        f"remote-id {one.peer_identity}",
        f"local-id {one.own_identity}",
    ]
    if one.peer_address is not None:
        lines.append(f"remote-address {address_text(Family.V4, one.peer_address)}")
    return Block(_origins(config, one), f"ike peer {_peer_name(config, one)}", tuple(lines))


def _entry(config: FirewallConfig, one: Tunnel, proposal: int) -> Block:
    assert one.own_address is not None  # a head is found by its address
    number = _number(config, one)
    lines = [
        f"security acl {FIRST_LIST + number}",
        f"ike-peer {_peer_name(config, one)}",
        f"proposal TUNNEL-{proposal}",
        f"tunnel local {address_text(Family.V4, one.own_address)}",
        f"sa duration time-based {one.esp_lifetime_s}",
        f"route inject dynamic preference {one.preference}",
    ]
    if one.esp.group:
        lines.insert(0, f"pfs dh-group{one.esp.group}")
    head = f"ipsec policy-template {_group(one)}-T {number}"
    return Block(_origins(config, one), head, tuple(lines))


def _numbered(some: Iterable[Suite]) -> list[Suite]:
    """Each once; its place is its number."""
    return list(dict.fromkeys(some))


def _negotiation(one: Tunnel) -> tuple[IkeSuite, int]:
    return one.ike, one.ike_lifetime_s


def _group(one: Tunnel) -> str:
    return way_of(one).upper()


def _peer_name(config: FirewallConfig, one: Tunnel) -> str:
    """At most 15 characters."""
    return f"{_group(one)}-{_number(config, one)}"


def _number(config: FirewallConfig, one: Tunnel) -> int:
    return config.lower_ends[one.secret].number


def _origins(config: FirewallConfig, one: Tunnel) -> str:
    return mark(config.lower_ends[one.secret].origins)
