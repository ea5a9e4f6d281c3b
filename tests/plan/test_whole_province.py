"""The shipped province's numbers: each once, each in its parent's block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from telemed_infra.model.network import Site
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.sites import SitePlan


def overlapping(prefixes: Iterable[Prefix]) -> list[str]:
    ordered = sorted(prefixes)
    return [
        f"{one.text} {other.text}"
        for one, other in pairwise(ordered)
        if one.family is other.family and one.last >= other.first
    ]


def inside(one: Prefix, block: Prefix) -> bool:
    return one.family is block.family and block.first <= one.first and one.last <= block.last


def places(plan: SitePlan) -> list[Prefix]:
    """What a site's block is divided into, of both families; without the guests."""
    blueprint = plan.site.blueprint
    found = [
        plan.block4.part(place.at, place.length)
        for place in (blueprint.loopbacks, blueprint.links_block)
        if place
    ]
    found += [zone.v4 for name, zone in plan.zones.items() if not blueprint.zones[name].guest]
    found += [zone.v6 for zone in plan.zones.values() if zone.v6]
    if plan.ipv6:
        found += [plan.block6.part(number << 64, 64) for number in (0xFFE, 0xFFF)]
    return found


def test_the_province_is_whole(meaning: Meaning) -> None:
    assert len(meaning.plan.sites) == 1832
    assert len(meaning.plan.management) == 4452


def test_vendors_are_mixed(meaning: Meaning) -> None:
    """Of the hospitals and of the counties; data centre B's switches and firewalls are H3C's."""
    one = meaning.network
    hospitals = [site for site in one.sites.values() if site.kind.endswith("-hospital")]
    for sites in (hospitals, [county.center for county in one.counties.values()]):
        shares = Counter(one.devices_of(site)[0].vendor for site in sites)
        assert 0.25 <= shares["h3c"] / len(sites) <= 0.35
        assert shares["huawei"] >= 0.15 * len(sites)
        assert shares["cisco"] >= 0.15 * len(sites)
    center = Counter(device.platform for device in one.devices_of(one.sites["dc-b"]))
    assert (center["h3c_secpath"], center["h3c_comware"]) == (2, 7)
    assert {device.vendor for device in one.devices_of(one.sites["dc-a"])} == {"huawei"}


def test_ruijie_has_access_switches_of_townships(meaning: Meaning) -> None:
    one = meaning.network
    found = [device for device in one.devices if device.platform == "ruijie_rgos"]
    assert {(device.site.kind, device.role) for device in found} == {("township", "ASW")}
    assert {device.site.county_id for device in found} == {
        "zhengan", "liping", "rongjiang", "congjiang",
    }  # fmt: skip
    assert len(found) == 83


def test_a_county_has_all_of_its_devices_from_one_vendor(meaning: Meaning) -> None:
    """What Cisco has nothing for in a county's blueprints is Linux and Suricata."""
    one = meaning.network
    county = [site for site in one.sites.values() if site.county_id == "chishui"]
    platforms = Counter(device.platform for site in county for device in one.devices_of(site))
    assert platforms == {
        "cisco_ios_zbf": 6, "cisco_ios": 6 + 17, "nftables": 17, "suricata": 1,
    }  # fmt: skip


def test_blocks_are_disjoint(meaning: Meaning) -> None:
    plans = meaning.plan.sites.values()
    addresses = meaning.network.addresses
    core = [prefix(text) for text in (addresses.core, addresses.service_pool.v4, addresses.guest,
                                      addresses.lte_pool)]  # fmt: skip
    assert not overlapping([*(plan.block4 for plan in plans), *core])
    pool6 = prefix(addresses.service_pool.v6)
    assert not overlapping([*(plan.block6 for plan in plans), pool6])


def test_blocks_lie_in_their_parents(meaning: Meaning) -> None:
    province, six = prefix("10.0.0.0/12"), prefix(meaning.network.addresses.v6)
    for plan in meaning.plan.sites.values():
        prefecture = plan.site.prefecture
        number = prefecture.num if prefecture else 0
        parent = province._replace(first=province.first + (number << 20))
        assert inside(plan.block4, parent), plan.site.id
        assert inside(plan.block6, Prefix(Family.V6, six.first + (number << 92), 36)), plan.site.id


