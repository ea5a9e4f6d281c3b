"""The kernel's side of the guard: sets of service addresses, changed one transaction at a time.

    Kernel        what the guard needs of it (a Protocol: the model in the tests keeps it too)
      NftKernel   nf_tables over a netlink socket that stays open; no process is started
    KernelFailure the kernel did not do what it was asked: whether doors are open is not known
      TableChanged  somebody else has changed the guard's table, or removed it

A machine without the table would let everything pass, so after each transaction, and whenever it is
asked to look, the guard compares the kernel's generation of rules with its own count. If anybody
else has changed any rule, it reads its table again. Needs CAP_NET_ADMIN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EPERM
from typing import Protocol

from failover.core.guard import AddElements, FlushSet, SetChange
from failover.guard.kernel_messages import batch, element_key, empty, fill, table_requests
from failover.guard.kernel_reading import TableFound, read_generation, read_table
from failover.guard.netlink import (
    NETFILTER,
    NetlinkBroken,
    NetlinkRefusal,
    NetlinkSocket,
    Request,
)
from failover.guard.ruleset import (
    TABLE,
    Family,
    differences,
    family_of,
    places_of,
    ruleset_of,
    set_name,
)
from failover.plan_file import Instance

# Two ticks of a slow kernel (100 Hz). What is shorter than one tick may become 0, which never ends.
TIMEOUT_MS_MIN = 20
_ROUNDING_MS = 1e-6
TOLD_MAX = 5  # differences in one sentence


class KernelFailure(Exception):
    """The kernel did not do what it was asked. `hint`: what a person can do, or nothing."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.hint = hint


class TableChanged(KernelFailure):
    """The table is not, or no longer, the guard's. `differences`: a sentence each."""

    def __init__(self, told: Sequence[str]) -> None:
        shown = list(told[:TOLD_MAX])
        if len(told) > TOLD_MAX:
            shown.append(f"and {len(told) - TOLD_MAX} more")
        super().__init__("; ".join(shown), f"let the guard install table inet {TABLE} itself")
        self.differences = tuple(told)


class Kernel(Protocol):
    """The sets of one machine.

    Every method raises `KernelFailure` where the kernel does not do what it is asked.
    """

    def claim(self, *, installs: bool) -> list[str]:
        """Make sure that the table is the guard's; what was different, and is now mended.

        With `installs` a table that differs is replaced, and every door shut by that; without it
        the difference is `TableChanged`.
        """
        ...

    def apply(self, changes: Sequence[SetChange]) -> None:
        """Carry out one transaction, whole or not at all. Kernel time starts inside."""
        ...

    def look(self) -> None:
        """Find out whether the table is still the guard's: `TableChanged` if not."""
        ...

    def close(self) -> None:
        """Let go of the kernel. Sets stay as they are, and run out."""
        ...


class NftKernel:
    """The sets of the network namespace in which this is made."""

    def __init__(self, services: Sequence[Instance]) -> None:
        addresses = {each.name: addresses_of(each) for each in services}
        self._ruleset = ruleset_of(address for both in addresses.values() for address in both)
        self._places = places_of(self._ruleset)
        self._keys: dict[Family, dict[str, bytes]] = {family: {} for family in Family}
        for instance, both in addresses.items():
            for address in both:
                self._keys[family_of(address)][instance] = element_key(address)
        with _kernel_does("open a socket"):
            self._netlink = NetlinkSocket(NETFILTER)
        self._generation = -1  # unknown
        self._handle = 0

    def claim(self, *, installs: bool) -> list[str]:
        """Make sure that the table is the guard's; what was different, and is now mended."""
        found = self._read()
        told = differences(found.places, self._places)
        if told:
            if not installs:
                raise TableChanged(told)
            with _kernel_does(f"install table inet {TABLE}"):
                self._netlink.order(batch(table_requests(self._ruleset)), framed=True)
            found = self._read()
            left = differences(found.places, self._places)
            if left:
                raise TableChanged(left)
        self._generation, self._handle = found.generation, found.handle
        return told

    def apply(self, changes: Sequence[SetChange]) -> None:
        """Carry out one transaction, whole or not at all. Kernel time starts inside."""
        if not changes:
            return
        with _kernel_does(f"change table inet {TABLE}"):
            self._netlink.order(batch(self._requests(changes)), framed=True)
        if any(isinstance(change, AddElements) for change in changes):
            self._generation = next_generation(self._generation)
        else:
            self._generation = -1  # emptying what is empty is no change: it cannot be counted
        self.look()

    def look(self) -> None:
        """Find out whether the table is still the guard's: `TableChanged` if not."""
        with _kernel_does("tell its generation"):
            if read_generation(self._netlink) == self._generation:
                return
        found = self._read()
        told = differences(found.places, self._places)
        if not told and found.handle != self._handle:
            told = [f"table inet {TABLE} was loaded anew: what the guard had put into it is gone"]
        if told:
            raise TableChanged(told)
        self._generation = found.generation

    def close(self) -> None:
        """Let go of the kernel. Sets stay as they are, and run out."""
        self._netlink.close()

    def _read(self) -> TableFound:
        with _kernel_does(f"show table inet {TABLE}"):
            return read_table(self._netlink)

    def _requests(self, changes: Sequence[SetChange]) -> Iterator[Request]:
        for change in changes:
            for family in Family:
                name = set_name(change.set, family)
                if isinstance(change, FlushSet):
                    yield empty(name)
                    continue
                known = self._keys[family]
                keys = [known[each] for each in change.instances if each in known]
                if keys:
                    yield fill(name, keys, milliseconds(change.timeout_s))


def addresses_of(service: Instance) -> tuple[str, ...]:
    """The one or two service addresses of an instance."""
    return (service.v4,) if service.v6 is None else (service.v4, service.v6)


def milliseconds(timeout_s: float | None) -> int | None:
    """A timeout as the kernel takes it, never longer than it was.

    Raises:
        ValueError: shorter than `TIMEOUT_MS_MIN`.
    """
    if timeout_s is None:
        return None
    rounded = int(timeout_s * 1000 + _ROUNDING_MS)
    if rounded < TIMEOUT_MS_MIN:
        raise ValueError(f"a timeout of {timeout_s} s is too short for a kernel to keep")
    return rounded


def next_generation(generation: int) -> int:
    """What the kernel counts to. It leaves 0 out."""
    return (generation + 1) & 0xFFFFFFFF or 1


@contextmanager
def _kernel_does(what: str) -> Iterator[None]:
    """Says what the kernel was asked when it refuses."""
    try:
        yield
    except NetlinkRefusal as refusal:
        hint = "the guard needs CAP_NET_ADMIN" if refusal.code == EPERM else ""
        raise KernelFailure(f"the kernel did not {what}: {refusal}", hint) from refusal
    except NetlinkBroken as broken:
        raise KernelFailure(f"the kernel did not {what}: {broken}") from broken
