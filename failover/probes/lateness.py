"""Whether this process itself was late: then what it did not hear in time accuses nobody."""

from __future__ import annotations

import asyncio
from types import TracebackType

from failover.probes.attempt import Clock

PULSE_S = 0.1  # between two looks at the clock
LATE_S = 0.1  # so much later than planned is late


class Lateness:
    """Looks at the clock again and again while something is tried, on the running loop.

    The clock should count the machine's pauses, as the boot-time clock does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pulsed_s = clock()
        self._late = False
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Lateness:
        self._pulse()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def noticed(self) -> bool:
        """Whether this process was late at any time until now."""
        # The look that would notice it may be due in the same turn of the loop, and not done yet.
        return self._late or self._overdue(self._clock())

    def _pulse(self) -> None:
        now_s = self._clock()
        self._late |= self._overdue(now_s)
        self._pulsed_s = now_s
        self._timer = asyncio.get_running_loop().call_later(PULSE_S, self._pulse)

    def _overdue(self, now_s: float) -> bool:
        return now_s > self._pulsed_s + PULSE_S + LATE_S
