"""The guard's two slots: which change of the kernel's sets each wish becomes.

A packet to or from a service address passes where `armed` and `live` of one slot both name it.
Kernel time starts in `armed` before a renewal is sent; `live` bears no time and is set when the
renewal is known to hold. The next renewal uses the other slot, so nothing closes in between, and a
guard that is frozen anywhere leaves at most what was armed. Source: ADR-0015.

Each list is one kernel transaction. Sets are flushed and filled, never deleted from: the kernel
refuses to delete an element that has just run out, and ignores an `add` of one that has not.
"""

from enum import Enum

from msgspec import Struct

from failover.core.plan import Profile


class Sets(Enum):
    """The four sets of the guard's table."""

    __hash__ = object.__hash__  # Enum's own is slow, and there is one object for each

    ARMED_0 = "armed0"
    LIVE_0 = "live0"
    ARMED_1 = "armed1"
    LIVE_1 = "live1"


class FlushSet(Struct, frozen=True):
    """Empty a set."""

    set: Sets


class AddElements(Struct, frozen=True):
    """Put instances' addresses into a set; with a timeout where the set has one, never 0."""

    set: Sets
    instances: frozenset[str]
    timeout_s: float | None


SetChange = FlushSet | AddElements

_ARMED = (Sets.ARMED_0, Sets.ARMED_1)
_LIVE = (Sets.LIVE_0, Sets.LIVE_1)
_FLUSH_ARMED = tuple(map(FlushSet, _ARMED))  # made once: flushed at each renewal
_FLUSH_LIVE = tuple(map(FlushSet, _LIVE))
_NONE: frozenset[str] = frozenset()


class Slots:
    """What this guard has put into the kernel since it flushed all sets at its start.

    A life of the agent that leaves (`leave`) leaves its slots to the next one; after any other end
    all is flushed.
    """

    def __init__(self) -> None:
        self._live = 0
        self._name = ""  # what the other slot is armed for
        self._armed = [_NONE, _NONE]
        self._granted = [_NONE, _NONE]

    def flush(self) -> list[SetChange]:
        """Shut every door."""
        self._name = ""
        self._armed = [_NONE, _NONE]
        self._granted = [_NONE, _NONE]
        return [FlushSet(each) for each in Sets]

    def arm(self, name: str, instances: frozenset[str], length_s: float) -> list[SetChange]:
        """Start kernel time under this name; forgets what the slot was armed for."""
        if length_s <= 0:
            raise ValueError(f"armed for {length_s} s: a timeout of 0 would never end")
        slot = 1 - self._live
        self._name = name
        self._armed[slot] = instances
        self._granted[slot] = _NONE
        changes: list[SetChange] = [_FLUSH_LIVE[slot], _FLUSH_ARMED[slot]]
        if instances:
            changes.append(AddElements(_ARMED[slot], instances, length_s))
        return changes

    def grant(self, name: str, instances: frozenset[str]) -> list[SetChange]:
        """Open doors for the rest of the time armed under this name; nothing under another."""
        slot = 1 - self._live
        opened = instances & self._armed[slot]
        if name != self._name or not opened:
            return []
        self._name = ""
        self._live = slot
        self._granted[slot] = opened
        return [AddElements(_LIVE[slot], opened, None)]

    def leave(self) -> list[SetChange]:
        """What was armed and not granted never opens; what stands open runs out by itself."""
        if not self._name:
            return []
        slot = 1 - self._live
        self._name = ""
        self._armed[slot] = _NONE
        return [_FLUSH_ARMED[slot]]

    def shut(self, instances: frozenset[str]) -> list[SetChange]:
        """Shut these doors in both slots; the others stay as they are."""
        changes: list[SetChange] = []
        for slot in (0, 1):
            if not self._granted[slot] & instances:
                continue
            self._granted[slot] -= instances
            changes.append(_FLUSH_LIVE[slot])
            if self._granted[slot]:
                changes.append(AddElements(_LIVE[slot], self._granted[slot], None))
        self._armed = [armed - instances for armed in self._armed]
        return changes


WATCHDOG_S = 1.0  # where beats are frequent; a slow plan's agent takes its turns less often
WATCHDOG_BEATS = 3


def watchdog_s(profile: Profile) -> float:
    """How long an agent may give no sign of life.

    It takes a turn at each beat at least. The watchdog bites within half a lease all the same:
    before kernel time would have shut the doors.
    """
    return min(max(WATCHDOG_S, WATCHDOG_BEATS * profile.beat_s), profile.lease.length_s / 2)


class Watchdog:
    """The second process beside the agent: no sign of life for too long, and every door is shut."""

    def __init__(self, limit_s: float, now_s: float) -> None:
        self._limit_s = limit_s
        self._seen_s = now_s

    def sign_of_life(self, now_s: float) -> None:
        """The agent has just finished a turn."""
        self._seen_s = now_s

    def hung(self, now_s: float) -> bool:
        """Whether the guard's sets must be flushed now."""
        return now_s - self._seen_s > self._limit_s
