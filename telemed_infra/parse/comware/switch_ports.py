"""Interfaces of a Comware switch: which view is open, link mode, bundles, addresses, voice.

Each reader takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.interfaces import (
    BRIDGE_AGGREGATION,
    ETHERNET,
    NOT_PORTS,
    ROUTE_AGGREGATION,
    interface,
    interface_list,
    kind_of,
)
from telemed_infra.parse.comware.switch_state import Port, Switch
from telemed_infra.parse.vrp.arguments import (
    VLAN_MAX,
    interface_address,
    name,
    nothing,
    number,
    one,
)
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words


def enter_interface(words: Words) -> Effect[Switch]:
    """`interface <name>`; a Vlan-interface needs its VLAN."""
    title = interface(words)

    def effect(state: Switch, line: int) -> None:
        if kind_of(title) == "Vlan-interface":
            state.must_exist(number(title[len("Vlan-interface") :], 1, VLAN_MAX))
        state.ports.setdefault(title, Port(line))
        state.chosen = state.management.at = (title,)

    return effect


def undo_interface(words: Words) -> Effect[Switch]:
    """`undo interface <name>`: a Vlan-interface or a LoopBack goes with all its lines."""
    title = interface(words)
    if kind_of(title) not in ("Vlan-interface", "LoopBack"):
        raise Unreadable(f"what is left of {title} is not known")

    def effect(state: Switch, _line: int) -> None:
        state.ports.pop(title, None)
        state.chosen = tuple(other for other in state.chosen if other != title)

    return effect


def enter_range(words: Words) -> Effect[Switch]:
    """`interface range {<list> | name <n> [interface <list>]}`: lines below it are for each one."""
    named = len(words) > 1 and words[0].lower() == "name"
    title = name(words[1]) if named else ""
    if named and len(words) > 2:
        keyword(words[2], ("interface",))
    words = words[3:] if named else words
    names = interface_list(words) if words or not named else ()

    def effect(state: Switch, line: int) -> None:
        chosen = names or state.ranges.get(title, ())
        if not chosen:
            raise Unreadable(f"there is no range {title}")
        for one_name in chosen:
            if one_name not in state.ports and kind_of(one_name) not in ETHERNET:
                raise Unreadable(f"{one_name} does not exist yet")
        for one_name in chosen:
            state.ports.setdefault(one_name, Port(line))
        if title:
            state.ranges[title] = chosen
        state.chosen = state.management.at = chosen

    return effect


def undo_range(words: Words) -> Effect[Switch]:
    """`undo interface range name <n>`: the name goes, what was configured stays."""
    if len(words) != 2 or words[0].lower() != "name":
        raise Unreadable("the name of a range is expected")

    def effect(state: Switch, _line: int) -> None:
        state.ranges.pop(words[1], None)

    return effect


def sysname(words: Words) -> Effect[Switch]:
    """The host's name."""
    hostname = one(words)

    def effect(state: Switch, _line: int) -> None:
        state.hostname = hostname

    return effect


def describe(words: Words) -> Effect[Switch]:
    """`description <text>`; nothing takes it off."""
    text = " ".join(words)

    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            port.description = text

    return effect


