"""Openings by the addresses that hosts bear: there and back is the identity, groups stay shared."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from telemed_infra.intent.inside import as_inside
from telemed_infra.intent.openings import AddressGroup, Opening
from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.sites import SitePlan, ZonePlan
from tests.prove.rendered import province

SITES = ("nanming-h1", "zhongshan-h1", "xixiu-h1", "tongren-h1")
OUTSIDE, INSIDE = prefix("10.9.1.0/25"), prefix("192.168.40.0/25")


@cache
def plan() -> SitePlan:
    """Any site's plan; its zones are put in place of."""
    return province().plan.sites[SITES[0]]


def with_zones(**zones: ZonePlan) -> SitePlan:
    return dataclasses.replace(plan(), zones=zones)


def zone(name: str, v4: Prefix, local4: Prefix | None) -> ZonePlan:
    return ZonePlan(name, 40, v4, None, local4)


MAPPED = with_zones(
    IMAGING=zone("IMAGING", OUTSIDE, INSIDE),
    LAB=zone("LAB", prefix("10.9.4.0/26"), prefix("192.168.50.0/26")),
    OFFICE=zone("OFFICE", prefix("10.9.8.0/24"), None),
)
BACK = with_zones(
    IMAGING=zone("IMAGING", INSIDE, OUTSIDE),
    LAB=zone("LAB", prefix("192.168.50.0/26"), prefix("10.9.4.0/26")),
    OFFICE=zone("OFFICE", prefix("10.9.8.0/24"), None),
)


@cache
def some() -> Opening:
    return province().intent.at(SITES[0])[0]


def group(*prefixes: Prefix) -> AddressGroup:
    (member, *_) = some().sources.members
    return AddressGroup("G", tuple(replace(member, v4=one) for one in prefixes))


def opening(way: tuple[str, str], sources: AddressGroup, destinations: AddressGroup) -> Opening:
    return replace(
        some(), zone_in=way[0], zone_out=way[1], sources=sources, destinations=destinations
    )


def prefixes_in(whole: Prefix) -> st.SearchStrategy[Prefix]:
    """A prefix of some length within another one."""
    return st.integers(whole.length, 32).flatmap(
        lambda length: st.integers(0, (1 << (length - whole.length)) - 1).map(
            lambda at: whole.part(at << (32 - length), length)
        )
    )


WHERE = {
    "IMAGING": OUTSIDE,
    "LAB": prefix("10.9.4.0/26"),
    "OFFICE": prefix("10.9.8.0/24"),
    "WAN": prefix("10.32.0.0/12"),
}
ways = st.tuples(st.sampled_from(sorted(WHERE)), st.sampled_from(sorted(WHERE)))


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    zone_in, zone_out = draw(ways)
    sides = [
        group(*draw(st.lists(prefixes_in(WHERE[name]), min_size=1, max_size=4)))
        for name in (zone_in, zone_out)
    ]
    return opening((zone_in, zone_out), *sides)


def said(some: list[Opening]) -> list[object]:
    return [(one.way, [each.members for each in (one.sources, one.destinations)]) for one in some]


@given(st.lists(openings(), max_size=3))
def test_there_and_back_is_the_identity(found: list[Opening]) -> None:
    there = as_inside(found, MAPPED)
    assert said(as_inside(there, BACK)) == said(found)
    for one, inside in zip(found, there, strict=True):
        assert moved(one.sources, inside.sources) == shift_of(one.zone_in)
        assert moved(one.destinations, inside.destinations) == shift_of(one.zone_out)


def shift_of(name: str) -> set[int]:
    """By how much each address of a zone is another inside."""
    held = MAPPED.zones.get(name)
    return {held.inside4.first - held.v4.first if held else 0}


def moved(before: AddressGroup, after: AddressGroup) -> set[int]:
    """By how much the prefixes of a group lie elsewhere; their lengths stay."""
    pairs = [(one.v4, other.v4) for one, other in zip(before.members, after.members, strict=True)]
    both = [(one, other) for one, other in pairs if one and other]
    assert len(both) == len(pairs)
    assert all(one.last - one.first == other.last - other.first for one, other in both)
    return {other.first - one.first for one, other in both}


def test_shared_groups_stay_shared() -> None:
    shared = group(OUTSIDE)
    first, second = (opening(("IMAGING", "WAN"), shared, group(OUTSIDE)) for _ in range(2))
    one, other = as_inside([first, second], MAPPED)
    assert one.sources is other.sources is not shared
    assert one.sources.ranges(Family.V4) == (INSIDE.range,)


def test_what_lies_elsewhere_and_ipv6_stay() -> None:
    six = prefix("2001:db8::/64")
    elsewhere = group(prefix("224.0.0.18/32"), prefix("0.0.0.0/0"), prefix("10.9.0.0/16"))
    with_six = AddressGroup("G", tuple(replace(one, v6=six) for one in elsewhere.members))
    (found,) = as_inside([opening(("IMAGING", "IMAGING"), with_six, with_six)], MAPPED)
    assert found.sources.members == with_six.members


def test_where_all_bear_their_own_nothing_is_touched() -> None:
    found = [opening(("IMAGING", "WAN"), group(OUTSIDE), group(OUTSIDE))]
    assert as_inside(found, with_zones(IMAGING=zone("IMAGING", OUTSIDE, None))) is found


def firewalls(meaning: Meaning, site: str) -> list[Device]:
    found = meaning.network.sites[site]
    role = found.blueprint.enforcing
    return [one for one in meaning.network.devices if one.site is found and one.role == role]


@pytest.mark.parametrize("site", SITES)
def test_sites_that_say_so_change_their_zones_where_they_end(site: str) -> None:
    meaning = province()
    zones = meaning.plan.sites[site].zones.values()
    mapped = [one for one in zones if one.local4]
    assert mapped
    for device in firewalls(meaning, site):
        found = meaning.translations(device)
        assert [(one.inside, one.outside) for one in found] == [
            (one.inside4.range, one.v4.range) for one in mapped
        ]
        by_name = {one.name: one for one in meaning.interfaces(device)}
        for one in found:
            assert one.boundary
            assert all(meaning.network.zones[by_name[name].zone].transit for name in one.boundary)
        for zone in mapped:
            (port,) = (one for one in by_name.values() if one.zone == zone.name)
            assert port.v4 is not None
            assert zone.inside4.first <= port.v4.first <= zone.inside4.last


def test_all_others_change_nothing() -> None:
    meaning = province()
    changing = {one.site.id for one in meaning.network.devices if meaning.translations(one)}
    assert changing == set(SITES)
