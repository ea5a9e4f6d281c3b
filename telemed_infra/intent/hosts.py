"""Openings of devices that filter for themselves alone: service edges and anti-DoS machines.

They forward nothing: a packet begins or ends there. What manages them must reach them, and they
their servers. On a service edge stand the instances, all of them, and the hosts of failover that
have its address; it speaks with its core routers and with the other edge besides.
Source: docs/concepts/policies.md, "Enforcement points".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telemed_infra.intent.cut import Side, group
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
from telemed_infra.intent.network import Meeting
from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.model.network import Device
from telemed_infra.model.schema.base import Origin
from telemed_infra.plan.devices import LOCAL_ZONE, Interface
from telemed_infra.plan.points import Standing
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.service_edge import is_service_edge, services_zone
from telemed_infra.plan.sites import SitePlan


def host_openings(
    device: Device, meeting: Iterable[Meeting], interfaces: tuple[Interface, ...], plan: SitePlan
) -> Iterator[Opening]:
    """What policies let in to the addresses that stand on a device, and out from them.

    `meeting` are the policies of its site; `interfaces` its own, one a zone.
    """
    served = services_zone(device) if is_service_edge(device) else None
    legs = tuple(_Leg(device, one, plan, serves=one.zone == served) for one in interfaces)
    for met in meeting:
        for leg in legs:
            yield from leg.openings(met)
    for leg in legs:
        yield from _neighbours(plan, leg.zone)


class _Leg:
    """An interface of a device: what stands there, by the ends of policies."""

    def __init__(
        self, device: Device, interface: Interface, plan: SitePlan, *, serves: bool
    ) -> None:
        self.zone = interface.zone
        self._serves = serves
        self._site = device.site.id
        self._network = plan.zones[interface.zone].v4
        assert interface.v4 is not None  # a host has one in each of its zones
        self._v4 = _host(interface.v4)
        v6 = _host(interface.v6) if interface.v6 else None
        self._own = AddressGroup(
            device.name, (Member(device.name, self._v4, v6, Origin(interface.origin)),)
        )

    def openings(self, met: Meeting) -> Iterator[Opening]:
        """Of one policy: towards this device, and from it."""
        policy, source, target = met
        sense = f"{source.label}>{target.label}"
        for own, other, inward in ((target, source, True), (source, target, False)):
            mine, here = self._standing(own, inward=inward)
            others = _others(other, here)
            if mine is None or not others.members:
                continue
            yield Opening(
                policy=policy.id,
                origin=policy.origin,
                zone_in=self.zone if inward else LOCAL_ZONE,
                zone_out=LOCAL_ZONE if inward else self.zone,
                sources=others if inward else mine,
                destinations=mine if inward else others,
                apps=policy.apps,
                sense=sense,
            )

    def _standing(self, side: Side, *, inward: bool) -> tuple[AddressGroup | None, list[End]]:
        """What of a side stands on the device, and which ends these are.

        Services call others from the edge's own address, too: as a source it is one of its zone.
        As a target it is not: what it serves has addresses of its own.
        """
        ends = side.inside.get(self._site, {}).get((self.zone, ""), ())
        zone = [end for end in ends if end.v4 == self._network]
        if zone and self._serves and not inward:
            return self._own, zone
        standing = [end for end in ends if (end.instance and self._serves) or end.v4 == self._v4]
        if not standing:
            return None, []
        whole = len(standing) == len(side.ends)
        return side.whole if whole else group(f"{side.label}-AT-{self.zone}", standing), standing


def _others(side: Side, here: list[End]) -> AddressGroup:
    """The side without what stands here and nowhere else; an instance may stand elsewhere."""
    only_here = {id(end) for end in here if len(end.places) == 1}
    rest = [end for end in side.ends if id(end) not in only_here]
    return side.whole if len(rest) == len(side.ends) else group(side.label, rest)


def edge_openings(
    device: Device, edges: tuple[Standing, ...], core: tuple[Standing, ...]
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


def _host(address: Prefix) -> Prefix:
    return address._replace(length=address.family.bits)
