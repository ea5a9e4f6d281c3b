"""A client that asks service addresses again and again, and writes down each answer.

    python -m failover.laboratory.client [--means udp|tcp|held] [--every S] [--marks 1,2] ADDRESS…

`udp`: a datagram for each request. `tcp`: a new connection. `held`: one connection, which is kept
for as long as the kernel keeps it. With marks each request goes out once for each mark, by which
the hospital's routes tell the centres apart: whoever has its doors open answers, and both are seen
if both do. Each line of the output is about one request, times in monotonic seconds:

    ADDRESS SENT ANSWERED CENTRE      an answer; a second one of another centre is a line too
    ADDRESS SENT - -                  no answer for LATE_S; one may still come
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from failover.laboratory.server import PORT

LATE_S = 0.2  # a request without an answer for so long has failed, for whoever waits
KEPT_S = 30.0  # an answer that comes later is nobody's
CONNECTS_S_MAX = 1.0
SO_MARK = 36
LINE_BYTES_MAX = 256


class Ledger:
    """The requests of one address: sent, answered, late."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._sent_s: dict[int, float] = {}
        self._open: dict[int, float] = {}  # not answered, not told to be late; oldest first
        self._number = 0

    def begin(self, now_s: float) -> bytes:
        """A new request."""
        self._number += 1
        self._sent_s[self._number] = self._open[self._number] = now_s
        return b"%d" % self._number

    def answered(self, answer: bytes, now_s: float) -> str:
        """The line for an answer; empty if it is none of ours."""
        request, _, centre = answer.strip().partition(b" ")
        number = int(request) if request.isdigit() else 0
        sent_s = self._sent_s.get(number)
        if sent_s is None:
            return ""
        self._open.pop(number, None)
        return f"{self.address} {sent_s:.6f} {now_s:.6f} {centre.decode('ascii', 'replace')}\n"

    def late(self, now_s: float) -> str:
        """The lines for requests that have become late."""
        late = [number for number, sent_s in self._open.items() if now_s - sent_s > LATE_S]
        lines = [f"{self.address} {self._open.pop(number):.6f} - -\n" for number in late]
        while self._sent_s and now_s - next(iter(self._sent_s.values())) > KEPT_S:
            self._sent_s.pop(next(iter(self._sent_s)))
        return "".join(lines)


class Client:
    """Asks. `write` gets lines."""

    def __init__(self, options: Namespace, write: Callable[[str], None]) -> None:
        self._marks: Sequence[int] = options.marks
        self._every_s: float = options.every
        self._write = write
        self._ledgers = [Ledger(address) for address in options.addresses]
        self._ask: Callable[[Ledger, bytes], None]
        self._tasks: set[asyncio.Task[None]] = set()
        self._datagrams: dict[str, list[socket.socket]] = {}
        self._held: dict[tuple[str, int], socket.socket] = {}
        asks = {"udp": self._by_datagram, "tcp": self._by_connection, "held": self._by_held}
        self._ask = asks[options.means]

    async def run(self, ended: asyncio.Event) -> None:
        """Until it is ended."""
        due_s = time.monotonic()
        while not ended.is_set():
            for ledger in self._ledgers:
                now_s = time.monotonic()
                self._ask(ledger, ledger.begin(now_s))
                self._write(ledger.late(now_s))
            due_s = max(due_s + self._every_s, time.monotonic())
            await asyncio.sleep(due_s - time.monotonic())

    # --- datagrams -------------------------------------------------------------------------

    def _by_datagram(self, ledger: Ledger, request: bytes) -> None:
        if ledger.address not in self._datagrams:
            self._datagrams[ledger.address] = [self._listen(ledger, mark) for mark in self._marks]
        for each in self._datagrams[ledger.address]:
            with suppress(OSError):  # no route, or a link without carrier: no answer then
                each.sendto(request, (ledger.address, PORT))

    def _listen(self, ledger: Ledger, mark: int) -> socket.socket:
        made = _socket(socket.SOCK_DGRAM, mark)

        def heard() -> None:
            with suppress(OSError):
                while True:
                    self._write(ledger.answered(made.recv(LINE_BYTES_MAX), time.monotonic()))

        asyncio.get_running_loop().add_reader(made, heard)
        return made

    # --- connections -----------------------------------------------------------------------

    def _by_connection(self, ledger: Ledger, request: bytes) -> None:
        for mark in self._marks:
            self._begin(self._connect_and_ask(ledger, mark, request))

    async def _connect_and_ask(self, ledger: Ledger, mark: int, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        with _socket(socket.SOCK_STREAM, mark) as made:
            async with asyncio.timeout(CONNECTS_S_MAX):
                await loop.sock_connect(made, (ledger.address, PORT))
            async with asyncio.timeout(KEPT_S):
                await loop.sock_sendall(made, request + b"\n")
                answer = await loop.sock_recv(made, LINE_BYTES_MAX)
            self._write(ledger.answered(answer, time.monotonic()))

    def _by_held(self, ledger: Ledger, request: bytes) -> None:
        for mark in self._marks:
            held = self._held.get((ledger.address, mark))
            if held is None:
                self._begin(self._hold(ledger, mark))
            else:
                with suppress(OSError):  # the buffer is full: nothing has come through for long
                    held.send(request + b"\n")

    async def _hold(self, ledger: Ledger, mark: int) -> None:
        """Connect, and hear what is answered until the connection ends."""
        loop, key = asyncio.get_running_loop(), (ledger.address, mark)
        with _socket(socket.SOCK_STREAM, mark) as made:
            async with asyncio.timeout(CONNECTS_S_MAX):
                await loop.sock_connect(made, (ledger.address, PORT))
            if key in self._held:
                return
            self._held[key], rest = made, b""
            try:
                while data := await loop.sock_recv(made, 1 << 16):
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        self._write(ledger.answered(line, time.monotonic()))
            finally:
                del self._held[key]

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def _quietly(work: Awaitable[None]) -> None:
        """What does not get through is told by the ledger."""
        with suppress(OSError):
            await work


def _socket(kind: socket.SocketKind, mark: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, kind)
    made.settimeout(0)
    if mark:
        made.setsockopt(socket.SOL_SOCKET, SO_MARK, mark)
    return made


async def ask(options: Namespace) -> None:
    """Until SIGTERM or SIGINT."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    out = sys.stdout.fileno()

    def write(lines: str) -> None:
        if lines:
            os.write(out, lines.encode())

    await Client(options, write).run(ended)


def main() -> None:
    """Ask."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("addresses", nargs="+", metavar="ADDRESS")
    parser.add_argument("--means", choices=("udp", "tcp", "held"), default="udp")
    parser.add_argument("--every", type=float, default=0.01, metavar="SECONDS")
    parser.add_argument(
        "--marks", type=lambda text: [int(word) for word in text.split(",")], default=[0]
    )
    asyncio.run(ask(parser.parse_args()))


if __name__ == "__main__":
    main()
