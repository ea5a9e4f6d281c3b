"""Whatever is written, the door answers with a network or with problems at lines that exist."""

from __future__ import annotations

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemed_infra.model.files import Texts
from telemed_infra.model.insertion import NoPlace, insert_entry
from telemed_infra.model.load import load_texts
from telemed_infra.model.traps import last_line
from telemed_infra.model.yaml_text import compose
from telemed_infra.problem import InputError, Problem
from tests.model.small_province import FILES

SLOW = settings(max_examples=150, suppress_health_check=list(HealthCheck))
NAMES = sorted(FILES)
TOKEN = re.compile(r"\w[\w./-]*|[^\w\s]|\s+")
WORDS = sorted({word for text in FILES.values() for word in TOKEN.findall(text)})
ODD = [
    "", "no", "~", "1:30", "010", "*x", "&x", "!t", "<<", "|", ">", "---", "...", "%", "@", "`",
    "\t", "\r", "\x00", "\x85", "\u2028", "\ufeff", "'", '"', "{", "}", "[", "]", "? ", "- ",
    "-1", "99999999999999999999999", "1e999", ".inf", ".nan", "2026-02-30", "2026-01-01 10:00:00",
    "10.0.0.0/8", "::/0", "x" * 300, "0", "null", "=", "县",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, str]:
    files = dict(FILES)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(NAMES))
        tokens = TOKEN.findall(files[name]) or [""]
        at = draw(st.integers(0, len(tokens) - 1))
        until = min(len(tokens), at + draw(st.integers(0, 3)))
        new = draw(st.sampled_from(WORDS) | st.sampled_from(ODD) | st.text(max_size=5))
        files[name] = "".join([*tokens[:at], new, *tokens[until:]])
    return files


@st.composite
def lines_moved(draw: st.DrawFn) -> dict[str, str]:
    """Lines removed, repeated or moved: whole values of another kind appear in strange places."""
    name = draw(st.sampled_from(NAMES))
    lines = FILES[name].splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        taken = lines.pop(draw(st.integers(0, len(lines) - 1)))
        for _ in range(draw(st.integers(0, 2))):
            lines.insert(draw(st.integers(0, len(lines))), taken)
        lines = lines or ["\n"]
    return {**FILES, name: "".join(lines)}


def texts(files: dict[str, str]) -> Texts:
    return Texts("inventory", {f"inventory/{name}": text for name, text in sorted(files.items())})


def judge(files: dict[str, str]) -> None:
    for problem in problems(files):
        name = problem.file.removeprefix("inventory/")
        assert 1 <= problem.line <= last_line(files.get(name, "")), problem
        assert problem.field
        assert "\n" not in problem.problem
        assert "{other}" not in problem.problem


def problems(files: dict[str, str]) -> tuple[Problem, ...]:
    try:
        load_texts(texts(files), as_of=None)
    except InputError as error:
        return error.problems
    return ()


@SLOW
@given(mutated())
def test_changed_words(files: dict[str, str]) -> None:
    judge(files)


@SLOW
@given(lines_moved())
def test_moved_lines(files: dict[str, str]) -> None:
    judge(files)


@SLOW
@given(st.sampled_from(NAMES), st.text() | st.lists(st.sampled_from(ODD)).map(" ".join))
def test_any_text(name: str, text: str) -> None:
    judge({**FILES, name: text})


@SLOW
@given(st.sampled_from(NAMES), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
))  # fmt: skip
def test_any_document(name: str, data: object) -> None:
    """JSON is YAML: every shape of data meets every schema."""
    judge({**FILES, name: json.dumps(data)})


@SLOW
@given(lines_moved())
def test_an_insertion_keeps_every_other_line(files: dict[str, str]) -> None:
    text = files["sites/5205-bijie.yml"]
    path = ("counties", "weining", "townships")
    try:
        load_texts(texts(files), as_of=None)
        after = insert_entry(text, path, "zz: {num: 9}")
    except (InputError, NoPlace):
        return
    lines = after.splitlines(keepends=True)
    lines.remove("      zz: {num: 9}\n")
    assert "".join(lines) == text
    assert compose(after) is not None
