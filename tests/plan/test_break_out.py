"""Guests of every site of the shipped province, and of some that no province has."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.break_out import BreakOut
from telemed_infra.model.network import Device
from telemed_infra.packets import Family, intersect, union
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.devices import LINE_ZONE, Interface
from telemed_infra.plan.internet import public
from telemed_infra.plan.pairs import LINE_ROUTER, tracked_ports
from telemed_infra.plan.prefix import Prefix, Span, parts, prefix
from tests.plan.variants import changed, network, small

Found = dict[Device, tuple[BreakOut, ...]]
LAST = (1 << 32) - 1
HEAD = "county-center"


@pytest.fixture(scope="module")
def found(meaning: Meaning) -> Found:
    return {one: meaning.break_outs(one) for one in meaning.network.devices}


def port(meaning: Meaning, device: Device, name: str) -> Interface:
    return next(one for one in meaning.interfaces(device) if one.name == name)


def breaking_out(found: Found) -> Iterator[tuple[Device, BreakOut]]:
    for device, some in found.items():
        for one in some:
            yield device, one


def test_every_firewall_of_a_site_with_guests_lets_them_out_and_no_other_device(
    found: Found,
) -> None:
    for device, some in found.items():
        blueprint = device.site.blueprint
        guests = any(place.guest for place in blueprint.zones.values())
        assert len(some) == (guests and device.role == blueprint.enforcing), device.name


def test_they_come_from_their_zone_and_leave_by_the_line_alone(
    meaning: Meaning, found: Found
) -> None:
    guests = prefix(meaning.network.addresses.guest).range
    for device, one in breaking_out(found):
        ingress, egress = (port(meaning, device, name) for name in (one.ingress, one.egress))
        assert (ingress.zone, egress.zone, one.sources) == ("GUEST", LINE_ZONE, guests)
        assert egress.v4 is not None, f"{device.name}: no line by mobile network"


def test_the_next_hop_is_the_carriers_in_the_lines_own_network(
    meaning: Meaning, found: Found
) -> None:
    for device, one in breaking_out(found):
        if device.platform == "nftables":
            assert one.next_hop is None
            continue
        own = port(meaning, device, one.egress).v4
        assert own is not None
        assert one.next_hop is not None
        assert one.next_hop >> (32 - own.length) == own.first >> (32 - own.length)
        spoken = {each.v4.first for each in meaning.points.of(device.site.id).interfaces if each.v4}
        virtual = {
            address for router in meaning.redundancy(device).routers for address in router.addresses
        }
        assert one.next_hop not in spoken | virtual


def test_members_of_a_pair_do_the_same(found: Found) -> None:
    by_site: dict[str, set[tuple[BreakOut, ...]]] = {}
    for device, some in found.items():
        if some:
            by_site.setdefault(device.site.id, set()).add(some)
    assert all(len(some) == 1 for some in by_site.values())


def test_a_line_for_guests_alone_has_no_virtual_router_and_moves_no_pair(
    meaning: Meaning, found: Found
) -> None:
    for device, one in breaking_out(found):
        point = meaning.points.of(device.site.id)
        if len(point.devices) < 2:
            continue
        head = device.site.kind == HEAD
        routers = {each.number for each in meaning.redundancy(device).routers}
        assert (LINE_ROUTER in routers) == head
        assert (one.egress in tracked_ports(point, device)) == head


def test_a_line_for_guests_alone_comes_last(meaning: Meaning, found: Found) -> None:
    """Platforms number zones in this order: none that was there before has another number."""
    for device, _ in breaking_out(found):
        if device.site.kind.endswith("hospital"):
            assert meaning.interfaces(device)[-1].zone == LINE_ZONE


def test_without_a_policy_nobody_leaves() -> None:
    meaning = Meaning(network(changed(small(), lambda files: files.pop("policies/guests.yml"))))
    assert not any(meaning.break_outs(one) for one in meaning.network.devices)


def test_a_policy_lets_out_whom_it_names() -> None:
    def step(files: dict[str, list[dict[str, object]]]) -> None:
        files["policies/guests.yml"][0]["from"] = {"county": "nayong", "zone": "GUEST"}

    meaning = Meaning(network(changed(small(), step)))
    sites = {one.site.id for one in meaning.network.devices if meaning.break_outs(one)}
    assert sites == {
        "nayong-c", "nayong-h1", "nayong-h2", "nayong-yongxi", "nayong-shuidong",
    }  # fmt: skip


def test_what_is_public_and_what_is_not_are_everything(meaning: Meaning) -> None:
    addresses = meaning.network.addresses
    others = union(prefix(text).range for text in addresses.not_public)
    ours = union(one.range for one in public(addresses))
    assert union((*others, *ours)) == ((0, LAST),)
    assert intersect(others, ours) == ()


def test_nothing_of_the_network_is_public(meaning: Meaning) -> None:
    ours = union(one.range for one in public(meaning.network.addresses))
    own = [plan.block4.range for plan in meaning.plan.sites.values()]
    own += [
        zone.inside4.range for plan in meaning.plan.sites.values() for zone in plan.zones.values()
    ]
    own += [one.v4.range for one in meaning.plan.instances]
    own += [prefix(one.v4).range for one in meaning.network.witnesses.values()]
    assert intersect(ours, union(own)) == ()


@given(st.tuples(st.integers(0, LAST), st.integers(0, LAST)))
def test_the_parts_of_a_row_are_the_row(ends: tuple[int, int]) -> None:
    row = Span(Family.V4, min(ends), max(ends))
    found = parts(row)
    assert union(one.range for one in found) == (row.range,)
    assert all(one.first % (1 << 32 - one.length) == 0 for one in found)
    assert len(found) <= 62
    assert all(one.last + 1 == other.first for one, other in pairwise(found))


def test_a_prefix_is_its_own_part() -> None:
    one = prefix("10.21.0.0/27")
    assert parts(one) == (one,)
    assert parts(Span(Family.V4, *one.range)) == (one,)
    assert parts(Span(Family.V4, 0, LAST)) == (Prefix(Family.V4, 0, 0),)
