"""How Huawei USG6000 ends its tunnels, in the order in which it prints them.

A way of townships (by line, by mobile network) is a group of policies on a tunnel interface. It is
made of a template: such a group only answers. Each township has a peer, an entry of the template
and a list of what is selected, all of one number: that of the township in its county, so that
another one that comes or goes renumbers nobody. Circuits: `huawei_circuits`. Dead peer detection
is the device's, alike for all.
Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telemed_infra.compile.config import FirewallConfig
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
from telemed_infra.render import huawei_circuits
from telemed_infra.render.huawei_circuits import (
    FIREWALL,
    RETRY_S,
    SUITES,
    TCP_LESS,
    TRANSPORT,
    Circuit,
)
from telemed_infra.render.huawei_ipsec import (
    negotiation,
    negotiation_blocks,
    once,
    packet_blocks,
)
from telemed_infra.render.text import mark
from telemed_infra.render.tunnel_groups import Block
from telemed_infra.render.tunnels import of_townships, prefixes, way_of
from telemed_infra.tunnels import Tunnel

FIRST_LIST = 3100  # of selectors: this and the township's number
EVERYTHING = ((0, (1 << 32) - 1),)


def tunnel_blocks(config: FirewallConfig) -> Iterator[Block]:
    """Everything but the interfaces; nothing of a device that ends no tunnel.

    Raises:
        ValueError: a township's tunnel carries IPv6 or begins here, or one is asked after at a
            time of its own.
    """
    if not config.tunnels:
        return
    townships = of_townships(config.tunnels)
    if any(one.starts or one.own.v6 or one.peer.v6 for one in townships):
        raise ValueError(f"{config.hostname}: its tunnels answer, and carry IPv4 alone")
    circuits = _circuits(config)
    origins = mark(config.origins)
    yield from _segments(config)
    yield from _questions(config)
    yield from map(huawei_circuits.list_block, circuits)
    yield from _lists(config, townships)
    esp = once(one.esp for one in townships)
    esp_of_circuits = huawei_circuits.suites(circuits)
    ike = once(negotiation(one) for one in config.tunnels)
    yield from packet_blocks(origins, "TUNNEL", esp)
    yield from packet_blocks(origins, SUITES, esp_of_circuits, TRANSPORT)
    yield from negotiation_blocks(origins, ike)
    yield from (_peer(config, one, ike.index(negotiation(one)) + 1) for one in townships)
    yield from (huawei_circuits.peer_block(one, ike, FIREWALL) for one in circuits)
    yield from (_entry(config, one, esp.index(one.esp) + 1) for one in townships)
    for way in dict.fromkeys(map(_group, townships)):
        yield Block(origins, f"ipsec policy {way} 1 isakmp template {way}-T")
    yield from (huawei_circuits.policy_block(one, esp_of_circuits) for one in circuits)


def interface_lines(config: FirewallConfig, interface: str) -> tuple[str, ...]:
    """What an interface is to tunnels: that of a circuit's, of townships', a circuit's port."""
    return (
        *huawei_circuits.gre_lines(config.tunnels, interface, FIREWALL),
        *huawei_circuits.bound(_circuits(config), interface),
        *_township_lines(of_townships(config.tunnels), interface),
    )


def _circuits(config: FirewallConfig) -> tuple[Circuit, ...]:
    sync = config.redundancy.sync
    second = sync is not None and sync.first is False
    return huawei_circuits.circuits(config.tunnels, config.lower_ends, second=second)


def _township_lines(tunnels: Sequence[Tunnel], interface: str) -> tuple[str, ...]:
    mine = next((one for one in tunnels if one.interface == interface), None)
    if mine is None:
        return ()
    return (
        f"ip address unnumbered interface {mine.below}",
        "tunnel-protocol ipsec",
        f"ipsec policy {_group(mine)}",
    )


def _segments(config: FirewallConfig) -> Iterator[Block]:
    """The longest segment of TCP, of whatever interface: those of tunnels have no line for it."""
    sizes = {one.mtu for one in config.tunnels if one.mtu}
    if sizes:
        yield Block(mark(config.origins), f"firewall tcp-mss {min(sizes) - TCP_LESS}")


def _questions(config: FirewallConfig) -> Iterator[Block]:
    """When a peer that is silent is asked whether it is there."""
    (liveness_s,) = {one.liveness_s for one in config.tunnels}
    for line in ("type periodic", f"idle-time {liveness_s}", f"retransmit-interval {RETRY_S}"):
        yield Block(mark(config.origins), f"ike dpd {line}")


def _lists(config: FirewallConfig, townships: Sequence[Tunnel]) -> Iterator[Block]:
    """What is selected, once for both ways of a township."""
    for one in {each.secret: each for each in townships}.values():
        if one.own.v4 != EVERYTHING:
            raise ValueError(f"{config.hostname}: its own end of a tunnel is everything")
        rules = (
            f"rule {5 * number} permit ip destination {address_text(*block[:2])} "
            f"{address_text(Family.V4, (1 << 32 - block.length) - 1)}"
            for number, block in enumerate(prefixes(one.peer.v4, Family.V4), start=1)
        )
        number = FIRST_LIST + _number(config, one)
        yield Block(_origins(config, one), f"acl number {number}", tuple(rules))


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


def _group(one: Tunnel) -> str:
    return way_of(one).upper()


def _peer_name(config: FirewallConfig, one: Tunnel) -> str:
    """At most 15 characters."""
    return f"{_group(one)}-{_number(config, one)}"


def _number(config: FirewallConfig, one: Tunnel) -> int:
    return config.lower_ends[one.secret].number


def _origins(config: FirewallConfig, one: Tunnel) -> str:
    return mark(config.lower_ends[one.secret].origins)
