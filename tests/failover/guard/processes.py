"""Guards as processes at the edge, and an agent that speaks by hand."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Self

from failover.core.effects import Arm, Armed, Closed, Grant, Leave, Shut
from failover.guard.address import LoopbackAddresses, Standing
from failover.guard.door import SOCKET_NAME
from failover.guard.kernel import addresses_of
from failover.guard.process import GuardSettings
from failover.guard.wire import (
    PACKET_BYTES_MAX,
    Answer,
    Ended,
    Hello,
    Ready,
    Wish,
    answer_of,
    packet_of,
)
from failover.laboratory.network import inside
from tests.failover.guard.kernels import SERVICES
from tests.failover.guard.namespaces import Lab
from tests.failover.guard.renewing import Order
from tests.failover.guard.serving import Freeze, settings_to_json
from tests.failover.guard.traffic import WAITED_S_MAX, Prober, deadline_of

ROOT = Path(__file__).resolve().parents[3]
PLAN = "5" * 64
ALL = frozenset(each.name for each in SERVICES)
ADDRESSES = frozenset(address for each in SERVICES for address in addresses_of(each))
NO_WATCHDOG_S = 600.0
LEASE_S = 60.0  # does not run out in any test


class GuardProcess:
    """One guard; ended by its id."""

    def __init__(
        self, lab: Lab, settings: GuardSettings, freeze: Freeze | None, prefix: Sequence[str]
    ) -> None:
        command = [*prefix, sys.executable, "-m", "tests.failover.guard.serving"]
        with inside(lab.edge):
            self._process = subprocess.Popen(
                [*command, settings_to_json(settings, freeze)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

    @property
    def id(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> Self:
        assert self._process.stdout is not None
        seen, _, _ = select.select([self._process.stdout], [], [], WAITED_S_MAX)
        if not seen or self._process.stdout.readline() != "ready\n":
            raise AssertionError(f"the guard does not start: {self.ends()}")
        return self

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait_until_stopped(self) -> None:
        """The process stands still (SIGSTOP)."""
        wait_until_stopped(self.id)

    def ends(self) -> tuple[int, str]:
        """Wait for its end: the exit code, and what it wrote to standard error."""
        _, written = self._process.communicate(timeout=WAITED_S_MAX)
        return self._process.returncode, written

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()  # ends one that stands still, too
        self._process.communicate(timeout=WAITED_S_MAX)


class AgentProcess:
    """Renews by itself; ended by its id."""

    def __init__(self, folder: Path, length_s: float, point: str, number: int) -> None:
        order = Order(str(folder), PLAN, sorted(ALL), length_s, point, number)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.failover.guard.renewing", json.dumps(order._asdict())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._armed: dict[int, Renewed] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=WAITED_S_MAX)

    @property
    def id(self) -> int:
        return self._process.pid

    def reads(self, last: str) -> dict[int, Renewed]:
        """What it has armed and when, up to this word of it or to this number."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, *rest = line.split()
            if word == "armed":
                number, before_s, after_s = rest
                self._armed[int(number)] = Renewed(float(before_s), float(after_s))
            if last in (word, *rest[:1]):
                return self._armed
        raise AssertionError(f"it ended before it said {last}")

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def thaw(self) -> None:
        wait_until_stopped(self.id)
        self.send(signal.SIGCONT)


class Renewed(NamedTuple):
    """When a renewal was armed, on the monotonic clock: not before, and not after."""

    before_s: float
    after_s: float


