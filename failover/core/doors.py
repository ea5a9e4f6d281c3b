"""Which doors of this centre stand open, until when, and what the guard is armed for.

The agent's own account: the kernel closes by itself, never later than this says. Before the guard
has spoken nobody knows what an earlier life left open. What it left is *adopted*: shut, waited for
and counted like any other open door, but nothing prolongs it. This life's own grant replaces it.
"""

from collections.abc import Collection, Iterable, Mapping

from failover.core.effects import Arm, Effect, Grant, Shut

NOTHING: frozenset[str] = frozenset()
NEVER_S = float("inf")


class Doors:
    """Deadlines of open doors, and the one name that kernel time is running for."""

    def __init__(self) -> None:
        self.alive = False  # the guard obeys
        self.told = False  # it has said what an earlier life left open
        self.adopted: dict[str, float] = {}  # that, by the time when it closes at the latest
        self.name = ""  # what the guard was last asked to arm
        self.armed = False  # and whether it has
        self.armed_s = 0.0  # when it was asked
        self.reserved_until_s = 0.0  # until then it waits for a promise: to arm anew would undo it
        self._wanted = NOTHING
        self._until_s: dict[str, float] = {}
        self._shutting: dict[str, float] = {}  # asked to shut: closed by this time at the latest
        self.first_until_s = NEVER_S  # when the first open door closes by itself
        self.first_deadline_s = NEVER_S  # the same, with the adopted and those asked to shut

    def adopt(self, left_s: Mapping[str, float], now_s: float) -> None:
        """Take over what an earlier life left open, for so many seconds at most."""
        self.alive = self.told = True
        self.adopted |= {instance: now_s + each_s for instance, each_s in left_s.items()}
        self._find_first()

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
            self.adopted.pop(instance, None)
        self._find_first()
        return [Grant(name, opened)]

    def shut(self, instances: Iterable[str]) -> list[Effect]:
        """Close doors before their time; nothing where they are closed."""
        closing = frozenset(instances)
        self._wanted -= closing
        open_ones = closing & (self._until_s.keys() | self.adopted.keys())
        if not open_ones:
            return []
        for instance in open_ones:
            until_s = self._until_s if instance in self._until_s else self.adopted
            self._shutting[instance] = until_s.pop(instance)
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
        over = []
        for opened in (self._until_s, self.adopted):
            for instance in [each for each, until_s in opened.items() if until_s <= now_s]:
                del opened[instance]
                over.append(instance)
        self._find_first()
        return [Shut(frozenset(over))] if over else []

    def is_open(self, instance: str) -> bool:
        """Whether this life has opened the door, and it stands open as far as this agent knows."""
        return instance in self._until_s

    def is_closed(self, instances: Collection[str]) -> bool:
        """Whether all these doors are surely closed."""
        return (
            self.told
            and self._until_s.keys().isdisjoint(instances)
            and self._shutting.keys().isdisjoint(instances)
            and self.adopted.keys().isdisjoint(instances)
        )

    def opened(self) -> frozenset[str]:
        """All instances whose doors this life has opened, and that stand open."""
        return frozenset(self._until_s)

    def standing(self) -> frozenset[str]:
        """All that stand open: opened by this life, or adopted."""
        return frozenset(self._until_s.keys() | self.adopted.keys())

    def _find_first(self) -> None:
        self.first_until_s = min(self._until_s.values(), default=NEVER_S)
        self.first_deadline_s = min(self._shutting.values(), default=self.first_until_s)
        self.first_deadline_s = min(self.first_deadline_s, self.first_until_s)
        if self.adopted:
            self.first_deadline_s = min(self.first_deadline_s, *self.adopted.values())
