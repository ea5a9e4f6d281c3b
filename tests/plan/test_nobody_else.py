"""Adding, removing, renaming and reordering sites moves nobody else's numbers and names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemed_infra.plan.devices import VPN_ZONE
from tests.plan.variants import (
    Documents,
    Numbers,
    changed,
    cut_of_the_real_one,
    mixed,
    network,
    numbers,
    small,
    with_cisco,
)

Files = Callable[[], Documents]
SMALL = settings(max_examples=40, suppress_health_check=list(HealthCheck))
REAL = settings(max_examples=10, suppress_health_check=list(HealthCheck))


@cache
def before(files: Files) -> Numbers:
    return numbers(network(files()))


def after(files: Files, *steps: Callable[[Documents], None]) -> Numbers:
    return numbers(network(changed(files(), *steps)))


def differing(old: Numbers, new: Numbers) -> set[str]:
    return {key for key in old.keys() & new.keys() if old[key] != new[key]}


# Steps -------------------------------------------------------------------------------------------


def counties(files: Documents) -> dict[str, Any]:
    """Every county of every file, by id."""
    return {
        name: county
        for file, data in sorted(files.items())
        if file.startswith("sites/")
        for name, county in data.get("counties", {}).items()
    }


def add_township(county: str, num: int, *, first: bool) -> Callable[[Documents], None]:
    def step(files: Documents) -> None:
        towns = counties(files)[county]["townships"]
        code = f"{counties(files)[county]['code']}9{num:02d}"
        new = {"num": num, "short": f"N{num}", "code": code, "name": "新院", "uplink_mbps": 20}
        items = list(towns.items())
        items.insert(0 if first else len(items), (f"new-{num}", new))
        towns.clear()
        towns.update(items)

    return step


def remove_township(county: str, place: int) -> Callable[[Documents], None]:
    def step(files: Documents) -> None:
        towns = counties(files)[county]["townships"]
        name = sorted(towns)[place % len(towns)]
        num = towns.pop(name)["num"]
        retired = counties(files)[county].setdefault("retired", {})
        retired["townships"] = [*retired.get("townships", []), num]
        for group in files["groups.yml"].values():
            group["members"] = [one for one in group["members"] if one != name]

    return step


def rename_township(county: str, place: int) -> Callable[[Documents], None]:
    """Another id, name and short name; the number stays."""

    def step(files: Documents) -> None:
        towns = counties(files)[county]["townships"]
        old = sorted(towns)[place % len(towns)]
        items = [
            ("renamed", {**town, "short": "RNM", "name": "改名"}) if name == old else (name, town)
            for name, town in towns.items()
        ]
        towns.clear()
        towns.update(items)
        for group in files["groups.yml"].values():
            group["members"] = ["renamed" if one == old else one for one in group["members"]]

    return step


def reorder(random: Any) -> Callable[[Documents], None]:
    def step(files: Documents) -> None:
        for file, data in files.items():
            if file.startswith("sites/"):
                parts = [data["hospitals"], data.get("counties", {})]
                for county in data.get("counties", {}).values():
                    parts += [county["hospitals"], county["townships"]]
                for part in parts:
                    items = list(part.items())
                    random.shuffle(items)
                    part.clear()
                    part.update(items)

    return step


def other_files(random: Any) -> Callable[[Documents], None]:
    """All files in another order; each policy in a file of its own."""

    def step(files: Documents) -> None:
        order = sorted(files)
        random.shuffle(order)
        for name in order:
            files[name] = files.pop(name)
        policies = [name for name in files if name.startswith("policies/")]
        every = [policy for name in policies for policy in files.pop(name)]
        random.shuffle(every)
        for number, policy in enumerate(every):
            files[f"policies/{number:03d}.yml"] = [policy]

    return step


def free_number(files: Documents, county: str, drawn: int) -> int:
    one = counties(files)[county]
    taken = {town["num"] for town in one["townships"].values()}
    taken |= set(one.get("retired", {}).get("townships", []))
    free = sorted(set(range(1, 57)) - taken)
    return free[drawn % len(free)]


# Properties --------------------------------------------------------------------------------------


def judge_addition(files: Files, data: st.DataObject) -> None:
    county = data.draw(st.sampled_from(sorted(counties(files()))))
    num = free_number(files(), county, data.draw(st.integers(0, 99)))
    new = after(files, add_township(county, num, first=data.draw(st.booleans())))
    assert differing(before(files), new) == set()
    gone = before(files).keys() - new.keys()
    assert not gone
    assert all(re.search(rf"new-{num}|-N{num}-", key) for key in new.keys() - before(files).keys())


def judge_removal(files: Files, data: st.DataObject) -> None:
    county = data.draw(st.sampled_from(sorted(counties(files()))))
    place = data.draw(st.integers(0, 60))
    new = after(files, remove_township(county, place))
    assert differing(before(files), new) == set()
    assert not new.keys() - before(files).keys()
    towns = counties(files())[county]["townships"]
    gone = sorted(towns)[place % len(towns)]
    short = f"-{towns[gone]['short']}-"
    assert all(gone in key or short in key for key in before(files).keys() - new.keys())


def judge_renaming(files: Files, data: st.DataObject) -> None:
    county = data.draw(st.sampled_from(sorted(counties(files()))))
    place = data.draw(st.integers(0, 60))
    new = after(files, rename_township(county, place))
    assert differing(before(files), new) == set()
    towns = counties(files())[county]["townships"]
    old = sorted(towns)[place % len(towns)]
    assert new["renamed"] == before(files)[old]
    old_management = {
        key: value for key, value in before(files).items() if key.startswith("management of")
    }
    moved = {value for key, value in new.items() if "RNM" in key and "management" in key}
    assert moved
    assert moved <= set(old_management.values())


def judge_order(files: Files, data: st.DataObject) -> None:
    random = data.draw(st.randoms(use_true_random=False))
    assert after(files, reorder(random), other_files(random)) == before(files)


JUDGES = (judge_addition, judge_removal, judge_renaming, judge_order)


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
def test_small_province(judge: Callable[[Files, st.DataObject], None]) -> None:
    SMALL(given(st.data())(lambda data: judge(small, data)))()


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
def test_cut_of_the_real_province(judge: Callable[[Files, st.DataObject], None]) -> None:
    REAL(given(st.data())(lambda data: judge(cut_of_the_real_one, data)))()


def test_a_county_more() -> None:
    def step(files: Documents) -> None:
        file = files["sites/5205-bijie.yml"]
        file["counties"] = {"aaa": {
            "num": 1, "code": "520502", "name": "新县", "short": "AA",
            "center": {"id": "aaa-c", "uplink_mbps": 500},
            "hospitals": {"aaa-h1": {"num": 0, "short": "H1", "name": "医院", "uplink_mbps": 100}},
            "townships": {"aaa-t": {"num": 1, "short": "T", "code": "520502001", "name": "院",
                                    "uplink_mbps": 20}},
        }, **file["counties"]}  # fmt: skip

    new = after(small, step)
    assert differing(before(small), new) == set()
    assert {"aaa-c", "aaa-h1", "aaa-t"} < new.keys() - before(small).keys()


def test_a_prefecture_more() -> None:
    def step(files: Documents) -> None:
        files["sites/5201-new.yml"] = {
            "prefecture": {"id": "new", "num": 1, "code": "5201", "name": "新市", "short": "NW",
                           "home": "dc-b", "aggregation_in": "new-h1"},
            "hospitals": {"new-h1": {"num": 48, "short": "H1", "name": "院", "uplink_mbps": 1000}},
            "circuits": [
                {"id": f"new-{n}", "ends": [f"new-h1.AR0{n}", f"dc-{'ab'[n - 1]}.CR01"],
                 "carrier": "telecom", "mbps": 1000, "conduit": ("east", "west")[n - 1]}
                for n in (1, 2)
            ],
        }  # fmt: skip

    assert differing(before(small), after(small, step)) == set()


@pytest.mark.parametrize("blueprint", ["township", "county-hospital", "city-hospital"])
def test_a_zone_more_moves_no_other(blueprint: str) -> None:
    """First in the file, with a VLAN and a place of its own."""

    def step(files: Documents) -> None:
        one = files[f"blueprints/{blueprint}.yml"]
        at = {"township": 256, "county-hospital": 2048, "city-hospital": 2048}[blueprint]
        files["network.yml"]["zones"]["LAB"] = {"title": "laboratories"}
        one["zones"] = {"LAB": {"vlan": 50, "at": at, "length": 28}, **one["zones"]}

    new = after(small, step)
    old = before(small)
    for key in sorted(old.keys() | new.keys()):
        if key.startswith("interfaces of"):
            assert old[key] <= new[key]
        elif old[key] != new[key]:
            *rest, zones, trunk = old[key]
            *new_rest, new_zones, new_trunk = new[key]
            assert rest == new_rest
            assert {**zones, "LAB": new_zones["LAB"]} == new_zones
            assert {*trunk, "LAB"} == set(new_trunk)
    assert differing(old, new)


def test_an_application_or_service_more_moves_no_other() -> None:
    def step(files: Documents) -> None:
        services: Mapping[str, Any] = files["services.yml"]
        files["services.yml"] = {
            "aaa": {**deepcopy(services["dispatch"]), "num": 9, "name": "新"}, **services,
        }  # fmt: skip
        files["failover.yml"]["services"]["aaa"] = {"durability": "stateless"}

    new = after(small, step)
    assert differing(before(small), new) == set()
    assert {"aaa-bijie", "aaa-qiannan"} <= new.keys()


@pytest.mark.parametrize("variant", [mixed, with_cisco])
def test_another_vendor_changes_platforms_and_nothing_else(
    variant: Callable[[], Documents],
) -> None:
    """Ports may have other names, with the same VLANs, zones and addresses.

    A head has one interface for all tunnels by line, or one for each.
    """
    old, new = before(small), numbers(network(variant()))
    moved = differing(old, new)
    named = {key for key in moved if key.startswith("interfaces of ")}
    assert moved - named == {
        f"devices of {site}"
        for site in (
            "dc-b", "guizhou-h1", "qiannan-h1", "guiding-c", "guiding-h1", "guiding-changming",
            "guiding-panjiang",
        )
    }  # fmt: skip
    for key in moved - named:
        assert [device[:2] for device in old[key]] == [device[:2] for device in new[key]]
    for key in named:
        one, other = (
            sorted(str(each[1:]) for each in some[key] if each[2] != VPN_ZONE)
            for some in (old, new)
        )
        assert one == other
        assert {each[1:] for each in old[key]} == {each[1:] for each in new[key]}
