"""Circuits that leave a site, encrypted: both ends of the tunnel over each.

A line of a blueprint that runs `over` another number is a tunnel of GRE, wrapped by IPsec in
transport mode, between the two addresses of the circuit; routing and its watching see the tunnel
alone. GRE, for both families and multicast pass through it on every platform. The lower end begins.

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
    ends = sorted(routing.lines_of(device), key=lambda one: one[1].port)
    return tuple(
        _tunnel(network, line, own, other) for line, own, other in ends if own.outer4 is not None
    )


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
    able = (PLATFORMS[end.device.platform].tunnels for end in (own,))
    return Tunnel(
        interface=own.interface,
        below=own.carrier,
        own_address=_outer(own),
        peer_address=_outer(other),
        own_identity=_identity(own),
        peer_identity=_identity(other),
        secret=f"{rule.secrets}{_identity(line.lower).lower()}",
        starts=own is line.lower,
        own=_alone(own),
        peer=_alone(other),
        preference=0,
        ike=ike,
        esp=esp,
        ike_lifetime_s=rule.ike_lifetime_s,
        esp_lifetime_s=rule.esp_lifetime_s,
        liveness_s=max([rule.liveness_s, *(one.liveness_s_min for one in able if one)]),
        mtu=0 if PLATFORMS[own.device.platform].network_os == "linux" else MTU,
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
