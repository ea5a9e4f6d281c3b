"""The shipped playbooks, run."""

from __future__ import annotations

import json
from typing import Any

from telemed_infra.model.network import Network
from telemed_infra.pipeline.counts import counts_of
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
    assert result_of(done.stdout, "ok")["counts"] == counts_of(network, network_plan(network))


def test_check_tells_which_reviews_ran_out(ansible: Run, network: Network) -> None:
    done = ansible("ansible-playbook", "playbooks/check.yml", "-e", f"telemed_as_of={MUCH_LATER}")
    assert done.returncode == 2
    found = result_of(done.stdout, "fatal")["findings"]
    assert len(found) >= len(network.policies)
    # Also line by line, for people.
    assert found[0].splitlines()[0] in done.stdout.splitlines()


def result_of(stdout: str, word: str) -> dict[str, Any]:
    """The one result of a play with one task."""
    (line,) = (line for line in stdout.splitlines() if line.startswith(f"{word}: "))
    found: dict[str, Any] = json.loads(line.split(" => ", 1)[1])
    return found
