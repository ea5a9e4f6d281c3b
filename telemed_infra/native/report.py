"""What is asked of the platforms' own programs, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeFile:
    """One file of a device. The files of a sensor share a folder and are read together."""

    path: Path  # as messages name it; nothing is read from there
    platform: str
    device: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What a program reads at once: one text, or the folder of a sensor."""

    platform: str
    files: tuple[NativeFile, ...]

    @property
    def device(self) -> str:
        """The device that it configures."""
        return self.files[0].device


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Refusal:
    """A program does not accept a text; `line` 0 is the text as a whole."""

    device: str
    path: Path
    line: int
    words: str  # the program's own
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A program that was asked."""

    program: str
    version: str
    texts: int  # of its platforms
    shapes: int  # that these texts have
    checked: int  # texts that it read
    lines: int = 0  # in them; 0 where nothing is counted
    unknown: int = 0  # lines that it does not know and a reviewed reason excuses


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Texts that no program was asked about."""

    program: str
    texts: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeReport:
    """The answer about all files."""

    refusals: tuple[Refusal, ...]
    runs: tuple[Run, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one program says about the units that it was given."""

    refusals: tuple[Refusal, ...] = ()
    lines: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """A program that can be asked."""

    version: str
    command: tuple[str, ...] = ()  # how to start it, without its arguments
    accepted: set[str] = field(default_factory=set, compare=False)
    """Parts of texts that it has accepted as they stand, so far and in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A program that cannot be asked here."""

    why: str
