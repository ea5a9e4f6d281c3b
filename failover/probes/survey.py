"""An observer's round: which centre this hospital reaches, and how well.

Each centre has targets of its own, which never move: its service edge, not a service, whose address
the other centre may have taken over. One target outside both centres shows that the hospital's own
line works: without it, the hospital's word counts for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from failover.probes.attempt import Clock, Outcome, Probe, tried
from failover.probes.lateness import Lateness

TARGETS_MAX = 8  # of one centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often, and how long; seconds.

    Raises:
        ValueError: a number is out of its range.
    """

    period_s: float = 1.0  # from the end of one round to the next
    jitter: float = 0.1  # each period is longer or shorter by at most this share of it
    deadline_s: float = 0.8  # of a try

    def __post_init__(self) -> None:
        if not (self.period_s > 0 and self.deadline_s > 0 and 0 <= self.jitter < 1):
            raise ValueError("a period and a deadline take time, and a jitter is less than all")

    def wait_s(self, chance: float) -> float:
        """The next pause, for a chance from 0 to 1."""
        return self.period_s * (1 + self.jitter * (2 * chance - 1))


class Findings(NamedTuple):
    """What one round has found: the words of a `Report`."""

    reached: frozenset[str]
    slow: frozenset[str]
    uplink: bool


class Survey:
    """Tries all targets at once, again and again.

    A centre is reached if one of its targets answers; it is slow if it is reached and another
    target does not answer, or an answer takes longer than `slow_s`.

    Raises:
        ValueError: a centre without a target, or with too many.
    """

    def __init__(
        self,
        centres: Mapping[str, Sequence[Probe]],
        neutral: Probe,
        pace: Pace,
        *,
        slow_s: float,
        clock: Clock,
    ) -> None:
        if not all(1 <= len(probes) <= TARGETS_MAX for probes in centres.values()):
            raise ValueError(f"a centre has 1 to {TARGETS_MAX} targets")
        self._centres = {name: tuple(probes) for name, probes in centres.items()}
        self._neutral = neutral
        self._pace = pace
        self._slow_s = slow_s
        self._clock = clock
        self.outcomes: dict[str, tuple[Outcome, ...]] = {}  # the last by centre, for the status

    async def round(self) -> Findings | None:
        """Tries everything once; None: this process was late, and has nothing to say."""
        names = [name for name, probes in self._centres.items() for _ in probes]
        probes = [probe for probes in self._centres.values() for probe in probes]
        with Lateness(self._clock) as lateness:
            found = await asyncio.gather(
                *(self._tried(probe) for probe in (self._neutral, *probes))
            )
            if lateness.noticed():
                return None
        neutral, outcomes = found[0], found[1:]
        self.outcomes = {
            centre: tuple(one for name, one in zip(names, outcomes, strict=True) if name == centre)
            for centre in self._centres
        }
        reached = {name for name, ones in self.outcomes.items() if any(one.fine for one in ones)}
        slow = {name for name in reached if any(map(self._is_slow, self.outcomes[name]))}
        return Findings(frozenset(reached), frozenset(slow), uplink=neutral.fine)

    async def run(self, tell: Callable[[Findings], None], chance: Callable[[], float]) -> None:
        """Tells what each round finds, until it is cancelled. `chance` is like `random.random`."""
        await asyncio.sleep(self._pace.period_s * chance())
        while True:
            findings = await self.round()
            if findings is not None:
                tell(findings)
            await asyncio.sleep(self._pace.wait_s(chance()))

    async def _tried(self, probe: Probe) -> Outcome:
        return await tried(probe, deadline_s=self._pace.deadline_s, clock=self._clock)

    def _is_slow(self, outcome: Outcome) -> bool:
        return not outcome.fine or outcome.took_s > self._slow_s
