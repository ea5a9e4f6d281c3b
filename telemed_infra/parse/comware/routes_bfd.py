"""How fast BFD is on Comware 7: an interface says it for neighbours on it, the system for others.

Without a line an interval is 1000 ms and the multiplier 5. The multiplier is the vendor's (command
reference, BFD); the intervals differ by model (400 ms on an S6800). See
docs/reference/platforms.md.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_interface

from telemed_infra.parse.route_lines.dialect import Resolved
from telemed_infra.parse.route_lines.peers import EBGP_MAX_HOP
from telemed_infra.parse.route_lines.state import Port, Routes
from telemed_infra.parse.routes import Bfd
from telemed_infra.parse.vrp.arguments import number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Words

BFD_MS, BFD_MULTIPLIER = 1000, 5
MULTIPLIER, RECEIVE, TRANSMIT = (
    "detect-multiplier",
    "min-receive-interval",
    "min-transmit-interval",
)
LIMITS = {MULTIPLIER: (3, 50), RECEIVE: (3, 60_000), TRANSMIT: (3, 60_000)}


def port_time(key: str) -> Reader[Routes]:
    """`bfd min-receive-interval 300` on an interface, in ms; `bfd detect-multiplier 3`."""

    def reader(words: Words) -> Effect[Routes]:
        value = number(one(words), *LIMITS[key])

        def effect(state: Routes, _line: int) -> None:
            if state.port is not None:
                state.port.bfd_times[key] = value

        return effect

    return reader


def undo_port_time(key: str) -> Reader[Routes]:
    """Back to the default."""

    def reader(_words: Words) -> Effect[Routes]:
        def effect(state: Routes, _line: int) -> None:
            if state.port is not None:
                state.port.bfd_times.pop(key, None)

        return effect

    return reader


def far_time(key: str) -> Reader[Routes]:
    """`bfd multi-hop min-receive-interval 300`: of every session over several hops."""

    def reader(words: Words) -> Effect[Routes]:
        value = number(one(words), *LIMITS[key])

        def effect(state: Routes, _line: int) -> None:
            state.bfd_times[key] = value

        return effect

    return reader


def undo_far_time(key: str) -> Reader[Routes]:
    """Back to the default."""

    def reader(_words: Words) -> Effect[Routes]:
        def effect(state: Routes, _line: int) -> None:
            state.bfd_times.pop(key, None)

        return effect

    return reader


def bfd(text: Routes, peer: Resolved) -> Bfd | None:
    """How a session's loss is noticed.

    Without a word a neighbour is watched over several hops if it is internal, on no interface, or
    allowed to be farther away. Source: HP MSR (Comware 7) and HPE 5710 command references, `peer
    bfd`.
    """
    found = peer.setting("bfd")
    if found is None:
        return None
    port = _towards(text, peer.peer.name)
    far = not peer.external or port is None or peer.setting(EBGP_MAX_HOP) is not None
    if found.args[0]:
        far = found.args[0] == "multi-hop"
    times = text.bfd_times if far else port.bfd_times if port else {}
    return Bfd(
        multiplier=times.get(MULTIPLIER, BFD_MULTIPLIER),
        receive_ms=times.get(RECEIVE, BFD_MS),
        transmit_ms=times.get(TRANSMIT, BFD_MS),
    )


def _towards(text: Routes, peer: str) -> Port | None:
    """The interface of the main table on whose line an address is."""
    address = ip_address(peer)
    for port in text.ports.values():
        for one_ in () if port.vrf else port.addresses:
            network = ip_interface(one_).network
            if network.version == address.version and address in network:
                return port
    return None
