"""Data goes to standard output, talk to standard error; `NO_COLOR` and pipes are honoured."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from telemed_infra.cli.exit_codes import ExitCode
from telemed_infra.model.pattern import PatternError
from telemed_infra.pipeline.errors import NoBuild, OriginError, OutputError, WorkerLost
from telemed_infra.problem import InputError, Problem

SHOWN_MAX = 50  # problems or findings, unless all are asked for by --json

# What a command may refuse, each with `problem` and `hint`, and the exit code that says so.
REFUSALS: Mapping[
    type[PatternError | OriginError | NoBuild | OutputError | WorkerLost], ExitCode
] = {
    PatternError: ExitCode.MISUSED,
    OriginError: ExitCode.MISUSED,
    NoBuild: ExitCode.FAILED,
    OutputError: ExitCode.FAILED,
    WorkerLost: ExitCode.FAILED,
}

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def print_json(data: Any) -> None:
    """One document on standard output."""
    plain = sys.stdout.encoding.lower() not in ("utf-8", "utf8")
    sys.stdout.write(json.dumps(data, ensure_ascii=plain, indent=1) + "\n")
    sys.stdout.flush()


def error(problem: str, hint: str = "") -> None:
    """One error, and how to mend it."""
    err.print(f"[bold red]error:[/] {escape(problem)}")
    if hint:
        err.print(f"[bold]hint:[/] {escape(hint)}")


def print_findings(findings: Iterable[object]) -> None:
    """The first of the findings, and how many more there are."""
    texts = [str(one) for one in findings]
    for text in texts[:SHOWN_MAX]:
        error(text)
    if len(texts) > SHOWN_MAX:
        err.print(f"… and {len(texts) - SHOWN_MAX} more; --json lists all")


def share(part: float) -> str:
    """A share in per cent, rounded down: 100 % means all."""
    return f"{math.floor(part * 10_000) / 100:.2f}%"


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Turns what a user can mend into messages and exit codes; everything else is a defect."""
    try:
        yield
    except InputError as refused:
        _problems(refused.problems, as_json=as_json)
        sys.exit(ExitCode.FINDINGS)
    except tuple(REFUSALS) as refused:
        option = "--limit: " if isinstance(refused, PatternError) else ""
        refuse(f"{option}{refused.problem}", refused.hint, as_json=as_json)
        sys.exit(REFUSALS[type(refused)])
    except BrokenPipeError:
        _drop_output()  # who reads us has seen enough
        sys.exit(ExitCode.FAILED)
    except OSError as refused:
        if refused.filename is None:  # no file: standard output itself
            _drop_output()
        refuse(f"{refused.filename or 'output'}: {refused.strerror}", as_json=as_json)
        sys.exit(ExitCode.FAILED)
    except KeyboardInterrupt:
        refuse("interrupted", "a build that stood before still stands", as_json=as_json)
        sys.exit(ExitCode.FAILED)


def refuse(problem: str, hint: str = "", *, as_json: bool) -> None:
    """One error on standard error, and as a document if one was asked for."""
    if as_json:
        print_json({"error": problem, "hint": hint})
    error(problem, hint)


def _problems(problems: Sequence[Problem], *, as_json: bool) -> None:
    if as_json:
        print_json({"problems": [asdict(one) for one in problems]})
    for one in problems[:SHOWN_MAX]:
        error(f"{one.file}:{one.line}: {one.field}: {one.problem}", one.hint)
    count = len(problems)
    more = f"; the first {SHOWN_MAX} are shown" if count > SHOWN_MAX else ""
    err.print(f"{count} problem{'s' * (count != 1)}{more}; nothing was written")


def _drop_output() -> None:
    """What is still in the buffer cannot be written: the interpreter's end would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
