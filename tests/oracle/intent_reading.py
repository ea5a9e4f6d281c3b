"""The compiler's reading of the policies, asked for one packet at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from ipaddress import IPv4Address, IPv6Address, ip_address
from operator import itemgetter
from pathlib import Path

from telemed_infra.intent.network import written
from telemed_infra.intent.openings import Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.model.load import load
from telemed_infra.packets import ICMP, ICMP6, Family, Ranges
from telemed_infra.pipeline.meaning import Meaning


class IntentReading:
    """Whether some written opening holds a packet; derived and tolerated ones do not count."""

    def __init__(self, inventory: Path) -> None:
        network = load(inventory, as_of=None)
        intent = Meaning(network).intent
        self._services = AppServices(network.apps)
        self._openings: dict[tuple[str, str, str], list[Opening]] = defaultdict(list)
        for point in network.sites:
            for opening in written(intent.at(point)):
                self._openings[point, opening.zone_in, opening.zone_out].append(opening)

    def allowed(
        self,
        point: str,
        zone_in: str,
        zone_out: str,
        source: str | IPv4Address | IPv6Address,
        destination: str | IPv4Address | IPv6Address,
        protocol: int,
        port: int,
    ) -> bool:
        """Port is the destination port; for ICMP and ICMPv6 it is the type."""
        first, second = ip_address(source), ip_address(destination)
        family = Family(first.version)
        key = protocol << 16 | (port << 8 if protocol in (ICMP, ICMP6) else port)
        return first.version == second.version and any(
            _holds(opening.sources.ranges(family), int(first))
            and _holds(opening.destinations.ranges(family), int(second))
            and any(
                one.key_low <= key <= one.key_high
                for one in self._services.of(opening.apps, family)
            )
            for opening in self._openings[point, zone_in, zone_out]
        )


def _holds(ranges: Ranges, address: int) -> bool:
    """They are sorted and disjoint: the last that begins before it holds it, or none."""
    at = bisect_right(ranges, address, key=itemgetter(0))
    return at > 0 and address <= ranges[at - 1][1]
