"""An HTTP or HTTPS GET on asyncio's streams: no thread, no name look-up, everything bounded.

Of the answer, the status counts, and a word in the body where one is expected: a page of a proxy
that says 200 is no service.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from failover.probes.attempt import words

HEAD_BYTES_MAX = 1 << 14
BODY_BYTES_MAX = 1 << 16  # of the body, as much is searched for the expected word
STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n")
PATH = re.compile(r"/[!-~]*")
FINE = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is asked for.

    `server_name` is what the certificate must be made out to, and the name in `Host`; empty: the
    address. `expected` must stand in the first 64 kB of the body.

    Raises:
        ValueError: the address is none, or the path holds more than a path may.
    """

    address: str
    port: int
    path: str = "/"
    server_name: str = ""
    expected: bytes = b""
    tls: ssl.SSLContext | None = None  # None: plain HTTP

    def __post_init__(self) -> None:
        ip_address(self.address)
        if not PATH.fullmatch(self.path):
            raise ValueError(f"`{self.path}` is no path")

    def request(self) -> bytes:
        """The question as it goes over the wire. Source: RFC 9112 §3."""
        name = self.server_name or self.address
        host = f"[{name}]" if ":" in name else name
        lines = (
            f"GET {self.path} HTTP/1.1",
            f"Host: {host}:{self.port}",
            "User-Agent: telemed-failover",
            "Accept: */*",
            "Connection: close",
        )
        return "\r\n".join([*lines, "", ""]).encode("ascii")


class HttpProbe:
    """Gets a page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def attempt(self) -> str:
        """Why the page is not there; empty: it is."""
        page = self._page
        try:
            reader, writer = await asyncio.open_connection(
                page.address,
                page.port,
                ssl=page.tls,
                server_hostname=(page.server_name or page.address) if page.tls else None,
                limit=HEAD_BYTES_MAX,
            )
        except OSError as error:  # a certificate that is not trusted is one
            return words(error)
        try:
            writer.write(page.request())
            return await self._judged(reader)
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            return f"a broken answer: {words(error)}"
        finally:
            # At once: TLS would wait up to 30 s for the farewell of a dead server.
            writer.transport.abort()

    async def _judged(self, reader: asyncio.StreamReader) -> str:
        head = await reader.readuntil(b"\r\n\r\n")
        status = STATUS.match(head)
        if not status:
            return "an answer that is not HTTP/1"
        if int(status[1]) not in FINE:
            return f"HTTP {int(status[1])}"
        if not self._page.expected:
            return ""
        body = b""
        while len(body) < BODY_BYTES_MAX and self._page.expected not in body:
            more = await reader.read(BODY_BYTES_MAX - len(body))
            if not more:
                return "the expected word is not in the page"
            body += more
        return "" if self._page.expected in body else "the expected word is not in the page"


def tls_context(authority: Path) -> ssl.SSLContext:
    """A client's context: TLS 1.2 or newer, this authority alone, the name or address checked.

    Raises:
        OSError: the file cannot be read, or is no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(authority)
    return context
