"""What a switch port does against hosts that misbehave, from its own lines and the device's.

What stands alone does nothing: an edge where the spanning tree does not run, port security without
its bare line, a guard of addresses where DHCP is not watched, 802.1X without a list of methods.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.management_plane import Method, PortGuards
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.methods import DEFAULT, NOBODY_ASKED, Asked, asked
from telemed_infra.parse.ios.plane.sayings import Said, Sayings
from telemed_infra.parse.ios.state import Port
from telemed_infra.parse.ios.values import ALL_VLANS, VLAN_MAX, vlan_list
from telemed_infra.parse.rgos.guard_grammar import (
    EDGE_BY_DEFAULT,
    GUARD_BY_DEFAULT,
    HOSTS_LIST,
    SNOOPED_VLANS,
    TREE,
)

_SECURED = 128
"""So many addresses a secured port takes where no line says it."""


class GuardReader:
    """Reads the guards of the ports of one text; ports that say the same are read once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.snooped = _snooped_vlans(context)
        self.asks = bool(asked_about_hosts(context).groups)
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
            found = self._read(port)
            if complaints == len(self.context.reading.unread):
                self._known[key] = found
        return found

    def _read(self, port: Port) -> PortGuards:
        """A trunk is watched if all the VLANs are that it carries and the switch defines."""
        context, said = self.context, port.sayings
        edge = _edge(context, said)
        carried = (port.allowed & context.state.vlans) if port.mode == "trunk" else {port.access}
        watched = bool(carried) and carried <= self.snooped
        trusted = context.said.is_on("ip dhcp snooping") and said.is_on("ip dhcp snooping trust")
        closed = _closed(context, said) and self.asks
        return PortGuards(
            edge=edge,
            bpdu_guard=_bpdu_guard(context, said, edge=edge),
            snooped=watched,
            trusted=trusted,
            source_guard=watched and not trusted and _verifies(context, said),
            addresses_max=_addresses(context, said),
            dot1x=closed,
            mac_bypass=closed and said.one("dot1x mac-auth-bypass") is not None,
        )


def asked_about_hosts(context: Context) -> Asked:
    """Who is asked about hosts behind ports: the list that the device's 802.1X names."""
    if not context.said.is_on("aaa new-model"):
        return NOBODY_ASKED
    lists = context.said.all("aaa authentication dot1x")
    named = context.said.one(HOSTS_LIST)
    if named is not None and named.text not in lists:
        context.refuse(named, f"there is no list of methods {named.text}")
    said = lists.get(named.text if named else DEFAULT)
    if said is None:
        return NOBODY_ASKED
    found = asked(context, said)
    if Method.NONE in found.methods:
        context.refuse(said, "while no server answers, ports would open to hosts nobody knows")
    return found


def _snooped_vlans(context: Context) -> frozenset[int]:
    """The VLANs in which DHCP is watched: all, without those that a line takes out."""
    if not context.said.is_on("ip dhcp snooping"):
        return frozenset()
    found = ALL_VLANS
    for key, said in context.said.all(SNOOPED_VLANS).items():
        vlans = context.value(_vlans, said)
        if vlans is not None:
            found = found | vlans if key.startswith("on ") else found - vlans
    return found


def _vlans(text: str) -> frozenset[int]:
    """`10,20-25`, or the first and the last of a range as two words."""
    words = Words(text)
    if len(words.rest) == 2 and all(word.isdigit() for word in words.rest):
        low = words.number(1, VLAN_MAX)
        return frozenset(range(low, words.number(low, VLAN_MAX) + 1))
    return vlan_list(text)


def _edge(context: Context, said: Sayings) -> bool:
    """Whether spanning tree does not wait; a trunk is treated as any other port."""
    own = said.one("spanning-tree portfast")
    if own is None:
        edge = context.said.is_on(EDGE_BY_DEFAULT)
    else:
        edge = not own.text or context.value(_enabled, own) is True
    return edge and context.said.is_on(TREE)


def _bpdu_guard(context: Context, said: Sayings, *, edge: bool) -> bool:
    """A port that filters what the guard waits for is not guarded."""
    filters, own = said.one("spanning-tree bpdufilter"), said.one("spanning-tree bpduguard")
    guards = edge and context.said.is_on(GUARD_BY_DEFAULT)
    if own is not None:
        guards = context.value(_enabled, own) is True
    if filters is not None and context.value(_enabled, filters) is not False:
        return False
    return guards and context.said.is_on(TREE)


def _enabled(text: str) -> bool:
    """`enable`, `enabled`, `disable`, `disabled`: books differ, devices take both."""
    words = Words(text)
    found = words.one_of("enable", "enabled", "disable", "disabled").startswith("enable")
    words.end()
    return found


def _verifies(context: Context, said: Sayings) -> bool:
    found = said.one("ip verify source")
    return found is not None and context.value(_source, found) is not None


def _source(text: str) -> str:
    words = Words(text)
    words.take("port-security")
    words.end()
    return text


def _addresses(context: Context, said: Sayings) -> int | None:
    most = said.one("switchport port-security maximum")
    found = context.value(_maximum, most) if most else _SECURED
    return found if said.is_on("switchport port-security") else None


def _maximum(text: str) -> int:
    words = Words(text)
    found = words.number(1, 16384)
    words.end()
    return found


def _closed(context: Context, said: Sayings) -> bool:
    """Whether nobody speaks on the port whom no server knows."""
    mode = said.one("dot1x port-control-mode")
    if mode is not None:
        context.value(_mode, mode)
    control = said.one("dot1x port-control")
    return control is not None and _is_auto(context, control)


def _is_auto(context: Context, control: Said) -> bool:
    return context.value(_control, control) == "auto"


def _control(text: str) -> str:
    words = Words(text)
    found = words.one_of("auto", "force-authorized", "force-unauthorized")
    words.end()
    if found == "force-unauthorized":
        raise Unreadable("a port that nobody may use is shut instead")
    return found


def _mode(text: str) -> None:
    """`mac-based`; `port-based` only with `single-host`."""
    words = Words(text)
    if words.one_of("mac-based", "port-based") == "port-based" and not words.take("single-host"):
        raise Unreadable("after one host every other one may come in by the port")
    words.end()
