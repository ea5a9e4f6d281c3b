"""One UDP socket, bound to one address. Sending never waits and never raises.

What cannot be sent at once is dropped and counted by the caller: a heartbeat that is sent late says
something that is no longer so. An address that the machine does not have yet is bound all the same,
because an agent must start while a cable is out; sending fails until the address is there.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import Callable, Iterable

from failover.wire.directory import Address
from failover.wire.envelope import BYTES_MAX
from failover.wire.problem import WireProblem

STAMP = struct.Struct("@ll")  # seconds and nanoseconds, by the wall clock
SO_TIMESTAMPNS = 35  # Source: socket(7), asm-generic/socket.h; Python has no name for it
BATCH = 64  # datagrams in one turn of the loop: what else waits must have its turn too
NOTES_BYTES = socket.CMSG_SPACE(STAMP.size)
IP_FREEBIND = 15  # Source: ip(7); Python has no name for it
CLASS = 48 << 2  # DSCP CS6, network control. Source: RFC 4594 §3.2; inventory/network.yml

# Where it came from, what it is, and when the kernel got it: seconds of the wall clock.
Received = Callable[[Address, bytes, float], None]


class UdpSocket:
    """Datagrams to and from one own address; with an interface, over that interface alone."""

    def __init__(self, own: Address, received: Received, *, interface: str = "") -> None:
        self.own = own
        self._received = received
        self._interface = interface
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Binds, and listens on the running loop.

        Raises:
            WireProblem: the address is another process's, or the interface does not exist.
        """
        self._loop = asyncio.get_running_loop()
        self._socket = _bound(self.own, self._interface)
        self._loop.add_reader(self._socket.fileno(), self._read)

    def close(self) -> None:
        """Stops listening. May be called twice."""
        if self._socket is not None and self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        self._socket = self._loop = None

    def send(self, to: Address, datagram: bytes) -> str:
        """Sends, or tells why not: the name of the system's error; empty: it was sent."""
        if self._socket is None:
            return "closed"
        try:
            self._socket.sendto(datagram, to)
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, "unknown")
        return ""

    def _read(self) -> None:
        for _ in range(BATCH):
            if self._socket is None:
                return
            try:
                # One byte more than may be, so that what is too long is seen to be.
                datagram, notes, _, source = self._socket.recvmsg(BYTES_MAX + 1, NOTES_BYTES)
            except OSError:
                return  # nothing more, or the interface is down: it will be asked again
            self._received(source, datagram, _arrived_s(notes))


def _arrived_s(notes: Iterable[tuple[int, int, bytes]]) -> float:
    """When the kernel got a datagram; never old, if it does not say."""
    for level, kind, content in notes:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS) and len(content) == STAMP.size:
            seconds, nanoseconds = STAMP.unpack(content)
            return float(seconds) + float(nanoseconds) / 1e9
    return float("inf")


def _bound(own: Address, interface: str) -> socket.socket:
    place = f"udp {own[0]}:{own[1]}"
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        found.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        found.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, CLASS)
        found.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if interface:
            place += f" on {interface}"
            name = interface.encode() + b"\0"
            found.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
        found.bind(own)
    except OSError as error:
        found.close()
        hints = {
            errno.EADDRINUSE: "another process has it: is an agent running already?",
            errno.ENODEV: "the machine has no such interface: see `ip link`",
        }
        message = f"cannot be opened: {error.strerror}"
        raise WireProblem(place, message, hints.get(error.errno or 0, "")) from error
    return found
