"""Netlink: messages to the kernel and from it, over one socket that stays open.

    NetlinkSocket   orders and questions; `Request` and `Reply` are their parts
    NetlinkRefusal  the kernel said no: its error number, and to which request
    NetlinkBroken   the socket gives no sensible answer: nothing is known of what was asked
      Interrupted   what was read has changed meanwhile

The kernel carries a request out while it is being sent, so answers are there when `send` returns;
the timeout is for a kernel that does otherwise. Needs CAP_NET_ADMIN to change anything.
Source: linux/netlink.h; man 7 netlink.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

ROUTE, NETFILTER = 0, 12  # protocols

REQUEST, ACKNOWLEDGE = 0x1, 0x4
REPLACE, CREATE, APPEND = 0x100, 0x400, 0x800
DUMP = 0x300
_INTERRUPTED = 0x10
_ERROR, _DONE, _OVERRUN = 2, 3, 4

_SOL_NETLINK, _CAP_ACK = 270, 10  # errors come without a copy of what was asked
_ANSWER_S_MAX = 1.0
_BYTES_MAX = 1 << 17  # of one datagram; a dump's pieces are at most 32 KiB
_ATTRIBUTE_TYPE = 0x3FFF  # without the flags for nesting and byte order
_NESTED = 0x8000

_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")
_CODE = struct.Struct("=i")
_BE32 = struct.Struct(">I")
_BE64 = struct.Struct(">Q")


class NetlinkRefusal(Exception):
    """The kernel said no. `position`: to which of the requests; `code`: its error number."""

    def __init__(self, code: int, position: int) -> None:
        super().__init__(f"{errno.errorcode.get(code, code)}: {os.strerror(code)}")
        self.code = code
        self.position = position


class NetlinkBroken(Exception):
    """No answer, or one that makes no sense."""


class Interrupted(NetlinkBroken):
    """What was read has changed meanwhile: read it again."""


class Request(NamedTuple):
    """What is asked. `body` is the family's own header and attributes."""

    type: int
    flags: int
    body: bytes


class Reply(NamedTuple):
    """One message of an answer."""

    type: int
    body: bytes


