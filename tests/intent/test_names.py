"""Names of rules and sets: what is added elsewhere renames nothing; each fits and is unique."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from telemed_infra.compile.config import Policy
from telemed_infra.model.load import load
from telemed_infra.pipeline.device import PROVEN, prover
from telemed_infra.pipeline.layout import config_files
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.render.huawei_usg import SERVICE_PREFIX
from telemed_infra.resources import shipped
from tests.plan.building import policies, policy_of, texts
from tests.plan.variants import Documents, changed, cut_of_the_real_one, network, small

ROOT = Path(__file__).resolve().parents[2]
USG_NAME_MAX = 31  # characters of a rule's or set's name (docs/reference)
NFT_NAME_MAX = 128  # characters of a comment; a set's name may have 255
Names = dict[str, tuple[set[str], set[str]]]  # device → names of its rules, of its sets
Files = Callable[[], Documents]


@cache
def before(files: Files) -> Names:
    return names(files())


def names(files: Documents) -> Names:
    return {
        device: ({rule.name for rule in one.rules}, {each.name for each in one.address_sets})
        for device, one in policies(network(files)).items()
    }


def renamed(files: Files, step: Callable[[Documents], None]) -> dict[str, set[str]]:
    """The names that a change takes from devices that are still there."""
    new = names(changed(files(), step))
    lost = {
        device: (rules - new[device][0]) | (sets - new[device][1])
        for device, (rules, sets) in before(files).items()
        if device in new
    }
    return {device: gone for device, gone in lost.items() if gone}


# What is added -----------------------------------------------------------------------------------


def township(file: str, county: str) -> Callable[[Documents], None]:
    def step(files: Documents) -> None:
        one = files[file]["counties"][county]
        new = {"num": 56, "short": "NEW", "code": f"{one['code']}999", "name": "新院",
               "uplink_mbps": 20}  # fmt: skip
        one["townships"] = {"aaa-new": new, **one["townships"]}

    return step


def county(file: str) -> Callable[[Documents], None]:
    def step(files: Documents) -> None:
        one = files[file]
        code = f"{one['prefecture']['code']}99"
        site = {"name": "新院", "uplink_mbps": 100}
        new = {
            "num": 20, "code": code, "name": "新县", "short": "AA",
            "center": {"id": "aaa-c", "uplink_mbps": 500},
            "hospitals": {"aaa-h1": {"num": 0, "short": "H1", **site}},
            "townships": {"aaa-t": {"num": 1, "short": "T", "code": f"{code}001", **site}},
        }  # fmt: skip
        one["counties"] = {"aaa": new, **one["counties"]}

    return step


def county_hospital(file: str, county: str) -> Callable[[Documents], None]:
    def step(files: Documents) -> None:
        hospitals = files[file]["counties"][county]["hospitals"]
        hospitals["aaa-h2"] = {"num": 1, "short": "H2", "name": "二院", "uplink_mbps": 100}

    return step


def policy(files: Documents) -> None:
    """The first of all, from every zone that the model policy speaks of."""
    model = files["policies/imaging.yml"][0]
    files["policies/aaa.yml"] = [{**model, "id": "P9999", "ticket": "CHG-9999"}]


BIJIE, QIANNAN = "sites/5205-bijie.yml", "sites/5227-qiannan.yml"
ADDITIONS = (
    ("small: a township", small, township(BIJIE, "weining")),
    ("small: a county", small, county(BIJIE)),
    ("small: a policy", small, policy),
    ("real: a township", cut_of_the_real_one, township(BIJIE, "weining")),
    ("real: a county", cut_of_the_real_one, county(BIJIE)),
    ("real: a policy", cut_of_the_real_one, policy),
)


@pytest.mark.parametrize(
    ("files", "step"), [row[1:] for row in ADDITIONS], ids=[row[0] for row in ADDITIONS]
)
def test_an_addition_renames_nothing(files: Files, step: Callable[[Documents], None]) -> None:
    assert renamed(files, step) == {}


def test_a_township_more_brings_names_to_no_device_but_its_own() -> None:
    """Its county's head and the data centres know its kind already."""
    new = names(changed(small(), township(BIJIE, "weining")))
    grown = {device for device, found in before(small).items() if new[device] != found}
    assert grown == set()
    assert new.keys() - before(small).keys() == {"BJ-WN-NEW-GW01"}


def test_a_policy_more_brings_its_own_names_alone() -> None:
    new = names(changed(small(), policy))
    brought = {name for device in new for name in new[device][0] - before(small)[device][0]}
    assert brought
    assert all(name.startswith("P9999-") for name in brought)


GROWING_TO_TWO = (
    ("a prefecture's second county", small, county(QIANNAN)),
    ("a county's second hospital", small, county_hospital(BIJIE, "weining")),
)


@pytest.mark.parametrize(
    ("files", "step"), [row[1:] for row in GROWING_TO_TWO], ids=[row[0] for row in GROWING_TO_TWO]
)
def test_the_second_of_a_kind_renames_nothing(
    files: Files, step: Callable[[Documents], None]
) -> None:
    assert renamed(files, step) == {}


# Limits ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning(load(shipped("inventory"), as_of=None))


