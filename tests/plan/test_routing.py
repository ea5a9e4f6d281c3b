"""Every session of the shipped province, against the design's words and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.links import LineKind
from telemed_infra.plan.prefix import prefix
from telemed_infra.plan.reach import Exchange
from telemed_infra.plan.routing import RoutingPlan, Session, Source, View, joins_sites

DEFAULTS = {Family.V4: "0.0.0.0/0", Family.V6: "::/0"}


@pytest.fixture(scope="module")
def routing(meaning: Meaning) -> RoutingPlan:
    return meaning.routing


def views(meaning: Meaning, name: str, family: Family = Family.V4) -> dict[str, View]:
    """The sessions of a device by the name of the other end."""
    device = next(one for one in meaning.network.devices if one.name == name)
    return {
        view.other.device.name: view
        for view in meaning.routing.of(device)
        if view.session.family is family
    }


def texts(exchange: Exchange) -> set[str]:
    return {
        one.prefix.text
        if one.shortest == one.prefix.length
        else f"{one.prefix.text} /{one.longest}"
        for one in exchange.reaches
    }


def test_how_many_of_each_kind(routing: RoutingPlan) -> None:
    """2 fibres, 2 + 9 + 5 pairs, 4 circuits a prefecture, 2 a provincial hospital, the rest."""
    assert Counter(line.kind for line in routing.lines) == {
        LineKind.FIREWALL: 4,
        LineKind.CORE_PAIR: 2,
        LineKind.FIBRE: 2,
        LineKind.CORE_AGGREGATION: 36,
        LineKind.CORE_HOSPITAL: 10,
        LineKind.HOSPITAL_PAIR: 5,
        LineKind.AGGREGATION_PAIR: 9,
        LineKind.AGGREGATION_COUNTY: 176,
        LineKind.AGGREGATION_HOSPITAL: 36,
        LineKind.COUNTY_HOSPITAL: 704,
    }
    through = [one for one in routing.sessions if one.line is None]
    assert len(through) == 2 * 2 * 2 * 2  # centres, edges, routers, families


def test_no_port_and_no_address_serves_twice(routing: RoutingPlan) -> None:
    ends = [end for line in routing.lines for end in (line.upper, line.lower)]
    assert max(Counter((end.device.name, end.port) for end in ends).values()) == 1
    addresses = Counter(one for end in ends for one in (end.v4, end.v6) if one)
    assert max(addresses.values()) == 1


def test_both_ends_of_a_line_are_the_two_addresses_of_one_network(routing: RoutingPlan) -> None:
    for line in routing.lines:
        for upper, lower in ((line.upper.v4, line.lower.v4), (line.upper.v6, line.lower.v6)):
            assert (upper is None) == (lower is None)
            if upper and lower:
                assert lower.first == upper.first + 1
                assert upper.first % 2 == 0
                assert upper.length == lower.length == upper.family.bits - 1


def test_as_numbers_are_the_designs(meaning: Meaning) -> None:
    found = {
        name: next(iter(views(meaning, name).values())).own.as_number
        for name in (
            "GZ-DCA-CR01", "GZ-DCB-CR02", "GZ-DCA-SE01", "GZ-DCB-SE02", "BJ-H1-AR02",
            "BJ-WN-C-FW01", "BJ-WN-H1-FW02", "BJ-H2-FW01", "GZ-H3-FW01",
        )
    }  # fmt: skip
    assert found == {
        "GZ-DCA-CR01": 64512,
        "GZ-DCB-CR02": 64513,
        "GZ-DCA-SE01": 64514,
        "GZ-DCB-SE02": 64515,
        "BJ-H1-AR02": 4205000000,
        "BJ-WN-C-FW01": 4205007000,
        "BJ-WN-H1-FW02": 4205007500,
        "BJ-H2-FW01": 4205000501,
        "GZ-H3-FW01": 4200000503,
    }


def test_only_speakers_of_one_site_share_an_as(routing: RoutingPlan) -> None:
    for one in routing.sessions:
        pairs = (LineKind.CORE_PAIR, LineKind.AGGREGATION_PAIR, LineKind.HOSPITAL_PAIR)
        assert one.internal == (one.line in pairs)


def test_each_circuit_carries_sessions_and_its_routers_lead_to_both_centres(
    meaning: Meaning,
) -> None:
    carried = {one.circuit for one in meaning.routing.sessions if one.circuit}
    assert carried == {one.id for one in meaning.network.circuits}
    for name, site in meaning.network.sites.items():
        if site.aggregation:
            for router in (one for one in meaning.network.devices_of(site) if one.role == "AR"):
                ups = {
                    view.other.device.site.id
                    for view in meaning.routing.of(router)
                    if view.session.line is LineKind.CORE_AGGREGATION
                }
                assert ups == {"dc-a", "dc-b"}, name


def test_what_a_router_of_a_prefecture_tells_and_hears(meaning: Meaning) -> None:
    found = views(meaning, "BJ-H1-AR01")
    core = found["GZ-DCA-CR01"]
    assert texts(core.gives) == {"10.80.0.0/12"}
    assert texts(core.takes) == {
        "10.0.0.0/14", "10.4.0.0/14", "10.12.0.0/20 /32",
        *(f"10.13.{16 * number}.0/20" for number in range(1, 6)),
        *(f"10.{16 * number}.0.0/12" for number in range(1, 10) if number != 5),
    }  # fmt: skip
    assert core.takes.number == 2 + 84 + 5 + 8
    head = found["BJ-WN-C-FW01"]
    assert texts(head.gives) == {"0.0.0.0/0"}
    assert head.begins_default == (prefix("10.0.0.0/14"), prefix("10.4.0.0/14"))
    assert texts(head.takes) == {
        "10.87.0.0/17", "10.87.0.193/32", "10.87.0.194/32",
        "10.80.192.0/20", "10.80.192.193/32", "10.80.192.194/32",
        "10.80.208.0/20", "10.80.208.193/32", "10.80.208.194/32",
    }  # fmt: skip
    partner = found["BJ-H1-AR02"]
    assert partner.gives == partner.takes
    assert texts(core.takes) < texts(partner.takes)
    assert "10.80.0.0/12" not in texts(partner.takes)
    assert texts(head.takes) < texts(partner.takes)


def test_members_at_a_provincial_hospital_tell_each_other_what_their_centres_tell(
    meaning: Meaning,
) -> None:
    """All of it in both families, never their own block: neither is a way to the hospital."""
    for family in Family:
        first, second = (views(meaning, f"GZ-H3-FW0{number}", family) for number in (1, 2))
        assert set(first) == {"GZ-DCA-CR01", "GZ-H3-FW02"}
        assert set(second) == {"GZ-DCB-CR02", "GZ-H3-FW01"}
        pair = first["GZ-H3-FW02"]
        assert pair.session == second["GZ-H3-FW01"].session
        assert pair.gives == pair.takes == first["GZ-DCA-CR01"].takes
        assert pair.takes == second["GZ-DCB-CR02"].takes
        assert pair.metric == second["GZ-H3-FW01"].metric == 0
        assert pair.session.internal
        assert pair.session.hops == 1
        assert pair.session.key == "vault:bgp-guizhou-h3-pair"


def test_a_provincial_hospital_tells_a_centre_its_own_block_alone(meaning: Meaning) -> None:
    """So that it is never a way from one centre to the other."""
    for name, centre in (("GZ-H3-FW01", "GZ-DCA-CR01"), ("GZ-H3-FW02", "GZ-DCB-CR02")):
        assert texts(views(meaning, name)[centre].gives) == {"10.13.48.0/20"}
        assert texts(views(meaning, name, Family.V6)[centre].gives) == {"2001:db8:430::/52"}


def test_a_head_and_what_is_below_it_learn_a_default_and_nothing_else(meaning: Meaning) -> None:
    for one in meaning.routing.sessions:
        below = (
            LineKind.AGGREGATION_COUNTY,
            LineKind.AGGREGATION_HOSPITAL,
            LineKind.COUNTY_HOSPITAL,
        )
        default = texts(one.down) == {DEFAULTS[one.family]}
        assert default == (one.line in below)


def test_a_service_edge_tells_instances_and_learns_nothing(meaning: Meaning) -> None:
    for family in Family:
        for view in views(meaning, "GZ-DCB-SE01", family).values():
            wanted = {
                (one.v4 if family is Family.V4 else one.v6).text for one in meaning.plan.instances
            }
            assert texts(view.gives) == wanted
            assert view.takes == Exchange("NOTHING", (), 0)
            assert view.session.key == "vault:bgp-dc-b-service-edge"


def test_second_members_lead_there_last(meaning: Meaning) -> None:
    for one in meaning.routing.sessions:
        for device in (one.upper.device, one.lower.device):
            (view,) = (view for view in meaning.routing.of(device) if view.session is one)
            upwards = one.line is not LineKind.HOSPITAL_PAIR and one.lower.device == device
            heads = one.line is LineKind.COUNTY_HOSPITAL and one.upper.device == device
            second = device.role == "FW" and device.number == 2 and (upwards or heads)
            assert view.metric == (200 if second else 0)


def test_keys_are_references_and_no_two_lines_share_one(routing: RoutingPlan) -> None:
    for one in routing.sessions:
        assert one.key.startswith(("vault:", "env:"))
        assert len(one.key) <= 80  # what FRR 8.4 takes as a password
    ends = {(one.key, one.upper.device.name, one.lower.device.name) for one in over(routing)}
    assert max(Counter(key for key, _, _ in ends).values()) == 1


def test_the_straight_cables_kept_their_keys_when_the_crossed_ones_came(meaning: Meaning) -> None:
    keys = {
        (view.other.device.name, view.session.key)
        for name in ("BJ-WN-H1-FW01", "BJ-WN-H1-FW02")
        for view in views(meaning, name).values()
    }
    assert keys == {
        ("BJ-WN-C-FW01", "vault:bgp-weining-h1-1"),
        ("BJ-WN-C-FW02", "vault:bgp-weining-h1-1-to-2"),
        ("BJ-WN-C-FW01", "vault:bgp-weining-h1-2-to-1"),
        ("BJ-WN-C-FW02", "vault:bgp-weining-h1-2"),
    }


def over(routing: RoutingPlan) -> Iterator[Session]:
    return (one for one in routing.sessions if one.line is not None)


def test_whoever_tells_a_block_has_it(meaning: Meaning) -> None:
    """Aggregates at prefectures, blocks by the firewall at centres, own blocks elsewhere."""
    kinds: dict[str, set[Source]] = {}
    for device in meaning.network.devices:
        for one in meaning.routing.originates(device):
            kinds.setdefault(device.role, set()).add(one.source)
            told = {
                reach.prefix for view in meaning.routing.of(device) for reach in view.gives.reaches
            }
            assert one.prefix in told, device.name
    assert kinds == {
        "CR": {Source.FIREWALL},
        "AR": {Source.LEARNED},
        "FW": {Source.DISCARD, Source.MEMBER},
    }


def test_who_tells_an_address_of_its_own(meaning: Meaning) -> None:
    """Each member at a head, a city or county hospital; at a provincial one they have a line."""
    kinds = set()
    for device in meaning.network.devices:
        own = {
            one.prefix for one in meaning.routing.originates(device) if one.source is Source.MEMBER
        }
        if own:
            kinds.add(device.site.kind)
            assert own == {one for one in meaning.plan.management[device.name][1:] if one}
    assert kinds == {"county-center", "city-hospital", "county-hospital"}


def test_who_speaks_is_who_joins_sites_but_a_centres_firewalls(meaning: Meaning) -> None:
    for device in meaning.network.devices:
        edge = device.role == "SE"
        silent = device.role == "FW" and device.site.kind == "data-center"
        assert meaning.routing.speaks(device) == (edge or (joins_sites(device) and not silent))
