"""What an agent does beside its core, and off the way of a renewal.

It keeps a copy of the other centre's journal and has its own copied there, passes the end of a
drill on, and tells people of a witness that is silent.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from failover.core.agent import Agent
from failover.core.effects import Page
from failover.core.messages import PATHS
from failover.disk.atomic import write_whole
from failover.disk.journal_copy import JournalCopy
from failover.processes.copying import Keeper, Sender
from failover.processes.dead_man import TURN_S, Silence
from failover.processes.drill_abort import DrillDesk, Note
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.wire.aside_code import (
    Piece,
    Stand,
    decode_piece,
    decode_stand,
    encode_piece,
    encode_stand,
)
from failover.wire.centre import CentreEndpoint
from failover.wire.door import Letter
from failover.wire.envelope import Kind
from failover.wire.post import boot_time_s

COPIED = "copied"  # in the state folder: what the other centre has of this one's journal
KEPT_S = 5.0

_log = logging.getLogger("telemed.agent")


def copy_folder(state: Path, centre: str) -> Path:
    """Where the journal of the other centre is kept."""
    return state / f"journal-of-{centre}"


class Aside:
    """All of it, around one endpoint. Raises CannotRun: the copy's folder cannot be had."""

    def __init__(
        self,
        place: Place,
        centre: CentreEndpoint,
        journal: Path,
        tell: tuple[Callable[[Page], None], Note],
        silent_after_s: float,
    ) -> None:
        site, plan = place.node.name, place.plan.plan
        self._page, note = tell
        self._centre = centre
        self._state = place.node.state
        self._peer = plan.other(site)
        self._fresh_s = plan.panel.fresh_s
        self._path = 0  # by which the next pieces go
        folder = copy_folder(place.node.state, self._peer)
        try:
            copy = JournalCopy(folder)
        except OSError as error:
            raise CannotRun(f"{folder}: {error.strerror}") from error
        self._sender = Sender(journal, self._say_piece, boot_time_s, self._other_path)
        self._keeper = Keeper(copy, self._say_stand)
        self._answers_by = PATHS[0]
        self._desk = DrillDesk(place.node.run, site, centre.say, note)
        self._silence = Silence(place.plan.witness.name, silent_after_s, boot_time_s())
        centre.hear(Kind.COPY, self._piece)
        centre.hear(Kind.COPIED, lambda letter: self._sender.take(decode_stand(letter.body)))
        centre.hear(Kind.ABORT, self._desk.abort)
        centre.hear(Kind.ABORTED, self._desk.aborted)

    def works(self, agent: Agent) -> tuple[Coroutine[object, object, None], ...]:
        """What runs as long as the agent."""
        sender, keeper, desk = self._sender.run(), self._keeper.run(), self._desk.run()
        return sender, keeper, desk, self._keep_stand(), self._watch(agent)

    def document(self) -> dict[str, Any]:
        """For the status."""
        now_s = boot_time_s()
        last, behind = self._sender.sent
        return {
            "copy": {
                "sent": {
                    "last": last,
                    "behind_bytes": behind,
                    "answered_s_ago": _ago(self._sender.acked_s, now_s),
                    "problem": self._sender.problem,
                },
                "kept": {
                    "left_bytes": self._keeper.left,
                    "heard_s_ago": _ago(self._keeper.heard_s, now_s),
                    "gaps": self._keeper.gaps,
                    "problem": self._keeper.problem,
                },
            },
            "drill": self._desk.document(),
            "witness": self._silence.document(now_s),
        }

    def _say_piece(self, piece: Piece) -> None:
        self._centre.say(Kind.COPY, PATHS[self._path], encode_piece(piece))

    def _other_path(self) -> None:
        self._path = (self._path + 1) % len(PATHS)

    def _say_stand(self, stand: Stand) -> None:
        self._centre.say(Kind.COPIED, self._answers_by, encode_stand(stand))

    def _piece(self, letter: Letter) -> None:
        self._answers_by = letter.path
        self._keeper.take(decode_piece(letter.body))

    async def _keep_stand(self) -> None:
        """Keep what the other centre has: so that this journal's loss of entries shows."""
        kept = ""
        while True:
            last = self._sender.sent.last
            if last and last != kept:
                content = json.dumps({"peer": self._peer, "last": last}).encode()
                try:
                    await asyncio.to_thread(write_whole, self._state / COPIED, content)
                    kept = last
                except OSError as error:
                    _log.error("%s: %s", self._state / COPIED, error.strerror)
            await asyncio.sleep(KEPT_S)

    async def _watch(self, agent: Agent) -> None:
        while True:
            now_s, heard_s = boot_time_s(), agent.state.senses.witness_s
            heard = heard_s is not None and now_s - heard_s <= self._fresh_s
            page = self._silence.turn(now_s, heard=heard)
            if page is not None:
                self._page(page)
            await asyncio.sleep(TURN_S)


def _ago(since_s: float | None, now_s: float) -> float | None:
    return None if since_s is None else round(now_s - since_s, 3)
