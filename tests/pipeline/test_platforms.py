"""A platform is known in each table that has a row for its kind; who adds one is told where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from telemed_infra.model.schema.network_file import Platform, Vendor
from telemed_infra.pipeline.device import READERS, ROUTE_COMMANDS, ROUTE_READERS, SWITCH_READERS
from telemed_infra.plan.platforms import ABILITIES, PLATFORMS
from telemed_infra.render.platforms import MANAGED, PAIRS, ROUTED, SWITCHES
from telemed_infra.resources import shipped

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "add-a-platform.md"
REFERENCE = ROOT / "docs" / "reference" / "platforms.md"
SWITCHING = {name for name, facts in PLATFORMS.items() if facts.vlan_interface}
FILTERING = {name for name, facts in PLATFORMS.items() if facts.filters}


def test_each_name_of_the_inventory_has_a_capability_file_and_the_other_way_round() -> None:
    files = {path.stem for path in (ROOT / "telemed_infra/plan/platforms").glob("*.py")}
    assert set(get_args(Platform)) == PLATFORMS.keys() == files - {"__init__", "facts"}


def test_switches_and_firewalls_are_written_and_read_back() -> None:
    """A gateway of Linux is one text without a partner; its view stands apart."""
    assert SWITCHES.keys() == SWITCHING == SWITCH_READERS.keys()
    assert PAIRS.keys() == FILTERING - {"nftables"} == READERS.keys() - {"nftables"}
    assert "nftables" in READERS


def test_what_is_administered_is_written_so() -> None:
    assert MANAGED.keys() == ABILITIES.keys() <= SWITCHING | FILTERING


def test_routing_that_is_written_is_read_back() -> None:
    """FRR's and a Linux host's stand in files of their own."""
    own = {name for name, facts in PLATFORMS.items() if facts.routing} - {"frr", "nftables"}
    assert ROUTED.keys() == own <= ROUTE_READERS.keys() == ROUTE_COMMANDS.keys()


@pytest.mark.parametrize("platform", sorted(SWITCHES))
def test_its_templates_are_shipped(platform: str) -> None:
    names = {SWITCHES[platform].template, *MANAGED[platform].templates.values()}
    assert [name for name in sorted(names) if not (shipped("templates") / name).is_file()] == []


def test_each_vendor_and_each_platform_stands_in_a_shipped_blueprint() -> None:
    devices = [
        device["platform"]
        for path in (shipped("inventory") / "blueprints").glob("*.yml")
        for device in yaml.safe_load(path.read_text("utf-8"))["devices"].values()
    ]
    chosen = [one for one in devices if isinstance(one, dict)]
    assert {vendor for one in chosen for vendor in one} == set(get_args(Vendor))
    named = {one for one in devices if isinstance(one, str)}
    assert named | {platform for one in chosen for platform in one.values()} == PLATFORMS.keys()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_reference_says_what_it_is_for(platform: str) -> None:
    assert REFERENCE.read_text("utf-8").count(f"\n| `{platform}` | ") >= 2  # devices, and limits


def test_the_guide_names_files_that_are_there_and_shows_the_file_as_it_is() -> None:
    guide = GUIDE.read_text("utf-8")
    named = set(re.findall(r"`((?:telemed_infra|templates|tests|inventory|docs)/[\w./-]+)`", guide))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    (shown,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert (ROOT / "telemed_infra/plan/platforms/ruijie_rgos.py").read_text("utf-8").endswith(shown)
