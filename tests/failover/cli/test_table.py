"""The tables as a terminal, a document and a program read them; how the command line is misused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from failover.cli.table import SUBJECTS, TABLES
from failover.core.tables import LINK
from tests.failover.cli.conftest import Run

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[3]
Golden = Callable[[Path, str], None]


@pytest.mark.parametrize(("arguments", "file"), [((), "table.txt"), (("--markdown",), "table.md")])
def test_the_tables(
    telemed_failover: Run, golden: Golden, arguments: tuple[str, ...], file: str
) -> None:
    ended = telemed_failover("table", *arguments)
    assert (ended.code, ended.err) == (0, "")
    golden(GOLDEN / file, ended.out)


def test_a_terminal_need_not_be_wide(telemed_failover: Run) -> None:
    assert max(map(len, telemed_failover("table").out.splitlines())) <= 100


def test_the_tables_as_a_document(telemed_failover: Run) -> None:
    """A program that reads it can decide as we do."""
    document = json.loads(telemed_failover("table", "--json").out)
    assert [table["name"] for table in document["tables"]] == list(SUBJECTS)
    for plain, table in zip(document["tables"], TABLES, strict=True):
        assert [row["id"] for row in plain["rows"]] == [row.id for row in table.rows]
        assert all(row["cells"].keys() == plain["facts"].keys() for row in plain["rows"])
    link = document["tables"][0]
    for facts in LINK.domains["fibre"]:
        speaking = [row["id"] for row in link["rows"] if facts.value in row["cells"]["fibre"]]
        assert len(speaking) > 1
    assert link["rows"][2] == {
        "id": "L3",
        "cells": {
            "fibre": ["one way", "down"],
            "health": ["up"],
            "witness": ["reached"],
            "register": ["answers"],
        },
        "verdict": "fibre cut",
        "why": LINK.rows[2].why,
    }


HELPED = ["", "table", "explain", "status", "hold", "resume", "switchover", "takeover"]
HELPED += ["break-glass", "break-glass request", "break-glass apply", "history", "demo"]
HELPED += ["agent", "witness", "handover", "drill", "drill tabletop", "drill simulate"]
HELPED += ["drill shadow", "drill request", "drill switchover", "drill abort"]


@pytest.mark.parametrize("command", HELPED)
def test_help(telemed_failover: Run, golden: Golden, command: str) -> None:
    ended = telemed_failover(*command.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    name = f"telemed-failover {command}".strip().replace(" ", "-")
    golden(GOLDEN / "help" / f"{name}.txt", ended.out)


MISUSES: dict[str, tuple[str, ...]] = {
    "no command": (),
    "unknown command": ("tabel",),
    "unknown option": ("table", "--yaml"),
    "two forms": ("table", "--json", "--markdown"),
    "no journal": ("explain",),
    "no number": ("explain", "journal", "--id", "first"),
}


@pytest.mark.parametrize("name", MISUSES)
def test_misuse(telemed_failover: Run, golden: Golden, name: str) -> None:
    ended = telemed_failover(*MISUSES[name])
    assert ended.code == 2
    if name != "unknown command":  # argparse words it in each version of Python anew
        golden(GOLDEN / "messages" / f"{name.replace(' ', '-')}.txt", ended.err)
    assert re.fullmatch("error: .+\nhint: .+\n", ended.err)
    if "--json" in MISUSES[name]:
        assert json.loads(ended.out).keys() == {"error", "hint"}
    else:
        assert ended.out == ""


def test_the_module_runs_and_ends_quietly_when_nobody_reads_on() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nobody:
        ended = subprocess.run(
            [sys.executable, "-m", "failover.cli.main", "table"],
            cwd=ROOT,
            stdout=nobody,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert (ended.returncode, ended.stderr) == (1, b"")
