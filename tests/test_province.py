"""The main job on real input: the shipped province is built, proven and read by every program."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from telemed_infra.model.load import load
from telemed_infra.model.network import Network, Site
from telemed_infra.native.shape import Shapes
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.pipeline.build import BuildRequest, BuildResult, build
from telemed_infra.pipeline.layout import config_files, config_path, site_folder
from telemed_infra.pipeline.manifest import read_manifest
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.origins import ORIGINS
from telemed_infra.pipeline.verify import VerifyRequest, verify
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.prove.propagation import NO_LOSS, Fabric, Routes
from telemed_infra.prove.reachability import Reachability, Scene
from telemed_infra.prove.ways import way
from tests.prove import county_ways, read_routing, rendered
from tests.roles import OF_SOME, ONE_OF
from tests.roles import ROLES as ROLES_DO

INVENTORY = Path(__file__).resolve().parents[1] / "inventory"
# Design: what each kind of site has. 4,452 devices in all.
ROLES = {
    "FW": 578, "GW": 1543, "CSW": 402, "ASW": 1773, "IDS": 124,
    "CR": 4, "ADS": 4, "SE": 4, "OOB": 2, "AR": 18,
}  # fmt: skip

pytestmark = [
    pytest.mark.xdist_group("province"),
    pytest.mark.root,
    pytest.mark.debian("nft"),
    pytest.mark.debian("suricata"),
]


@dataclass(frozen=True)
class Built:
    """A build, and what it was made of."""

    network: Network
    result: BuildResult
    folder: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("province") / "build"
    result = build(BuildRequest(inventory=INVENTORY, out=folder, native="all", jobs=2))
    return Built(load(INVENTORY, as_of=None), result, folder)


def test_everything_holds(built: Built) -> None:
    assert [str(one) for one in built.result.findings] == []
    assert built.result.expectations >= 40


@pytest.mark.parametrize("suffix", [".nft", ".frr"])
def test_the_sites_whose_texts_are_loaded_have_every_shape(built: Built, suffix: str) -> None:
    """tests/prove load them into a kernel and into FRR, and read what these say."""
    shapes = Shapes()
    sites_of: dict[str, set[str]] = {}
    for path in (built.folder / "configs").rglob(f"*{suffix}"):
        sites_of.setdefault(shapes.of(path.read_text()), set()).add(path.parent.name)
    assert sites_of
    assert [sites for sites in sites_of.values() if sites.isdisjoint(rendered.SITES)] == []


def test_it_holds_what_the_paper_says(built: Built) -> None:
    assert built.result.counts == {
        "sites": 1832,
        "data_centers": 2,
        "hospitals": 199,
        "county_centers": 88,
        "townships": 1543,
        "devices": 4452,
        "endpoints": 3029,
        "services": 12,
        "instances": 84,
        "policies": len(built.network.policies),
    }


def test_each_device_of_each_role_has_its_file(built: Built) -> None:
    assert Counter(device.role for device in built.network.devices) == ROLES
    missing = [
        device.name
        for device in built.network.devices
        if not (
            built.folder
            / site_folder(device.site)
            / f"{device.name}.{PLATFORMS[device.platform].extension}"
        ).exists()
    ]
    assert missing == []


def test_the_proof_is_not_empty(built: Built) -> None:
    proof = built.result.proof
    sensors = sum(device.platform == "suricata" for device in built.network.devices)
    assert proof["devices"] == len(built.network.devices) - sensors
    assert proof["openings_must"] > 100_000
    assert proof["openings_may"] > 10_000
    assert proof["rules"] > proof["openings_must"]
    assert proof["ways"] > 50_000
    assert proof["coverage"] == 1.0
    assert proof["lines_effective"] > 1_000_000
    assert proof["findings"] == []


def test_each_role_does_what_the_design_says_and_no_other(built: Built) -> None:
    platforms: dict[str, list[str]] = {}
    for device in built.network.devices:
        if device.platform != "suricata":
            role = f"{device.blueprint.kind} {device.role}"
            platforms.setdefault(role, []).append(device.platform)
    expected = {
        role: {
            function: count // ONE_OF.get((role, function), 1)
            for function, without in functions.items()
            if (count := sum(platform not in without for platform in platforms[role]))
        }
        for role, functions in ROLES_DO.items()
    }
    for (role, function), count in OF_SOME.items():
        expected[role][function] = count
    found = {role: counted["functions"] for role, counted in built.result.proof["by_role"].items()}
    assert found == expected


def test_every_text_was_read_by_its_platforms_own_program(built: Built) -> None:
    native = built.result.native
    checked = {run["program"]: run["checked"] for run in native["runs"]}
    by_platform = Counter(device.platform for device in built.network.devices)
    edges = sum(device.role == "SE" for device in built.network.devices)
    assert {(one["why"], one["texts"]) for one in native["skipped"]} == {
        (f"no program is known that reads {platform}", by_platform[platform])
        for platform in ("cisco_ios", "cisco_ios_zbf", "h3c_comware", "h3c_secpath", "ruijie_rgos")
    }
    beside = Counter(
        file.platform for device in built.network.devices for file in config_files(device)
    )
    assert checked == {
        "nft": by_platform["nftables"] + edges,  # the guard's table besides
        "suricata": by_platform["suricata"],
        "vrp-ir": by_platform["huawei_usg"] + by_platform["huawei_vrp"],
        "vtysh": beside["frr"],
        "keepalived": 4 + 2,  # service edges, one pair of firewalls
        "conntrackd": 2,
        "swanctl": ROLES["GW"] + 2 + 2,  # one pair of firewalls on Linux, and one of routers
    }
    (vrp,) = (run for run in native["runs"] if run["program"] == "vrp-ir")
    assert (
        vrp["unknown"] / vrp["lines"] <= 0.25
    )  # half of what administers a switch; reviewed lines


@pytest.mark.parametrize(
    ("platform", "number", "route", "bgp"),
    [
        ("h3c_secpath", 172, r"^ ip route-static ", r"^bgp \d+$"),
        ("cisco_ios_zbf", 92, r"^ip route ", r"^router bgp \d+$"),
    ],
)
def test_whoever_joins_sites_is_routed(
    built: Built, platform: str, number: int, route: str, bgp: str
) -> None:
    """Firewalls have static routes, and all but those of a centre have sessions."""
    assert built.result.unrouted == {}
    routed = [device for device in built.network.devices if device.platform == platform]
    assert len(routed) == number
    for device in routed:
        text = (built.folder / config_path(device)).read_text("utf-8")
        assert re.search(route, text, re.MULTILINE)
        speaks = bool(re.search(bgp, text, re.MULTILINE))
        assert speaks == (device.site.kind != "data-center")


def test_one_job_and_another_order_of_work_give_the_same_bytes(
    built: Built, tmp_path: Path
) -> None:
    """A prefecture and a data centre alone: other batches, other things done before them."""
    again = tmp_path / "again"
    only = "prefecture_bijie:GZ-DCB-*"
    build(BuildRequest(inventory=INVENTORY, out=again, limit=only, native="none", jobs=1))
    first, second = (read_manifest(one / "manifest.json") for one in (built.folder, again))
    assert first is not None
    assert second is not None
    texts = {path: one for path, one in second.files.items() if path.startswith("configs/")}
    assert len(texts) > 500
    assert texts.items() <= first.files.items()


def test_texts_and_inventory_alone_prove_it_again(built: Built, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    for path in sorted(built.folder.resolve().rglob("*")):
        texts = path.is_file() and path.name != ORIGINS and "configs" in path.parts
        if texts:
            target = bare / path.relative_to(built.folder.resolve())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(path)
    result = verify(VerifyRequest(inventory=INVENTORY, build=bare, proof_only=True))
    assert [str(one) for one in result.findings] == []
    assert result.proof == built.result.proof


def test_every_device_hears_what_it_must_and_nothing_else_whatever_is_lost(built: Built) -> None:
    """The fibre, each centre, each centre's access; of circuits, cables and routers every sixth.

    In IPv6 every twelfth. And when the fibre is cut nothing moves at all. All of them are lost in
    the small province of `tests/prove/test_reachability.py`.
    """
    meaning = Meaning(built.network)
    found = routing_of(built)
    normal, *scenes = losses_of_the_core(meaning)
    great = [one for one in scenes if re.search("^the fibre$|^all of | access$", one.name)]
    small = [one for one in scenes if one not in great]
    assert len(great) == 5
    assert len(small) > 75
    for family in FAMILIES:
        fabric = Fabric(found, family)
        sessions = [one for one in meaning.routing.sessions if one.family is family]
        assert len(fabric.meetings) == len(sessions) > 50
        reach = Reachability(built.network.devices, meaning.routing, found, family)
        before = fabric.settled(NO_LOSS, normal.services)
        below = [one for one in found if not one.startswith("GZ-DC")]
        every = 6 if family is Family.V4 else 12
        for one in (normal, *great, *small[::every]):
            moved = one.services != normal.services
            routes = fabric.settled(one.loss, one.services, None if moved else before)
            assert [str(each) for each in reach.findings(one, routes)] == [], one.name
            assert lost_ways(built.network, fabric, routes, services_at(meaning)) == [], one.name
            if one.name == "the fibre":
                assert {name for name in below if routes.known[name] != before.known[name]} == set()


def test_a_county_hospital_outlives_each_loss_above_it(built: Built) -> None:
    """One router, line or member at a time; a hospital of each platform behind a head of each.

    In the small province of `tests/prove/test_county_ways.py` at every hospital.
    """
    meaning = Meaning(built.network)
    fabric = Fabric(routing_of(built), Family.V4)
    here = read_routing.services(meaning)
    before = fabric.settled(NO_LOSS, here)
    service = next(one for one in services_at(meaning) if one.family is Family.V4)
    chosen = hospitals_by_platform(meaning)
    assert {site for _, site in chosen} >= {"huawei_usg", "h3c_secpath", "cisco_ios_zbf"}
    for site in chosen.values():
        scenes = list(county_ways.losses_above(meaning, site))
        assert len(scenes) == 12
        for one in scenes:
            routes = fabric.settled(one.loss, here, before)
            asked = (meaning, fabric, routes, one.loss, site, address_text(*service[:2]))
            assert list(county_ways.faults(*asked)) == [], (site.id, one.name)


def hospitals_by_platform(meaning: Meaning) -> dict[tuple[str, str], Site]:
    """The first county hospital of each pair of platforms: the head's, and its own."""
    found: dict[tuple[str, str], Site] = {}
    for site in meaning.network.sites.values():
        if site.kind == "county-hospital" and site.county is not None:
            head = meaning.points.of(site.county.center.id).devices[0]
            own = meaning.points.of(site.id).devices[0]
            found.setdefault((head.platform, own.platform), site)
    return found


