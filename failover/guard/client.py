"""The agent's end of the guard's socket: effects become packets, answers become the core's events.

    client = GuardClient(client_settings_of(plan, folder), hear)
    client.start()                     in the agent's asyncio loop
    client.carry_out(effect)           Arm, Grant, Shut, Flush, Leave; in order, never waiting
    client.sign_of_life()              after each turn of the agent
    client.close()                     after `Leave`: `await client.left()` first

`hear(event)` is called from the loop, never from inside `carry_out`: `Adopted` when the guard obeys
for the first time, with what an earlier life left open; `Armed` and `Closed` as it answers;
`GuardState(alive=False)` when it is gone, refuses, is silent for too long, or an effect cannot be
brought to it; then `GuardState(alive=True)` when it obeys, with every door shut.
What was asked of a guard that is gone is never asked again: the core decides anew.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from failover.core.effects import (
    Adopted,
    Arm,
    Armed,
    Closed,
    Event,
    Flush,
    Grant,
    GuardState,
    Leave,
    Shut,
)
from failover.guard.door import SOCKET_NAME
from failover.guard.wire import (
    PACKET_BYTES_MAX,
    Alive,
    Answer,
    Ended,
    Hello,
    Malformed,
    Ready,
    Wish,
    answer_of,
    packet_of,
)
from failover.plan_file import PlanFile

Wanted: TypeAlias = Arm | Grant | Shut | Flush | Leave

RETRY_S = 0.1  # between two tries to reach the guard; one try costs a fraction of a millisecond
REFUSED_S = 1.0  # after it has sent us away
LIFE_S = 0.1  # between two signs of life; more often says no more
WAITING_MAX = 64  # answers that are still to come: more, and the guard is as good as gone
_ANSWERS_AT_ONCE = 32  # then the loop's others have their turn

_log = logging.getLogger("telemed.agent.guard")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """What the agent must know of its guard. `client_settings_of` makes it of a plan."""

    plan: str  # the plan's hash
    folder: Path  # the guard's
    answer_s_max: float  # an answer that takes longer: the guard is gone


def client_settings_of(plan: PlanFile, folder: Path) -> ClientSettings:
    """What follows from a plan: a guard that takes a whole renewal's time to answer is no use."""
    return ClientSettings(
        plan=plan.plan.hash, folder=folder, answer_s_max=plan.plan.profile.renewal_s
    )


