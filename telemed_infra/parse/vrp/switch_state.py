"""What a VRP switch's commands build up, and what they do to it.

Each reader takes the words after a command's head and returns the effect on the state. Source:
docs/reference/platforms.md
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from telemed_infra.parse.management.state import Management
from telemed_infra.parse.multicast import GroupSnooping
from telemed_infra.parse.virtual_routers import Groups
from telemed_infra.parse.vrp.arguments import (
    VLAN_MAX,
    interface,
    interface_address,
    name,
    nothing,
    number,
    one,
    vlan_list,
)
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.switch_guards import Guards
from telemed_infra.parse.vrp.tunnels_state import Bound, Ipsec

ALL_VLANS = frozenset(range(1, VLAN_MAX + 1))
LINK_TYPES = ("access", "trunk")
"""Hybrid, dot1q-tunnel and negotiated ports are not read."""


@dataclass(slots=True)
class Port:
    """An interface as its block configures it."""

    line: int
    description: str = ""
    link_type: str = ""
    default_vlan: int = 1
    native_vlan: int = 1
    allowed: set[int] = field(default_factory=lambda: {1})
    """VLAN 1 is on every trunk until it is taken off. Source: docs/reference/platforms.md."""
    vlan_lines: dict[int, str] = field(default_factory=dict)
    """Lines about VLANs, with the link type that each belongs to."""
    bundle: str = ""
    bundle_line: int = 0
    shut: bool = False
    routed: bool = False
    addresses: dict[str, int] = field(default_factory=dict)
    groups: Groups = field(default_factory=dict)
    """None: virtual routers of switches are not read."""
    bound: Bound = field(default_factory=Bound)


@dataclass(slots=True)
class AccessList:
    """An ACL: the words that name it, and the lines of its denies."""

    titles: frozenset[str]
    denies: list[int] = field(default_factory=list)
    numbered: dict[str, int] = field(default_factory=dict)
    """Lines of denies that have a number."""


@dataclass(slots=True)
class Switch:
    """The whole state, and the objects whose views are open."""

    hostname: str = ""
    vlans: set[int] = field(default_factory=set)
    ports: dict[str, Port] = field(default_factory=dict)
    lists: list[AccessList] = field(default_factory=list)
    matched_lists: set[str] = field(default_factory=set)
    """Words by which traffic classifiers name ACLs."""
    port: Port = field(default_factory=lambda: Port(0))
    management: Management = field(default_factory=Management)
    guards: Guards = field(default_factory=Guards)
    ipsec: Ipsec = field(default_factory=Ipsec)

    @property
    def bound(self) -> Bound:
        """What the interface whose view is open binds."""
        return self.port.bound

    groups: GroupSnooping = field(default_factory=GroupSnooping)


def sets(attribute: str, value: object) -> Reader[Switch]:
    """A reader of bare commands that set one field of the open interface."""

    def effect(state: Switch, _line: int) -> None:
        setattr(state.port, attribute, value)

    def reader(words: Words) -> Effect[Switch]:
        nothing(words)
        return effect

    return reader


def sysname(words: Words) -> Effect[Switch]:
    """The host's name."""
    hostname = one(words)

    def effect(state: Switch, _line: int) -> None:
        state.hostname = hostname

    return effect


def define_vlans(words: Words) -> Effect[Switch]:
    """`vlan batch {a [to b]}&<1-10>`; lines add up."""
    vlans = vlan_list(words)
    return lambda state, _line: state.vlans.update(vlans)


def undo_vlans(words: Words) -> Effect[Switch]:
    """`undo vlan batch …`."""
    vlans = vlan_list(words)
    return lambda state, _line: _remove_vlans(state, vlans)


def enter_vlan(words: Words) -> Effect[Switch]:
    """`vlan <n>` makes one VLAN and opens its view."""
    vlan = number(one(words), 1, VLAN_MAX)

    def effect(state: Switch, _line: int) -> None:
        state.vlans.add(vlan)
        state.guards.vlan = vlan

    return effect


def undo_vlan(words: Words) -> Effect[Switch]:
    """`undo vlan <n>`."""
    vlan = number(one(words), 1, VLAN_MAX)
    return lambda state, _line: _remove_vlans(state, {vlan})


def enter_interface(words: Words) -> Effect[Switch]:
    """`interface <name>`."""
    title = interface(words)

    def effect(state: Switch, line: int) -> None:
        state.port = state.ports.setdefault(title, Port(line))
        state.guards.port = title
        state.management.at = (title,)

    return effect


def describe(words: Words) -> Effect[Switch]:
    """`description <text>`."""
    text = " ".join(words)

    def effect(state: Switch, _line: int) -> None:
        state.port.description = text

    return effect


def link_type(words: Words) -> Effect[Switch]:
    """`port link-type {access|trunk}`."""
    kind = one(words)
    if kind not in LINK_TYPES:
        raise Unreadable(f"ports of link-type {kind} are not modelled")

    def effect(state: Switch, line: int) -> None:
        state.port.link_type = kind
        state.port.vlan_lines[line] = kind

    return effect


