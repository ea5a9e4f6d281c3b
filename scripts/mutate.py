"""Change what decides a failover, one place at a time, and see that the tests notice each change.

Functions are changed by mutmut (settings: pyproject.toml, tool.mutmut); the tables are data, which
it leaves alone: there each row is given each other verdict. What survives is either listed with a
reason in tests/failover/core/mutants.toml or a finding.

Exit code: 0 nothing survives unexplained, 1 the run failed, 3 findings.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from failover.core.facts import InstanceFacts, LinkFacts, SiteFacts
from failover.core.rows import Table
from failover.core.tables import ACTION, INSTANCE, LINK, SITE, Verdicts

ROOT = Path(__file__).resolve().parent.parent
TESTS = Path("tests/failover/core")
JUDGES_OF_THE_TABLES = (TESTS / "test_verdicts.py", TESTS / "test_tables.py")  # the quick one first
PROCESSES = 2
LIMIT_S = 900  # for all of mutmut's run; it takes about one minute


TABLES: tuple[tuple[Table[Any, Any], type], ...] = (
    (LINK, LinkFacts),
    (SITE, SiteFacts),
    (INSTANCE, InstanceFacts),
    (ACTION, Verdicts),
)


class Verdict(NamedTuple):
    """A verdict for one row of a table."""

    table: Table[Any, Any]
    facts: type
    number: int
    verdict: Enum

    def __str__(self) -> str:
        row = self.table.rows[self.number]
        return f"table {self.table.name}, row {row.id}: `{self.verdict.value}`"


class Change(NamedTuple):
    """One place of one file."""

    file: str
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.file}\n    - {self.was}\n    + {self.becomes}"


def main() -> int:
    """Both kinds of changes, and what came of them."""
    with tempfile.TemporaryDirectory() as folder:
        survivors = list(mutate_functions(copied(Path(folder))))
    explained = explanations()
    findings = [f"no test notices: {each}" for each in survivors if each not in explained]
    findings += [f"listed in vain: {each}" for each in explained if each not in survivors]
    findings += [f"no test notices: {each}" for each in mutate_tables()]
    for finding in findings:
        print(finding)
    if findings:
        print("hint: add the test that is missing, or a reason to", TESTS / "mutants.toml")
        return 3
    print(f"nothing survives, but for {len(survivors)} changes that change nothing")
    return 0


def explanations() -> list[Change]:
    """The changes that no test can notice."""
    listed = tomllib.loads((ROOT / TESTS / "mutants.toml").read_text("utf-8"))["equivalent"]
    return [
        Change(entry["file"], entry["was"], becomes)
        for entry in listed
        for becomes in entry["becomes"]
    ]


# --- functions -----------------------------------------------------------------------------------


def copied(folder: Path) -> Path:
    """Only what is mutated and judges it: mutmut writes beside it."""
    ignored = shutil.ignore_patterns("__pycache__")
    for part in (Path("failover"), TESTS):
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def mutate_functions(folder: Path) -> Iterator[Change]:
    """What mutmut changed and no test noticed."""
    mutmut(folder, "run", "--max-children", str(PROCESSES))
    told = mutmut(folder, "results", "--all", "true").splitlines()
    results = [line.strip().rpartition(": ")[::2] for line in told if ": " in line]
    counts = Counter(what for _, what in results)
    print("functions:", ", ".join(f"{number} {what}" for what, number in counts.items()))
    for name, what in results:
        if what not in ("killed", "timeout"):
            yield changed(mutmut(folder, "show", name))


def changed(shown: str) -> Change:
    """The one line that differs, from a diff."""
    lines = shown.splitlines()
    (file,) = (line[4:].strip() for line in lines if line.startswith("--- "))
    (was,) = (line[1:].strip() for line in lines if line[:1] == "-" and line[:3] != "---")
    (becomes,) = (line[1:].strip() for line in lines if line[:1] == "+" and line[:3] != "+++")
    return Change(file, was, becomes)


def mutmut(folder: Path, *arguments: str) -> str:
    """Run it; what it printed. Stops here if it failed."""
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    ended = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    if ended.returncode:
        print(ended.stdout[-3000:], ended.stderr[-3000:], sep="\n", file=sys.stderr)
        raise SystemExit(1)
    return ended.stdout


# --- tables --------------------------------------------------------------------------------------


def mutate_tables() -> list[str]:
    """The verdicts of rows that could be others without a test noticing."""
    if not judged():
        print("error: the tests fail on the tables as they are", file=sys.stderr)
        raise SystemExit(1)
    survivors: list[str] = []
    running: dict[int, str] = {}
    count = 0
    for verdict in other_verdicts():
        if len(running) == PROCESSES:
            survivors += one_that_survived(running)
        running[in_a_process(verdict)] = str(verdict)
        count += 1
    while running:
        survivors += one_that_survived(running)
    print(f"verdicts: {count - len(survivors)} killed, {len(survivors)} survived")
    return survivors


def other_verdicts() -> Iterator[Verdict]:
    """Each verdict that a row does not give and could."""
    for table, facts in TABLES:
        for number, row in enumerate(table.rows):
            for verdict in type(row.verdict):
                if verdict is not row.verdict:
                    yield Verdict(table, facts, number, verdict)


def in_a_process(change: Verdict) -> int:
    """Judge the table with that verdict in that row; the process's id."""
    process = os.fork()
    if process:
        return process
    table, facts, number, verdict = change
    rows = list(table.rows)
    rows[number] = rows[number]._replace(verdict=verdict)
    # In place: whoever has imported the table sees the change.
    Table.__init__(table, table.name, facts, tuple(rows))
    os._exit(0 if judged() else 1)


def one_that_survived(running: dict[int, str]) -> list[str]:
    """Wait for one of them; what it was, if no test noticed."""
    process, status = os.wait()
    what = running.pop(process)
    return [] if status else [what]


def judged() -> bool:
    """Whether the tests find nothing wrong with the tables."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    kept = os.dup(1)
    os.dup2(nowhere, 1)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    found = pytest.main([*options, *(str(ROOT / each) for each in JUDGES_OF_THE_TABLES)])
    os.dup2(kept, 1)
    return found == pytest.ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
