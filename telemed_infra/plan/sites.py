"""Blocks, zones, VLANs and AS numbers of each site.

Arithmetic on numbers that the inventory carries, so that adding, removing or renaming a site
renumbers nobody else.

Source: docs/concepts/policies.md, "Addresses".
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct

from telemed_infra.model.network import Network, Site
from telemed_infra.model.schema.blueprint_file import Placement
from telemed_infra.packets import Family
from telemed_infra.plan.prefix import Prefix, prefix

PREFECTURE, COUNTY, HOSPITAL, TOWNSHIP = 12, 17, 20, 23  # lengths of IPv4 blocks
PREFECTURE6, COUNTY6, SITE6, ZONE6 = 36, 44, 52, 64  # lengths of IPv6 blocks
FIRST_CITY_HOSPITAL = 48
PROVINCIAL_HOSPITALS = 0x000D0000  # 10.13.0.0 in 10.0.0.0/12
LOOPBACKS6, LINKS6 = 0xFFE, 0xFFF  # /64s of a site's /52
DATA_CENTER6, PROVINCIAL6, COUNTY_HOSPITAL6 = 0xA0, 0x40, 0xF0


class ZonePlan(Struct, frozen=True):
    """A zone at a site. Guests have no IPv6; sites without IPv6 have none anywhere."""

    name: str
    vlan: int
    v4: Prefix
    v6: Prefix | None
    local4: Prefix | None = None  # what its hosts bear in place of `v4`, one to one

    @property
    def inside4(self) -> Prefix:
        """The IPv4 network that its hosts and its gateways stand in."""
        return self.local4 or self.v4

    def host(self, number: int) -> tuple[Prefix, Prefix | None]:
        """Address `number` of the zone in each family, as its hosts know it."""
        return self.inside4.host(number), self.v6.host(number) if self.v6 else None


@dataclass(frozen=True, slots=True)
class SitePlan:
    """All numbers of one site."""

    site: Site
    block4: Prefix
    block6: Prefix
    as_number: int | None
    zones: dict[str, ZonePlan]
    trunk_zones: tuple[str, ...]  # what a trunk carries: zones that do not lead elsewhere

    @property
    def ipv6(self) -> bool:
        """Whether the site's devices speak IPv6."""
        return self.site.blueprint.ipv6

    def loopback(self, number: int) -> tuple[Prefix, Prefix | None]:
        """Loopback `number` in each family."""
        return self._extra(self.site.blueprint.loopbacks, LOOPBACKS6, number)

    def link_address(self, link: int, end: int) -> tuple[Prefix, Prefix | None]:
        """End 0 (upper) or 1 (this site's) of point-to-point link number `link`, as /31, /127."""
        v4, v6 = self._extra(self.site.blueprint.links_block, LINKS6, 2 * link + end)
        return v4._replace(length=31), v6._replace(length=127) if v6 else None

    def circuit_address(self, over: int | None, end: int) -> Prefix | None:
        """An end's address on the circuit below a line, as /31; None: the line is the circuit."""
        return None if over is None else self.link_address(over, end)[0]

    def line_host(self, number: int) -> Prefix:
        """Address `number` towards the carrier, with the length of that network."""
        place = self.site.blueprint.lines
        if place is None:
            raise ValueError(f"{self.site.id}: its blueprint has no `lines`")
        block = self.block4.part(place.at, place.length)
        return block.host(number)._replace(length=place.length)

    def _extra(
        self, place: Placement | None, number6: int, host: int
    ) -> tuple[Prefix, Prefix | None]:
        if place is None:
            raise ValueError(f"{self.site.id}: its blueprint has no place for this address")
        v4 = self.block4.part(place.at, place.length).host(host)
        v6 = self.block6.part(number6 << 64, ZONE6).host(host) if self.ipv6 else None
        return v4, v6


