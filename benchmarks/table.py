"""The rows for people (terminal, Markdown) and for programs (JSON)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure, Row

HEADINGS = (
    "what", "target", "min / median / max", "CPU", "peer, in the same run", "peer's", "peer ÷ ours",
)  # fmt: skip
BEGIN, END = "<!-- figures: written by `python -m benchmarks --write` -->", "<!-- figures end -->"


def shown(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def spread(figure: Figure) -> str:
    """`0.41 / 0.42 / 0.45 s (3)`; of a single run `0.41 s (1)`."""
    values = [min(figure.values), figure.median, max(figure.values)]
    text = " / ".join(map(shown, values if len(figure.values) > 1 else values[:1]))
    return f"{text} {figure.unit} ({len(figure.values)})"


def cells(row: Row) -> tuple[str, ...]:
    """One row as text, in the order of the headings."""
    target = "–"
    if row.target is not None:
        target = f"≤ {row.target:g} {row.figure.unit} {'✓' if row.held else '✗'}"
    return (
        row.what,
        target,
        spread(row.figure),
        f"{shown(median(row.figure.cpu_s))} s" if row.figure.cpu_s else "",
        row.peer or "–",
        spread(row.beside) if row.beside else "",
        f"{shown(row.ratio)}×" if row.ratio is not None else "",
    )


def print_table(console: Console, rows: Sequence[Row], facts: Mapping[str, str]) -> None:
    """For a terminal."""
    console.print("; ".join(f"{name} {text}" for name, text in facts.items()), highlight=False)
    table = Table()
    for name in HEADINGS:
        table.add_column(name, no_wrap=name != HEADINGS[4], overflow="fold")
    for before, row in zip([None, *rows], rows, strict=False):
        if before and before.subject != row.subject:
            table.add_section()
        table.add_row(*cells(row))
    console.print(table)
    for row in rows:
        if row.note:
            console.print(f"{row.what}: {row.note}", highlight=False, markup=False)


def to_json(rows: Sequence[Row], facts: Mapping[str, str]) -> str:
    """One document."""
    data = {"machine": dict(facts), "rows": [row.as_json() for row in rows]}
    return json.dumps(data, ensure_ascii=False, indent=1)


def to_markdown(rows: Sequence[Row], facts: Mapping[str, str]) -> str:
    """For the documentation."""
    lines = ["| measured | on |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in facts.items()]
    lines += ["", f"| {' | '.join((*HEADINGS, 'note'))} |", "|---" * (len(HEADINGS) + 1) + "|"]
    lines += [f"| {' | '.join((*cells(row), row.note))} |" for row in rows]
    return "\n".join(lines)


def write(file: Path, text: str, begin: str = BEGIN, end: str = END) -> None:
    """Puts a text between the markers of a file.

    Raises:
        ValueError: the file has no markers.
    """
    whole = file.read_text("utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(whole):
        raise ValueError(f"{file} has no `{begin}` … `{end}`")
    file.write_text(pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", whole, count=1), "utf-8")
