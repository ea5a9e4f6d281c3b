"""What lines say of multicast on interfaces, and what takes effect of it: alike on all platforms.

Source: docs/concepts/multicast.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from telemed_infra.multicast import MULTICAST, NO_MULTICAST, MulticastRouting
from telemed_infra.packets import NO_RANGES, Ranges, intersect, subtract, union

SOURCES_SINCE = 3
"""The version of IGMP in which a host asks for a group of a source."""
NO_SOURCES = "hosts can ask for a group of a source by version 3 alone: say that"


@dataclass(slots=True)
class MulticastPort:
    """An interface as its own lines have it."""

    line: int = 0  # of the first of them; 0: there is none
    sparse: bool = False  # PIM sparse mode
    asks: bool = False  # IGMP
    version: int = 0  # of IGMP; 0: no line says it
    priority: int | None = None

    def said(self, line: int) -> None:
        """A line speaks of multicast here."""
        self.line = self.line or line


def multicast_routing(
    ports: Mapping[str, MulticastPort], groups: Ranges, *, version: int
) -> MulticastRouting:
    """What these interfaces do where the box forwards multicast at all.

    `version`: that of IGMP where no line says one.
    """
    speaks = frozenset(name for name, one in ports.items() if one.sparse)
    listens = frozenset(
        name
        for name, one in ports.items()
        if one.asks and (one.version or version) >= SOURCES_SINCE
    )
    if not speaks | listens:
        return NO_MULTICAST
    preferred = {name: one.priority for name, one in ports.items() if one.priority is not None}
    return MulticastRouting(
        groups, speaks, listens, {name: preferred[name] for name in sorted(speaks & set(preferred))}
    )


def multicast_lines(ports: Mapping[str, MulticastPort]) -> Mapping[str, int]:
    """Interface → where the text first speaks of multicast there."""
    return {name: one.line for name, one in ports.items() if one.line}


def groups_of(entries: Iterable[tuple[bool, Ranges]]) -> Ranges:
    """The groups that a list permits; the first entry that has an address judges it."""
    permitted: Ranges = NO_RANGES
    left: Ranges = (MULTICAST,)
    for permits, addresses in entries:
        if permits:
            permitted = union((*permitted, *intersect(left, addresses)))
        left = subtract(left, addresses)
    return permitted


@dataclass(slots=True)
class GroupSnooping:
    """Which VLANs of a switch are snooped for groups, as its lines have it: IGMP snooping."""

    on: bool = False  # for the whole device
    vlans: dict[int, int] = field(default_factory=dict)  # where it is on, with the line
    sources: set[int] = field(default_factory=set)
    """VLANs where reports of version 3 are understood, and not flooded."""

    def forget(self) -> None:
        """It is off again, and its lines in VLANs are gone."""
        self.on = False
        self.vlans.clear()
        self.sources.clear()

    def forget_vlan(self, vlan: int) -> None:
        """A VLAN is taken away, or is said to be snooped no more."""
        self.vlans.pop(vlan, None)
        self.sources.discard(vlan)

    def snooped(self, vlans: Iterable[int]) -> frozenset[int]:
        """Of these VLANs, those where it takes effect."""
        return frozenset(vlans) & self.vlans.keys() & self.sources if self.on else frozenset()
