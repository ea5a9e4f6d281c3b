"""One device's text, read back and proven."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from msgspec import structs

from telemed_infra.intent.openings import Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.model.network import Device
from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.comware import parse_comware, parse_comware_routes
from telemed_infra.parse.frr import parse_frr
from telemed_infra.parse.guard import parse_guard
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_routes, parse_ios_switch
from telemed_infra.parse.nftables import parse_nftables
from telemed_infra.parse.rgos import parse_rgos
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import parse_usg, parse_vrp, parse_vrp_routes, unread_of_both
from telemed_infra.pipeline.layout import Part
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.pairs import READERS as PAIR_READERS
from telemed_infra.pipeline.pairs import Pairs
from telemed_infra.pipeline.tunnels import Tunnels
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.routing import joins_sites
from telemed_infra.plan.service_edge import is_service_edge
from telemed_infra.prove.break_out import prove_break_outs
from telemed_infra.prove.budgets import within_budget
from telemed_infra.prove.expected_edge import expected_edge
from telemed_infra.prove.expected_functions import (
    OF_EDGE,
    OF_GUARD,
    expected_of_firewall,
    expected_of_router,
    expected_of_switch,
)
from telemed_infra.prove.expected_router import expected_router
from telemed_infra.prove.expected_switch import expected_switch
from telemed_infra.prove.findings import DeviceProof, Finding
from telemed_infra.prove.firewall import (
    Meant,
    WaysProof,
    compare_ways,
    meant,
    prove_firewall,
    zones_by_interface,
)
from telemed_infra.prove.functions import (
    of_changes,
    of_firewall,
    of_routes,
    of_switch,
    with_functions,
)
from telemed_infra.prove.guard import prove_guard, spares_guard
from telemed_infra.prove.inspection import with_inspection
from telemed_infra.prove.management import prove_plane
from telemed_infra.prove.multicast import prove_multicast, prove_snooping
from telemed_infra.prove.router import prove_router, with_routing
from telemed_infra.prove.routing_words import COMWARE, FRR, IOS, VRP, Commands
from telemed_infra.prove.service_edge import prove_routes
from telemed_infra.prove.switch import prove_switch
from telemed_infra.prove.translation import prove_translations
from telemed_infra.redundancy import ALONE

# Parts of devices that are read back and proven.
PROVEN = frozenset({Part.DEVICE, Part.GUARD, Part.ROUTING, Part.VIRTUAL, Part.STATE, Part.TUNNELS})
READERS: Mapping[str, Callable[[str], FirewallBehaviour]] = {
    "huawei_usg": parse_usg,
    "h3c_secpath": parse_secpath,
    "cisco_ios_zbf": parse_ios_firewall,
    "nftables": parse_nftables,
}
SWITCH_READERS: Mapping[str, Callable[[str], SwitchBehaviour]] = {
    "huawei_vrp": parse_vrp,
    "h3c_comware": parse_comware,
    "cisco_ios": parse_ios_switch,
    "ruijie_rgos": parse_rgos,
}
ROUTE_READERS: Mapping[str, Callable[[str], RouteBehaviour]] = {
    "huawei_usg": parse_vrp_routes,
    "huawei_vrp": parse_vrp_routes,
    "h3c_secpath": parse_comware_routes,
    "h3c_comware": parse_comware_routes,
    "cisco_ios_zbf": parse_ios_routes,
}
"""Of platforms whose routing stands in the one text, between all else."""
ROUTE_COMMANDS: Mapping[str, Commands] = {
    "huawei_usg": VRP,
    "huawei_vrp": VRP,
    "h3c_secpath": COMWARE,
    "h3c_comware": COMWARE,
    "cisco_ios_zbf": IOS,
}
"""Their words for the mends that findings name."""

Read = TypeVar("Read", FirewallBehaviour, SwitchBehaviour)


@dataclass(slots=True)
class Prover:
    """Proves texts against what is meant; keeps what the members of a pair share."""

    meaning: Meaning
    services: AppServices
    pairs: Pairs
    tunnels: Tunnels
    _compared: WaysProof | None = None
    _last: tuple[str, Sequence[Opening], Meant] = ("", (), {})

    def prove(self, device: Device, text: str, part: Part = Part.DEVICE) -> DeviceProof:
        """Reads a text and compares it with what is meant, from the inventory alone."""
        if part in PAIR_READERS:
            return self.pairs.prove(device, text, part)
        if part is Part.TUNNELS:
            return self.tunnels.prove(device, text)
        routed = part is Part.ROUTING and not is_service_edge(device)
        if routed or device.platform == "frr":
            return self._router(device, text)
        if part in (Part.GUARD, Part.ROUTING):
            return self._service_edge(device, text, part)
        proof = self._device(device, text)
        if is_service_edge(device):
            flushes = spares_guard(device.name, text)
            proof = replace(proof, findings=(*proof.findings, *flushes))
        return proof

    def _service_edge(self, device: Device, text: str, part: Part) -> DeviceProof:
        expected = expected_edge(self.meaning.network, self.meaning.plan, device)
        if part is Part.ROUTING:
            routes = parse_frr(text)
            return with_functions(
                prove_routes(device.name, routes, expected), of_routes(routes), OF_EDGE
            )
        guard = prove_guard(device.name, parse_guard(text), expected, expected.instances)
        return with_functions(guard, OF_GUARD if guard.rules else frozenset(), OF_GUARD)

    def _router(self, device: Device, text: str) -> DeviceProof:
        return self._routing(device, parse_frr(text), FRR)

    def _routing(self, device: Device, read: RouteBehaviour, commands: Commands) -> DeviceProof:
        meaning = self.meaning
        expected = expected_router(meaning.network, meaning.plan, meaning.routing, device)
        proof = prove_router(device.name, read, expected, commands)
        groups = meaning.multicast(device)
        proof = with_functions(proof, of_routes(read), expected_of_router(expected, groups))
        found = prove_multicast(device.name, read.multicast, read.multicast_lines, groups)
        return _with(proof, found)

    def _device(self, device: Device, text: str) -> DeviceProof:
        """One text, and its routing by a reader of its own where the device routes."""
        reader = ROUTE_READERS.get(device.platform) if joins_sites(device) else None
        routes = reader(text) if reader else None
        if device.platform in SWITCH_READERS:
            switch = SWITCH_READERS[device.platform](text)
            proof = self._switch(device, _without(switch, routes))
        else:
            firewall = READERS[device.platform](text)
            proof = self._firewall(device, _without(firewall, routes))
        if routes is None:
            return proof
        told = replace(routes, unread=())  # by the proof of the whole text
        commands = ROUTE_COMMANDS[device.platform]
        return with_routing(proof, self._routing(device, told, commands))

    def _switch(self, device: Device, switch: SwitchBehaviour) -> DeviceProof:
        plan = self.meaning.plan.sites[device.site.id]
        zones = self.meaning.network.zones
        expected = expected_switch(plan, device, self.meaning.routing, zones)
        proof = prove_switch(device.name, switch, expected)
        plane = self.meaning.management.of(device)
        tunnels, snooped = self.meaning.tunnels(device), self.meaning.snooped_vlans(device)
        meant = expected_of_switch(expected, plane, tunnels, snooped)
        proof = with_functions(proof, of_switch(switch), meant)
        lines = switch.snooped_lines
        proof = _with(proof, prove_snooping(device.name, switch.snooped, lines, snooped))
        proof = _with(proof, prove_plane(device.name, switch.plane, plane))
        return self.tunnels.with_tunnels(device, switch, proof)

    def _firewall(self, device: Device, behaviour: FirewallBehaviour) -> DeviceProof:
        openings, products = self._products(device)
        interfaces = self.meaning.interfaces(device)
        zones = zones_by_interface(interfaces)
        inspects = PLATFORMS[device.platform].inspects
        compared = self._compared and self._compared.of(behaviour, zones, products)
        if compared is None:
            compared = compare_ways(behaviour, zones, products)
            if inspects:
                compared = with_inspection(compared, self.meaning.leading_elsewhere)
            self._compared = compared
        proof = prove_firewall(device.name, behaviour, interfaces, openings, compared)
        plane = self.meaning.management.of(device)
        linux = device.platform == "nftables"  # pair and tunnels stand in files of their own
        pair = ALONE if linux else self.meaning.redundancy(device)
        planned = self.meaning.translations(device)
        leaving = self.meaning.break_outs(device)
        meant = expected_of_firewall(
            interfaces,
            plane,
            pair,
            tags=not linux,
            inspects=inspects,
            changes=of_changes(planned, leaving),
            tunnels=() if linux else self.meaning.tunnels(device),
        )
        proof = with_functions(within_budget(device, proof), of_firewall(behaviour), meant)
        lines = behaviour.translation_lines
        changed = prove_translations(device.name, behaviour.translations, lines, planned)
        proof = _with(proof, changed)
        gone = prove_break_outs(
            device.name, behaviour.break_outs, behaviour.break_out_lines, leaving
        )
        proof = _with(proof, gone)
        proof = _with(proof, prove_plane(device.name, behaviour.plane, plane))
        proof = self.tunnels.with_tunnels(device, behaviour, proof)
        return self.pairs.with_pair(device, behaviour, proof)

    def _products(self, device: Device) -> tuple[Sequence[Opening], Meant]:
        enforcing = device.role == device.site.blueprint.enforcing
        key = f"{device.site.id} {device.role}" if enforcing else device.name
        if self._last[0] != key:
            openings = self.meaning.openings(device)
            self._last = (key, openings, meant(openings, self.services))
        return self._last[1], self._last[2]


def _with(proof: DeviceProof, more: Iterable[Finding]) -> DeviceProof:
    """The proof, with what else differs."""
    findings = tuple(more)
    return replace(proof, findings=(*proof.findings, *findings)) if findings else proof


def prover(meaning: Meaning) -> Prover:
    """A prover for one network."""
    services = AppServices(meaning.network.apps)
    return Prover(meaning, services, Pairs(meaning, services), Tunnels(meaning))


def _without(read: Read, routes: RouteBehaviour | None) -> Read:
    """What a reader has made of a text, its routing's lines judged by who reads routes."""
    if routes is None:
        return read
    own = routes.own or frozenset()
    return structs.replace(
        read,
        unread=unread_of_both(routes, read.unread),
        effective=read.effective - own if read.effective & own else read.effective,
    )
