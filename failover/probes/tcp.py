"""A TCP connection: whether something listens."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

from failover.probes.attempt import words


class TcpProbe:
    """Connects to an address and hangs up.

    Raises:
        ValueError: it is no IP address. No name is looked up: that could take longer than all else.
    """

    def __init__(self, address: str, port: int) -> None:
        self._address = str(ip_address(address))
        self._port = port

    async def attempt(self) -> str:
        """Why nothing listens; empty: something does."""
        try:
            _, writer = await asyncio.open_connection(self._address, self._port)
        except OSError as error:
            return words(error)
        writer.close()
        return ""
