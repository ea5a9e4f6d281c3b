"""Whether a county hospital and the province reach each other, by the member that has its hosts.

Which member that is follows from the tracked ports alone: fewer of them lost, or else the first.
Packets have to come back by the members that they left by: a pair of Cisco's, at the hospital or at
the head, shares no connections. Source: docs/concepts/redundancy.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.network import Device, Site
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.links import LineKind
from telemed_infra.plan.pairs import tracked_ports
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.prove.propagation import Fabric, Key, Loss, Routes
from telemed_infra.prove.reachability import Scene
from telemed_infra.prove.ways import End, way
from tests.prove.read_routing import without, without_lines

DEFAULT = Key(0, 0)


def gateway(meaning: Meaning, site: Site, loss: Loss) -> Device:
    """The member that has the address that the site's hosts know."""
    point = meaning.points.of(site.id)

    def lost(device: Device) -> int:
        form = PLATFORMS[device.platform].port
        gone = {
            form.format(own.port)
            for _, own, other in meaning.routing.lines_of(device)
            if loss.parts(device.name, other.device.name)
        }
        return len(gone & tracked_ports(point, device))

    standing = [one for one in point.devices if one.name not in loss.devices]
    return min(standing, key=lambda one: (lost(one), one.number))


def faults(
    meaning: Meaning, fabric: Fabric, routes: Routes, loss: Loss, site: Site, service: str
) -> Iterator[str]:
    """What a hospital lacks for its hosts to reach a service, and to be answered."""
    member = gateway(meaning, site, loss).name
    if DEFAULT not in routes.known[member]:
        yield f"{member} has no default route"
    there = way(fabric, routes, member, service)
    if not there.ends_well:
        yield f"{member} does not reach {service}: {there}"
    hosts = meaning.plan.sites[site.id].zones["MGMT"].v4.host(1).text.partition("/")[0]
    for core in (one.name for one in meaning.network.devices if one.role == "CR"):
        if core in loss.devices:
            continue
        back = way(fabric, routes, core, hosts)
        if back.end is not End.ARRIVES:
            yield f"{core} does not reach {site.id}: {back}"
        elif back.devices[:-3:-1] != there.devices[:2]:
            yield f"from {core} by {back.devices[-2:]}, there by {there.devices[:2]}"


def losses_above(meaning: Meaning, site: Site) -> Iterator[Scene]:
    """One router, member or line between a prefecture's routers and a county's hospital at a time.

    The cable between the two routers stays: without it packets arrive at the second one that the
    first could have, and it sends them to the head's second member.
    """
    assert site.county is not None
    county = (site.county.center.id, site.id)
    below = (LineKind.AGGREGATION_COUNTY, LineKind.COUNTY_HOSPITAL)
    found = [
        one
        for one in meaning.routing.lines
        if one.kind in below and one.lower.device.site.id in county
    ]
    for line in found:
        ends = (line.upper.device.name, line.lower.device.name)
        yield Scene(name=" – ".join(ends), loss=without_lines(ends))
    names = {end.device.name for line in found for end in (line.upper, line.lower)}
    for name in sorted(names):
        yield Scene(name=name, loss=without(name))
