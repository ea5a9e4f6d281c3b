"""What a switch's ports are for, from the words of the blueprint alone.

A second reading beside the compiler's: it shares the plan's numbers and port names with it, and
nothing else. A router's lines are routed ports with both families' addresses. What belongs to a
later stage (mirrors, ports to anti-DoS machines) is shut down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from telemed_infra.management_plane import OPEN_PORT, PortGuards
from telemed_infra.model.network import Device
from telemed_infra.model.schema.administration import Lack
from telemed_infra.model.schema.blueprint_file import AccessPorts, BlueprintFile, Link
from telemed_infra.model.schema.network_file import Zone
from telemed_infra.parse.behaviour import PortMode
from telemed_infra.plan.devices import MANAGEMENT_ZONE
from telemed_infra.plan.links import LineEnd
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.routing import RoutingPlan, is_core, is_router
from telemed_infra.plan.sites import SitePlan
from telemed_infra.prove.switches import ExpectedPort, ExpectedSwitch

SHUT = ExpectedPort(mode=PortMode.SHUTDOWN)
ROUTED = ExpectedPort(mode=PortMode.ROUTED)


Zones = Mapping[str, Zone]
Lacks = frozenset[Lack]


def expected_switch(
    plan: SitePlan, device: Device, routing: RoutingPlan, zones: Zones
) -> ExpectedSwitch:
    """The ports, VLANs and addresses of one switch, or of a router.

    Every blueprint of the site is asked: an aggregation speaks of the hospital's switches too.
    Raises ValueError if two sentences speak of one port.
    """
    label = f"{device.role}{device.number:02d}"
    facts = PLATFORMS[device.platform]
    name = facts.port
    lacks = facts.administration.lacks if facts.administration else frozenset()
    ports: dict[str, ExpectedPort] = {}
    for blueprint in filter(None, (plan.site.blueprint, plan.site.aggregation)):
        for number, port in _ports(plan, blueprint, label, zones, lacks):
            if name.format(number) in ports:
                raise ValueError(f"{device.name}: port {number} is spoken of twice")
            ports[name.format(number)] = port
    if not any(_hosts_watched(port) for port in ports.values()):
        trusting = [key for key, port in ports.items() if port.mode is PortMode.TRUNK]
        ports |= {key: replace(ports[key], guards=OPEN_PORT) for key in trusting}
    addresses: dict[str, tuple[str, ...]] = {}
    if is_router(device):  # no part of the spanning tree: two guarded edges would shut each other
        access = [key for key, port in ports.items() if port.mode is PortMode.ACCESS]
        ports |= {key: replace(ports[key], guards=OPEN_PORT) for key in access}
        for _, own, _ in routing.lines_of(device):
            ports[own.carrier] = ROUTED
            addresses |= _line_addresses(own)
    if is_core(device):
        addresses[facts.loopback] = _texts(*plan.loopback(device.host))
    management = plan.zones[MANAGEMENT_ZONE].vlan
    carried = {vlan for port in ports.values() for vlan in carried_vlans(port)}
    return ExpectedSwitch(
        vlans=frozenset({management, plan.site.blueprint.parking_vlan, *carried}),
        ports=ports,
        addresses={facts.vlan_interface.format(management): _addresses(plan, device), **addresses},
    )


def _line_addresses(own: LineEnd) -> dict[str, tuple[str, ...]]:
    """Those of a port and, where the line is a tunnel over its circuit, of the tunnel."""
    found = {own.interface: _texts(own.v4, own.v6)}
    return found if own.outer4 is None else {**found, own.carrier: _texts(own.outer4, None)}


def carried_vlans(port: ExpectedPort) -> frozenset[int]:
    """The VLANs whose frames a port lets pass."""
    if port.mode is PortMode.ACCESS and port.access_vlan is not None:
        return frozenset({port.access_vlan})
    return port.vlans if port.mode is PortMode.TRUNK else frozenset()


def _ports(
    plan: SitePlan, blueprint: BlueprintFile, label: str, zones: Zones, lacks: Lacks
) -> Iterator[tuple[int, ExpectedPort]]:
    """The ports of one device of which one blueprint speaks."""
    for link in blueprint.links:
        for end in (link.a, link.b):
            if _device(end) == label:
                yield _number(end), _link_port(plan, link, zones)
    for access in blueprint.access:
        port = _access_port(plan, access.zone, _of_hosts(zones, access.zone, lacks))
        yield from ((number, port) for number in _range(access) if access.device == label)
    for uplink in blueprint.uplinks:
        if _device(uplink.port) == label:
            yield _number(uplink.port), SHUT


def _link_port(plan: SitePlan, link: Link, zones: Zones) -> ExpectedPort:
    """One end of a cable; both ends are for the same. Behind one zone stands a device of ours."""
    if link.mirror or link.link is not None:
        return SHUT
    if link.zone is not None:
        host = PortGuards(edge=True, bpdu_guard=True, snooped=_watched(zones, link.zone))
        return _access_port(plan, link.zone, host)
    carried = plan.trunk_zones if link.zones is None else link.zones
    watched = [_watched(zones, zone) for zone in carried]
    # Tagged frames alone: the native VLAN is the parking one, and no trunk carries that.
    return ExpectedPort(
        mode=PortMode.TRUNK,
        vlans=frozenset(plan.zones[zone].vlan for zone in carried),
        guards=PortGuards(snooped=all(watched), trusted=any(watched)),
    )


def _access_port(plan: SitePlan, zone: str | None, guards: PortGuards) -> ExpectedPort:
    if zone is None:
        return SHUT
    vlan = plan.zones[zone].vlan
    return ExpectedPort(mode=PortMode.ACCESS, access_vlan=vlan, guards=guards)


def _of_hosts(zones: Zones, zone: str | None, lacks: Lacks) -> PortGuards:
    """What stands between a host and the network, by the zone's own words.

    A platform that lacks asking by MAC address alone asks by 802.1X before it.
    """
    rule = zones[zone].ports if zone else None
    asked = rule.authentication if rule else ()
    return PortGuards(
        edge=True,
        bpdu_guard=True,
        snooped=rule is not None and rule.dhcp,
        source_guard=rule is not None and rule.source_guard,
        addresses_max=rule.addresses_max if rule else None,
        dot1x="dot1x" in asked or ("mac" in asked and "MAC authentication alone" in lacks),
        mac_bypass="mac" in asked,
        admits=rule is not None and rule.admits and "admission without a server" not in lacks,
    )


def _hosts_watched(port: ExpectedPort) -> bool:
    """Whether DHCP is watched at a port for hosts: only then has a trunk to be trusted."""
    return port.mode is PortMode.ACCESS and port.guards is not None and port.guards.snooped


def _watched(zones: Zones, zone: str) -> bool:
    rule = zones[zone].ports
    return rule is not None and rule.dhcp


def _addresses(plan: SitePlan, device: Device) -> tuple[str, ...]:
    zone = plan.zones[MANAGEMENT_ZONE]
    return tuple(
        host._replace(length=network.length).text
        for host, network in zip(zone.host(device.host), (zone.v4, zone.v6), strict=True)
        if host is not None and network is not None
    )


def _texts(*addresses: Prefix | None) -> tuple[str, ...]:
    return tuple(one.text for one in addresses if one is not None)


def _device(port: str) -> str:
    return port.partition(":")[0]


def _number(port: str) -> int:
    return int(port.partition(":")[2])


def _range(access: AccessPorts) -> range:
    low, _, high = access.ports.partition("-")
    return range(int(low), int(high or low) + 1)
