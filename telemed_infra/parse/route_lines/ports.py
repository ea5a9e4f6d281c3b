"""What the lines about interfaces and the host say to routing.

Another reader judges the lines of interfaces; sessions and routes need the addresses.
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.parse.route_lines.state import Port, Routes
from telemed_infra.parse.vrp.arguments import address, interface_address, nothing, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Words


def enter_interface(interface: Callable[[Words], str]) -> Reader[Routes]:
    """`interface <name>`, by how a platform names one."""

    def reader(words: Words) -> Effect[Routes]:
        title = interface(words)

        def effect(state: Routes, _line: int) -> None:
            state.port = state.ports.setdefault(title, Port())

        return effect

    return reader


def add_address(words: Words) -> Effect[Routes]:
    """`ip address <ip> <mask> [sub]`, `ipv6 address …`.

    A second IPv4 address without `sub` takes the place of the first.
    """
    text = interface_address(words)
    primary = ":" not in text and words[-1] != "sub"

    def effect(state: Routes, line: int) -> None:
        if state.port is None:
            return
        if primary:
            if state.port.primary != text:
                state.port.addresses.pop(state.port.primary, None)
            state.port.primary = text
        state.port.addresses[text] = line

    return effect


def drop_address(words: Words) -> Effect[Routes]:
    """One address, or all of them."""
    text = interface_address(words) if words else ""

    def effect(state: Routes, _line: int) -> None:
        if state.port is not None and text:
            state.port.addresses.pop(text, None)
        elif state.port is not None:
            state.port.addresses.clear()

    return effect


def bind_vrf(words: Words) -> Effect[Routes]:
    """`ip binding vpn-instance <v>`: the interface leaves the main table and its addresses go."""
    vrf = one(words)

    def effect(state: Routes, _line: int) -> None:
        if state.port is not None:
            state.port.vrf, state.port.primary = vrf, ""
            state.port.addresses.clear()

    return effect


def sysname(words: Words) -> Effect[Routes]:
    """The host's name."""
    hostname = one(words)

    def effect(state: Routes, _line: int) -> None:
        state.hostname = hostname

    return effect


def router_id(words: Words) -> Effect[Routes]:
    """`router id <ip>`: of all protocols that have none of their own."""
    address(one(words))

    def effect(state: Routes, _line: int) -> None:
        state.router_id = words[0]

    return effect


def undo_router_id(words: Words) -> Effect[Routes]:
    """`undo router id`."""
    if len(words) > 1:
        nothing(words[1:])

    def effect(state: Routes, _line: int) -> None:
        state.router_id = ""

    return effect
