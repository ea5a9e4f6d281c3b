"""When a centre's agent decided what: read from its journal, dated on the laboratory's clock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from failover.core.journal import split
from failover.disk.journal import journal_files
from failover.laboratory.lab import Lab

Judgement = Mapping[str, Any]


def first_judged(
    lab: Lab, centre: str, since_s: float, fits: Callable[[Judgement], bool]
) -> float | None:
    """When an agent first judged so since a moment, in seconds of `time.monotonic()`."""
    return next(
        (at_s for at_s, found in judgements(lab, centre) if at_s >= since_s and fits(found)), None
    )


def judgements(lab: Lab, centre: str) -> Iterator[tuple[float, Judgement]]:
    """All judgements of a centre's agent, oldest first."""
    asleep_s = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    folder = lab.folder / centre / "state/journal"
    for path in journal_files(folder) if folder.is_dir() else ():
        for line in path.read_text("utf-8", "replace").split("\n")[:-1]:  # the last is not whole
            record = json.loads(split(line).record)
            if "judgement" in record:
                yield record["at_s"] - asleep_s, record["judgement"]


def acts(group: str, action: str) -> Callable[[Judgement], bool]:
    """Whether a judgement has this action for a group: `take`, `serve`."""
    return lambda judgement: any(
        each["name"] == group and each["action"]["verdict"] == action
        for each in judgement["groups"]
    )
