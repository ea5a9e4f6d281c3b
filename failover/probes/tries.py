"""Several tries of what belongs together, and the opinion that they come to."""

from __future__ import annotations

from collections.abc import Sequence

from failover.probes.attempt import Clock, Outcome, Probe, all_tried
from failover.probes.lateness import Lateness
from failover.probes.opinion import Opinion


class Tries:
    """A service's probes, tried when asked. A failure counts only if this process was on time.

    Raises:
        ValueError: `votes` of the last `of` tries are no majority, or a try gets no time.
    """

    def __init__(
        self, probes: Sequence[Probe], *, deadline_s: float, votes: int, of: int, clock: Clock
    ) -> None:
        if not deadline_s > 0:
            raise ValueError("a deadline takes time")
        self._probes = tuple(probes)
        self._deadline_s = deadline_s
        self._clock = clock
        self._opinion = Opinion(votes, of)

    @property
    def fit(self) -> bool | None:
        """What the last tries say together; None: too few of them yet."""
        return self._opinion.fit

    async def attempt(self) -> Outcome:
        """One more try of all probes."""
        with Lateness(self._clock) as lateness:
            outcome = await all_tried(self._probes, deadline_s=self._deadline_s, clock=self._clock)
            late = lateness.noticed()
        if outcome.fine or not late:
            self._opinion.heard(fine=outcome.fine)
        return outcome
