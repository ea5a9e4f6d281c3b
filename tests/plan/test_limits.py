"""A platform that cannot do what its place asks is refused at the line that chose it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from telemed_infra.model.files import Texts
from telemed_infra.model.load import load_texts
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan import limits
from telemed_infra.plan.limits import beyond_the_platforms
from telemed_infra.plan.platforms import PLATFORMS
from tests.model.small_province import FILES, changed

GOLDEN = Path(__file__).parent / "golden" / "limits.txt"
BIJIE, TOWNSHIP = "sites/5205-bijie.yml", "blueprints/township.yml"
PROVINCIAL = "blueprints/provincial-hospital.yml"
HOSPITAL, CENTERS = "blueprints/county-hospital.yml", "data_centers.yml"
HEAD = "blueprints/county-center.yml"

FIREWALL = "FW: {count: 2, platform: {huawei: huawei_usg, h3c: h3c_secpath, linux: nftables}"
SWITCH = "{count: 2, platform: {huawei: huawei_vrp, h3c: h3c_comware, linux: huawei_vrp}"
ROUTER = "AR: {count: 2, platform: {huawei: huawei_vrp, h3c: huawei_vrp, linux: frr}"
GATEWAY = "GW: {count: 1, platform: nftables"
CASES: dict[str, Mapping[str, str]] = {
    "no LTE: a county's vendor, and the network's": changed(
        TOWNSHIP, GATEWAY, "GW: {count: 1, platform: {huawei: huawei_usg}"
    ),
    "no LTE: a township's own vendor": changed(
        BIJIE,
        "short: CH,",
        "short: CH, vendor: h3c,",
        changed(TOWNSHIP, GATEWAY, "GW: {count: 1, platform: {huawei: nftables, h3c: h3c_secpath}"),
    ),
    "no LTE: the blueprint's one platform": changed(
        TOWNSHIP, GATEWAY, "GW: {count: 1, platform: huawei_usg"
    ),
    "a switch enforces": changed(HOSPITAL, FIREWALL, "FW: {count: 2, platform: huawei_vrp"),
    "LTE at a hospital of its own vendor": changed(
        HOSPITAL,
        "uplinks:\n",
        "uplinks:\n  - {name: lte, port: FW01:9, to: head, medium: lte}\n",
        changed(BIJIE, "uplink_mbps: 100}", "uplink_mbps: 100, vendor: huawei}"),
    ),
    "LTE at a data centre": changed(
        "blueprints/data-center.yml",
        "uplinks:\n",
        "uplinks:\n  - {name: lte, port: FW01:9, to: core, medium: lte}\n",
        changed(CENTERS, "short: DCB,", "short: DCB, vendor: h3c,"),
    ),
    "LTE at another device is not the firewall's": changed(
        HOSPITAL,
        "uplinks:\n",
        "uplinks:\n  - {name: lte, port: CSW01:2, to: head, medium: lte}\n",
    ),
    "no VLANs on the ports of a sensor": changed(HOSPITAL, SWITCH, "{count: 2, platform: suricata"),
    "no port 0, and no routing": changed(
        "blueprints/city-aggregation.yml", ROUTER, "AR: {count: 2, platform: h3c_comware"
    ),
    "no routing: a filter is no router": changed(
        "blueprints/city-aggregation.yml",
        ROUTER,
        "AR: {count: 2, platform: {huawei: nftables, h3c: huawei_vrp, linux: frr}",
    ),
    "a member that cannot speak with the other": changed(
        PROVINCIAL,
        FIREWALL,
        "FW: {count: 2, platform: {huawei: huawei_usg, h3c: cisco_ios_zbf, linux: nftables}",
        changed("sites/52-province.yml", "name: 省级医院,", "name: 省级医院, vendor: h3c,"),
    ),
    "a pair without a line for its state": changed(
        HOSPITAL,
        "  - {a: FW01:2, b: FW02:2, zone: HA, link: 2}\n",
        "",
        changed(BIJIE, "vendor: huawei", "vendor: h3c"),
    ),
    "three that should keep one state": changed(
        HOSPITAL,
        "FW: {count: 2",
        "FW: {count: 3",
        changed(
            HOSPITAL,
            "uplinks:\n",
            "uplinks:\n"
            "  - {name: head-5, port: FW03:0, to: head, peer: FW01, link: 5}\n"
            "  - {name: head-6, port: FW03:3, to: head, peer: FW02, link: 6}\n"
            "  - {name: lines-3, port: FW03:8, to: carrier}\n",
            changed(
                HOSPITAL,
                "links:\n",
                "links:\n  - {a: FW03:1, b: CSW02:20}\n",
                changed(HEAD, "first_downlink_port: 3", "first_downlink_port: 10"),
            ),
        ),
    ),
    "a centre whose firewalls know nothing of each other": changed(
        CENTERS,
        "short: DCB,",
        "short: DCB, vendor: h3c,",
        changed(
            "blueprints/data-center.yml",
            "FW: {count: 2, platform: {huawei: huawei_usg, h3c: h3c_secpath",
            "FW: {count: 2, platform: {huawei: huawei_usg, h3c: cisco_ios_zbf",
        ),
    ),
    "all is well": FILES,
}


def told(files: Mapping[str, str]) -> str:
    texts = Texts("inventory", {f"inventory/{name}": text for name, text in files.items()})
    found = beyond_the_platforms(load_texts(texts, as_of=None))
    return "\n".join(map(str, found)) or "(nothing is wrong)"


def test_messages(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN, "\n".join(f"## {name}\n{told(files)}\n" for name, files in CASES.items()))


def test_a_platform_without_tunnels(monkeypatch: pytest.MonkeyPatch) -> None:
    poor = PLATFORMS | {"nftables": replace(PLATFORMS["nftables"], tunnels=None)}
    monkeypatch.setattr(limits, "PLATFORMS", poor)
    assert "ends no tunnel" in told(FILES)
    able = "choose huawei_usg or h3c_secpath or cisco_ios_zbf, or join them by lines"
    assert able in told(FILES)


@pytest.mark.parametrize(
    ("vlan", "found"),
    [
        (998, "(nothing is wrong)"),
        (999, "h3c_comware keeps VLAN 999 for itself"),  # where untagged frames are parked
        (40, "h3c_comware keeps VLAN 40 for itself"),
    ],
)
def test_a_vlan_that_a_platform_keeps_for_itself(
    vlan: int, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = replace(PLATFORMS["h3c_comware"], reserved_vlans=((vlan, vlan),))
    monkeypatch.setattr(limits, "PLATFORMS", PLATFORMS | {"h3c_comware": facts})
    shown = told(changed(BIJIE, "vendor: huawei", "vendor: h3c"))
    assert found in shown
    assert (shown.count("choose huawei_vrp") > 1) == (vlan != 998)


@pytest.mark.parametrize("vlan", [1001, 1002, 1005, 1006])
def test_switches_of_cisco_keep_four_vlans(vlan: int) -> None:
    files = changed(HOSPITAL, SWITCH, "{count: 2, platform: cisco_ios")
    shown = told(changed(HOSPITAL, "vlan: 40", f"vlan: {vlan}", files))
    kept = vlan in {1002, 1005}
    assert (f"cisco_ios keeps VLAN {vlan} for itself" in shown) == kept
    assert ("(nothing is wrong)" in shown) == (not kept)


def test_the_shipped_province_is_within_the_limits(meaning: Meaning) -> None:
    assert list(beyond_the_platforms(meaning.network)) == []
