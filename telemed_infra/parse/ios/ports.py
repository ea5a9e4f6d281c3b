"""Interfaces and VLANs as commands build them.

A line after `interface range` holds for each of its interfaces. Source:
docs/reference/platforms.md.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.ios.state import Binding, Does, Ios, Port
from telemed_infra.parse.ios.values import (
    ALL_VLANS,
    RESERVED_VLANS,
    VLAN_MAX,
    interface,
    interface_ipv4,
    interface_ipv6,
    interface_range,
    ipv6,
    number,
    vlan_list,
)

_TEMPLATE = " type tunnel"
_VIRTUAL = ("Vlan", "Loopback", "Tunnel", "Port-channel", "Virtual-Template")


def enter_interface(state: Ios, args: Args, line: int) -> None:
    """`interface NAME [point-to-point|multipoint|type tunnel]`."""
    text = args[0].removesuffix(" point-to-point").removesuffix(" multipoint")
    name = interface(text.removesuffix(_TEMPLATE))
    if text.endswith(_TEMPLATE) and not name.startswith("Virtual-Template"):
        raise Unreadable(f"{name} is no template")
    state.open_ports = [state.ports.setdefault(name, Port(line))]
    if text.endswith(_TEMPLATE):
        state.open_ports[0].tunnel.is_template = True


def enter_range(state: Ios, args: Args, line: int) -> None:
    """`interface range NAME - N, …`."""
    names = interface_range(args[0])
    state.open_ports = [state.ports.setdefault(name, Port(line)) for name in names]


def default_interface(state: Ios, args: Args, line: int) -> None:
    """`default interface NAME`: nothing of what was configured remains."""
    fresh = Port(line)
    for name in interface_range(args[0].removeprefix("range ")):
        held = state.ports.get(name)
        if held is None:
            continue
        for one in fields(Port):
            setattr(held, one.name, deepcopy(getattr(fresh, one.name)))


def remove_interface(state: Ios, args: Args, _line: int) -> None:
    """`no interface NAME`, of those that are no hardware."""
    name = interface(args[0])
    if "." not in name and not name.startswith(_VIRTUAL):
        raise Unreadable(f"{name} is hardware, and cannot be removed")
    if state.ports.pop(name, None) is None:
        raise Unreadable(f"there is no {name} to remove")


def sets(attribute: str, value: object) -> Does:
    """A bare command that sets one field."""

    def effect(state: Ios, _args: Args, _line: int) -> None:
        for port in state.open_ports:
            setattr(port, attribute, value)

    return effect


def describe(state: Ios, args: Args, _line: int) -> None:
    """`description TEXT`, `no description`."""
    for port in state.open_ports:
        port.description = args[0] if args else ""


# Addresses --------------------------------------------------------------------------------------


def add_ipv4(state: Ios, args: Args, line: int) -> None:
    """`ip address A MASK [secondary]`; a second one without that word replaces the first."""
    address = interface_ipv4(args[0], args[1])
    for port in _one(state):
        if not args[2]:
            if port.primary:
                port.addresses.pop(port.primary, None)
            port.primary = address
            port.addresses = {address: line, **port.addresses}
        elif not port.primary:
            raise Unreadable("a secondary address comes after the primary one")
        port.addresses[address] = line


def borrow(state: Ios, args: Args, _line: int) -> None:
    """`ip unnumbered NAME`."""
    for port in state.open_ports:
        port.borrows = args[0]


def remove_ipv4(state: Ios, args: Args, _line: int) -> None:
    """`no ip address [A MASK [secondary]]`."""
    for port in state.open_ports:
        if not args or not args[0]:
            port.addresses = {one: line for one, line in port.addresses.items() if ":" in one}
            port.primary = port.borrows = ""
            continue
        address = interface_ipv4(args[0], args[1])
        if port.addresses.pop(address, None) is None:
            raise Unreadable(f"the interface does not have {address}")
        if port.primary == address:
            port.primary = ""


def add_ipv6(state: Ios, args: Args, line: int) -> None:
    """`ipv6 address A/LEN [anycast]`."""
    address = interface_ipv6(args[0])
    for port in _one(state):
        port.addresses[address] = line


def link_local(_state: Ios, args: Args, _line: int) -> None:
    """`ipv6 address FE80::… link-local`: an address that nobody routes to."""
    if ipv6(args[0]) >> 118 != 0b1111111010:
        raise Unreadable(f"{args[0]} is not a link-local address")


def remove_ipv6(state: Ios, args: Args, _line: int) -> None:
    """`no ipv6 address [A/LEN]`."""
    for port in state.open_ports:
        if not args or not args[0]:
            port.addresses = {one: line for one, line in port.addresses.items() if ":" not in one}
        elif port.addresses.pop(interface_ipv6(args[0]), None) is None:
            raise Unreadable(f"the interface does not have {args[0]}")


def _one(state: Ios) -> list[Port]:
    if len(state.open_ports) > 1:
        raise Unreadable("one address cannot be that of several interfaces")
    return state.open_ports


# As an interface of a firewall ------------------------------------------------------------------


def tag(state: Ios, args: Args, _line: int) -> None:
    """`encapsulation dot1Q N`."""
    for port in _one(state):
        port.vlan = int(args[0])


def bind_list(family: Family) -> Does:
    """`ip access-group WORD {in|out}`, `ipv6 traffic-filter WORD {in|out}`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        for port in state.open_ports:
            port.filters[family, args[1]] = Binding(args[0], line)

    return effect


