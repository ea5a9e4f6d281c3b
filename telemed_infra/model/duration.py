"""Durations as the inventory writes them, `90s`, `400ms`, `1d`."""

from __future__ import annotations

from collections.abc import Mapping

_MILLISECONDS: Mapping[str, int] = {
    "ms": 1,
    "s": 1000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
}


def milliseconds(text: str) -> int:
    """A valid duration in milliseconds."""
    unit = text.lstrip("0123456789")
    return int(text.removesuffix(unit)) * _MILLISECONDS[unit]


def seconds(text: str) -> float:
    """A valid duration in seconds."""
    return milliseconds(text) / 1000
