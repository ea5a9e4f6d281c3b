"""What the commands about zones, interfaces and VLANs of a SecPath firewall do.

Each function takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.secpath.arguments import interface, layer2_members, zone_name
from telemed_infra.parse.secpath.state import BUILT_IN_ZONES, LOCAL_ZONE, Port, SecPath, Zone
from telemed_infra.parse.vrp.arguments import (
    VLAN_MAX,
    address,
    interface_address,
    nothing,
    number,
    one,
    vlan_list,
)
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

_TUNNEL_MODES = ("gre", "ipsec", "ipsec-p2mp", "ipv4-ipv4", "ipv6", "ipv6-ipv6")


def sets(owner: str, field: str, *, value: object) -> Reader[SecPath]:
    """A reader of bare commands: one field of an open object (owner "": of the whole) is set."""

    def effect(state: SecPath, _line: int) -> None:
        setattr(getattr(state, owner) if owner else state, field, value)

    def reader(words: Words) -> Effect[SecPath]:
        nothing(words)
        return effect

    return reader


def sysname(words: Words) -> Effect[SecPath]:
    """The host's name."""
    hostname = one(words)

    def effect(state: SecPath, _line: int) -> None:
        state.hostname = hostname

    return effect


# Zones ------------------------------------------------------------------------------------------


def enter_zone(words: Words) -> Effect[SecPath]:
    """`security-zone name <zone>`, which makes it too; names know no case."""
    title = zone_name(one(words))

    def effect(state: SecPath, line: int) -> None:
        state.zone = state.zones.setdefault(title.lower(), Zone(title))
        state.zone.line = state.zone.line or line

    return effect


def undo_zone(words: Words) -> Effect[SecPath]:
    """`undo security-zone name <zone>`; built-in ones stay."""
    title = zone_name(one(words))

    def effect(state: SecPath, _line: int) -> None:
        built_in = any(title.lower() == name.lower() for name in BUILT_IN_ZONES)
        if built_in or state.zones.pop(title.lower(), None) is None:
            raise Unreadable(f"zone {title} cannot be removed")

    return effect


def import_interface(words: Words) -> Effect[SecPath]:
    """`import interface <port> [vlan <list>]`; a second zone is refused, so the first holds."""
    members = layer2_members(words) or (interface(words),)

    def effect(state: SecPath, line: int) -> None:
        if state.zone.name.lower() == LOCAL_ZONE:
            raise Unreadable("zone Local takes no interface")
        for zone in state.zones.values():
            if zone is not state.zone and not zone.interfaces.keys().isdisjoint(members):
                raise Unreadable(f"{members[0]} is in zone {zone.name} already")
        for member in members:
            state.zone.interfaces.setdefault(member, line)

    return effect


def undo_import_interface(words: Words) -> Effect[SecPath]:
    """Take an interface, or VLANs of a bridging port, out of the zone."""
    members = layer2_members(words) or (interface(words),)

    def effect(state: SecPath, _line: int) -> None:
        if not state.zone.interfaces.keys() >= set(members):
            raise Unreadable(f"{members[0]} is not in zone {state.zone.name}")
        for member in members:
            del state.zone.interfaces[member]

    return effect


def permit_within_zones(words: Words) -> Effect[SecPath]:
    """`security-zone intra-zone default permit`."""
    nothing(words)

    def effect(state: SecPath, line: int) -> None:
        state.within_zones, state.within_zones_line = True, line

    return effect


# Interfaces -------------------------------------------------------------------------------------


def enter_interface(words: Words) -> Effect[SecPath]:
    """`interface <name> [mode <mode>]`; a block without address counts too."""
    mode = ""
    if len(words) > 2 and words[-2] == "mode":
        if words[-1] not in _TUNNEL_MODES:
            raise Unreadable(f"{words[-1]} is not a known mode of a tunnel")
        words, mode = words[:-2], words[-1]
    port = interface(words)

    def effect(state: SecPath, line: int) -> None:
        state.port = state.ports.setdefault(port, Port(line))
        if mode and state.port.tunnel.mode not in ("", mode):
            raise Unreadable(f"{port} is in mode {state.port.tunnel.mode} already")
        state.port.tunnel.mode = mode or state.port.tunnel.mode
        state.management.at = (port,)

    return effect


