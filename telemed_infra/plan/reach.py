"""What each end of a session may tell the other: sets of prefixes, by the design alone.

Source: docs/concepts/routing.md, "What is told".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from telemed_infra.model.network import Device, Network, Site
from telemed_infra.packets import Family
from telemed_infra.plan.links import Line, LineKind
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.sites import county_blocks, prefecture_blocks

# Their blocks, and the addresses of their pairs' members, end at a prefecture's routers.
PAIRS_BELOW = ("city-hospital", "county-center", "county-hospital")


class Reach(NamedTuple):
    """Prefixes inside of one, of these lengths; a single length for the prefix itself."""

    prefix: Prefix
    longest: int
    shortest: int
    origin: str
    number: int = 1  # how many there are in this network


class Exchange(NamedTuple):
    """What one end of a session may tell, and how many prefixes that can be at once."""

    name: str  # of the set; equal names are equal sets on one device, but for the family
    reaches: tuple[Reach, ...]
    number: int  # of prefixes at once


def how_many(reaches: Iterable[Reach]) -> int:
    """How many prefixes can be told at once."""
    return sum(one.number for one in reaches)


class Reaches:
    """The sets of a network."""

    def __init__(self, network: Network, plan: NetworkPlan) -> None:
        self._network = network
        self._plan = plan
        self._core: dict[Family, tuple[Reach, ...]] = {}
        self._below: dict[tuple[int, Family], tuple[Reach, ...]] = {}

    def over(self, line: Line, family: Family) -> tuple[Exchange, Exchange]:
        """What the upper and the lower end of a line tell each other."""
        site = line.lower.device.site
        own = self._of_lower(line, family)
        match line.kind:
            case LineKind.CORE_PAIR | LineKind.FIBRE:
                core = _exchange("CORE", self.core(family))
                return core, core
            case LineKind.CORE_AGGREGATION | LineKind.CORE_HOSPITAL:
                return self._others(line, own, family), _exchange(_label(line, site), own)
            case LineKind.HOSPITAL_PAIR:
                others = self._others(line, own, family)
                return others, others
            case LineKind.AGGREGATION_PAIR:
                mine = {one.prefix for one in self._prefecture(site, family)}
                known = [one for one in self.core(family) if one.prefix not in mine]
                pair = _exchange("PAIR", (*known, *self._parts(site, family)))
                return pair, pair
            case _:
                return _exchange("DEFAULT", (_default(family, line.origin),)), _exchange(
                    _label(line, site), own
                )

    def own(self, device: Device, family: Family) -> tuple[Reach, ...]:
        """The blocks that begin at a router or firewall."""
        site = device.site
        if site.kind == "data-center":
            return tuple(one for one in self.centers(family) if one.prefix in self._blocks_of(site))
        if device.role != site.blueprint.enforcing:
            return self._prefecture(site, family)
        return self._site(site, family)

    def member(self, device: Device, family: Family) -> tuple[Reach, ...]:
        """The own address of one of a pair whose members each have a router above them.

        That router would else send what is for the second one to the first, which has the block.
        """
        site = device.site
        if device.role != site.blueprint.enforcing:
            return ()
        own = {address for address in self._loopback(site, device.host) if address}
        return tuple(one for one in self._members(site, family) if one.prefix in own)

    def centers(self, family: Family) -> tuple[Reach, ...]:
        """The blocks of the data centres."""
        return tuple(
            _exact(self._block(self._plan.sites[name].site, family), center.origin)
            for name, center in self._network.data_centers.items()
        )

    def services(self, family: Family) -> tuple[Reach, ...]:
        """The address of each instance."""
        return tuple(
            _exact(
                one.v4 if family is Family.V4 else one.v6,
                self._network.services[one.service].origin,
            )
            for one in self._plan.instances
        )

    def core(self, family: Family) -> tuple[Reach, ...]:
        """All that core routers know: centres, prefectures, provincial hospitals, services."""
        if family not in self._core:
            pool = self._network.addresses.service_pool
            block = prefix(pool.v4 if family is Family.V4 else pool.v6)
            self._core[family] = (
                *self.centers(family),
                *self._prefectures(family),
                *self._provincial(family),
                Reach(
                    block,
                    family.bits,
                    family.bits,
                    self._network.addresses.origin,
                    len(self._plan.instances),
                ),
            )
        return self._core[family]

    def _prefectures(self, family: Family) -> Iterable[Reach]:
        for site in self._network.sites.values():
            if site.aggregation:
                yield from self._prefecture(site, family)

    def _provincial(self, family: Family) -> Iterable[Reach]:
        for site in self._network.sites.values():
            if site.kind == "provincial-hospital":
                yield from self._site(site, family)

    def _others(self, line: Line, own: tuple[Reach, ...], family: Family) -> Exchange:
        """What the core knows, without what lies below the line."""
        mine = {one.prefix for one in own}
        others = [one for one in self.core(family) if one.prefix not in mine]
        return _exchange(f"CORE-{_label(line, line.lower.device.site)}", others)

    def _of_lower(self, line: Line, family: Family) -> tuple[Reach, ...]:
        if line.kind in (LineKind.CORE_PAIR, LineKind.FIBRE, LineKind.AGGREGATION_PAIR):
            return ()
        return self._told(line.lower.device, family)

    def _told(self, device: Device, family: Family) -> tuple[Reach, ...]:
        """Its own blocks and members; a county head also tells those of the hospitals behind it."""
        site = device.site
        own = self.own(device, family)
        if device.role != site.blueprint.enforcing:
            return own
        behind: Iterable[Site] = ()
        if site.kind == "county-center":
            behind = self._network.counties[site.county_id or ""].hospitals
        return (
            *own,
            *self._members(site, family),
            *(one for each in behind for one in self._site(each, family)),
            *(one for each in behind for one in self._members(each, family)),
        )

    def _members(self, site: Site, family: Family) -> Iterable[Reach]:
        """The members of a pair, one by one, where each has a router above it."""
        blueprint = site.blueprint
        role = blueprint.devices.get(blueprint.enforcing or "")
        if site.kind not in PAIRS_BELOW or role is None or role.count < 2:
            return
        for k in range(role.count):
            for one in self._loopback(site, role.host + k):
                if one is not None and one.family is family:
                    yield _exact(one, site.origin)

    def _loopback(self, site: Site, host: int) -> tuple[Prefix, Prefix | None]:
        return self._plan.sites[site.id].loopback(host)

    def _parts(self, house: Site, family: Family) -> tuple[Reach, ...]:
        """What lies below a prefecture's routers, part by part."""
        assert house.prefecture is not None
        key = (house.prefecture.num, family)
        if key not in self._below:
            self._below[key] = tuple(
                one
                for site in self._network.sites.values()
                if site.prefecture == house.prefecture and site.kind in PAIRS_BELOW
                for one in (*self._site(site, family), *self._members(site, family))
            )
        return self._below[key]

    def _prefecture(self, house: Site, family: Family) -> tuple[Reach, ...]:
        assert house.prefecture is not None
        v4, v6 = prefecture_blocks(self._network, house.prefecture.num)
        return (_exact(v4 if family is Family.V4 else v6, house.prefecture.origin),)

    def _site(self, site: Site, family: Family) -> tuple[Reach, ...]:
        plan = self._plan.sites[site.id]
        if family is Family.V6 and not plan.ipv6:
            return ()
        if site.kind == "county-center":
            v4, v6 = county_blocks(plan)
            return (_exact(v4 if family is Family.V4 else v6, site.origin),)
        return (_exact(self._block(site, family), site.origin),)

    def _block(self, site: Site, family: Family) -> Prefix:
        plan = self._plan.sites[site.id]
        return plan.block4 if family is Family.V4 else plan.block6

    def _blocks_of(self, site: Site) -> tuple[Prefix, Prefix]:
        plan = self._plan.sites[site.id]
        return plan.block4, plan.block6


def _exact(block: Prefix, origin: str) -> Reach:
    return Reach(block, block.length, block.length, origin)


def _default(family: Family, origin: str) -> Reach:
    return _exact(Prefix(family, 0, 0), origin)


def _exchange(name: str, reaches: Iterable[Reach]) -> Exchange:
    found = tuple(reaches)
    return Exchange(name, found, how_many(found))


def _label(line: Line, site: Site) -> str:
    """What is told, by whom: a prefecture's routers or a site."""
    if line.kind is LineKind.CORE_AGGREGATION:
        assert site.prefecture is not None
        return site.prefecture.short
    parts = (
        site.prefecture.short if site.prefecture else "",
        site.county.short if site.county else "",
        site.short,
    )
    return "-".join(part for part in parts if part)
