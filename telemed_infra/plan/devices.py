"""Interfaces and management addresses of each device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from telemed_infra.model.downlinks import downlinks
from telemed_infra.model.network import Device, Site
from telemed_infra.model.schema.blueprint_file import Link, Uplink
from telemed_infra.plan.platforms import PLATFORMS, TunnelAbilities
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.sites import SitePlan

MANAGEMENT_ZONE = "MGMT"
LOCAL_ZONE = "LOCAL"
LINE_ZONE = "LINE"  # towards the carrier, outside of every tunnel
CIRCUIT_ZONE = "CIRCUIT"  # a circuit below the tunnel that encrypts it
WAN_ZONE = "WAN"  # towards the core
DOWN_ZONE = "DOWN"  # towards the county hospitals of a head
VPN_ZONE = "VPN"  # inside of the tunnels of townships
GATEWAY_HOST = 1  # of each zone: the virtual address of a pair, else the gateway
CARRIER_HOST = 1  # of a site's lines: the carrier's router; the members follow it


class Interface(Struct, frozen=True, kw_only=True):
    """One routed interface of an enforcement device."""

    name: str
    port: str  # the physical port below it; "" for loopbacks and tunnels
    zone: str
    vlan: int | None = None
    v4: Prefix | None = None  # own address with the length of its network
    v6: Prefix | None = None
    peer4: Prefix | None = None  # the other end of a point-to-point link
    peer6: Prefix | None = None
    description: str = ""
    below: str = ""  # of a link to a site below: that site's id
    origin: str = ""


def management_address(plan: SitePlan, device: Device) -> tuple[str, Prefix, Prefix | None]:
    """The zone in which a device is managed, and its address there."""
    number = device.host
    if device.role == plan.site.blueprint.enforcing:
        return LOCAL_ZONE, *plan.loopback(number)
    return MANAGEMENT_ZONE, *plan.zones[MANAGEMENT_ZONE].host(number)


def enforcing_interfaces(
    plan: SitePlan,
    device: Device,
    members: int,
    below: tuple[tuple[Site, SitePlan], ...],
    tunnelled: tuple[Site, ...] = (),
) -> tuple[Interface, ...]:
    """All routed interfaces of a firewall or gateway, in the order loopback, uplinks, zones, rest.

    Platforms number zones in this order. So a line that came for guests alone stands at the end,
    and no zone that was there before has another number.

    `members` is how many devices share the enforcement point: members of a pair have addresses 2
    and 3 of each zone (1 is the pair's own), a single gateway has 1. `below` are the sites whose
    uplinks end here, with their plans; `tunnelled` are those whose tunnels do.
    """
    blueprint = plan.site.blueprint
    label = f"{device.role}{device.number:02d}"
    found = [_loopback(plan, device)]
    ups = [
        uplink
        for uplink in blueprint.uplinks
        if uplink.port.startswith(f"{label}:") and (uplink.medium != "lte" or plan.site.lte)
    ]
    for_guests = [one for one in ups if one.to == "carrier" and not blueprint.tunnels_from_below]
    for uplink in ups:
        if uplink not in for_guests:
            found += _uplink_interfaces(plan, device, uplink)
    if any(uplink.to == "tunnel" for uplink in blueprint.uplinks):
        found += _tunnels_up(plan, device)
    own_host = GATEWAY_HOST if members == 1 else GATEWAY_HOST + device.number
    for link in blueprint.links:
        found += _link_interfaces(plan, device, label, link, own_host)
    if blueprint.tunnels_from_below:
        found += _tunnels_down(plan, device, tunnelled)
    for site, lower in below:
        found += _downlinks(plan, device, label, site, lower)
    for uplink in for_guests:
        found += _uplink_interfaces(plan, device, uplink)
    return tuple(found)


def host_interfaces(plan: SitePlan, device: Device) -> tuple[Interface, ...]:
    """The management interface of a device that filters for itself alone."""
    return (host_interface(plan, device, MANAGEMENT_ZONE),)


def host_interface(plan: SitePlan, device: Device, zone_name: str) -> Interface:
    """The interface of such a device in a zone; it has the same number in each of its zones.

    Raises:
        ValueError: no cable of the blueprint leads there.
    """
    label = f"{device.role}{device.number:02d}"
    facts = PLATFORMS[device.platform]
    zone = plan.zones[zone_name]
    v4, v6 = zone.host(device.host)
    for link in device.blueprint.links:
        for mine in (link.a, link.b):
            if mine.startswith(f"{label}:") and link.zone == zone_name:
                port = facts.port.format(mine.split(":")[1])
                return Interface(
                    name=port,
                    port=port,
                    zone=zone_name,
                    v4=v4._replace(length=zone.v4.length),
                    v6=v6._replace(length=64) if v6 else None,
                    description="management" if zone_name == MANAGEMENT_ZONE else zone_name,
                    origin=link.origin,
                )
    raise ValueError(f"{device.name}: no link of the blueprint leads to {zone_name}")


def _loopback(plan: SitePlan, device: Device) -> Interface:
    v4, v6 = plan.loopback(device.host)
    return Interface(
        name=PLATFORMS[device.platform].loopback,
        port="",
        zone=LOCAL_ZONE,
        v4=v4,
        v6=v6,
        description="management",
        origin=plan.site.blueprint.origin,
    )


def line_port(device: Device) -> str:
    """The port that leads to the carrier; never the one to a mobile network.

    Raises:
        ValueError: the blueprint has none.
    """
    label = f"{device.role}{device.number:02d}:"
    for uplink in device.site.blueprint.uplinks:
        mine = uplink.port.startswith(label) and uplink.to in ("tunnel", "carrier")
        if mine and uplink.medium != "lte":
            return PLATFORMS[device.platform].port.format(uplink.port.removeprefix(label))
    raise ValueError(f"{device.name}: no uplink leads to the carrier")


def _tunnels_up(plan: SitePlan, device: Device) -> Iterator[Interface]:
    """One for the tunnel by line, and one for that by mobile network."""
    facts = _tunnel_abilities(device)
    origin = plan.site.blueprint.origin
    names = {facts.line_interface(plan.site.num): "by line"}
    if plan.site.lte:
        names[facts.by_lte] = "by mobile network"
    for name, way in names.items():
        yield _tunnel(name, WAN_ZONE, f"tunnel to the county head {way}", origin)


def _tunnels_down(plan: SitePlan, device: Device, below: Iterable[Site]) -> Iterator[Interface]:
    """One for the mobile ones; one for those by line or, where it has a single peer, for each."""
    facts = _tunnel_abilities(device)
    origin = plan.site.blueprint.origin
    if facts.line_interface(1) == facts.by_line:
        yield _tunnel(facts.by_line, VPN_ZONE, "tunnels of the townships by line", origin)
    else:
        for site in sorted(below, key=lambda one: one.num):
            name = facts.line_interface(site.num)
            yield _tunnel(name, VPN_ZONE, f"tunnel of {site.id} by line", site.origin)
    yield _tunnel(facts.by_lte, VPN_ZONE, "tunnels of the townships by mobile network", origin)


def _tunnel(name: str, zone: str, description: str, origin: str) -> Interface:
    return Interface(name=name, port="", zone=zone, description=description, origin=origin)


def _tunnel_abilities(device: Device) -> TunnelAbilities:
    facts = PLATFORMS[device.platform].tunnels
    assert facts is not None  # plan/limits.py has seen to it
    return facts


def _uplink_interfaces(plan: SitePlan, device: Device, uplink: Uplink) -> list[Interface]:
    facts = PLATFORMS[device.platform]
    if uplink.medium == "lte":
        zone, name = LINE_ZONE, facts.lte
        return [_routed(name, zone, f"uplink {uplink.name} to {uplink.to}", uplink.origin)]
    number = int(uplink.port.partition(":")[2])
    if uplink.to == "carrier":
        own = plan.line_host(CARRIER_HOST + device.number)
        one = _routed(
            facts.port.format(number), LINE_ZONE, f"uplink {uplink.name} to carrier", uplink.origin
        )
        return [structs.replace(one, v4=own)]
    zone = LINE_ZONE if uplink.to == "tunnel" else WAN_ZONE
    says = f"uplink {uplink.name} to {uplink.to}"
    return _line_end(plan, device, uplink, 1, number, zone, says)


def _line_end(
    plan: SitePlan, device: Device, uplink: Uplink, end: int, port: int, zone: str, says: str
) -> list[Interface]:
    """A port; of an encrypted line the port, in a zone of its own, and the tunnel over it."""
    facts = PLATFORMS[device.platform]
    one = _routed(facts.port.format(port), zone, says, uplink.origin)
    if uplink.link is not None:
        own4, own6 = plan.link_address(uplink.link, end)
        peer4, peer6 = plan.link_address(uplink.link, 1 - end)
        one = structs.replace(one, v4=own4, v6=own6, peer4=peer4, peer6=peer6)
    if uplink.over is None:
        return [one]
    below = structs.replace(
        _routed(one.name, CIRCUIT_ZONE, f"circuit: {says}", uplink.origin),
        v4=plan.circuit_address(uplink.over, end),
        peer4=plan.circuit_address(uplink.over, 1 - end),
    )
    return [below, structs.replace(one, name=facts.circuit.format(port), port="")]


def _routed(name: str, zone: str, description: str, origin: str) -> Interface:
    return Interface(name=name, port=name, zone=zone, description=description, origin=origin)


def _link_interfaces(
    plan: SitePlan, device: Device, label: str, link: Link, own_host: int
) -> list[Interface]:
    """A subinterface for each zone of a trunk; a cable of one zone is that zone, untagged."""
    mine, other = (link.a, link.b) if link.a.startswith(f"{label}:") else (link.b, link.a)
    if not mine.startswith(f"{label}:"):
        return []
    facts = PLATFORMS[device.platform]
    port = facts.port.format(mine.split(":")[1])
    if link.link is not None and link.zone is not None:
        return [_point_to_point(plan, link, port, is_b=mine == link.b)]
    names = [link.zone] if link.zone else list(link.zones or plan.trunk_zones)
    return [
        Interface(
            name=port if link.zone else facts.subinterface.format(port=port, vlan=zone.vlan),
            port=port,
            zone=zone.name,
            vlan=None if link.zone else zone.vlan,
            v4=zone.inside4.host(own_host)._replace(length=zone.v4.length),
            v6=zone.v6.host(own_host)._replace(length=64) if zone.v6 else None,
            description=f"zone {zone.name}" if not link.zone else f"zone {zone.name} to {other}",
            origin=link.origin,
        )
        for zone in (plan.zones[name] for name in names)
    ]


def _point_to_point(plan: SitePlan, link: Link, port: str, *, is_b: bool) -> Interface:
    assert link.link is not None
    assert link.zone is not None
    own4, own6 = plan.link_address(link.link, int(is_b))
    peer4, peer6 = plan.link_address(link.link, int(not is_b))
    return Interface(
        name=port,
        port=port,
        zone=link.zone,
        v4=own4,
        v6=own6,
        peer4=peer4,
        peer6=peer6,
        description=f"to {link.a if is_b else link.b}",
        origin=link.origin,
    )


def _downlinks(
    plan: SitePlan, device: Device, label: str, site: Site, lower: SitePlan
) -> list[Interface]:
    found = []
    for uplink, _, number in downlinks(plan.site.blueprint, site.blueprint, site.num):
        if uplink.peer != label or uplink.link is None:
            continue
        says = f"to {site.id} {uplink.port.partition(':')[0]}"
        ends = _line_end(lower, device, uplink, 0, number, DOWN_ZONE, says)
        found += [structs.replace(one, below=site.id, origin=site.origin) for one in ends]
    return found
