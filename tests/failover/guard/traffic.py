"""Packets between the outside and the edge: which doors are open, and when the last one got in.

Prober    one question: which instances' doors are open now
Stream    packets and bytes of one open connection all the time: when each was sent that came in
"""

from __future__ import annotations

import itertools
import select
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Self

from failover.guard.kernel import addresses_of
from failover.laboratory.network import inside
from failover.plan_file import Instance
from tests.failover.guard.namespaces import EDGE_4, EDGE_6, OUTSIDE_4, OUTSIDE_6, Lab

PORT = 7000
CONTROL = "control"  # an address that nobody guards
WAITED_S_MAX = 10.0  # far more than anything here takes; only so that a run ends
PACE_S = 0.001
REFUSED_MIN = 40  # so many packets in a row, and the door is shut
_PORTS = itertools.count(PORT + 1)
_STAMP = struct.Struct("=d")
# To bind to an address that no interface has: IP_FREEBIND, IPV6_FREEBIND.
_FREE_4, _FREE_6 = (socket.IPPROTO_IP, 15), (socket.IPPROTO_IPV6, 78)


class Stranded(AssertionError):
    """What a test waits for did not come."""


class HalfOpen(AssertionError):
    """A door lets some packets of an instance pass and others not."""


def deadline_of(what: str, limit_s: float = WAITED_S_MAX) -> Iterator[None]:
    """Turns of a loop that waits for something."""
    until_s = time.monotonic() + limit_s
    while time.monotonic() < until_s:
        yield
    raise Stranded(what)