class NetlinkSocket:
    """One protocol's socket, in the network namespace in which it was made.

    Raises:
        NetlinkBroken: there is no such socket here.
    """

    def __init__(self, protocol: int) -> None:
        try:
            self._socket = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol
            )
            self._socket.setsockopt(_SOL_NETLINK, _CAP_ACK, 1)
            self._socket.bind((0, 0))
        except OSError as error:
            raise NetlinkBroken(f"no netlink socket: {error.strerror}") from error
        self._socket.settimeout(_ANSWER_S_MAX)
        self._sequence = 0

    def close(self) -> None:
        """Let go of the socket. Whatever the kernel was told stays."""
        self._socket.close()

    def order(
        self,
        requests: Sequence[Request],
        *,
        framed: bool = False,
        forgiven: Collection[int] = (),
    ) -> None:
        """Send requests in one datagram and wait until the kernel has taken them all.

        `framed`: the first and the last only hold the others together (netfilter's transactions: a
        no to one undoes all). Without a frame each request stands for itself. `forgiven` are error
        numbers that count as done.

        Raises:
            NetlinkRefusal: the first no.
            NetlinkBroken: nothing is known.
        """
        last = len(requests) - (2 if framed else 1)
        first = self._send(requests, acknowledge=last)
        refusal: NetlinkRefusal | None = None
        while True:
            for kind, sequence, _, body in self._receive():
                position = (sequence - first) & 0xFFFFFFFF
                if kind != _ERROR or position >= len(requests):
                    continue
                code = -_code(body)
                if code and code not in forgiven and refusal is None:
                    refusal = NetlinkRefusal(code, position)
                # A no to the frame itself is the only answer that there is.
                if position == last or (framed and position == 0):
                    if refusal is not None:
                        raise refusal
                    return

    def read(self, request: Request) -> list[Reply]:
        """The answer to one question: one message, or with `DUMP` a list of them.

        Raises:
            NetlinkRefusal: the kernel said no; ENOENT: there is no such thing.
            Interrupted: the list changed while it was read.
            NetlinkBroken: no answer.
        """
        listed = request.flags & DUMP == DUMP
        first = self._send([request], acknowledge=-1)
        replies: list[Reply] = []
        changed = False
        while True:
            for kind, sequence, flags, body in self._receive():
                if sequence != first:
                    continue  # left over from a question that was given up
                changed |= bool(flags & _INTERRUPTED)
                if kind == _ERROR or (kind == _DONE and _code(body)):
                    raise NetlinkRefusal(-_code(body), 0)
                if kind != _DONE:
                    replies.append(Reply(kind, body))
                if kind == _DONE or not listed:
                    if changed:  # told only now: the kernel gives no other list before the end
                        raise Interrupted("it changed while it was read")
                    return replies

    def _send(self, requests: Sequence[Request], *, acknowledge: int) -> int:
        """The sequence number of the first; each further request has the next one."""
        first = self._sequence + 1
        parts: list[bytes] = []
        for position, (kind, flags, body) in enumerate(requests):
            asked = flags | REQUEST | (ACKNOWLEDGE if position == acknowledge else 0)
            sequence = (first + position) & 0xFFFFFFFF
            parts += (_HEADER.pack(_HEADER.size + len(body), kind, asked, sequence, 0), body)
        self._sequence = (first + len(requests) - 1) & 0xFFFFFFFF
        try:
            self._socket.sendto(b"".join(parts), (0, 0))
        except OSError as error:  # a timeout is one too
            raise NetlinkBroken(f"nothing can be sent to the kernel: {error}") from error
        return first & 0xFFFFFFFF

    def _receive(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Type, sequence, flags and body of each message in the next datagram of the kernel."""
        try:
            data, (port, _) = self._socket.recvfrom(_BYTES_MAX)
        except OSError as error:
            raise NetlinkBroken(f"the kernel does not answer: {error}") from error
        offset = 0
        while port == 0 and offset + _HEADER.size <= len(data):
            length, kind, flags, sequence, _ = _HEADER.unpack_from(data, offset)
            if length < _HEADER.size or offset + length > len(data) or kind == _OVERRUN:
                raise NetlinkBroken("an answer of the kernel is cut off")
            yield kind, sequence, flags, data[offset + _HEADER.size : offset + length]
            offset += (length + 3) & ~3


def attribute(kind: int, value: bytes) -> bytes:
    """An attribute with its padding."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + b"\0" * (-len(value) % 4)


def nested(kind: int, *attributes: bytes) -> bytes:
    """An attribute made of attributes."""
    return attribute(kind | _NESTED, b"".join(attributes))


def text(kind: int, value: str) -> bytes:
    """An attribute that holds a name."""
    return attribute(kind, value.encode("ascii") + b"\0")


def be32(kind: int, value: int) -> bytes:
    """An attribute that holds 32 bits in network order."""
    return attribute(kind, _BE32.pack(value & 0xFFFFFFFF))


def be64(kind: int, value: int) -> bytes:
    """An attribute that holds 64 bits in network order."""
    return attribute(kind, _BE64.pack(value))


def listed(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and value of each attribute, in their order.

    Raises:
        NetlinkBroken: a length that cannot be.
    """
    offset = 0
    while offset + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < _ATTRIBUTE.size or offset + length > len(data):
            raise NetlinkBroken("an attribute of the kernel is cut off")
        yield kind & _ATTRIBUTE_TYPE, data[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3


def attributes(data: bytes) -> dict[int, bytes]:
    """Values by type, where each type stands once."""
    return dict(listed(data))


def number(value: bytes) -> int:
    """A number in network order; of nothing: 0."""
    return int.from_bytes(value, "big")


def name(value: bytes) -> str:
    """A name as it stands in an attribute."""
    return value.rstrip(b"\0").decode("ascii", "backslashreplace")


def _code(body: bytes) -> int:
    return int(_CODE.unpack_from(body)[0]) if len(body) >= _CODE.size else 0
