"""Which doors of this centre stand open, until when, and what the guard is armed for.

The agent's own account: the kernel closes by itself, never later than this says.
"""

from collections.abc import Iterable

from failover.core.effects import Arm, Effect, Grant, Shut

NOTHING: frozenset[str] = frozenset()
NEVER_S = float("inf")


class Doors:
    """Deadlines of open doors, and the one name that kernel time is running for."""

    def __init__(self) -> None:
        self.alive = True
        self.name = ""  # what the guard was last asked to arm
        self.armed = False  # and whether it has
        self.armed_s = 0.0  # when it was asked
        self.reserved_until_s = 0.0  # until then it waits for a promise: to arm anew would undo it
        self._wanted = NOTHING
        self._until_s: dict[str, float] = {}
        self._shutting: dict[str, float] = {}  # asked to shut: closed by this time at the latest
        self.first_until_s = NEVER_S  # when the first open door closes by itself
        self.first_deadline_s = NEVER_S  # the same, with those that were asked to shut

    def arm(self, name: str, instances: frozenset[str], length_s: float, now_s: float) -> Effect:
        """Ask for kernel time under a name; what was armed before is no longer grantable."""
        self.name, self.armed, self.armed_s, self._wanted = name, False, now_s, instances
        self.reserved_until_s = 0.0
        return Arm(name, instances, length_s)

    def confirm(self, name: str) -> bool:
        """The guard has armed, so it lives; whether that is what it was last asked for."""
        self.alive = True
        self.armed = name == self.name
        return self.armed

    def grant(
        self, name: str, instances: frozenset[str], until_s: float, now_s: float
    ) -> list[Effect]:
        """Open what was armed under the name, until the deadline of the value it stands for."""
        opened = instances & self._wanted
        if name != self.name or not self.armed or not opened or until_s <= now_s or not self.alive:
            return []
        self.name, self.armed, self.reserved_until_s = "", False, 0.0
        for instance in opened:
            self._until_s[instance] = until_s
        self._find_first()
        return [Grant(name, opened)]

    def shut(self, instances: Iterable[str]) -> list[Effect]:
        """Close doors before their time; nothing where they are closed."""
        closing = frozenset(instances)
        self._wanted -= closing
        open_ones = closing & self._until_s.keys()
        if not open_ones:
            return []
        for instance in open_ones:
            self._shutting[instance] = self._until_s.pop(instance)
        self._find_first()
        return [Shut(open_ones)]

    def closed(self, instances: Iterable[str]) -> None:
        """The guard has shut these doors."""
        for instance in instances:
            self._shutting.pop(instance, None)

    def expire(self, now_s: float) -> list[Effect]:
        """Close what has come to its deadline. The kernel has done so already; this says it."""
        for instance in [each for each, until_s in self._shutting.items() if until_s <= now_s]:
            del self._shutting[instance]
        over = [each for each, until_s in self._until_s.items() if until_s <= now_s]
        for instance in over:
            del self._until_s[instance]
        self._find_first()
        return [Shut(frozenset(over))] if over else []

    def is_open(self, instance: str) -> bool:
        """Whether the door stands open, as far as this agent knows."""
        return instance in self._until_s

    def is_closed(self, instances: Iterable[str]) -> bool:
        """Whether all these doors are surely closed."""
        return not any(each in self._until_s or each in self._shutting for each in instances)

    def opened(self) -> frozenset[str]:
        """All instances whose doors stand open."""
        return frozenset(self._until_s)

    def _find_first(self) -> None:
        self.first_until_s = min(self._until_s.values(), default=NEVER_S)
        self.first_deadline_s = min(self._shutting.values(), default=self.first_until_s)
        self.first_deadline_s = min(self.first_deadline_s, self.first_until_s)
