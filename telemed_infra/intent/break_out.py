"""Openings of guests: from their zone to their site's own line, and to what is public behind it.

No other firewall sees these packets, so nothing is cut.

Source: docs/concepts/policies.md, "Guests".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from telemed_infra.intent.ends import End
from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.model.network import Network
from telemed_infra.model.schema.policy_file import Policy
from telemed_infra.plan.devices import LINE_ZONE
from telemed_infra.plan.internet import public


class BreakOuts:
    """The policies that lead to the Internet, by site."""

    def __init__(self, network: Network) -> None:
        self._addresses = network.addresses
        self._by_site: dict[str, list[tuple[Policy, str, End]]] = defaultdict(list)

    def add(self, policy: Policy, guests: Iterable[End]) -> None:
        """One policy, at each site where its guests are."""
        for end in guests:
            for site, zone in end.places:
                self._by_site[site].append((policy, zone, end))

    def at(self, site: str) -> Iterator[Opening]:
        """The openings of a site's enforcement point."""
        for policy, zone, guests in self._by_site.get(site, ()):
            yield Opening(
                policy=policy.id,
                origin=policy.origin,
                zone_in=zone,
                zone_out=LINE_ZONE,
                sources=guests.alone,
                destinations=self._internet,
                apps=policy.apps,
                sense=f"{zone}>{self._internet.label}",
            )

    @cached_property
    def _internet(self) -> AddressGroup:
        """In ranges: as prefixes they would be ten times as many lines on each device."""
        origin = self._addresses.origin
        return AddressGroup(
            "INTERNET",
            tuple(
                Member(f"internet {one.text}", one, None, origin) for one in public(self._addresses)
            ),
        )
