"""The pure stages one after the other: a network becomes texts, site by site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import jinja2

from telemed_infra.compile.config import Policy, Servers
from telemed_infra.compile.firewall import compile_policy, firewall_config, servers, zones_of
from telemed_infra.compile.ids import sensor_config
from telemed_infra.compile.switch import switch_config
from telemed_infra.intent.ends import Ends
from telemed_infra.intent.hosts import host_openings
from telemed_infra.intent.network import Flow, Intent, network_intent
from telemed_infra.intent.openings import Opening
from telemed_infra.model.network import Device, Network, Site
from telemed_infra.plan.devices import Interface, host_interfaces
from telemed_infra.plan.network import NetworkPlan, network_plan
from telemed_infra.plan.points import EnforcementPoint, enforcement_points
from telemed_infra.render import huawei_usg, huawei_vrp, nftables, suricata
from telemed_infra.render.text import Rendered, finish, section

FIREWALLS = ("huawei_usg", "nftables")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceText:
    """One file of one device."""

    device: Device
    name: str                      # below the site's folder
    rendered: Rendered


class Stages:
    """A network with everything that its devices' texts are made from, each computed once."""

    def __init__(self, network: Network, templates: jinja2.Environment) -> None:
        self.network = network
        self.plan: NetworkPlan = network_plan(network)
        self.points: dict[str, EnforcementPoint] = enforcement_points(network, self.plan)
        self.ends = Ends(network, self.plan)
        self.intent: Intent = network_intent(network, self.plan, self.points, self.ends)
        self._templates = templates

    def openings(self, device: Device) -> list[Opening]:
        """What must and may pass a firewall or gateway."""
        point = self.points.get(device.site.id)
        if point and device.role == device.site.blueprint.enforcing:
            return self.intent.openings[device.site.id]
        plan = self.plan.sites[device.site.id]
        return list(host_openings(device, self._management_flows, plan))

    def interfaces(self, device: Device) -> tuple[Interface, ...]:
        """The routed interfaces of a firewall, gateway or host."""
        point = self.points.get(device.site.id)
        if point and device.name in point.by_device:
            return point.by_device[device.name]
        return host_interfaces(self.plan.sites[device.site.id], device)

    def texts(self, site: Site) -> Iterator[DeviceText]:
        """Every file of every device of a site, in the order of its devices."""
        shared: dict[str, tuple[Policy, str]] = {}
        for device in self.network.devices_of(site):
            if device.platform in FIREWALLS:
                yield self._firewall(device, shared)
            elif device.platform == "huawei_vrp":
                config = switch_config(self.plan.sites[site.id], device, self._servers(site))
                view = huawei_vrp.switch_view(config)
                text = section(self._templates, "huawei_vrp/switch.j2", {"switch": view})
                yield DeviceText(device=device, name=f"{device.name}.vrp", rendered=finish(text))
            else:
                yield from self._sensor(device)

    def _firewall(self, device: Device, shared: dict[str, tuple[Policy, str]]) -> DeviceText:
        interfaces = self.interfaces(device)
        key = device.role if device.role == device.site.blueprint.enforcing else device.name
        if key not in shared:
            zones = zones_of(interfaces)
            policy = compile_policy(self.network, self.openings(device), zones)
            shared[key] = policy, self._policy_text(device, policy)
        policy, policy_text = shared[key]
        config = firewall_config(
            device.name, device.platform, interfaces, policy, self._servers(device.site),
            ipv6=device.site.blueprint.ipv6, origin=device.origin,
        )
        if device.platform == "nftables":
            view = nftables.gateway_view(config)
            text = section(self._templates, "nftables/gateway.j2", {"gateway": view})
            return DeviceText(device=device, name=f"{device.name}.nft", rendered=finish(text))
        own = section(
            self._templates, "huawei_usg/device.j2", {"device": huawei_usg.device_view(config)}
        )
        return DeviceText(
            device=device, name=f"{device.name}.usg", rendered=finish(own, policy_text)
        )

    def _policy_text(self, device: Device, policy: Policy) -> str:
        if device.platform != "huawei_usg":
            return ""
        view = huawei_usg.policy_view(policy)
        return section(self._templates, "huawei_usg/policy.j2", {"policy": view})

    def _sensor(self, device: Device) -> Iterator[DeviceText]:
        config = sensor_config(self.network, self.plan, device)
        for name, rendered in suricata.sensor_files(self._templates, config):
            yield DeviceText(device=device, name=f"{device.name}.suricata/{name}", rendered=rendered)

    def _servers(self, site: Site) -> Servers:
        home = site.prefecture.home if site.prefecture else site.id
        if home not in self._servers_by_home:
            self._servers_by_home[home] = servers(self.network, self.plan, home)
        return self._servers_by_home[home]

    @cached_property
    def _servers_by_home(self) -> dict[str, Servers]:
        return {}

    @cached_property
    def _management_flows(self) -> tuple[Flow, ...]:
        return tuple(
            flow for flow in self.intent.flows
            if flow.policy.source.devices or flow.policy.to.devices
        )
