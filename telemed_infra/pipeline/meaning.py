"""What is meant, from the inventory alone: all that a proof needs, and no template."""

from __future__ import annotations

from functools import cached_property

from telemed_infra.intent.ends import Ends
from telemed_infra.intent.hosts import edge_openings, host_openings
from telemed_infra.intent.inside import as_inside, translations
from telemed_infra.intent.network import Intent
from telemed_infra.intent.openings import Opening
from telemed_infra.model.network import Device, Network
from telemed_infra.multicast import MulticastRouting
from telemed_infra.plan.boundary import leading_elsewhere
from telemed_infra.plan.devices import Interface, host_interface, host_interfaces
from telemed_infra.plan.management import ManagementPlan
from telemed_infra.plan.multicast import multicast_of
from telemed_infra.plan.network import NetworkPlan, network_plan
from telemed_infra.plan.pairs import redundancy
from telemed_infra.plan.points import EnforcementPoints
from telemed_infra.plan.routing import RoutingPlan
from telemed_infra.plan.service_edge import is_service_edge, service_zones
from telemed_infra.plan.tunnels import tunnels
from telemed_infra.redundancy import Redundancy
from telemed_infra.translation import Translation
from telemed_infra.tunnels import Tunnel


class Meaning:
    """A network with its plan and intent, each computed once."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.plan: NetworkPlan = network_plan(network)
        self.routing = RoutingPlan(network, self.plan)
        self.management = ManagementPlan(network, self.plan)
        self.points = EnforcementPoints(network, self.plan)
        self.ends = Ends(network, self.plan)
        self.intent = Intent(network, self.points, self.ends)

    def openings(self, device: Device) -> list[Opening]:
        """What must and may pass a firewall, gateway or host."""
        if device.role == device.site.blueprint.enforcing:
            return as_inside(self.intent.at(device.site.id), self.plan.sites[device.site.id])
        plan = self.plan.sites[device.site.id]
        interfaces = self.interfaces(device)
        meeting = self.intent.meeting(device.site.id)
        found = list(host_openings(device, meeting, interfaces, plan))
        if is_service_edge(device):
            point = self.points.of(device.site.id)
            found += edge_openings(device, point.edges, point.core)
        return found

    def interfaces(self, device: Device) -> tuple[Interface, ...]:
        """The routed interfaces of a firewall, gateway or host."""
        if device.role == device.site.blueprint.enforcing:
            return self.points.of(device.site.id).by_device[device.name]
        plan = self.plan.sites[device.site.id]
        zones = service_zones(device) if is_service_edge(device) else ()
        own = (host_interface(plan, device, zone) for zone in zones)
        return (*host_interfaces(plan, device), *own)

    def redundancy(self, device: Device) -> Redundancy:
        """How a device stands by the other one of its pair."""
        return redundancy(self.network, self.plan, self.points, device)

    def tunnels(self, device: Device) -> tuple[Tunnel, ...]:
        """A device's part in each tunnel that it ends."""
        return tunnels(self.network, self.plan, device)

    def multicast(self, device: Device) -> MulticastRouting:
        """What a router or firewall forwards of lectures to many."""
        return multicast_of(self.network, self.plan, self.points, self.routing, device)

    def translations(self, device: Device) -> tuple[Translation, ...]:
        """What a device translates of its site's own addresses."""
        if device.role != device.site.blueprint.enforcing:
            return ()
        return translations(
            self.plan.sites[device.site.id], self.interfaces(device), self.leading_elsewhere
        )

    @cached_property
    def leading_elsewhere(self) -> frozenset[str]:
        """The zones in which a site ends."""
        return leading_elsewhere(self.network)
