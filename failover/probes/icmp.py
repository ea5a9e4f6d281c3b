"""ICMP echo over IPv4 (RFC 792), without root where the kernel lets this group ask.

The kernel's own ping socket needs the process's group in `net.ipv4.ping_group_range`; where it is
not, a raw socket is tried, which needs CAP_NET_RAW.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from collections.abc import Callable
from ipaddress import IPv4Address

from failover.probes.attempt import words

ECHO_REPLY, ECHO_REQUEST = 0, 8
HEADER = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence
TOKEN_BYTES = 16
PACKET_BYTES_MAX = 2048
PROTOCOL_AT, ICMP = 9, 1  # in the IP header. Source: RFC 791 §3.1


class IcmpProbe:
    """Asks an address for an echo, `tries` times each `apart_s` until one comes back.

    Several, because one lost packet is no outage. A deadline shorter than `tries × apart_s` comes
    before the last of them.

    Raises:
        ValueError: it is not an IPv4 address.
    """

    def __init__(
        self,
        address: str,
        *,
        tries: int = 3,
        apart_s: float = 0.2,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._address = str(IPv4Address(address))
        self._tries = tries
        self._apart_s = apart_s
        self._random_bytes = random_bytes

    async def attempt(self) -> str:
        """Why no echo came; empty: one did."""
        try:
            with opened() as asking:
                # Only this address's packets are delivered then.
                asking.connect((self._address, 0))
                return await self._ask(asking)
        except OSError as error:
            return words(error)

    async def _ask(self, asking: socket.socket) -> str:
        token = self._random_bytes(TOKEN_BYTES)
        identifier = int.from_bytes(token[:2], "big")  # a ping socket puts its own instead
        loop = asyncio.get_running_loop()
        for sequence in range(1, self._tries + 1):
            await loop.sock_sendall(asking, echo_request(identifier, sequence, token))
            try:
                async with asyncio.timeout(self._apart_s):
                    while not is_echo(await loop.sock_recv(asking, PACKET_BYTES_MAX), token):
                        pass
                return ""
            except TimeoutError:
                continue
        return f"none of {self._tries} echoes came back"


def opened() -> socket.socket:
    """A socket that speaks ICMP, and does not block.

    Raises:
        OSError: the kernel allows neither kind to this process.
    """
    try:
        return socket.socket(
            socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, socket.IPPROTO_ICMP
        )
    except PermissionError:
        return socket.socket(
            socket.AF_INET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.IPPROTO_ICMP
        )


def echo_request(identifier: int, sequence: int, token: bytes) -> bytes:
    """An echo request that carries a token."""
    bare = HEADER.pack(ECHO_REQUEST, 0, 0, identifier, sequence) + token
    return HEADER.pack(ECHO_REQUEST, 0, checksum(bare), identifier, sequence) + token


def is_echo(packet: bytes, token: bytes) -> bool:
    """Whether a packet, with its IP header (raw socket) or without, is an echo of this token."""
    message = packet[_header_bytes(packet) :]
    if len(message) < HEADER.size:
        return False
    kind, code, *_ = HEADER.unpack_from(message)
    return (kind, code) == (ECHO_REPLY, 0) and message[HEADER.size :] == token


def checksum(content: bytes) -> int:
    """The Internet checksum. Source: RFC 1071."""
    if len(content) % 2:
        content += b"\0"
    total = sum(int(word) for (word,) in struct.iter_unpack("!H", content))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _header_bytes(packet: bytes) -> int:
    """The length of the IP header: it begins with 4, and an echo's ICMP message with 0."""
    if len(packet) <= PROTOCOL_AT or packet[0] >> 4 != 4 or packet[PROTOCOL_AT] != ICMP:
        return 0
    return (packet[0] & 0x0F) * 4
