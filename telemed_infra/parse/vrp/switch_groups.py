"""IGMP snooping on VRP switches: on for the device, on in a VLAN, and up to which version.

A device takes `igmp-snooping enable` of a VLAN only behind that of the whole device, and takes the
one away with the other. It reads reports up to version 2 unless a line of the VLAN says otherwise;
those of version 3 it floods (Huawei S series, command reference, `igmp-snooping version`).
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.parse.multicast import NO_SOURCES, SOURCES_SINCE
from telemed_infra.parse.vrp.arguments import nothing, number, one
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.switch_state import Switch


def snoop(*, on: bool) -> Reader[Switch]:
    """`igmp-snooping enable` for the whole device."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, _line: int) -> None:
            if on:
                state.groups.on = True
            else:
                state.groups.forget()

        return effect

    return reader


def snoop_vlan(*, on: bool) -> Reader[Switch]:
    """`igmp-snooping enable` in the view of a VLAN."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, line: int) -> None:
            vlan = state.guards.vlan
            if not on:
                state.groups.forget_vlan(vlan)
                return
            _must_be_on(state)
            state.groups.vlans[vlan] = line

        return effect

    return reader


def version(words: Words) -> Effect[Switch]:
    """`igmp-snooping version 3`."""
    if number(one(words), 1, 3) < SOURCES_SINCE:
        raise Unreadable(NO_SOURCES)

    def effect(state: Switch, _line: int) -> None:
        _must_be_on(state)
        state.groups.sources.add(state.guards.vlan)

    return effect


def undo_version(words: Words) -> Effect[Switch]:
    """`undo igmp-snooping version`: back to 2."""
    if words:
        number(one(words), 1, 3)
    return lambda state, _line: state.groups.sources.discard(state.guards.vlan)


def _must_be_on(state: Switch) -> None:
    if not state.groups.on:
        raise Unreadable("`igmp-snooping enable` of the whole switch comes first")
