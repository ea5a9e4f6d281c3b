"""Checked documents → `Network`: sites with their blueprints, devices with their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from telemed_infra.model.draft import Draft, Placed
from telemed_infra.model.network import CountyRecord, Device, Network, Site
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.model.schema.network_file import BlueprintKind, NetworkFile, Platform, Vendor
from telemed_infra.model.schema.site_file import DataCenter, Township

AGGREGATION: BlueprintKind = "city-aggregation"


def resolve(draft: Draft, sources: Mapping[str, str]) -> Network:
    """The network of documents in which the rules found nothing."""
    network, centers = draft.network, draft.data_centers
    assert network is not None
    assert centers is not None
    assert draft.failover is not None
    assert draft.ids is not None
    assert draft.people is not None
    sites = _sites(draft)
    site_devices = _devices(network, sites)
    return Network(
        province=network.province,
        name=network.name,
        short=network.short,
        review_months=network.review_months,
        addresses=network.addresses,
        management=network.management,
        administration=network.administration,
        tunnels=network.tunnels,
        multicast=network.multicast,
        zones=network.zones,
        dscp=network.dscp,
        apps=network.apps,
        blueprints=draft.by_kind(),
        data_centers=centers.data_centers,
        session_keys=centers.session_keys,
        fibre=centers.fibre,
        conduits=centers.conduits,
        carriers=centers.carriers,
        witnesses=centers.witnesses,
        prefectures={file.prefecture.id: file.prefecture for file in draft.sites.values()},
        counties={record.id: record for record in _counties(draft, sites)},
        sites=sites,
        devices=tuple(device for found in site_devices.values() for device in found),
        site_devices=site_devices,
        services=draft.services or {},
        failover=draft.failover,
        policies=tuple(policy for found in draft.policies.values() for policy in found),
        groups=draft.groups or {},
        partners=draft.partners or {},
        ids=draft.ids,
        roles=draft.people.roles,
        circuits=tuple(circuit for file in draft.sites.values() for circuit in file.circuits),
        expectations=draft.expectations or (),
        sources=sources,
    )


def device_stem(province_short: str, site: Site) -> str:
    """What the names of a site's devices begin with: the shorts of its parents and its own."""
    parts = (
        site.prefecture.short if site.prefecture else province_short,
        site.county.short if site.county else None,
        site.short,
    )
    return "-".join(part for part in parts if part)


class DeviceRow(NamedTuple):
    """A device of a kind of site, before it stands in one."""

    suffix: str
    role: str
    number: int
    k: int
    platform: Platform
    blueprint: BlueprintFile


def device_rows(
    own: BlueprintFile, aggregation: BlueprintFile | None, vendor: Vendor
) -> Iterator[DeviceRow]:
    """The aggregation's devices go on counting where the site's own end.

    The model's rules have seen to it that each role has a platform of the vendor.
    """
    last: dict[str, int] = {}
    for blueprint in (own, aggregation):
        if blueprint is None:
            continue
        for role, k, number in device_numbers(blueprint, last):
            platform = blueprint.devices[role].platform_of(vendor)
            assert platform is not None
            yield DeviceRow(f"-{role}{number:02d}", role, number, k, platform, blueprint)


def _devices(network: NetworkFile, sites: Mapping[str, Site]) -> dict[str, tuple[Device, ...]]:
    """By site. Sites of one kind and vendor share their rows."""
    rows: dict[tuple[str, bool, Vendor], tuple[DeviceRow, ...]] = {}
    found: dict[str, tuple[Device, ...]] = {}
    for site in sites.values():
        vendor = site.vendor or network.vendor
        key = (site.kind, site.aggregation is not None, vendor)
        if key not in rows:
            rows[key] = tuple(device_rows(site.blueprint, site.aggregation, vendor))
        stem = device_stem(network.short, site)
        found[site.id] = tuple(
            [
                Device(
                    name=stem + row.suffix,
                    site=site,
                    role=row.role,
                    number=row.number,
                    k=row.k,
                    platform=row.platform,
                    vendor=vendor,
                    blueprint=row.blueprint,
                    management_only=row.blueprint.devices[row.role].management_only,
                    origin=site.origin,
                )
                for row in rows[key]
            ]
        )
    return found


def device_numbers(
    blueprint: BlueprintFile, last: dict[str, int]
) -> Iterator[tuple[str, int, int]]:
    """Role, index from 0 and number of each device. `last`: highest number by role, kept up."""
    for role, entry in blueprint.devices.items():
        first = max(entry.first, last.get(role, 0) + 1)
        for k in range(entry.count):
            yield role, k, first + k
        last[role] = first + entry.count - 1


def _sites(draft: Draft) -> dict[str, Site]:
    blueprints = draft.by_kind()
    groups: dict[str, set[str]] = defaultdict(set)
    for name, group in (draft.groups or {}).items():
        for member in group.members:
            groups[member].add(name)
    memberships = {site: frozenset(names) for site, names in groups.items()}
    sites = {
        name: _data_center(name, center, memberships.get(name, frozenset()), blueprints)
        for name, center in draft.centers().items()
    }
    for placed in draft.placed():
        sites[placed.id] = _site(placed, memberships.get(placed.id, frozenset()), blueprints)
    return sites


def _data_center(
    name: str,
    center: DataCenter,
    groups: frozenset[str],
    blueprints: Mapping[BlueprintKind, BlueprintFile],
) -> Site:
    return Site(
        id=name,
        kind="data-center",
        name=center.name,
        short=center.short,
        num=center.num,
        code="",
        prefecture=None,
        county=None,
        county_id=None,
        vendor=center.vendor,
        roles=(),
        uplink_mbps=0,
        carrier="",
        endpoints=center.endpoints,
        lte=False,
        local_nat={},
        groups=groups,
        blueprint=blueprints["data-center"],
        aggregation=None,
        origin=center.origin,
    )


def _site(
    placed: Placed, groups: frozenset[str], blueprints: Mapping[BlueprintKind, BlueprintFile]
) -> Site:
    item, county, prefecture = placed.item, placed.county, placed.document.prefecture
    township = item if isinstance(item, Township) else None
    return Site(
        id=placed.id,
        kind=placed.kind,
        name=item.name,
        short=item.short,
        num=item.num,
        code=township.code if township else county.code if county else prefecture.code,
        prefecture=prefecture,
        county=county,
        county_id=placed.county_id,
        vendor=item.vendor or (county.vendor if county else None),
        roles=item.roles,
        uplink_mbps=item.uplink_mbps,
        carrier=item.carrier,
        endpoints=item.endpoints,
        lte=township.lte if township else False,
        local_nat=item.local_nat,
        groups=groups,
        blueprint=blueprints[placed.kind],
        aggregation=blueprints[AGGREGATION] if prefecture.aggregation_in == placed.id else None,
        origin=item.origin,
    )


def _counties(draft: Draft, sites: Mapping[str, Site]) -> Iterator[CountyRecord]:
    for document in draft.sites.values():
        for name, county in document.counties.items():
            yield CountyRecord(
                id=name,
                item=county,
                prefecture=document.prefecture,
                center=sites[county.center.id],
                hospitals=tuple(sites[hospital] for hospital in county.hospitals),
                townships=tuple(sites[township] for township in county.townships),
                origin=county.origin,
            )