class Prober:
    """Asks each address of each instance, and lets each of them answer; both families."""

    def __init__(self, lab: Lab, services: Iterable[Instance]) -> None:
        self._serial = 0
        self._ways: dict[str, set[str]] = {}  # by instance: the ways that its packets may take
        self._sends: list[tuple[socket.socket, str, tuple[str, int]]] = []
        self._stack = ExitStack()
        guarded = {each.name: addresses_of(each) for each in services}
        with inside(lab.outside):
            outside = {4: self._socket(OUTSIDE_4), 6: self._socket(OUTSIDE_6)}
        with inside(lab.edge):
            for name, addresses in {**guarded, CONTROL: (EDGE_4, EDGE_6)}.items():
                self._ways[name] = set()
                for address in addresses:
                    family = 6 if ":" in address else 4
                    edge = self._socket(address)
                    there = OUTSIDE_6 if family == 6 else OUTSIDE_4
                    self._way(name, outside[family], f"to {address}", address)
                    self._way(name, edge, f"from {address}", there)

    def opened(self, *, closing: bool = False) -> set[str]:
        """The instances whose doors are open; with `closing` those of which any packet passes.

        A control packet goes last on each way, so that what has not come before it never comes.

        Raises:
            HalfOpen: of one instance only some packets pass. While doors close that may be.
        """
        self._serial += 1
        arrived: dict[str, set[str]] = {name: set() for name in self._ways}
        for sender, text, to in self._sends:
            with suppress(PermissionError):  # what the output chain drops is told to its sender
                sender.sendto(f"{self._serial} {text}".encode(), to)
        for _ in deadline_of("the control packets"):
            self._collect(arrived)
            if arrived[CONTROL] == self._ways[CONTROL]:
                break
        self._collect(arrived)
        for name, ways in self._ways.items():
            if not closing and arrived[name] not in (set(), ways):
                raise HalfOpen(f"{name}: only {arrived[name]} of {ways}")
        return {name for name, passed in arrived.items() if passed} - {CONTROL}

    def close(self) -> None:
        self._stack.close()

    def _way(self, name: str, sender: socket.socket, way: str, to: str) -> None:
        self._ways[name].add(way)
        self._sends.append((sender, f"{name} {way}", (to, PORT)))

    def _socket(self, address: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        made = self._stack.enter_context(socket.socket(family, socket.SOCK_DGRAM))
        made.setsockopt(*(_FREE_6 if ":" in address else _FREE_4), 1)
        made.bind((address, PORT))
        made.settimeout(0)
        return made

    def _collect(self, arrived: Mapping[str, set[str]]) -> None:
        for receiver in dict.fromkeys(sender for sender, _, _ in self._sends):
            for packet in _packets(receiver):
                serial, name, way = packet.decode().split(" ", 2)
                if int(serial) == self._serial:
                    arrived[name].add(way)


class Stream:
    """Sends to one service address, over UDP and over a TCP connection that was opened before.

    Every packet bears the moment before it was sent: so what is said of the last one that was let
    in is never too late. All times are of the monotonic clock.
    """

    def __init__(self, lab: Lab, address: str) -> None:
        self.datagram_s = 0.0  # when the last datagram was sent that came in
        self.byte_s = 0.0  # the same of what came in over the connection
        self.sent = [0.0]
        self._stack = ExitStack()
        self._stop = threading.Event()
        self._problem: BaseException | None = None
        port = next(_PORTS)  # nobody can say goodbye through a closed door: ports stay in use
        with inside(lab.edge):
            self._in = self._add(socket.SOCK_DGRAM)
            self._in.bind((address, port))
            listener = self._add(socket.SOCK_STREAM)
            listener.bind((address, port))
            listener.listen(1)
        with inside(lab.outside):
            self._out = self._add(socket.SOCK_DGRAM)
            self._caller = self._add(socket.SOCK_STREAM)
        self._out.connect((address, port))
        self._caller.settimeout(WAITED_S_MAX)
        self._caller.connect((address, port))
        self._called = self._stack.enter_context(listener.accept()[0])
        self._caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for each in (self._in, self._out, self._caller, self._called):
            each.settimeout(0)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(WAITED_S_MAX)
        self._stack.close()
        if self._problem is not None:
            raise self._problem

    @property
    def last_s(self) -> float:
        """When the last one was sent that came in, of either kind."""
        return max(self.datagram_s, self.byte_s)

    def flows(self) -> None:
        """Wait until both kinds come in now."""
        since_s = time.monotonic()
        for _ in deadline_of("packets that come in"):
            if min(self.datagram_s, self.byte_s) > since_s:
                return
            self._rest()

    def stops(self) -> float:
        """Wait until many in a row do not come in; when the last one was sent that did."""
        since_s = time.monotonic()
        for _ in deadline_of("packets to be stopped"):
            last_s = self.last_s
            if self.sent[-REFUSED_MIN:][0] > max(last_s, since_s):
                return last_s
            self._rest()
        raise AssertionError

    def first_refused_s(self) -> float:
        """When the first datagram was sent after the last one that came in."""
        return min(sent_s for sent_s in self.sent if sent_s > self.datagram_s)

    def _rest(self) -> None:
        if self._problem is not None:
            raise self._problem
        self._stop.wait(PACE_S)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                now_s = time.monotonic()
                self._send(now_s)
                self._receive()
                self.sent.append(now_s)
                select.select([], [], [], PACE_S)
        except BaseException as problem:  # noqa: BLE001 — the test's own thread raises it
            self._problem = problem

    def _send(self, now_s: float) -> None:
        stamp = _STAMP.pack(now_s)
        self._out.send(stamp)
        try:
            if self._caller.send(stamp) != len(stamp):
                raise AssertionError("a part of a stamp was sent")
        except BlockingIOError:
            pass  # nothing is acknowledged any more

    def _receive(self) -> None:
        for packet in _packets(self._in):
            self.datagram_s = _STAMP.unpack(packet)[0]
        try:
            read = self._called.recv(1 << 16)
        except BlockingIOError:
            return
        self.byte_s = _STAMP.unpack_from(read, (len(read) // _STAMP.size - 1) * _STAMP.size)[0]

    def _add(self, kind: int) -> socket.socket:
        return self._stack.enter_context(socket.socket(socket.AF_INET, kind))


@contextmanager
def probing(lab: Lab, services: Iterable[Instance]) -> Iterator[Prober]:
    """A prober for as long as it is wanted."""
    prober = Prober(lab, services)
    try:
        yield prober
    finally:
        prober.close()


def _packets(receiver: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            yield receiver.recv(2048)
        except BlockingIOError:
            return
