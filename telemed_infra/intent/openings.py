"""What has to pass where: openings, as products of sets, for each enforcement point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from telemed_infra.model.schema.base import Origin
from telemed_infra.packets import Family, Ranges, union
from telemed_infra.plan.prefix import Prefix


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an address group, with the inventory line it comes from."""

    name: str
    v4: Prefix | None
    v6: Prefix | None
    origin: Origin


@dataclass(frozen=True, eq=False)
class AddressGroup:
    """Addresses that one policy speaks of on one side of an enforcement point.

    Prefixes are kept one by one, each with its origin: a neighbour that comes or goes moves no
    other line. Shared between openings, so compared by identity.
    """

    label: str
    members: tuple[Member, ...]

    def prefixes(self, family: Family) -> list[tuple[Prefix, Origin]]:
        """The members of one family."""
        if family is Family.V4:
            return [(one.v4, one.origin) for one in self.members if one.v4]
        return [(one.v6, one.origin) for one in self.members if one.v6]

    def ranges(self, family: Family) -> Ranges:
        """The members of one family as a set."""
        return self._ranges4 if family is Family.V4 else self._ranges6

    @cached_property
    def _ranges4(self) -> Ranges:
        return union(one.v4.range for one in self.members if one.v4)

    @cached_property
    def _ranges6(self) -> Ranges:
        return union(one.v6.range for one in self.members if one.v6)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Equal for groups with the same members."""
        return tuple(member.name for member in self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What one policy opens at one enforcement point, on one way, between two groups."""

    policy: str
    origin: Origin
    zone_in: str
    zone_out: str
    sources: AddressGroup
    destinations: AddressGroup
    apps: tuple[str, ...]
    tolerated: bool = False  # may pass, need not

    @property
    def way(self) -> tuple[str, str]:
        """Zone in and zone out."""
        return (self.zone_in, self.zone_out)
