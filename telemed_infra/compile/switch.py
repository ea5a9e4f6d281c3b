"""Blueprint links and access ports become VLANs and ports of switches, and of routers.

A router has routed ports besides, one for each of its lines. Its single switched port is no edge: a
guarded edge of a switch is at the cable's other end, and the two would shut each other. Ports to
anti-DoS machines and to mirrors stay shut, for now.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from msgspec.structs import replace

from telemed_infra.compile.config import (
    PortConfig,
    PortUse,
    Servers,
    SwitchConfig,
    VlanConfig,
)
from telemed_infra.management_plane import OPEN_PORT, PortGuards
from telemed_infra.model.network import Device
from telemed_infra.model.schema.blueprint_file import AccessPorts, BlueprintFile, Link
from telemed_infra.plan.devices import GATEWAY_HOST, MANAGEMENT_ZONE
from telemed_infra.plan.management import ManagementPlan
from telemed_infra.plan.routing import RoutingPlan, is_core, is_router
from telemed_infra.plan.sites import SitePlan


def switch_config(
    plan: SitePlan,
    device: Device,
    servers: Servers,
    routing: RoutingPlan,
    administration: ManagementPlan,
    snooped: frozenset[int] = frozenset(),
) -> SwitchConfig:
    """One switch or router of a site; `snooped` are VLANs in which it holds multicast back."""
    label = f"{device.role}{device.number:02d}"
    written = _ports(plan, label, device.platform, administration)
    by_number = {port.number: port for port in written}
    if is_router(device):
        by_number = {number: replace(port, guards=OPEN_PORT) for number, port in by_number.items()}
        by_number |= {port.number: port for port in _routed(routing, device)}
    ports = _trusting(sorted(by_number.values(), key=lambda port: port.number))
    management = plan.zones[MANAGEMENT_ZONE]
    own4, own6 = management.host(device.host)
    gateway4, gateway6 = management.host(GATEWAY_HOST)
    return SwitchConfig(
        hostname=device.name,
        platform=device.platform,
        vlans=tuple(_vlans(plan, ports, snooped)),
        ports=tuple(ports),
        management_vlan=management.vlan,
        management=own4._replace(length=management.v4.length),
        management6=own6._replace(length=management.v6.length) if own6 and management.v6 else None,
        gateway=gateway4,
        gateway6=gateway6,
        servers=servers,
        origins=(device.origin,),
        routes_between_sites=is_router(device),
        loopback=plan.loopback(device.host) if is_core(device) else None,
        plane=administration.of(device),
        plane_origins=(administration.origin,),
    )


def _vlans(
    plan: SitePlan, ports: list[PortConfig], snooped: frozenset[int]
) -> Iterator[VlanConfig]:
    """Those that ports carry, that of management, and the one where nothing is."""
    carried = {vlan for port in ports for vlan in _carried(port)} | {
        plan.zones[MANAGEMENT_ZONE].vlan
    }
    used = [(zone.vlan, name) for name, zone in plan.zones.items() if zone.vlan in carried]
    blueprint = plan.site.blueprint
    for vlan, name in sorted(used, key=itemgetter(0)):
        origins = (blueprint.zones[name].origin,)
        yield VlanConfig(number=vlan, name=name, origins=origins, snooped=vlan in snooped)
    yield VlanConfig(number=blueprint.parking_vlan, name="PARKING", origins=(blueprint.origin,))


def _trusting(ports: list[PortConfig]) -> list[PortConfig]:
    """Nobody watches DHCP where no port is for hosts that use it, so no trunk need be trusted."""
    if any(one.guards.snooped for one in ports if one.use is PortUse.ACCESS):
        return ports
    return [replace(one, guards=OPEN_PORT) if one.use is PortUse.TRUNK else one for one in ports]


def _routed(routing: RoutingPlan, device: Device) -> Iterator[PortConfig]:
    """Of a line that runs in a tunnel over its circuit the port has the circuit's address."""
    for line, own, other in routing.lines_of(device):
        yield PortConfig(
            number=own.port,
            use=PortUse.ROUTED,
            vlan=device.site.blueprint.parking_vlan,
            description=f"{'circuit ' if own.outer4 else ''}to {other.device.name}",
            v4=own.outer4 or own.v4,
            v6=None if own.outer4 else own.v6,
            origins=(line.origin,),
        )


