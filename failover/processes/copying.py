"""The journal's copy at the other centre: sent piece by piece, kept there, each step confirmed.

    Sender   reads this centre's journal from behind what the other one has, and sends what follows
    Keeper   takes the other centre's pieces, and keeps whole entries in `journal-of-<centre>`

Far from the way of a renewal: files are read and written in threads, little is under way at once,
and nothing waits for it. Both go on where they were after any restart, because the keeper says what
it has, and that is on its disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from failover.disk.journal_copy import JournalCopy, NotNext
from failover.disk.journal_reading import Cursor, JournalReading
from failover.wire.aside_code import PIECE_BYTES_MAX, Piece, Stand
from failover.wire.post import boot_time_s

BURST = 8  # pieces under way at once
READ_BYTES = 64_000
AGAIN_S, AGAIN_S_MAX = 0.5, 5.0  # without an answer: sent again, more and more seldom
IDLE_S = 1.0  # between two looks for new entries
QUIET_S = 10.0  # with nothing to send, the other side is asked now and then what it has
LINE_BYTES_MAX = 4 << 20
WAITING_MAX = 4 * BURST
NOBODY = "0" * 64


class Sent(NamedTuple):
    """What the other centre is known to have of this one's journal."""

    last: str  # hash of its last entry; empty: it has not answered yet
    behind_bytes: int | None  # so much of the journal it does not have; None: not known


class Sender:
    """Sends one journal. `say` sends a piece, once; `tried_again` hears when none was answered."""

    def __init__(
        self,
        folder: Path,
        say: Callable[[Piece], None],
        clock: Callable[[], float],
        tried_again: Callable[[], None] = lambda: None,
    ) -> None:
        self._reading = JournalReading(folder)
        self._say = say
        self._clock = clock
        self._tried_again = tried_again
        self._stands: asyncio.Queue[Stand] = asyncio.Queue(WAITING_MAX)
        self._cursor: Cursor | None = None  # behind the window
        self._after, self._anew = NOBODY, False
        self._window = b""  # what follows that entry, as far as it was read
        self._acked = 0  # so many bytes of the window are at the other side
        self.sent = Sent("", None)
        self.acked_s: float | None = None  # when it last answered
        self.problem = ""

    def take(self, stand: Stand) -> None:
        """The other side says what it has."""
        self.acked_s = self._clock()
        if not self._stands.full():
            self._stands.put_nowait(stand)

    async def run(self) -> None:
        """Send until it is cancelled."""
        again_s = AGAIN_S
        while True:
            try:
                until = await self._send()
                self.problem = ""
            except OSError as error:
                self.problem = f"{error.filename or 'journal'}: {error.strerror}"
                await asyncio.sleep(AGAIN_S_MAX)
                continue
            if await self._answered(until, again_s):
                again_s = AGAIN_S
                if not self._has_more():
                    await self._idle()
            else:
                again_s = min(2 * again_s, AGAIN_S_MAX)
                self._tried_again()

    async def _send(self) -> int:
        """Say a burst, or ask what the other side has; where in the window the burst ends."""
        if self._cursor is None:
            self._say(Piece(NOBODY, 0, 0, anew=False, content=b""))
            return 0
        cursor = self._cursor
        if len(self._window) <= self._acked:
            more, cursor = await asyncio.to_thread(self._reading.read, cursor, READ_BYTES)
            self._window, self._cursor = self._window + more, cursor
        unread = await asyncio.to_thread(self._reading.left, cursor)
        at = self._acked
        end = min(len(self._window), at + BURST * PIECE_BYTES_MAX)
        while True:
            content = self._window[at : min(end, at + PIECE_BYTES_MAX)]
            left = unread + len(self._window) - at - len(content)
            self._say(Piece(self._after, at, left, self._anew, content))
            at += len(content)
            if at >= end:
                return end

    async def _answered(self, until: int, again_s: float) -> bool:
        """Take answers in until all of the burst is there; False: none came in time."""
        moved = False
        try:
            async with asyncio.timeout(again_s):
                while True:
                    stand = await self._stands.get()
                    moved |= await self._stood(stand)
                    if self._cursor is not None and self._acked >= until:
                        return True
                    if moved and until == 0:
                        return True
        except TimeoutError:
            return moved

    async def _stood(self, stand: Stand) -> bool:
        """Go by what the other side has; whether anything came of it."""
        if self._cursor is None:
            return await self._seek(stand.last)
        if stand.last == self._after:
            at = stand.held
        else:
            found = self._window.find(f"{stand.last} ".encode())
            line = self._window.find(b"\n", found) + 1
            if found < 0 or not line or (found and self._window[found - 1 : found] != b"\n"):
                return await self._seek(stand.last)
            self._window, self._after, self._anew = self._window[line:], stand.last, False
            self._acked, at = 0, stand.held
        if at > len(self._window):
            return await self._seek(stand.last)
        moved, self._acked = at >= self._acked, at
        await self._reckon(stand.last)
        return moved

    async def _seek(self, last: str) -> bool:
        """Begin again behind what the other side has."""
        start = await asyncio.to_thread(self._reading.start, last)
        if start is None:
            return False
        self._cursor, self._after, self._anew = start.cursor, start.after, start.anew
        self._window, self._acked = b"", 0
        await self._reckon(last)
        return True

    async def _reckon(self, last: str) -> None:
        assert self._cursor is not None
        unread = await asyncio.to_thread(self._reading.left, self._cursor)
        behind = unread + len(self._window) - self._acked
        self.sent = Sent(last, behind)

    def _has_more(self) -> bool:
        return bool(self.sent.behind_bytes)

    async def _idle(self) -> None:
        """Until something new stands in the journal, or it is time to ask again."""
        until_s = self._clock() + QUIET_S
        while self._cursor is not None and self._clock() < until_s:
            await asyncio.sleep(IDLE_S)
            if await asyncio.to_thread(self._reading.left, self._cursor):
                return
        if self._cursor is None:
            await asyncio.sleep(IDLE_S)


