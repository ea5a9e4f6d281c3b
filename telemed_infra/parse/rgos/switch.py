"""`parse_rgos`: what a Ruijie switch would do, from its text alone.

Decisions where a text leaves something open:

* A live port without `switchport mode` is an access port: RGOS asks no neighbour. Modes that carry
  VLANs in another way (hybrid, uplink, tunnels) are unread.
* Lines for the other mode may stay on a port; the mode says which of them count.
* A trunk's `trunk_vlans` are those it *allows*, all until a line says otherwise; the native one
  is among them only if it is allowed. A VLAN passes only if the switch also defines it.
* A member of an aggregate port carries what that carries, and is shut with it. One whose own lines
  differ is unread.
* An interface of a VLAN that no line above has defined is unread: a device refuses it.
* Whether the switch forwards between its own addresses is no matter of VLANs; but a default
  gateway beside `ip routing`, and static routes beside `no ip routing`, do nothing: unread.
"""

from __future__ import annotations

from msgspec.structs import replace

from telemed_infra.management_plane import OPEN_PORT, PortGuards
from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort
from telemed_infra.parse.ios.forwarding import idle
from telemed_infra.parse.ios.plane.context import Context
from telemed_infra.parse.ios.resolve import Resolver
from telemed_infra.parse.ios.state import Ios, Port
from telemed_infra.parse.ports import port_found
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.rgos.guards import GuardReader
from telemed_infra.parse.rgos.names import BUNDLE, MANAGEMENT, SOFTWARE
from telemed_infra.parse.rgos.plane import BUILT_IN_VIEW, management_plane
from telemed_infra.parse.rgos.reading import read_rgos
from telemed_infra.parse.rgos.switch_grammar import SWITCH

_SWITCHES = ("mode", "access", "native", "allowed")


def parse_rgos(text: str) -> SwitchBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`.

    Interfaces carry their whole names, as `GigabitEthernet 0/1` and `VLAN 10`.
    """
    state = Ios()
    state.plane.said.put(*BUILT_IN_VIEW)
    reading = read_rgos(SWITCH, state, text)
    for line, why in idle(state):
        reading.refuse(line, why)
    context = Context(state, reading, Resolver(state, reading), is_switch=True)
    plane = management_plane(context)
    guards = GuardReader(context)
    ports = {
        name: _guarded(found, guards.guards(_holder(port, state)))
        for name, port in state.ports.items()
        if _is_port(name) and (found := _port(name, port, state, reading))
    }
    return SwitchBehaviour(
        hostname=state.hostname,
        vlans=frozenset(state.vlans - {1}),
        ports=ports,
        addresses={
            name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses
        },
        unread=reading.in_order(),
        lines=reading.lines,
        effective=reading.effective,
        inert=reading.inert,
        plane=plane,
    )


def _is_port(name: str) -> bool:
    return name.startswith(BUNDLE) or not name.startswith(SOFTWARE)


def _guarded(port: SwitchPort, guards: PortGuards) -> SwitchPort:
    return port if guards == OPEN_PORT else replace(port, guards=guards)


def _holder(port: Port, state: Ios) -> Port:
    """The block that holds for a port: its own, or that of its aggregate port."""
    return state.ports.get(port.bundle.name, port) if port.bundle else port


def _port(name: str, port: Port, state: Ios, reading: Reading) -> SwitchPort | None:
    """The port resolved; None if what it does is not known, which the reading then says."""
    if "." in name:
        reading.refuse(port.line, "subinterfaces are not modelled")
        return None
    source = _source(port, state, reading)
    if source is None:
        return None
    if port.shut or source.shut:
        return port_found(name, port, PortMode.SHUTDOWN)
    if source.routed or name.startswith(MANAGEMENT):
        return port_found(name, port, PortMode.ROUTED)
    return _switching(name, port, source, reading)


def _switching(name: str, port: Port, source: Port, reading: Reading) -> SwitchPort | None:
    """A live port that switches; `source` is the block that its VLANs stand in."""
    for line in port.addresses.values():
        reading.refuse(line, "a port that switches takes no address: `no switchport` comes first")
    if source.mode in ("", "access"):
        return port_found(name, port, PortMode.ACCESS, access=source.access)
    if source.mode == "trunk":
        return port_found(name, port, PortMode.TRUNK, native=source.native, vlans=source.allowed)
    reading.refuse(source.mode_line, f"ports of mode {source.mode} are not modelled")
    return None


def _source(port: Port, state: Ios, reading: Reading) -> Port | None:
    """Where a port's VLANs stand: in its own block, or in that of its aggregate port."""
    if port.bundle is None:
        return port
    bundle = state.ports.get(port.bundle.name)
    if bundle is None or bundle.bundle is not None:
        reading.refuse(port.bundle.line, f"there is no {port.bundle.name} to join")
        return None
    differs = [one for one in _SWITCHES
               if one in port.said and getattr(port, one) != getattr(bundle, one)]  # fmt: skip
    for one in differs:
        reading.refuse(
            port.said[one], f"it differs from {port.bundle.name}, which its ports follow"
        )
    if port.routed is not bundle.routed:
        reading.refuse(port.bundle.line, f"one of the port and {port.bundle.name} switches")
        return None
    return None if differs else bundle
