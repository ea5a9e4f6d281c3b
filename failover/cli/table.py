"""`telemed-failover table`: the tables that every decision follows."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from failover.cli.exits import ExitCode
from failover.core.rows import Cell, Row, Table
from failover.core.tables import ACTION, INSTANCE, LINK, SITE

HELP = "Print the tables that every decision follows."
COLUMN_WIDTH_MAX = 24  # in a terminal
TABLES: tuple[Table[Any, Any], ...] = (LINK, SITE, INSTANCE, ACTION)
SUBJECTS = {
    "link": "how the places hang together, seen from one centre",
    "site": "how the other centre, the peer, is",
    "instance": "what a move group is at this centre",
    "action": "what this centre does about it, from the three verdicts",
}


def add_options(command: ArgumentParser) -> None:
    """The options of this command."""
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document")
    form.add_argument("--markdown", action="store_true", help="print tables for a document")


def run(options: Namespace) -> ExitCode:
    """Print the tables."""
    if options.json:
        text = json.dumps({"tables": [_plain(table) for table in TABLES]}, indent=1) + "\n"
    elif options.markdown:
        text = "\n".join(_markdown(table) for table in TABLES)
    else:
        text = "\n".join(_terminal(table) for table in TABLES)
    sys.stdout.write(text)
    return ExitCode.DONE


def _terminal(table: Table[Any, Any]) -> str:
    blocks = [_block(_heads(table))]
    blocks += [_block([row.id, *_cells(table, row)]) for row in table.rows]
    lines = [line for block in blocks for line in block]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    whys = ["", *(f"{'':{widths[0]}}    {row.why}\n" for row in table.rows)]
    text = f"{table.name}: {SUBJECTS[table.name]}\n\n"
    for block, why in zip(blocks, whys, strict=True):
        text += "".join(_aligned(line, widths) for line in block) + why
    return text


def _block(words: Sequence[str]) -> list[tuple[str, ...]]:
    """The lines of one row: what is wide goes on below."""
    columns = (wrap(word, COLUMN_WIDTH_MAX) for word in words)
    return list(zip_longest(*columns, fillvalue=""))


def _aligned(words: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(words, widths, strict=True)
    return "  ".join(f"{word:{width}}" for word, width in pairs).rstrip() + "\n"


def _markdown(table: Table[Any, Any]) -> str:
    heads = [*_heads(table), "why"]
    lines = [[row.id, *_cells(table, row), row.why] for row in table.rows]
    rule = ["---"] * len(heads)
    text = [f"### {table.name.capitalize()}: {SUBJECTS[table.name]}", ""]
    return "\n".join(text + [f"| {' | '.join(line)} |" for line in (heads, rule, *lines)]) + "\n"


def _plain(table: Table[Any, Any]) -> dict[str, Any]:
    return {
        "name": table.name,
        "facts": {fact: _words(domain) for fact, domain in table.domains.items()},
        "rows": [
            {
                "id": row.id,
                "cells": {
                    fact: _words(value for value in domain if _holds(cell, value))
                    for cell, (fact, domain) in zip(row.cells, table.domains.items(), strict=True)
                },
                "verdict": row.verdict.value,
                "why": row.why,
            }
            for row in table.rows
        ],
    }


def _heads(table: Table[Any, Any]) -> list[str]:
    last = "action" if table is ACTION else "verdict"
    return ["row", *table.domains, last]


def _cells(table: Table[Any, Any], row: Row[Any]) -> Iterator[str]:
    for cell, domain in zip(row.cells, table.domains.values(), strict=True):
        yield _cell(cell, domain)
    yield row.verdict.value


def _cell(cell: Cell, domain: type[Enum]) -> str:
    """The shorter of `a, b` and `not c`."""
    if cell is None:
        return "any"
    inside = _words(value for value in domain if _holds(cell, value))
    outside = _words(value for value in domain if not _holds(cell, value))
    if len(inside) <= len(outside):
        return ", ".join(inside)
    return ("not " if len(outside) == 1 else "all but ") + ", ".join(outside)


def _holds(cell: Cell, value: Enum) -> bool:
    return cell is None or cell is value or (isinstance(cell, frozenset) and value in cell)


def _words(values: Iterable[Enum]) -> list[str]:
    return [value.value for value in values]
