"""ICMP, TCP, HTTP and SQL against real sockets; the kernel's own echo where it lets us ask."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.probes import HttpProbe, IcmpProbe, Page, SqlProbe, TcpProbe, tls_context
from failover.probes.attempt import tried
from failover.probes.http_get import BODY_BYTES_MAX, HEAD_BYTES_MAX
from failover.probes.icmp import (
    ECHO_REPLY,
    HEADER,
    TOKEN_BYTES,
    checksum,
    echo_request,
    is_echo,
)
from tests.failover.register.authority import LOOPBACK, SERVER, Authority
from tests.failover.register.loops import on_loop

ROOT = Path(__file__).resolve().parents[3]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def serving(answer: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that reads a request and says this; its port."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, LOOPBACK, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


# --- ICMP ----------------------------------------------------------------------------------


def test_the_checksum_is_that_of_the_rfc() -> None:
    """Source: RFC 1071 §3: the sum of these words is ddf2."""
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


@given(st.binary(max_size=40))
def test_what_carries_its_checksum_sums_to_zero(token: bytes) -> None:
    even = token + b"\0" * (len(token) % 2)
    assert checksum(echo_request(7, 1, even)) == 0


@given(st.binary(min_size=TOKEN_BYTES, max_size=TOKEN_BYTES), st.integers(5, 15))
def test_an_echo_is_known_with_and_without_its_ip_header(token: bytes, words: int) -> None:
    reply = HEADER.pack(ECHO_REPLY, 0, 0, 1, 1) + token
    header = bytes([0x40 | words]) + bytes(8) + b"\1" + bytes(words * 4 - 10)
    assert is_echo(reply, token)
    assert is_echo(header + reply, token)
    assert not is_echo(echo_request(1, 1, token), token)
    assert not is_echo(header + reply, token[::-1] + b"x")


@given(st.binary(max_size=80))
def test_other_packets_are_no_echo(packet: bytes) -> None:
    assert not is_echo(packet, b"a token of 16 by")


@pytest.mark.root
@on_loop
async def test_the_kernel_answers() -> None:
    assert await IcmpProbe("127.0.0.1").attempt() == ""


SCRIPT = """
import asyncio
from failover.probes import IcmpProbe
from failover.probes.icmp import opened
with opened() as found:
    print(found.type.name)
for address in ("127.0.0.1", "192.0.2.9", "198.51.100.1"):
    print(asyncio.run(IcmpProbe(address, tries=2, apart_s=0.05).attempt()))
