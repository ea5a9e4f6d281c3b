"""Enforcement points: the firewall pair or the gateway of each site, with all its interfaces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from telemed_infra.model.network import Device, Network, Site
from telemed_infra.model.schema.network_file import Multicast
from telemed_infra.plan.devices import LOCAL_ZONE, Interface, enforcing_interfaces
from telemed_infra.plan.links import LineKind, pair_kind
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.routing import joins_sites
from telemed_infra.plan.service_edge import is_service_edge, services_zone
from telemed_infra.plan.sites import SitePlan
from telemed_infra.plan.tunnels import LINE_HOST, LTE_HOST, ways


class Standing(NamedTuple):
    """A device of the site by an address of its own, and the zone where that is."""

    name: str
    zone: str
    v4: Prefix
    v6: Prefix | None
    origin: str


@dataclass(frozen=True, eq=False, kw_only=True)
class EnforcementPoint:
    """One site's firewall: its devices share openings and differ in addresses only."""

    site: Site
    plan: SitePlan
    devices: tuple[Device, ...]
    by_device: dict[str, tuple[Interface, ...]]
    head_addresses: tuple[Prefix, ...] = ()  # tunnel ends of the county head
    lines: tuple[tuple[Prefix, str], ...] = ()  # own carrier addresses, with origins
    gateways_below: tuple[tuple[Prefix, str], ...] = ()  # carrier addresses of townships below
    edges: tuple[Standing, ...] = ()  # a data centre's service edges, in their services' zone
    core: tuple[Standing, ...] = ()  # its core routers, by their loopbacks

    multicast: Multicast | None = None  # what it forwards and is asked for

    @property
    def tunnelled(self) -> bool:
        """Whether the site reaches its head by tunnel."""
        return any(uplink.to == "tunnel" for uplink in self.site.blueprint.uplinks)

    @property
    def passes_on(self) -> bool:
        """Whether a packet may leave, or come, by the circuit of the other member."""
        blueprint = self.site.blueprint
        kinds = (pair_kind(blueprint, link) for link in blueprint.links)
        return LineKind.HOSPITAL_PAIR in kinds

    @cached_property
    def interfaces(self) -> tuple[Interface, ...]:
        """The interfaces of all members."""
        return tuple(one for some in self.by_device.values() for one in some)

    @cached_property
    def all_interfaces(self) -> dict[str, list[Interface]]:
        """Zone → interfaces of all members."""
        found: dict[str, list[Interface]] = {}
        for one in self.interfaces:
            found.setdefault(one.zone, []).append(one)
        return found

    @property
    def zone_interfaces(self) -> dict[str, list[Interface]]:
        """The site's own zones only, those with a VLAN."""
        return {
            zone: some
            for zone, some in self.all_interfaces.items()
            if zone in self.plan.zones and zone != LOCAL_ZONE
        }


class EnforcementPoints:
    """The enforcement point of each site, made when it is asked for."""

    def __init__(self, network: Network, plan: NetworkPlan) -> None:
        self._network = network
        self._plan = plan
        self._children: dict[str, list[Site]] = {}
        self._known: dict[str, EnforcementPoint] = {}
        for site in network.sites.values():
            if site.county and site.id != site.county.center.id:
                self._children.setdefault(site.county.center.id, []).append(site)

    def of(self, site: str) -> EnforcementPoint:
        """The enforcement point of a site, by the site's id."""
        if site not in self._known:
            self._known[site] = _point(
                self._network, self._plan, self._network.sites[site], self._children.get(site, ())
            )
        return self._known[site]


def _point(
    network: Network, plan: NetworkPlan, site: Site, children: Iterable[Site]
) -> EnforcementPoint:
    own = plan.sites[site.id]
    devices = tuple(d for d in network.devices_of(site) if d.role == site.blueprint.enforcing)
    behind = tuple(
        (child, plan.sites[child.id])
        for child in children
        if any(up.to == "head" for up in child.blueprint.uplinks)
    )
    tunnelled = tuple(child for child in children if ways(child))
    by_device = {
        device.name: enforcing_interfaces(own, device, len(devices), behind, tunnelled)
        for device in devices
    }
    lte = prefix(network.addresses.lte_pool)
    head: tuple[Prefix, ...] = ()
    lines: list[tuple[Prefix, str]] = []
    below: list[tuple[Prefix, str]] = []
    if site.blueprint.tunnels_from_below:
        head = tuple(_outer(own, host) for host in (LINE_HOST, LTE_HOST))
        for child in children:
            below += _lines(plan.sites[child.id])
        if any(child.lte for child in children):
            below.append((lte, site.origin))
    elif site.county and any(up.to == "tunnel" for up in site.blueprint.uplinks):
        above = plan.sites[site.county.center.id]
        head = tuple(_outer(above, way.host) for way in ways(site))
        lines = _lines(own)
        if site.lte:
            lines.append((lte, site.origin))
    return EnforcementPoint(
        site=site,
        plan=own,
        devices=devices,
        by_device=by_device,
        head_addresses=head,
        lines=tuple(lines),
        gateways_below=tuple(below),
        edges=edges_of(network, own),
        core=core_of(network, own),
        multicast=network.multicast if any(map(joins_sites, devices)) else None,
    )


def edges_of(network: Network, plan: SitePlan) -> tuple[Standing, ...]:
    """The service edges of a data centre."""
    return tuple(
        Standing(device.name, zone, *plan.zones[zone].host(device.host), device.origin)
        for device in network.devices_of(plan.site)
        if is_service_edge(device) and (zone := services_zone(device))
    )


def core_of(network: Network, plan: SitePlan) -> tuple[Standing, ...]:
    """The core routers of a data centre."""
    return tuple(
        Standing(device.name, "WAN", *plan.loopback(device.host), device.origin)
        for device in network.devices_of(plan.site)
        if plan.site.kind == "data-center" and device.role == device.blueprint.router
    )


def _outer(head: SitePlan, host: int) -> Prefix:
    return head.line_host(host)._replace(length=32)


def _lines(plan: SitePlan) -> list[tuple[Prefix, str]]:
    return [
        (plan.link_address(uplink.link, 1)[0]._replace(length=32), plan.site.origin)
        for uplink in plan.site.blueprint.uplinks
        if uplink.to == "tunnel" and uplink.link is not None
    ]
