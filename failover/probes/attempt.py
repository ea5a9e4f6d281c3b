"""One try of one thing, with a deadline. A failure is a value; nothing here raises for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

Clock = Callable[[], float]  # seconds; only differences count


class Probe(Protocol):
    """Something that can be tried. May be cancelled at any await."""

    async def attempt(self) -> str:
        """Why it did not work; empty: it did."""
        ...


class Outcome(NamedTuple):
    """What came of one or more probes, tried together."""

    why: str  # of the first that failed; empty: all worked
    took_s: float

    @property
    def fine(self) -> bool:
        """Whether all worked."""
        return not self.why


async def tried(probe: Probe, *, deadline_s: float, clock: Clock) -> Outcome:
    """Tries it, for no longer than the deadline."""
    start_s = clock()
    try:
        async with asyncio.timeout(deadline_s):
            why = await probe.attempt()
    except TimeoutError:
        why = f"no answer in {deadline_s:g} s"
    return Outcome(why, clock() - start_s)


async def all_tried(probes: Sequence[Probe], *, deadline_s: float, clock: Clock) -> Outcome:
    """Tries them at once; as bad as the worst and as slow as the slowest."""
    outcomes = await asyncio.gather(
        *(tried(probe, deadline_s=deadline_s, clock=clock) for probe in probes)
    )
    why = next((one.why for one in outcomes if one.why), "")
    return Outcome(why, max((one.took_s for one in outcomes), default=0.0))


def words(error: BaseException) -> str:
    """An error as a reason, never empty."""
    return str(error) or type(error).__name__
