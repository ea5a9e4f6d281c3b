"""What reads the wall clock, which a person or a time server may set: nothing that decides.

Leases, promises, doors, holds, patience and the ages of evidence go by the boot-time clock. That
the core reads no clock at all is seen to by import-linter; what else reads the wall clock is listed
here with its purpose. tests/failover/processes/test_bad_input.py sets an agent's by an hour.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "failover"
WALL = {
    "time": {"time", "time_ns", "ctime", "localtime", "gmtime", "strftime", "CLOCK_REALTIME"},
    "datetime": {"now", "utcnow", "today", "fromtimestamp"},
    "date": {"today", "fromtimestamp"},
}
READERS = {
    "actuators/postgresql/kept.py": "the name of the folder in which divergent data is kept",
    "cli/break_glass.py": "a request is void after a day: two people, each with a clock",
    "cli/drill_field.py": "dates in the report; whether now is within the plan's window",
    "cli/drill_paper.py": "dates in the report",
    "cli/history.py": "dates",
    "disk/journal_copy.py": "when a gap was noticed",
    "processes/agent.py": "one record of the journal: the date at which the boot-time clock stood",
    "processes/pager.py": "when a page last did not reach people",
    "processes/places.py": "whether a certificate has run out: a warning at the start",
    "processes/status.py": "`at`, for a reader on another start of the machine",
    "processes/witness.py": "the same",
    "wire/post.py": "how long a datagram has waited, against the kernel's stamp on it",
    "words/drill_conduct.py": "dates in the report",
    "words/drill_report.py": "dates",
    "words/ending.py": "certificates and keys that end soon: sentences for people",
    "words/known.py": "dates",
    "words/spans.py": "dates",
    "words/speaking.py": "dates in the journal of words",
    "words/status_file.py": "the age of a file of another start of the machine",
    "words/windows.py": "whether now is within the plan's window for drills",
}


def test_only_what_dates_or_warns_reads_the_wall_clock() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.rglob("*.py"))
        if any(_reads(ast.parse(path.read_text("utf-8"))))
    }
    new, gone = found - READERS.keys(), READERS.keys() - found
    assert not new, f"{sorted(new)}: use boot_time_s(); if people are to see a date, list it here"
    assert not gone, f"{sorted(gone)}: no longer; take it off the list"


def test_a_reader_is_seen() -> None:
    texts = ("time.time()", "datetime.now(UTC)", "f(clock=time.time)", "datetime.datetime.now()")
    assert all(any(_reads(ast.parse(text))) for text in texts)
    others = ("time.monotonic()", "loop.time()", "boot_time_s()", "datetime(2026, 1, 1)")
    assert not any(any(_reads(ast.parse(text))) for text in others)


def _reads(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            if node.attr in WALL.get(name, ()):
                yield node
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node for alias in node.names if alias.name in WALL["time"])
