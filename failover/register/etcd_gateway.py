"""The way to an etcd server: HTTP/1.1 with mutual TLS, on connections that are kept.

    Gateway           one question to one server; failure is a value (a Protocol: the fake is short)
      HttpsGateway    the real one; the only place here that knows sockets and certificates

A question may be sent twice: a kept connection that turns out dead is opened anew within the try.
So a question must be one that etcd may be asked again; all of ours are.

A certificate of a server needs both purposes, serverAuth *and* clientAuth: etcd's gateway dials the
server's own port with it and answers 503 otherwise. Source: the spike, §2.
"""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

from failover.register.hedging import Failure
from failover.register.http_reply import HEAD_BYTES_MAX, BrokenReply, Reply, read_reply

# A connection that was silent for longer may have been forgotten by a firewall in between: a
# question on it would wait for nothing.
IDLE_S_MAX = 20.0
# Of one server: a renewal and a look may be under way together.
KEPT_MAX = 2
REFUSAL_BYTES_MAX = 500  # of what a server says when it says no


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a member of the cluster is asked.

    `name` is the member's name in the plan and in etcd. `address` is an IP address: a take-over
    must not wait for a name server, nor the client start a thread to ask one. `server_name` is what
    the certificate must be made out to; empty: the address.
    """

    name: str
    address: str
    port: int
    server_name: str = ""

    def __post_init__(self) -> None:
        ip_address(self.address)


@dataclass(frozen=True, slots=True)
class Question:
    """A request: JSON to a path of the gateway, or, without a body, a plain GET."""

    path: str
    body: bytes = b""

    def text_for(self, endpoint: Endpoint) -> bytes:
        """The request as it goes over the wire."""
        address = f"[{endpoint.address}]" if ":" in endpoint.address else endpoint.address
        head = [
            f"{'POST' if self.body else 'GET'} {self.path} HTTP/1.1",
            f"Host: {address}:{endpoint.port}",
        ]
        if self.body:
            head += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*head, "", ""]).encode("ascii") + self.body


class Gateway(Protocol):
    """One question to one server. Waits as long as its caller lets it; may be cancelled."""

    async def ask(self, endpoint: Endpoint, question: Question) -> bytes | Failure:
        """The body of an answer that says yes (HTTP 200), or why there is none."""
        ...

    async def close(self) -> None:
        """Ends the connections."""
        ...


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: whom we trust, who we are."""

    authority: Path
    certificate: Path
    key: Path

    def paths(self) -> tuple[Path, Path, Path]:
        """All three."""
        return self.authority, self.certificate, self.key


class HttpsGateway:
    """Keeps connections to each server, `KEPT_MAX` at most.

    A changed certificate file is used from the next new connection on: certificates are renewed
    without a restart, which would cost every instance an epoch.
    """

    def __init__(self, files: TlsFiles, *, idle_s_max: float = IDLE_S_MAX) -> None:
        self._files = files
        self._idle_s_max = idle_s_max
        self._context: ssl.SSLContext | None = None
        self._context_stamp: Sequence[int] = ()
        self._kept: dict[Endpoint, list[_Connection]] = {}
        self._closed = False

    async def ask(self, endpoint: Endpoint, question: Question) -> bytes | Failure:
        """The body of an answer that says yes (HTTP 200), or why there is none."""
        if self._closed:
            return Failure("closed")
        try:
            reply = await self._ask(endpoint, question)
        except (OSError, BrokenReply) as error:
            return Failure(_words(error))
        if reply.status != 200:
            return Failure(f"HTTP {reply.status}: {_printable(reply.body)}")
        return reply.body

    async def close(self) -> None:
        """Ends the connections that are kept; one with a question under way ends with it."""
        self._closed = True
        while self._kept:
            for connection in self._kept.popitem()[1]:
                connection.abort()

    async def _ask(self, endpoint: Endpoint, question: Question) -> Reply:
        kept = self._take(endpoint)
        if kept:
            try:
                return await self._ask_on(kept, endpoint, question)
            except (OSError, BrokenReply):
                pass  # the server closed it meanwhile, most likely: once more, on a new one
        return await self._ask_on(await self._open(endpoint), endpoint, question)

    async def _ask_on(
        self, connection: _Connection, endpoint: Endpoint, question: Question
    ) -> Reply:
        reusable = False
        try:
            reply = await connection.ask(question.text_for(endpoint))
            reusable = reply.reusable
            return reply
        finally:
            # Not after a cancelled or broken question: its answer may still come.
            if reusable:
                self._keep(endpoint, connection)
            else:
                connection.abort()

    def _keep(self, endpoint: Endpoint, connection: _Connection) -> None:
        kept = self._kept.setdefault(endpoint, [])
        if self._closed or len(kept) >= KEPT_MAX:
            connection.abort()
        else:
            kept.append(connection)

    def _take(self, endpoint: Endpoint) -> _Connection | None:
        kept = self._kept.get(endpoint, [])
        while kept:
            connection = kept.pop()
            if connection.usable(self._idle_s_max):
                return connection
            connection.abort()
        return None

    async def _open(self, endpoint: Endpoint) -> _Connection:
        reader, writer = await asyncio.open_connection(
            endpoint.address,
            endpoint.port,
            ssl=self._tls(),
            server_hostname=endpoint.server_name or endpoint.address,
            limit=HEAD_BYTES_MAX,
        )
        return _Connection(reader, writer)

    def _tls(self) -> ssl.SSLContext:
        """The context of the files as they are now; the last good one while they are being changed.

        Raises:
            OSError: They cannot be read, and never could (`ssl.SSLError` is one).
        """
        try:
            stamp = [path.stat().st_mtime_ns for path in self._files.paths()]
            if self._context is None or stamp != self._context_stamp:
                self._context, self._context_stamp = tls_context(self._files), stamp
        except OSError:
            if self._context is None:
                raise
        return self._context


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """A client's context: TLS 1.2 or newer, our authority alone, and the name or address checked.

    Raises:
        OSError: A file cannot be read, or is none of its kind, or key and certificate differ.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(files.authority)
    # An empty password, so that an encrypted key is an error and not a question on the terminal.
    context.load_cert_chain(files.certificate, files.key, password="")
    return context


class _Connection:
    """An open connection; carries one question at a time."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = asyncio.get_running_loop().time
        self._used_at = self._clock()

    def usable(self, idle_s_max: float) -> bool:
        """Not closed by the other side, as far as is known, and not silent for long."""
        fresh = self._clock() - self._used_at < idle_s_max
        return fresh and not self._reader.at_eof() and not self._writer.is_closing()

    async def ask(self, text: bytes) -> Reply:
        self._writer.write(text)
        await self._writer.drain()
        reply = await read_reply(self._reader)
        self._used_at = self._clock()
        return reply

    def abort(self) -> None:
        """At once and without farewell: TLS waits up to 30 s for that of a dead server."""
        self._writer.transport.abort()


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _printable(body: bytes) -> str:
    return " ".join(body[:REFUSAL_BYTES_MAX].decode("utf-8", "replace").split())
