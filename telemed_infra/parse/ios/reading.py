"""Reads an IOS text by its tables, banners and certificates taken out."""

from __future__ import annotations

import re
from typing import TypeVar

from telemed_infra.parse.frr.engine import Dialect, Grammar, read
from telemed_infra.parse.ios.dialect import IOS
from telemed_infra.parse.ios.plane.sayings import Said
from telemed_infra.parse.ios.state import Ios
from telemed_infra.parse.ios.swallowed import swallow
from telemed_infra.parse.line_numbers import LineNumbers
from telemed_infra.parse.reading import Noted, Reading

State = TypeVar("State")
_OWN = ("access-list ", "no ", "remark ", "description ", "ipv6 access-list ", "ip access-list ")
"""Heads of lines that define a list, or that only talk."""


def read_ios(
    grammar: Grammar[State],
    state: State,
    text: str,
    idle: re.Pattern[str] | None = None,
    dialect: Dialect = IOS,
) -> Reading:
    """Apply every line of the text to the state; never raises for any text.

    `idle` finds heads, with all that follows them and that the reader has no use for.
    """
    swallowed = swallow(text)
    if isinstance(state, Ios):
        for kind, (banner, line) in swallowed.banners.items():
            state.plane.banners[kind] = Said(banner, line)
    commands = "\n".join(swallowed.lines)
    reading = read(grammar, state, idle.sub(_head_alone, commands) if idle else commands, dialect)
    reading.show(text)
    reading.note(Noted(0, LineNumbers.of(swallowed.inert).mask, ()), 0)
    for line, why in swallowed.refused.items():
        reading.refuse(line, why)
    return reading


def _head_alone(found: re.Match[str]) -> str:
    """The first line; those behind it blank, so that all others keep their numbers."""
    return found[0].partition("\n")[0] + "\n" * found[0].count("\n")


def named_elsewhere(text: str) -> frozenset[str]:
    """The words of all lines that do not define lists: one of them may be a list's name."""
    return frozenset(
        word
        for raw in text.split("\n")
        for line in [raw.strip()]
        if not line.startswith(_OWN)
        for word in line.split()
    )