class GuardClient:
    """One connection to the guard, made again whenever it is lost. Made inside a running loop."""

    def __init__(self, settings: ClientSettings, hear: Callable[[Event], None]) -> None:
        self._settings = settings
        self._hear = hear
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._obeys = False  # it has said that it is ready
        self._adopts = True  # it never has, in this life
        self._told: bool | None = None  # what the agent was last told of it
        self._why = ""  # it was gone last; said once
        self._waiting: deque[tuple[Answer, float]] = deque()  # answers to come, and until when
        self._said_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._gone: asyncio.Future[None] | None = None  # when the guard has closed

    @property
    def obeys(self) -> bool:
        """Whether the guard is there and obeys, as far as known."""
        return self._obeys

    def start(self) -> None:
        """Reach for the guard, now and whenever it is lost. Once."""
        self._connect()

    def carry_out(self, effect: Wanted) -> None:
        """Bring an effect to the guard. One that cannot be brought is `GuardState(alive=False)`."""
        if not self._obeys:
            self._loop.call_soon(self._tell_lost)
            return
        answer = _answer_to(effect)
        if answer is not None:
            self._await(answer)
        self._say(effect)
        self._closed |= isinstance(effect, Leave)

    async def left(self) -> None:
        """After `Leave`, which is no event: until the guard has heard it, or is too slow.

        An agent that closes before that is gone like any other: every door is shut.
        """
        if self._socket is None:
            return
        self._gone = self._loop.create_future()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.answer_s_max):
                await self._gone

    def sign_of_life(self) -> None:
        """Say that the agent has finished a turn; it may be said after each."""
        if self._obeys and self._loop.time() - self._said_s >= LIFE_S:
            self._say(Alive())

    def close(self) -> None:
        """Leave the guard, which then shuts every door. No event comes any more."""
        self._closed = True
        self._disconnect()

    # --- reaching it -----------------------------------------------------------------------

    def _connect(self) -> None:
        """Local sockets connect at once, or not at all."""
        self._timer = None
        made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        try:
            made.connect(bytes(self._settings.folder / SOCKET_NAME))
        except OSError as error:
            made.close()
            self._lose(f"it cannot be reached: {error.strerror}")
            return
        self._socket = made
        self._loop.add_reader(made, self._read)
        self._await(Ready({}))
        self._say(Hello(self._settings.plan, self._adopts))

    def _lose(self, why: str, retry_s: float = RETRY_S) -> None:
        """The guard is gone: say so, and reach for it again."""
        self._disconnect()
        if self._closed:
            return
        if why != self._why:
            self._why = why
            _log.warning("the guard does not obey: %s", why)
        if self._told is not False:
            self._loop.call_soon(self._tell_lost)
        self._timer = self._loop.call_later(retry_s, self._connect)

    def _disconnect(self) -> None:
        self._obeys = False
        self._waiting.clear()
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _tell_lost(self) -> None:
        """The guard is gone, or was when an effect was to be brought to it: that effect is lost."""
        self._tell(alive=False)
        if self._obeys:  # it has come back meanwhile
            self._tell(alive=True)

    def _tell(self, *, alive: bool) -> None:
        if not self._closed:
            self._told = alive
            self._hear(GuardState(alive=alive))

    # --- speaking --------------------------------------------------------------------------

    def _say(self, wish: Wish) -> None:
        if self._socket is None:
            return
        try:
            self._socket.send(packet_of(wish))
            self._said_s = self._loop.time()
        except BlockingIOError:
            self._lose("it does not read what it is told")
        except OSError as error:
            self._lose(self._last_word() or f"it has closed: {error.strerror}")

    def _await(self, answer: Answer) -> None:
        if len(self._waiting) >= WAITING_MAX:
            self._lose(f"{WAITING_MAX} answers are missing")
            return
        self._waiting.append((answer, self._loop.time() + self._settings.answer_s_max))
        if self._timer is None:
            self._watch()

    def _watch(self) -> None:
        """Look again when the oldest answer is overdue."""
        self._timer = None
        if not self._waiting:
            return
        due_s = self._waiting[0][1]
        if self._loop.time() < due_s:
            self._timer = self._loop.call_at(due_s, self._watch)
        else:
            self._lose(f"no answer within {self._settings.answer_s_max:g} s")

    # --- hearing ---------------------------------------------------------------------------

    def _read(self) -> None:
        for _ in range(_ANSWERS_AT_ONCE):
            if self._socket is None:
                return
            try:
                packet = self._socket.recv(PACKET_BYTES_MAX)
            except BlockingIOError:
                return
            except OSError as error:
                self._lose(self._last_word() or f"it has closed: {error.strerror}")
                return
            if not packet:
                self._lose("it has closed")
                return
            try:
                self._take(answer_of(packet))
            except Malformed as malformed:
                self._lose(f"not understood: {malformed}")

    def _take(self, answer: Answer) -> None:
        if isinstance(answer, Ended):
            self._lose(answer.why, RETRY_S if self._obeys else REFUSED_S)
            return
        if not self._waiting or not _same(self._waiting[0][0], answer):
            self._lose(f"it answers what was not asked: {answer}")
            return
        self._waiting.popleft()
        if isinstance(answer, Ready):
            self._obeys = True
            self._why = ""
            _log.info("the guard obeys")
            self._obeyed(answer)
        else:
            self._hear(answer)

    def _obeyed(self, ready: Ready) -> None:
        if not self._adopts:
            self._tell(alive=True)
            return
        self._adopts, self._told = False, True
        self._hear(Adopted(ready.left_s))

    def _last_word(self) -> str:
        """Why the guard ended the session, if it said so before it closed."""
        with suppress(OSError, Malformed):
            while self._socket is not None:
                answer = answer_of(self._socket.recv(PACKET_BYTES_MAX))
                if isinstance(answer, Ended):
                    return answer.why
        return ""


def _same(one: Answer, other: Answer) -> bool:
    # Tuples of two kinds are equal where their fields are. What is ready says what is open.
    return type(one) is type(other) and (isinstance(one, Ready) or one == other)


def _answer_to(effect: Wanted) -> Answer | None:
    match effect:
        case Arm(name):
            return Armed(name)
        case Shut(instances):
            return Closed(instances)
    return None
