# ruff: noqa: ARG002 (asyncssh calls with arguments that are not all wanted)
"""Many emulated devices in one thread, each with an address of its own.

with Fleet([Device(name="SW1", platform="huawei_vrp", address="127.10.0.1")]) as fleet:
    fleet["SW1"].running
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from types import TracebackType

import asyncssh

from tests.emulator.machine import Device, Kind, Machine, machine_of
from tests.emulator.session import Session

START_S_MAX = 60.0


class Fleet:
    """Devices that listen between entry and exit."""

    def __init__(self, devices: list[Device]) -> None:
        self._machines = {device.name: machine_of(device) for device in devices}
        self._keys = {name: asyncssh.generate_private_key("ssh-ed25519") for name in self._machines}
        self._closers: list[asyncio.AbstractServer | asyncssh.SSHAcceptor] = []
        self._connections: dict[str, set[asyncssh.SSHServerConnection]] = {
            name: set() for name in self._machines
        }

    def __enter__(self) -> Fleet:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(START_S_MAX)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(START_S_MAX)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __getitem__(self, name: str) -> Machine:
        return self._machines[name]

    def known_hosts(self) -> str:
        """The key of each device in OpenSSH's form; a wrong key is not the one named here."""
        lines = []
        for name, machine in self._machines.items():
            device = machine.device
            key = self._keys[name]
            if machine.fault(Kind.WRONG_HOST_KEY):
                key = asyncssh.generate_private_key("ssh-ed25519")
            public = key.export_public_key().decode().strip()
            lines.append(f"[{device.address}]:{device.port} {public}\n")
        return "".join(lines)

    def advance(self, seconds: float) -> None:
        """Time goes by on all devices: timed commits and jobs fall due."""

        async def go() -> None:
            for machine in self._machines.values():
                machine.advance(seconds)

        asyncio.run_coroutine_threadsafe(go(), self._loop).result(START_S_MAX)

    async def _start(self) -> None:
        for name, machine in self._machines.items():
            device = machine.device
            if machine.fault(Kind.SILENT):
                silent = await asyncio.start_server(
                    lambda _reader, _writer: None, device.address, device.port
                )
                self._closers.append(silent)
                continue
            machine.hang_up = lambda name=name: self._hang_up(name)  # type: ignore[misc]
            self._closers.append(
                await asyncssh.listen(
                    device.address, device.port, server_host_keys=[self._keys[name]],
                    server_factory=lambda m=machine, n=name: Door(m, self._connections[n]),
                    line_editor=False, encoding="utf-8",
                )
            )  # fmt: skip

    def _hang_up(self, name: str) -> None:
        for connection in list(self._connections[name]):
            connection.abort()

    async def _stop(self) -> None:
        for closer in self._closers:
            closer.close()
        going = [each for held in self._connections.values() for each in held]
        for connection in going:
            connection.abort()
        for connection in going:
            await asyncio.wait_for(connection.wait_closed(), START_S_MAX)
        for closer in self._closers:
            await asyncio.wait_for(closer.wait_closed(), START_S_MAX)


class Door(asyncssh.SSHServer):
    """Who may log in to one device."""

    def __init__(self, machine: Machine, open_now: set[asyncssh.SSHServerConnection]) -> None:
        self._machine, self._open_now = machine, open_now
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._open_now.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is not None:
            self._open_now.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        device = self._machine.device
        refused = self._machine.fault(Kind.LOGIN_REFUSED)
        return not refused and (username, password) == (device.username, device.password)

    def session_requested(self) -> Terminal:
        assert self._connection is not None
        return Terminal(self._machine, self._connection)


class Terminal(asyncssh.SSHServerSession[str]):
    """One session's wire: what comes in goes to the dialogue, what it says goes out."""

    def __init__(self, machine: Machine, connection: asyncssh.SSHServerConnection) -> None:
        self._machine, self._connection = machine, connection
        self._channel: asyncssh.SSHServerChannel[str] | None = None
        self._session = Session(machine, self._say, connection.abort)

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self._channel = chan

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: Mapping[int, int]
    ) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        self._session.begin()

    def data_received(self, data: str, datatype: asyncssh.DataType) -> None:
        self._session.receive(data.replace("\r\n", "\n"))

    def _say(self, text: str) -> None:
        slow = self._machine.fault(Kind.SLOW)
        if slow:
            asyncio.get_running_loop().call_later(slow.seconds, self._send, text)
        else:
            self._send(text)

    def _send(self, text: str) -> None:
        if self._channel is not None and not self._channel.is_closing():
            self._channel.write(text)