def _carried(port: PortConfig) -> tuple[int, ...]:
    if port.use in {PortUse.PARKED, PortUse.SHUT, PortUse.ROUTED}:
        return ()
    return port.vlans if port.use is PortUse.TRUNK else (port.vlan,)


def _ports(
    plan: SitePlan, label: str, platform: str, administration: ManagementPlan
) -> Iterator[PortConfig]:
    for blueprint in (plan.site.blueprint, plan.site.aggregation):
        if blueprint is None:
            continue
        yield from _blueprint_ports(plan, blueprint, f"{label}:", administration)
        for access in blueprint.access:
            if access.device == label:
                yield from _access_ports(plan, access, platform, administration)


def _blueprint_ports(
    plan: SitePlan, blueprint: BlueprintFile, own: str, administration: ManagementPlan
) -> Iterator[PortConfig]:
    for link in blueprint.links:
        for mine, other, sends in ((link.a, link.b, True), (link.b, link.a, False)):
            if mine.startswith(own):
                port = _link_port(plan, link, _number(mine), other, mirrors=sends)
                yield replace(port, guards=_link_guards(plan, link, port, administration))
    for uplink in blueprint.uplinks:
        if uplink.port.startswith(own):
            yield _shut(plan, _number(uplink.port), f"uplink {uplink.name}", uplink.origin)


def _access_ports(
    plan: SitePlan, access: AccessPorts, platform: str, administration: ManagementPlan
) -> Iterator[PortConfig]:
    for number in _numbers(access.ports):
        if access.zone is None:
            yield _parked(plan, number, access.origin)
        else:
            yield PortConfig(
                number=number,
                use=PortUse.ACCESS,
                vlan=plan.zones[access.zone].vlan,
                description=f"zone {access.zone}",
                origins=(access.origin,),
                guards=administration.guards(access.zone, platform),
            )


def _link_guards(
    plan: SitePlan, link: Link, port: PortConfig, administration: ManagementPlan
) -> PortGuards:
    """Behind a cable of one zone stands a device of ours; DHCP servers answer through trunks."""
    if port.use is PortUse.TRUNK:
        watched = [administration.snooped(zone) for zone in link.zones or plan.trunk_zones]
        return PortGuards(snooped=all(watched), trusted=any(watched))
    if port.use is PortUse.ACCESS and link.zone is not None:
        snooped = administration.snooped(link.zone)
        return PortGuards(edge=True, bpdu_guard=True, snooped=snooped)
    return OPEN_PORT


def _link_port(plan: SitePlan, link: Link, number: int, other: str, *, mirrors: bool) -> PortConfig:
    if link.link is not None or (link.mirror and mirrors):
        return _shut(plan, number, f"to {other}", link.origin)
    if link.zone is not None:
        return PortConfig(
            number=number,
            use=PortUse.ACCESS,
            vlan=plan.zones[link.zone].vlan,
            description=f"to {other}",
            origins=(link.origin,),
        )
    zones = link.zones or plan.trunk_zones
    vlans = sorted(plan.zones[zone].vlan for zone in zones)
    return PortConfig(
        number=number,
        use=PortUse.TRUNK,
        vlan=plan.site.blueprint.parking_vlan,
        vlans=tuple(vlans),
        description=f"to {other}",
        origins=(link.origin,),
    )


def _parked(plan: SitePlan, number: int, origin: str) -> PortConfig:
    return PortConfig(
        number=number,
        use=PortUse.PARKED,
        vlan=plan.site.blueprint.parking_vlan,
        description="parked",
        origins=(origin,),
    )


def _shut(plan: SitePlan, number: int, description: str, origin: str) -> PortConfig:
    return replace(_parked(plan, number, origin), use=PortUse.SHUT, description=description)


def _number(port: str) -> int:
    return int(port.split(":")[1])


def _numbers(ports: str) -> range:
    first, _, last = ports.partition("-")
    return range(int(first), int(last or first) + 1)
