"""`parse_vrp`: what a Huawei VRP5 switch or router would do with VLANs, from its text alone.

Decisions where a text leaves something open:

* A trunk's `trunk_vlans` are those it *allows*; a VLAN passes only if the switch also defines it,
  so the reader of the result intersects with `vlans`.
* A live port without `port link-type` is unread, with or without VLAN lines: the default differs
  by model (hybrid, or negotiated into a trunk). If it is shut it is simply SHUTDOWN.
* A shut port carries no VLAN, whatever its other lines say; these are still checked.
* A member of an Eth-Trunk has the mode and VLANs of the bundle, and is shut with it.
* Vlanif, LoopBack, MEth and the like are no ports; routed ports (`undo portswitch`) are ROUTED.
* Tunnels of IPsec are a router's; where no line binds one there is none. Which algorithms of ESP
  hold without a line differs between releases of AR routers, so a line has to say them.
* Filters are no part of a switch's behaviour here, so lines that bind one are unread; so is a deny
  in an ACL that a traffic classifier matches, since it drops (docs/reference/platforms.md).
"""

from __future__ import annotations

from msgspec.structs import replace

from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort
from telemed_infra.parse.management.judged import Look
from telemed_infra.parse.management.plane import management_plane
from telemed_infra.parse.ports import port_found
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.vrp.engine import read
from telemed_infra.parse.vrp.management_bound import huawei_aaa
from telemed_infra.parse.vrp.management_rows import SWITCH
from telemed_infra.parse.vrp.switch_grammar import VRP
from telemed_infra.parse.vrp.switch_guards import port_guards, radius_servers
from telemed_infra.parse.vrp.switch_state import Port, Switch
from telemed_infra.parse.vrp.tunnels import tunnels_of

_NOT_PORTS = (
    "Vlanif", "LoopBack", "MEth", "NULL", "Tunnel", "Virtual", "Dialer", "Bridge-if", "Cellular",
)  # fmt: skip


def parse_vrp(text: str) -> SwitchBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`."""
    state = Switch()
    reading = read(VRP, state, text)
    for access_list in state.lists:
        if access_list.titles & state.matched_lists:
            for line in access_list.denies:
                reading.refuse(line, "a deny in a list for marking drops what it matches")
    ports = {
        name: found
        for name, port in state.ports.items()
        if not name.startswith(_NOT_PORTS) and (found := _port(name, port, state, reading))
    }
    addresses = {
        name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses
    }
    talkers = (name for name in state.ports if not name.startswith((*_NOT_PORTS, "Eth-Trunk")))
    look = Look(state.management, SWITCH)
    ports = {name: _guarded(port, state, look) for name, port in ports.items()}
    servers, places = radius_servers(state.guards, look)
    plane, complaints = management_plane(
        state.management, SWITCH, huawei_aaa, addresses, talkers, servers, places
    )
    for line, why in (*complaints, *look.complaints):
        reading.refuse(line, why)
    tunnels = tunnels_of(state, reading.refuse, {})
    return SwitchBehaviour(
        hostname=state.hostname,
        vlans=frozenset(state.vlans - {1}),
        ports=ports,
        addresses=addresses,
        unread=reading.in_order(),
        lines=reading.lines,
        effective=reading.effective,
        inert=reading.inert,
        plane=plane,
        unused=tunnels.unused,
        tunnels=tunnels.tunnels,
        tunnel_lines=tunnels.lines,
        snooped=state.groups.snooped(state.vlans),
        snooped_lines=state.groups.vlans,
    )


def _guarded(found: SwitchPort, state: Switch, look: Look) -> SwitchPort:
    """The port with its guards; a member of a bundle has those of the bundle."""
    port = state.ports[found.name]
    source = state.ports[port.bundle] if port.bundle else port
    vlans: set[int] = set()
    if source.link_type == "access":
        vlans = {source.default_vlan}
    elif source.link_type == "trunk":
        vlans = source.allowed & state.vlans
    return replace(found, guards=port_guards(state.guards, port.bundle or found.name, vlans, look))


def _port(name: str, port: Port, state: Switch, reading: Reading) -> SwitchPort | None:
    """The port resolved; None if what it does is not known, which the reading then says."""
    source = _source(port, state, reading)
    if "." in name:
        reading.refuse(port.line, "subinterfaces are not modelled")
        return None
    if source is None:
        return None
    _check(source, reading)
    if port.shut or source.shut:
        return port_found(name, port, PortMode.SHUTDOWN)
    if source.routed:
        return port_found(name, port, PortMode.ROUTED)
    if source.link_type == "access":
        return port_found(name, port, PortMode.ACCESS, access=source.default_vlan)
    if source.link_type == "trunk":
        return port_found(
            name, port, PortMode.TRUNK,
            native=source.native_vlan, vlans=frozenset(source.allowed),
        )  # fmt: skip
    reading.refuse(port.line, "the link-type of a live port that names none differs by model")
    return None


def _source(port: Port, state: Switch, reading: Reading) -> Port | None:
    """Where a port's VLANs stand: in its own block, or in that of its bundle."""
    if not port.bundle:
        return port
    for line in port.vlan_lines:
        reading.refuse(line, "a member of a bundle has no VLAN lines")
    bundle = state.ports.get(port.bundle)
    if bundle is None or bundle.bundle:
        reading.refuse(port.bundle_line, f"there is no {port.bundle} to join")
        return None
    return bundle


def _check(port: Port, reading: Reading) -> None:
    """Lines about VLANs must fit the link type: the device refuses them otherwise."""
    for line, kind in port.vlan_lines.items():
        if port.routed:
            reading.refuse(line, "a routed port has no VLAN lines")
        elif kind != port.link_type:
            reading.refuse(line, f"the line is for a port of link-type {kind}")
