"""The kernel behind the guard, twice: the real one, and the simulator's model of it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from failover.core.guard import FlushSet, SetChange, Sets
from failover.guard.kernel import NftKernel
from failover.laboratory.network import inside
from failover.simulator.clock import Clock, Queue
from failover.simulator.kernel import Element, Kernel
from tests.failover.guard.namespaces import Lab, service
from tests.failover.guard.traffic import Prober, deadline_of

SERVICES = tuple(service(number) for number in range(3))
MODEL_STEP_S = 0.001


class Tried(Protocol):
    """A kernel under test. Time is its own."""

    def apply(self, changes: Sequence[SetChange]) -> None: ...

    def opened(self) -> set[str]: ...

    def now_s(self) -> float: ...

    def wait(self, until_s: float) -> None:
        """Let time pass."""

    def closes(self, instance: str) -> float:
        """Wait until a door closes; a time at which it was still open, as late as can be."""
        ...


class Model:
    """The simulator's kernel, on a clock of its own."""

    def __init__(self) -> None:
        self._queue = Queue()
        names = [each.name for each in SERVICES]
        self._kernel = Kernel(self._queue, Clock(1.0, 0.0, 0.0), names, _hear)

    def apply(self, changes: Sequence[SetChange]) -> None:
        self._kernel.apply(changes)

    def opened(self) -> set[str]:
        return set(self._kernel.doors)

    def now_s(self) -> float:
        return self._queue.now_s

    def wait(self, until_s: float) -> None:
        self._queue.run(until_s)

    def closes(self, instance: str) -> float:
        while instance in self.opened():
            open_s = self.now_s()
            self._queue.run(open_s + MODEL_STEP_S)
        return open_s


class Real:
    """nf_tables in the laboratory, judged by packets."""

    def __init__(self, kernel: NftKernel, prober: Prober) -> None:
        self._kernel = kernel
        self._prober = prober

    def apply(self, changes: Sequence[SetChange]) -> None:
        self._kernel.apply(changes)

    def opened(self) -> set[str]:
        return self._prober.opened()

    def now_s(self) -> float:
        return time.monotonic()

    def wait(self, until_s: float) -> None:
        for _ in deadline_of("the time"):
            if time.monotonic() >= until_s:
                return

    def closes(self, instance: str) -> float:
        open_s = 0.0
        for _ in deadline_of("a door to close"):
            asked_s = time.monotonic()
            if instance not in self._prober.opened(closing=True):
                return open_s
            open_s = asked_s
        raise AssertionError


@contextmanager
def real(lab: Lab) -> Iterator[NftKernel]:
    """The real kernel at the edge with its table, empty."""
    with inside(lab.edge):
        kernel = NftKernel(SERVICES)
    try:
        kernel.claim(installs=True)
        kernel.apply([FlushSet(each) for each in Sets])
        yield kernel
    finally:
        kernel.close()


def names(*numbers: int) -> frozenset[str]:
    """Instances by number."""
    return frozenset(SERVICES[number].name for number in numbers)


def numbers(instances: Collection[str]) -> set[int]:
    """Which they are."""
    return {number for number, each in enumerate(SERVICES) if each.name in instances}


def _hear(instance: str, element: Element | None) -> None:
    del instance, element
