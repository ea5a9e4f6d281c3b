"""Which way a packet takes from device to device, by the routes that have come to rest.

At each device the longest prefix decides; among equals an interface comes before a static route,
and that before what a neighbour has told. A next hop that no interface sees is looked up again.
"""

from __future__ import annotations

from enum import Enum
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from telemed_infra.prove.propagation import Fabric, Key, Known, Routes


class End(Enum):
    """How a way ends."""

    ARRIVES = "a network of the last device has the address"
    BEYOND = "the last device sends it to somebody of whom no text tells"
    DISCARDED = "the last device throws it away on purpose"
    LOST = "the last device knows no way, or its neighbour is gone"
    CIRCLES = "it comes back to where it was"


class Way(NamedTuple):
    """The devices that a packet passes, in this order."""

    devices: tuple[str, ...]
    end: End

    @property
    def ends_well(self) -> bool:
        """Whether it leaves the routers where it should: at a network, or at who stands there."""
        return self.end in (End.ARRIVES, End.BEYOND)


class _Hop(NamedTuple):
    """What a device does with a packet: the next address, or the end of the way."""

    by: str = ""
    end: End | None = None


def way(fabric: Fabric, routes: Routes, start: str, address: str) -> Way:
    """From a device to an address."""
    device, passed = start, [start]
    while True:
        if device not in routes.local:
            return Way(tuple(passed), End.LOST)
        hop = _hop(routes, device, address)
        if hop.end is not None:
            return Way(tuple(passed), hop.end)
        owner = fabric.next_device(hop.by)
        if owner is None:
            return Way(tuple(passed), End.BEYOND)
        if owner in passed:
            return Way((*passed, owner), End.CIRCLES)
        device = owner
        passed.append(owner)


def _hop(routes: Routes, device: str, address: str) -> _Hop:
    """The next hop, looked up again until an interface sees it; a second time is enough."""
    wanted = address
    for _ in range(2):
        found = _longest(routes, device, wanted)
        if found.end is End.ARRIVES and wanted != address:
            return _Hop(by=wanted)
        if found.end is not None:
            return found
        wanted = found.by
    return found


def _longest(routes: Routes, device: str, address: str) -> _Hop:
    number = int(ip_address(address))
    found: list[tuple[int, int, _Hop]] = []
    for part in routes.local[device]:
        if part.route.interface:
            arrives = _Hop(end=End.ARRIVES)
            found += [(length, 2, arrives) for length in _lengths(part.prefixes.lengths, number)]
    for route in routes.static[device]:
        network = ip_network(route.prefix, strict=False)
        if ip_address(address) in network:
            hop = _Hop(end=End.DISCARDED) if route.discards else _Hop(by=route.target)
            found.append((network.prefixlen, 1, hop))
    length = _known_length(routes, routes.known[device], number)
    if length is not None:
        key = _key(routes, number, length)
        found.append((length, 0, _Hop(by=routes.known[device][key].by.peer)))
    return max(found, key=lambda one: one[:2], default=(0, 0, _Hop(end=End.LOST)))[2]


def _lengths(lengths: tuple[tuple[tuple[int, int], ...], ...], number: int) -> list[int]:
    return [
        length
        for length, ranges in enumerate(lengths)
        if any(low <= number <= high for low, high in ranges)
    ]


def _known_length(routes: Routes, known: Known, number: int) -> int | None:
    lengths = sorted({key.length for key in known}, reverse=True)
    return next((one for one in lengths if _key(routes, number, one) in known), None)


def _key(routes: Routes, number: int, length: int) -> Key:
    size = 1 << (routes.family.bits - length)
    return Key(length, number // size * size)
