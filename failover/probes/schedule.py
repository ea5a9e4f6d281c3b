"""Tries each group's service again and again, and tells when the opinion of it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from failover.core.effects import Probed
from failover.probes.attempt import Clock, Outcome, Probe, all_tried
from failover.probes.lateness import Lateness
from failover.probes.opinion import Opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often, how long, how many at once; seconds.

    Raises:
        ValueError: a number is out of its range.
    """

    period_s: float = 1.0  # from the end of one try to the next
    jitter: float = 0.1  # each period is longer or shorter by at most this share of it
    deadline_s: float = 0.8
    at_once_max: int = 8  # groups that are tried at the same time
    votes: int = 3  # so many of the last `of` outcomes change the opinion
    of: int = 4

    def __post_init__(self) -> None:
        if not (self.period_s > 0 and self.deadline_s > 0 and 0 <= self.jitter < 1):
            raise ValueError("a period and a deadline take time, and a jitter is less than all")
        if self.at_once_max < 1:
            raise ValueError("at least one at once")
        Opinion(self.votes, self.of)

    def wait_s(self, chance: float) -> float:
        """The next pause, for a chance from 0 to 1."""
        return self.period_s * (1 + self.jitter * (2 * chance - 1))


class ProbeSchedule:
    """The probes of this centre's own copies, by group.

    `tell` gets `Probed` when a group's fitness is first known and whenever it changes. A failure
    counts only if this process was on time throughout. `chance` is like `random.random`.
    """

    def __init__(
        self,
        probes: Mapping[str, Sequence[Probe]],
        tell: Callable[[Probed], None],
        pace: Pace,
        *,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self._probes = dict(probes)
        self._tell = tell
        self._pace = pace
        self._clock = clock
        self._chance = chance
        self._opinions = {name: Opinion(pace.votes, pace.of) for name in probes}
        self._places = asyncio.Semaphore(pace.at_once_max)
        self.outcomes: dict[str, Outcome] = {}  # the last of each group, for the status

    async def run(self) -> None:
        """Until it is cancelled. What a probe raises besides its failures ends it."""
        async with asyncio.TaskGroup() as tasks:
            for group in self._probes:
                tasks.create_task(self._again_and_again(group))

    async def attempt(self, group: str) -> None:
        """One try of one group."""
        async with self._places:
            with Lateness(self._clock) as lateness:
                outcome = await all_tried(
                    self._probes[group], deadline_s=self._pace.deadline_s, clock=self._clock
                )
                late = lateness.noticed()
        self.outcomes[group] = outcome
        if late and not outcome.fine:
            return
        if self._opinions[group].heard(fine=outcome.fine):
            self._tell(Probed(group, outcome.fine))

    async def _again_and_again(self, group: str) -> None:
        await asyncio.sleep(self._pace.period_s * self._chance())  # not all at the same moment
        while True:
            await self.attempt(group)
            await asyncio.sleep(self._pace.wait_s(self._chance()))
