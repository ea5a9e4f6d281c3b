"""The guard's process: the watchdog beside the agent, and the only one that changes the kernel.

    run(settings)   serves until SIGTERM or SIGINT, then shuts every door and leaves
    CannotGuard     it cannot take charge here, or the kernel no longer obeys it

One agent at a time. Its session ends, and every door is shut, when it closes, when it says what is
no word of theirs, when it gives no sign of life for too long, when the kernel refuses, or when
somebody else changes the table. What ended a session is logged, and said to the agent if it still
reads. A session begins with every door shut.

One exception: an agent that says `leave` ends its session and leaves its doors to kernel time. The
next one may adopt what stands open then, under the same plan, if nothing happened to table, guard
and machine meanwhile. If none comes, the doors run out.

Between start and end it touches no file, asks no name server and starts no process. Needs
CAP_NET_ADMIN. Time is that of the boot-time clock: after a suspension the doors are shut first.
"""

from __future__ import annotations

import logging
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from failover.core.effects import Leave
from failover.core.guard import Watchdog, watchdog_s
from failover.guard.address import LoopbackAddresses
from failover.guard.door import Door, DoorProblem, Gone, Visitor
from failover.guard.guard import Guard
from failover.guard.kernel import TIMEOUT_MS_MIN, TOLD_MAX, KernelFailure, NftKernel
from failover.guard.wire import (
    PACKET_BYTES_MAX,
    Alive,
    Ended,
    Hello,
    Malformed,
    Ready,
    Terms,
    wish_of,
)
from failover.plan_file import Instance, PlanFile

TICKS = 4  # in one limit of the watchdog
_GONE = select.POLLHUP | select.POLLRDHUP | select.POLLERR

_log = logging.getLogger("telemed.guard")


class CannotGuard(Exception):
    """The guard cannot do its work. `hint`: what a person can do, or nothing."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """What a guard is told. `settings_of` makes it of a plan."""

    plan: str  # the plan's hash
    services: tuple[Instance, ...]
    length_s_max: float  # the plan's lease: no kernel time is longer
    watchdog_s: float  # without a sign of life for longer: every door is shut
    folder: Path  # of the socket; of this user alone
    user: int  # whose agent is obeyed
    installs: bool  # put the table right where it differs; False: refuse to start


def settings_of(plan: PlanFile, folder: Path, user: int, *, installs: bool = True) -> GuardSettings:
    """What follows from a plan for the guard of either centre."""
    profile = plan.plan.profile
    return GuardSettings(
        plan=plan.plan.hash,
        services=tuple(instance for group in plan.groups for instance in group.instances),
        length_s_max=profile.lease.length_s,
        watchdog_s=watchdog_s(profile),
        folder=folder,
        user=user,
        installs=installs,
    )


def boot_time_s() -> float:
    """Seconds since this machine started, those of a suspension included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def run(
    settings: GuardSettings,
    *,
    ready: Callable[[], None] = lambda: None,
    pulse: Callable[[], None] = lambda: None,
) -> None:
    """Guard until a signal ends it. In the main thread, in the network namespace of the services.

    `ready` is called when an agent may come, `pulse` at least `TICKS` times in each limit of the
    watchdog: for a supervisor. Neither may wait.

    Raises:
        CannotGuard: the folder is not as it must be, the table differs and is not to be mended, or
            the kernel refuses. Doors that this guard opened are shut, or run out.
    """
    try:
        with ExitStack() as stack:
            door = stack.enter_context(closing(Door(settings.folder)))
            guard = Guard(
                NftKernel(settings.services), LoopbackAddresses(), settings.services, boot_time_s
            )
            stack.enter_context(closing(guard))
            serve(settings, guard, door, ready=ready, pulse=pulse)
    except (DoorProblem, KernelFailure) as failure:
        raise CannotGuard(str(failure), failure.hint) from failure


