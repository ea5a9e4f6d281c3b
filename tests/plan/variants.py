"""Inventories as data: a province, changed in one way or another, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import yaml

from telemed_infra.model.files import Texts
from telemed_infra.model.load import load_texts
from telemed_infra.model.network import Network
from telemed_infra.plan.network import network_plan
from telemed_infra.plan.points import EnforcementPoints
from telemed_infra.resources import shipped
from tests.model.small_province import FILES

OF_CISCO = {
    "h3c_secpath": "cisco_ios_zbf",
    "h3c_comware": "cisco_ios",
    "huawei_vrp": "huawei_vrp",  # routers
}

Documents = dict[str, Any]  # file → what it holds
Numbers = Mapping[str, Any]  # whose → all that the plan allots to it
Step = Callable[[Documents], None]


@cache
def small() -> Documents:
    """The small province, such that each device can be built."""
    return {file: yaml.safe_load(text) for file, text in FILES.items()}


@cache
def mixed() -> Documents:
    """The small province with H3C in data centre B, in 黔南 and at the provincial hospital."""
    files = deepcopy(small())
    files["sites/52-province.yml"]["hospitals"]["guizhou-h1"]["vendor"] = "h3c"
    files["data_centers.yml"]["data_centers"]["dc-b"]["vendor"] = "h3c"
    qiannan = files["sites/5227-qiannan.yml"]
    qiannan["hospitals"]["qiannan-h1"]["vendor"] = "h3c"
    qiannan["counties"]["guiding"]["vendor"] = "h3c"
    return files


@cache
def with_cisco() -> Documents:
    """The small province with Cisco in data centre B and in 黔南."""
    files = deepcopy(mixed())
    for name, file in files.items():
        if name.startswith("blueprints/"):
            for device in file["devices"].values():
                if isinstance(device["platform"], dict) and "h3c" in device["platform"]:
                    device["platform"]["cisco"] = OF_CISCO[device["platform"]["h3c"]]
    files["data_centers.yml"]["data_centers"]["dc-b"]["vendor"] = "cisco"
    qiannan = files["sites/5227-qiannan.yml"]
    qiannan["hospitals"]["qiannan-h1"]["vendor"] = "cisco"
    qiannan["counties"]["guiding"]["vendor"] = "cisco"
    return files


def encrypted(files: Documents) -> Documents:
    """The same, with every line that leaves a site in a tunnel over its circuit."""
    files = deepcopy(files)
    for name, file in files.items():
        if name.startswith("blueprints/"):
            for uplink in file.get("uplinks", ()):
                inside = file["kind"] == "data-center" and uplink["to"] == "core"
                if "link" in uplink and uplink["to"] != "tunnel" and not inside:
                    uplink["over"] = uplink["link"] + 16
    return files


@cache
def with_ruijie() -> Documents:
    """The small province with a Ruijie switch in a township, whose ports ask who plugs in."""
    files = deepcopy(small())
    switch = files["blueprints/township.yml"]["devices"]["ASW"]["platform"]
    switch["ruijie"] = "ruijie_rgos"
    zones = files["network.yml"]["zones"]
    zones["VIDEO"]["ports"] = {"addresses_max": 2}
    zones["IMAGING"]["ports"] = {"authentication": ["mac"], "addresses_max": 2}
    zones["GUEST"]["ports"] = {"authentication": ["dot1x", "mac"], "addresses_max": 8}
    weining = files["sites/5205-bijie.yml"]["counties"]["weining"]
    weining["townships"]["weining-caohai"]["vendor"] = "ruijie"
    return files


@cache
def cut_of_the_real_one() -> Documents:
    """Bijie with two of its counties, the provincial hospitals, and all that speaks of no other."""
    folder = shipped("inventory")
    files = {
        str(path.relative_to(folder)): yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        for path in sorted(folder.rglob("*.yml"))
        if path.name != "telemed.yml"
    }
    kept = {"sites/52-province.yml", "sites/5205-bijie.yml"}
    for name in [name for name in files if name.startswith("sites/") and name not in kept]:
        del files[name]
    counties = files["sites/5205-bijie.yml"]["counties"]
    for name in set(counties) - {"weining", "hezhang"}:
        del counties[name]
    sites = site_ids(files)
    for group in files["groups.yml"].values():
        group["members"] = [one for one in group["members"] if one in sites]
    for name in [name for name in files if name.startswith("policies/")]:
        files[name] = [one for one in files[name] if known(one, sites)]
    observers = files["failover.yml"]["observers"]
    observers["sites"] = [one for one in observers["sites"] if one.get("site") in {*sites, None}]
    files["expectations.yml"] = []
    return files


def site_ids(files: Documents) -> set[str]:
    found = set()
    for name, file in files.items():
        if name.startswith("sites/"):
            found |= set(file["hospitals"])
            for county in file.get("counties", {}).values():
                found |= {county["center"]["id"], *county["hospitals"], *county["townships"]}
    return found


def known(policy: Mapping[str, Mapping[str, str]], sites: set[str]) -> bool:
    ends = (policy["from"], policy["to"])
    return all(end.get("site", "dc-a") in {*sites, "dc-a", "dc-b"} for end in ends)


def network(files: Documents) -> Network:
    """The files in the order given, whatever their names."""
    texts = {
        f"inventory/{name}": yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True,
                                       sort_keys=False)
        for name, data in files.items()
    }  # fmt: skip
    return load_texts(Texts("inventory", texts), as_of=None)


def numbers(one: Network) -> Numbers:
    """Everything allotted: by site's id, by device's name, by instance's name."""
    plan = network_plan(one)
    points = EnforcementPoints(one, plan)
    found: dict[str, object] = {}
    for site in one.sites.values():
        own = plan.sites[site.id]
        found[site.id] = (own.block4, own.block6, own.as_number, own.zones, own.trunk_zones)
        devices = [(device.name, device.role, device.platform) for device in one.devices_of(site)]
        found[f"devices of {site.id}"] = devices
        for name, interfaces in points.of(site.id).by_device.items():
            found[f"interfaces of {name}"] = {
                (each.name, each.vlan, each.zone, each.v4, each.v6, each.peer4, each.peer6)
                for each in interfaces
            }
    found |= {f"management of {name}": address for name, address in plan.management.items()}
    for instance in plan.instances:
        found[instance.name] = (instance.v4, instance.v6, instance.home, instance.refuge)
    return found


def changed(files: Documents, *steps: Step) -> Documents:
    result = deepcopy(files)
    for step in steps:
        step(result)
    return result
