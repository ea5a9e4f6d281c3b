"""Lines that IOS takes as text and not as commands: banners and certificates.

A banner runs to the next place of the sign that it began with, over as many lines as it takes:
what stands in it configures nothing, even where it looks like a command, and one that does not
end swallows the rest of the file. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_BANNER = re.compile(r"\s*banner (motd|login|exec|incoming|slip-ppp|prompt-timeout) (\S.*)", re.I)
_CERTIFICATE = re.compile(r"\s*certificate (?:(?:self-signed|ca|rollover) )*[0-9A-Fa-f]+\s*")
_HEXADECIMAL = re.compile(r"\s*(?:[0-9A-Fa-f]{1,8}\s*)+")
_BEYOND = "words after the end of a banner: what a device does with them is not known"
_ENDLESS = "the banner does not end, so a device takes all that follows for its text"


@dataclass(slots=True)
class Swallowed:
    """Which lines are text, and which of them a device might read otherwise."""

    lines: list[str]  # of the whole file, those of texts emptied
    inert: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    banners: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Text and line of the last banner of each kind."""


def swallow(text: str) -> Swallowed:
    """Take banners and certificates out of a configuration."""
    found = Swallowed(text.split("\n"))
    number = 0
    if "certificate " not in text and "banner " not in text.lower():
        return found
    while number < len(found.lines):
        banner = _BANNER.match(found.lines[number])
        if banner:
            number = _banner(found, number, banner[1].lower(), banner[2])
        elif _CERTIFICATE.fullmatch(found.lines[number]):
            number = _certificate(found, number)
        else:
            number += 1
    return found


def _banner(found: Swallowed, first: int, kind: str, words: str) -> int:
    """Swallow a banner; returns the place of the line after it."""
    mark = "^C" if words.startswith("^C") else words[0]
    rests = [words[len(mark) :], *found.lines[first + 1 :]]
    for length, rest in enumerate(rests):
        if mark not in rest:
            continue
        _take(found, range(first, first + length + 1))
        text = [*rests[:length], rest.split(mark, 1)[0]]
        found.banners[kind] = ("\n".join(one.rstrip() for one in text).strip("\n"), first + 1)
        if rest.split(mark, 1)[1].strip():
            found.refused[first + length + 1] = _BEYOND
        return first + length + 1
    _take(found, range(first, len(found.lines)))
    found.refused[first + 1] = _ENDLESS
    return len(found.lines)


def _certificate(found: Swallowed, first: int) -> int:
    """Swallow a certificate's figures and the `quit` behind them, if they are nothing else."""
    last = first + 1
    while last < len(found.lines) and _HEXADECIMAL.fullmatch(found.lines[last]):
        last += 1
    if last < len(found.lines) and found.lines[last].strip() == "quit":
        _take(found, range(first, last + 1))
        return last + 1
    return first + 1


def _take(found: Swallowed, places: Sequence[int]) -> None:
    for place in places:
        if found.lines[place].strip():
            found.inert.add(place + 1)
        found.lines[place] = ""
