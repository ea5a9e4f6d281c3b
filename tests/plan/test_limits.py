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
HOSPITAL, CENTERS = "blueprints/county-hospital.yml", "data_centers.yml"

LINUX = changed(BIJIE, "vendor: huawei", "vendor: linux")
CASES: dict[str, Mapping[str, str]] = {
    "a county's vendor has no LTE": FILES,
    "a township's own vendor": changed(BIJIE, "short: CH,", "short: CH, vendor: huawei,", LINUX),
    "the blueprint's platform": changed(
        TOWNSHIP, "GW: {count: 1, platform: nftables", "GW: {count: 1, platform: huawei_usg", LINUX
    ),
    "a switch enforces": changed(
        HOSPITAL,
        "FW: {count: 2, platform: huawei_usg",
        "FW: {count: 2, platform: huawei_vrp",
        LINUX,
    ),
    "LTE at a hospital of its own vendor": changed(
        HOSPITAL,
        "uplinks:\n",
        "uplinks:\n  - {name: lte, port: FW01:9, to: head, medium: lte}\n",
        changed(BIJIE, "uplink_mbps: 100}", "uplink_mbps: 100, vendor: huawei}", LINUX),
    ),
    "LTE at a data centre": changed(
        "blueprints/data-center.yml",
        "uplinks:\n",
        "uplinks:\n  - {name: lte, port: FW01:9, to: core, medium: lte}\n",
        LINUX,
    ),
    "LTE at another device is not the firewall's": changed(
        HOSPITAL,
        "uplinks:\n",
        "uplinks:\n  - {name: lte, port: CSW01:2, to: head, medium: lte}\n",
        LINUX,
    ),
    "all is well": LINUX,
}


def told(files: Mapping[str, str]) -> str:
    texts = Texts("inventory", {f"inventory/{name}": text for name, text in files.items()})
    found = beyond_the_platforms(load_texts(texts, as_of=None))
    return "\n".join(map(str, found)) or "(nothing is wrong)"


def test_messages(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN, "\n".join(f"## {name}\n{told(files)}\n" for name, files in CASES.items()))


def test_a_platform_without_tunnels(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(LINUX) == "(nothing is wrong)"
    poor = PLATFORMS | {"nftables": replace(PLATFORMS["nftables"], tunnel="")}
    monkeypatch.setattr(limits, "PLATFORMS", poor)
    assert "has no tunnel interface" in told(LINUX)
    assert "choose huawei_usg, or join them by lines" in told(LINUX)


def test_the_shipped_province_is_within_the_limits(meaning: Meaning) -> None:
    assert list(beyond_the_platforms(meaning.network)) == []