@pytest.fixture(scope="module")
def compiled(meaning: Meaning) -> Mapping[str, tuple[str, Policy]]:
    """One device each of many kinds of sites, with its platform; both data centres."""
    one = meaning.network
    chosen = [site for n, site in enumerate(one.sites.values()) if n % 40 == 0]
    chosen += [one.sites[name] for name in ("dc-a", "weining-c", "guizhou-h1", "bijie-h1")]
    return {
        device.name: (device.platform, policy_of(meaning, device))
        for site in chosen
        for device in one.devices_of(site)
        if device.role == site.blueprint.enforcing and device.number == 1
    }


def test_names_fit_their_platforms(compiled: Mapping[str, tuple[str, Policy]]) -> None:
    assert len(compiled) >= 40
    limits = {"huawei_usg": USG_NAME_MAX, "h3c_secpath": 63, "nftables": NFT_NAME_MAX}
    limits["cisco_ios_zbf"] = 64
    for platform, one in compiled.values():
        limit = limits[platform]
        assert limit >= USG_NAME_MAX <= PLATFORMS[platform].name_max
        found = [rule.name for rule in one.rules] + [each.name for each in one.address_sets]
        found += [SERVICE_PREFIX + each.name for each in one.service_sets]
        assert all(re.fullmatch(rf"[A-Za-z0-9.-]{{1,{limit}}}", name) for name in found)


def test_names_are_unique_on_a_device(compiled: Mapping[str, tuple[str, Policy]]) -> None:
    """Whatever the case of their letters: a firewall may not tell them apart by it."""
    for device, (_, one) in compiled.items():
        for found in (one.rules, one.address_sets, one.service_sets):
            folded = [each.name.casefold() for each in found]
            assert len(set(folded)) == len(folded), device


def test_a_rules_name_begins_with_its_policy(compiled: Mapping[str, tuple[str, Policy]]) -> None:
    for _, one in compiled.values():
        for rule in one.rules[:-1]:
            assert re.match(rf"[PNDT]\d{{4}}-{rule.zone_in}-{rule.zone_out}"[:26], rule.name)


# The same again ----------------------------------------------------------------------------------

SCRIPT = """
import hashlib
from telemed_infra.pipeline.meaning import Meaning
from tests.plan.building import texts
from tests.plan.variants import cut_of_the_real_one, network
found = hashlib.sha256()
for device, name, text in texts(Meaning(network(cut_of_the_real_one()))):
    found.update(f"{device.name} {name} {len(text)} {text}".encode())
print(found.hexdigest())
"""


def test_two_builds_are_the_same_bytes() -> None:
    """In processes that hash otherwise: no order comes from a set."""
    digests = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, check=True, capture_output=True, text=True,
            timeout=60, env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert len(digests[0]) == 65
    assert digests[0] == digests[1]


def shuffled(files: Documents, *, sites: bool, policies: bool) -> Documents:
    """The same inventory, written down in another order; file by file too."""
    random = Random(1832)
    result = changed(files)
    order = random.sample(sorted(result), len(result)) if policies else list(result)
    for name in order:
        data = result.pop(name)
        if sites and name.startswith("sites/"):
            data["hospitals"] = mixed(random, data["hospitals"])
            data["counties"] = mixed(random, data.get("counties", {}))
            for one in data["counties"].values():
                one["hospitals"] = mixed(random, one["hospitals"])
                one["townships"] = mixed(random, one["townships"])
        if policies and name.startswith("policies/"):
            random.shuffle(data)
        result[name] = data
    return result


def mixed(random: Random, items: Mapping[str, Any]) -> dict[str, Any]:
    return dict(random.sample(list(items.items()), len(items)))


def stanzas(text: str) -> list[list[str]]:
    """Blocks in the order of their first lines, their lines in any order and without numbers."""
    plain = re.sub(r"^ (address|service|rule) \d+ |[\[\],]+", r" \1 ", text, flags=re.MULTILINE)
    plain = re.sub(r"^ \d+ (network|service) ", r" \1 ", plain, flags=re.MULTILINE)
    blocks = re.split(r"^#\n|^(?= rule name|\tchain |\tset )", plain, flags=re.MULTILINE)
    return sorted(sorted(" ".join(line.split()) for line in block.splitlines()) for block in blocks)


@pytest.mark.parametrize("files", [small, cut_of_the_real_one], ids=["small", "real"])
@pytest.mark.parametrize(("sites", "policies"), [(True, False), (False, True)])
def test_order_in_the_inventory_is_order_in_the_texts_and_nothing_else(
    files: Files, sites: bool, policies: bool
) -> None:
    """Every device has the same blocks with the same lines, proven against what was before.

    Sites that change places change the order of the lines in address sets; policies that do,
    that of rules and sets. Nothing else changes.
    """
    as_it_was = Meaning(network(files()))
    judge = prover(as_it_was)
    old = {(device.name, name): text for device, name, text in texts(as_it_was)}
    new = texts(Meaning(network(shuffled(files(), sites=sites, policies=policies))))
    devices = {device.name: device for device in as_it_was.network.devices}
    parts = {file.name: file.part for device in devices.values() for file in config_files(device)}
    found = 0
    for device, name, text in new:
        found += 1
        assert stanzas(text) == stanzas(old[device.name, name]), name
        if parts.get(name) in PROVEN:
            assert judge.prove(devices[device.name], text, parts[name]).findings == ()
    assert found == len(old)