def add_address(words: Words) -> Effect[SecPath]:
    """An address; a second IPv4 address without `sub` takes the place of the first.

    `<ip6> link-local` is good on the link alone and no address of the interface to others.
    """
    if words[1:] == ("link-local",):
        return _link_local(words[0])
    written = interface_address(words)
    primary = ":" not in written and words[-1] != "sub"

    def effect(state: SecPath, line: int) -> None:
        port = state.port
        if primary:
            if port.primary != written:
                port.addresses.pop(port.primary, None)
            port.primary = written
        port.addresses[written] = line

    return effect


def borrow(words: Words) -> Effect[SecPath]:
    """`ip address unnumbered interface <port>`."""
    return sets("port", "borrows", value=interface(words))(())


def _link_local(word: str) -> Effect[SecPath]:
    family, value = address(word)
    if family is not Family.V6 or value >> 118 != 0xFE80 >> 6:
        raise Unreadable(f"{word} is not an address of the link")
    return sets("port", "six", value=True)(())


def undo_address(words: Words) -> Effect[SecPath]:
    """One address."""
    if not words:
        raise Unreadable("which addresses this leaves is not known")
    written = interface_address(words)

    def effect(state: SecPath, _line: int) -> None:
        if state.port.addresses.pop(written, None) is None:
            raise Unreadable(f"the interface does not have {written}")

    return effect


def tag(words: Words) -> Effect[SecPath]:
    """`vlan-type dot1q vid <vlan>` of a subinterface; several VLANs on one are not read."""
    vlan = number(one(words), 1, VLAN_MAX)

    def effect(state: SecPath, _line: int) -> None:
        state.port.vlan = vlan

    return effect


# VLANs of bridging ports ------------------------------------------------------------------------


def make_vlans(words: Words) -> Effect[SecPath]:
    """`vlan <a> [to <b>]`: a VLAN that is not made carries nothing."""
    vlans = vlan_list(words)

    def effect(state: SecPath, _line: int) -> None:
        state.vlans |= vlans

    return effect


def undo_vlans(words: Words) -> Effect[SecPath]:
    """`undo vlan <a> [to <b>]`; VLAN 1 stays."""
    vlans = vlan_list(words)

    def effect(state: SecPath, _line: int) -> None:
        if 1 in vlans or not vlans <= state.vlans:
            raise Unreadable("one of these VLANs cannot be removed")
        state.vlans -= vlans

    return effect


def link_type(words: Words) -> Effect[SecPath]:
    """`port link-type {access|trunk}`; hybrid ports are not read."""
    if words not in (("access",), ("trunk",)):
        raise Unreadable("`access` or `trunk` is expected")
    trunk = words == ("trunk",)

    def effect(state: SecPath, _line: int) -> None:
        state.port.trunk = trunk

    return effect


def access_vlan(words: Words) -> Effect[SecPath]:
    """`port access vlan <vlan>`."""
    vlan = number(one(words), 1, VLAN_MAX)

    def effect(state: SecPath, _line: int) -> None:
        if state.port.trunk:
            raise Unreadable("a trunk has no access VLAN")
        state.port.access_vlan = vlan

    return effect


def permit_vlans(words: Words) -> Effect[SecPath]:
    """`port trunk permit vlan {<list>|all}`; VLAN 1 is permitted from the start."""
    vlans = _carried(words)

    def effect(state: SecPath, _line: int) -> None:
        if not state.port.trunk:
            raise Unreadable("the port is not a trunk")
        state.port.permitted |= vlans

    return effect


def undo_permit_vlans(words: Words) -> Effect[SecPath]:
    """`undo port trunk permit vlan {<list>|all}`."""
    vlans = _carried(words)

    def effect(state: SecPath, _line: int) -> None:
        if not state.port.trunk:
            raise Unreadable("the port is not a trunk")
        state.port.permitted -= vlans

    return effect


def _carried(words: Words) -> frozenset[int]:
    return frozenset(range(1, VLAN_MAX + 1)) if words == ("all",) else vlan_list(words)
