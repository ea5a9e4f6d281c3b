"""What is meant, from the inventory alone: all that a proof needs, and no template."""

from __future__ import annotations

from functools import cached_property

from telemed_infra.intent.ends import Ends
from telemed_infra.intent.hosts import host_openings
from telemed_infra.intent.network import Flow, Intent
from telemed_infra.intent.openings import Opening
from telemed_infra.model.network import Device, Network
from telemed_infra.plan.devices import Interface, host_interfaces
from telemed_infra.plan.network import NetworkPlan, network_plan
from telemed_infra.plan.points import EnforcementPoints


class Meaning:
    """A network with its plan and intent, each computed once."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.plan: NetworkPlan = network_plan(network)
        self.points = EnforcementPoints(network, self.plan)
        self.ends = Ends(network, self.plan)
        self.intent = Intent(network, self.points, self.ends)

    def openings(self, device: Device) -> list[Opening]:
        """What must and may pass a firewall, gateway or host."""
        if device.role == device.site.blueprint.enforcing:
            return self.intent.at(device.site.id)
        plan = self.plan.sites[device.site.id]
        return list(host_openings(device, self._management_flows, plan))

    def interfaces(self, device: Device) -> tuple[Interface, ...]:
        """The routed interfaces of a firewall, gateway or host."""
        if device.role == device.site.blueprint.enforcing:
            return self.points.of(device.site.id).by_device[device.name]
        return host_interfaces(self.plan.sites[device.site.id], device)

    @cached_property
    def _management_flows(self) -> tuple[Flow, ...]:
        return tuple(
            flow
            for flow in self.intent.flows
            if flow.policy.source.devices or flow.policy.to.devices
        )
