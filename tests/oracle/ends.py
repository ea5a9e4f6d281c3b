"""The ends of docs/concepts/policies.md, from the raw YAML: who stands where, at which address.

The oracle's own address plan; it shares no code with `telemed_infra`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import yaml

Prefix = tuple[int, int, int]  # family, length, first address
BITS = {4: 32, 6: 128}
Place = tuple[int, int]  # length of a prefix, its distance from the first address of the site

# Site n of county c. IPv4: its distance from the prefecture's first address (a data centre's block
# is written in the inventory). IPv6: numbers of its /44 and of its first /52.
BLOCKS: dict[str, Callable[[int, int], tuple[int, int, int]]] = {
    "data-center": lambda _, n: (0, 0xA0 + n, 0),
    "provincial-hospital": lambda _, n: (0xD0000 + (n << 12), 0x40 + n, 0),
    "city-hospital": lambda _, n: (n << 12, n, 0),
    "county-hospital": lambda c, n: (2 * (c - 1) + n << 12, c, 0xF0 + n),
    "county-center": lambda c, _: ((1 << 18) + (c - 1 << 15), c, 0),
    "township": lambda c, n: ((1 << 18) + (c - 1 << 15) + (1 << 12) + (n - 1 << 9), c, n),
}


@dataclass(frozen=True, eq=False)
class Site:
    id: str
    kind: str
    first: dict[int, int]  # by family: the first address of its block, of its first /52
    prefecture: dict[str, Any]  # as written; empty for a data centre
    county: str
    head: str  # the county centre that its way up leads through

    @property
    def group(self) -> int | None:
        """Number of the prefecture whose instances serve it; None: every instance does."""
        return self.prefecture.get("num")


BEYOND = Site("", "", {}, {}, "", "")  # no site: beyond WAN for everybody


@dataclass(frozen=True, eq=False)
class End:
    prefix: Prefix
    zone: str
    places: tuple[Site, ...]  # where the zone is
    tags: dict[str, set[Any]]  # what a selector may say of it
    group: int | None  # whom an instance serves, or whose instances serve it; None: all


class Inventory:
    """The documents as they are written, and the ends that they make."""

    def __init__(self, folder: Path) -> None:
        def read(pattern: str) -> dict[str, Any]:
            paths = sorted(folder.glob(pattern))
            return {
                path.stem: yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in paths
            }

        self.top, self.blueprints = read("*.yml"), read("blueprints/*.yml")
        self.prefectures = list(read("sites/*.yml").values())
        policies = [policy for file in read("policies/*.yml").values() for policy in file or ()]
        self.policies = {policy["id"]: policy for policy in policies}
        self.plan, self.apps = self.top["network"]["addresses"], self.top["network"]["apps"]
        self.management = self.top["network"]["management"]
        self.centers = tuple(
            self.site("data-center", name, its, first(its["v4"]), {})
            for name, its in self.top["data_centers"]["data_centers"].items()
        )
        self.sites = (*self.centers, *self.sites_of_prefectures())

    def sites_of_prefectures(self) -> Iterator[Site]:
        for file in self.prefectures:
            prefecture = file["prefecture"]
            below = first(self.plan["v4"]) + (prefecture["num"] << 20), prefecture
            kind = "city-hospital" if prefecture["num"] else "provincial-hospital"
            for name, its in file["hospitals"].items():
                yield self.site(kind, name, its, *below)
            for county_id, county in file.get("counties", {}).items():
                head = county["center"]["id"]
                yield self.site("county-center", head, {}, *below, (county["num"], county_id, ""))
                place = *below, (county["num"], county_id, head)
                for name, its in county["hospitals"].items():
                    yield self.site("county-hospital", name, its, *place)
                for name, its in county["townships"].items():
                    yield self.site("township", name, its, *place)

    def site(
        self, kind: str, name: str, its: dict[str, Any], v4: int, prefecture: dict[str, Any],
        county: tuple[int, str, str] = (0, "", ""),
    ) -> Site:  # fmt: skip
        at, at44, at52 = BLOCKS[kind](county[0], its.get("num", 0))
        v6 = first(self.plan["v6"]) + (prefecture.get("num", 0) << 92) + (at44 << 84) + (at52 << 76)
        return Site(name, kind, {4: v4 + at, 6: v6}, prefecture, *county[1:])

    def ends(self) -> Iterator[End]:
        for site in self.sites:
            tags = self.tags(site)
            families = (4, 6) if self.blueprints[site.kind].get("ipv6") else (4,)
            for tag, zone, *places in self.places(site):
                for family, (length, at) in zip(families, places, strict=False):
                    prefix = family, length, site.first[family] + at
                    yield End(prefix, zone, (site,), tags | tag, site.group)
        yield from self.instances()
        yield from self.hosts()
        yield from self.groups()
        for name, its in self.top["partners"].items():
            for network in map(ip_network, its["prefixes"]):
                prefix = network.version, network.prefixlen, int(network[0])
                yield End(prefix, "PARTNER", self.centers, {"partner": {name}}, None)

    def tags(self, site: Site) -> dict[str, set[Any]]:
        groups = {name for name, its in self.top["groups"].items() if site.id in its["members"]}
        tags = {"kind": {site.kind}, "site": {site.id}, "group": groups}
        tags |= {"county": {site.county}} if site.county else {}
        return tags | ({"prefecture": {site.prefecture["id"]}} if site.prefecture else {})

    def places(self, site: Site) -> Iterator[tuple[dict[str, set[str]], str, Place, Place]]:
        """Zones, servers and devices: tag, zone, by family length and place in the block."""
        own = self.blueprints[site.kind]
        zones = {zone: its for zone, its in own["zones"].items() if not its.get("guest")}
        for zone, its in zones.items():
            yield {"zone": {zone}}, zone, (its["length"], its["at"]), (64, its["vlan"] << 64)
        if site.kind == "data-center":
            yield from self.servers(zones)
        houses = site.prefecture.get("aggregation_in") == site.id
        for blueprint in (own, self.blueprints["city-aggregation"]) if houses else (own,):
            for role, its in blueprint["devices"].items():
                zone, at4, at6 = "MGMT", zones["MGMT"]["at"], zones["MGMT"]["vlan"]
                if role == blueprint.get("enforcing"):
                    zone, at4, at6 = "LOCAL", own["loopbacks"]["at"], 0xFFE
                for host in range(its["host"], its["host"] + its["count"]):
                    tag = {"devices": {role, "all"}}
                    yield tag, zone, (32, at4 + host), (128, (at6 << 64) + host)

    def servers(
        self, zones: dict[str, Any]
    ) -> Iterator[tuple[dict[str, set[str]], str, Place, Place]]:
        """The single addresses of who manages the devices, in one zone of a data centre."""
        zone = self.management["zone"]
        at4, at6 = zones[zone]["at"], zones[zone]["vlan"] << 64
        for name, host in self.management["hosts"].items():
            yield {"management": {name}}, zone, (32, at4 + host), (128, at6 + host)

    def instances(self) -> Iterator[End]:
        everyone = [file["prefecture"]["num"] for file in self.prefectures]
        for name, its in self.top["services"].items():
            by_prefecture = its["instances"]["by"] == "prefecture"
            for number in everyone if by_prefecture else [0]:
                for family, bits in BITS.items():
                    at = first(self.plan["service_pool"][f"v{family}"]) + 256 * its["num"] + number
                    group = number if by_prefecture else None
                    yield End(
                        (family, bits, at), its["zone"], self.centers, {"service": {name}}, group
                    )

    def hosts(self) -> Iterator[End]:
        """Those of failover, each a single IPv4 address."""
        its = self.top["failover"]
        observers, agents = {"observers": its["observers"]}, its["heartbeats"]
        of_center = {name: agents[name] for name in ("fibre", "health")}
        of_center |= {"register": its["register"]}
        for site in self.sites:
            tags, zones = self.tags(site), self.blueprints[site.kind]["zones"]
            hospital = site.kind.endswith("-hospital")
            observes = hospital and any(fits(one, tags) for one in its["observers"]["sites"])
            placed = of_center if site in self.centers else observers if observes else {}
            for name, host in placed.items():
                at = site.first[4] + zones[host["zone"]]["at"] + host["host"]
                tag = {"failover": {name}}
                yield End((4, 32, at), host["zone"], (site,), tags | tag, site.group)
        at = first(self.top["data_centers"]["witnesses"][its["witness"]]["v4"])
        yield End((4, 32, at), "WAN", (BEYOND,), {"failover": {"witness"}}, None)

    def groups(self) -> Iterator[End]:
        """Those of multicast, at each site that has the zone where hosts ask for them."""
        its = self.top["network"].get("multicast")
        for site in self.sites if its else ():
            if its["zone"] in self.blueprints[site.kind]["zones"]:
                network = ip_network(its["groups"])
                prefix = 4, network.prefixlen, int(network[0])
                tags = self.tags(site) | {"multicast": {True}}
                yield End(prefix, its["zone"], (site,), tags, site.group)


def fits(conditions: dict[str, Any], tags: dict[str, set[str]]) -> bool:
    """Whether all conditions hold; of a list, one of its values is enough."""
    return all(
        tags.get(key, set()) & {*(wanted if isinstance(wanted, list) else [wanted])}
        for key, wanted in conditions.items()
    )


def first(prefix: str) -> int:
    return int(ip_network(prefix)[0])
