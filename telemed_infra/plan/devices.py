"""Interfaces and management addresses of each device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from telemed_infra.model.downlinks import downlinks
from telemed_infra.model.network import Device, Site
from telemed_infra.model.schema.blueprint_file import Link, Uplink
from telemed_infra.plan.platforms import PLATFORMS, TunnelAbilities
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.sites import SitePlan

MANAGEMENT_ZONE = "MGMT"
LOCAL_ZONE = "LOCAL"
LINE_ZONE = "LINE"  # towards the carrier, outside of every tunnel
WAN_ZONE = "WAN"  # towards the core
DOWN_ZONE = "DOWN"  # towards the county hospitals of a head
VPN_ZONE = "VPN"  # inside of the tunnels of townships
GATEWAY_HOST = 1  # of each zone: the virtual address of a pair, else the gateway
CARRIER_HOST = 1  # of a head's lines: the carrier's router; the members follow it


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

    `members` is how many devices share the enforcement point: members of a pair have addresses 2
    and 3 of each zone (1 is the pair's own), a single gateway has 1. `below` are the sites whose
    uplinks end here, with their plans; `tunnelled` are those whose tunnels do.
    """
    blueprint = plan.site.blueprint
    label = f"{device.role}{device.number:02d}"
    found = [_loopback(plan, device)]
    found += [
        _uplink_interface(plan, device, uplink)
        for uplink in blueprint.uplinks
        if uplink.port.startswith(f"{label}:") and (uplink.medium != "lte" or plan.site.lte)
    ]
    if any(uplink.to == "tunnel" for uplink in blueprint.uplinks):
        found += _tunnels_up(plan, device)
    own_host = GATEWAY_HOST if members == 1 else GATEWAY_HOST + device.number
    for link in blueprint.links:
        found += _link_interfaces(plan, device, label, link, own_host)
    if blueprint.tunnels_from_below:
        found += _tunnels_down(plan, device, tunnelled)
    for site, lower in below:
        found += _downlinks(plan, device, label, site, lower)
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


def _uplink_interface(plan: SitePlan, device: Device, uplink: Uplink) -> Interface:
    facts = PLATFORMS[device.platform]
    zone = LINE_ZONE if uplink.to in ("tunnel", "carrier") else WAN_ZONE
    name = facts.lte if uplink.medium == "lte" else facts.port.format(uplink.port.split(":")[1])
    own4 = own6 = peer4 = peer6 = None
    if uplink.link is not None:
        own4, own6 = plan.link_address(uplink.link, 1)
        peer4, peer6 = plan.link_address(uplink.link, 0)
    elif uplink.to == "carrier":
        own4 = plan.line_host(CARRIER_HOST + device.number)
    return Interface(
        name=name,
        port=name,
        zone=zone,
        v4=own4,
        v6=own6,
        peer4=peer4,
        peer6=peer6,
        description=f"uplink {uplink.name} to {uplink.to}",
        origin=uplink.origin,
    )


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
    facts = PLATFORMS[device.platform]
    found = []
    for uplink, _, number in downlinks(plan.site.blueprint, site.blueprint, site.num):
        if uplink.peer != label or uplink.link is None:
            continue
        port = facts.port.format(number)
        own4, own6 = lower.link_address(uplink.link, 0)
        peer4, peer6 = lower.link_address(uplink.link, 1)
        found.append(
            Interface(
                name=port,
                port=port,
                zone=DOWN_ZONE,
                v4=own4,
                v6=own6,
                peer4=peer4,
                peer6=peer6,
                description=f"to {site.id} {uplink.port.partition(':')[0]}",
                below=site.id,
                origin=site.origin,
            )
        )
    return found
