"""Rules: of metrics that exist, with a runbook each, tried in both directions."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring.metrics import METRICS

ROOT = Path(__file__).parents[2]
RULES = ROOT / "monitoring" / "rules"
RUNBOOKS = ROOT / "docs" / "runbooks"
FILES = sorted(RULES.glob("*.yml"))
TESTS = sorted((RULES / "tests").glob("*.yml"))
SECTIONS = ["## What it means", "## What to look at", "## What to do"]
WATCHDOG = "TelemedWatchdog"  # the one that always fires

Document = dict[str, Any]


def rules() -> list[Document]:
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in FILES]
    return [rule for one in documents for group in one["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
RECORDS = {rule["record"]: rule for rule in rules() if "record" in rule}
EACH = pytest.mark.parametrize("name", ALERTS)


def test_names_are_there_once() -> None:
    assert len(ALERTS) + len(RECORDS) == len(rules())
    assert len(ALERTS) >= 14


@EACH
def test_an_alert_says_what_and_where_to_read_on(name: str) -> None:
    alert = ALERTS[name]
    assert re.fullmatch(r"Telemed[A-Z][A-Za-z]+", name)
    assert alert["labels"] in [{"severity": word} for word in ("critical", "warning", "info")]
    assert alert["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"] == f"docs/runbooks/{name}.md"
    assert not alert["annotations"]["summary"].endswith(".")
    assert alert["annotations"]["description"].endswith(".")


@EACH
def test_its_runbook_is_short_and_whole(name: str) -> None:
    lines = (RUNBOOKS / f"{name}.md").read_text("utf-8").splitlines()
    assert lines[0] == f"# {name}"
    assert [line for line in lines if line.startswith("## ")] == SECTIONS
    assert len(lines) <= 40
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", "\n".join(lines)):
        assert (RUNBOOKS / link).is_file(), link


def test_every_runbook_has_its_alert() -> None:
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == set(ALERTS)


def test_rules_and_runbooks_name_metrics_that_exist() -> None:
    known = {metric.name for metric in METRICS} | {"telemed_infra"}
    texts = [rule["expr"] for rule in rules()]
    texts += [path.read_text("utf-8") for path in RUNBOOKS.glob("*.md")]
    for text in texts:
        for record in RECORDS:
            text = text.replace(record, "")  # noqa: PLW2901 — what is left of it
        assert set(re.findall(r"telemed_\w+", text)) <= known
        assert not re.findall(r"\w+:telemed_\w+:\w+", text)


def test_every_record_is_used() -> None:
    expressions = " ".join(rule["expr"] for rule in rules())
    assert [name for name in RECORDS if name not in expressions] == []


@EACH
def test_an_alert_is_tried_in_both_directions(name: str) -> None:
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in TESTS]
    tried = [
        bool(case["exp_alerts"])
        for document in documents
        for test in document["tests"]
        for case in test["alert_rule_test"]
        if case["alertname"] == name
    ]
    assert set(tried) == ({True} if name == WATCHDOG else {True, False})


@pytest.mark.debian("promtool")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_prometheus_reads_the_rules(path: Path) -> None:
    promtool("check", "rules", str(path))


@pytest.mark.debian("promtool")
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_alerts_fire_and_are_silent(path: Path) -> None:
    promtool("test", "rules", str(path))


@pytest.mark.debian("promtool")
def test_the_guide_s_configuration(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "guides" / "monitoring.md").read_text("utf-8")
    (config,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "prometheus.yml").write_text(config, "utf-8")
    (tmp_path / "telemed-targets.json").write_text("[]", "utf-8")
    shutil.copytree(RULES, tmp_path / "rules")
    promtool("check", "config", str(tmp_path / "prometheus.yml"))


def promtool(*words: str) -> None:
    ran = subprocess.run(
        ["promtool", *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
