"""A router behind a real SSH server: it prompts, echoes and keeps static routes as VRP does.

By paramiko's server. It lets one key in, and shows the host key that it was given.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import paramiko  # type: ignore[import-untyped]

USER = "telemed-hook"
ACCEPT_S = 0.2
BITS = 2048
MISTAKE = "Error: Wrong parameter found at '^' position."
AUTHENTICATED: int = paramiko.AUTH_SUCCESSFUL
REFUSED: int = paramiko.AUTH_FAILED
OPENED: int = paramiko.OPEN_SUCCEEDED
NOT_OPENED: int = paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
ABSENT = "Error: The route does not exist."


@dataclass
class Device:
    """What it was told, and what it has."""

    host_key: paramiko.RSAKey
    user_key: paramiko.RSAKey
    port: int = 0
    routes: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)

    def answer(self, line: str) -> str:
        """What a router answers to a line of its configuration."""
        self.said.append(line)
        undo, words = line.startswith("undo "), line.removeprefix("undo ").split()
        if words[:2] != ["ip", "route-static"]:
            return "" if line.startswith("screen-length") else MISTAKE
        try:
            socket.inet_pton(socket.AF_INET, words[4])
        except OSError:
            return MISTAKE
        route = " ".join(words[2:5])
        if undo:
            absent = route not in self.routes
            self.routes.discard(route)
            return ABSENT if absent else ""
        self.routes.add(route)
        return ""


class _Door(paramiko.ServerInterface):  # type: ignore[misc]
    def __init__(self, device: Device) -> None:
        self._device = device
        self.shell = threading.Event()

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 (paramiko's own name)
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = username == USER and key == self._device.user_key
        return AUTHENTICATED if known else REFUSED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return OPENED if kind == "session" else NOT_OPENED

    def check_channel_pty_request(self, *_: object) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:  # noqa: ARG002
        self.shell.set()
        return True


def fresh_key() -> paramiko.RSAKey:
    """A key that nobody knows."""
    return paramiko.RSAKey.generate(BITS)


@contextmanager
def device() -> Iterator[Device]:
    """A router on 127.0.0.1; its keys are made for it."""
    made = Device(fresh_key(), fresh_key())
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(ACCEPT_S)
        made.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(listener, made, over))
        thread.start()
        try:
            yield made
        finally:
            over.set()
            thread.join()


def _serve(listener: socket.socket, device: Device, over: threading.Event) -> None:
    while not over.is_set():
        try:
            client, _ = listener.accept()
        except TimeoutError:
            continue
        with client:
            _speak(client, device)


def _speak(client: socket.socket, device: Device) -> None:
    """One session, to its end."""
    transport, door = paramiko.Transport(client), _Door(device)
    transport.add_server_key(device.host_key)
    try:
        transport.start_server(server=door)
        channel = transport.accept(10)
        if channel is not None and door.shell.wait(10):
            _shell(channel, device)
            channel.close()
    except (paramiko.SSHException, EOFError, OSError):
        pass  # the client did not like our key, or went away
    finally:
        transport.close()


def _shell(channel: paramiko.Channel, device: Device) -> None:
    prompt, deep = "<edge>", False
    channel.sendall(f"\r\nInfo: authorized use only.\r\n{prompt}".encode())
    lines = channel.makefile("r")
    for text in lines:
        line, answer = text.strip(), ""
        if line == "quit" and not deep:
            return
        if line in ("system-view", "return"):
            deep = line == "system-view"
            prompt = "[edge]" if deep else "<edge>"
        elif line:
            answer = device.answer(line)
        said = f"{answer}\r\n" if answer else ""
        channel.sendall(f"{line}\r\n{said}{prompt}".encode())
