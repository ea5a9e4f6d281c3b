"""Pages: a command of the site's own is given a key and a sentence, one page after the other.

It runs in a thread, so that no page holds the agent up; a command that fails or hangs is tried a
second time and then said to have failed. What people were told is in the journal in any case.
What is asked for again in the same words, because it goes on, is said once in `REPEATED_S`.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from queue import Empty, Full, Queue
from threading import Thread
from typing import Any

from failover.core.effects import Page

TIMEOUT_S = 20.0
WAITING_MAX = 64
TRIES = 2
REPEATED_S = 600.0
TOLD_MAX = 256  # keys that are remembered


class Pager:
    """Pages people by a command. `failed` hears what was not said, mostly in the pager's thread."""

    def __init__(
        self,
        command: Sequence[str],
        failed: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = tuple(command)
        self._failed = failed
        self._clock = clock
        self._failures = 0
        self._last_failure = ""
        self._failed_at: float | None = None  # wall clock, for people
        self._told: dict[str, tuple[str, float]] = {}  # by key: the words, and when
        self._pages: Queue[Page | None] = Queue(WAITING_MAX)
        self._thread = Thread(target=self._run, name="pager", daemon=True)
        self._thread.start()

    def page(self, page: Page) -> bool:
        """Tell people; never waits. With too many waiting, the oldest is given up.

        False: they were told the same a moment ago.
        """
        if self._is_told(page):
            return False
        while True:
            try:
                self._pages.put_nowait(page)
            except Full:
                self._give_up_oldest()
            else:
                return True

    def document(self) -> dict[str, Any]:
        """For a status: whether there is a command, and what did not reach people."""
        return {
            "command": bool(self._command),
            "failures": self._failures,
            "last_failure": self._last_failure,
            "at": self._failed_at,
        }

    def close(self, wait_s: float = TIMEOUT_S) -> None:
        """Say what waits, and end."""
        self._pages.put(None)
        self._thread.join(wait_s)

    def _is_told(self, page: Page) -> bool:
        words, told_s = self._told.pop(page.key, ("", 0.0))
        now_s = self._clock()
        again = words == page.text and now_s < told_s + REPEATED_S
        self._told[page.key] = page.text, told_s if again else now_s
        if len(self._told) > TOLD_MAX:
            del self._told[next(iter(self._told))]
        return again

    def _give_up_oldest(self) -> None:
        try:
            page = self._pages.get_nowait()
        except Empty:
            return
        if page is not None:
            self._not_said(f"page `{page.key}` was given up: {WAITING_MAX} were waiting")

    def _run(self) -> None:
        while (page := self._pages.get()) is not None:
            if self._command:
                self._say(page)

    def _say(self, page: Page) -> None:
        why = ""
        for _ in range(TRIES):
            why = self._tried(page)
            if not why:
                return
        self._not_said(f"page `{page.key}` was not said: {why}")

    def _not_said(self, why: str) -> None:
        self._failures, self._last_failure = self._failures + 1, why
        self._failed_at = time.time()
        self._failed(why)

    def _tried(self, page: Page) -> str:
        try:
            ended = subprocess.run(
                [*self._command, page.key, page.text],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"no end after {TIMEOUT_S:g} s"
        except OSError as error:
            return f"{self._command[0]}: {error.strerror}"
        return f"{self._command[0]} ended with code {ended.returncode}" if ended.returncode else ""