"""
NAMESPACE = """
ip link set lo up
ip address add 192.0.2.1/32 dev lo
ip route add 192.0.2.9/32 dev lo  # comes back, is nobody's, and is dropped
echo 0 0 > /proc/sys/net/ipv4/ping_group_range
exec "$@"
"""


@pytest.mark.root
@pytest.mark.debian("ip", "unshare")
def test_icmp_without_root_where_the_group_may_ask() -> None:
    """In a network of its own: an address that answers, one that is silent, one without a way."""
    words = ["unshare", "--net", "sh", "-ec", NAMESPACE, "sh", sys.executable, "-c", SCRIPT]
    said = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    assert said.stdout.splitlines() == [
        "SOCK_DGRAM",
        "",
        "none of 2 echoes came back",
        "[Errno 101] Network is unreachable",
    ]


# --- TCP -----------------------------------------------------------------------------------


@on_loop
async def test_tcp() -> None:
    async with serving(b"") as port:
        assert await TcpProbe(LOOPBACK, port).attempt() == ""
    assert "Connect call failed" in await TcpProbe(LOOPBACK, port).attempt()


# --- HTTP ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected", "why"),
    [
        (OK, b"", ""),
        (OK, b"ok", ""),
        (OK, b"other", "the expected word is not in the page"),
        (b"HTTP/1.0 204 \r\n\r\n", b"", ""),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", b"", "HTTP 503"),
        (b"HTTP/1.1 302 Found\r\n\r\n", b"", "HTTP 302"),
        (b"HTTP/2 200 OK\r\n\r\n", b"", "an answer that is not HTTP/1"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"", "an answer that is not HTTP/1"),
        (b"", b"", "a broken answer: 0 bytes read on a total of undefined expected bytes"),
        (
            b"HTTP/1.1 200 OK\r\n" + b"x" * (3 * HEAD_BYTES_MAX),
            b"",
            "a broken answer: Separator is not found, and chunk exceed the limit",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (BODY_BYTES_MAX + 9) + b"ok", b"ok",
         "the expected word is not in the page"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (BODY_BYTES_MAX - 2) + b"ok", b"ok", ""),
    ],
)  # fmt: skip
def test_http(answer: bytes, expected: bytes, why: str) -> None:
    @on_loop
    async def check() -> None:
        async with serving(answer) as port:
            page = Page(address=LOOPBACK, port=port, expected=expected)
            assert await HttpProbe(page).attempt() == why

    check()


@on_loop
async def test_https_trusts_one_authority_and_looks_at_the_name(tmp_path: Path) -> None:
    authority, other = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    files = authority.sign("server", [SERVER])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    ours, theirs = tls_context(authority.path), tls_context(other.path)
    async with serving(OK, server) as port:

        async def got(tls: ssl.SSLContext | None, name: str = "") -> str:
            page = Page(address=LOOPBACK, port=port, tls=tls, server_name=name)
            return await HttpProbe(page).attempt()

        assert await got(ours) == ""
        assert await got(ours, "localhost") == ""
        assert "certificate verify failed" in await got(ours, "portal.example")
        assert "certificate verify failed" in await got(theirs)
        assert await got(None)


@on_loop
async def test_a_silent_server_costs_no_more_than_the_deadline(tmp_path: Path) -> None:
    """Connecting, the handshake of TLS and the answer: each may hang."""
    tls = tls_context(Authority(tmp_path).path)
    clock = asyncio.get_running_loop().time
    with socket.create_server((LOOPBACK, 0)) as hole:
        port = hole.getsockname()[1]
        for page in (Page(address=LOOPBACK, port=port),
                     Page(address=LOOPBACK, port=port, tls=tls)):  # fmt: skip
            outcome = await tried(HttpProbe(page), deadline_s=0.05, clock=clock)
            assert outcome.why == "no answer in 0.05 s"


@pytest.mark.parametrize(
    "make",
    [
        lambda: TcpProbe("portal.example", 443),
        lambda: IcmpProbe("2001:db8::1"),
        lambda: Page(address="portal.example", port=443),
        lambda: Page(address=LOOPBACK, port=443, path="health"),
        lambda: Page(address=LOOPBACK, port=443, path="/a b"),
        lambda: Page(address=LOOPBACK, port=443, path="/a\r\nX: y"),
    ],
)
def test_names_and_broken_paths_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        make()


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    page = Page(address="2001:db8::1", port=8443, path="/health")
    assert b"GET /health HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n" in page.request()


# --- SQL -----------------------------------------------------------------------------------


class DatabaseError(Exception):
    """As a library has one."""


class Rows:
    def __init__(self, row: Any) -> None:
        self._row = row

    async def fetchone(self) -> Any:
        if isinstance(self._row, Exception):
            raise self._row
        return self._row


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ((1,), ""),
        ([1], ""),
        (None, "an answer without sense: None"),
        ((2,), "an answer without sense: (2,)"),
        (DatabaseError("the connection is lost"), "the connection is lost"),
        (DatabaseError(), "DatabaseError"),
        (ConnectionResetError(104, "reset"), "[Errno 104] reset"),
    ],
)
def test_sql(row: object, why: str) -> None:
    asked: list[str] = []

    async def execute(statement: str) -> Rows:
        asked.append(statement)
        return Rows(row)

    @on_loop
    async def check() -> None:
        assert await SqlProbe(execute, (DatabaseError,)).attempt() == why

    check()
    assert asked == ["SELECT 1"]


@on_loop
async def test_an_error_of_the_program_is_not_one_of_the_database() -> None:
    async def execute(_: str) -> Rows:
        raise TypeError("a defect")

    with pytest.raises(TypeError, match="a defect"):
        await SqlProbe(execute, (DatabaseError,)).attempt()