def site_plan(network: Network, site: Site) -> SitePlan:
    """The numbers of one site; they depend on its own numbers and its parents' alone."""
    block4 = _block4(network, site)
    block6 = _block6(network, site)
    zones = {}
    for name, place in site.blueprint.zones.items():
        if place.guest:
            zones[name] = ZonePlan(name, place.vlan, prefix(network.addresses.guest), None)
            continue
        assert place.at is not None  # the model's rules see to it
        assert place.length is not None
        v6 = block6.part(place.vlan << 64, ZONE6) if site.blueprint.ipv6 else None
        own = site.local_nat.get(name.lower())
        v4, local4 = block4.part(place.at, place.length), prefix(own) if own else None
        zones[name] = ZonePlan(name, place.vlan, v4, v6, local4)
    trunk_zones = tuple(name for name in zones if not network.zones[name].transit)
    return SitePlan(site, block4, block6, _as_number(network, site), zones, trunk_zones)


def _block4(network: Network, site: Site) -> Prefix:
    if site.kind == "data-center":
        return prefix(network.data_centers[site.id].v4)
    province = prefix(network.addresses.v4).first
    if site.kind == "provincial-hospital":
        return Prefix(
            Family.V4, province + PROVINCIAL_HOSPITALS + _of_size(HOSPITAL, site.num), HOSPITAL
        )
    assert site.prefecture is not None
    base = province + _of_size(PREFECTURE, site.prefecture.num)
    if site.kind == "city-hospital":
        return Prefix(Family.V4, base + _of_size(HOSPITAL, site.num), HOSPITAL)
    assert site.county is not None
    if site.kind == "county-hospital":
        number = 2 * (site.county.num - 1) + site.num
        return Prefix(Family.V4, base + _of_size(HOSPITAL, number), HOSPITAL)
    county = base + (1 << 18) + _of_size(COUNTY, site.county.num - 1)
    if site.kind == "county-center":
        return Prefix(Family.V4, county, HOSPITAL)
    first_township = county + _of_size(HOSPITAL, 1)
    return Prefix(Family.V4, first_township + _of_size(TOWNSHIP, site.num - 1), TOWNSHIP)


def _of_size(length: int, number: int) -> int:
    return number << (32 - length)


def _block6(network: Network, site: Site) -> Prefix:
    base = prefix(network.addresses.v6).first

    def part(prefecture: int, county: int, number: int) -> Prefix:
        offset = (
            prefecture << (128 - PREFECTURE6) | county << (128 - COUNTY6) | number << (128 - SITE6)
        )
        return Prefix(Family.V6, base | offset, SITE6)

    if site.kind == "data-center":
        return part(0, DATA_CENTER6 + site.num, 0)
    if site.kind == "provincial-hospital":
        return part(0, PROVINCIAL6 + site.num, 0)
    assert site.prefecture is not None
    if site.kind == "city-hospital":
        return part(site.prefecture.num, site.num, 0)
    assert site.county is not None
    number = {"county-center": 0, "county-hospital": COUNTY_HOSPITAL6 + site.num}.get(
        site.kind, site.num
    )
    return part(site.prefecture.num, site.county.num, number)


def _as_number(network: Network, site: Site) -> int | None:
    base = network.addresses.as_base
    if site.kind == "data-center":
        return network.data_centers[site.id].as_number
    if site.kind == "provincial-hospital":
        return base + 500 + site.num
    assert site.prefecture is not None
    base += site.prefecture.num * 1_000_000
    if site.kind == "city-hospital":
        return base + 500 + site.num - FIRST_CITY_HOSPITAL
    assert site.county is not None
    base += site.county.num * 1_000
    return {"county-center": base, "county-hospital": base + 500 + site.num}.get(site.kind)


def prefecture_blocks(network: Network, prefecture: int) -> tuple[Prefix, Prefix]:
    """All of a prefecture in each family: what its routers tell of it."""
    base4 = prefix(network.addresses.v4).first + _of_size(PREFECTURE, prefecture)
    base6 = prefix(network.addresses.v6).first | prefecture << (128 - PREFECTURE6)
    return Prefix(Family.V4, base4, PREFECTURE), Prefix(Family.V6, base6, PREFECTURE6)


def county_blocks(center: SitePlan) -> tuple[Prefix, Prefix]:
    """A county's centre and townships in each family; hospitals have IPv4 blocks of their own."""
    return (
        Prefix(Family.V4, center.block4.first, COUNTY),
        Prefix(Family.V6, center.block6.first, COUNTY6),
    )


def aggregation_as_number(network: Network, prefecture: int) -> int:
    """The AS number of a prefecture's AR pair."""
    return network.addresses.as_base + prefecture * 1_000_000
