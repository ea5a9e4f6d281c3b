"""Every site of the small province hears what it must, and nothing more, whatever is lost.

By the texts that a build would write, of Huawei's devices, of H3C's and of Linux; the sets come of
the plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import pytest

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.links import LineKind
from telemed_infra.plan.routing import Source
from telemed_infra.prove.findings import Finding
from telemed_infra.prove.propagation import NO_LOSS, Fabric, Loss, Routes
from telemed_infra.prove.reachability import Reachability, Scene, Services
from telemed_infra.prove.ways import End, Way, way
from tests.plan.building import texts
from tests.plan.variants import Documents, mixed, network, small, with_cisco
from tests.prove.read_routing import (
    behaviours,
    lines,
    of_site,
    read,
    routing_file,
    services,
    single_losses,
    without,
    without_access,
    without_lines,
)
from tests.routing.province import on_linux

VARIANTS: dict[str, Callable[[], Documents]] = {
    "huawei": small,
    "h3c": mixed,
    "cisco": with_cisco,
    "linux": on_linux,
}
FIRST, SECOND, HEAD = "BJ-H1-AR01", "BJ-H1-AR02", "BJ-WN-C-FW01"
CORE_A, CORE_B = "GZ-DCA-CR01", "GZ-DCB-CR01"
MEMBERS = ("GZ-H1-FW01", "GZ-H1-FW02")  # of a provincial hospital: circuits to A and to B
SERVICE_A = "10.12.4.5"  # imaging of 毕节, at home in A
SERVICE_B = "10.12.4.8"  # of 黔南, at home in B


@dataclass(frozen=True)
class Whole:
    """A province, read back."""

    meaning: Meaning
    fabrics: dict[Family, Fabric]
    reaches: dict[Family, Reachability]
    known: dict[Family, Routes] = field(default_factory=dict)

    def findings(self, scene: Scene) -> list[Finding]:
        return [
            one
            for family in FAMILIES
            for one in self.reaches[family].findings(scene, self.routes(scene, family))
        ]

    def routes(self, scene: Scene, family: Family = Family.V4) -> Routes:
        """From where it stood before anything was lost, if services have not moved."""
        before = self.normal(family) if scene.services == self.services else None
        return self.fabrics[family].settled(scene.loss, scene.services, before)

    @cached_property
    def services(self) -> Services:
        return services(self.meaning)

    def normal(self, family: Family) -> Routes:
        if family not in self.known:
            self.known[family] = self.fabrics[family].settled(NO_LOSS, self.services)
        return self.known[family]

    def way(self, scene: Scene, start: str, address: str) -> Way:
        return way(self.fabrics[Family.V4], self.routes(scene), start, address)


def whole(meaning: Meaning, found: dict[str, RouteBehaviour]) -> Whole:
    fabrics = {family: Fabric(found, family) for family in FAMILIES}
    reaches = {
        family: Reachability(meaning.network.devices, meaning.routing, found, family)
        for family in FAMILIES
    }
    return Whole(meaning, fabrics, reaches)


@cache
def province(variant: str) -> Whole:
    meaning = Meaning(network(VARIANTS[variant]()))
    return whole(meaning, behaviours(meaning))


@pytest.fixture(params=VARIANTS)
def made(request: pytest.FixtureRequest) -> Whole:
    return province(request.param)


def scene(made: Whole, loss: Loss = NO_LOSS) -> Scene:
    return Scene(name="here", loss=loss, services=services(made.meaning))


def test_every_session_is_answered(made: Whole) -> None:
    for family in FAMILIES:
        fabric = made.fabrics[family]
        assert [(one.device, one.session.peer) for one in fabric.lonely()] == []
        planned = [one for one in made.meaning.routing.sessions if one.family is family]
        assert len(fabric.meetings) == len(planned)


def test_every_site_hears_what_it_must_whatever_is_lost(made: Whole) -> None:
    scenes = list(single_losses(made.meaning))
    assert len(scenes) > 40
    for one in scenes:
        assert made.findings(one) == [], one.name
    for centre in made.meaning.network.data_centers:
        assert made.findings(without_access(made.meaning, centre)) == [], centre


def test_packets_find_their_way_there_and_back_whatever_is_lost(made: Whole) -> None:
    fabric = made.fabrics[Family.V4]
    heads = [
        device
        for device in made.meaning.network.devices
        if device.role == "FW"
        and device.site.kind != "data-center"
        and device.name in fabric.behaviours
    ]
    for one in single_losses(made.meaning):
        routes = made.routes(one)
        for site in {device.site.id for device in heads}:
            members = [device.name for device in heads if device.site.id == site
                       and device.name not in one.loss.devices]  # fmt: skip
            zone = made.meaning.plan.sites[site].zones["MGMT"]
            back = zone.v4.host(1).text.partition("/")[0]
            if not members:
                continue
            assert any(way(fabric, routes, name, SERVICE_A).ends_well for name in members), one.name
            for core in (CORE_A, CORE_B):
                if core not in one.loss.devices:
                    assert way(fabric, routes, core, back).end is End.ARRIVES, (
                        one.name,
                        core,
                        back,
                    )


# The states of docs/concepts/routing.md, one by one ----------------------------------------------


def test_in_normal_times_each_centre_is_reached_directly(made: Whole) -> None:
    found = made.way(scene(made), HEAD, SERVICE_A)
    assert found.ends_well
    assert found.devices[:3] == (HEAD, FIRST, CORE_A)


def test_a_cut_fibre_moves_nothing(made: Whole) -> None:
    cut = without_lines(*(ends for _, *ends in lines(made.meaning.routing, LineKind.FIBRE)))
    before, after = made.routes(scene(made)), made.routes(scene(made, cut))
    below = [name for name in before.known if not name.startswith("GZ-DC")]
    assert {*MEMBERS, FIRST, HEAD} <= {*below}
    for name in below:
        assert after.known[name] == before.known[name], name


def test_at_a_provincial_hospital_each_centre_is_asked_by_the_member_with_its_circuit(
    made: Whole,
) -> None:
    """In normal times as when the fibre is cut: that moves nothing here either."""
    cut = without_lines(*(ends for _, *ends in lines(made.meaning.routing, LineKind.FIBRE)))
    for loss in (NO_LOSS, cut):
        for address, member, core in (
            (SERVICE_A, MEMBERS[0], "GZ-DCA-CR"),
            (SERVICE_B, MEMBERS[1], "GZ-DCB-CR"),
        ):
            for start in MEMBERS:
                found = made.way(scene(made, loss), start, address)
                assert found.ends_well
                by = tuple(dict.fromkeys((start, member)))
                assert found.devices[: len(by)] == by
                assert found.devices[len(by)].startswith(core)


def test_a_member_at_a_provincial_hospital_reaches_both_centres_whatever_is_lost(
    made: Whole,
) -> None:
    fabric = made.fabrics[Family.V4]
    for one in single_losses(made.meaning):
        routes = made.routes(one)
        for name in (name for name in MEMBERS if name not in one.loss.devices):
            for address in (SERVICE_A, SERVICE_B):
                assert way(fabric, routes, name, address).ends_well, (one.name, name, address)


def test_a_provincial_hospital_is_no_way_between_the_centres(made: Whole) -> None:
    """It tells a centre its own block alone, so that the cut parts the two."""
    cut = without_lines(*(ends for _, *ends in lines(made.meaning.routing, LineKind.FIBRE)))
    for start, address in ((CORE_A, "10.4.100.1"), (CORE_B, "10.0.100.1")):
        assert made.way(scene(made), start, address).ends_well
        assert made.way(scene(made, cut), start, address) == ((start,), End.LOST)


def test_a_member_is_managed_from_the_centre_that_its_partner_leads_to(made: Whole) -> None:
    for member, core in zip(MEMBERS, (CORE_B, CORE_A), strict=True):
        address = made.meaning.plan.management[member][1].text.partition("/")[0]
        found = made.way(scene(made), core, address)
        assert found.end is End.ARRIVES
        assert found.devices[-1] == member


def test_each_member_of_a_pair_is_managed_while_the_other_stands(made: Whole) -> None:
    """Both tell the same block, and the routers above send to the first: each tells itself too.

    A county hospital's is reached by the head's first member, never by the hospital's own.
    """
    second = [
        device.name
        for device in made.meaning.network.devices
        if device.k == 1
        and any(one.source is Source.MEMBER for one in made.meaning.routing.originates(device))
    ]
    assert len(second) > 5
    for member in second:
        address = made.meaning.plan.management[member][1].text.partition("/")[0]
        for core in (CORE_A, CORE_B):
            found = made.way(scene(made), core, address)
            assert (found.end, found.devices[-1]) == (End.ARRIVES, member)
            assert f"{member[:-1]}1" not in found.devices


def test_a_centre_without_its_access_is_reached_by_the_other_and_the_fibre(made: Whole) -> None:
    found = made.way(without_access(made.meaning, "dc-a"), HEAD, SERVICE_A)
    assert found.ends_well
    assert found.devices[:4] == (HEAD, FIRST, CORE_B, CORE_A)


def test_a_lost_centres_services_are_reached_at_the_other(made: Whole) -> None:
    lost = Scene(
        name="all of dc-a",
        loss=without(*of_site(made.meaning.network, "dc-a")),
        services=services(made.meaning, instead_of="dc-a"),
    )
    found = made.way(lost, HEAD, SERVICE_A)
    assert found.ends_well
    assert found.devices[:3] == (HEAD, FIRST, CORE_B)


def test_a_router_without_circuits_is_served_by_its_partner(made: Whole) -> None:
    cut = without_lines((FIRST, CORE_A), (FIRST, CORE_B))
    found = made.way(scene(made, cut), HEAD, SERVICE_A)
    assert found.ends_well
    assert found.devices[:3] == (HEAD, FIRST, SECOND)


def test_without_any_circuit_packets_end_at_the_county_head(made: Whole) -> None:
    circuits = [ends for _, *ends in lines(made.meaning.routing, LineKind.CORE_AGGREGATION)]
    cut = without_lines(*(ends for ends in circuits if {FIRST, SECOND} & {*ends}))
    assert made.way(scene(made, cut), HEAD, SERVICE_A) == ((HEAD,), End.LOST)


def test_what_no_part_of_a_block_answers_for_is_thrown_away(made: Whole) -> None:
    nowhere = "10.87.255.254"
    found = made.way(scene(made), CORE_A, nowhere)
    assert found.end is End.DISCARDED


# Damages ------------------------------------------------------------------------------------------


def damaged(device: str, old: str, new: str) -> Whole:
    """The province on Huawei with one text edited."""
    sound = province("huawei")
    found = dict(sound.fabrics[Family.V4].behaviours)
    for one, name, text in texts(sound.meaning):
        file = routing_file(one)
        if one.name == device and file and file.name == name:
            assert old in text
            found[device] = read(one, text.replace(old, new))
    return whole(sound.meaning, found)


def test_an_aggregate_lost_at_one_router_is_borne_by_the_other() -> None:
    """A proof of the device finds it; the network goes on."""
    made = damaged(FIRST, "  aggregate 10.80.0.0 255.240.0.0\n", "")
    assert {one.device for one in made.findings(scene(made))} <= {FIRST}
    devices = made.way(scene(made), CORE_A, "10.87.128.1").devices
    assert devices[:3] == (CORE_A, "GZ-DCA-CR02", SECOND)


def test_a_head_that_does_not_tell_its_block_is_missed_above() -> None:
    found: dict[str, RouteBehaviour] = {}
    for head in (HEAD, "BJ-WN-C-FW02"):
        made = damaged(head, "  network 10.87.128.0 255.255.128.0\n", "")
        found[head] = made.fabrics[Family.V4].behaviours[head]
    both = whole(made.meaning, {**made.fabrics[Family.V4].behaviours, **found})
    missed = both.findings(scene(both))
    assert {(one.kind, one.device) for one in missed} >= {("missing", FIRST), ("missing", SECOND)}
    assert all("10.87.128.0/17" in one.says for one in missed if one.device in (FIRST, SECOND))


def test_members_that_do_not_speak_are_found_when_the_fibre_is_cut() -> None:
    made = damaged(MEMBERS[1], "  peer 10.13.29.6 enable\n", "")
    cut = without_lines(*(ends for _, *ends in lines(made.meaning.routing, LineKind.FIBRE)))
    found = made.findings(scene(made, cut))
    assert {(one.device, one.kind) for one in found} == {(name, "missing") for name in MEMBERS}
    assert not made.findings(scene(made))  # the fibre serves both as long as it is there


def test_what_one_filter_alone_lets_out_the_other_end_refuses() -> None:
    """By its limit at the latest: without one, its filter is enough."""
    made = damaged(
        FIRST,
        "peer 10.83.13.16 ip-prefix BJ-V4 export",
        "peer 10.83.13.16 ip-prefix PAIR-V4 export",
    )
    (closed,) = made.findings(scene(made))
    assert closed.device == CORE_A
    assert "is closed: it is told too many prefixes" in closed.says
    roomy = damaged(CORE_A, "peer 10.83.13.17 route-limit 10", "peer 10.83.13.17 route-limit 500")
    both = {**made.fabrics[Family.V4].behaviours}
    both[CORE_A] = roomy.fabrics[Family.V4].behaviours[CORE_A]
    assert whole(made.meaning, both).findings(scene(made)) == []


def test_a_filter_too_wide_at_both_ends_is_heard() -> None:
    made = damaged(
        FIRST,
        "peer 10.83.13.16 ip-prefix BJ-V4 export",
        "peer 10.83.13.16 ip-prefix PAIR-V4 export",
    )
    core = damaged(
        CORE_A, "peer 10.83.13.17 ip-prefix BJ-V4 import", "peer 10.83.13.17 route-limit 500"
    )
    both = dict(made.fabrics[Family.V4].behaviours)
    both[CORE_A] = core.fabrics[Family.V4].behaviours[CORE_A]
    found = whole(made.meaning, both).findings(scene(made))
    assert {one.kind for one in found} == {"excess"}
    assert CORE_A in {one.device for one in found}


def test_a_route_limit_that_is_too_small_closes_a_session() -> None:
    made = damaged(
        FIRST,
        "peer 10.83.13.16 route-limit",
        "peer 10.83.13.16 route-limit 1\n  undo peer 10.83.13.18 route-limit",
    )
    found = made.findings(scene(made))
    assert any("is closed: it is told too many prefixes" in one.says for one in found)


def test_a_service_that_stands_nowhere_is_missed() -> None:
    made = province("huawei")
    full = scene(made)
    edge, some = next((name, list(one)) for name, one in full.services.items() if one)
    routes = made.routes(replace(full, services={**full.services, edge: some[2:]}))
    found = list(made.reaches[Family.V4].findings(full, routes))
    assert found
    assert all(one.kind == "missing" and some[0] in one.says for one in found)
