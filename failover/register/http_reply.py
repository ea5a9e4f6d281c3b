"""One reply of an HTTP/1.1 server, read from a stream: as much of RFC 9112 as etcd's gateway says.

Everything is bounded, because what answers may be anything that listens on the port.
"""

from __future__ import annotations

import re
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader
from dataclasses import dataclass

BODY_BYTES_MAX = 2 << 20  # the largest transaction in base64, with room; /metrics has 100 kB
HEAD_BYTES_MAX = 1 << 14  # also the reader's limit, see `failover.register.etcd_gateway`
STATUS = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n")
CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
LENGTH = re.compile(rb"[0-9]{1,12}")


class BrokenReply(Exception):
    """The words are none that this protocol has, or too many."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered. `reusable`: the connection may carry another question."""

    status: int
    body: bytes
    reusable: bool


async def read_reply(stream: StreamReader) -> Reply:
    """Reads one whole reply; waits as long as its caller lets it.

    Raises:
        BrokenReply: It is not HTTP/1.1, is too long, or ended early.
        OSError: The connection broke.
    """
    try:
        return await _read_reply(stream)
    except IncompleteReadError as error:
        raise BrokenReply("the connection ended in the middle of an answer") from error
    except LimitOverrunError as error:
        raise BrokenReply("an answer with a head that is too long") from error


async def _read_reply(stream: StreamReader) -> Reply:
    head = await stream.readuntil(b"\r\n\r\n")
    status = STATUS.match(head)
    if not status:
        raise BrokenReply("an answer that is not HTTP/1.1")
    fields = _fields(head[status.end() : -4])
    if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
        body = await _chunks(stream)
    else:
        body = await stream.readexactly(_length(fields.get(b"content-length", b"")))
    return Reply(int(status[1]), body, fields.get(b"connection", b"").lower() != b"close")


def _fields(lines: bytes) -> dict[bytes, bytes]:
    """Names in small letters; of a name that stands twice the last, of which we use none."""
    pairs = (line.partition(b":") for line in lines.split(b"\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _length(word: bytes) -> int:
    if not LENGTH.fullmatch(word):
        raise BrokenReply("an answer that does not tell its length")
    return _bounded(int(word))


def _bounded(size: int) -> int:
    if size > BODY_BYTES_MAX:
        raise BrokenReply(f"an answer of more than {BODY_BYTES_MAX} bytes")
    return size


async def _chunks(stream: StreamReader) -> bytes:
    """The body in its chunks, with the trailer that etcd sends after an error read and dropped."""
    body = bytearray()
    while True:
        line = await stream.readuntil(b"\r\n")
        size = CHUNK.fullmatch(line)
        if not size:
            raise BrokenReply("a chunk without a size")
        if int(size[1], 16) == 0:
            await _skip_trailer(stream)
            return bytes(body)
        _bounded(len(body) + int(size[1], 16))
        body += await stream.readexactly(int(size[1], 16))
        if await stream.readexactly(2) != b"\r\n":
            raise BrokenReply("a chunk longer than its size")


async def _skip_trailer(stream: StreamReader) -> None:
    size = 0
    while (line := await stream.readuntil(b"\r\n")) != b"\r\n":
        size += len(line)
        if size > HEAD_BYTES_MAX:
            raise BrokenReply("an answer with a trailer that is too long")
