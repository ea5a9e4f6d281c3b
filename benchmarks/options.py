"""What the benchmarks' options have in common."""

from __future__ import annotations


def positive(text: str) -> int:
    """A number from 1. Raises ValueError, of which argparse makes a message."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
