"""Interfaces and VLANs as RGOS commands build them, where these differ from IOS.

A line after `interface range` holds for each of its interfaces. Source:
docs/reference/platforms.md.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from ipaddress import IPv4Address

from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.ios.ports import add_ipv4
from telemed_infra.parse.ios.state import Binding, Does, Ios, Port
from telemed_infra.parse.ios.values import ALL_VLANS, VLAN_MAX, number, vlan_list
from telemed_infra.parse.rgos.names import (
    BUNDLE,
    SOFTWARE,
    interface,
    interface_range,
    vlan_of_interface,
)

_DEFAULT_VLAN = 1
_LIST_WORDS = ("add", "all", "except", "only", "remove")  # as short as they are unique


def enter_interface(state: Ios, args: Args, line: int) -> None:
    """`interface NAME`."""
    state.open_ports = [_opened(state, interface(args[0]), line)]


def enter_range(state: Ios, args: Args, line: int) -> None:
    """`interface range NAME-N,…`."""
    state.open_ports = [_opened(state, name, line) for name in interface_range(args[0])]


def _opened(state: Ios, name: str, line: int) -> Port:
    vlan = vlan_of_interface(name)
    if vlan > _DEFAULT_VLAN and vlan not in state.vlans:
        raise Unreadable(f"there is no VLAN {vlan} yet, so a device makes no interface of it")
    return state.ports.setdefault(name, Port(line))


def default_interface(state: Ios, args: Args, line: int) -> None:
    """`default interface NAME`: nothing of what was configured remains."""
    fresh = Port(line)
    for name in interface_range(args[0].removeprefix("range ")):
        held = state.ports.get(name)
        for one in fields(Port) if held is not None else ():
            setattr(held, one.name, deepcopy(getattr(fresh, one.name)))


def remove_interface(state: Ios, args: Args, _line: int) -> None:
    """`no interface NAME`, of those that are no hardware."""
    name = interface(args[0])
    if not name.startswith(SOFTWARE):
        raise Unreadable(f"{name} is hardware, and cannot be removed")
    if state.ports.pop(name, None) is None:
        raise Unreadable(f"there is no {name} to remove")


def add_ipv4_of_length(state: Ios, args: Args, line: int) -> None:
    """`ip address A/LEN [secondary]`, `ip address A LEN [secondary]`."""
    address, _, rest = args[0].partition("/")
    length = int(rest or args[1])
    mask = IPv4Address(0xFFFFFFFF << (32 - length) & 0xFFFFFFFF)
    add_ipv4(state, (address, str(mask), args[-1]), line)


def allow(state: Ios, args: Args, line: int) -> None:
    """`switchport trunk allowed vlan {all | {add|except|only|remove} LIST}`.

    A list without a word is one of IOS: no book of RGOS has it.
    """
    typed, _, rest = args[0].partition(" ")
    fitting = [one for one in _LIST_WORDS if one.startswith(typed.lower())]
    if len(fitting) != 1:
        raise Unreadable("`add`, `all`, `except`, `only` or `remove` is expected before the VLANs")
    word = fitting[0]
    if word == "all" and rest:
        raise Unreadable(f"{rest} is not expected after `all`")
    named = ALL_VLANS if word == "all" else vlan_list(rest)
    for port in state.open_ports:
        port.allowed = _allowed(port.allowed, word, named)
        port.said["allowed"] = line


def _allowed(held: frozenset[int], word: str, named: frozenset[int]) -> frozenset[int]:
    match word:
        case "add":
            return held | named
        case "remove":
            return held - named
        case "except":
            return ALL_VLANS - named
        case _:
            return named


def join_bundle(state: Ios, args: Args, line: int) -> None:
    """`port-group N [mode active|passive]`; the aggregate port is made with what all begin with."""
    name = f"{BUNDLE}{int(args[0])}"
    for port in state.open_ports:
        port.bundle = Binding(name, line)
    state.ports.setdefault(name, Port(line))


def define_vlan(state: Ios, args: Args, _line: int) -> None:
    """`vlan N`: makes it and opens its view."""
    state.vlans.add(number(args[0], 1, VLAN_MAX))


def define_vlans(state: Ios, args: Args, _line: int) -> None:
    """`vlan range 10,20-25`."""
    state.vlans |= vlan_list(args[0])


def remove_vlans(*, several: bool) -> Does:
    """`no vlan N`, `no vlan range 10,20-25`."""

    def effect(state: Ios, args: Args, _line: int) -> None:
        gone = vlan_list(args[0]) if several else {number(args[0], 1, VLAN_MAX)}
        if _DEFAULT_VLAN in gone:
            raise Unreadable("VLAN 1 cannot be removed")
        if any(vlan_of_interface(name) in gone for name in state.ports):
            raise Unreadable("what becomes of the interface of such a VLAN is not known")
        state.vlans -= gone

    return effect
