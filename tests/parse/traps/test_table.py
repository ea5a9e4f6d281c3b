"""docs/reference/traps.md names every trap and correction, and tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "reference" / "traps.md").read_text()
ROWS = re.findall(r"^\| ([TC]\d+) .*\| (.*) \|$", PAGE, flags=re.MULTILINE)
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)


def test_every_trap_and_correction_has_a_row() -> None:
    numbers = range(1, 22)
    assert [name for name, _ in ROWS] == [f"{kind}{number}" for kind in "TC" for number in numbers]
    assert all(tests == "–" or tests.startswith("`") for _, tests in ROWS)


def test_every_named_test_is_there() -> None:
    missing = [f"{file}::{name}" for file, name in NAMED if name not in defined(file)]
    assert NAMED
    assert missing == [], "name the test that shows it now, in docs/reference/traps.md"


def test_every_test_of_this_folder_is_named() -> None:
    own = defined("traps/test_traps.py")
    assert own - {name for file, name in NAMED if file == "traps/test_traps.py"} == set()


def defined(file: str) -> set[str]:
    path = ROOT / file if file.startswith("tests/") else ROOT / "tests" / "parse" / file
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    functions = (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))
    return {one.name for one in functions if one.name.startswith("test_")}
