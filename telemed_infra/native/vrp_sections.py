"""Configurations read section by section, so that equal sections are read once.

The members of a pair have the same sets and rules, switches most of their sections. At each `#`
vrp-ir forgets where it was, so that the facts of a text are those of its sections one after the
other; but what it knows of HRP and of an SNMP user it gathers from wherever it stands. The places
of facts are lines of their sections: such a configuration tells whether something is to be said
about a text, and not where. Source: vrp-ir 0.9.0, `parse_text`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Protocol

SEPARATOR = "\n#\n"
COUNT = "analyzed_line_count"
GATHERED = ("hrp", "snmp_usm_users")


class Source(Protocol):
    """Where vrp-ir read something."""

    line: int
    raw: str | None


class Configuration(Protocol):
    """A configuration as vrp-ir reads it: a dataclass of facts and of lists of facts."""

    analyzed_line_count: int
    unparsed_lines: list[Source]


class Reader(Protocol):
    """vrp-ir's own reader; it never raises."""

    def parse_text(self, text: str, filename: str) -> Configuration:
        """Reads a text."""


class Sections:
    """Reads texts that have sections in common; keeps what it has read for as long as it lives."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        nothing: Any = reader.parse_text("", "")
        self._fields = [one.name for one in fields(nothing)]
        self._known: dict[str, list[tuple[str, Any]]] = {}

    def joined(self, text: str, filename: str) -> Configuration | None:
        """A text's configuration; None if only the whole text tells what vrp-ir gathers from it."""
        whole = self._reader.parse_text("", filename)
        for section in text.split(SEPARATOR):
            for name, said in self._facts(section):
                before = getattr(whole, name)
                if before and name in GATHERED:
                    return None
                added = isinstance(said, list) or name == COUNT
                setattr(whole, name, before + said if added else said)
        return whole

    def _facts(self, section: str) -> list[tuple[str, Any]]:
        """What a section says, by field of the configuration."""
        known = self._known.get(section)
        if known is None:
            found = self._reader.parse_text(section, "")
            facts = [(name, getattr(found, name)) for name in self._fields]
            known = self._known[section] = [(name, said) for name, said in facts if said]
        return known
