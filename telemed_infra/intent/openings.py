"""What has to pass where: openings, as products of sets, for each enforcement point."""

from __future__ import annotations

from msgspec import Struct

from telemed_infra.model.schema.base import Origin
from telemed_infra.multicast import MULTICAST
from telemed_infra.packets import Family, Ranges, union
from telemed_infra.plan.prefix import Prefix, Span


class Member(Struct, frozen=True):
    """One entry of an address group, with the inventory line it comes from."""

    name: str
    v4: Prefix | Span | None
    v6: Prefix | None
    origin: Origin


class AddressGroup:
    """Addresses that one policy speaks of on one side of an enforcement point.

    Prefixes are kept one by one, each with its origin: a neighbour that comes or goes moves no
    other line. Shared between openings, so compared by identity; as sets they are found once.
    """

    __slots__ = ("_ranges", "label", "members")

    def __init__(self, label: str, members: tuple[Member, ...]) -> None:
        self.label = label
        self.members = members
        self._ranges: dict[Family, Ranges] = {}

    def ranges(self, family: Family) -> Ranges:
        """The members of one family as a set."""
        found = self._ranges.get(family)
        if found is None:
            prefixes = [
                prefix
                for member in self.members
                if (prefix := member.v4 if family is Family.V4 else member.v6)
            ]
            ranges = [prefix.range for prefix in prefixes]
            found = self._ranges[family] = union(ranges) if len(ranges) > 1 else tuple(ranges)
        return found

    @property
    def grouped(self) -> bool:
        """Whether these are groups of multicast, every one of them."""
        low, high = MULTICAST
        return all(
            one.v6 is None and one.v4 is not None and low <= one.v4.first <= one.v4.last <= high
            for one in self.members
        )

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for groups with the same members."""
        return tuple([member.name for member in self.members])


class Opening(Struct, frozen=True, kw_only=True):
    """What one policy opens at one enforcement point, on one way, between two groups."""

    policy: str
    origin: Origin
    zone_in: str
    zone_out: str
    sources: AddressGroup
    destinations: AddressGroup
    apps: tuple[str, ...]
    sense: str  # what it is for, in words that no other site changes; rules are named by it
    tolerated: bool = False  # may pass, need not

    @property
    def way(self) -> tuple[str, str]:
        """Zone in and zone out."""
        return (self.zone_in, self.zone_out)
