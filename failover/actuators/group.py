"""All actuators of one move group at one centre, driven one verb after the other.

Taken in their order, released in the opposite one. A take ends at the first that is not done; a
release tries all, because each that lets go is a gain. Nothing here raises for the world's faults.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

from failover.actuators.port import Actuator, Observation, Result, not_done
from failover.core.cells import Term
from failover.core.effects import Verb

LIMIT_S = 4.5  # below the 5 s after which the core takes an actuator's silence for failure
CLOSE_S_MAX = 5.0


class GroupActuators:
    """What `Actuate` drives. One verb runs at a time; a later one waits, within its own limit."""

    def __init__(
        self, group: str, actuators: Sequence[Actuator], *, limit_s: float = LIMIT_S
    ) -> None:
        self.group = group
        self._actuators = tuple(actuators)
        self._limit_s = limit_s
        self._one_at_a_time = asyncio.Lock()
        self._going_on = ""

    async def drive(self, verb: Verb, term: Term) -> Result:
        """Carries a verb out on all actuators; answers within `limit_s`.

        At the limit it is given up where it stands. What has been done stays done, and the next
        call sees it.
        """
        begun = False
        try:
            async with asyncio.timeout(self._limit_s):
                async with self._one_at_a_time:
                    begun, self._going_on = True, verb.value
                    return await self._each(verb, term)
        except TimeoutError:
            if begun:
                return not_done(f"{verb.value}: no end after {self._limit_s:g} s")
            return not_done(f"{verb.value} waits: {self._going_on} is still going on")

    async def observe(self) -> Mapping[str, Observation]:
        """Looks at all of them, at once and beside any verb; by the actuators' names."""
        seen = await asyncio.gather(*(each.observe() for each in self._actuators))
        return {each.name: one for each, one in zip(self._actuators, seen, strict=True)}

    async def close(self) -> None:
        """Lets go of everything, within `CLOSE_S_MAX`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S_MAX):
                await asyncio.gather(*(each.close() for each in self._actuators))

    async def _each(self, verb: Verb, term: Term) -> Result:
        releasing = verb is Verb.RELEASE
        actuators = self._actuators[::-1] if releasing else self._actuators
        so_far, words = True, []
        for actuator in actuators:
            result = await _METHODS[verb](actuator, term)
            so_far = so_far and result.done
            if result.why:
                words.append(f"{actuator.name}: {result.why}")
            if not so_far and not releasing:
                break
        return Result(so_far, "; ".join(words))


_METHODS: Mapping[Verb, Callable[[Actuator, Term], Awaitable[Result]]] = {
    Verb.PREPARE: lambda actuator, term: actuator.prepare(term),
    Verb.TAKE: lambda actuator, term: actuator.take(term),
    Verb.RELEASE: lambda actuator, term: actuator.release(term),
    Verb.RELAX: lambda actuator, term: actuator.relax(term),
    Verb.TIGHTEN: lambda actuator, term: actuator.tighten(term),
}
