"""Holds that come to their end: people are told before, and when it is over.

A hold blocks takes and never closes anything, so its end is when a group may move again without a
person's doing.
"""

from collections.abc import Iterator

from failover.core.cells import EVERY_GROUP
from failover.core.effects import Effect, Page
from failover.core.state import State
from failover.core.view import Holding

WARNED_S = 600.0  # before the end, or in the last tenth of a shorter hold
SHARE = 10


class Holds:
    """Which holds were warned of. A hold that a person ends early is not paged about."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._warned: dict[str, Holding] = {}  # those that ran when they were last looked at

    def turn(self, now_s: float) -> list[Effect]:
        """The pages that are due."""
        holdings = self._state.view.holdings()
        if not holdings and not self._warned:
            return []
        return [*self._over(now_s), *self._ending(holdings, now_s)]

    def _ending(self, holdings: dict[str, Holding], now_s: float) -> Iterator[Effect]:
        for name, holding in holdings.items():
            left_s = holding.ends_s - now_s
            if name in self._warned or not 0 < left_s <= min(WARNED_S, holding.length_s / SHARE):
                continue
            self._warned[name] = holding
            what = f"the hold on {_told(name)} by {holding.by} ({holding.reason})"
            yield Page(f"hold {name}", f"{what} ends in {left_s:.0f} s: prolong it or let it end")

    def _over(self, now_s: float) -> Iterator[Effect]:
        current = self._state.view.holdings()
        for name, holding in list(self._warned.items()):
            if current.get(name) != holding:
                del self._warned[name]  # ended or prolonged by a person
            elif now_s >= holding.ends_s:
                del self._warned[name]
                what = f"the hold on {_told(name)} by {holding.by} ({holding.reason})"
                yield Page(f"hold {name} over", f"{what} is over: what it held may be taken")


def _told(name: str) -> str:
    return "every group" if name == EVERY_GROUP else name
