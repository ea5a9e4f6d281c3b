"""A service that keeps no data: it answers each request with the name of its centre.

    python -m failover.laboratory.server --name dc-a [--record FILE] ADDRESS…

A request is a datagram, or a line of a TCP connection; the answer is the request, a space, and the
name. It listens on the service addresses alone, whether they stand on this machine or not: only the
guard decides who gets in. `--record`: what was carried out, a line each: when (monotonic seconds),
and the request, whether or not the answer ever left this machine.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import cast

PORT = 8080
BYTES_MAX = 200
CONNECTIONS_MAX = 512
FREE_BIND = 15  # IP_FREEBIND: to an address that no interface has


class Service:
    """What is done with a request."""

    def __init__(self, name: str, record: int | None) -> None:
        self._name = name.encode()
        self._record = record

    def carry_out(self, request: bytes) -> bytes:
        """The answer; the request is recorded first."""
        if self._record is not None:
            os.write(self._record, b"%.6f %s\n" % (time.monotonic(), request))
        return request + b" " + self._name


class Datagrams(asyncio.DatagramProtocol):
    """Requests by UDP."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the loop."""
        if self._transport is not None and len(data) <= BYTES_MAX:
            self._transport.sendto(self._service.carry_out(data), addr)

    def error_received(self, exc: Exception) -> None:
        """The guard dropped an answer, or the link is down: the client will see."""


class Lines(asyncio.Protocol):
    """Requests by TCP, a line each."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        assert self._transport is not None
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._transport.write(self._service.carry_out(line) + b"\n")
        if len(self._rest) > BYTES_MAX:
            self._transport.abort()


async def serve(service: Service, addresses: Sequence[str]) -> None:
    """Until SIGTERM or SIGINT."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    for address in addresses:
        await loop.create_datagram_endpoint(
            lambda: Datagrams(service), sock=_bound(address, socket.SOCK_DGRAM)
        )
        await loop.create_server(
            lambda: Lines(service),
            sock=_bound(address, socket.SOCK_STREAM),
            backlog=CONNECTIONS_MAX,
        )
    await ended.wait()


def _bound(address: str, kind: socket.SocketKind) -> socket.socket:
    made = socket.socket(socket.AF_INET, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.IPPROTO_IP, FREE_BIND, 1)
    made.settimeout(0)
    made.bind((address, PORT))
    return made


def main() -> None:
    """Serve."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("addresses", nargs="+", metavar="ADDRESS")
    parser.add_argument("--name", required=True)
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    record = None
    if options.record is not None:
        record = os.open(options.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    asyncio.run(serve(Service(options.name, record), options.addresses))


if __name__ == "__main__":
    main()
