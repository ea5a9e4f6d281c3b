"""What is meant becomes texts: compile and render, site by site."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import jinja2
from msgspec.structs import replace

from telemed_infra.compile.config import Policy, Servers, SwitchConfig
from telemed_infra.compile.firewall import compile_policy, firewall_config, servers, zones_of
from telemed_infra.compile.ids import sensor_config
from telemed_infra.compile.pairs import pair_config
from telemed_infra.compile.routing import RoutingConfig, routing_config, watched_interfaces
from telemed_infra.compile.service_edge import edge_config, guard_config
from telemed_infra.compile.switch import switch_config
from telemed_infra.compile.tunnels import lower_ends, tunnel_config
from telemed_infra.model.network import Device, Site
from telemed_infra.pipeline.layout import ConfigFile, Part, written_files
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.break_out import break_out_origins
from telemed_infra.plan.devices import MANAGEMENT_ZONE, Interface, host_interface
from telemed_infra.plan.routing import is_router, joins_sites, router_interfaces
from telemed_infra.plan.service_edge import is_service_edge
from telemed_infra.render import conntrackd, frr, guard, keepalived, nftables, suricata, swanctl
from telemed_infra.render.platforms import (
    PAIRS,
    ROUTED,
    UNROUTED,
    RoutingText,
    SharedText,
    member_text,
    routing_text,
    shared_text,
    switch_text,
)
from telemed_infra.render.text import Rendered, finish, section


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceText:
    """One file of one device."""

    device: Device
    name: str  # below the site's folder
    platform: str  # whose words it speaks
    part: Part
    rendered: Rendered


class Texts:
    """Makes the files of a network's devices, site by site."""

    def __init__(self, meaning: Meaning, templates: jinja2.Environment) -> None:
        self.meaning = meaning
        self._network = meaning.network
        self._templates = templates
        self._service_words = nftables.ServiceWords()
        self._servers_by_home: dict[str, Servers] = {}

    def of(self, site: Site) -> Iterator[DeviceText]:
        """Every file of every device of a site, in the order of its devices."""
        shared: dict[str, tuple[Policy, SharedText]] = {}
        for device in self._network.devices_of(site):
            for file in written_files(self.meaning, device):
                if file.part is Part.SENSOR:
                    yield from self._sensor(device, file)
                else:
                    rendered = self._text(device, file, shared)
                    yield DeviceText(
                        device=device,
                        name=file.name,
                        platform=file.platform,
                        part=file.part,
                        rendered=rendered,
                    )

    def routing_part(self, device: Device) -> RoutingText:
        """The routing inside of a device's one text, marks inside; nothing if it has none."""
        if device.platform not in ROUTED or not joins_sites(device):
            return UNROUTED
        return routing_text(self._templates, self._routing_config(device))

    def _text(
        self, device: Device, file: ConfigFile, shared: dict[str, tuple[Policy, SharedText]]
    ) -> Rendered:
        if file.part is Part.GUARD:
            return self._guard(device)
        if file.part in (Part.VIRTUAL, Part.STATE):
            return self._pair(device, file.part)
        if file.part is Part.TUNNELS:
            return self._tunnels(device)
        if file.platform == "frr":
            return self._routing(device)
        if device.platform == "nftables" or device.platform in PAIRS:
            return self._firewall(device, shared)
        site = device.site
        plan = self.meaning.plan.sites[site.id]
        administration = self.meaning.management
        config = replace(
            switch_config(
                plan,
                device,
                self._servers(site),
                self.meaning.routing,
                administration,
                self.meaning.snooped_vlans(device),
            ),
            multicast=self.meaning.multicast(device),
        )
        if is_router(device):
            config = self._with_tunnels(device, config)
        return switch_text(self._templates, config, self.routing_part(device))

    def _with_tunnels(self, device: Device, router: SwitchConfig) -> SwitchConfig:
        """A router, and what it encrypts of its circuits."""
        routing = self.meaning.routing
        tunnels = self.meaning.tunnels(device)
        names = {one.interface for one in tunnels}
        interfaces = router_interfaces(self.meaning.plan, routing, device)
        return replace(
            router,
            tunnels=tunnels,
            tunnel_interfaces=tuple(one for one in interfaces if one.name in names),
            lower_ends=lower_ends(self._network, routing, device),
        )

    def _guard(self, device: Device) -> Rendered:
        view = guard.guard_view(guard_config(self._network, self.meaning.plan, device))
        return finish(section(self._templates, "nftables/guard.j2", {"guard": view}))

    def _pair(self, device: Device, part: Part) -> Rendered:
        interfaces = self.meaning.interfaces(device)
        config = pair_config(device, interfaces, self.meaning.redundancy(device))
        if part is Part.STATE:
            view = {"pair": conntrackd.conntrackd_view(config)}
            return finish(section(self._templates, "conntrackd/conntrackd.j2", view))
        virtual = {"pair": keepalived.keepalived_view(config)}
        return finish(section(self._templates, "keepalived/keepalived.j2", virtual))

    def _tunnels(self, device: Device) -> Rendered:
        tunnels = self.meaning.tunnels(device)
        config = tunnel_config(self._network, self.meaning.routing, device, tunnels)
        view = swanctl.swanctl_view(config)
        return finish(section(self._templates, "swanctl/swanctl.j2", {"tunnels": view}))

    def _routing(self, device: Device) -> Rendered:
        view = frr.router_view(self._routing_config(device))
        return finish(section(self._templates, "frr/router.j2", {"router": view}))

    def _routing_config(self, device: Device) -> RoutingConfig:
        """The interfaces are those that the routing text names: elsewhere a text of their own."""
        network, plan, routing = self._network, self.meaning.plan, self.meaning.routing
        if is_service_edge(device):
            return edge_config(network, plan, routing, device)
        own: tuple[Interface, ...] = ()
        management = None
        if device.platform == "nftables":
            own = self.meaning.interfaces(device)
        elif device.platform == "frr":
            own = router_interfaces(plan, routing, device)
            management = host_interface(plan.sites[device.site.id], device, MANAGEMENT_ZONE)
        found = routing_config(network, plan, routing, device, own, management)
        return dataclasses.replace(found, multicast=self.meaning.multicast(device))

    def _firewall(self, device: Device, shared: dict[str, tuple[Policy, SharedText]]) -> Rendered:
        interfaces = self.meaning.interfaces(device)
        key = device.role if device.role == device.site.blueprint.enforcing else device.name
        if key not in shared:
            zones = zones_of(interfaces)
            policy = compile_policy(
                self._network,
                self.meaning.openings(device),
                zones,
                ipv6=device.site.blueprint.ipv6,
            )
            shared[key] = policy, self._policy_text(device, policy)
        policy, policy_text = shared[key]
        config = replace(
            firewall_config(
                device, interfaces, policy, self._servers(device.site), self.meaning.management
            ),
            translations=self.meaning.translations(device),
            break_outs=self.meaning.break_outs(device),
            break_out_origins=break_out_origins(self._network, device.site),
        )
        if device.platform == "nftables":
            view = nftables.gateway_view(config, self._service_words)
            return finish(section(self._templates, "nftables/gateway.j2", {"gateway": view}))
        config = replace(
            config,
            watched=watched_interfaces(self.meaning.routing, device, interfaces),
            redundancy=self.meaning.redundancy(device),
            multicast=self.meaning.multicast(device),
            tunnels=self.meaning.tunnels(device),
            lower_ends=lower_ends(self._network, self.meaning.routing, device),
        )
        return member_text(self._templates, config, policy_text, self.routing_part(device))

    def _policy_text(self, device: Device, policy: Policy) -> SharedText:
        if device.platform not in PAIRS:
            return {}  # no sections of its own: the policy stands in the midst of the text
        return shared_text(self._templates, device.platform, policy)

    def _sensor(self, device: Device, folder: ConfigFile) -> Iterator[DeviceText]:
        config = sensor_config(self._network, self.meaning.plan, device)
        for name, rendered in suricata.sensor_files(self._templates, config):
            yield DeviceText(
                device=device,
                name=f"{folder.name}/{name}",
                platform=folder.platform,
                part=folder.part,
                rendered=rendered,
            )

    def _servers(self, site: Site) -> Servers:
        home = site.prefecture.home if site.prefecture else site.id
        if home not in self._servers_by_home:
            self._servers_by_home[home] = servers(self._network, self.meaning.plan, home)
        return self._servers_by_home[home]
