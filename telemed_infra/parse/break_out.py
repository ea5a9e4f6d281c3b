"""The two halves of guests' break-out put together, alike for every platform.

A *way* sends packets of some sources that come in by an interface to a next hop, whatever other
routes say. A *cover* gives what leaves by an interface the device's own address there. A way is a
break-out if covers are there for all its sources; a cover is in order if there is a way for all of
its sources. A cover that is not is told: it changes packets of others, or would, if they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_interface
from typing import NamedTuple

from telemed_infra.break_out import BreakOut
from telemed_infra.packets import Family, Ranges, intersect, network_range, subtract, union

Refuse = Callable[[int, str], None]
"""Notes that a line is unread, and why."""
Addresses = Mapping[str, Iterable[str]]
"""Interface → its addresses "a/len", both families."""

TOO_MANY = "it changes the sources of more packets than a policy route sends by this interface"
NO_NEIGHBOUR = "no interface leads to this next hop"
OTHER_PORT = "this interface does not lead to the next hop"


class Way(NamedTuple):
    """One half: where packets go."""

    ingress: str
    egress: str | None  # None: the text does not say, so the cover does
    sources: Ranges
    next_hop: int | None
    line: int
    works: bool = True  # False: it is off, or an interface is


class Cover(NamedTuple):
    """The other half: what leaves bears the device's own address."""

    egress: str
    sources: Ranges
    line: int
    ingress: frozenset[str] | None = None  # None: wherever they come from

    def concerns(self, way: Way) -> bool:
        """Whether packets on this way come by here."""
        here = way.egress is None or way.egress == self.egress
        return here and (self.ingress is None or way.ingress in self.ingress)


class BreakOuts(NamedTuple):
    """What has both halves, and where each way begins."""

    found: tuple[BreakOut, ...] = ()
    lines: Mapping[str, int] = {}


def whole(ways: Sequence[Way], covers: Sequence[Cover], refuse: Refuse) -> BreakOuts:
    """The break-outs that these halves make; a cover of other sources is refused."""
    proper: list[Cover] = []
    for one in covers:
        meant = union(part for way in ways if one.concerns(way) for part in way.sources)
        if not one.sources or subtract(one.sources, meant):
            refuse(one.line, TOO_MANY)
        else:
            proper.append(one)
    found: list[BreakOut] = []
    for way in ways:
        fitting = [one for one in proper if one.concerns(way) and _meet(one.sources, way.sources)]
        covered = union(part for one in fitting for part in one.sources)
        places = [*{one.egress for one in fitting}]
        if way.works and len(places) == 1 and not subtract(way.sources, covered):
            found += (BreakOut(way.ingress, places[0], part, way.next_hop) for part in way.sources)
    lines: dict[str, int] = {}
    for way in ways:
        lines.setdefault(way.ingress, way.line)
    return BreakOuts(tuple(dict.fromkeys(found)), lines)


def towards(next_hop: int, addresses: Addresses) -> str | None:
    """The interface whose neighbour a next hop is; None: no one's, or several ones'."""
    found = {
        name
        for name, held in addresses.items()
        for family, (low, high) in (network_range(ip_interface(one).network) for one in held)
        if family is Family.V4 and low <= next_hop <= high
    }
    return found.pop() if len(found) == 1 else None


def earlier(ways: Iterable[Way], ingress: str, sources: Ranges) -> bool:
    """Whether packets of some sources that come in there go another way already."""
    return any(one.ingress == ingress and _meet(one.sources, sources) for one in ways)


def _meet(one: Ranges, other: Ranges) -> bool:
    return bool(intersect(one, other))
