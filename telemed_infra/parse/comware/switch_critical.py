"""Hosts that a Comware port lets in while no RADIUS server answers: its critical VLANs.

By the manuals such a VLAN takes effect where each host is told apart by its address, which needs a
hybrid port with `mac-vlan enable`, and where RADIUS alone judges the hosts. When a server answers
again, hosts leave it without a further line. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.management_plane import Method
from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.switch_state import Port, Switch
from telemed_infra.parse.management.judged import Look
from telemed_infra.parse.vrp.arguments import VLAN_MAX, nothing, number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

Ways = Mapping[str, tuple[Method, ...]]
"""How a port asks, `dot1x` or `mac-authentication`, each with the methods that judge."""


def admit(kind: str) -> Reader[Switch]:
    """`{dot1x|mac-authentication} critical vlan <n> [url-user-logoff]` on a port."""

    def reader(words: Words) -> Effect[Switch]:
        if not words:
            raise Unreadable("a VLAN is expected")
        vlan = number(words[0], 1, VLAN_MAX)
        for word in words[1:]:
            keyword(word, ("url-user-logoff",) if kind == "mac-authentication" else ())

        def effect(state: Switch, line: int) -> None:
            state.must_exist(vlan)
            for port in state.open_ports():
                port.critical[kind] = vlan, line

        return effect

    return reader


def no_admit(kind: str) -> Reader[Switch]:
    """Its undo."""

    def reader(_words: Words) -> Effect[Switch]:
        def effect(state: Switch, _line: int) -> None:
            for port in state.open_ports():
                port.critical.pop(kind, None)

        return effect

    return reader


def by_address(words: Words) -> Effect[Switch]:
    """`mac-vlan enable`: hosts are told apart by address; no line here gives one another VLAN."""
    nothing(words)

    def effect(state: Switch, line: int) -> None:
        for port in state.open_ports():
            if port.link_type != "hybrid":
                raise Unreadable("the device takes this on a hybrid port alone")
            port.by_address = line

    return effect


def not_by_address(words: Words) -> Effect[Switch]:
    """Its undo."""
    nothing(words)

    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            port.by_address = 0

    return effect


def admits(port: Port, ways: Ways, look: Look) -> bool:
    """Whether each host that the port asks is let in, to the port's VLAN, while nobody answers."""
    complaints = tuple(_complaints(port, ways))
    for line, why in complaints:
        look.add(line, why)
    return bool(port.critical) and not complaints


def _complaints(port: Port, ways: Ways) -> Iterator[tuple[int, str]]:
    """Lines by which hosts are let in otherwise, or not at all."""
    if port.by_address and port.link_type != "hybrid":
        yield port.by_address, "the device takes this on a hybrid port alone"
    for kind, (vlan, line) in port.critical.items():
        if kind not in ways:
            yield line, f"the port does not ask by {kind}: this does nothing"
        elif port.carried() != {vlan} or port.pvid != vlan:
            yield line, f"hosts would come into VLAN {vlan}, which is not that of the port"
        elif port.link_type != "hybrid" or not port.by_address:
            yield line, "this takes effect only on a hybrid port with `mac-vlan enable`"
        elif set(ways[kind]) != {Method.RADIUS}:
            yield line, "this takes effect only where RADIUS alone judges the hosts"
        elif ways.keys() - port.critical.keys():
            yield line, f"while no server answers, hosts would come in by {kind} alone"
