"""The benchmarks' helpers: that they measure and count, never how fast."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from benchmarks import many_policies
from benchmarks.__main__ import main
from benchmarks.ansible_inventory import canonical
from benchmarks.bench import INVENTORY, Bench
from benchmarks.building import POLICY_FILE, change
from benchmarks.figures import Figure, Row
from benchmarks.machine import machine
from benchmarks.process import ROOT, Failed, Watch, measure, parent, pss_kb
from benchmarks.table import BEGIN, END, cells, shown, spread, to_json, to_markdown, write
from benchmarks.views import Views
from telemed_infra.model.load import load

ROW = Row(
    subject="build",
    what="cold build",
    figure=Figure("s", (3.0, 1.0, 2.0), (1.5, 1.5, 1.5)),
    target=2.0,
    peer="another",
    beside=Figure("s", (8.0,)),
)
MEGABYTES = 64


def test_a_process_is_measured() -> None:
    found = measure([sys.executable, "-c", "print(sum(range(10)))"])
    assert found.output == "45\n"
    assert found.wall_s > 0
    assert found.cpu_s > 0


def test_a_process_may_keep_its_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    found = measure([sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)"])
    assert found.output == "False\n"


def test_memory_is_summed_over_children() -> None:
    """Parent and child hold so much each, say so, and wait for the end of their input."""
    hold = f"import os; data = b'x' * ({MEGABYTES} << 20); os.write(1, b'holds\\n')"
    code = (
        "import subprocess, sys\n"
        f"below = [sys.executable, '-c', {hold + '; input()'!r}]\n"
        f"child = subprocess.Popen(below, stdin=subprocess.PIPE)\n{hold}\n"
        "sys.stdin.read()\n"
        "child.communicate(b'end\\n')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert [child.stdout.readline() for _ in range(2)] == ["holds\n"] * 2
        watch = Watch(child.pid)
        watch.look()
    assert watch.peak_kb > (2 * MEGABYTES) << 10


def test_what_fails_is_no_figure() -> None:
    with pytest.raises(Failed, match=r"exit code 3\nno such province"):
        measure(
            [
                sys.executable,
                "-c",
                "import sys; print('no such province', file=sys.stderr); exit(3)",
            ]
        )


def test_processes_that_are_gone_count_nothing() -> None:
    assert pss_kb(1 << 30) == 0
    assert parent(1 << 30) == 0
    assert parent(os.getpid()) == os.getppid()


def test_the_median_decides() -> None:
    assert ROW.held
    assert ROW.ratio == 4
    assert cells(ROW) == (
        "cold build", "≤ 2 s ✓", "1.00 / 2.00 / 3.00 s (3)", "1.50 s", "another", "8.00 s (1)",
        "4.00×",
    )  # fmt: skip


def test_a_share_is_no_time_of_a_process() -> None:
    each = ROW.figure.each(4, "ms", 1e3)
    assert each == Figure("ms", (750.0, 250.0, 500.0))
    assert spread(each) == "250 / 500 / 750 ms (3)"


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1,234"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123")]
)
def test_three_digits_are_shown(value: float, text: str) -> None:
    assert shown(value) == text


def test_json_is_whole() -> None:
    data = json.loads(to_json([ROW], {"Python": "3"}))
    assert data["machine"] == {"Python": "3"}
    (row,) = data["rows"]
    assert row["figure"] == {"unit": "s", "runs": 3, "min": 1, "median": 2, "max": 3, "cpu_s": 1.5}
    assert row["held"] is True


def test_the_table_in_a_file_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{BEGIN}\nold\n{END}\n\nEnd\n", "utf-8")
    for _ in range(2):
        write(page, to_markdown([ROW], {"Python": r"3 \1"}))
    text = page.read_text("utf-8")
    assert text.startswith("# Title\n\n")
    assert text.endswith("\n\nEnd\n")
    assert "\nold\n" not in text
    assert text.count("| cold build | ≤ 2 s ✓ |") == 1
    assert r"| Python | 3 \1 |" in text


def test_a_file_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("text", "utf-8")
    with pytest.raises(ValueError, match="has no"):
        write(page, "table")
    assert page.read_text("utf-8") == "text"


def test_the_page_has_its_markers() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1


def test_the_machine_is_named_by_facts_alone(tmp_path: Path) -> None:
    facts = machine(tmp_path)
    assert facts["file system"] != "unknown"
    assert os.uname().nodename not in " ".join(facts.values()).split()


def test_what_is_known_is_measured_once(tmp_path: Path) -> None:
    asked: list[Path] = []
    bench = Bench(tmp_path)

    def measured(bench: Bench) -> int:
        asked.append(bench.scratch)
        return len(asked)

    assert bench.once(measured) == bench.once(measured) == 1


def test_a_policy_is_changed_and_changed_back(tmp_path: Path) -> None:
    before = (INVENTORY / POLICY_FILE).read_text("utf-8")
    copy = tmp_path / "policies.yml"
    copy.write_text(before, "utf-8")
    change(copy, back=False)
    assert copy.read_text("utf-8") != before
    change(copy, back=True)
    assert copy.read_text("utf-8") == before


def test_listings_are_compared_without_order() -> None:
    one = {"_meta": {"hostvars": {"a": {"x": 1}}}, "all": {"children": ["g", "h"]}}
    two = {"all": {"children": ["h", "g"]}, "_meta": {"hostvars": {"a": {"x": 1}}}}
    assert canonical(one) == canonical(two)
    assert canonical(one) != canonical({**two, "all": {"children": ["g"]}})


def test_synthetic_policies_are_proven_and_a_lost_rule_is_seen() -> None:
    network = load(INVENTORY, as_of=None)
    apps = sorted(name for name, app in network.apps.items() if app.tcp or app.udp)
    intended = many_policies.openings(20, apps, Random(1))
    seconds, text = many_policies.prove_once(network, intended)
    assert len(seconds) == len(many_policies.STAGES)
    assert not many_policies.prove_text(network, intended, text).findings
    rule = next(line for line in text.splitlines() if "S00007" in line and "accept" in line)
    damaged = text.replace(rule + "\n", "")
    assert many_policies.prove_text(network, intended, damaged).findings


def test_unknown_subjects_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["speed"])
    assert "no subject `speed`; there are: load, " in capsys.readouterr().err


def test_a_part_of_the_table_is_not_written() -> None:
    assert main(["load", "--write", "page.md"]) == 2


def test_views_are_what_templates_would_have_been_given() -> None:
    """Of the first devices, a data centre's: firewalls, routers, switches and Linux machines."""
    some = list(islice(Views(INVENTORY).by_device(), 20))
    templates = {view.template for _, found in some for view in found}
    assert {"huawei_usg/policy.j2", "huawei_vrp/switch.j2", "nftables/gateway.j2"} <= templates
    assert all(view.values for _, found in some for view in found)
