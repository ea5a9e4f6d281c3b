"""A process and all below it: what a peer starts by itself is stopped and frozen with it."""

from __future__ import annotations

import os
import shutil
import signal
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def family(root: int) -> list[int]:
    """A process and all below it, parents first."""
    children = defaultdict(list)
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = each.read_text("utf-8", "replace").rpartition(")")[2].split()
            children[int(fields[1])].append(int(each.parent.name))
    found = [root]
    for process in found:
        found.extend(children[process])
    return found


def signal_all(processes: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to each; one that is gone needs none."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def own(path: Path, user: str) -> None:
    """Give a folder and all in it to a user."""
    for each in (path, *path.rglob("*")):
        shutil.chown(each, user, user)
