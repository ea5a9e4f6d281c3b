"""What a check found: a place in a document, before its line is known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Keys and indexes from the document's root, as they are written in the file."""

WHOLE: Path = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a path of a file; `line` only where the path does not tell it.

    `{other}` in the problem stands for the field and place of `other`.
    """

    file: str
    path: Path
    problem: str
    hint: str = ""
    line: int = 0
    other: tuple[str, Path] | None = None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the most similar known word; empty if none is near."""
    near = difflib.get_close_matches(word, list(known), 1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""


def listed(words: Iterable[str], most: int = 8) -> str:
    """`a`, `b` and `c`; after `most` words the number of the rest."""
    names = [f"`{word}`" for word in words]
    if len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
