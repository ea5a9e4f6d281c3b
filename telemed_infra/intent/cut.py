"""Cuts what a policy allows at the enforcement points on its way.

Source: docs/concepts/policies.md, "Enforcement points". The topology is a tree: townships and
county hospitals stand below their county's head, everything else below the core.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from msgspec.structs import replace

from telemed_infra.intent.ends import End
from telemed_infra.intent.openings import AddressGroup, Opening
from telemed_infra.model.network import Network
from telemed_infra.plan.devices import LOCAL_ZONE

UP = "WAN"  # the zone towards the core, at every enforcement point
SIDE_OF_CHILD = {"township": "VPN", "county-hospital": "DOWN"}

Position = tuple[str, str]  # zone at the enforcement point, site below it ("" for its own)
Positions = dict[Position, list[End]]
Product = tuple[str, str, AddressGroup, AddressGroup]  # zone in, zone out, from, to


class Topology:
    """Where each place stands, seen from the enforcement points above it."""

    def __init__(self, network: Network) -> None:
        self._above: dict[str, tuple[str, str] | None] = {}
        for site in network.sites.values():
            side = SIDE_OF_CHILD.get(site.kind)
            head = site.county.center.id if side and site.county else None
            self._above[site.id] = (head, side) if head and side else None

    def positions(self, end: End) -> Iterator[tuple[str, Position]]:
        """Each enforcement point that an end lies below, and on which side of it."""
        for site, zone in end.places:
            yield site, (zone, "")
            above = self._above[site]
            if above:
                yield above[0], (above[1], site)


@dataclass(frozen=True, eq=False)
class Side:
    """The ends of one side of a policy in one scope, and where they stand."""

    label: str
    ends: tuple[End, ...]
    inside: dict[str, Positions]  # enforcement point → position → ends
    whole: AddressGroup


class Standing:
    """One side of policies, seen from one enforcement point; policies that name it share this."""

    def __init__(self, one: Side, point: str) -> None:
        self.label = one.label
        self._side = one
        self._positions = one.inside.get(point, {})
        self._outside: AddressGroup | None = None
        self._joined: dict[str, AddressGroup] = {}
        self.zones: dict[str, Positions] = {}  # zone → the positions below it
        for position, ends in self._positions.items():
            self.zones.setdefault(position[0], {})[position] = ends

    def outside(self) -> AddressGroup:
        """The ends that have a place elsewhere than below the point."""
        if self._outside is None:
            inside = self._positions.values()
            here = {id(end) for ends in inside for end in ends if len(end.places) == 1}
            rest = [end for end in self._side.ends if id(end) not in here] if here else []
            self._outside = group(self.label, rest) if here else self._side.whole
        return self._outside

    def joined(self, zone: str) -> AddressGroup:
        """The ends below one zone; always by the side's name, however many there are."""
        found = self._joined.get(zone)
        if found is None:
            ends = [end for some in self.zones[zone].values() for end in some]
            found = self._joined[zone] = group(f"{self.label}-AT-{zone}", ends)
        return found


def group(label: str, ends: Sequence[End]) -> AddressGroup:
    """An address group of some ends; a single one goes by its own name, whoever speaks of it.

    What is asked for at several sites below is one end all the same.
    """
    several = dict.fromkeys(ends)
    if len(several) == 1:
        return ends[0].alone
    return AddressGroup(label, tuple([end.alone.members[0] for end in several]))


def side(label: str, ends: tuple[End, ...], topology: Topology) -> Side:
    """Places the ends below their enforcement points."""
    inside: dict[str, Positions] = {}
    for end in ends:
        for point, position in topology.positions(end):
            inside.setdefault(point, {}).setdefault(position, []).append(end)
    return Side(label, ends, inside, group(label, ends))


def cut(source: Standing, target: Standing) -> Iterator[Product]:
    """The products of two sides at one enforcement point that a packet between them meets."""
    if source.zones and target.outside().members:
        for zone in source.zones:
            yield zone, UP, source.joined(zone), target.outside()
    if target.zones and source.outside().members:
        for zone in target.zones:
            yield UP, zone, source.outside(), target.joined(zone)
    for zone_in, zone_out in product(source.zones, target.zones):
        if zone_in != zone_out:
            yield zone_in, zone_out, source.joined(zone_in), target.joined(zone_out)
        else:
            yield from _turning(source, target, zone_in)


def passed_on(openings: Iterable[Opening]) -> Iterator[Opening]:
    """What one member of a pair hands to the other, over the line between the two.

    It leaves by the other's circuit, or it has come by this one's and is for the other itself, or
    for groups: hosts are given those by whichever member is preferred among the two.
    """
    for one in openings:
        leaves = one.zone_out == UP and one.zone_in != UP
        heard = one.zone_in == UP and one.destinations.grouped
        if leaves or heard or one.way == (UP, LOCAL_ZONE):
            sense = f"{one.zone_in}-{one.zone_out} {one.sense}"
            yield replace(one, zone_in=UP, zone_out=UP, sense=sense)


def _turning(source: Standing, target: Standing, zone: str) -> Iterator[Product]:
    """Ways that turn at a point. Ends of one zone, or of one site below, do not meet there."""
    for position, ends in source.zones[zone].items():
        if not position[1]:
            continue
        others = [
            end for where, some in target.zones[zone].items() if where != position for end in some
        ]
        if others:
            yield (
                zone,
                zone,
                group(f"{source.label}-{position[1]}", ends),
                group(f"{target.label}-NOT-{position[1]}", others),
            )
