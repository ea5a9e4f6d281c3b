"""VLANs of a Comware switch and the lines that put them on ports, in the order of the text.

Each reader takes the words after a command's head and returns the effect on the state. A line
that the device would refuse at this place (a VLAN not made yet, another link-type) is not read.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable

from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.comware.interfaces import ETHERNET, interface_list, kind_of
from telemed_infra.parse.comware.switch_state import ALL_VLANS, Port, Switch
from telemed_infra.parse.vrp.arguments import (
    VLAN_MAX,
    nothing,
    number,
    number_range,
    one,
    vlan_list,
)
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

LINK_TYPES = ("access", "trunk", "hybrid")

Change = Callable[[Port], None]


def enter_vlan(words: Words) -> Effect[Switch]:
    """`vlan {<a> [to <b>] | all}`; one VLAN opens its view, several do not."""
    vlans = _vlan_or_range(words)
    single = len(words) == 1 and len(vlans) == 1

    def effect(state: Switch, _line: int) -> None:
        state.vlans.update(vlans)
        state.vlan = min(vlans) if single else None

    return effect


def undo_vlan(words: Words) -> Effect[Switch]:
    """`undo vlan {<a> [to <b>] | all}`; access ports fall back to VLAN 1, trunks keep their lines.

    What a hybrid port keeps, and what becomes of a Vlan-interface, is not known.
    """
    vlans = _vlan_or_range(words)

    def effect(state: Switch, _line: int) -> None:
        for name, port in state.ports.items():
            if kind_of(name) == "Vlan-interface" and int(name[len("Vlan-interface") :]) in vlans:
                raise Unreadable(f"what becomes of {name} is not known")
            if port.link_type == "hybrid" and vlans & port.carried():
                raise Unreadable(f"what becomes of the VLAN lines of {name} is not known")
        for port in state.ports.values():
            if port.link_type == "access" and port.pvid in vlans:
                port.pvid = 1
        state.vlans.difference_update(vlans)
        for vlan in vlans:
            state.groups.forget_vlan(vlan)

    return effect


def in_open_vlan(_words: Words) -> Effect[Switch]:
    """A text of one VLAN; after `vlan 2 to 5` no view is open that would take it."""

    def effect(state: Switch, _line: int) -> None:
        if state.vlan is None:
            raise Unreadable("a line that makes several VLANs opens the view of none")

    return effect


def add_ports(words: Words) -> Effect[Switch]:
    """`port <interface-list>` in the view of a VLAN: access ports join it."""
    names = _bridgeable(words)

    def effect(state: Switch, line: int) -> None:
        if state.vlan is None:
            raise Unreadable("a line that makes several VLANs opens the view of none")
        for name in names:
            port = state.ports.setdefault(name, Port(line))
            _must_be(port, "access")
            port.pvid, port.routed = state.vlan, False

    return effect


def remove_ports(words: Words) -> Effect[Switch]:
    """`undo port <interface-list>`: access ports of this VLAN fall back to VLAN 1."""
    names = _bridgeable(words)

    def effect(state: Switch, _line: int) -> None:
        for name in names:
            port = state.ports.get(name)
            if port is None or port.link_type != "access" or port.pvid != state.vlan:
                raise Unreadable(f"{name} is not in this VLAN as an access port")
            port.pvid = 1

    return effect


def link_type(words: Words) -> Effect[Switch]:
    """`port link-type {access | trunk | hybrid}`.

    A trunk begins with VLAN 1 alone, a hybrid port with the VLAN that the access port had. Back to
    access is read from a port that no other line has touched; trunk to hybrid is refused.
    """
    kind = keyword(one(words), LINK_TYPES)

    def change(port: Port) -> None:
        if port.link_type == kind:
            return
        if kind == "access":
            _to_access(port)
        elif port.link_type != "access":
            raise Unreadable(f"a {port.link_type} port becomes access before it becomes {kind}")
        else:
            port.pvid = port.pvid if kind == "hybrid" else 1
            port.permitted, port.tagged, port.untagged = {1}, set(), {port.pvid}
        port.link_type = kind

    return _on_ports(change)


def undo_link_type(words: Words) -> Effect[Switch]:
    """Back to access."""
    nothing(words)
    return link_type(("access",))


def access_vlan(words: Words) -> Effect[Switch]:
    """`port access vlan <n>`."""
    return _pvid("access", number(one(words), 1, VLAN_MAX), made=True)


def undo_access_vlan(words: Words) -> Effect[Switch]:
    """Back to VLAN 1."""
    nothing(words)
    return _pvid("access", 1)


def pvid(kind: str) -> Reader[Switch]:
    """`port {trunk|hybrid} pvid vlan <n>`; it must be let pass too to be carried."""
    return lambda words: _pvid(kind, number(one(words), 1, VLAN_MAX))


def undo_pvid(kind: str) -> Reader[Switch]:
    """`undo port {trunk|hybrid} pvid`."""

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)
        return _pvid(kind, 1)

    return reader


def permit(words: Words) -> Effect[Switch]:
    """`port trunk permit vlan {<list> | all}`; lines add up, and VLANs need not be made."""
    vlans = _list_or_all(words)
    return _on_ports(lambda port: port.permitted.update(vlans), "trunk")


def undo_permit(words: Words) -> Effect[Switch]:
    """`undo port trunk permit vlan {<list> | all}`."""
    vlans = _list_or_all(words)
    return _on_ports(lambda port: port.permitted.difference_update(vlans), "trunk")


def hybrid_vlans(words: Words) -> Effect[Switch]:
    """`port hybrid vlan <list> {tagged | untagged}`; lines add up, a VLAN is tagged or not."""
    if not words:
        raise Unreadable("VLANs are expected")
    how = keyword(words[-1], ("tagged", "untagged"))
    vlans = vlan_list(words[:-1])

    def change(port: Port) -> None:
        joined, left = port.untagged, port.tagged
        if how == "tagged":
            joined, left = left, joined
        joined.update(vlans)
        left.difference_update(vlans)

    return _on_ports(change, "hybrid", made=vlans)


def undo_hybrid_vlans(words: Words) -> Effect[Switch]:
    """`undo port hybrid vlan <list>`."""
    vlans = vlan_list(words)

    def change(port: Port) -> None:
        port.tagged.difference_update(vlans)
        port.untagged.difference_update(vlans)

    return _on_ports(change, "hybrid")


def no_words(words: Words) -> Effect[Switch]:
    """What stands only for its `undo`: the command itself needs a VLAN."""
    raise Unreadable(f"`vlan` and a number are expected, not {' '.join(words) or 'nothing'}")


def _vlan_or_range(words: Words) -> frozenset[int]:
    if len(words) == 1 and words[0].lower() == "all":
        return ALL_VLANS
    (low, high), rest = number_range(words, 1, VLAN_MAX)
    if rest:
        raise Unreadable("one VLAN or one range of VLANs is expected")
    return frozenset(range(low, high + 1))


def _list_or_all(words: Words) -> frozenset[int]:
    return ALL_VLANS if len(words) == 1 and words[0].lower() == "all" else vlan_list(words)


def _bridgeable(words: Words) -> tuple[str, ...]:
    names = interface_list(words)
    if any(kind_of(name) not in ETHERNET or "." in name for name in names):
        raise Unreadable("only Ethernet ports are put into a VLAN in its view")
    return names


def _on_ports(change: Change, kind: str = "", made: frozenset[int] = frozenset()) -> Effect[Switch]:
    """Changes the ports of the open view, and what the members of a bundle have from it."""

    def effect(state: Switch, _line: int) -> None:
        for vlan in made:
            state.must_exist(vlan)
        for port in tuple(state.bridged_ports()):
            if kind:
                _must_be(port, kind)
            change(port)
            port.routed = False

    return effect


def _pvid(kind: str, vlan: int, *, made: bool = False) -> Effect[Switch]:
    def change(port: Port) -> None:
        port.pvid = vlan

    return _on_ports(change, kind, frozenset({vlan} if made else ()))


def _must_be(port: Port, kind: str) -> None:
    if port.routed:
        raise Unreadable("a routed port has no VLAN lines")
    if port.link_type != kind:
        raise Unreadable(f"the line is for a port of link-type {kind}")


def _to_access(port: Port) -> None:
    if port.pvid != 1 or port.tagged or port.untagged != {1} or port.permitted != {1}:
        raise Unreadable(f"what a {port.link_type} port keeps as it becomes access is not known")
