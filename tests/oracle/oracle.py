"""A second reading of docs/concepts/policies.md: one packet at a time, from the raw YAML.

It compiles nothing: it finds the ends that a packet's two addresses belong to, then asks each
policy. It shares no code with `telemed_infra`; `test_agreement.py` compares it with the intent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path
from typing import Any

from tests.oracle.ends import BEYOND, End, Inventory, Prefix, Site, fits

Address = IPv4Address | IPv6Address
Crossing = tuple[str, str, str]  # enforcement point (its site), zone in, zone out
# Where an app lists ports or types: ICMP travels in IPv4 only, ICMPv6 in IPv6.
LISTED = {(4, 6): "tcp", (4, 17): "udp", (4, 1): "icmp"}
LISTED |= {(6, 6): "tcp", (6, 17): "udp", (6, 58): "icmp6"}


class Oracle:
    """Says whether some policy of the inventory needs a packet to pass an enforcement point."""

    def __init__(self, inventory: Path) -> None:
        self.inventory = Inventory(inventory)
        self.ends: dict[Prefix, list[End]] = defaultdict(list)
        for end in self.inventory.ends():
            self.ends[end.prefix].append(end)
        self.lengths = {(family, length) for family, length, _ in self.ends}
        self.sites = {site.id: site for site in self.inventory.sites}
        self.named = cache(self.policies_naming)

    def allowed(
        self, point: str, zone_in: str, zone_out: str,
        source: Address, destination: Address, protocol: int, port: int,
    ) -> bool:  # fmt: skip
        """`port`: the destination's; the type of an ICMP message; of other protocols any."""
        return bool(self.reasons((point, zone_in, zone_out), source, destination, protocol, port))

    def reasons(
        self, crossing: Crossing, source: Address, destination: Address, protocol: int, port: int
    ) -> set[str]:
        """The ids of the policies that need the packet to pass there."""
        policies, apps = self.inventory.policies, self.inventory.apps
        return self.letting_guests_out(crossing, source, destination, protocol, port) | {
            name
            for f in self.ends_with(source)
            for t in self.ends_with(destination)
            if any(crossing in ways_of(f, t, a, b) for a in f.places for b in t.places)
            for name in self.named(f, "from") & self.named(t, "to")
            if in_scope(f, t, policies[name]["to"].get("within"))
            if any(
                carries(apps[app], source.version, protocol, port) for app in policies[name]["apps"]
            )
        }

    def letting_guests_out(
        self, crossing: Crossing, source: Address, destination: Address, protocol: int, port: int
    ) -> set[str]:
        """Guests bear the same addresses everywhere: where the packet is says whose it is."""
        point, zone_in, zone_out = crossing
        its, plan = self.inventory, self.inventory.plan
        site = self.sites[point]
        if not its.blueprints[site.kind]["zones"].get(zone_in, {}).get("guest"):
            return set()
        if zone_out != "LINE" or source not in ip_network(plan["guest"]):
            return set()
        if destination.version != 4 or not is_public(plan, destination):
            return set()
        tags = its.tags(site) | {"zone": {zone_in}}
        return {
            name
            for name, policy in its.policies.items()
            if policy["to"].get("internet") and fits(policy["from"], tags)
            if any(carries(its.apps[app], 4, protocol, port) for app in policy["apps"])
        }

    def ends_with(self, address: Address) -> Iterator[End]:
        for family, length in self.lengths:
            if family == address.version:
                free = address.max_prefixlen - length
                yield from self.ends.get((family, length, int(address) >> free << free), ())

    def policies_naming(self, end: End, side: str) -> set[str]:
        return {
            name for name, policy in self.inventory.policies.items() if names(policy[side], end)
        }


def is_public(plan: dict[str, Any], address: Address) -> bool:
    return not any(address in ip_network(prefix) for prefix in plan["not_public"])


def names(selector: dict[str, Any], end: End) -> bool:
    return "internet" not in selector and fits(
        {key: its for key, its in selector.items() if key != "within"}, end.tags
    )


def in_scope(f: End, t: End, within: str | None) -> bool:
    """Whether the two ends may meet at all: family, `within`, the instances' groups."""
    if f.prefix[0] != t.prefix[0]:
        return False
    if f is t or (within and not f.tags.get(within, set()) & t.tags.get(within, set())):
        return False
    one_is_instance = "service" in f.tags or "service" in t.tags
    return not one_is_instance or None in (f.group, t.group) or f.group == t.group


def ways_of(f: End, t: End, a: Site, b: Site) -> set[Crossing]:
    """What a packet crosses between two ends where they stand.

    Groups are given to hosts by one member of a pair, whichever of the two it came to.
    """
    crossed = way(a, f.zone, b, t.zone)
    if "multicast" in t.tags and b.kind == "provincial-hospital":
        crossed |= {(b.id, "WAN", "WAN")}
    return crossed


def way(a: Site, zone_a: str, b: Site, zone_b: str) -> set[Crossing]:
    """What a packet from zone a to zone b crosses: up to the first common point, and down."""
    if a is b:
        return {(a.id, zone_a, zone_b)} if zone_a != zone_b else set()
    up, down = climb(a, zone_a), climb(b, zone_b)
    crossed = {(point, up.get(point, "WAN"), down.get(point, "WAN")) for point in up | down}
    return crossed | {(site.id, "WAN", "WAN") for site in pairs_within(a, b, zone_b)}


def pairs_within(a: Site, b: Site, zone_b: str) -> Iterator[Site]:
    """Where the packet may leave by the other member, or come by it to the member itself."""
    for site, crosses in ((a, True), (b, zone_b == "LOCAL")):
        if crosses and site.kind == "provincial-hospital":
            yield site


def climb(site: Site, zone: str) -> dict[str, str]:
    """The enforcement points on the way up, each with its lower zone."""
    head = {site.head: "VPN" if site.kind == "township" else "DOWN"} if site.head else {}
    return {} if site is BEYOND else {site.id: zone} | head


def carries(app: dict[str, Any], family: int, protocol: int, port: int) -> bool:
    for listed in app.get(LISTED.get((family, protocol), ""), ()):
        low, _, high = str(listed).partition("-")
        if int(low) <= port <= int(high or low):
            return True
    return protocol in app.get("protocol", ())
