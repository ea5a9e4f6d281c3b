"""The inventory becomes a plan that agents take: that of the province, and changes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped]  # its stubs are a package of their own
    Draft202012Validator,
    FormatChecker,
)

from failover.core.plan import Durability
from failover.plan_file import PlanFile, plan_file_of
from telemed_infra.compile.failover_plan import Document, failover_plan, plan_text
from telemed_infra.model.load import load
from telemed_infra.model.network import Network
from telemed_infra.model.schema.failover_file import MoveGroups
from telemed_infra.plan.network import network_plan
from telemed_infra.resources import shipped
from tests.model.small_province import FILES, changed, write

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "failover" / "plan.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker(["ipv4", "ipv6"]))
PREFECTURES_OF_B = {"anshun", "qiandongnan", "qiannan"}  # from the paper: 5204, 5226, 5227


def document_of(network: Network) -> Document:
    return failover_plan(network, network_plan(network))


def read(document: Document) -> PlanFile:
    """As an agent does."""
    return plan_file_of("plan.json", plan_text(document).encode())


@cache
def province() -> Document:
    return document_of(load(shipped("inventory"), as_of=None))


def small(folder: Path, *changes: tuple[str, str], environment: str | None = None) -> Document:
    files = FILES
    for old, new in changes:
        files = changed("failover.yml", old, new, files)
    return document_of(load(write(folder, files), as_of=None, environment=environment))


def group(document: Document, name: str) -> Any:
    return next(one for one in document["groups"] if one["name"] == name)


def test_agents_and_the_schema_take_the_provinces_plan() -> None:
    VALIDATOR.validate(province())
    plan = read(province())
    assert plan.plan.sites == ("dc-a", "dc-b")
    assert plan.plan.witness == "witness-1"
    assert sum(len(one.instances) for one in plan.groups) == 84
    assert len(plan.groups) == 20  # four services of the province, eight with a group a centre


def test_who_is_at_home_where() -> None:
    plan = read(province()).plan
    (second,) = (one for one in plan.groups if one.name == "consultation@dc-b")
    assert {name.removeprefix("consultation-") for name in second.instances} == PREFECTURES_OF_B
    assert second.home == "dc-b"
    assert {one.home for one in plan.groups if one.name.startswith("dispatch")} == {"dc-a"}


def test_the_green_channel_goes_first_and_needs_nobody() -> None:
    plan = read(province()).plan
    first = min(plan.groups, key=lambda one: one.priority)
    assert (first.name, first.after) == ("dispatch@dc-a", ())
    assert first.durability is Durability.SYNCHRONOUS


def test_a_service_needs_that_of_its_own_tenants() -> None:
    assert group(province(), "pathology@dc-b")["after"] == ["portal@dc-a", "imaging@dc-b"]
    assert group(province(), "pathology@dc-a")["after"] == ["portal@dc-a", "imaging@dc-a"]


def test_a_service_of_the_province_needs_everybody(tmp_path: Path) -> None:
    files = changed("services.yml", "after: [portal]", "after: []")
    files = changed("services.yml", "  rto: 30s\n", "  rto: 30s\n  after: [imaging]\n", files)
    document = document_of(load(write(tmp_path, files), as_of=None))
    assert group(document, "portal@dc-a")["after"] == ["imaging@dc-a", "imaging@dc-b"]


def test_addresses_are_those_of_the_address_plan() -> None:
    plan = read(province())
    (instance,) = (
        one for each in plan.groups for one in each.instances if one.name == "consultation-bijie"
    )
    assert (instance.v4, instance.v6) == ("10.12.2.5", "2001:db8:c00::205")
    assert plan.site("dc-b").addresses == {"fibre": "10.4.140.70", "health": "10.4.100.70"}
    assert plan.witness.address == "10.8.0.17"


def test_observers_are_hospitals_of_every_prefecture() -> None:
    network = load(shipped("inventory"), as_of=None)
    observers = read(province()).observers
    sites = [network.sites[one.name] for one in observers]
    assert len(sites) >= 30
    assert {site.kind for site in sites} == {
        "provincial-hospital", "city-hospital", "county-hospital",
    }  # fmt: skip
    assert {site.prefecture.id for site in sites if site.prefecture} == set(network.prefectures)


def test_the_rate_of_a_group_is_that_of_its_instances() -> None:
    assert group(province(), "ecg@dc-b")["rate_bytes_s"] == 3 * 400_000
    assert group(province(), "ward-rounds@dc-b")["rate_bytes_s"] == 0


@pytest.mark.parametrize("name", ["default", "fast", "wan"])
def test_agents_take_each_profile(name: str) -> None:
    network = load(shipped("inventory"), as_of=None)
    failover = network.failover.model_copy(update={"profile": name})
    plan = read(document_of(replace(network, failover=failover))).plan
    assert plan.profile.lease.length_s == {"default": 2, "fast": 1, "wan": 10}[name]


def test_instances_may_move_one_by_one() -> None:
    network = load(shipped("inventory"), as_of=None)
    each = network.failover.model_copy(update={"move_groups": MoveGroups(by="instance")})
    document = document_of(replace(network, failover=each))
    VALIDATOR.validate(document)
    plan = read(document)
    assert len(plan.groups) == 84
    pathology = group(document, "pathology-qiannan")
    assert pathology["after"] == ["portal-province", "imaging-qiannan"]
    assert pathology["actuators"]["postgresql"] == {"cluster": "pathology-qiannan"}


def test_without_ipv6_in_the_centres_there_is_none(tmp_path: Path) -> None:
    files = changed("blueprints/data-center.yml", "ipv6: true", "ipv6: false")
    document = document_of(load(write(tmp_path, files), as_of=None))
    assert read(document).groups[0].instances[0].v6 is None


def test_hooks_and_what_has_no_database(tmp_path: Path) -> None:
    assert group(small(tmp_path), "imaging@dc-a")["actuators"] == {
        "bgp": True,
        "hooks": ["archive"],
    }


def test_an_environment_has_a_plan_of_its_own(tmp_path: Path) -> None:
    lab = """\