def unbind_list(family: Family) -> Does:
    """`no ip access-group [WORD] {in|out}`."""

    def effect(state: Ios, args: Args, _line: int) -> None:
        for port in state.open_ports:
            held = port.filters.pop((family, args[1]), None)
            if held is None or (args[0] and held.name != args[0]):
                raise Unreadable(f"the interface has no such list for `{args[1]}`")

    return effect


def join_zone(state: Ios, args: Args, line: int) -> None:
    """`zone-member security WORD`; a device wants the old membership removed first."""
    for port in state.open_ports:
        if port.zone is not None and port.zone.name != args[0]:
            raise Unreadable(f"the interface is in zone {port.zone.name} already")
        port.zone = Binding(args[0], line)


def leave_zone(state: Ios, args: Args, _line: int) -> None:
    """`no zone-member security [WORD]`."""
    for port in state.open_ports:
        if port.zone is None or (args[0] and port.zone.name != args[0]):
            raise Unreadable("the interface is not in this zone")
        port.zone = None


# As a port of a switch --------------------------------------------------------------------------


def mode(state: Ios, args: Args, line: int) -> None:
    """`switchport mode {access|trunk|dynamic …|…}`."""
    _say(state, "mode", args[0], line)
    for port in state.open_ports:
        port.mode_line = line


def vlan_of(attribute: str) -> Does:
    """`switchport access vlan N`, `switchport trunk native vlan N`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        _say(state, attribute, number(args[0], 1, VLAN_MAX), line)

    return effect


def unsay(attribute: str, value: object) -> Does:
    """`no switchport …`: back to what holds without a line."""

    def effect(state: Ios, _args: Args, _line: int) -> None:
        for port in state.open_ports:
            setattr(port, attribute, value)
            port.said.pop(attribute, None)

    return effect


_LIST_WORDS = ("add", "all", "except", "none", "remove")  # as short as they are unique


def allow(state: Ios, args: Args, line: int) -> None:
    """`switchport trunk allowed vlan {LIST | add L | remove L | except L | all | none}`.

    Without a word the list replaces what was there; `add` to a trunk that carries all changes
    nothing.
    """
    word, _, rest = args[0].partition(" ")
    fitting = [one for one in _LIST_WORDS if one.startswith(word.lower())]
    word = fitting[0] if len(fitting) == 1 else ""
    named = (
        frozenset() if word in ("all", "none") else vlan_list(rest if word and rest else args[0])
    )
    if word in ("all", "none") and rest:
        raise Unreadable(f"{rest} is not expected after `{word}`")
    for port in state.open_ports:
        port.allowed = _allowed(port.allowed, word, named)
        port.said["allowed"] = line


def _allowed(held: frozenset[int], word: str, named: frozenset[int]) -> frozenset[int]:
    match word:
        case "all":
            return ALL_VLANS
        case "none":
            return frozenset()
        case "add":
            return held | named
        case "remove":
            return held - named
        case "except":
            return ALL_VLANS - named
        case _:
            return named


def voice(state: Ios, _args: Args, line: int) -> None:
    """`switchport voice vlan …`: a second, tagged VLAN on an access port."""
    for port in state.open_ports:
        port.voice_line = line


def no_voice(state: Ios, _args: Args, _line: int) -> None:
    """`no switchport voice vlan`."""
    for port in state.open_ports:
        port.voice_line = 0


def join_bundle(state: Ios, args: Args, line: int) -> None:
    """`channel-group N mode …`; the first member makes the bundle as it is itself."""
    name = f"Port-channel{int(args[0])}"
    for port in state.open_ports:
        port.bundle = Binding(name, line)
        if name not in state.ports:
            made = deepcopy(port)
            made.bundle, made.line, made.description = None, line, ""
            state.ports[name] = made


def leave_bundle(state: Ios, _args: Args, _line: int) -> None:
    """`no channel-group`."""
    for port in state.open_ports:
        port.bundle = None


def _say(state: Ios, attribute: str, value: object, line: int) -> None:
    for port in state.open_ports:
        setattr(port, attribute, value)
        port.said[attribute] = line


# VLANs and VTP ----------------------------------------------------------------------------------


def define_vlans(state: Ios, args: Args, _line: int) -> None:
    """`vlan 10,20-25`: makes them and opens their view."""
    state.vlans |= _own_vlans(args[0])


def remove_vlans(state: Ios, args: Args, _line: int) -> None:
    """`no vlan 10,20-25`."""
    state.vlans -= _own_vlans(args[0])


def _own_vlans(text: str) -> frozenset[int]:
    found = vlan_list(text)
    if found & RESERVED_VLANS:
        raise Unreadable("VLANs 1002 to 1005 are the system's own")
    return found


def snoop(*, on: bool) -> Does:
    """`ip igmp snooping`, for the whole switch: on without a line, in every VLAN."""

    def effect(state: Ios, _args: Args, _line: int) -> None:
        state.snoops = on

    return effect


def snoop_vlan(*, on: bool) -> Does:
    """`ip igmp snooping vlan N`; without the whole switch's it does nothing."""

    def effect(state: Ios, args: Args, line: int) -> None:
        vlan = int(args[0])
        state.unsnooped.discard(vlan)
        if not on:
            state.unsnooped.add(vlan)
        state.snooped_lines[vlan] = line

    return effect


def vtp(attribute: str) -> Does:
    """`vtp mode WORD`, `vtp domain WORD`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        setattr(state, attribute, Binding(args[0], line))

    return effect


def join_vrf(state: Ios, _args: Args, _line: int) -> None:
    """`vrf forwarding WORD`: a device takes the addresses off that were there before."""
    for port in state.open_ports:
        port.addresses, port.primary = {}, ""
        port.is_management = True
