"""What a switch port does against hosts that misbehave, from its own lines and the device's.

What stands alone does nothing: port security without its bare line, a guard of addresses where DHCP
is not watched, 802.1X that the device does not run. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.management_plane import PortGuards
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.events import admits
from telemed_infra.parse.ios.plane.guard_grammar import (
    EDGE_BY_DEFAULT,
    GUARD_BY_DEFAULT,
    SNOOPED_VLANS,
)
from telemed_infra.parse.ios.plane.sayings import Said, Sayings
from telemed_infra.parse.ios.state import Port
from telemed_infra.parse.ios.values import vlan_list

_SECURED_MAX = 1
_EVERY_METHOD = ("dot1x", "mab")


class GuardReader:
    """Reads the guards of the ports of one text; ports that say the same are read once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.snooped = _snooped_vlans(context)
        self._known: dict[tuple[object, ...], PortGuards] = {}

    def guards(self, port: Port) -> PortGuards:
        """The guards of one port; lines whose meaning is not known become unread."""
        texts = [
            (head, said.text) for head, held in port.sayings.held.items() for said in held.values()
        ]
        key = (port.mode, port.access, port.allowed, *texts)
        found = self._known.get(key)
        if found is None:
            complaints = len(self.context.reading.unread)
            found = _port_guards(self.context, port, self.snooped)
            if complaints == len(self.context.reading.unread):
                self._known[key] = found
        return found


def _snooped_vlans(context: Context) -> frozenset[int]:
    """The VLANs in which DHCP is watched."""
    found: frozenset[int] = frozenset()
    if not context.said.is_on("ip dhcp snooping"):
        return found
    for key, said in context.said.all(SNOOPED_VLANS).items():
        vlans = context.value(vlan_list, said)
        if vlans is not None:
            found = found | vlans if key.startswith("on ") else found - vlans
    return found


def _port_guards(context: Context, port: Port, snooped: frozenset[int]) -> PortGuards:
    """The guards of one port; `snooped` are the VLANs in which DHCP is watched.

    A trunk is watched if all the VLANs are that it carries and the switch defines.
    """
    said = port.sayings
    edge = _edge(context, port)
    carried = (port.allowed & context.state.vlans) if port.mode == "trunk" else {port.access}
    watched = bool(carried) and carried <= snooped
    trusted = context.said.is_on("ip dhcp snooping") and said.is_on("ip dhcp snooping trust")
    dot1x, mab = _authentication(context, said)
    return PortGuards(
        edge=edge,
        bpdu_guard=_bpdu_guard(context, said, edge=edge),
        snooped=watched,
        trusted=trusted,
        source_guard=watched and not trusted and _verifies(context, said),
        addresses_max=_addresses(context, said),
        dot1x=dot1x,
        mac_bypass=mab,
        admits=(dot1x or mab) and admits(context, port),
    )


def _edge(context: Context, port: Port) -> bool:
    """Whether spanning tree does not wait: of a trunk only if the line says so of trunks."""
    said = port.sayings.one("spanning-tree portfast")
    if said is None:
        return port.mode != "trunk" and context.said.is_on(EDGE_BY_DEFAULT)
    found = context.value(_portfast, said)
    return found == "trunk" or (found == "access" and port.mode != "trunk")


def _portfast(text: str) -> str:
    """`[edge] [trunk]`, `disable`: for what the port is an edge."""
    words = Words(text)
    if words.take("disable"):
        words.end()
        return ""
    words.take("edge")
    trunk = words.take("trunk")
    words.end()
    return trunk or "access"


def _bpdu_guard(context: Context, said: Sayings, *, edge: bool) -> bool:
    """A port that filters what the guard waits for is not guarded."""
    filters, own = said.one("spanning-tree bpdufilter"), said.one("spanning-tree bpduguard")
    if filters is not None and context.value(_enabled, filters) is not False:
        return False
    if own is None:
        return edge and context.said.is_on(GUARD_BY_DEFAULT)
    return bool(context.value(_enabled, own))


def _enabled(text: str) -> bool:
    words = Words(text)
    found = words.one_of("enable", "disable") == "enable"
    words.end()
    return found


def _verifies(context: Context, said: Sayings) -> bool:
    found = said.one("ip verify source")
    return found is not None and context.value(_source, found) is not None


def _source(text: str) -> str:
    words = Words(text)
    words.take("port-security", "mac-check")
    words.end()
    return text


def _addresses(context: Context, said: Sayings) -> int | None:
    most = said.one("switchport port-security maximum")
    found = context.value(_maximum, most) if most else _SECURED_MAX
    return found if said.is_on("switchport port-security") else None


def _maximum(text: str) -> int:
    words = Words(text)
    found = words.number(1, 8192)
    words.end()
    return found


def _authentication(context: Context, said: Sayings) -> tuple[bool, bool]:
    """802.1X and its bypass: both need a port that is closed until somebody is known."""
    control, order, mode = (
        said.one(f"authentication {head}") for head in ("port-control", "order", "host-mode")
    )
    closed = control is not None and _is_closed(context, control)
    if mode is not None:
        context.value(_host_mode, mode)
    methods = (context.value(_order, order) or ()) if order else _EVERY_METHOD
    pae = said.one("dot1x pae")
    if pae is not None:
        context.value(_pae, pae)
    if not closed or said.is_on("authentication open"):
        return False, False
    runs = context.said.is_on("dot1x system-auth-control") and pae is not None
    return runs and "dot1x" in methods, said.is_on("mab") and "mab" in methods


def _is_closed(context: Context, control: Said) -> bool:
    return context.value(_control, control) == "auto"


def _control(text: str) -> str:
    words = Words(text)
    found = words.one_of("auto", "force-authorized", "force-unauthorized")
    words.end()
    if found == "force-unauthorized":
        raise Unreadable("a port that nobody may use is shut instead")
    return found


def _host_mode(text: str) -> None:
    words = Words(text)
    if words.one_of("single-host", "multi-domain", "multi-auth", "multi-host") == "multi-host":
        raise Unreadable("after one host every other one may come in by the port")
    words.end()


def _order(text: str) -> tuple[str, ...]:
    words, found = Words(text), []
    while words.rest:
        found.append(words.one_of(*_EVERY_METHOD))
    return tuple(found)


def _pae(text: str) -> None:
    words = Words(text)
    words.one_of("authenticator")
    words.end()
