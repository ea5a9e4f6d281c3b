"""Times of the day in which a drill may run, as `02:00-04:00` of local time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
EXAMPLE = "write for example `02:00-04:00`; over midnight `23:00-01:00`"


class NoWindow(ValueError):
    """A text that is no window."""


class Window(NamedTuple):
    """From a time of the day until another, which may be on the next day."""

    begins: time
    ends: time

    def left_s(self, now: float) -> float | None:
        """For how long it is still open; None: it is shut."""
        moment = datetime.fromtimestamp(now, UTC).astimezone()
        for day in (moment.date(), moment.date() - timedelta(days=1)):
            begins = datetime.combine(day, self.begins).astimezone()
            end_day = day if self.begins < self.ends else day + timedelta(days=1)
            ends = datetime.combine(end_day, self.ends).astimezone()
            if begins <= moment < ends:
                return (ends - moment).total_seconds()
        return None

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def window_of(text: str) -> Window:
    """A window. Raises NoWindow."""
    found = WINDOW.fullmatch(text)
    try:
        hours = [] if found is None else [int(each) for each in found.groups()]
        window = Window(time(hours[0], hours[1]), time(hours[2], hours[3]))
    except (IndexError, ValueError) as error:
        raise NoWindow(f"`{text}` is no window: {EXAMPLE}") from error
    if window.begins == window.ends:
        raise NoWindow(f"`{text}` is empty: {EXAMPLE}")
    return window
