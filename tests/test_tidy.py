"""House rules that no linter knows. A failure says what to do."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import FIRST

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("telemed_infra", "failover", "monitoring", "benchmarks", "tests", "playbooks", "scripts")
NOT_PRODUCT = ("tests", "benchmarks")

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

# Stages that take values and return values. The model's door is the one that reads files.
PURE = (
    *(f"telemed_infra/{stage}" for stage in
      ("model", "plan", "intent", "compile", "render", "parse", "prove")),
    "failover/core",
)  # fmt: skip
DOOR = ROOT / "telemed_infra" / "model" / "files.py"
FILE_CALLS = {
    "read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "glob", "rglob",
    "mkdir", "unlink", "rmdir", "touch", "exists", "is_file", "is_dir", "stat",
}  # fmt: skip
CLOCK_CALLS = {"now", "utcnow", "today"}


@pytest.mark.xdist_group("tidy")
def test_a_group_of_tests_stays_together(request: pytest.FixtureRequest) -> None:
    """Else each worker makes what costs minutes to make; a pytest that is too new does so."""
    assert "PYTEST_XDIST_WORKER" not in os.environ or request.node.nodeid.endswith("@tidy")


def test_what_begins_first_is_there() -> None:
    """A group or a file that bears another name now would be begun last, and waited for."""
    texts = [path.read_text("utf-8") for path in python_files()]
    groups = {name for text in texts for name in re.findall(r'xdist_group\("([^"]+)"\)', text)}
    assert [one for one in FIRST if one not in groups and not (ROOT / one).is_file()] == []


def test_modules_are_short() -> None:
    found = [
        f"{shown(path)}: {lines} lines"
        for path in python_files()
        if (lines := len(path.read_text("utf-8").splitlines())) > MODULE_LINES_MAX
    ]
    assert_none(found, f"split what has more than {MODULE_LINES_MAX} lines along its subjects")


def test_functions_are_short() -> None:
    found = [
        f"{shown(path)}:{node.lineno}: {node.name}: {lines} lines"
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert_none(found, f"name a part of what has more than {FUNCTION_LINES_MAX} lines")


def test_module_names_say_what_is_inside() -> None:
    found = [
        shown(path)
        for path in python_files()
        if {path.stem, path.parent.name} & NAMES_THAT_SAY_NOTHING
    ]
    assert_none(found, "name a module for what it holds, and move each part where it is used")


def test_every_package_is_under_the_import_contracts() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - set(NOT_PRODUCT)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert packages == set(contracts["root_packages"]), (
        "name each top-level package in pyproject.toml under tool.importlinter.root_packages, "
        "in a contract of its own, and in the wheel's only-include"
    )


def test_pure_stages_touch_no_file_and_no_clock() -> None:
    found = [
        f"{shown(path)}:{line}: {call}"
        for folder in PURE
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != DOOR
        for line, call in impure_calls(tree(path))
    ]
    assert_none(found, "take the text or the time as an argument: the caller reads it")


@pytest.mark.parametrize(
    "source",
    ["open('x')", "Path('x').read_text()", "path.open()", "datetime.now(UTC)", "print(1)"],
)
def test_impure_calls_are_seen(source: str) -> None:
    assert list(impure_calls(ast.parse(source)))


@pytest.mark.parametrize("source", ["self.now", "rules.items()", "opening.allows(packet)"])
def test_pure_calls_are_let_be(source: str) -> None:
    assert not list(impure_calls(ast.parse(source)))


def test_the_lock_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    found = [
        f"requirements.lock:{number}: {line}"
        for number, line in enumerate(lock, start=1)
        if "://" in line or line.startswith("-")
    ]
    assert_none(found, "make it again by `make lock`: pins and hashes, no index")


def test_there_is_no_other_lock() -> None:
    found = [path for path in tracked_files() if Path(path).name == "uv.lock"]
    assert_none(found, "remove it: it names the registry that it was made at; use `make lock`")


def assert_none(found: list[str], mend: str) -> None:
    assert not found, "\n  ".join([f"{mend}:", *found])


def python_files() -> Iterator[Path]:
    for source in SOURCES:
        yield from sorted((ROOT / source).rglob("*.py"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def impure_calls(module: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id="open" | "print" | "input" as name)):
                yield node.lineno, f"{name}()"
            case ast.Call(func=ast.Attribute(attr=name)) if name in FILE_CALLS | CLOCK_CALLS:
                yield node.lineno, f".{name}()"
            case ast.Call(func=ast.Attribute(attr="open")):
                yield node.lineno, ".open()"


def tracked_files() -> list[str]:
    """Files under version control; none where the sources came without it."""
    if not (ROOT / ".git").exists():
        return []
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return listed.stdout.split("\0")
