"""One process of a name: the second is told who holds it, a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from failover.disk.lock import NameLock, NameTaken, boot_id

HOLDER = """
import sys
from pathlib import Path
from failover.disk.lock import NameLock
lock = NameLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_by_the_name_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "agent.lock"
    first = NameLock(path)
    with pytest.raises(NameTaken) as refused:
        NameLock(path)
    assert f"process {os.getpid()} runs under this name" in refused.value.problem
    first.close()
    NameLock(path).close()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "agent.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(NameTaken, match=f"process {holder.pid} "):
            NameLock(path)
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    NameLock(path).close()


def test_the_boot_has_a_name() -> None:
    assert len(boot_id()) == 36
    assert boot_id() == boot_id()
