"""What the laboratory starts does not outlive it."""

from __future__ import annotations

import os
import subprocess

from failover.laboratory.processes import killed_with


def test_a_command_runs_for_its_parent() -> None:
    command = [*killed_with(os.getpid()), "echo", "it  runs"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout == "it  runs\n"


def test_a_command_whose_parent_ended_before_it_began_does_not_run() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    command = [*killed_with(gone.pid), "echo", "it runs"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
