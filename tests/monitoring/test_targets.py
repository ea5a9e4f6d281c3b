"""Targets of Prometheus, out of the inventory."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from monitoring.targets import TIERS, Probe, Target, targets_of, targets_text, write_targets
from telemed_infra.model.load import load
from telemed_infra.model.network import Network
from telemed_infra.model.schema.network_file import Kind
from telemed_infra.plan.network import network_plan
from tests.model.small_province import write
from tests.monitoring.conftest import Run


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    return write(tmp_path)


@pytest.fixture
def network(inventory: Path) -> Network:
    return load(inventory, as_of=None)


@pytest.fixture
def targets(network: Network) -> tuple[Target, ...]:
    return targets_of(network, network_plan(network))


def test_each_firewall_and_gateway_once(network: Network, targets: tuple[Target, ...]) -> None:
    found = [one.device for one in targets if one.probe is Probe.ICMP]
    assert found == [one.name for one in network.devices if one.role in ("FW", "GW")]
    assert found


def test_labels_of_a_township(network: Network, targets: tuple[Target, ...]) -> None:
    (one,) = (one for one in targets if one.site == "weining-caohai")
    _, host, _ = network_plan(network).management[one.device]
    assert one == Target(
        address=host.text.removesuffix("/32"),
        probe=Probe.ICMP,
        device=one.device,
        site="weining-caohai",
        role="GW",
        tier="township",
        prefecture="bijie",
    )


def test_exporters_at_both_centres_and_the_witness(
    network: Network, targets: tuple[Target, ...]
) -> None:
    exporters = [one for one in targets if one.probe is Probe.EXPORTER]
    edges = [one.name for one in network.devices if one.role == "SE"]
    assert [one.device for one in exporters] == [*edges, *network.witnesses]
    assert all(one.address.endswith(":9742") for one in exporters)
    assert all(one.tier == "province" and not one.prefecture for one in exporters)
    witness = exporters[-1]
    assert witness.address == network.witnesses[witness.site].v4.replace("/32", ":9742")


def test_every_kind_of_site_has_a_tier() -> None:
    assert set(TIERS) == set(Kind.__args__)  # type: ignore[attr-defined]  # of a Literal


def test_the_same_inventory_gives_the_same_bytes(
    telemed_monitor: Run, inventory: Path, tmp_path: Path
) -> None:
    words = ("targets", "--inventory", str(inventory), "--out")
    first = telemed_monitor(*words, "a.json")
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("written    a.json: ")
    shutil.copytree(inventory, tmp_path / "again" / "inventory")
    other = str(tmp_path / "again" / "inventory")
    assert telemed_monitor("targets", "--inventory", other, "--out", "b.json").code == 0
    content = (tmp_path / "a.json").read_bytes()
    assert content == (tmp_path / "b.json").read_bytes()
    entries = json.loads(content)
    assert all(entry.keys() == {"labels", "targets"} for entry in entries)
    assert all(all(entry["labels"].values()) for entry in entries)


def test_what_would_say_the_same_is_left_alone(
    telemed_monitor: Run, inventory: Path, tmp_path: Path
) -> None:
    words = ("targets", "--inventory", str(inventory), "--out", "a.json", "--json")
    assert json.loads(telemed_monitor(*words).out)["changed"] is True
    before = (tmp_path / "a.json").stat()  # a reader changes the time of access alone
    document = json.loads(telemed_monitor(*words).out)
    assert document["changed"] is False
    after = (tmp_path / "a.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sum(document["targets"].values()) == len(json.loads((tmp_path / "a.json").read_text()))
    assert before.st_mode & 0o777 == 0o644


def test_a_file_that_cannot_be_written(
    telemed_monitor: Run, inventory: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    for out in ("none/a.json", "folder"):
        ended = telemed_monitor("targets", "--inventory", str(inventory), "--out", out)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith(f"error: {out}: ")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_all_problems_of_an_inventory(telemed_monitor: Run, inventory: Path) -> None:
    for name in ("services.yml", "failover.yml"):
        (inventory / name).write_text("- [", "utf-8")
    ended = telemed_monitor("targets", "--inventory", str(inventory), "--out", "a.json")
    assert ended.code == 3
    assert "error: inventory/services.yml:" in ended.err
    assert "error: inventory/failover.yml:" in ended.err


def test_nothing_gives_an_empty_list(tmp_path: Path) -> None:
    assert write_targets(tmp_path / "t.json", targets_text(()))
    assert json.loads((tmp_path / "t.json").read_text("utf-8")) == []
