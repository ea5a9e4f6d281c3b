"""Every pair of the shipped province: one address for each zone, on the member that has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import pytest

from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.devices import GATEWAY_HOST
from telemed_infra.plan.pairs import LINE_ROUTER, edge_router_number, redundancy, router_number
from telemed_infra.plan.prefix import address_text, prefix
from telemed_infra.plan.service_edge import is_service_edge, services_zone
from telemed_infra.plan.tunnels import LINE_HOST
from telemed_infra.redundancy import ALONE, Rank, Redundancy, SyncKind, Tracked

LINK_LOCAL = prefix("fe80::/10")


def device(meaning: Meaning, name: str) -> Device:
    return next(one for one in meaning.network.devices if one.name == name)


def of(meaning: Meaning, name: str) -> Redundancy:
    return redundancy(meaning.network, meaning.plan, meaning.points, device(meaning, name))


@pytest.fixture(scope="module")
def paired(meaning: Meaning) -> dict[str, list[tuple[Device, Redundancy]]]:
    """Site and role → its members, of every device that is in a pair."""
    found: dict[str, list[tuple[Device, Redundancy]]] = defaultdict(list)
    for one in meaning.network.devices:
        part = redundancy(meaning.network, meaning.plan, meaning.points, one)
        if part != ALONE:
            found[f"{one.site.id} {one.role}"].append((one, part))
    return found


def zones(meaning: Meaning, one: Device) -> Iterator[str]:
    plan = meaning.plan.sites[one.site.id]
    if is_service_edge(one):
        yield services_zone(one) or ""
    else:
        yield from plan.zones


def without_lines(part: Redundancy) -> Redundancy:
    """The virtual routers of the site's own zones."""
    own = frozenset(one for one in part.routers if one.number != LINE_ROUTER)
    return replace(part, routers=own)


def test_heads_answer_tunnels_on_whichever_member(
    meaning: Meaning, paired: dict[str, list[tuple[Device, Redundancy]]]
) -> None:
    """By line at one address, by mobile network at the next: one virtual router has both."""
    heads = 0
    for members in paired.values():
        for one, part in members:
            plan = meaning.plan.sites[one.site.id]
            lines = [each for each in part.routers if each.number == LINE_ROUTER]
            if not one.site.blueprint.tunnels_from_below:
                assert not lines
                continue
            heads += 1
            (router,) = lines
            outer = plan.line_host(LINE_HOST).first
            assert (router.family, router.addresses) == (Family.V4, (outer, outer + 1))
            (port,) = (each for each in meaning.interfaces(one) if each.name == router.interface)
            assert port.zone == "LINE"
            assert port.v4 == plan.line_host(1 + one.number)
    assert heads == 2 * 88


def test_who_is_in_a_pair(paired: dict[str, list[tuple[Device, Redundancy]]]) -> None:
    """2 centres, 23 and 176 hospitals, 88 heads; the edges of 2 centres. No township, no switch."""
    assert {len(members) for members in paired.values()} == {2}
    assert sum(key.endswith(" FW") for key in paired) == 2 + 23 + 176 + 88
    assert sum(key.endswith(" SE") for key in paired) == 2
    assert len(paired) == 291


def test_every_zone_has_a_gateway_that_answers(
    meaning: Meaning, paired: dict[str, list[tuple[Device, Redundancy]]]
) -> None:
    """In each family that the zone speaks, on either member."""
    for members in paired.values():
        for one, whole in members:
            part = without_lines(whole)
            plan = meaning.plan.sites[one.site.id]
            host = one.blueprint.devices[one.role].virtual or GATEWAY_HOST
            wanted = {
                address.first
                for name in zones(meaning, one)
                for address in plan.zones[name].host(host)
                if address is not None
            }
            assert {each.addresses[-1] for each in part.routers} == wanted
            for each in part.routers:
                local = [a for a in each.addresses if LINK_LOCAL.first <= a <= LINK_LOCAL.last]
                expected = list(each.addresses[:1]) if each.family is Family.V6 else []
                assert local == expected  # RFC 5798: the first address of IPv6 is link-local


def test_members_agree_and_one_of_them_is_first(
    paired: dict[str, list[tuple[Device, Redundancy]]],
) -> None:
    for (_, first), (_, second) in paired.values():
        for mine, other in zip(sorted(first.routers), sorted(second.routers), strict=True):
            assert mine[:4] == other[:4]
            if mine.rank is Rank.BY_PRIORITY:
                assert mine.priority > other.priority
            else:
                assert (mine.rank, other.rank) == (Rank.ACTIVE, Rank.STANDBY)


def test_whoever_loses_an_uplink_or_a_cable_has_less_than_the_other(
    paired: dict[str, list[tuple[Device, Redundancy]]],
) -> None:
    for (_, first), (_, second) in paired.values():
        least = {(each.interface, each.family): each.priority for each in second.routers}
        for each in first.routers:
            assert each.rank is not Rank.BY_PRIORITY or all(
                each.priority - down.reduced_by < least[each.interface, each.family]
                for down in each.tracked
            )


