"""Circuits that leave a site, encrypted: both ends of the tunnel over each.

A line of a blueprint that runs `over` another number is a tunnel of GRE, wrapped by IPsec in
transport mode, between the two addresses of the circuit; routing and its watching see the tunnel
alone. Both families and multicast pass through GRE on every platform. The lower end begins; the
upper one too where its platform cannot keep from it.

Source: docs/concepts/tunnels.md, "Circuits".
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.network import Device, Network
from telemed_infra.plan.links import Line, LineEnd, Lines
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.routing import RoutingPlan
from telemed_infra.plan.tunnels import algorithms, no_algorithm, suites
from telemed_infra.problem import Problem
from telemed_infra.tunnels import Mode, Selector, Tunnel

MTU = 1400  # 1500 less GRE and ESP with the largest padding, IPv4 outside


def circuit_tunnels(network: Network, routing: RoutingPlan, device: Device) -> tuple[Tunnel, ...]:
    """A device's part in the tunnel over each of its circuits, by port."""
    return tuple(_tunnel(network, *ends) for ends in encrypted_lines(routing, device))


def encrypted_lines(routing: RoutingPlan, device: Device) -> list[tuple[Line, LineEnd, LineEnd]]:
    """A device's lines that are tunnels, by port, with its own end and the other one."""
    ends = sorted(routing.lines_of(device), key=lambda one: one[1].port)
    return [one for one in ends if one[1].outer4 is not None]


def circuit_secret(network: Network, line: Line) -> str:
    """The reference to what both ends of a circuit have in common."""
    return f"{network.tunnels.secrets}{_identity(line.lower).lower()}"


def encrypting_strangers(network: Network, plan: NetworkPlan) -> Iterator[Problem]:
    """Lines whose ends know no way to encrypt them, once for each two platforms."""
    told = set()
    for line in Lines(network, plan).all():
        names = line.upper.device.platform, line.lower.device.platform
        if line.lower.outer4 is None or names in told:
            continue
        told.add(names)
        for name in names:
            if not PLATFORMS[name].circuit:
                yield Problem.at(
                    line.origin,
                    "uplinks",
                    f"{name} encrypts no circuit, and this line runs `over` one",
                    "leave `over` out, or choose another platform",
                )
        for words, hint in no_algorithm(network, *names):
            yield Problem.at(line.origin, "uplinks", words, hint)


def _tunnel(network: Network, line: Line, own: LineEnd, other: LineEnd) -> Tunnel:
    rule = network.tunnels
    ike, esp = suites(rule, algorithms(line.lower.device), algorithms(line.upper.device))
    facts = PLATFORMS[own.device.platform]
    return Tunnel(
        interface=own.interface,
        below=own.carrier,
        own_address=_outer(own),
        peer_address=_outer(other),
        own_identity=_identity(own),
        peer_identity=_identity(other),
        secret=circuit_secret(network, line),
        starts=own is line.lower or not facts.circuit_waits,
        own=_alone(own),
        peer=_alone(other),
        preference=0,
        ike=ike,
        esp=esp,
        ike_lifetime_s=rule.ike_lifetime_s,
        esp_lifetime_s=rule.esp_lifetime_s,
        liveness_s=max(rule.liveness_s, facts.tunnels.liveness_s_min if facts.tunnels else 0),
        mtu=0 if facts.network_os == "linux" else MTU,
        mode=Mode.GRE,
    )


def _identity(end: LineEnd) -> str:
    """The device and its port: a device has one for each circuit."""
    return f"{end.device.name}.{end.port}"


def _outer(end: LineEnd) -> int:
    assert end.outer4 is not None  # asked of encrypted lines alone
    return end.outer4.first


def _alone(end: LineEnd) -> Selector:
    return Selector(((_outer(end), _outer(end)),), ())
