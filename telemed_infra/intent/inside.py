"""Openings as a site's own firewall sees them, where hosts bear addresses of their own.

It judges packets by the addresses that the hosts bear: what comes is translated before, what goes
is translated after. So its rules speak of inside addresses, and everybody else's of outside ones.

Source: docs/concepts/policies.md, "A hospital's own addresses".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.packets import Family
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.sites import SitePlan, ZonePlan
from telemed_infra.translation import Translation


def translations(
    plan: SitePlan, interfaces: Iterable[Interface], leading_elsewhere: frozenset[str]
) -> tuple[Translation, ...]:
    """What a firewall translates, in the order of its zones; () where every host bears its own."""
    boundary = frozenset(one.name for one in interfaces if one.zone in leading_elsewhere)
    return tuple(
        Translation(zone.local4.range, zone.v4.range, boundary)
        for zone in plan.zones.values()
        if zone.local4 is not None
    )


def as_inside(openings: list[Opening], plan: SitePlan) -> list[Opening]:
    """The same openings, by the addresses that the site's hosts bear."""
    local = {name: zone for name, zone in plan.zones.items() if zone.local4 is not None}
    if not local:
        return openings
    known: dict[tuple[int, str], AddressGroup] = {}
    return [_opening(one, local, known) for one in openings]


def _opening(
    opening: Opening,
    local: Mapping[str, ZonePlan],
    known: dict[tuple[int, str], AddressGroup],
) -> Opening:
    if opening.zone_in not in local and opening.zone_out not in local:
        return opening
    sources, destinations = opening.sources, opening.destinations
    if opening.zone_in in local:
        sources = _group(sources, local[opening.zone_in], known)
    if opening.zone_out in local:
        destinations = _group(destinations, local[opening.zone_out], known)
    return replace(opening, sources=sources, destinations=destinations)


def _group(
    group: AddressGroup, zone: ZonePlan, known: dict[tuple[int, str], AddressGroup]
) -> AddressGroup:
    """Openings that share a group go on sharing it."""
    key = (id(group), zone.name)
    if key not in known:
        members = tuple(_member(one, zone) for one in group.members)
        known[key] = AddressGroup(group.label, members)
    return known[key]


def _member(member: Member, zone: ZonePlan) -> Member:
    own = member.v4
    return replace(member, v4=_inside(own, zone)) if isinstance(own, Prefix) else member


def _inside(found: Prefix, zone: ZonePlan) -> Prefix:
    """The n-th address of the zone is the n-th one inside; what lies elsewhere stays."""
    local, low, high = zone.inside4, zone.v4.first, zone.v4.last
    if found.family is not Family.V4 or not low <= found.first <= found.last <= high:
        return found
    return found._replace(first=local.first + found.first - low)