def test_no_two_pairs_of_a_segment_share_a_number(
    meaning: Meaning, paired: dict[str, list[tuple[Device, Redundancy]]]
) -> None:
    """Else they would share a MAC address: firewalls and edges meet in the services' zone."""
    for center in meaning.network.data_centers:
        (edge, part), _ = paired[f"{center} SE"]
        vlan = meaning.plan.sites[center].zones[services_zone(edge) or ""].vlan
        (_, firewall), _ = paired[f"{center} FW"]
        assert {each.number for each in part.routers} == {edge_router_number(vlan)} == {101}
        assert router_number(vlan) in {each.number for each in firewall.routers}


@pytest.mark.parametrize("vlan", [2, 100, 254, 255, 256, 510, 4063])
def test_numbers_are_vrids_whatever_the_vlan(vlan: int) -> None:
    assert 1 <= router_number(vlan) <= 255
    assert 1 <= edge_router_number(vlan) <= 255
    assert router_number(vlan) != edge_router_number(vlan)


def test_the_link_local_address_is_that_of_the_virtual_mac(meaning: Meaning) -> None:
    """00-00-5E-00-02-0A of VLAN 10, by RFC 4291 appendix A."""
    (router,) = (
        each
        for each in of(meaning, "GY-H1-FW01").routers
        if each.number == 10 and each.family is Family.V6
    )
    assert address_text(Family.V6, router.addresses[0]) == "fe80::200:5eff:fe00:20a"


def test_a_pair_of_huaweis(meaning: Meaning) -> None:
    """HRP over the cable in zone HA; its text names the other end alone."""
    first, second = (of(meaning, f"GZ-DCA-FW0{number}").sync for number in (1, 2))
    assert first is not None
    assert second is not None
    assert (first.kind, first.interface, first.own) == (
        SyncKind.HRP,
        "GigabitEthernet1/0/2",
        None,
    )
    assert first.remote ^ second.remote == 1  # the two of a /31
    assert (first.first, second.first) == (True, False)
    assert first.preempt_s == 60
    ports = {f"GigabitEthernet1/0/{number}" for number in (0, 1, 3)}
    assert first.tracked == ports  # the core, the switches, the extranet; not the heartbeat itself


def test_who_speaks_no_bgp_has_no_routes_to_make_worse(meaning: Meaning) -> None:
    """A data centre's firewalls know static routes only; a city hospital's speak BGP."""
    centre, hospital = (of(meaning, f"{name}-FW02").sync for name in ("GZ-DCB", "QN-H1"))
    assert centre is not None
    assert hospital is not None
    assert {centre.kind, hospital.kind} == {SyncKind.RBM}
    assert (centre.routes_follow, hospital.routes_follow) == (False, True)


def test_a_pair_of_linux_machines(meaning: Meaning) -> None:
    """Connections are copied; VRRP decides by priority, and the first comes back late."""
    one = of(meaning, "TR-H1-FW01")
    assert one.sync is not None
    assert one.sync.kind is SyncKind.CONNTRACKD
    assert (one.sync.first, one.sync.configuration, one.sync.own) == (
        None,
        False,
        one.sync.remote ^ 1,
    )
    assert {(each.priority, each.preempt_s) for each in one.routers} == {(120, 60)}
    assert {each.tracked for each in one.routers} == {frozenset({Tracked("eth0", 30)})}
    other = of(meaning, "TR-H1-FW02")
    assert {(each.priority, each.preempt_s) for each in other.routers} == {(100, 0)}


def test_a_pair_of_ciscos_shares_no_state(meaning: Meaning) -> None:
    """Its virtual routers are there all the same; `limits` and the summary tell the lack."""
    one = of(meaning, "QXN-H1-FW01")
    assert one.sync is None
    assert {each.rank for each in one.routers} == {Rank.BY_PRIORITY}
    assert {each.tracked for each in one.routers} == {
        frozenset({Tracked("GigabitEthernet0/0/0", 30)})
    }


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    ("site", "to_the_first"),
    [
        ("BJ-WN-H1", ("GigabitEthernet1/0/0", "GigabitEthernet1/0/3")),
        ("QXN-XR-H2", ("GigabitEthernet0/0/0", "GigabitEthernet0/0/3")),
    ],
)
def test_of_lines_to_both_members_of_a_head_that_to_the_first_counts(
    meaning: Meaning, site: str, to_the_first: tuple[str, str], number: int
) -> None:
    """By it comes what is for the hospital; of its cables to the zones each virtual router has."""
    one = of(meaning, f"{site}-FW0{number}")
    tracked = {down.interface for each in one.routers for down in each.tracked}
    ups = {*to_the_first} & (tracked | (one.sync.tracked if one.sync else set()))
    assert ups == {to_the_first[number - 1]}


def test_who_is_alone(meaning: Meaning) -> None:
    names = {"township": "GW01", "data-center": "CR01", "county-center": "CSW01"}
    for kind, ending in names.items():
        one = next(
            each
            for each in meaning.network.devices
            if each.site.kind == kind and each.name.endswith(ending)
        )
        assert redundancy(meaning.network, meaning.plan, meaning.points, one) is ALONE
