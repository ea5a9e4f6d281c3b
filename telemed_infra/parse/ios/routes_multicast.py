"""What IOS routers do with multicast: routing's own lines, also those of interfaces.

Source-specific multicast alone. Left out on purpose, so that they are unread: dense and
sparse-dense mode, rendezvous points (`ip pim rp-address`, `bsr-candidate`, `send-rp-…`,
`autorp`), MSDP, groups that an interface joins by itself, policies and times, IPv6.

IGMP runs where PIM does, in version 2 without a line; no group is source-specific until `ip pim
ssm` says so (Cisco IOS IP multicast command reference). Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.multicast import NO_MULTICAST, SOURCE_SPECIFIC, MulticastRouting
from telemed_infra.packets import NO_RANGES, Ranges
from telemed_infra.parse.frr.engine import Args, Row, Unreadable
from telemed_infra.parse.frr.state import ACCESS_LIST
from telemed_infra.parse.ios.routes_state import Judges, Routes, own
from telemed_infra.parse.ios.state import Binding
from telemed_infra.parse.multicast import (
    NO_SOURCES,
    SOURCES_SINCE,
    MulticastPort,
    groups_of,
    multicast_routing,
)
from telemed_infra.parse.reading import Reading

IGMP_VERSION = 2
"""Where no line says one."""
IN_SPARSE_MODE = "dense mode for groups that have no rendezvous point; our interfaces know none"
DEFAULT = ""
"""In place of a list: 232.0.0.0/8."""


def _forwards(*, on: bool) -> Judges:
    def effect(state: Routes, _args: Args, _line: int) -> None:
        state.multicast = on

    return effect


def _groups_by_default(state: Routes, _args: Args, line: int) -> None:
    """`ip pim ssm default`."""
    state.groups = Binding(DEFAULT, line)


def _groups_of_list(state: Routes, args: Args, line: int) -> None:
    """`ip pim ssm range LIST`; the last such line counts."""
    state.groups = Binding(args[0], line)


def _no_groups(state: Routes, _args: Args, _line: int) -> None:
    """`no ip pim ssm [default | range LIST]`."""
    state.groups = None


def _on_ports(**values: object) -> Judges:
    """Sets what a line says of the interfaces whose view is open."""

    def effect(state: Routes, _args: Args, line: int) -> None:
        for port in _open(state, line):
            for name, value in values.items():
                setattr(port, name, value)

    return effect


def _version(state: Routes, args: Args, line: int) -> None:
    """`ip igmp version 3`."""
    if int(args[0]) < SOURCES_SINCE:
        raise Unreadable(NO_SOURCES)
    for port in _open(state, line):
        port.version = SOURCES_SINCE


def _priority(state: Routes, args: Args, line: int) -> None:
    """`ip pim dr-priority N`."""
    for port in _open(state, line):
        port.priority = int(args[0])


def _open(state: Routes, line: int) -> list[MulticastPort]:
    ports = [state.multicast_ports.setdefault(name, MulticastPort()) for name in state.names()]
    for port in ports:
        port.said(line)
    return ports


SYSTEM: tuple[Row[Routes], ...] = (
    own("ip multicast-routing [<distributed>]", _forwards(on=True)),
    own("no ip multicast-routing [<distributed>]", _forwards(on=False)),
    own("ip pim ssm default", _groups_by_default),
    own("ip pim ssm range WORD", _groups_of_list),
    own("no ip pim ssm [default]", _no_groups),
    own("no ip pim ssm range [WORD]", _no_groups),
    own("no ip pim dm-fallback", inert=True, why=IN_SPARSE_MODE),
)
INTERFACE: tuple[Row[Routes], ...] = (
    own("ip pim sparse-mode", _on_ports(sparse=True, asks=True)),
    own("no ip pim [sparse-mode]", _on_ports(sparse=False, asks=False)),
    own("ip igmp version (1-3)", _version),
    own("no ip igmp version [(1-3)]", _on_ports(version=0)),
    own("ip pim dr-priority (0-4294967294)", _priority),
    own("no ip pim dr-priority [(0-4294967294)]", _on_ports(priority=None)),
)


def forget(state: Routes, name: str) -> None:
    """What an interface had is gone: `default interface`."""
    state.multicast_ports.pop(name, None)


def routing(state: Routes, reading: Reading) -> MulticastRouting:
    """What is forwarded in the main table; a list that is none of groups is said."""
    groups = _groups(state, reading)
    if not state.multicast:
        return NO_MULTICAST
    return multicast_routing(live(state), groups, version=IGMP_VERSION)


def live(state: Routes) -> dict[str, MulticastPort]:
    """The interfaces of the main table that are there and not shut."""
    return {
        name: one
        for name, one in state.multicast_ports.items()
        if (port := state.box.ports.get(name)) and state.live(name, port)
    }


def _groups(state: Routes, reading: Reading) -> Ranges:
    if state.groups is None:
        return NO_RANGES
    if state.groups.name == DEFAULT:
        return (SOURCE_SPECIFIC,)
    state.bgp.use(f"ip {ACCESS_LIST}", state.groups.name, state.groups.line)
    held = state.box.lists.get(state.groups.name)
    if held is None:  # told as missing
        return NO_RANGES
    if not held.standard:
        reading.refuse(state.groups.line, "groups stand in a standard list, as its sources")
        return NO_RANGES
    entries = [one.entry for one in held.in_order()]
    return groups_of((one.permits, one.source) for one in entries if isinstance(one.source, tuple))
