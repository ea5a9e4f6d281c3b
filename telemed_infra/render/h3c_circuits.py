"""Encrypted circuits as H3C SecPath (Comware 7) writes them: GRE, which IPsec wraps at the port.

What the list of a policy selects goes by the port encrypted or not at all. A policy that names the
other end begins when there is a packet to send, and routing always has one. The synchronisation of
a pair may carry lists over to the other member: each member's have numbers of their own.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.compile.config import FirewallConfig
from telemed_infra.packets import Family
from telemed_infra.render.text import mark
from telemed_infra.render.tunnel_groups import HEADERS, Block, Protection, peer_name, protection
from telemed_infra.render.tunnels import circuit_ends, over_circuits
from telemed_infra.tunnels import Tunnel

FIRST_LIST, OTHER_LIST = 3100, 3200  # of the first member and of the other: this and the port


def circuit_interfaces(config: FirewallConfig) -> Mapping[str, tuple[str, ...]]:
    """What an interface of GRE has beyond its addresses, by its name."""
    both = {one.name for one in config.interfaces if one.v6}
    return {
        one.interface: tuple(_interface(one, ipv6=one.interface in both))
        for one in over_circuits(config.tunnels)
    }


def port_lines(config: FirewallConfig) -> Mapping[str, tuple[str, ...]]:
    """What encrypts at a port, by its name."""
    return {
        one.below: (f"ipsec apply policy {peer_name(one)}",)
        for one in over_circuits(config.tunnels)
    }


def list_blocks(config: FirewallConfig) -> Iterator[Block]:
    """What is encrypted: GRE between the two ends of each circuit."""
    for one in over_circuits(config.tunnels):
        own, other = circuit_ends(one)
        rule = f"rule 0 permit gre source {own} 0 destination {other} 0"
        yield Block(_origin(config, one), f"acl advanced {_list_number(config, one)}", (rule,))


def policy_blocks(config: FirewallConfig, names: Mapping[Protection, str]) -> Iterator[Block]:
    """A policy for each circuit, by name; `names` are those of the transform sets."""
    for one in sorted(over_circuits(config.tunnels), key=peer_name):
        own, other = circuit_ends(one)
        lines = (
            f"transform-set {names[protection(one)]}",
            f"security acl {_list_number(config, one)}",
            f"local-address {own}",
            f"remote-address {other}",
            f"ikev2-profile {peer_name(one)}",
            f"sa duration time-based {one.esp_lifetime_s}",
        )
        yield Block(_origin(config, one), f"ipsec policy {peer_name(one)} 1 isakmp", lines)


def _interface(one: Tunnel, *, ipv6: bool) -> Iterator[str]:
    own, other = circuit_ends(one)
    yield f"mtu {one.mtu}"
    if ipv6:
        yield f"ipv6 mtu {one.mtu}"
    yield f"tcp mss {one.mtu - HEADERS[Family.V4]}"
    yield f"source {own}"
    yield f"destination {other}"


def _list_number(config: FirewallConfig, one: Tunnel) -> int:
    sync = config.redundancy.sync
    first = sync is None or sync.first is not False
    return (FIRST_LIST if first else OTHER_LIST) + config.lower_ends[one.secret].number


def _origin(config: FirewallConfig, one: Tunnel) -> str:
    return mark(config.lower_ends[one.secret].origins)
