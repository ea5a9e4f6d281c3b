"""A guard's process for the tests: `python -m tests.failover.guard.serving SETTINGS`, in JSON.

It may be told to stop itself (SIGSTOP) before or after a transaction of the kernel, as a process
that is frozen just there. It says `ready` on its standard output when an agent may come.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from failover.core.guard import AddElements, SetChange, Sets
from failover.guard.address import LoopbackAddresses
from failover.guard.door import Door
from failover.guard.guard import Guard
from failover.guard.kernel import Kernel, NftKernel
from failover.guard.process import CannotGuard, GuardSettings, boot_time_s, run, serve
from failover.plan_file import Instance

ARMED = (Sets.ARMED_0, Sets.ARMED_1)


class Freeze(NamedTuple):
    """Where a guard stops itself."""

    what: str  # arm, grant
    when: str  # before, after: the kernel's transaction
    number: int  # which of them, from 1


class FreezingKernel:
    """The real one, with a process that stops around one of its transactions."""

    def __init__(self, kernel: Kernel, freeze: Freeze) -> None:
        self._kernel = kernel
        self._freeze = freeze
        self._seen = 0

    def claim(self, *, installs: bool) -> list[str]:
        return self._kernel.claim(installs=installs)

    def look(self) -> None:
        self._kernel.look()

    def close(self) -> None:
        self._kernel.close()

    def apply(self, changes: Sequence[SetChange]) -> None:
        frozen = self._is_it(changes)
        if frozen and self._freeze.when == "before":
            os.kill(os.getpid(), signal.SIGSTOP)
        self._kernel.apply(changes)
        if frozen and self._freeze.when == "after":
            os.kill(os.getpid(), signal.SIGSTOP)

    def _is_it(self, changes: Sequence[SetChange]) -> bool:
        added = [each.set in ARMED for each in changes if isinstance(each, AddElements)]
        if (self._freeze.what == "arm") not in added:
            return False
        self._seen += 1
        return self._seen == self._freeze.number


def main(settings: GuardSettings, freeze: Freeze | None) -> None:
    if freeze is None:
        run(settings, ready=_ready)
        return
    kernel = FreezingKernel(NftKernel(settings.services), freeze)
    guard = Guard(kernel, LoopbackAddresses(), settings.services, boot_time_s)
    with closing(Door(settings.folder)) as door, closing(guard):
        serve(settings, guard, door, ready=_ready, pulse=lambda: None)


def settings_to_json(settings: GuardSettings, freeze: Freeze | None) -> str:
    fields: dict[str, Any] = {name: getattr(settings, name) for name in settings.__slots__}
    services = [[each.name, each.v4, each.v6] for each in settings.services]
    return json.dumps({**fields, "services": services, "folder": str(settings.folder),
                       "freeze": freeze})  # fmt: skip


def _from_json(text: str) -> tuple[GuardSettings, Freeze | None]:
    fields = json.loads(text)
    freeze = fields.pop("freeze")
    services = [Instance(name=name, v4=v4, v6=v6) for name, v4, v6 in fields.pop("services")]
    folder = Path(fields.pop("folder"))
    settings = GuardSettings(services=tuple(services), folder=folder, **fields)
    return settings, Freeze(*freeze) if freeze else None


def _ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _guarded(started: Callable[[], None]) -> int:
    try:
        started()
    except CannotGuard as problem:
        sys.stderr.write(f"error: {problem}\nhint: {problem.hint}\n")
        return 1
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sys.exit(_guarded(lambda: main(*_from_json(sys.argv[1]))))
