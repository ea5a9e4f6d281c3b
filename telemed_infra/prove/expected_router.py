"""What a speaker's routing is for, from the plan alone: sessions, what begins here, static routes.

A second reading beside the compiler's: it shares the plan's numbers with it, and nothing else.
Source: docs/concepts/routing.md, "Who speaks", "What is told", "Management".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from telemed_infra.model.network import Device, Network
from telemed_infra.packets import Family
from telemed_infra.plan.devices import GATEWAY_HOST, MANAGEMENT_ZONE
from telemed_infra.plan.links import LineEnd, LineKind
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix, address_text, prefix
from telemed_infra.plan.routing import (
    Origination,
    RoutingPlan,
    Source,
    View,
    is_router,
    router_id,
)
from telemed_infra.plan.service_edge import ROLE, is_service_edge, services_zone
from telemed_infra.plan.tunnels import outer_routes, tunnels

MANAGEMENT_TABLE = "MGMT"
"""The table of a router's management port. Source: docs/concepts/routing.md, "Management"."""
CONNECT_S = 1
"""Source: docs/concepts/routing.md, "Who speaks"."""
DISCARD = ""
EVERYWHERE = (Prefix(Family.V4, 0, 0), Prefix(Family.V6, 0, 0))


INNER_BY_LINES = frozenset({"h3c_secpath"})
"""Platforms on which static routes lead into tunnels; elsewhere routes come with the tunnels."""


class ExpectedRoute(NamedTuple):
    """A static route of a table ("": the main one) to an address or interface, or `DISCARD`."""

    table: str
    prefix: Prefix
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRouter:
    """All that a speaker's text must and may do."""

    as_number: int | None  # None: it has no sessions
    router_id: Prefix
    connect_s: int  # before a session is tried again: the design's, or what the platform can do
    views: tuple[View, ...]
    begins: tuple[Origination, ...]
    routes: tuple[ExpectedRoute, ...]


def expected_router(
    network: Network, plan: NetworkPlan, routing: RoutingPlan, device: Device
) -> ExpectedRouter:
    """What one router, or one firewall with routed lines, is for."""
    return ExpectedRouter(
        as_number=routing.as_number(device) if routing.speaks(device) else None,
        router_id=router_id(plan, device),
        connect_s=PLATFORMS[device.platform].retry_s or CONNECT_S,
        views=routing.of(device),
        begins=routing.originates(device),
        routes=(
            *_routes(network, plan, routing, device),
            *_to_townships(network, plan, device),
        ),
    )


def _routes(
    network: Network, plan: NetworkPlan, routing: RoutingPlan, device: Device
) -> Iterator[ExpectedRoute]:
    begins = routing.originates(device)
    for one in begins:
        if one.source in (Source.DISCARD, Source.LEARNED):
            yield ExpectedRoute("", one.prefix, DISCARD)
    for line, own, other in routing.lines_of(device):
        if line.kind is LineKind.FIREWALL:
            upper = own is line.upper
            blocks = [one.prefix for one in begins] if upper else _everywhere(other)
            yield from (_by(block, other) for block in blocks)
        elif line.kind in (LineKind.CORE_PAIR, LineKind.HOSPITAL_PAIR):
            loopbacks = plan.sites[other.device.site.id].loopback(other.device.host)
            yield from (_by(loopback, other) for loopback in loopbacks if loopback)
    if device.site.kind == "data-center" and not is_router(device):
        yield from _to_services(network, plan, device)
    if is_router(device):
        yield from _of_management(plan, device)


def _to_townships(network: Network, plan: NetworkPlan, device: Device) -> Iterator[ExpectedRoute]:
    """The outer addresses of tunnels, and the inner ones where lines lead to these."""
    for outer in outer_routes(network, plan, device):
        target = address_text(outer.target.family, outer.target.first)
        yield ExpectedRoute("", outer.prefix, target)
    if device.platform in INNER_BY_LINES:
        for one in tunnels(network, plan, device):
            for low, high in one.peer.v4:  # a block, so a prefix
                length = Family.V4.bits - (high - low).bit_length()
                yield ExpectedRoute("", Prefix(Family.V4, low, length), one.interface)


def _by(block: Prefix, other: LineEnd) -> ExpectedRoute:
    """By the other end of a line, in the block's own family."""
    end = other.v4 if block.family is Family.V4 else other.v6
    assert end is not None  # a device that has the family has it on its lines
    return ExpectedRoute("", block, address_text(end.family, end.first))


def _everywhere(end: LineEnd) -> list[Prefix]:
    return [EVERYWHERE[0], EVERYWHERE[1]] if end.v6 else [EVERYWHERE[0]]


def _to_services(network: Network, plan: NetworkPlan, device: Device) -> Iterator[ExpectedRoute]:
    """The pool leads to the address that the service edges share, in each centre and always."""
    site = plan.sites[device.site.id]
    edge = next((one for one in network.devices_of(device.site) if is_service_edge(one)), None)
    shared = device.site.blueprint.devices[ROLE].virtual if edge else None
    zone = services_zone(edge) if edge else None
    if shared is None or zone is None:
        return
    pool = network.addresses.service_pool
    for block, target in zip((pool.v4, pool.v6), site.zones[zone].host(shared), strict=True):
        if target is not None:
            yield ExpectedRoute("", prefix(block), address_text(target.family, target.first))


def _of_management(plan: NetworkPlan, device: Device) -> Iterator[ExpectedRoute]:
    gateways = plan.sites[device.site.id].zones[MANAGEMENT_ZONE].host(GATEWAY_HOST)
    for everywhere, gateway in zip(EVERYWHERE, gateways, strict=True):
        if gateway is not None:
            target = address_text(gateway.family, gateway.first)
            yield ExpectedRoute(MANAGEMENT_TABLE, everywhere, target)
