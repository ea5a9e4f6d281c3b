"""The list of metrics: names as Prometheus wants them, a page that is current, nothing besides."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from monitoring.exporter import FilesCollector, Sources, exposition
from monitoring.metrics import METRICS, Kind, Metric
from tests.monitoring.conftest import NOW, Run, write_build, write_status, write_witness

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[Path, str], None]
EACH = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
BASE_UNITS = {"seconds", "bytes", "ratio", "1"}


@pytest.fixture
def shown(tmp_path: Path) -> str:
    """The exposition of status files and a build that say everything."""
    sources = Sources(
        status=write_status(tmp_path / "status.json"),
        witness=write_witness(tmp_path / "witness.json"),
        build=write_build(tmp_path / "build"),
    )
    return exposition(FilesCollector(sources, lambda: NOW))


def test_each_name_is_there_once() -> None:
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))
    assert len(names) > 50


@EACH
def test_names(metric: Metric) -> None:
    """Source: prometheus.io, Metric and label naming."""
    assert re.fullmatch(r"telemed_[a-z]+(_[a-z]+)*", metric.name)
    assert metric.unit in BASE_UNITS
    assert metric.unit == "1" or metric.name.endswith(f"_{metric.unit}")
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert all(re.fullmatch(r"[a-z]+", label) for label in metric.labels)
    assert metric.help.endswith(".")
    # Labels of the target, which Prometheus itself gives.
    assert not {"instance", "job", "site", "role", "tier"} & set(metric.labels)


@EACH
def test_each_is_shown(metric: Metric, shown: str) -> None:
    family = metric.name.removesuffix("_total") if "_total" in shown else metric.name
    assert f"# TYPE {family}" in shown
    assert re.search(rf"^{metric.name}[ {{]", shown, re.MULTILINE)


def test_the_exposition(shown: str, golden: Golden) -> None:
    golden(GOLDEN / "exposition.txt", shown)


def test_the_page_is_current(telemed_monitor: Run, golden: Golden) -> None:
    ended = telemed_monitor("metrics", "--markdown")
    assert (ended.code, ended.err) == (0, "")
    golden(ROOT / "docs" / "reference" / "metrics.md", ended.out)


def test_the_list_as_a_document_and_for_a_terminal(telemed_monitor: Run) -> None:
    document = json.loads(telemed_monitor("metrics", "--json").out)
    assert [each["name"] for each in document["metrics"]] == [each.name for each in METRICS]
    out = telemed_monitor("metrics").out
    assert "telemed_group_owner{group,owner} (gauge, 1)\n    Whose" in out


@pytest.mark.debian("promtool")
def test_prometheus_reads_it(shown: str) -> None:
    ran = subprocess.run(
        ["promtool", "check", "metrics"],
        input=shown,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