class Speaker:
    """An agent's connection, driven by hand."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(WAITED_S_MAX)
        try:
            self._connect(str(folder / SOCKET_NAME))
        except BaseException:
            self._socket.close()
            raise

    def send(self, packet: bytes) -> None:
        self._socket.send(packet)

    def say(self, *wishes: Wish) -> None:
        for wish in wishes:
            self.send(packet_of(wish))

    def hear(self) -> Answer:
        packet = self._receive()
        assert packet, "the guard has closed without a word"
        return answer_of(packet)

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(PACKET_BYTES_MAX)
        except ConnectionResetError:  # told once, when the guard left packets unread
            return self._socket.recv(PACKET_BYTES_MAX)

    def _connect(self, path: str) -> None:
        for _ in deadline_of("the guard to accept"):
            try:
                self._socket.connect(path)
            except BlockingIOError:  # others wait there already
                continue
            return

    def hear_the_end(self) -> str:
        """The guard's last word, whatever it answered before."""
        while not isinstance(answer := self.hear(), Ended):
            pass
        assert self._receive() == b""
        return answer.why

    def greet(self) -> Self:
        self.say(Hello(PLAN))
        assert self.hear() == Ready({})
        return self

    def adopt(self) -> Mapping[str, float]:
        """Greet, and hear what the last one has left open."""
        self.say(Hello(PLAN, adopts=True))
        return self.hear_ready()

    def hear_ready(self) -> Mapping[str, float]:
        answer = self.hear()
        assert isinstance(answer, Ready)
        return answer.left_s

    def leave(self) -> None:
        """Go; the guard has heard it, and closes without a word."""
        self.say(Leave())
        assert self._receive() == b""

    def renew(
        self, name: str, length_s: float, instances: frozenset[str] = ALL, *, settled: bool = True
    ) -> Renewed:
        """Arm and grant. `settled`: return when the guard has done it all."""
        before_s = time.monotonic()
        self.say(Arm(name, instances, length_s))
        assert self.hear() == Armed(name)
        after_s = time.monotonic()
        self.say(Grant(name, instances))
        if settled:
            self.settle()
        return Renewed(before_s, after_s)

    def settle_after(self, answer: Answer) -> None:
        """Hear this, then wait until all that was said is done."""
        assert self.hear() == answer
        self.settle()

    def settle(self) -> None:
        """Wait until all that was said is done: answers come in order."""
        self.say(Shut(frozenset()))
        assert self.hear() == Closed(frozenset())

    def close(self) -> None:
        self._socket.close()


Guards = Callable[..., GuardProcess]
Speakers = Callable[[], Speaker]


@contextmanager
def guards(lab: Lab, folder: Path) -> Iterator[Guards]:
    """Starts guards in one folder, and ends those that are left."""
    settings = settings_in(folder)
    with ExitStack() as stack:

        def start(
            freeze: Freeze | None = None, prefix: Sequence[str] = (), **others: Any
        ) -> GuardProcess:
            guard = GuardProcess(lab, replace(settings, **others), freeze, prefix)
            stack.callback(guard.close)
            return guard

        yield start


@contextmanager
def speakers(folder: Path) -> Iterator[Speakers]:
    """Connects agents to the guard of a folder, and closes those that are left."""
    with ExitStack() as stack:

        def connect() -> Speaker:
            speaker = Speaker(folder)
            stack.callback(speaker.close)
            return speaker

        yield connect


def settings_in(folder: Path) -> GuardSettings:
    """Of a guard that nothing but kernel time and its agent moves."""
    return GuardSettings(
        plan=PLAN,
        services=SERVICES,
        length_s_max=LEASE_S,
        watchdog_s=NO_WATCHDOG_S,
        folder=folder,
        user=os.geteuid(),
        installs=True,
    )


def wait_until_stopped(process: int) -> None:
    """It stands still (SIGSTOP)."""
    for _ in deadline_of("a process to stand still"):
        if Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] == "T":
            return


def passes(until_s: float) -> None:
    """Let time pass, up to this moment of the monotonic clock."""
    for _ in deadline_of("the time"):
        if time.monotonic() >= until_s:
            return


def standing(lab: Lab) -> dict[str, Standing]:
    """The service addresses that the edge has."""
    with inside(lab.edge):
        addresses = LoopbackAddresses()
    try:
        return {each.address: each for each in addresses.standing() if each.address in ADDRESSES}
    finally:
        addresses.close()


def shuts(prober: Prober) -> None:
    """Wait until every door is shut."""
    for _ in deadline_of("every door to be shut"):
        if not prober.opened(closing=True):
            return


def vanish(lab: Lab) -> None:
    """Wait until no service address is left at the edge."""
    for _ in deadline_of("the addresses to go"):
        if not standing(lab):
            return