def test_zones_loopbacks_and_links_are_disjoint_and_inside(meaning: Meaning) -> None:
    for plan in meaning.plan.sites.values():
        found = places(plan)
        assert not overlapping(found), plan.site.id
        for one in found:
            block = plan.block4 if one.family is Family.V4 else plan.block6
            assert inside(one, block), (plan.site.id, one.text)


def test_vlans_are_one_zones_each(meaning: Meaning) -> None:
    for plan in meaning.plan.sites.values():
        vlans = [zone.vlan for zone in plan.zones.values()]
        assert len(set(vlans)) == len(vlans)
        assert plan.site.blueprint.parking_vlan not in vlans


def test_as_numbers_are_one_points_each(meaning: Meaning) -> None:
    numbers = [plan.as_number for plan in meaning.plan.sites.values() if plan.as_number]
    assert len(set(numbers)) == len(numbers) == 2 + 88 + 199
    routers = {4200000000 + 1_000_000 * one.num for one in meaning.network.prefectures.values()}
    assert not routers & set(numbers)
    assert all(number >= 4200000000 or number in (64512, 64513) for number in numbers)


def test_management_addresses(meaning: Meaning) -> None:
    found = meaning.plan.management
    for family in (1, 2):
        addresses = [one[family] for one in found.values() if one[family]]
        assert len(set(addresses)) == len(addresses)
    for device in meaning.network.devices:
        zone, v4, v6 = found[device.name]
        plan = meaning.plan.sites[device.site.id]
        assert inside(v4, plan.block4)
        assert (v6 is not None) == plan.ipv6
        if zone == "MGMT":
            assert inside(v4, plan.zones["MGMT"].v4)
            assert v4.first not in (plan.zones["MGMT"].v4.first, plan.zones["MGMT"].v4.last)


def test_instances(meaning: Meaning) -> None:
    addresses = meaning.network.addresses
    for family, pool in (("v4", addresses.service_pool.v4), ("v6", addresses.service_pool.v6)):
        found = [getattr(one, family) for one in meaning.plan.instances]
        assert len(set(found)) == len(found) == 84
        assert all(inside(one, prefix(pool)) for one in found)
    assert all({one.home, one.refuge} == {"dc-a", "dc-b"} for one in meaning.plan.instances)


def test_interfaces(meaning: Meaning) -> None:
    """Each address is one interface's; each name is one of a device.

    Guests, and hosts with addresses of their own, bear the same ones at several sites.
    """
    four: Counter[int] = Counter()
    six: Counter[int] = Counter()
    for site in meaning.network.sites.values():
        for device, interfaces in meaning.points.of(site.id).by_device.items():
            names = [one.name for one in interfaces]
            assert len(set(names)) == len(names), device
            zones = meaning.plan.sites[site.id].zones
            local = {"GUEST"} | {name for name, zone in zones.items() if zone.local4}
            four.update(one.v4.first for one in interfaces if one.v4 and one.zone not in local)
            six.update(one.v6.first for one in interfaces if one.v6)
    assert len(four) > 10_000
    assert len(six) > 300
    for found in (four, six):
        assert not [address for address, count in found.items() if count > 1]


def test_links_have_two_ends(meaning: Meaning) -> None:
    """What a site calls its peer is what the head above calls its own."""
    heads = {
        (one.v4, one.peer4)
        for county in meaning.network.counties.values()
        for one in all_interfaces(meaning, county.center)
        if one.zone == "DOWN"
    }
    ups = {
        (one.peer4, one.v4)
        for county in meaning.network.counties.values()
        for site in county.hospitals
        for one in all_interfaces(meaning, site)
        if one.zone == "WAN"
    }
    assert heads == ups
    assert len(heads) == 4 * sum(len(one.hospitals) for one in meaning.network.counties.values())


def all_interfaces(meaning: Meaning, site: Site) -> tuple[Interface, ...]:
    return meaning.points.of(site.id).interfaces


def test_names_are_short_and_one_devices_each(meaning: Meaning) -> None:
    names = [device.name for device in meaning.network.devices]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and len(name) <= 30 for name in names)
