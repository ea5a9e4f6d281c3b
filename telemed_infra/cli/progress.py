"""How far a build is. Apart from other talk: what draws a bar takes a while to load."""

from __future__ import annotations

from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from telemed_infra.cli.talk import err


class SiteProgress:
    """A bar on a terminal; elsewhere a plain line each quarter."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: Any = None
        self._quarter = 0
        if err.is_terminal and not err.is_dumb_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("sites"),
                TimeElapsedColumn(),
                console=err,
                transient=True,
                # No thread of its own: the processes of a build are forked.
                auto_refresh=False,
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
            self._bar.update(self._task, completed=done, total=whole, refresh=True)
            return
        quarter = 4 * done // whole if whole else 4
        if quarter > self._quarter:
            self._quarter = quarter
            err.print(f"building: {done} of {whole} sites")
