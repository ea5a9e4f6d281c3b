"""What a blueprint asks of a platform that this one cannot give.

Told before anything is built, at the line that chose the platform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from telemed_infra.model.network import Device, Network, Site
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.plan.devices import WAN_ZONE
from telemed_infra.plan.links import MEMBERS
from telemed_infra.plan.pairs import HEARTBEAT_ZONE
from telemed_infra.plan.platforms import PLATFORMS, PlatformFacts
from telemed_infra.plan.routing import is_router, joins_sites
from telemed_infra.problem import Problem


@dataclass(frozen=True, slots=True)
class Need:
    """Something that some devices need of their platform."""

    lack: Callable[[Device, PlatformFacts], str]  # what it lacks for this device; "": nothing
    otherwise: str  # how to do without


def beyond_the_platforms(network: Network) -> Iterator[Problem]:
    """Each need that is not met; what a county or a blueprint chose is told once."""
    needs = (*NEEDS, FORWARDING) if network.multicast else NEEDS
    known: dict[tuple[object, ...], list[tuple[Need, str]]] = {}
    told: set[tuple[str, str, str, str]] = set()
    for device in network.devices:
        site = device.site
        alike = (site.kind, site.aggregation is None, device.role, device.number, device.platform)
        if alike not in known:
            known[alike] = list(_lacks(device, needs))
        for need, problem in known[alike]:
            origin, field = _chosen(device)
            row = (origin, site.kind, device.role, problem)
            if row not in told:
                told.add(row)
                yield Problem.at(
                    origin,
                    field,
                    f"as {device.role} of a {site.kind}, {device.platform} {problem}",
                    f"choose {_able(need, device)}, or {need.otherwise}",
                )


def _lacks(device: Device, needs: tuple[Need, ...]) -> Iterator[tuple[Need, str]]:
    facts = PLATFORMS[device.platform]
    for need in needs:
        problem = need.lack(device, facts)
        if problem:
            yield need, problem


def _able(need: Need, device: Device) -> str:
    """Platforms that could stand there; none is offered in place of another kind of device."""
    able = [
        name
        for name, facts in PLATFORMS.items()
        if _fits(device, facts) and not need.lack(device, facts)
    ]
    return " or ".join(able) or "a platform that can"


def _fits(device: Device, facts: PlatformFacts) -> bool:
    if is_router(device):
        return facts.routing and not facts.filters
    return facts.filters if _enforces(device) else bool(facts.vlan_interface)


# ---- needs --------------------------------------------------------------------------------------


def _filter(device: Device, facts: PlatformFacts) -> str:
    if _enforces(device) and not facts.filters:
        return "filters nothing, so it cannot be the enforcing role"
    return ""


def _routing(device: Device, facts: PlatformFacts) -> str:
    """A firewall without it still filters, and each build says so; a router would be nothing."""
    if not is_router(device):
        return ""
    if facts.filters:
        return "filters, so it cannot be the router"
    return "" if facts.routing else "cannot be the router: its routing is not written"


def _partner(device: Device, facts: PlatformFacts) -> str:
    """Members that lead to one data centre each speak with each other."""
    asked = _enforces(device) and device.site.kind in MEMBERS
    joined = any(link.link and link.zone == WAN_ZONE for link in device.blueprint.links)
    if asked and joined and facts.filters and not facts.ibgp:
        return "cannot speak with the other member of its pair, and a line in zone WAN joins them"
    return ""


def _heartbeat(device: Device, facts: PlatformFacts) -> str:
    """A platform that keeps the state of a pair keeps that of two devices, over their own cable."""
    members = device.blueprint.devices[device.role].count
    if not (_enforces(device) and facts.sync and members > 1):
        return ""
    if members > 2:
        return f"stands in for one other device, and the blueprint has {members}"
    joined = any(
        link.link is not None
        and link.zone == HEARTBEAT_ZONE
        and _ends_at(_label(device), link.a, link.b)
        for link in device.blueprint.links
    )
    if joined:
        return ""
    return "keeps a pair's state over a cable of its own, and no line in zone HA joins the two"


def _both_ways(device: Device, facts: PlatformFacts) -> str:
    """A centre's core routers lead to one member each, whichever has the hosts' gateway."""
    members = device.blueprint.devices[device.role].count
    asked = _enforces(device) and device.site.kind == "data-center" and members > 1
    if asked and facts.filters and facts.sync is None:
        return "knows nothing of the other's connections, and a centre's core routers lead to both"
    return ""


def _mobile(device: Device, facts: PlatformFacts) -> str:
    asked = _enforces(device) and any(
        uplink.medium == "lte" and uplink.port.startswith(device.role)
        for uplink in device.blueprint.uplinks
    )
    if asked and facts.filters and not facts.lte:
        return "has no interface to a mobile network, and an uplink is `medium: lte`"
    return ""


def _tunnel(device: Device, facts: PlatformFacts) -> str:
    asked = _enforces(device) and (
        device.blueprint.tunnels_from_below
        or any(uplink.to == "tunnel" for uplink in device.blueprint.uplinks)
    )
    if asked and facts.filters and not facts.tunnels:
        return "ends no tunnel, and the blueprint joins its sites by tunnels"
    return ""


def _guests(device: Device, facts: PlatformFacts) -> str:
    """Its own routes lead into the network, where guests may not go."""
    asked = _enforces(device) and any(uplink.to == "carrier" for uplink in device.blueprint.uplinks)
    if asked and facts.filters and not facts.policy_routing:
        return "sends no packets another way than its routes, and a line is there for guests"
    return ""


def _multicast(device: Device, facts: PlatformFacts) -> str:
    """Lectures to many reach hosts only if each device on their way forwards them."""
    if joins_sites(device) and not facts.multicast:
        return "forwards no multicast, and network.yml has `multicast`"
    return ""


def _switching(device: Device, facts: PlatformFacts) -> str:
    """Who enforces routes between VLANs; every other end of a trunk switches."""
    label = _label(device)
    asked = not _enforces(device) and any(
        any(access.device == label for access in blueprint.access)
        or any(
            _ends_at(label, link.a, link.b) and link.zone is None and not link.mirror
            for link in blueprint.links
        )
        for blueprint in _blueprints(device)
    )
    return "has no ports that carry VLANs" if asked and not facts.vlan_interface else ""


def _ports(device: Device, facts: PlatformFacts) -> str:
    lowest = min(_numbers(device), default=facts.first_port)
    if lowest < facts.first_port:
        return f"has no port {lowest}: its ports begin with {facts.first_port}"
    return ""


def _vlans(device: Device, facts: PlatformFacts) -> str:
    blueprint = device.site.blueprint
    used = [zone.vlan for zone in blueprint.zones.values()]
    if facts.vlan_interface:
        used.append(blueprint.parking_vlan)
    for vlan in used:
        if any(first <= vlan <= last for first, last in facts.reserved_vlans):
            return f"keeps VLAN {vlan} for itself"
    return ""


NEEDS = (
    Need(_filter, "name another role in `enforcing`"),
    Need(_routing, "name another role in `router`"),
    Need(_partner, "let one member have every circuit"),
    Need(
        _heartbeat, "join two devices by a line such as `{a: FW01:2, b: FW02:2, zone: HA, link: 2}`"
    ),
    Need(_both_ways, "have one firewall there"),
    Need(_mobile, "take that uplink out of the blueprint"),
    Need(_tunnel, "join them by lines"),
    Need(_guests, "take the uplinks to the carrier out of the blueprint"),
    Need(_switching, "move its VLANs to another device of the blueprint"),
    Need(_ports, "number its ports otherwise in the blueprint"),
    Need(_vlans, "give the zone another VLAN in the blueprint"),
)
FORWARDING = Need(_multicast, "take `multicast` out of network.yml")  # if the network has it


# ---- where a device stands ----------------------------------------------------------------------


def _enforces(device: Device) -> bool:
    return device.role == device.site.blueprint.enforcing


def _label(device: Device) -> str:
    return f"{device.role}{device.number:02d}"


def _blueprints(device: Device) -> Iterator[BlueprintFile]:
    """An aggregation speaks of the hospital's devices too."""
    yield device.site.blueprint
    if device.site.aggregation:
        yield device.site.aggregation


