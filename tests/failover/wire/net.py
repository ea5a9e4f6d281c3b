"""Endpoints of a small plan on real sockets, and what the centres are told."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

from failover.core.effects import SendBeat
from failover.core.messages import PATHS
from failover.wire import CentreEndpoint, ObserverEndpoint, Post, Told, WitnessEndpoint
from tests.failover.wire.places import OBSERVER, WITNESS, A, B, HandTurned, Places, beat, until

FIBRE, HEALTH = PATHS


class Net:
    """Endpoints by name, and what the centres were told."""

    def __init__(self, stack: ExitStack) -> None:
        self.places = Places()
        self.turned = HandTurned()
        self.told: dict[str, asyncio.Queue[Told]] = {A: asyncio.Queue(), B: asyncio.Queue()}
        self._stack = stack

    def centre(self, name: str) -> CentreEndpoint:
        plan, keyring = self.places.plan, self.places.keyring(name)
        outside = self.turned.outside()
        found = CentreEndpoint(plan, name, keyring, self.told[name].put_nowait, outside)
        self.open(found.post)
        return found

    def witness(self) -> WitnessEndpoint:
        plan, keyring = self.places.plan, self.places.keyring(WITNESS)
        found = WitnessEndpoint(plan, WITNESS, keyring, self.turned.outside())
        self.open(found.post)
        return found

    def observer(self) -> ObserverEndpoint:
        plan, keyring = self.places.plan, self.places.keyring(OBSERVER)
        found = ObserverEndpoint(plan, OBSERVER, keyring, self.turned.outside())
        self.open(found.post)
        return found

    def open(self, post: Post) -> None:
        self._stack.callback(post.close)
        post.open()

    def stranger(self, address: str) -> socket.socket:
        """A socket on an address of the plan, or on any other, and the plan's port."""
        found = self._stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        found.bind((address, self.places.plan.port))
        found.setblocking(False)
        return found

    def address(self, name: str, path: str) -> tuple[str, int]:
        return self.places.plan.site(name).addresses[path], self.places.plan.port


def forgotten(*_: object) -> None:
    """What becomes of anything that is lost."""


async def introduced(net: Net, a: CentreEndpoint, b: CentreEndpoint) -> None:
    """A's life has answered B."""
    a.send(SendBeat(HEALTH, beat(net.places)))
    await until(lambda: b.knows(A))
