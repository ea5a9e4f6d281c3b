"""Lengths and moments of time as people write and read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

SPAN = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)")
UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SPAN_MAX_S = 30 * 86400.0


class NoSpan(ValueError):
    """A text that is no length of time."""


def span_s(text: str) -> float:
    """Seconds of `90s`, `15m`, `1h30m` or `2d`. Raises NoSpan."""
    parts = SPAN.findall(text)
    if not parts or "".join(map("".join, parts)) != text:
        raise NoSpan(f"`{text}` is no length of time: write for example `90s`, `15m` or `2h`")
    total_s = sum(float(number) * UNITS_S[unit] for number, unit in parts)
    if not 0 < total_s <= SPAN_MAX_S:
        raise NoSpan(f"`{text}` is out of range: more than 0s and at most 30d")
    return total_s


def told_span(length_s: float) -> str:
    """`2 h 15 min`, `42 s`, `1.8 s`."""
    if length_s < 9.95:
        return f"{max(length_s, 0.0):.1f} s"
    left, parts = round(length_s), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def told_moment(at: float, now: float) -> str:
    """A wall-clock time in local time; with its date if that is not today's."""
    moment, today = (datetime.fromtimestamp(each, UTC).astimezone() for each in (at, now))
    shown = "%H:%M:%S" if moment.date() == today.date() else "%Y-%m-%d %H:%M:%S"
    return moment.strftime(shown)


def moment_of(text: str, now: float) -> float:
    """`2h` ago, or `2026-02-03T04:05` of local time, as seconds since 1970. Raises NoSpan."""
    try:
        return now - span_s(text)
    except NoSpan:
        pass
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise NoSpan(
            f"`{text}` is no time: write for example `2h` (ago) or `2026-02-03T04:05`"
        ) from error