class Keeper:
    """Keeps the other centre's journal. `answer` says what is on the disk."""

    def __init__(
        self,
        copy: JournalCopy,
        answer: Callable[[Stand], None],
        clock: Callable[[], float] = boot_time_s,
    ) -> None:
        self._copy = copy
        self._answer = answer
        self._clock = clock
        self._pieces: asyncio.Queue[Piece] = asyncio.Queue(WAITING_MAX)
        self._held = b""  # behind the last entry: no whole line yet
        self._base, self._count = "", 0  # where pieces are counted from, and how far they came
        self.left: int | None = None  # bytes that the other centre has and this copy has not
        self.heard_s: float | None = None  # when a piece came last
        self.gaps = 0  # so many were marked in this life: entries that no copy will have
        self.problem = ""

    def take(self, piece: Piece) -> None:
        """A piece came; of too many the newest is dropped, and will come again."""
        self.heard_s = self._clock()
        if not self._pieces.full():
            self._pieces.put_nowait(piece)

    async def run(self) -> None:
        """Keep what comes until it is cancelled."""
        while True:
            piece = await self._pieces.get()
            try:
                await self._keep(piece)
            except (OSError, NotNext) as error:
                self.problem = str(error)
                self._held, self._base = b"", ""
            self._answer(Stand(self._copy.last, len(self._held)))

    async def _keep(self, piece: Piece) -> None:
        if piece.anew and piece.after not in (self._base, self._copy.last) and not piece.at:
            await asyncio.to_thread(self._copy.begin_anew, piece.after)
            self.gaps += 1
            self._held, self._base = b"", ""
        if (piece.after, piece.at) != (self._base, self._count):
            if (piece.after, piece.at) != (self._copy.last, len(self._held)):
                return  # lost pieces before it, or doubled
            self._base, self._count = piece.after, piece.at
        self._count += len(piece.content)
        self._held += piece.content
        self.left = piece.left
        whole, line_break, rest = self._held.rpartition(b"\n")
        if line_break:
            lines = whole.decode("utf-8", "strict").split("\n")
            await asyncio.to_thread(self._copy.append, lines)
            self._held, self.problem = rest, ""
        if len(self._held) > LINE_BYTES_MAX:
            raise NotNext("an entry of the other centre is longer than 4 MB")
