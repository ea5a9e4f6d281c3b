"""A kernel in a few lines: the guard's sets with their timeouts, and whether a packet passes."""

from __future__ import annotations

from collections.abc import Iterable

from failover.core.effects import Arm, Flush, Grant, Leave, Shut
from failover.core.guard import AddElements, FlushSet, SetChange, Sets, Slots

NEVER_S = float("inf")
SLOTS = ((Sets.ARMED_0, Sets.LIVE_0), (Sets.ARMED_1, Sets.LIVE_1))


class Kernel:
    """The production slots on sets as nftables has them."""

    def __init__(self) -> None:
        self.slots = Slots()
        self._sets: dict[Sets, dict[str, float]] = {each: {} for each in Sets}

    def carry_out(self, effect: Arm | Grant | Shut | Flush | Leave, now_s: float) -> None:
        """What the guard process does when the agent asks."""
        match effect:
            case Arm(name, instances, length_s):
                self.apply(self.slots.arm(name, instances, length_s), now_s)
            case Grant(name, instances):
                self.apply(self.slots.grant(name, instances), now_s)
            case Shut(instances):
                self.apply(self.slots.shut(instances), now_s)
            case Flush():
                self.apply(self.slots.flush(), now_s)
            case Leave():
                self.apply(self.slots.leave(), now_s)

    def apply(self, changes: Iterable[SetChange], now_s: float) -> None:
        """One kernel transaction. An element that has not run out is not added again."""
        for change in changes:
            elements = self._sets[change.set]
            match change:
                case FlushSet():
                    elements.clear()
                case AddElements(_, instances, timeout_s):
                    until_s = NEVER_S if timeout_s is None else now_s + timeout_s
                    for instance in instances:
                        if elements.get(instance, now_s) <= now_s:
                            elements[instance] = until_s

    def opened(self, now_s: float) -> set[str]:
        """The instances whose packets pass: armed and live in one slot."""
        return set(self.left_s(now_s))

    def left_s(self, now_s: float) -> dict[str, float]:
        """For how long each of them does."""
        left_s: dict[str, float] = {}
        for armed, live in SLOTS:
            for instance, until_s in self._sets[armed].items():
                if now_s < until_s and instance in self._sets[live]:
                    left_s[instance] = max(left_s.get(instance, 0.0), until_s - now_s)
        return left_s