def access_vlan(words: Words) -> Effect[Switch]:
    """`port default vlan <n>`."""
    return _vlan("default_vlan", "access", number(one(words), 1, VLAN_MAX))


def undo_access_vlan(words: Words) -> Effect[Switch]:
    """Back to VLAN 1."""
    nothing(words)
    return _vlan("default_vlan", "access", 1)


def native_vlan(words: Words) -> Effect[Switch]:
    """`port trunk pvid vlan <n>`; it must be allowed too to pass."""
    return _vlan("native_vlan", "trunk", number(one(words), 1, VLAN_MAX))


def undo_native_vlan(words: Words) -> Effect[Switch]:
    """Back to VLAN 1."""
    nothing(words)
    return _vlan("native_vlan", "trunk", 1)


def allow_vlans(words: Words) -> Effect[Switch]:
    """`port trunk allow-pass vlan {{a [to b]}&<1-10>|all}`; lines add up."""
    vlans = _vlans(words)

    def effect(state: Switch, line: int) -> None:
        state.port.allowed.update(vlans)
        state.port.vlan_lines[line] = "trunk"

    return effect


def undo_allow_vlans(words: Words) -> Effect[Switch]:
    """`undo port trunk allow-pass vlan …`, the only way to take VLAN 1 off."""
    vlans = _vlans(words)

    def effect(state: Switch, line: int) -> None:
        state.port.allowed.difference_update(vlans)
        state.port.vlan_lines[line] = "trunk"

    return effect


def join_bundle(words: Words) -> Effect[Switch]:
    """`eth-trunk <n>`: the port is a member and carries what the bundle carries."""
    bundle = f"Eth-Trunk{number(one(words), 0, 4095)}"

    def effect(state: Switch, line: int) -> None:
        state.port.bundle, state.port.bundle_line = bundle, line

    return effect


def undo_join_bundle(words: Words) -> Effect[Switch]:
    """`undo eth-trunk`."""
    nothing(words)

    def effect(state: Switch, _line: int) -> None:
        state.port.bundle = ""

    return effect


def add_address(words: Words) -> Effect[Switch]:
    """An address of the interface, of either family."""
    address = interface_address(words)

    def effect(state: Switch, line: int) -> None:
        state.port.addresses[address] = line

    return effect


def undo_address(words: Words) -> Effect[Switch]:
    """One address, or all of them."""
    address = interface_address(words) if words else ""

    def effect(state: Switch, _line: int) -> None:
        if not address:
            state.port.addresses.clear()
        elif state.port.addresses.pop(address, None) is None:
            raise Unreadable(f"the interface does not have {address}")

    return effect


def enter_list(words: Words) -> Effect[Switch]:
    """`acl [ipv6] [number] <n>` or `acl [ipv6] name <name> [<kind>|<n>]`."""
    titles = frozenset(words) - {"ipv6", "number", "name", "advance", "basic", "link"}
    if not titles:
        raise Unreadable("a number or a name is expected")
    return lambda state, _line: state.lists.append(AccessList(titles))


def list_rule(words: Words) -> Effect[Switch]:
    """A rule of an ACL; only whether it denies is kept."""
    denies = "deny" in words[:2]
    place = words[0] if words else ""

    def effect(state: Switch, line: int) -> None:
        if denies:
            state.lists[-1].denies.append(line)
            state.lists[-1].numbered[place] = line

    return effect


def undo_list(words: Words) -> Effect[Switch]:
    """`undo acl …`."""
    titles = frozenset(words)

    def effect(state: Switch, _line: int) -> None:
        state.lists[:] = [held for held in state.lists if not held.titles & titles]

    return effect


def undo_list_rule(words: Words) -> Effect[Switch]:
    """`undo rule <id> […]`: a deny that goes whole drops nothing more."""
    place = words[0] if len(words) == 1 else ""

    def effect(state: Switch, _line: int) -> None:
        line = state.lists[-1].numbered.pop(place, 0)
        state.lists[-1].denies[:] = [one for one in state.lists[-1].denies if one != line]

    return effect


def match_list(words: Words) -> Effect[Switch]:
    """`if-match acl {<n>|[name] <name>}` of a traffic classifier."""
    title = name(words[-1]) if words else ""
    return lambda state, _line: state.matched_lists.add(title)


def _remove_vlans(state: Switch, vlans: Iterable[int]) -> None:
    for vlan in vlans:
        state.vlans.discard(vlan)
        state.groups.forget_vlan(vlan)


def _vlans(words: Words) -> frozenset[int]:
    return ALL_VLANS if words == ("all",) else vlan_list(words)


def _vlan(attribute: str, kind: str, vlan: int) -> Effect[Switch]:
    def effect(state: Switch, line: int) -> None:
        setattr(state.port, attribute, vlan)
        state.port.vlan_lines[line] = kind

    return effect
