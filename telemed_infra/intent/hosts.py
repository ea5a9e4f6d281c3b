"""Openings of devices that filter for themselves alone: service edges and anti-DoS machines.

They forward nothing yet; what manages them must reach them and they their servers.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.intent.cut import group
from telemed_infra.intent.derived import NEIGHBOURS, neighbour_groups
from telemed_infra.intent.ends import End
from telemed_infra.intent.network import Flow
from telemed_infra.intent.openings import AddressGroup, Opening
from telemed_infra.intent.scope import label
from telemed_infra.model.network import Device
from telemed_infra.plan.devices import LOCAL_ZONE, MANAGEMENT_ZONE
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
    if plan.ipv6:
        network = plan.zones[MANAGEMENT_ZONE].v6
        assert network is not None
        talkers, heard = neighbour_groups(MANAGEMENT_ZONE, (network,), plan.site.blueprint.origin)
        for zones in ((MANAGEMENT_ZONE, LOCAL_ZONE), (LOCAL_ZONE, MANAGEMENT_ZONE)):
            yield Opening(
                policy=NEIGHBOURS.id,
                origin=plan.site.blueprint.origin,
                zone_in=zones[0],
                zone_out=zones[1],
                sources=talkers,
                destinations=heard,
                apps=NEIGHBOURS.apps,
                sense=NEIGHBOURS.id,
            )


def _group(flow: Flow, ends: tuple[End, ...], *, inward: bool) -> AddressGroup:
    return group(label(flow.policy.source if inward else flow.policy.to, ""), ends)
