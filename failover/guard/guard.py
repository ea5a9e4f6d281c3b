"""One machine's doors as its agent wishes them: the core's slots, the kernel's sets, the addresses.

In this order: the kernel first, then the answer, then the addresses. Kernel time is what keeps the
doors; addresses only lead traffic here, and must not hold an answer up. A new address is put on
`lo` when its door opens, never before: what is armed may turn out to be the other centre's. While
the door stands open, each arming lets the address stay for as long as kernel time was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from failover.core.effects import Arm, Armed, Closed, Flush, Grant, Leave, Shut
from failover.core.guard import AddElements, Slots
from failover.guard.address import Addresses
from failover.guard.kernel import Kernel, KernelFailure, addresses_of
from failover.plan_file import Instance

Told = Callable[[Armed | Closed], None]


class Guard:
    """Carries wishes out, one after the other. `now_s` is a clock that also counts a suspension.

    Every method but `close` raises `KernelFailure`. What stands open is then not known: flush, or
    claim again.
    """

    def __init__(
        self,
        kernel: Kernel,
        addresses: Addresses,
        services: Sequence[Instance],
        now_s: Callable[[], float],
    ) -> None:
        self._kernel = kernel
        self._addresses = addresses
        self._of = {each.name: addresses_of(each) for each in services}
        self._now_s = now_s
        self._slots = Slots()
        self._armed_until_s = 0.0  # not later than what the kernel was armed for last
        self._armed_over_s = 0.0  # not earlier than that
        self._open_until_s: dict[str, float] = {}  # by instance, of those that were granted
        self._over_s: dict[str, float] = {}  # the same, when the kernel has surely closed them

    def claim(self, *, installs: bool) -> list[str]:
        """Take charge: the table is ours, every door shut, no service address here.

        What was different about the table, and is mended (only with `installs`).

        Raises:
            KernelFailure: it cannot be; `TableChanged`: the table differs and is not to be mended.
        """
        told = self._kernel.claim(installs=installs)
        self.flush()
        misplaced = self._addresses.misplaced(self._addresses_of(frozenset(self._of)))
        if misplaced:
            raise KernelFailure("; ".join(misplaced), "take it off there")
        return told

    def left_s(self) -> dict[str, float]:
        """By instance that stands open: after how many seconds it has surely closed by itself."""
        now_s = self._now_s()
        return {each: over_s - now_s for each, over_s in self._over_s.items() if now_s < over_s}

    def obey(self, wish: Arm | Grant | Shut | Flush | Leave, answer: Told) -> None:
        """Carry out one wish, and answer it when the kernel has done it."""
        match wish:
            case Arm(name, instances, length_s):
                open_now = self._open_now() & instances
                self._armed_until_s = self._now_s() + length_s
                self._kernel.apply(self._slots.arm(name, instances, length_s))
                self._armed_over_s = self._now_s() + length_s
                answer(Armed(name))
                self._addresses.keep(self._addresses_of(open_now), length_s)
            case Grant(name, instances):
                self._grant(name, instances)
            case Shut(instances):
                self._kernel.apply(self._slots.shut(instances))
                answer(Closed(instances))
                self._forget(instances)
            case Flush():
                self.flush()
            case Leave():
                self._kernel.apply(self._slots.leave())

    def flush(self) -> None:
        """Shut every door, and take every address away, whatever was done before."""
        try:
            self._kernel.apply(self._slots.flush())
        finally:
            self._forget(frozenset(self._of))

    def look(self) -> None:
        """See that nobody has changed the table."""
        self._kernel.look()

    def close(self) -> None:
        """Let go of the kernel."""
        self._kernel.close()
        self._addresses.close()

    def _grant(self, name: str, instances: frozenset[str]) -> None:
        changes = self._slots.grant(name, instances)
        self._kernel.apply(changes)
        added = [each.instances for each in changes if isinstance(each, AddElements)]
        opened = frozenset[str]().union(*added)
        fresh = opened - self._open_now()  # arming has refreshed the others
        self._open_until_s |= dict.fromkeys(opened, self._armed_until_s)
        self._over_s |= dict.fromkeys(opened, self._armed_over_s)
        self._addresses.keep(self._addresses_of(fresh), self._armed_until_s - self._now_s())

    def _open_now(self) -> frozenset[str]:
        now_s = self._now_s()
        return frozenset([each for each, until_s in self._open_until_s.items() if now_s < until_s])

    def _forget(self, instances: frozenset[str]) -> None:
        for each in instances:
            self._open_until_s.pop(each, None)
            self._over_s.pop(each, None)
        self._addresses.remove(self._addresses_of(instances))

    def _addresses_of(self, instances: frozenset[str]) -> list[str]:
        return [address for each in sorted(instances) for address in self._of[each]]
