"""How Huawei encrypts circuits: GRE between the two ends of each, wrapped by IPsec at the port.

All that is of one circuit bears the number of its port: a list, a peer, a policy. A policy is bound
to one port alone. At the second member of a pair the number is 50 more: each member has circuits of
its own, and what HRP may carry over takes nothing away. Firewalls (USG6000) and routers (AR) differ
in a few words. Either end begins: no line keeps one of them from it.
Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from telemed_infra.compile.config import LowerEnd
from telemed_infra.render.huawei_ipsec import Negotiation, negotiation, once
from telemed_infra.render.text import mark
from telemed_infra.render.tunnel_groups import Block
from telemed_infra.render.tunnels import circuit_ends, over_circuits
from telemed_infra.tunnels import EspSuite, Mode, Tunnel

FIRST_LIST = 3000  # of selectors: this and the port's number
SECOND = 50  # what the numbers of a second member are more than its ports'
RETRY_S = 5  # between two questions to a peer that is silent
SUITES = "CIRCUIT"  # and a number: what protects packets
TRANSPORT = "encapsulation-mode transport"
TCP_LESS = 40  # octets of headers between a packet and TCP's segment


class Words(NamedTuple):
    """What firewalls and routers say differently."""

    secret: str  # before the reference to one
    asks_each: bool  # a silent peer is asked as its own lines say; else as the device's do
    segments: str  # at an interface, before the longest of TCP; "": the device's own line says it


FIREWALL = Words(secret="pre-shared-key", asks_each=False, segments="")
ROUTER = Words(secret="pre-shared-key cipher", asks_each=True, segments="tcp adjust-mss")


class Circuit(NamedTuple):
    """A tunnel over a circuit."""

    tunnel: Tunnel
    number: int  # of all that is of it
    origins: str


def circuits(
    tunnels: Iterable[Tunnel], lower_ends: Mapping[str, LowerEnd], *, second: bool = False
) -> tuple[Circuit, ...]:
    """The circuits among a device's tunnels; `second`: it is the other one of a pair.

    Raises:
        ValueError: the end of one of them only answers.
    """
    found = []
    for one in over_circuits(tunnels):
        if not one.starts:
            raise ValueError(f"{one.own_identity}: either end of a circuit begins here")
        end = lower_ends[one.secret]
        found.append(Circuit(one, end.number + SECOND * second, mark(end.origins)))
    return tuple(found)


def suites(some: Iterable[Circuit]) -> list[EspSuite]:
    """What protects packets, each once."""
    return once(one.tunnel.esp for one in some)


def list_block(one: Circuit) -> Block:
    """What is selected: GRE from one end to the other, and nothing else."""
    own, peer = circuit_ends(one.tunnel)
    rule = f"rule 5 permit gre source {own} 0 destination {peer} 0"
    return Block(one.origins, f"acl number {FIRST_LIST + one.number}", (rule,))


def peer_block(one: Circuit, known: Sequence[Negotiation], words: Words) -> Block:
    """Who is at the other end."""
    tunnel = one.tunnel
    _, address = circuit_ends(tunnel)
    lines = (
        "undo version 1",
        f"{words.secret} {tunnel.secret}",
        f"ike-proposal {known.index(negotiation(tunnel)) + 1}",
        "local-id-type fqdn",
        "remote-id-type fqdn",
        *(_questions(tunnel) if words.asks_each else ()),
        f"remote-id {tunnel.peer_identity}",
        f"local-id {tunnel.own_identity}",
        f"remote-address {address}",
    )
    return Block(one.origins, f"ike peer {_name(one.number)}", lines)


def policy_block(one: Circuit, known: Sequence[EspSuite]) -> Block:
    """What is done with the selected packets."""
    tunnel = one.tunnel
    own, _ = circuit_ends(tunnel)
    lines = (
        *((f"pfs dh-group{tunnel.esp.group}",) if tunnel.esp.group else ()),
        f"security acl {FIRST_LIST + one.number}",
        f"ike-peer {_name(one.number)}",
        f"proposal {SUITES}-{known.index(tunnel.esp) + 1}",
        f"tunnel local {own}",
        "sa trigger-mode auto",
        f"sa duration time-based {tunnel.esp_lifetime_s}",
    )
    return Block(one.origins, f"ipsec policy {_name(one.number)} 1 isakmp", lines)


def bound(some: Iterable[Circuit], port: str) -> tuple[str, ...]:
    """What binds a policy to a port; nothing at another interface."""
    return tuple(f"ipsec policy {_name(one.number)}" for one in some if one.tunnel.below == port)


def gre_lines(tunnels: Iterable[Tunnel], interface: str, words: Words) -> tuple[str, ...]:
    """What makes an interface the one of a circuit's tunnel; nothing for another one."""
    for one in tunnels:
        if one.mode is Mode.GRE and one.interface == interface:
            return tuple(_gre(one, words))
    return ()


def mtu_of(tunnels: Iterable[Tunnel], interface: str) -> int:
    """Of an interface over a circuit, in octets; 0: its text does not say."""
    return next((one.mtu for one in tunnels if one.interface == interface), 0)


def _gre(one: Tunnel, words: Words) -> Iterator[str]:
    own, peer = circuit_ends(one)
    if words.segments:
        yield f"{words.segments} {one.mtu - TCP_LESS}"
    yield "tunnel-protocol gre"
    yield f"source {own}"
    yield f"destination {peer}"


def _questions(one: Tunnel) -> tuple[str, ...]:
    return (
        "dpd type periodic",
        f"dpd idle-time {one.liveness_s}",
        f"dpd retransmit-interval {RETRY_S}",
    )


def _name(number: int) -> str:
    """At most 15 characters."""
    return f"CIRCUIT-{number}"
