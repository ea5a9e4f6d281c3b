"""Folders that a process makes where systemd has not: monitoring's group may enter one of them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from failover.processes.places import place_of
from failover.processes.status import StatusFile
from tests.failover.cli.places import make_place


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_run_folder_and_the_status_are_read_by_the_group(tmp_path: Path) -> None:
    place = place_of(make_place(tmp_path))
    (tmp_path / "run").rmdir()
    before = os.umask(0)
    try:
        for each in (place.node.run, place.node.run / "guard", place.node.state):
            place.folder(each)
        StatusFile(place.node.run).write({"version": 1})
    finally:
        os.umask(before)
    assert mode(place.node.run) == 0o750
    assert mode(place.node.run / "status.json") == 0o640
    assert mode(place.node.run / "guard") == 0o700
    assert mode(place.node.state) == 0o700
