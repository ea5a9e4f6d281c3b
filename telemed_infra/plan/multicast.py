"""Where lectures to many are forwarded and asked for, and where switches hold them back.

PIM runs on every routed line between sites, so that a join finds its way to the source along the
unicast routes; hosts ask in the lectures' zone. Townships have tunnels and no such zone.

Source: docs/concepts/multicast.md.
"""

from __future__ import annotations

from telemed_infra.model.network import Device, Network
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.plan.devices import DOWN_ZONE, WAN_ZONE, Interface
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.points import EnforcementPoints
from telemed_infra.plan.prefix import prefix
from telemed_infra.plan.routing import RoutingPlan, is_router, joins_sites, router_interfaces
from telemed_infra.plan.sites import SitePlan

PREFERRED = 10  # of a pair's first member; what says nothing has 1


def multicast_of(
    network: Network,
    plan: NetworkPlan,
    points: EnforcementPoints,
    routing: RoutingPlan,
    device: Device,
) -> MulticastRouting:
    """What a router or firewall forwards; `NO_MULTICAST` of whatever joins no sites by lines."""
    rule = network.multicast
    if rule is None or not joins_sites(device):
        return NO_MULTICAST
    groups = (prefix(rule.groups).range,)
    if is_router(device):
        lines = router_interfaces(plan, routing, device)
        return MulticastRouting(groups, _names(lines), frozenset(), {})
    point = points.of(device.site.id)
    interfaces = point.by_device[device.name]
    listens = frozenset(one.name for one in interfaces if one.zone == rule.zone)
    first = len(point.devices) > 1 and device.k == 0
    preferred = dict.fromkeys(listens, PREFERRED) if first else {}
    return MulticastRouting(groups, _names(interfaces) | listens, listens, preferred)


def joins_neighbours(one: Interface) -> bool:
    """Whether PIM runs there for the sake of a neighbour: a routed line to another site's device.

    A cable between the members of a provincial hospital's pair is one too: each has its own centre.
    """
    return one.zone in (WAN_ZONE, DOWN_ZONE) and one.peer4 is not None


def snooped_vlans(network: Network, plan: SitePlan, device: Device) -> frozenset[int]:
    """The VLANs in which a switch gives groups to those ports alone that have asked for them."""
    rule = network.multicast
    snoops = PLATFORMS[device.platform].snooping
    if rule is None or rule.zone not in plan.zones or is_router(device) or not snoops:
        return frozenset()
    label = f"{device.role}{device.number:02d}"
    blueprints = (plan.site.blueprint, plan.site.aggregation)
    carried = any(_carries(one, label, rule.zone, plan) for one in blueprints if one)
    return frozenset({plan.zones[rule.zone].vlan}) if carried else frozenset()


def _carries(blueprint: BlueprintFile, label: str, zone: str, plan: SitePlan) -> bool:
    """Whether some port of a switch is in a zone: a trunk's, a cable's or one for hosts."""
    if any(one.device == label and one.zone == zone for one in blueprint.access):
        return True
    return any(
        zone in ((link.zone,) if link.zone else link.zones or plan.trunk_zones)
        for link in blueprint.links
        if link.link is None
        and not (link.mirror and link.a.startswith(f"{label}:"))
        and any(end.startswith(f"{label}:") for end in (link.a, link.b))
    )


def _names(interfaces: tuple[Interface, ...]) -> frozenset[str]:
    return frozenset(one.name for one in interfaces if joins_neighbours(one))
