"""Blueprint links and access ports become VLANs and ports of switches, and of routers.

A router has routed ports besides, one for each of its lines. Ports to anti-DoS machines and to
mirrors stay shut, for now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from telemed_infra.compile.config import (
    PortConfig,
    PortUse,
    Servers,
    SwitchConfig,
    VlanConfig,
)
from telemed_infra.model.network import Device
from telemed_infra.model.schema.blueprint_file import AccessPorts, BlueprintFile, Link
from telemed_infra.plan.devices import GATEWAY_HOST, MANAGEMENT_ZONE
from telemed_infra.plan.routing import RoutingPlan, is_core, is_router
from telemed_infra.plan.sites import SitePlan


def switch_config(
    plan: SitePlan, device: Device, servers: Servers, routing: RoutingPlan
) -> SwitchConfig:
    """One switch or router of a site."""
    label = f"{device.role}{device.number:02d}"
    by_number = {port.number: port for port in _ports(plan, label)}
    if is_router(device):
        by_number |= {port.number: port for port in _routed(routing, device)}
    ports = sorted(by_number.values(), key=lambda port: port.number)
    used = {MANAGEMENT_ZONE: plan.zones[MANAGEMENT_ZONE].vlan}
    carried = {vlan for port in ports for vlan in _carried(port)}
    used |= {name: zone.vlan for name, zone in plan.zones.items() if zone.vlan in carried}
    blueprint = plan.site.blueprint
    vlans = [
        VlanConfig(number=vlan, name=name, origins=(blueprint.zones[name].origin,))
        for name, vlan in sorted(used.items(), key=lambda item: item[1])
    ]
    vlans.append(
        VlanConfig(number=blueprint.parking_vlan, name="PARKING", origins=(blueprint.origin,))
    )
    management = plan.zones[MANAGEMENT_ZONE]
    own4, own6 = management.host(device.host)
    gateway4, gateway6 = management.host(GATEWAY_HOST)
    return SwitchConfig(
        hostname=device.name,
        platform=device.platform,
        vlans=tuple(vlans),
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
    )


def _routed(routing: RoutingPlan, device: Device) -> Iterator[PortConfig]:
    for line, own, other in routing.lines_of(device):
        yield PortConfig(
            number=own.port,
            use=PortUse.ROUTED,
            vlan=device.site.blueprint.parking_vlan,
            description=f"to {other.device.name}",
            v4=own.v4,
            v6=own.v6,
            origins=(line.origin,),
        )


def _carried(port: PortConfig) -> tuple[int, ...]:
    if port.use in {PortUse.PARKED, PortUse.SHUT, PortUse.ROUTED}:
        return ()
    return port.vlans if port.use is PortUse.TRUNK else (port.vlan,)


def _ports(plan: SitePlan, label: str) -> Iterator[PortConfig]:
    for blueprint in (plan.site.blueprint, plan.site.aggregation):
        if blueprint is not None:
            yield from _blueprint_ports(plan, blueprint, f"{label}:")


def _blueprint_ports(plan: SitePlan, blueprint: BlueprintFile, own: str) -> Iterator[PortConfig]:
    for link in blueprint.links:
        for mine, other, sends in ((link.a, link.b, True), (link.b, link.a, False)):
            if mine.startswith(own):
                yield _link_port(plan, link, _number(mine), other, mirrors=sends)
    for uplink in blueprint.uplinks:
        if uplink.port.startswith(own):
            yield _shut(plan, _number(uplink.port), f"uplink {uplink.name}", uplink.origin)
    for access in blueprint.access:
        if f"{access.device}:" == own:
            yield from _access_ports(plan, access)


def _access_ports(plan: SitePlan, access: AccessPorts) -> Iterator[PortConfig]:
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
            )


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
