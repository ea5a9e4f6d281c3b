"""`parse_comware`: what an H3C Comware 7 switch would do with VLANs, from its text alone.

Decisions where a text leaves something open:

* A trunk's `trunk_vlans` are those it *permits*; a VLAN passes only if the switch also makes it,
  so the reader of the result intersects with `vlans`. The same holds for the PVID: frames of a
  PVID that is not permitted are dropped.
* A port without `port link-type` is an access port. Whether a live Ethernet port that no line
  bridges or routes is bridged differs by model, so it is unread.
* Lines are taken as the device takes them, one after the other: a VLAN that is put on an access
  or hybrid port before a line makes it is refused, so is a line for another link-type.
* A hybrid port that lets its PVID pass untagged, or nothing, and all else tagged, is a trunk; one
  that carries its PVID alone is an access port. Others cannot be said and are unread.
* A shut port carries no VLAN, whatever its other lines say; these are still checked.
* A member of an aggregate has its VLAN lines too. Lines typed in the aggregate's view go to its
  members; a member that differs in the end is unread, since the device would not use it.
* A phone may put a port into the voice VLAN; this is read where the port carries that VLAN anyhow.
* Vlan-interface, LoopBack and management interfaces are no ports.
* Filters are no part of a switch's behaviour here, so lines that bind one are unread.
"""

from __future__ import annotations

from msgspec.structs import replace

from telemed_infra.parse.behaviour import PortMode, SwitchBehaviour, SwitchPort
from telemed_infra.parse.comware.abbreviations import moves_in_full
from telemed_infra.parse.comware.interfaces import (
    BRIDGE_AGGREGATION,
    ETHERNET,
    NOT_PORTS,
    ROUTE_AGGREGATION,
    kind_of,
)
from telemed_infra.parse.comware.management import SWITCH
from telemed_infra.parse.comware.management_aaa import comware_aaa
from telemed_infra.parse.comware.switch_grammar import COMWARE
from telemed_infra.parse.comware.switch_guarded import port_guards, radius_servers
from telemed_infra.parse.comware.switch_guards import guards_that_fail
from telemed_infra.parse.comware.switch_lists import uses_of_nothing
from telemed_infra.parse.comware.switch_state import Port, Switch
from telemed_infra.parse.management.judged import Look
from telemed_infra.parse.management.plane import management_plane
from telemed_infra.parse.ports import port_found
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.vrp.engine import read


def parse_comware(text: str) -> SwitchBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`."""
    state = Switch()
    reading = read(COMWARE, state, moves_in_full(text))
    for line, why in (*guards_that_fail(state), *uses_of_nothing(state)):
        reading.refuse(line, why)
    ports = {
        name: found
        for name, port in state.ports.items()
        if kind_of(name) not in NOT_PORTS and (found := _port(name, port, state, reading))
    }
    addresses = {name: own for name, port in state.ports.items() if (own := _addresses(port))}
    talkers = (name for name in state.ports if kind_of(name) in ETHERNET)
    look = Look(state.management, SWITCH)
    ports = {
        name: replace(found, guards=port_guards(_guarding(name, state), state, look))
        for name, found in ports.items()
    }
    servers, places = radius_servers(state, look)
    plane, complaints = management_plane(
        state.management, SWITCH, comware_aaa, addresses, talkers, servers, places
    )
    for line, why in (*complaints, *look.complaints):
        reading.refuse(line, why)
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
        snooped=state.groups.snooped(state.vlans),
        snooped_lines=state.groups.vlans,
    )


def _guarding(name: str, state: Switch) -> Port:
    """The port whose lines guard this one: itself, or the bundle that it is a member of."""
    port = state.ports[name]
    return state.ports.get(port.bundle, port) if port.bundle else port


def _addresses(port: Port) -> tuple[str, ...]:
    return (*((port.primary,) if port.primary else ()), *port.further)


def _port(name: str, port: Port, state: Switch, reading: Reading) -> SwitchPort | None:
    """The port resolved; None if what it does is not known, which the reading then says."""
    if "." in name:
        reading.refuse(port.line, "subinterfaces are not modelled")
        return None
    bundle = state.ports.get(port.bundle) if port.bundle else None
    _check_voice(port, reading)
    if bundle is not None and bundle.vlan_lines() != port.vlan_lines():
        reading.refuse(port.bundle_line, f"the VLAN lines differ from those of {port.bundle}")
        return None
    if port.shut or (bundle is not None and bundle.shut):
        return port_found(name, port, PortMode.SHUTDOWN)
    if port.routed or kind_of(name) == ROUTE_AGGREGATION:
        return port_found(name, port, PortMode.ROUTED)
    if port.routed is None and kind_of(name) != BRIDGE_AGGREGATION:
        reading.refuse(port.line, "whether a live port that names no link-mode is bridged differs")
        return None
    return _bridged(name, port, reading)


def _bridged(name: str, port: Port, reading: Reading) -> SwitchPort | None:
    if port.link_type == "access":
        return port_found(name, port, PortMode.ACCESS, access=port.pvid)
    if port.link_type == "hybrid":
        if not port.untagged <= {port.pvid} or port.pvid in port.tagged:
            reading.refuse(port.line, "what leaves untagged is not the PVID, or not the PVID alone")
            return None
        if port.carried() == {port.pvid}:
            return port_found(name, port, PortMode.ACCESS, access=port.pvid)
    return port_found(name, port, PortMode.TRUNK, native=port.pvid, vlans=port.carried())


def _check_voice(port: Port, reading: Reading) -> None:
    for vlan, line in port.voice.items():
        if port.voice_by_phone and port.link_type == "access":
            reading.refuse(line, "an access port takes a voice VLAN only without `mode auto`")
        elif port.voice_by_phone and vlan not in port.carried():
            reading.refuse(line, f"a phone would put the port into VLAN {vlan}")
