"""Tells the supervisor that a process is ready, alive, or going. Source: sd_notify(3)."""

from __future__ import annotations

import os
import socket
from contextlib import suppress

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"


class Supervisor:
    """The socket that systemd gives; without one, nothing is said."""

    def __init__(self, address: str | None = None) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "") if address is None else address
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket: socket.socket | None = None
        if address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def say(self, *words: str) -> None:
        """Say it; never waits, and never fails for a supervisor that does not listen."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.sendto("\n".join(words).encode(), self._address)

    def status(self, text: str) -> None:
        """A line for `systemctl status`."""
        self.say(f"STATUS={text}")

    def close(self) -> None:
        """Let go of the socket."""
        if self._socket is not None:
            self._socket.close()
