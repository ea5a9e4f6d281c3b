"""The rows for people (terminal, Markdown) and for programs (JSON)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import table
from benchmarks.failover.figures import Row
from benchmarks.table import shown

HEADINGS = ("what", "target: median, worst", "median", "worst", "runs")
BEGIN = "<!-- failover: written by `python -m benchmarks.failover --write` -->"
END = "<!-- failover end -->"


def cells(row: Row) -> tuple[str, ...]:
    """One row as text, in the order of the headings."""
    unit, values = row.figure.unit, row.figure.values
    return (
        row.what,
        target(row),
        f"{number(row.figure.median)} {unit}",
        f"{number(max(values))} {unit}",
        str(len(values)),
    )


def target(row: Row) -> str:
    """`≤ 2.5, 3 s ✓`."""
    if row.held is None:
        return "–"
    limits = (row.target.median, row.target.worst)
    words = ", ".join("–" if limit is None else f"{limit:g}" for limit in limits)
    return f"≤ {words} {row.figure.unit} {'✓' if row.held else '✗'}"


def number(value: float) -> str:
    """Three digits that count; a nothing is a nothing."""
    return shown(value) if value else "0"


def print_table(console: Console, rows: Sequence[Row], facts: Mapping[str, str]) -> None:
    """For a terminal."""
    console.print("; ".join(f"{name} {text}" for name, text in facts.items()), highlight=False)
    found = Table()
    for name in HEADINGS:
        found.add_column(name, no_wrap=name != "what", overflow="fold")
    for before, row in zip([None, *rows], rows, strict=False):
        if before and before.subject != row.subject:
            found.add_section()
        found.add_row(*cells(row))
    console.print(found)
    for row in rows:
        if row.note:
            console.print(f"{row.what}: {row.note}", highlight=False, markup=False)


def to_json(rows: Sequence[Row], facts: Mapping[str, str]) -> str:
    """One document."""
    data = {"machine": dict(facts), "rows": [row.as_json() for row in rows]}
    return json.dumps(data, indent=1, ensure_ascii=False)


def to_markdown(rows: Sequence[Row], facts: Mapping[str, str]) -> str:
    """For the documentation."""
    lines = ["| measured | on |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in facts.items()]
    lines += ["", f"| {' | '.join((*HEADINGS, 'note'))} |", "|---" * (len(HEADINGS) + 1) + "|"]
    lines += [f"| {' | '.join((*cells(row), row.note))} |" for row in rows]
    return "\n".join(lines)


def write(file: Path, text: str) -> None:
    """See `benchmarks.table.write`."""
    table.write(file, text, BEGIN, END)
