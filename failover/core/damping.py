"""What keeps groups from going to and fro: a penalty for each, and a brake over all.

Each move of a group adds to its penalty, which halves with time; above a limit the group stays
where it is. Many groups moved one by one within the brake's window stop all moves. A failure that
is harder than what caused the moves before passes either, once: damping must never keep a group at
a centre that has since been lost. Source: RFC 2439 §4.4 (penalty and decay).
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from failover.core.plan import Damping


class Cause(IntEnum):
    """Why a group is moved, in the order of hardness."""

    ORDERED = 0  # by a person: never refused, but it counts
    ORPHAN = 1  # its owner surrendered it
    ISOLATED = 2  # its owner's lease is over, and the evidence does not agree
    LOST = 3  # its owner's centre is lost


class _Penalty(NamedTuple):
    points: float
    at_s: float
    cause: Cause  # of the last move


class _Decision(NamedTuple):
    at_s: float  # of its last move
    cause: Cause  # the hardest of its moves


class Damper:
    """The penalties of all groups, and the decisions of late. Times never run backwards."""

    __slots__ = ("_damping", "_decisions", "_penalties")

    def __init__(self, damping: Damping) -> None:
        self._damping = damping
        self._penalties: dict[str, _Penalty] = {}
        self._decisions: dict[str, _Decision] = {}

    def moved(self, groups: Iterable[str], cause: Cause, key: str, now_s: float) -> None:
        """Groups were moved. `key`: of the decision, equal for all that it moves.

        For the loss of a centre that is the nonce of its session; for an orphan its own term.
        """
        self._forget(now_s)
        for group in groups:
            points = self.penalty(group, now_s) + self._damping.penalty
            self._penalties[group] = _Penalty(points, now_s, cause)
        known = self._decisions.get(key)
        hardest = cause if known is None else max(known.cause, cause)
        self._decisions[key] = _Decision(now_s, hardest)

    @property
    def at_rest(self) -> bool:
        """Whether nothing was ever moved: then nothing is held."""
        return not self._penalties

    def penalty(self, group: str, now_s: float) -> float:
        """The group's penalty, decayed."""
        known = self._penalties.get(group)
        if known is None:
            return 0.0
        return float(known.points * 0.5 ** ((now_s - known.at_s) / self._damping.half_life_s))

    def suppressed(self, group: str, now_s: float) -> bool:
        """Whether the group stays where it is, save for a harder failure."""
        return self.penalty(group, now_s) >= self._damping.suppress

    def braked(self, now_s: float) -> bool:
        """Whether all groups stay where they are, save for a harder failure."""
        self._forget(now_s)
        return len(self._decisions) >= self._damping.brake_moves

    def holds(self, group: str, cause: Cause, key: str, now_s: float) -> str:
        """Why the group stays where it is; empty: it may be moved for this cause."""
        if cause is Cause.ORDERED:
            return ""
        if self.suppressed(group, now_s) and cause <= self._penalties[group].cause:
            return f"damping: penalty {self.penalty(group, now_s):.0f} for its moves of late"
        if self.braked(now_s) and key not in self._decisions and cause <= self._hardest():
            return f"brake: {len(self._decisions)} groups were moved one by one of late"
        return ""

    def _hardest(self) -> Cause:
        return max((each.cause for each in self._decisions.values()), default=Cause.LOST)

    def _forget(self, now_s: float) -> None:
        oldest_s = now_s - self._damping.brake_window_s
        self._decisions = {
            key: decision for key, decision in self._decisions.items() if decision.at_s >= oldest_s
        }
