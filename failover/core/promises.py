"""The peer promise: what lets an owner go on when the register is silent.

Only home and refuge can ever take an instance, so the other centre's word is enough: "I take
nothing of yours". The asker counts from the sending of its own beat that the promise echoes; the
promiser from the moment it heard that beat, which is later.
"""

from failover.core.lease import wait_s
from failover.core.messages import Echo, Promise
from failover.core.plan import Lease


class Given:
    """What this agent has promised, and so until when it takes nothing."""

    def __init__(self, start_s: float, lease: Lease, remembered_s: float) -> None:
        # It may have promised just before it was restarted, and forgotten.
        self._started_until_s = start_s + max(wait_s(lease), remembered_s)
        self.remembered_s = (
            remembered_s  # the longest wait that is on disk: a later life will know of it
        )
        self._until_s = 0.0
        self._excepted_until_s: dict[str, float] = {}

    def may(self, lease: Lease) -> bool:
        """Whether a promise of this length would outlive a restart of this agent."""
        return wait_s(lease) <= self.remembered_s

    def give(self, to: Echo, heard_s: float, lease: Lease, besides: frozenset[str]) -> Promise:
        """Promise against the newest beat that was heard, at `heard_s`."""
        for group in besides - self._excepted_until_s.keys():
            self._excepted_until_s[group] = self._until_s
        for group in self._excepted_until_s.keys() - besides:
            del self._excepted_until_s[group]
        self._until_s = max(self._until_s, heard_s + wait_s(lease))
        return Promise(to, lease, besides)

    def until_s(self, group: str) -> float:
        """Before this, the group must not be taken from the other centre."""
        return max(self._started_until_s, self._excepted_until_s.get(group, self._until_s))

    def runs(self, now_s: float) -> bool:
        """Whether the other centre may be going on by promise."""
        return now_s < self._until_s

    def beyond_s(self, over_s: float) -> float:
        """For how long after its lease the other centre may have gone on by promise."""
        return max(0.0, self._until_s - over_s)

    def started_until_s(self) -> float:
        """Before this, an agent on a new boot takes nothing at all."""
        return self._started_until_s


class Asked:
    """When this agent sent its latest beats: a promise counts from there."""

    KEPT = 64

    def __init__(self) -> None:
        self._sent_s: dict[int, float] = {}

    def sent(self, sequence: int, now_s: float) -> None:
        """A beat goes out."""
        self._sent_s[sequence] = now_s
        self._sent_s.pop(sequence - self.KEPT, None)

    def sent_s(self, sequence: int) -> float | None:
        """When a beat was sent; None: too long ago, or never."""
        return self._sent_s.get(sequence)
