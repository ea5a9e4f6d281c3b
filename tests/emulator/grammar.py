"""The words of a command line as data: rows of views, and how a typed line finds its row.

A table is text. `[view]` begins a view; a row is `words tail > view | prompt ; marks`:

    literal <any> <int> <ip>   the words; a literal may be abbreviated
    /                          what follows is required, and no part of what the line is known by
    + * @ ^                    tail: some words, any words, some or any that make a line of its own
    > view | prompt            the line opens a view; {0} is the first value of the words
    ; on                       on by default: `undo` of it is a line, itself it is not printed
    ; merge                    a list of VLANs: lines add to one another
    ; same                     is printed among the lines of the row before
    ; sort                     is printed in the order of its numbers

The order of the rows is the order in which a device prints the lines.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from dataclasses import dataclass, field


class Refused(Exception):
    """A device does not take a line: `kind` is unknown, incomplete, ambiguous, wrong or says."""

    def __init__(self, kind: str, at: int = 0, says: str = "") -> None:
        super().__init__(says or f"{kind} at word {at + 1}")
        self.kind, self.at, self.says = kind, at, says


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    words: tuple[str, ...]
    known_by: int  # so many words identify a line
    tail: str
    opens: str
    prompt: str
    marks: frozenset[str]
    rank: int

    def key(self, line: tuple[str, ...]) -> tuple[str, ...]:
        return line if self.tail in "@^" and self.tail else line[: self.known_by]

    def values(self, line: tuple[str, ...]) -> list[str]:
        return [said for want, said in zip(self.words, line, strict=False) if want[0] == "<"]


@dataclass(slots=True)
class Table:
    """Rows of each view, by first word."""

    views: dict[str, dict[str, list[Row]]] = field(default_factory=lambda: defaultdict(dict))

    def match(self, view: str, words: list[str], *, part: bool = False) -> tuple[Row, list[str]]:
        """The row of a line and the line with its abbreviations spelt out.

        Args:
            view: where it is entered
            words: the line
            part: whether an unfinished line will do, as it does after `undo`
        """
        heads = self.views[view]
        rows = heads.get(words[0], []) + heads.get("<", [])
        if not rows:
            full = [head for head in heads if head.startswith(words[0])]
            if not full:
                raise Refused("unknown", 0)
            if len(full) > 1:
                raise Refused("ambiguous", 0)
            rows = heads[full[0]]
        best: Refused | None = None
        for row in rows:
            try:
                return row, fit(row, words, part=part)
            except Refused as refused:
                if best is None or refused.at > best.at:
                    best = refused
        assert best is not None
        raise best


def fit(row: Row, words: list[str], *, part: bool) -> list[str]:  # noqa: C901 (an error a case)
    """The line spelt out, if the row takes it."""
    spelt: list[str] = []
    for at, want in enumerate(row.words):
        if at >= len(words):
            if part and (want[0] == "<" or any(each[0] == "<" for each in row.words[:at])):
                return spelt
            raise Refused("incomplete", at)
        said = words[at]
        if want[0] != "<":
            if not want.startswith(said.lower()):
                raise Refused("unknown", at)
            said = want
        elif not is_a(want, said):
            raise Refused("wrong", at)
        spelt.append(said)
    rest = words[len(spelt) :]
    if rest and not row.tail:
        raise Refused("wrong", len(spelt))
    if not rest and row.tail in "+@" and row.tail and not part:
        raise Refused("incomplete", len(spelt))
    return spelt + rest


def is_a(want: str, said: str) -> bool:
    if want == "<int>":
        return said.isdecimal()
    if want == "<ip>":
        try:
            ipaddress.ip_address(said)
        except ValueError:
            return False
    return True


def table_of(*texts: str) -> Table:
    """Rows of texts in the form above."""
    table, view, rank = Table(), "", 0
    for line in "\n".join(texts).splitlines():
        text = line.strip()
        if not text:
            continue
        if text.startswith("["):
            view = text[1:-1]
            continue
        row = row_of(text, rank)
        rank = row.rank + 1
        head = row.words[0] if row.words[0][0] != "<" else "<"
        for each in view.split():
            table.views[each].setdefault(head, []).append(row)
    for heads in table.views.values():
        for rows in heads.values():
            rows.sort(key=lambda row: -sum(2 - (word[0] == "<") for word in row.words))
    return table


def row_of(text: str, rank: int) -> Row:
    text, _, marks = text.partition(" ; ")
    text, _, opening = text.partition(" > ")
    opens, _, prompt = opening.partition(" | ")
    words = text.split()
    tail = words.pop() if words[-1] in "+*@^" else ""
    known_by = words.index("/") if "/" in words else len(words)
    one_value = len(words) > 1 and words[-1][0] == "<" and words[-2][0] not in "</"
    if one_value and not (tail or opens or "/" in words):
        known_by -= 1  # another value takes the place of the old
    said = frozenset(marks.split())
    return Row(
        words=tuple(word for word in words if word != "/"), known_by=known_by, tail=tail,
        opens=opens.strip(), prompt=prompt.strip(), marks=said, rank=rank - ("same" in said),
    )  # fmt: skip
