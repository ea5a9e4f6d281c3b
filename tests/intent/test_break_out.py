"""What guests may: their own site's line, and what is public behind it; at every site."""

from __future__ import annotations

from telemed_infra.intent.openings import Opening
from telemed_infra.packets import Family, intersect, union
from telemed_infra.plan.devices import LINE_ZONE, LOCAL_ZONE
from telemed_infra.plan.prefix import prefix
from tests.prove.rendered import province

GUEST = "GUEST"


def openings(site: str) -> list[Opening]:
    return province().intent.at(site)


def test_each_site_with_guests_has_one_opening_for_them() -> None:
    for site in province().network.sites.values():
        out = [one for one in openings(site.id) if one.way == (GUEST, LINE_ZONE)]
        assert len(out) == (GUEST in site.blueprint.zones), site.id


def test_guests_meet_nothing_else_but_their_gateways_own_protocol() -> None:
    for site in province().network.sites:
        others = [
            one for one in openings(site)
            if GUEST in one.way and one.way != (GUEST, LINE_ZONE)
        ]  # fmt: skip
        assert all(one.policy == "D0003" and LOCAL_ZONE in one.way for one in others), site


def test_their_addresses_pass_no_other_point() -> None:
    """A head that has a township's guests behind a tunnel has no opening for them."""
    guests = (prefix(province().network.addresses.guest).range,)
    for site in province().network.sites:
        for one in openings(site):
            if one.zone_in not in (GUEST, LOCAL_ZONE):
                assert not intersect(one.sources.ranges(Family.V4), guests), (site, one.policy)


def test_they_reach_no_address_of_the_network_nor_any_that_is_not_public() -> None:
    others = union(prefix(text).range for text in province().network.addresses.not_public)
    for site in province().network.sites:
        for one in openings(site):
            if one.zone_in == GUEST and one.zone_out == LINE_ZONE:
                assert not intersect(one.destinations.ranges(Family.V4), others)
                assert one.destinations.ranges(Family.V6) == ()
                assert one.sources.ranges(Family.V6) == ()


def test_sites_share_the_group_of_what_is_public() -> None:
    groups = {
        id(one.destinations)
        for site in province().network.sites
        for one in openings(site)
        if one.zone_out == LINE_ZONE and one.zone_in == GUEST
    }
    assert len(groups) == 1