def serve(
    settings: GuardSettings,
    guard: Guard,
    door: Door,
    *,
    ready: Callable[[], None],
    pulse: Callable[[], None],
) -> None:
    """Take charge, serve agents until a signal comes, and shut every door.

    Raises:
        KernelFailure: every door is shut as far as the kernel obeys.
    """
    with _signals() as stop:
        mended = guard.claim(installs=settings.installs)
        if mended:
            _log.warning("installed the table, which differed: %s", "; ".join(mended[:TOLD_MAX]))
        process = _Process(settings, guard, door, stop, pulse)
        _log.info("guards %d instances of plan %.12s", len(settings.services), settings.plan)
        ready()
        try:
            process.serve()
        except KernelFailure:
            with suppress(KernelFailure):
                guard.flush()
            raise
        else:
            guard.flush()
        finally:
            process.dismiss("the guard leaves")
        _log.info("every door is shut; leaving")


class _Session:
    """One agent, from its coming to its end."""

    def __init__(self, visitor: Visitor, watchdog: Watchdog) -> None:
        self.visitor = visitor
        self.watchdog = watchdog
        self.greeted = False


class _Process:
    """The loop: who comes, what is said, how long nothing was."""

    def __init__(
        self,
        settings: GuardSettings,
        guard: Guard,
        door: Door,
        stop: socket.socket,
        pulse: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._guard = guard
        self._door = door
        self._stop = stop
        self._pulse = pulse
        self._terms = Terms(
            frozenset(each.name for each in settings.services),
            TIMEOUT_MS_MIN / 1000,
            settings.length_s_max,
        )
        self._tick_s = settings.watchdog_s / TICKS
        self._looked_s = boot_time_s()
        self._session: _Session | None = None
        self._left: Watchdog | None = None  # over this process, since an agent has left
        self._sent_away = (0, "")
        self._poll = select.poll()
        self._poll.register(door, select.POLLIN)
        self._poll.register(stop, select.POLLIN)

    def serve(self) -> None:
        """Until a signal comes."""
        while True:
            happened = dict(self._poll.poll(max(1, int(self._tick_s * 1000))))
            if self._stop.fileno() in happened:
                return
            self._pulse()
            try:
                self._turn(happened)
            except KernelFailure as failure:
                self._recover(failure)

    def dismiss(self, why: str) -> None:
        """End the session, if there is one; the doors must be shut already."""
        session, self._session = self._session, None
        if session is None:
            return
        _log.warning("the session of process %d ended: %s", session.visitor.process, why)
        self._poll.unregister(session.visitor)
        _tell(session.visitor, why)

    def _turn(self, happened: dict[int, int]) -> None:
        now_s = boot_time_s()
        session = self._session
        if session is not None:
            # Before it may say anything: what was said while this machine stood still is old.
            if session.watchdog.hung(now_s):
                self._end(f"no sign of life for more than {self._settings.watchdog_s:g} s")
            else:
                self._hear(session, happened.get(session.visitor.fileno(), 0), now_s)
        elif self._left is not None:
            self._await_next(self._left, now_s)
        if now_s - self._looked_s >= self._tick_s:
            self._looked_s = now_s
            self._guard.look()
        if self._door.fileno() in happened:
            self._receive(now_s)

    def _hear(self, session: _Session, events: int, now_s: float) -> None:
        if events & _GONE:  # what it said last is void: every door is shut
            self._end("the agent is gone")
        elif events & select.POLLIN:
            try:
                packet = session.visitor.read()
                if packet:
                    self._obey(session, packet, now_s)
            except Gone:
                self._end("the agent is gone")
            except Malformed as malformed:
                self._end(f"not understood: {malformed}")

    def _obey(self, session: _Session, packet: bytes, now_s: float) -> None:
        if len(packet) > PACKET_BYTES_MAX:
            raise Malformed(f"it is longer than {PACKET_BYTES_MAX} bytes")
        wish = wish_of(packet, self._terms)
        session.watchdog.sign_of_life(now_s)
        if isinstance(wish, Hello):
            self._greet(session, wish)
        elif not session.greeted:
            raise Malformed("the first word must be hello")
        elif isinstance(wish, Leave):
            self._leave(session, wish, now_s)
        elif not isinstance(wish, Alive):
            self._guard.obey(wish, session.visitor.say)

    def _greet(self, session: _Session, hello: Hello) -> None:
        if session.greeted:
            raise Malformed("hello is said once")
        if hello.plan != self._settings.plan:
            ours, theirs = self._settings.plan[:12], hello.plan[:12]
            self._end(f"the agent has plan {theirs}, the guard {ours}: restart the older")
            return
        adopts = hello.adopts and self._left is not None
        self._left = None
        if not adopts:
            self._guard.flush()  # as at the end of the last session; nothing is left to trust
        session.greeted = True
        left_s = self._guard.left_s()
        session.visitor.say(Ready(left_s))
        _log.info(
            "obeys the agent, process %d; doors open: %d", session.visitor.process, len(left_s)
        )

    def _leave(self, session: _Session, wish: Leave, now_s: float) -> None:
        """The agent goes, and its doors run out, unless the next one goes on with them."""
        self._guard.obey(wish, session.visitor.say)
        self._session, self._left = None, Watchdog(self._settings.watchdog_s, now_s)
        self._poll.unregister(session.visitor)
        session.visitor.close()
        number, process = len(self._guard.left_s()), session.visitor.process
        _log.info("the agent, process %d, has left; doors open: %d", process, number)

    def _await_next(self, left: Watchdog, now_s: float) -> None:
        """What was left is not trusted when this machine stood still: kernel time may have, too."""
        if left.hung(now_s):
            why = "this machine stood still"
        elif not self._guard.left_s():
            why = "no agent has come in time"
        else:
            left.sign_of_life(now_s)
            return
        self._left = None
        self._guard.flush()
        _log.warning("what the agent left is shut: %s", why)

    def _receive(self, now_s: float) -> None:
        """Whoever comes while there is an agent is sent away, and so is whoever is not our user."""
        visitor = self._door.accept()
        if visitor is None:
            return
        why = ""
        if visitor.user != self._settings.user:
            why = f"user {visitor.user} is not obeyed here, but user {self._settings.user}"
        elif self._session is not None:
            why = f"another agent is here, process {self._session.visitor.process}"
        if why:
            if (visitor.process, why) != self._sent_away:  # it will come again and again
                self._sent_away = (visitor.process, why)
                _log.warning("sent process %d away: %s", visitor.process, why)
            _tell(visitor, why)
            return
        self._session = _Session(visitor, Watchdog(self._settings.watchdog_s, now_s))
        self._poll.register(visitor, select.POLLIN | select.POLLRDHUP)

    def _end(self, why: str) -> None:
        """Shut every door, then say why, if there is anybody to hear it."""
        self._left = None
        try:
            self._guard.flush()
        finally:
            self.dismiss(why)

    def _recover(self, failure: KernelFailure) -> None:
        """Take charge again, which shuts every door; that failing, nothing can be guarded here."""
        self._left = None
        try:
            mended = self._guard.claim(installs=self._settings.installs)
        finally:
            self.dismiss(str(failure))
        _log.warning("took charge again (%s); mended: %d differences", failure, len(mended))


def _tell(visitor: Visitor, why: str) -> None:
    try:
        visitor.say(Ended(why))
    except Gone:
        pass  # it knows
    finally:
        visitor.close()


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """A socket that becomes readable when SIGTERM or SIGINT has come."""
    heard, rung = socket.socketpair()
    with heard, rung:
        rung.settimeout(0)
        before_fd = signal.set_wakeup_fd(rung.fileno())
        wanted = (signal.SIGTERM, signal.SIGINT)
        before = [signal.signal(each, lambda _number, _frame: None) for each in wanted]
        try:
            yield heard
        finally:
            for each, handler in zip(wanted, before, strict=True):
                signal.signal(each, handler)
            signal.set_wakeup_fd(before_fd)
