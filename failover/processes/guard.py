"""The guard's process: its settings from node file and plan, and the supervisor told."""

from __future__ import annotations

import os

from failover.guard.process import CannotGuard, settings_of
from failover.guard.process import run as guard
from failover.processes.agent import GUARD_FOLDER
from failover.processes.notify import ALIVE, READY, STOPPING, Supervisor
from failover.processes.places import Place
from failover.processes.problem import CannotRun


def run(place: Place, supervisor: Supervisor) -> None:
    """Guard until a signal. Raises CannotRun."""
    if place.node.name not in place.plan.plan.sites:
        raise CannotRun(
            f"{place.node.plan}: `{place.node.name}` is none of its data centres",
            f"a guard runs at {' and '.join(place.plan.plan.sites)}",
        )
    folder = place.folder(place.node.run) / GUARD_FOLDER
    place.folder(folder)
    settings = settings_of(place.plan, folder, os.geteuid())
    try:
        guard(
            settings,
            ready=lambda: supervisor.say(READY),
            pulse=lambda: supervisor.say(ALIVE),
        )
    except CannotGuard as cannot:
        raise CannotRun(str(cannot), cannot.hint) from cannot
    finally:
        supervisor.say(STOPPING)
