"""The order of a push: canaries, tiers, and never two that stand in for each other."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.deploy.waves import INWARDS, Round, StopRule, Tier, rounds
from telemed_infra.model.load import load
from telemed_infra.resources import shipped
from tests.plan.variants import mixed, network

NETWORK = network(mixed())
NAMES = [device.name for device in NETWORK.devices]


def tiers(found: tuple[Round, ...]) -> list[Tier]:
    return list(dict.fromkeys(one.tier for one in found))


def test_everything_goes_once_in_the_order_of_the_tiers() -> None:
    found = rounds(NETWORK, NAMES)
    done = Counter(device.name for one in found for device in one.devices)
    assert done == Counter(NAMES)
    assert tiers(found) == list(Tier)


@given(st.lists(st.sampled_from(NAMES), unique=True))
def test_no_two_of_one_role_at_one_site_go_together(chosen: list[str]) -> None:
    found = rounds(NETWORK, chosen)
    assert Counter(one.name for each in found for one in each.devices) == Counter(chosen)
    for each in found:
        together = Counter((one.site.id, one.role, one.blueprint.kind) for one in each.devices)
        assert not [key for key, times in together.items() if times > 1]
        assert len({one.site.id for one in each.devices if one.site.kind == "data-center"}) <= 1


def test_one_centre_is_done_before_the_other_is_begun() -> None:
    for first, second in (("dc-a", "dc-b"), ("dc-b", "dc-a")):
        found = rounds(NETWORK, NAMES, first)
        order = [
            one.site.id for each in found for one in each.devices if one.site.kind == "data-center"
        ]
        assert list(dict.fromkeys(order)) == [first, second]
        assert order == sorted(order, key=[first, second].index)


def test_a_canary_stands_for_each_platform_in_each_role_below_the_centres() -> None:
    canaries = [
        one for each in rounds(NETWORK, NAMES) if each.tier is Tier.CANARY for one in each.devices
    ]
    below = {(one.platform, one.role) for one in NETWORK.devices if one.site.kind != "data-center"}
    assert Counter((one.platform, one.role) for one in canaries) == dict.fromkeys(below, 1)
    assert {one.number for one in canaries if one.role == "FW"} == {2}


def test_what_lies_farther_inside_goes_first() -> None:
    for tier in Tier:
        roles = [each.name[:-2] for each in rounds(NETWORK, NAMES) if each.tier is tier]
        assert roles == sorted(roles, key=INWARDS.index)


def test_a_centre_that_is_none() -> None:
    with pytest.raises(KeyError, match="dc-c"):
        rounds(NETWORK, NAMES, "dc-c")


@pytest.mark.parametrize(
    ("tier", "tried", "failed", "lost", "says"),
    [
        (Tier.CANARY, 9, 0, 0, ""),
        (Tier.CANARY, 9, 1, 0, "1 of 9 canaries failed"),
        (Tier.TOWNSHIP, 10, 2, 0, ""),
        (Tier.TOWNSHIP, 200, 4, 0, ""),
        (Tier.TOWNSHIP, 100, 3, 0, "3 of 100 devices failed, more than 2%"),
        (Tier.COUNTY, 100, 0, 1, "1 of 100 devices cannot be reached any more"),
    ],
)
def test_when_it_stops(tier: Tier, tried: int, failed: int, lost: int, says: str) -> None:
    assert StopRule().stops(tier, tried, failed, lost) == says


def test_the_shipped_province_has_its_order_too() -> None:
    shipped_network = load(shipped("inventory"), as_of=None)
    names = [device.name for device in shipped_network.devices]
    found = rounds(shipped_network, names)
    assert sum(len(one.devices) for one in found) == len(names)
    sizes = {(one.tier, one.name): len(one.devices) for one in found}
    assert sizes[Tier.TOWNSHIP, "GW01"] > 1500
