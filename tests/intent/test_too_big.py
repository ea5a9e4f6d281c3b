"""Hosts hear that a packet of IPv6 is too long for a circuit, and of nobody but their gateway."""

from __future__ import annotations

from functools import cache

import pytest

from telemed_infra.intent.derived import LOCAL
from telemed_infra.intent.openings import Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.packets import ICMP6, Family, icmp
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.devices import CIRCUIT_ZONE
from tests.plan.variants import encrypted, network, small


@cache
def meaning() -> Meaning:
    return Meaning(network(encrypted(small())))


def told(meaning: Meaning, site: str) -> dict[str, Opening]:
    """By the zone of those who are told."""
    found = [one for one in meaning.intent.at(site) if one.policy == "D0013"]
    assert {one.zone_in for one in found} <= {LOCAL}
    return {one.zone_out: one for one in found}


@pytest.mark.parametrize("site", ["guizhou-h1", "bijie-h1"])
def test_each_zone_of_ipv6_behind_a_circuit_hears_it(site: str) -> None:
    point = meaning().points.of(site)
    assert CIRCUIT_ZONE in point.all_interfaces
    zones = {zone for zone in point.zone_interfaces if point.plan.zones[zone].v6}
    assert told(meaning(), site).keys() == zones
    assert zones
    for zone, one in told(meaning(), site).items():
        own = {each.v6._replace(length=128) for each in point.zone_interfaces[zone] if each.v6}
        assert own <= {each.v6 for each in one.sources.members}
        assert [each.v6 for each in one.destinations.members] == [point.plan.zones[zone].v6]


def test_of_icmp_it_is_this_message_alone() -> None:
    one = next(iter(told(meaning(), "guizhou-h1").values()))
    services = AppServices(meaning().network.apps)
    assert services.of(one.apps, Family.V6) == (icmp(ICMP6, 2),)
    assert not services.of(one.apps, Family.V4)


def test_nobody_else_needs_it() -> None:
    plain = Meaning(network(small()))
    assert not any(told(plain, site) for site in ("guizhou-h1", "bijie-h1", "weining-c"))
    townships = {one for one in meaning().network.sites if meaning().points.of(one).tunnelled}
    assert townships
    for site in {"dc-a", *townships}:  # no circuit ends there
        assert not told(meaning(), site)
