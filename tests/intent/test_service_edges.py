"""What a service edge lets in and out: what its centre's firewall passes to it, nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from telemed_infra.intent.network import written
from telemed_infra.intent.openings import AddressGroup, Opening
from telemed_infra.model.load import load
from telemed_infra.model.network import Device
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.resources import shipped
from tests.plan.variants import network, small

CENTERS = ("dc-a", "dc-b")
Passing = tuple[str, tuple[str, ...], str, str]  # policy, apps, who opens, to whom


@cache
def meaning() -> Meaning:
    return Meaning(load(shipped("inventory"), as_of=None))


def edges(center: str) -> list[Device]:
    return [one for one in meaning().network.devices if one.role == "SE" and one.site.id == center]


@cache
def openings(name: str) -> list[Opening]:
    (device,) = (one for one in meaning().network.devices if one.name == name)
    return written(meaning().openings(device))


@cache
def instances() -> frozenset[str]:
    return frozenset(one.name for one in meaning().plan.instances)


def passing(some: Iterable[Opening], *, inward: bool) -> set[Passing]:
    """Every pair of ends of which an instance is the own one, whatever the other's zone."""
    found = set()
    for one in some:
        own = one.destinations if inward else one.sources
        if instances() & {member.name for member in own.members}:
            found |= {
                (one.policy, one.apps, source.name, target.name)
                for source in one.sources.members
                for target in one.destinations.members
            }
    return found


def names(group: AddressGroup) -> list[str]:
    return [member.name for member in group.members]


def of_policy(name: str, policy: str) -> list[tuple[str, str, list[str], list[str]]]:
    return [
        (*one.way, names(one.sources), names(one.destinations))
        for one in openings(name)
        if one.policy == policy
    ]


@pytest.mark.parametrize("center", CENTERS)
def test_an_edge_takes_in_what_the_firewall_passes_to_instances(center: str) -> None:
    firewall = [one for one in written(meaning().intent.at(center)) if one.zone_out == "DMZ"]
    wanted = passing(firewall, inward=True)
    assert {target for *_, target in wanted} == instances()
    for edge in edges(center):
        inward = [one for one in openings(edge.name) if one.way == ("DMZ", "LOCAL")]
        assert passing(inward, inward=True) == wanted


@pytest.mark.parametrize("center", CENTERS)
def test_an_instance_may_open_what_the_firewall_passes_from_it(center: str) -> None:
    firewall = [one for one in written(meaning().intent.at(center)) if one.zone_in == "DMZ"]
    wanted = passing(firewall, inward=False)
    assert {policy for policy, *_ in wanted} >= {"P0203", "P0311", "P0903", "P1302"}
    for edge in edges(center):
        outward = [one for one in openings(edge.name) if one.way == ("LOCAL", "DMZ")]
        assert passing(outward, inward=False) == wanted


def test_the_own_address_takes_in_failover_alone_and_opens_what_the_zone_may() -> None:
    """Name service and time are other servers' of the zone, the bastion comes by management."""
    own: dict[str, Any] = {}
    for edge in edges("dc-a"):
        some = [one for one in openings(edge.name) if "DMZ" in one.way]
        own[edge.name] = {
            (one.policy, *one.way)
            for one in some
            if not instances() & {*names(one.sources), *names(one.destinations)}
        }
    zone = {("P1401", "LOCAL", "DMZ")}
    inward = {(policy, "DMZ", "LOCAL") for policy in ("N0102", "N0103", "N0105")}
    outward = {(policy, "LOCAL", "DMZ") for policy in ("N0102", "N0104", "N0106")}
    assert own == {"GZ-DCA-SE01": zone | inward | outward, "GZ-DCA-SE02": zone}


def test_the_agent_speaks_from_where_failover_puts_it() -> None:
    edge, a, b = "GZ-DCA-SE01", "dc-a health", "dc-b health"
    assert of_policy(edge, "N0102") == [
        ("DMZ", "LOCAL", [b], [a]),
        ("LOCAL", "DMZ", [a], [b]),
    ]
    assert of_policy(edge, "N0103") == [("DMZ", "LOCAL", ["witness-1"], [a])]
    assert of_policy(edge, "N0104") == [("LOCAL", "DMZ", [a], ["witness-1"])]
    members = ["dc-a register", "dc-b register", "witness-1"]
    assert of_policy(edge, "N0106") == [("LOCAL", "DMZ", [a], members)]
    ((*way, sources, targets),) = of_policy(edge, "N0105")
    assert (way, len(sources), targets) == (["DMZ", "LOCAL"], 32, [a])
    assert of_policy(edge, "P1401") == [("LOCAL", "DMZ", [edge], ["dc-a APP"])]
    exporter = of_policy(edge, "N0111")
    assert exporter == [("MGMT", "LOCAL", ["dc-a nms", "dc-b nms"], [edge])]


def test_other_hosts_of_the_centre_open_nothing_for_services() -> None:
    found = {one.policy for one in openings("GZ-DCA-ADS01")}
    assert found
    assert all(policy.startswith("N00") for policy in found)


def test_a_neighbour_in_the_zone_may_reach_what_a_policy_gives_it() -> None:
    """No firewall lies between the two; the edge is the only one that can let it in."""
    files = dict(small())
    (first, *others) = files["policies/imaging.yml"]
    near = {**first, "from": {"kind": "data-center", "zone": "DMZ"}}
    of = Meaning(network({**files, "policies/imaging.yml": [near, *others]}))
    (edge, *_) = (one for one in of.network.devices if one.role == "SE")
    inward, outward = (one for one in of.openings(edge) if one.policy == near["id"])
    assert (*inward.way, names(inward.sources)) == ("DMZ", "LOCAL", ["dc-a DMZ", "dc-b DMZ"])
    assert (*outward.way, names(outward.sources)) == ("LOCAL", "DMZ", [edge.name])
    assert names(inward.destinations) == names(outward.destinations)
    assert not [one for one in of.intent.at("dc-a") if one.way == ("DMZ", "DMZ")]
