"""The agent's status file as it is found: its document, its age, and whether it still counts."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from failover.disk.lock import boot_id
from failover.processes.status import NAME, VERSION
from failover.wire.post import boot_time_s

FRESH_S = 3.0  # it is replaced twice a second
KEYS = ("at", "at_boot_s", "boot", "centre", "groups", "lease", "peer", "plan", "register")


class Told(NamedTuple):
    """What an agent said last."""

    document: dict[str, Any]
    at: float  # wall clock, when it was written
    age_s: float  # by the boot-time clock where that can be known

    @property
    def fresh(self) -> bool:
        """Whether the agent surely lives."""
        return self.age_s <= FRESH_S


def read_status(folder: Path) -> Told | None:
    """The file in a run folder; None: there is none that this version can read."""
    try:
        document = json.loads((folder / NAME).read_text("utf-8"))
        if document["version"] != VERSION or any(key not in document for key in KEYS):
            return None
        at, at_boot_s = float(document["at"]), float(document["at_boot_s"])
        same = document["boot"] == boot_id()
    except (OSError, ValueError, TypeError, KeyError):
        return None
    # Of another start of the machine, its clock says nothing: then it is old whatever it says.
    age_s = boot_time_s() - at_boot_s if same else max(time.time() - at, FRESH_S + 1)
    return Told(document, at, max(age_s, 0.0))
