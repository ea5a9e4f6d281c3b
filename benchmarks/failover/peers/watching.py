"""Who answers the hospital's client, which asks at both centres each 10 ms: two owners show as two.

Times are those of `time.monotonic()`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from failover.laboratory.lab import Lab
from failover.laboratory.network import HOSPITAL
from failover.laboratory.traffic import BOTH_CENTRES, EVERY_S, Traffic

JUST_NOW_S = 0.3


class Watch:
    """The answers of one service address."""

    def __init__(self, lab: Lab, address: str) -> None:
        self._lab, self._address = lab, address
        self._traffic = Traffic(lab, HOSPITAL, [address], marks=BOTH_CENTRES)

    def close(self) -> None:
        """End the client."""
        self._traffic.close()

    def owners(self) -> set[str]:
        """Which centres have answered just now."""
        since_s = monotonic() - JUST_NOW_S
        return {
            each.centre
            for each in self._traffic.answers(self._address)
            if each.answered_s is not None and each.answered_s >= since_s
        }

    def first_s(self, centre: str, since_s: float, limit_s: float) -> float | None:
        """From a moment to a centre's first answer; None if there is none in time."""
        while monotonic() < since_s + limit_s:
            found = self._traffic.first(self._address, centre, since_s)
            if found is not None:
                return found - since_s
            self._lab.pause(EVERY_S)
        return None

    def both_s(self, since_s: float) -> float:
        """How long both answered: the requests since then that two centres answered, as time."""
        by: dict[float, set[str]] = defaultdict(set)
        for each in self._traffic.answers(self._address):
            if each.answered_s is not None and each.sent_s >= since_s:
                by[each.sent_s].add(each.centre)
        return sum(len(centres) > 1 for centres in by.values()) * EVERY_S

    def late(self, centre: str, since_s: float, until_s: float) -> int:
        """How many requests sent between two moments a centre answered after the second one."""
        return sum(
            each.centre == centre
            and each.answered_s is not None
            and since_s <= each.sent_s < until_s <= each.answered_s
            for each in self._traffic.answers(self._address)
        )

    def pause_s(self, since_s: float) -> float:
        """The longest time without an answer, up to now."""
        return self._traffic.pause_s(self._address, since_s, monotonic())


@contextmanager
def watching(lab: Lab, address: str) -> Iterator[Watch]:
    """As long as it is asked."""
    watch = Watch(lab, address)
    try:
        yield watch
    finally:
        watch.close()


def named(owners: set[str]) -> str:
    """For a note."""
    return " and ".join(sorted(owners)) or "nobody"
