"""Numbers of a service edge: its interfaces, its way to everybody, and whom it speaks BGP with.

Source: docs/concepts/policies.md, "Addresses"; docs/concepts/failover.md, "Routes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from telemed_infra.model.network import Device, Network
from telemed_infra.plan.devices import GATEWAY_HOST, MANAGEMENT_ZONE, Interface, host_interface
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.sites import ZonePlan

ROLE = "SE"
CORE = "core"  # where a centre's uplinks lead, by way of its core routers
HOPS_MAX = 3  # to a core router's loopback: the firewall, perhaps the other core router, itself


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreRouter:
    """A router of the own centre's core, by its loopback."""

    name: str
    v4: Prefix
    v6: Prefix | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedHost:
    """A host that is reached by a route of its own."""

    v4: Prefix
    gateway4: Prefix
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An interface of a service edge and the gateway there: the firewall pair's own address."""

    interface: Interface
    gateway4: Prefix
    gateway6: Prefix | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEdgePlan:
    """All numbers of one service edge."""

    as_number: int
    core_as_number: int
    services: Zone  # where clients come from and where the core routers are
    management: Zone
    others: tuple[Zone, ...]  # zones of its further cables
    managers: tuple[tuple[Prefix, Prefix | None, str], ...]  # each centre's, with its origin
    routers: tuple[CoreRouter, ...]
    partners: tuple[NamedHost, ...]  # of the agent on it


def is_service_edge(device: Device) -> bool:
    """Whether services run on a device."""
    return device.role == ROLE and device.site.kind == "data-center"


def service_edge_plan(network: Network, plan: NetworkPlan, device: Device) -> ServiceEdgePlan:
    """The numbers of one service edge.

    Raises:
        ValueError: the blueprint gives it no cable in a zone of its own.
    """
    site = plan.sites[device.site.id]
    center = network.data_centers[device.site.id]
    zones = service_zones(device)
    if not zones:
        raise ValueError(f"{device.name}: no link of the blueprint leads to the services' zone")
    services, *others = (_zone(host_interface(site, device, one), site.zones[one]) for one in zones)
    return ServiceEdgePlan(
        as_number=center.service_edge_as,
        core_as_number=center.as_number,
        services=services,
        management=_zone(
            host_interface(site, device, MANAGEMENT_ZONE), site.zones[MANAGEMENT_ZONE]
        ),
        others=tuple(others),
        managers=tuple(
            (managers.v4, managers.v6, network.management.origin)
            for managers in (
                plan.sites[name].zones[network.management.zone] for name in network.data_centers
            )
        ),
        routers=tuple(_routers(network, plan, device)),
        partners=tuple(_partners(network, plan, site.site.id, (services, *others))),
    )


def services_zone(device: Device) -> str | None:
    """The zone where a service edge meets its clients: that of its first cable elsewhere."""
    return next(iter(service_zones(device)), None)


def service_zones(device: Device) -> tuple[str, ...]:
    """The zones of a service edge's cables, in their order, without that of management."""
    label = f"{device.role}{device.number:02d}:"
    zones = {
        link.zone: None
        for link in device.blueprint.links
        if link.a.startswith(label) or link.b.startswith(label)
        if link.link is None and link.zone not in (None, MANAGEMENT_ZONE)
    }
    return tuple(zone for zone in zones if zone)


def _zone(interface: Interface, zone: ZonePlan) -> Zone:
    gateway4, gateway6 = zone.host(GATEWAY_HOST)
    return Zone(interface=interface, gateway4=gateway4, gateway6=gateway6)


def _routers(network: Network, plan: NetworkPlan, device: Device) -> Iterator[CoreRouter]:
    """Those that the blueprint's uplinks to the core end at, in the order of the uplinks."""
    peers = {uplink.peer: uplink.origin for uplink in device.blueprint.uplinks if uplink.to == CORE}
    devices = {f"{one.role}{one.number:02d}": one for one in network.devices_of(device.site)}
    for label, origin in peers.items():
        router = devices.get(label or "")
        if router is not None:
            v4, v6 = plan.sites[device.site.id].loopback(router.host)
            yield CoreRouter(name=router.name, v4=v4, v6=v6, origin=origin)


def _partners(
    network: Network, plan: NetworkPlan, site: str, zones: tuple[Zone, ...]
) -> Iterator[NamedHost]:
    """Whom the agent speaks with by which of its addresses, where routes would lead elsewhere.

    The register stands among the managers, who are answered by management; the other centre's
    agent is heard over the fibre, and the default leads to the services' gateway.
    """
    failover = network.failover
    beats, register = failover.heartbeats, failover.register_
    for own, others, elsewhere in (
        (beats.health, register, False),
        (beats.fibre, beats.fibre, True),
    ):
        address = plan.sites[site].zones[own.zone].host(own.host)[0]
        for zone in zones:
            if zone.interface.v4 is None or zone.interface.v4.first != address.first:
                continue
            for center in network.data_centers:
                if center != site or not elsewhere:
                    host = plan.sites[center].zones[others.zone].host(others.host)[0]
                    yield NamedHost(v4=host, gateway4=zone.gateway4, origin=others.origin)
