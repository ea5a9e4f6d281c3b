"""The shipped province's texts, and what makes, damages, reads and proves one of them again."""

from __future__ import annotations

from functools import cached_property

from jinja2 import FileSystemLoader
from msgspec.structs import replace

from telemed_infra.compile.config import FirewallConfig, SwitchConfig
from telemed_infra.compile.firewall import compile_policy, firewall_config, servers, zones_of
from telemed_infra.compile.switch import switch_config
from telemed_infra.compile.tunnels import lower_ends
from telemed_infra.intent.openings import Opening
from telemed_infra.model.load import load
from telemed_infra.model.network import Device
from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.vrp import parse_vrp, unread_of_both
from telemed_infra.pipeline.device import READERS, ROUTE_READERS, Prover, prover
from telemed_infra.pipeline.layout import Part
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.texts import Texts
from telemed_infra.prove.findings import Finding
from telemed_infra.render import nftables
from telemed_infra.render.platforms import member_text, shared_text, switch_text
from telemed_infra.render.text import environment, finish, section
from telemed_infra.resources import shipped

HEAD, HOSPITAL, CITY = "BJ-WN-C-FW01", "BJ-WN-H1-FW01", "BJ-H1-FW01"
GATEWAY, EDGE = "BJ-WN-CH-GW01", "GZ-DCA-SE01"
SWITCH, HEAD_SWITCH = "BJ-WN-CH-ASW01", "BJ-WN-C-CSW01"
CENTER = "GZ-DCA-FW01"
PAIRED = {HOSPITAL: "BJ-WN-H1-FW02"}


class Workshop:
    """The shipped inventory, loaded once; texts are made site by site, when asked for."""

    def __init__(self) -> None:
        self.meaning = Meaning(load(shipped("inventory"), as_of=None))
        self._templates = environment(FileSystemLoader(str(shipped("templates"))))
        self._texts = Texts(self.meaning, self._templates)
        self._known: dict[str, dict[tuple[str, Part], str]] = {}
        self._read: dict[str, FirewallBehaviour] = {}
        self._provers: dict[str, Prover] = {}

    @cached_property
    def devices(self) -> dict[str, Device]:
        return {device.name: device for device in self.meaning.network.devices}

    def text(self, device: str) -> str:
        """What the build writes for a firewall, gateway or switch."""
        return self.part(device, Part.DEVICE)

    def prove(self, device: str, text: str, part: Part = Part.DEVICE) -> tuple[Finding, ...]:
        """What the proof says of a text as this device's."""
        return self.prover(device).prove(self.devices[device], text, part).findings

    def part(self, device: str, part: Part) -> str:
        """What the build writes for one of a device's files."""
        site = self.devices[device].site
        if site.id not in self._known:
            self._known[site.id] = {
                (one.device.name, one.part): one.rendered.text
                for one in self._texts.of(site)
                if one.part is not Part.SENSOR
            }
        return self._known[site.id][device, part]

    def prover(self, device: str) -> Prover:
        """The prover of a device's site: kept, so that no damage hides behind what it keeps."""
        return self._provers.setdefault(self.devices[device].site.id, prover(self.meaning))

    def openings(self, device: str) -> list[Opening]:
        return self.meaning.openings(self.devices[device])

    def read(self, device: str, text: str) -> FirewallBehaviour:
        return READERS[self.devices[device].platform](text)

    def unread(self, device: str, text: str) -> tuple[Finding, ...]:
        """Lines that neither the reader of the filter nor that of the routing knows."""
        platform = self.devices[device].platform
        read = READERS[platform](text).unread
        if platform in ROUTE_READERS:
            read = unread_of_both(ROUTE_READERS[platform](text), read)
        return tuple(
            Finding(device=device, line=one.line, kind="unread", says=one.why) for one in read
        )

    def read_switch(self, text: str) -> SwitchBehaviour:
        return parse_vrp(text)

    def sound(self, device: str) -> FirewallBehaviour:
        """What the undamaged text of a firewall or gateway does."""
        if device not in self._read:
            self._read[device] = self.read(device, self.text(device))
        return self._read[device]

    def firewall(self, name: str) -> FirewallConfig:
        """A firewall's or gateway's configuration before rendering, as the pipeline compiles it."""
        device = self.devices[name]
        network, plan = self.meaning.network, self.meaning.plan
        interfaces = self.meaning.interfaces(device)
        policy = compile_policy(
            network, self.meaning.openings(device), zones_of(interfaces),
            ipv6=device.site.blueprint.ipv6,
        )  # fmt: skip
        home = device.site.prefecture.home if device.site.prefecture else device.site.id
        config = firewall_config(
            device,
            interfaces,
            policy,
            servers(network, plan, home),
            self.meaning.management,
        )
        return replace(
            config,
            redundancy=self.meaning.redundancy(device),
            break_outs=self.meaning.break_outs(device),
            multicast=self.meaning.multicast(device),
            tunnels=self.meaning.tunnels(device),
            lower_ends=lower_ends(network, self.meaning.routing, device),
        )

    def switch(self, name: str) -> SwitchConfig:
        """A switch's configuration before rendering."""
        device = self.devices[name]
        network, plan = self.meaning.network, self.meaning.plan
        home = device.site.prefecture.home if device.site.prefecture else device.site.id
        return switch_config(
            plan.sites[device.site.id],
            device,
            servers(network, plan, home),
            self.meaning.routing,
            self.meaning.management,
        )

    def rendered(self, config: FirewallConfig | SwitchConfig) -> str:
        if isinstance(config, SwitchConfig):
            return switch_text(self._templates, config).text
        if config.platform == "nftables":
            gateway = nftables.gateway_view(config)
            text = section(self._templates, "nftables/gateway.j2", {"gateway": gateway})
            return finish(text).text
        shared = shared_text(self._templates, config.platform, config.policy)
        routing = self._texts.routing_part(self.devices[config.hostname])
        return member_text(self._templates, config, shared, routing).text
