"""Where lectures to many are forwarded and asked for, and what of them may pass: no texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from telemed_infra.model.network import Device
from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.packets import Family
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan import limits
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.limits import beyond_the_platforms
from telemed_infra.plan.multicast import PREFERRED
from telemed_infra.plan.platforms import PLATFORMS
from tests.model.multicast_cases import lectures
from tests.plan.variants import network, small

GROUPS = ((0xE834_0000, 0xE834_FFFF),)
Crossing = tuple[str, str]


def made(**words: str) -> Meaning:
    return Meaning(
        network({file: yaml.safe_load(text) for file, text in lectures(**words).items()})
    )


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return made()


def of_kind(meaning: Meaning, kind: str, role: str) -> list[Device]:
    found = [one for one in meaning.network.devices if one.role == role and one.site.kind == kind]
    assert found
    return found


def in_zones(meaning: Meaning, device: Device, *zones: str) -> set[str]:
    def routed(one: Interface) -> bool:
        return one.zone == "DMZ" or one.peer4 is not None

    some = meaning.interfaces(device)
    return {one.name for one in some if one.zone in zones and routed(one)}


def test_without_the_rule_nothing_is_spoken_or_opened() -> None:
    plain = Meaning(network(small()))
    assert all(plain.multicast(one) == NO_MULTICAST for one in plain.network.devices)
    assert not any(plain.snooped_vlans(one) for one in plain.network.devices)
    openings = [one for site in plain.network.sites for one in plain.intent.at(site)]
    assert not {"D0011", "D0012"} & {one.policy for one in openings}


@pytest.mark.parametrize(
    ("kind", "zones"),
    [
        ("data-center", ("WAN", "DMZ")),
        ("provincial-hospital", ("WAN", "DMZ")),
        ("city-hospital", ("WAN", "DMZ")),
        ("county-center", ("WAN", "DOWN", "DMZ")),
        ("county-hospital", ("WAN", "DMZ")),
    ],
)
def test_firewalls_speak_on_lines_and_in_the_zone_alone(
    meaning: Meaning, kind: str, zones: tuple[str, ...]
) -> None:
    for device in of_kind(meaning, kind, "FW"):
        found = meaning.multicast(device)
        assert found.groups == GROUPS
        assert found.speaks == in_zones(meaning, device, *zones)
        assert found.listens == in_zones(meaning, device, "DMZ")
        first = dict.fromkeys(found.listens, PREFERRED)
        assert found.preferred == (first if device.number == 1 else {})


@pytest.mark.parametrize(("kind", "role"), [("data-center", "CR"), ("city-hospital", "AR")])
def test_routers_speak_on_each_line_and_hear_no_host(
    meaning: Meaning, kind: str, role: str
) -> None:
    for device in of_kind(meaning, kind, role):
        found = meaning.multicast(device)
        assert len(found.speaks) == len(meaning.routing.lines_of(device))
        assert found == MulticastRouting(GROUPS, found.speaks, frozenset(), {})


@pytest.mark.parametrize(("kind", "role"), [("township", "GW"), ("data-center", "SE")])
def test_others_forward_none(meaning: Meaning, kind: str, role: str) -> None:
    assert all(meaning.multicast(one) == NO_MULTICAST for one in of_kind(meaning, kind, role))


def test_both_ends_of_a_line_speak(meaning: Meaning) -> None:
    for line in meaning.routing.lines:
        for end in (line.upper, line.lower):
            own = meaning.multicast(end.device).speaks
            assert any(name.endswith(str(end.port)) for name in own), (end.device.name, end.port)


def test_switches_hold_back_where_they_carry_the_zone(meaning: Meaning) -> None:
    vlans = {site: plan.zones["DMZ"].vlan for site, plan in meaning.plan.sites.items()
             if "DMZ" in plan.zones}  # fmt: skip
    core = of_kind(meaning, "county-hospital", "CSW")
    assert all(meaning.snooped_vlans(one) == {vlans[one.site.id]} for one in core)
    assert not any(map(meaning.snooped_vlans, of_kind(meaning, "city-hospital", "AR")))


def crossings(meaning: Meaning, site: str, policy: str) -> set[Crossing]:
    openings = meaning.intent.at(site)
    return {one.way for one in openings if one.policy == policy}


def test_a_policy_opens_the_groups_on_their_way(meaning: Meaning) -> None:
    ways = {
        site.kind: crossings(meaning, site.id, "P0901") for site in meaning.network.sites.values()
    }
    assert ways == {
        "data-center": {("DMZ", "WAN")},
        "provincial-hospital": set(),
        "city-hospital": set(),
        "county-center": {("WAN", "DMZ"), ("WAN", "DOWN")},
        "county-hospital": {("WAN", "DMZ")},
        "township": set(),
    }
    for opening in meaning.intent.at("weining-c"):
        if opening.policy == "P0901":
            assert opening.destinations.ranges(Family.V4) == GROUPS
            assert len(opening.destinations.members) == 1
            assert opening.destinations.ranges(Family.V6) == ()


def test_members_of_a_provincial_hospital_pass_it_on() -> None:
    files = {file: yaml.safe_load(text) for file, text in lectures().items()}
    for one in files["policies/imaging.yml"]:
        if one["id"] == "P0901":
            one["to"]["kind"] = ["provincial-hospital"]
    meaning = Meaning(network(files))
    assert crossings(meaning, "guizhou-h1", "P0901") == {("WAN", "DMZ"), ("WAN", "WAN")}


@pytest.mark.parametrize(("policy", "zones"), [("D0011", {"WAN", "DMZ"}), ("D0012", {"DMZ"})])
def test_its_protocols_are_open_where_they_are_spoken(
    meaning: Meaning, policy: str, zones: set[str]
) -> None:
    expected = {(zone, "LOCAL") for zone in zones} | {("LOCAL", zone) for zone in zones}
    assert crossings(meaning, "guizhou-h1", policy) == expected
    assert crossings(meaning, "weining-caohai", policy) == set()


def test_a_platform_that_forwards_none_is_refused(
    meaning: Meaning, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not list(beyond_the_platforms(meaning.network))
    without = {"nftables": replace(PLATFORMS["nftables"], multicast=False)}
    monkeypatch.setattr(limits, "PLATFORMS", {**PLATFORMS, **without})
    told = [str(problem) for problem in beyond_the_platforms(meaning.network)]
    assert told
    assert all("forwards no multicast" in one and "GW" not in one for one in told)
    assert not list(beyond_the_platforms(network(small())))
