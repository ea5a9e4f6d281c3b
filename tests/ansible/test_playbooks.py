"""The shipped playbooks, run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from telemed_infra.model.hosts import Hosts
from telemed_infra.model.network import Network
from telemed_infra.pipeline.layout import config_path
from telemed_infra.pipeline.summary import counts
from telemed_infra.plan.network import network_plan
from tests.ansible.conftest import ROOT, Run

PLAYBOOKS = sorted(str(path) for path in (ROOT / "playbooks").glob("*.yml"))
MUCH_LATER = "2099-01-01"


def test_syntax(ansible: Run) -> None:
    assert PLAYBOOKS
    done = ansible("ansible-playbook", "--syntax-check", *PLAYBOOKS)
    assert (done.returncode, done.stderr) == (0, "")


def test_check(ansible: Run, network: Network) -> None:
    reviewed = max(policy.reviewed for policy in network.policies)
    done = ansible(
        "ansible-playbook", "-v", "playbooks/check.yml", "-e", f"telemed_as_of={reviewed}"
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert result_of(done.stdout, "ok")["counts"] == counts(network, network_plan(network))


def test_check_tells_which_reviews_ran_out(ansible: Run, network: Network) -> None:
    done = ansible("ansible-playbook", "playbooks/check.yml", "-e", f"telemed_as_of={MUCH_LATER}")
    assert done.returncode == 2
    found = result_of(done.stdout, "fatal")["findings"]
    assert len(found) >= len(network.policies)
    # Also line by line, for people.
    assert found[0].splitlines()[0] in done.stdout.splitlines()


def test_build_of_a_county(ansible: Run, network: Network, hosts: Hosts, tmp_path: Path) -> None:
    out = tmp_path / "build"
    day = max(policy.reviewed for policy in network.policies)
    arguments = ("-v", "playbooks/build.yml", "--limit", "county_weining")
    variables = ("-e", f"telemed_out={out}", "-e", f"telemed_as_of={day}", "-e", "telemed_jobs=1")

    dry = ansible("ansible-playbook", *arguments, *variables, "--check")
    assert (dry.returncode, dry.stderr) == (0, ""), dry.stdout
    planned = result_of(dry.stdout, "changed")
    assert not out.exists()

    done = ansible("ansible-playbook", *arguments, *variables)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    built = result_of(done.stdout, "changed")
    assert built["proven"]
    assert not built["findings"]
    assert built["files_changed"] == built["files"] == planned["files_changed"]

    chosen = set(hosts.groups["county_weining"])
    paths = {config_path(device): device.name for device in network.devices}
    assert {name for path, name in paths.items() if (out / path).exists()} == chosen


def test_an_output_that_cannot_be_written(ansible: Run, network: Network, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    out = tmp_path / "file" / "build"
    day = max(policy.reviewed for policy in network.policies)
    variables = ("-e", f"telemed_out={out}", "-e", f"telemed_as_of={day}", "-e", "telemed_jobs=1")
    done = ansible(
        "ansible-playbook", "playbooks/build.yml", "--limit", "county_weining", *variables
    )
    assert done.returncode == 2
    failed = result_of(done.stdout, "fatal")
    assert str(tmp_path / "file") in failed["msg"]
    assert "Traceback" not in done.stdout + done.stderr
    assert not failed["findings"]


def result_of(stdout: str, word: str) -> dict[str, Any]:
    """The one result of a play with one task."""
    (line,) = (line for line in stdout.splitlines() if line.startswith(f"{word}: "))
    found: dict[str, Any] = json.loads(line.split(" => ", 1)[1])
    return found