def _ends_at(label: str, *ports: str) -> bool:
    return any(port.startswith(f"{label}:") for port in ports)


def _numbers(device: Device) -> Iterator[int]:
    """The ports of a device of which its blueprints speak; of access ports the lowest."""
    label = _label(device)
    for blueprint in _blueprints(device):
        ends = [end for link in blueprint.links for end in (link.a, link.b)]
        ends += [uplink.port for uplink in blueprint.uplinks if uplink.medium != "lte"]
        yield from (int(end.partition(":")[2]) for end in ends if _ends_at(label, end))
        for access in blueprint.access:
            if access.device == label:
                yield int(access.ports.partition("-")[0])


def _chosen(device: Device) -> tuple[str, str]:
    """Where the platform was chosen: by the site's or county's vendor, or by the blueprint."""
    site = device.site
    role = device.blueprint.devices[device.role]
    if site.vendor is None or isinstance(role.platform, str):
        return role.origin, f"devices.{device.role}.platform"
    if site.county and site.county.vendor == site.vendor:
        return site.county.origin, f"counties.{site.county_id}.vendor"
    return site.origin, f"{_entry(site)}.vendor"


def _entry(site: Site) -> str:
    """A site's place in its file."""
    if site.county is None:
        return f"{'hospitals' if site.prefecture else 'data_centers'}.{site.id}"
    below = {"county-center": "center", "county-hospital": f"hospitals.{site.id}"}
    return f"counties.{site.county_id}.{below.get(site.kind, f'townships.{site.id}')}"
