"""`parse_ios_switch`: what a Cisco IOS switch would do with VLANs, from its text alone.

Decisions where a text leaves something open:

* A live port without `switchport mode`, or with a dynamic one, is unread: its neighbour decides
  by DTP whether it is a trunk. If it is shut it is simply SHUTDOWN.
* Lines for the other mode may stay on a port; the mode says which of them count.
* A trunk's `trunk_vlans` are those it *allows*, the native one among them only if it is allowed.
  A VLAN passes only if the switch also defines it.
* A live access port with a voice VLAN carries a second, tagged VLAN, which `SwitchPort` cannot
  say: unread.
* A member of a bundle carries what the bundle carries, and is shut with it. One whose own lines
  differ would be suspended: unread.
* VLANs count as the text defines them. Where VTP brings them from elsewhere (client or server, or
  a domain without `vtp mode transparent` or `off`), that line is unread.
* IGMP snooping reads reports up to version 3, and is on in every VLAN unless a line says otherwise.
* Whether the switch forwards between its own addresses is no matter of VLANs; but a default
  gateway beside `ip routing`, and static routes beside `no ip routing`, do nothing: unread.
* Vlan, Loopback, Tunnel and the like are no ports. An address on a port without `no switchport`
  is unread, except on a management port.
"""

from __future__ import annotations

from msgspec.structs import replace

from telemed_infra.management_plane import OPEN_PORT, PortGuards
from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort
from telemed_infra.parse.ios.forwarding import idle
from telemed_infra.parse.ios.plane.context import Context
from telemed_infra.parse.ios.plane.guards import GuardReader
from telemed_infra.parse.ios.plane.plane import management_plane
from telemed_infra.parse.ios.reading import read_ios
from telemed_infra.parse.ios.resolve import Resolver
from telemed_infra.parse.ios.state import Ios, Port
from telemed_infra.parse.ios.switch_grammar import SWITCH
from telemed_infra.parse.ports import port_found
from telemed_infra.parse.reading import Reading

_NOT_PORTS = (
    "Vlan", "Loopback", "Null", "Tunnel", "BDI", "BVI", "NVI", "Virtual", "Dialer", "Cellular",
)  # fmt: skip
_STANDS_ALONE = ("transparent", "off")
_SWITCHES = ("mode", "access", "native", "allowed")


def parse_ios_switch(text: str) -> SwitchBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`."""
    state = Ios()
    reading = read_ios(SWITCH, state, text)
    _check_vtp(state, reading)
    for line, why in idle(state):
        reading.refuse(line, why)
    context = Context(state, reading, Resolver(state, reading), is_switch=True)
    plane = management_plane(context)
    guards = GuardReader(context)
    ports = {
        name: _guarded(found, guards.guards(_holder(port, state)))
        for name, port in state.ports.items()
        if not name.startswith(_NOT_PORTS) and (found := _port(name, port, state, reading))
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
        snooped=frozenset(state.vlans - {1} - state.unsnooped if state.snoops else ()),
        snooped_lines=state.snooped_lines,
    )


def _guarded(port: SwitchPort, guards: PortGuards) -> SwitchPort:
    return port if guards == OPEN_PORT else replace(port, guards=guards)


def _holder(port: Port, state: Ios) -> Port:
    """The block that holds for a port: its own, or that of its bundle."""
    return state.ports.get(port.bundle.name, port) if port.bundle else port


def _check_vtp(state: Ios, reading: Reading) -> None:
    mode = state.vtp_mode
    if mode is not None and mode.name.lower() not in _STANDS_ALONE:
        reading.refuse(mode.line, f"as VTP {mode.name} the switch takes VLANs from others")
    elif mode is None and state.vtp_domain is not None:
        reading.refuse(
            state.vtp_domain.line, "in a VTP domain, and not transparent, VLANs come from others"
        )


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
    if source.routed or _is_management(name, source):
        return port_found(name, port, PortMode.ROUTED)
    return _switching(name, port, source, reading)


def _switching(name: str, port: Port, source: Port, reading: Reading) -> SwitchPort | None:
    """A live port that switches; `source` is the block that its VLANs stand in."""
    for line in port.addresses.values():
        reading.refuse(line, "a port that switches takes no address: `no switchport` comes first")
    if source.mode == "access":
        for one in {id(port): port, id(source): source}.values():
            if one.voice_line:
                reading.refuse(one.voice_line, "a second, tagged VLAN on an access port")
        return port_found(name, port, PortMode.ACCESS, access=source.access)
    if source.mode == "trunk":
        return port_found(name, port, PortMode.TRUNK, native=source.native, vlans=source.allowed)
    if source.mode:
        reading.refuse(source.mode_line, f"ports of mode {source.mode} are not modelled")
    else:
        reading.refuse(port.line, "a live port without mode asks its neighbour, by DTP")
    return None


def _source(port: Port, state: Ios, reading: Reading) -> Port | None:
    """Where a port's VLANs stand: in its own block, or in that of its bundle."""
    if port.bundle is None:
        return port
    bundle = state.ports.get(port.bundle.name)
    if bundle is None or bundle.bundle is not None:
        reading.refuse(port.bundle.line, f"there is no {port.bundle.name} to join")
        return None
    differs = [one for one in _SWITCHES
               if one in port.said and getattr(port, one) != getattr(bundle, one)]  # fmt: skip
    for one in differs:
        reading.refuse(port.said[one], f"it differs from {port.bundle.name}: a suspended member")
    if port.routed is not bundle.routed:
        reading.refuse(port.bundle.line, f"one of the port and {port.bundle.name} switches")
        return None
    return None if differs else bundle


def _is_management(name: str, port: Port) -> bool:
    """A port that never switches: alone on its slot, and in a VRF or of that very name."""
    return port.is_management or (name in ("FastEthernet0", "mgmt0") and not port.said)
