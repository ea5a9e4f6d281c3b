"""Openings of devices that filter for themselves alone: service edges and anti-DoS machines.

They forward nothing yet; what manages them must reach them and they their servers. A service edge
speaks with its core routers and with the other edge besides.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.intent.cut import group
from telemed_infra.intent.derived import (
    EDGE_PAIR,
    EDGES,
    LINK_LOCAL,
    NEIGHBOURS,
    VRRP_GROUP,
    VRRP_GROUP6,
    DerivedPolicy,
    neighbour_groups,
    standing_group,
)
from telemed_infra.intent.ends import End
from telemed_infra.intent.network import Flow
from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.intent.scope import label
from telemed_infra.model.network import Device
from telemed_infra.model.schema.base import Origin
from telemed_infra.plan.devices import LOCAL_ZONE, MANAGEMENT_ZONE
from telemed_infra.plan.points import Standing
from telemed_infra.plan.sites import SitePlan


def host_openings(device: Device, flows: tuple[Flow, ...], plan: SitePlan) -> Iterator[Opening]:
    """What a device's own management address opens to and is opened from."""
    for flow in flows:
        for own, others, inward in (
            (flow.targets, flow.sources, True),
            (flow.sources, flow.targets, False),
        ):
            mine = next((end for end in own if end.name == device.name), None)
            if mine is None:
                continue
            here, there = group(device.name, [mine]), _group(flow, others, inward=inward)
            zones = (MANAGEMENT_ZONE, LOCAL_ZONE) if inward else (LOCAL_ZONE, MANAGEMENT_ZONE)
            yield Opening(
                policy=flow.policy.id,
                origin=flow.policy.origin,
                zone_in=zones[0],
                zone_out=zones[1],
                sources=there if inward else here,
                destinations=here if inward else there,
                apps=flow.policy.apps,
                sense=f"{label(flow.policy.source, '')}>{label(flow.policy.to, '')}",
            )
    yield from _neighbours(plan, MANAGEMENT_ZONE)


def edge_openings(
    device: Device, plan: SitePlan, edges: tuple[Standing, ...], core: tuple[Standing, ...]
) -> Iterator[Opening]:
    """What a service edge says and hears in its services' zone: routing, and who holds what."""
    mine = next(one for one in edges if one.name == device.name)
    own, routers = standing_group(mine.name, (mine,)), standing_group("core", core)
    origin = device.origin
    yield _derived(EDGES, LOCAL_ZONE, mine.zone, own, routers, origin)
    yield _derived(EDGES, mine.zone, LOCAL_ZONE, routers, own, origin)
    speakers = AddressGroup(
        "edges",
        tuple(
            Member(one.name, one.v4, LINK_LOCAL if one.v6 else None, Origin(one.origin))
            for one in edges
        ),
    )
    heard = AddressGroup("vrrp", (Member("vrrp group", VRRP_GROUP, VRRP_GROUP6, origin),))
    for zones in ((LOCAL_ZONE, mine.zone), (mine.zone, LOCAL_ZONE)):
        yield _derived(EDGE_PAIR, *zones, speakers, heard, origin)
    yield from _neighbours(plan, mine.zone)


def _neighbours(plan: SitePlan, zone: str) -> Iterator[Opening]:
    network = plan.zones[zone].v6
    if network is not None:
        origin = plan.site.blueprint.origin
        talkers, heard = neighbour_groups(zone, (network,), origin)
        for zones in ((zone, LOCAL_ZONE), (LOCAL_ZONE, zone)):
            yield _derived(NEIGHBOURS, *zones, talkers, heard, origin)


def _derived(
    policy: DerivedPolicy,
    zone_in: str,
    zone_out: str,
    sources: AddressGroup,
    destinations: AddressGroup,
    origin: Origin,
) -> Opening:
    return Opening(
        policy=policy.id,
        origin=origin,
        zone_in=zone_in,
        zone_out=zone_out,
        sources=sources,
        destinations=destinations,
        apps=policy.apps,
        sense=policy.id,
    )


def _group(flow: Flow, ends: tuple[End, ...], *, inward: bool) -> AddressGroup:
    return group(label(flow.policy.source if inward else flow.policy.to, ""), ends)
