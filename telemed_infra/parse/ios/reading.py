"""Reads an IOS text by its tables, banners and certificates taken out."""

from __future__ import annotations

from typing import TypeVar

from telemed_infra.parse.frr.engine import Grammar, Reading, read
from telemed_infra.parse.ios.dialect import IOS
from telemed_infra.parse.ios.swallowed import swallow

State = TypeVar("State")
_OWN = ("access-list ", "no ", "remark ", "description ", "ipv6 access-list ", "ip access-list ")
"""Heads of lines that define a list, or that only talk."""


def read_ios(grammar: Grammar[State], state: State, text: str) -> Reading:
    """Apply every line of the text to the state; never raises for any text."""
    swallowed = swallow(text)
    reading = read(grammar, state, "\n".join(swallowed.lines), IOS)
    reading.texts = text.split("\n")
    reading.lines += len(swallowed.inert)
    reading.inert |= swallowed.inert
    for line, why in swallowed.refused.items():
        reading.refuse(line, why)
    return reading


def named_elsewhere(text: str) -> frozenset[str]:
    """The words of all lines that do not define lists: one of them may be a list's name."""
    return frozenset(
        word
        for raw in text.split("\n")
        for line in [raw.strip()]
        if not line.startswith(_OWN)
        for word in line.split()
    )