failover.yml:
  heartbeats: {port: 7000}
  profiles: {default: {patience: 4s}}
network.yml:
  apps: {heartbeat: {udp: [7000]}}
"""
    plain = small(tmp_path / "plain")
    inventory = write(tmp_path, {**FILES, "environments/lab.yml": lab})
    document = document_of(load(inventory, as_of=None, environment="lab"))
    assert (document["port"], document["profile"]["patience_s"]) == (7000, 4)
    assert document["hash"] != plain["hash"]
    read(document)


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("{prefecture: qiannan}", ["guiding-h1", "qiannan-h1"]),
        ("{county: nayong}", ["nayong-h1", "nayong-h2"]),
        ("{kind: provincial-hospital}", ["guizhou-h1"]),
        ("{kind: county-hospital, group: stroke}", ["guiding-h1", "weining-h1"]),
        ("{site: nayong-h2}", ["nayong-h2"]),
    ],
)
def test_observers_by_selector(selector: str, names: list[str], tmp_path: Path) -> None:
    document = small(
        tmp_path,
        ("    - {kind: [provincial-hospital, city-hospital]}\n", ""),
        ("{group: stroke}", selector),
        ("observers_min: 3", "observers_min: 1"),
    )
    assert sorted(one["name"] for one in document["observers"]) == names


def test_the_text_is_the_same_whatever_the_order_of_the_inventory(tmp_path: Path) -> None:
    (head, *services) = FILES["failover.yml"].partition("services:\n")
    turned = "".join(reversed(services[1].splitlines(keepends=True)))
    files = {**FILES, "failover.yml": f"{services[0]}{turned}{head}"}
    assert small(tmp_path / "a") == document_of(load(write(tmp_path / "b", files), as_of=None))
