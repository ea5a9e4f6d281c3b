"""Cuts what a policy allows at the enforcement points on its way.

Source: docs/concepts/policies.md, "Enforcement points". The topology is a tree: townships and
county hospitals stand below their county's head, everything else below the core.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from telemed_infra.intent.ends import End
from telemed_infra.intent.openings import AddressGroup, Member
from telemed_infra.model.network import Network

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

    def outside(self, point: str) -> AddressGroup:
        """The ends that have a place elsewhere than below an enforcement point."""
        positions = self.inside.get(point)
        if not positions:
            return self.whole
        here = {id(end) for ends in positions.values() for end in ends if len(end.places) == 1}
        if not here:
            return self.whole
        rest = [end for end in self.ends if id(end) not in here]
        return group(self.label, rest)


def group(label: str, ends: Sequence[End]) -> AddressGroup:
    """An address group of some ends; a single one goes by its own name, whoever speaks of it."""
    if len(ends) == 1:
        return ends[0].alone
    return AddressGroup(
        label, tuple([Member(end.name, end.v4, end.v6, end.origin) for end in ends])
    )


def side(label: str, ends: tuple[End, ...], topology: Topology) -> Side:
    """Places the ends below their enforcement points."""
    inside: dict[str, Positions] = {}
    for end in ends:
        for point, position in topology.positions(end):
            inside.setdefault(point, {}).setdefault(position, []).append(end)
    return Side(label, ends, inside, group(label, ends))


def cut(source: Side, target: Side, point: str) -> Iterator[Product]:
    """The products of two sides at one enforcement point that a packet between them meets."""
    ins = _by_zone(source.inside.get(point))
    outs = _by_zone(target.inside.get(point))
    beyond = target.outside(point) if ins else None
    if beyond and beyond.members:
        for zone, positions in ins.items():
            yield zone, UP, _joined(source, zone, positions), beyond
    beyond = source.outside(point) if outs else None
    if beyond and beyond.members:
        for zone, positions in outs.items():
            yield UP, zone, beyond, _joined(target, zone, positions)
    for sources, targets in product(ins.items(), outs.items()):
        yield from _turning(source, target, sources, targets)


def _by_zone(inside: Positions | None) -> dict[str, Positions]:
    found: dict[str, Positions] = {}
    for position, ends in (inside or {}).items():
        found.setdefault(position[0], {})[position] = ends
    return found


def _joined(one: Side, zone: str, positions: Positions) -> AddressGroup:
    """The ends on one side of a point; always by the side's name, however many there are."""
    return group(f"{one.label}-AT-{zone}", [end for ends in positions.values() for end in ends])


def _turning(
    source: Side, target: Side, ins: tuple[str, Positions], outs: tuple[str, Positions]
) -> Iterator[Product]:
    """Ways that turn at a point. Ends of one zone, or of one site below, do not meet there."""
    (zone_in, sources), (zone_out, targets) = ins, outs
    if zone_in != zone_out:
        yield (
            zone_in,
            zone_out,
            _joined(source, zone_in, sources),
            _joined(target, zone_out, targets),
        )
        return
    for position, ends in sources.items():
        if not position[1]:
            continue
        others = [end for where, some in targets.items() if where != position for end in some]
        if others:
            yield (
                zone_in,
                zone_out,
                group(f"{source.label}-{position[1]}", ends),
                group(f"{target.label}-NOT-{position[1]}", others),
            )