def services_at(meaning: Meaning) -> list[Prefix]:
    """One service at home in each centre, by both its addresses."""
    homes = {one.home: (one.v4, one.v6) for one in meaning.plan.instances}
    assert homes.keys() == meaning.network.data_centers.keys()
    return [address for pair in homes.values() for address in pair]


def lost_ways(
    network: Network, fabric: Fabric, routes: Routes, services: list[Prefix]
) -> list[tuple[str, str]]:
    """Members at provincial hospitals that stand, and services that they find no way to."""
    members = [
        one.name
        for one in network.devices
        if one.site.kind == "provincial-hospital" and one.name in routes.local
    ]
    assert len(members) >= 7  # of ten; one may be lost, and one pair is H3C's
    return [
        (name, one.text)
        for name in members
        for one in services
        if one.family is fabric.family
        and not way(fabric, routes, name, address_text(*one[:2])).ends_well
    ]


def routing_of(built: Built) -> dict[str, RouteBehaviour]:
    """By the texts of the build alone."""
    found = {}
    for device in built.network.devices:
        file = read_routing.routing_file(device)
        if file:
            path = built.folder / site_folder(device.site) / file.name
            found[device.name] = read_routing.read(device, path.read_text("utf-8"))
    assert len(found) > 600
    return found


def losses_of_the_core(meaning: Meaning) -> list[Scene]:
    """Nothing first, then each single loss at a core or aggregation router."""
    network = meaning.network
    routers = {one.name for one in network.devices if one.role in ("CR", "AR")}
    provincial = {one.name for one in network.devices if one.site.kind == "provincial-hospital"}
    return [
        one
        for one in read_routing.single_losses(meaning)
        if one.loss == NO_LOSS
        or one.loss.devices & routers
        or any(line <= routers | provincial for line in one.loss.lines)
    ] + [read_routing.without_access(meaning, centre) for centre in network.data_centers]


def test_every_line_of_a_rule_or_a_set_comes_from_the_inventory(built: Built) -> None:
    site = built.network.sites["weining-c"]
    origins = json.loads((built.folder / site_folder(site) / ORIGINS).read_bytes())
    for name, pairs in origins.items():
        for _, places in pairs:
            for place in places.split():
                file, _, line = place.partition(":")
                assert (INVENTORY.parent / file).is_file(), f"{name}: {place}"
                assert line.isdigit(), f"{name}: {place}"
