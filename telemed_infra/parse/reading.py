"""What became of each line of a text that is read as commands; alike for every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import Struct

from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.line_numbers import LineNumbers


class Noted(Struct, frozen=True):
    """What became of some lines, by their places from 0 on; what is in none is no command."""

    effective: int  # bit n stands for place n
    inert: int
    refused: tuple[tuple[int, str], ...]  # place, why


@dataclass(slots=True)
class Reading:
    """What became of each line of a text.

    `shown` makes of a line what a finding may show: without a secret that may stand in it.
    """

    text: str
    shown: Callable[[str], str]
    unread: list[Unread] = field(default_factory=list)
    _effective: int = 0
    _inert: int = 0
    _refused: int = 0
    _texts: list[str] = field(default_factory=list)

    @property
    def effective(self) -> LineNumbers:
        """Lines that decide what is judged."""
        return LineNumbers(self._effective)

    @property
    def inert(self) -> LineNumbers:
        """Lines that are understood, and on which nothing depends that is judged."""
        return LineNumbers(self._inert)

    @property
    def lines(self) -> int:
        """How many lines are commands."""
        return (self._effective | self._inert | self._refused).bit_count()

    def note(self, lines: Noted, first: int) -> None:
        """What became of lines, of which this is the first one's number."""
        self._effective |= lines.effective << first
        self._inert |= lines.inert << first
        for place, why in lines.refused:
            self._tell(first + place, why)

    def refuse(self, line: int, why: str) -> None:
        """Turn a line into an unread one: its words were known, its meaning was not."""
        self._effective &= ~(1 << line)
        self._inert &= ~(1 << line)
        self._tell(line, why)

    def show(self, text: str) -> None:
        """Findings show the lines of this text from now on, which have the same numbers."""
        self.text = text
        self._texts = []

    def _tell(self, line: int, why: str) -> None:
        if line > 0:
            self._refused |= 1 << line
        if not self._texts:
            self._texts = self.text.split("\n")
        text = self._texts[line - 1] if 0 < line <= len(self._texts) else ""
        self.unread.append(Unread(line=line, text=self.shown(text), why=why))

    def in_order(self) -> tuple[Unread, ...]:
        """The unread lines, each complaint once, in the order of the text."""
        return tuple(sorted(dict.fromkeys(self.unread), key=lambda item: item.line))
