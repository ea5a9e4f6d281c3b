"""The failover benchmark's own parts: that it judges and writes rightly, never how fast."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.failover.__main__ import main
from benchmarks.failover.field import PROFILES
from benchmarks.failover.figures import NEVER, Row, Target
from benchmarks.failover.table import BEGIN, END, cells, to_json, to_markdown, write
from benchmarks.figures import Figure
from failover.laboratory.places import plan_document
from failover.plan_file.reading import plan_file_of


def row(target: Target, *values: float) -> Row:
    return Row(subject="fast", what="lost → answered", figure=Figure("s", values), target=target)


@pytest.mark.parametrize(
    ("target", "values", "held"),
    [
        (Target(median=2.0, worst=3.0), (1.0, 2.0, 3.0), True),
        (Target(median=2.0, worst=3.0), (1.0, 2.1, 3.0), False),
        (Target(median=2.0, worst=3.0), (1.0, 2.0, 3.1), False),
        (Target(worst=0.5), (0.4, 0.5), True),
        (NEVER, (0.0, 0.0, 1.0), False),
        (Target(), (9.0,), None),
    ],
)
def test_median_and_worst_are_judged(
    target: Target, values: tuple[float, ...], held: bool | None
) -> None:
    assert row(target, *values).held is held


def test_a_row_as_text() -> None:
    one = row(Target(median=2.0, worst=3.0), 1.0, 2.0, 3.1)
    assert cells(one) == ("lost → answered", "≤ 2, 3 s ✗", "2.00 s", "3.10 s", "3")
    assert cells(row(NEVER, 0.0)) == ("lost → answered", "≤ –, 0 s ✓", "0 s", "0 s", "1")


def test_json_keeps_every_run() -> None:
    found = json.loads(to_json([row(NEVER, 0.0, 1.0)], {"load before": "0.1"}))
    assert found["machine"] == {"load before": "0.1"}
    assert found["rows"][0]["values"] == [0.0, 1.0]
    assert found["rows"][0]["held"] is False


def test_the_table_replaces_what_stands_between_its_markers(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    write(file, to_markdown([row(NEVER, 0.0)], {"date": "today"}))
    text = file.read_text("utf-8")
    assert "old" not in text
    assert text.startswith(f"before\n{BEGIN}")
    assert text.endswith(f"{END}\nafter\n")
    assert "| lost → answered | ≤ –, 0 s ✓ | 0 s | 0 s | 1 |  |" in text
    file.write_text("no markers", "utf-8")
    with pytest.raises(ValueError, match="has no"):
        write(file, "text")


def test_a_table_of_some_subjects_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fast", "--write", "page.md"]) == 2
    assert "--write needs every subject" in capsys.readouterr().err


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("groups", "instances"), [(2, 2), (10, 50), (50, 50), (2, 50)])
def test_every_plan_is_one_that_agents_run(profile: str, groups: int, instances: int) -> None:
    document = plan_document(groups=groups, instances=instances, **PROFILES[profile])
    plan = plan_file_of("plan.json", json.dumps(document).encode())
    assert len(plan.plan.groups) == groups
    assert sum(len(each.instances) for each in plan.groups) == instances
