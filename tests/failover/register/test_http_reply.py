"""Replies of HTTP servers, also of those that are none."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.register.http_reply import (
    BODY_BYTES_MAX,
    HEAD_BYTES_MAX,
    BrokenReply,
    Reply,
    read_reply,
)

# As etcd 3.4 answers: an error comes in chunks, with a trailer.
REFUSAL = (
    b"HTTP/1.1 412 Precondition Failed\r\nContent-Type: application/json\r\n"
    b"Trailer: Grpc-Trailer-Content-Type\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'7\r\n{"a": 1\r\n1\r\n}\r\n0\r\nGrpc-Trailer-Content-Type: application/grpc\r\n\r\n'
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def read(*parts: bytes, ends: bool = True) -> Reply:
    """A reply that comes in these parts."""

    async def run() -> Reply:
        stream = StreamReader(limit=HEAD_BYTES_MAX)
        reading = asyncio.create_task(read_reply(stream))
        for part in parts:
            stream.feed_data(part)
            await asyncio.sleep(0)
        if ends:
            stream.feed_eof()
        return await reading

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (ANSWER, Reply(200, b"{}", reusable=True)),
        (REFUSAL, Reply(412, b'{"a": 1}', reusable=True)),
        (
            b"HTTP/1.1 503 \r\nconnection: Close\r\nCONTENT-LENGTH: 0\r\n\r\n",
            Reply(503, b"", reusable=False),
        ),
        (
            b"HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\n\r\n",
            Reply(200, b"{}", reusable=True),
        ),
    ],
)
def test_a_reply_ends_where_it_says(text: bytes, reply: Reply) -> None:
    assert read(text, ends=False) == reply
    assert read(*(text[place : place + 1] for place in range(len(text))), ends=False) == reply
    assert read(text + b"more") == reply


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "ended in the middle"),
        (ANSWER[:-1], "ended in the middle"),
        (REFUSAL[:-4], "ended in the middle"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "not HTTP/1.1"),
        (b"HTTP/2 200\r\n\r\n", "not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\n\r\n{}", "does not tell its length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "does not tell its length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "more than 2097152 bytes"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"a" * HEAD_BYTES_MAX + b"\r\n\r\n", "head that is too long"),
        (REFUSAL.replace(b"7\r\n", b"six\r\n"), "chunk without a size"),
        (REFUSAL.replace(b"7\r\n", b"6\r\n"), "chunk longer than its size"),
        (REFUSAL.replace(b"7\r\n", b"7fffffff\r\n"), "more than 2097152 bytes"),
        (REFUSAL[:-2] + b"A: b\r\n" * HEAD_BYTES_MAX, "trailer that is too long"),
    ],
)
def test_what_is_no_reply_is_malformed(text: bytes, words: str) -> None:
    with pytest.raises(BrokenReply, match=words):
        read(text)


def test_chunks_do_not_add_up_beyond_the_bound() -> None:
    chunk = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    assert BODY_BYTES_MAX == 2 << 20
    with pytest.raises(BrokenReply, match="more than"):
        read(REFUSAL[: REFUSAL.index(b"7\r\n")], chunk, chunk, chunk)


@given(st.binary(max_size=60), st.sampled_from([b"", ANSWER, REFUSAL]), st.integers(0, 300))
def test_whatever_comes_the_reader_does_not_fall_over(
    noise: bytes, text: bytes, place: int
) -> None:
    with suppress(BrokenReply):
        assert 100 <= read(text[:place] + noise + text[place:]).status < 600
