"""Data goes to standard output, talk to standard error; `NO_COLOR` and pipes are honoured."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from telemed_infra.cli.exit_codes import ExitCode
from telemed_infra.model.pattern import PatternError
from telemed_infra.pipeline.swap import OutputError
from telemed_infra.problem import InputError

SHOWN_MAX = 50  # problems or findings, unless all are asked for by --json

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def print_json(data: Any) -> None:
    """One document on standard output."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


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


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Turns what a user can mend into messages and exit codes; everything else is a defect."""
    try:
        yield
    except InputError as refused:
        if as_json:
            print_json(
                {
                    "problems": [
                        {
                            "file": one.file,
                            "line": one.line,
                            "field": one.field,
                            "problem": one.problem,
                            "hint": one.hint,
                        }
                        for one in refused.problems
                    ]
                }
            )
        for one in refused.problems[:SHOWN_MAX]:
            error(f"{one.file}:{one.line}: {one.field}: {one.problem}", one.hint)
        count = len(refused.problems)
        more = f"; the first {SHOWN_MAX} are shown" if count > SHOWN_MAX else ""
        err.print(f"{count} problem{'s' * (count != 1)}{more}; nothing was written")
        sys.exit(ExitCode.FINDINGS)
    except PatternError as refused:
        error(f"--limit: {refused.problem}", refused.hint)
        sys.exit(ExitCode.MISUSED)
    except OutputError as refused:
        error(str(refused), refused.hint)
        sys.exit(ExitCode.FAILED)
    except KeyboardInterrupt:
        error("interrupted", "the build that stood before still stands")
        sys.exit(ExitCode.FAILED)


class SiteProgress:
    """A bar on a terminal; elsewhere a plain line each quarter."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: Any = None
        self._quarter = 0
        if err.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("sites"),
                TimeElapsedColumn(),
                console=err,
                transient=True,
            )

    def __enter__(self) -> SiteProgress:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("building", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def show(self, done: int, whole: int) -> None:
        """So many sites of so many."""
        if self._bar:
            self._bar.update(self._task, completed=done, total=whole)
            return
        quarter = 4 * done // whole if whole else 4
        if quarter > self._quarter:
            self._quarter = quarter
            err.print(f"building: {done} of {whole} sites")