def shut(*, value: bool) -> Reader[Switch]:
    """`shutdown`, `undo shutdown`."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, _line: int) -> None:
            for port in state.open_ports():
                port.shut = value

        return effect

    return reader


def link_mode(words: Words) -> Effect[Switch]:
    """`port link-mode {bridge | route}`; a change takes every line but `shutdown` back."""
    routed = keyword(one(words), ("bridge", "route")) == "route"

    def effect(state: Switch, _line: int) -> None:
        for title in state.chosen:
            if kind_of(title) not in ETHERNET:
                raise Unreadable(f"{title} has no link mode")
            port = state.ports[title]
            if routed != bool(port.routed):
                port.forget()
            port.routed = routed

    return effect


def join_bundle(words: Words) -> Effect[Switch]:
    """`port link-aggregation group <n>`: the port becomes a member of an aggregate that exists."""
    group = number(one(words), 1, 16384)

    def effect(state: Switch, line: int) -> None:
        for title in state.chosen:
            port = state.ports[title]
            if kind_of(title) not in ETHERNET:
                raise Unreadable(f"{title} joins no aggregate")
            bundle = f"{ROUTE_AGGREGATION if port.routed else BRIDGE_AGGREGATION}{group}"
            if bundle not in state.ports:
                raise Unreadable(f"there is no {bundle} to join")
            port.bundle, port.bundle_line = bundle, line
            port.routed = bool(port.routed)

    return effect


def undo_join_bundle(words: Words) -> Effect[Switch]:
    """`undo port link-aggregation group`, without a number; the port keeps its VLAN lines."""
    nothing(words)

    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            port.bundle = ""

    return effect


def add_address(words: Words) -> Effect[Switch]:
    """`ip address <a> {<mask>|<len>} [sub]`: without `sub` it takes the place of the primary."""
    secondary = bool(words) and words[-1].lower() == "sub"
    address = interface_address(words[:-1] if secondary else words)

    def effect(state: Switch, _line: int) -> None:
        for port in _routed_ports(state):
            if not secondary:
                port.primary = address
            elif not port.primary:
                raise Unreadable("an interface has a primary address before it has a second one")
            elif address not in port.further:
                port.further.append(address)

    return effect


def add_address6(words: Words) -> Effect[Switch]:
    """`ipv6 address {<a>/<len> | <a> <len>}`; one that names `link-local` stays on the link."""
    on_link = len(words) == 2 and words[1].lower() == "link-local"
    address = "" if on_link else interface_address(words)

    def effect(state: Switch, _line: int) -> None:
        for port in _routed_ports(state):
            if address and address not in port.further:
                port.further.append(address)

    return effect


def undo_address(words: Words) -> Effect[Switch]:
    """One address of the interface, or all of the family when none is named."""
    secondary = bool(words) and words[-1].lower() == "sub"
    address = interface_address(words[:-1] if secondary else words) if words else ""

    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            if not address:
                port.primary = ""
                port.further = [one_address for one_address in port.further if ":" in one_address]
            elif address in port.further:
                port.further.remove(address)
            elif address != port.primary or any(":" not in other for other in port.further):
                raise Unreadable(f"the interface does not have {address} to give up")
            else:
                port.primary = ""

    return effect


def undo_address6(words: Words) -> Effect[Switch]:
    """One IPv6 address, or all of them."""
    address = interface_address(words) if words else ""

    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            if address and address not in port.further:
                raise Unreadable(f"the interface does not have {address}")
            port.further = [
                other for other in port.further if ":" not in other or address not in ("", other)
            ]

    return effect


def bind_instance(words: Words) -> Effect[Switch]:
    """`ip binding vpn-instance <n>`, or its undo: the interface loses the addresses it has."""
    instance = words[0] if words else ""

    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            port.primary, port.further = "", []
        for talk in state.management.talk():
            talk.instance = instance

    return effect


def voice_vlan(words: Words) -> Effect[Switch]:
    """`voice-vlan <n> enable`; whether the port carries the VLAN is judged at the end."""
    if len(words) != 2:
        raise Unreadable("a VLAN and `enable` are expected")
    vlan = number(words[0], 2, VLAN_MAX)
    keyword(words[1], ("enable",))

    def effect(state: Switch, line: int) -> None:
        state.must_exist(vlan)
        for port in state.open_ports():
            port.voice[vlan] = line

    return effect


def undo_voice_vlan(words: Words) -> Effect[Switch]:
    """`undo voice-vlan [<n>] enable`."""
    if not words or len(words) > 2:
        raise Unreadable("`enable` is expected")
    keyword(words[-1], ("enable",))
    vlans = [number(word, 2, VLAN_MAX) for word in words[:-1]]

    def effect(state: Switch, _line: int) -> None:
        for port in state.open_ports():
            for vlan in vlans or tuple(port.voice):
                port.voice.pop(vlan, None)

    return effect


def voice_by_phone(*, value: bool) -> Reader[Switch]:
    """`voice-vlan mode auto` and its `undo`, after which only lines put the port into the VLAN."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)

        def effect(state: Switch, _line: int) -> None:
            for port in state.open_ports():
                port.voice_by_phone = value

        return effect

    return reader


def _routed_ports(state: Switch) -> list[Port]:
    for title in state.chosen:
        kind = kind_of(title)
        if kind not in (*NOT_PORTS, ROUTE_AGGREGATION) and not state.ports[title].routed:
            raise Unreadable(f"{title} is bridged: a bridged port has no address")
    return list(state.open_ports())
