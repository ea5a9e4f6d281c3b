"""The end of a drill by a person's word: a file in the run folder, at both centres.

Nothing here needs the register. Whoever conducts a drill looks at the file many times a second; the
agent tells the other centre's by both paths until it answers, so that the word may be said at
either centre. The agents themselves have nothing to undo: a drill's orders are void after a few
seconds, and what is being moved is rolled back, or through, within the core's own limit.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from failover.core.messages import PATHS
from failover.wire.aside_code import Abort, decode_abort, encode_abort
from failover.wire.door import Letter
from failover.wire.envelope import Kind
from failover.wire.post import boot_time_s
from failover.wire.refusal import Refused
from failover.wire.report_code import NONCE_BYTES, decode_nonce

NAME = "drill-abort.json"
FILE_MODE = 0o644  # root says it, the agent's user reads it; the folder keeps others out
LOOK_S = 0.5  # of the 5 s in which a drill ends
TELLS_S = 10.0  # for so long the other centre is told, if it does not answer
KNOWN_MAX = 64

Say = Callable[[Kind, str, bytes], None]
Note = Callable[..., None]


class Aborted(NamedTuple):
    """A word that ended, or ends, whatever drill ran when it was said."""

    nonce: str
    by: str
    centre: str  # where it was said
    at_boot_s: float  # when it came here, on this machine's clock


def write_abort(run: Path, by: str, centre: str, nonce: str = "") -> Aborted:
    """Say it here. Raises OSError."""
    word = Aborted(nonce or secrets.token_hex(NONCE_BYTES), by, centre, boot_time_s())
    part = run / f".{NAME}"
    part.write_text(json.dumps(word._asdict()) + "\n", "utf-8")
    part.chmod(FILE_MODE)
    part.replace(run / NAME)
    return word


def read_abort(run: Path) -> Aborted | None:
    """The newest word that was said here or came here; None: none since the machine's start."""
    try:
        raw = json.loads((run / NAME).read_text("utf-8"))
        return Aborted(
            str(raw["nonce"]), str(raw["by"]), str(raw["centre"]), float(raw["at_boot_s"])
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


class DrillDesk:
    """At an agent: carries the word from one centre to the other."""

    def __init__(self, run: Path, site: str, say: Say, note: Note) -> None:
        self._run = run
        self._site = site
        self._say = say
        self._note = note
        self._known: list[str] = []  # nonces of words that are no news
        self._word: Aborted | None = None
        self._told = False  # the other centre has answered

    def abort(self, letter: Letter) -> None:
        """The other centre's agent passes a word on. Raises Refused."""
        word = decode_abort(letter.body)
        nonce = word.nonce.hex()
        if nonce not in self._known:
            self._remember(nonce)
            with suppress(OSError):
                self._word = write_abort(self._run, word.by, word.centre, nonce)
            self._note(drill="abort", person=word.by, centre=word.centre)
        self._say(Kind.ABORTED, letter.path, word.nonce)

    def aborted(self, letter: Letter) -> None:
        """The other centre's agent knows. Raises Refused."""
        nonce = decode_nonce(letter.body).hex()
        self._told |= self._word is not None and nonce == self._word.nonce

    async def run(self) -> None:
        """Look for a word, and pass it on, until it is cancelled."""
        last = read_abort(self._run)
        if last is not None:
            self._remember(last.nonce)
        while True:
            self._turn()
            await asyncio.sleep(LOOK_S)

    def document(self) -> dict[str, Any] | None:
        """The last word of this life, for the status; None: none was said."""
        if self._word is None:
            return None
        return {**self._word._asdict(), "told": self._told or self._word.centre != self._site}

    def _turn(self) -> None:
        word = read_abort(self._run)
        if word is not None and word.nonce not in self._known:
            self._remember(word.nonce)
            self._word, self._told = word, False
            self._note(drill="abort", person=word.by, centre=word.centre)
        word = self._word
        if word is None or self._told or word.centre != self._site:
            return
        if boot_time_s() > word.at_boot_s + TELLS_S:
            return
        with suppress(Refused, ValueError):
            body = encode_abort(Abort(bytes.fromhex(word.nonce), word.by, word.centre))
            for path in PATHS:
                self._say(Kind.ABORT, path, body)

    def _remember(self, nonce: str) -> None:
        self._known = [*self._known[-KNOWN_MAX:], nonce]
