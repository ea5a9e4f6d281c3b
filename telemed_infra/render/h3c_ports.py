"""What an H3C switch does against hosts that misbehave, port by port.

A port that asks who plugs in, or that counts hosts, does so by port security: its modes ask by
802.1X and by the MAC address, and the platform takes no `dot1x` beside it. Where hosts are let in
while no server answers, the VLAN goes by the MAC address, which hybrid ports alone can. Spanning
tree's guard is told once for all edge ports. Hosts are not asked again and again whether they are
still there: only the vendor's own client answers, and the others would be put out.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.compile.config import PortConfig, SwitchConfig
from telemed_infra.management_plane import PortGuards
from telemed_infra.render.administration import (
    asks,
    guarded_alike,
    refuse_unasked,
    watched_vlans,
)
from telemed_infra.render.vlans import vlan_lines

PLATFORM = "h3c_comware"
MODES = {  # by (802.1X, MAC address)
    (True, True): "userlogin-secure-or-mac-ext",
    (True, False): "userlogin-secure-ext",
    (False, True): "mac-authentication",
    (False, False): "autolearn",  # the first that come, up to the most
}


class GuardsView(NamedTuple):
    """What is told once for the switch."""

    bpdu_protection: bool
    edges: bool  # spanning tree has to be on for both
    port_security: bool
    dot1x: bool
    snooping: tuple[str, ...]  # lists of VLANs, one a line
    recorded: frozenset[int]  # VLANs in which it remembers who has which address


def guards_view(config: SwitchConfig) -> GuardsView:
    """The switch's own part.

    Raises:
        ValueError: ports differ in what is told once for all of them, or no server is named.
    """
    guards = frozenset(one.guards for one in config.ports)
    refuse_unasked(guards, config.plane, PLATFORM)
    return GuardsView(
        bpdu_protection=guarded_alike(guards, PLATFORM),
        edges=any(one.edge for one in guards),
        port_security=any(map(_counted, guards)),
        dot1x=any(one.dot1x for one in guards),
        snooping=vlan_lines(watched_vlans(config.ports, PLATFORM)),
        recorded=frozenset(one.vlan for one in config.ports if one.guards.source_guard),
    )


def guard_lines(port: PortConfig) -> str:
    """The lines of a port."""
    return _written(port.guards, port.vlan if port.guards.admits else 0)


@lru_cache(maxsize=256)
def _written(guards: PortGuards, admitted_to: int) -> str:
    """Alike ports have them from here."""
    return "".join(f" {line}\n" for line in _lines(guards, admitted_to))


def _counted(one: PortGuards) -> bool:
    return asks(one) or one.addresses_max is not None


def _asked(one: PortGuards, admitted_to: int) -> Iterator[str]:
    """Each way of asking has a VLAN of its own; the third line tells the host that it is in."""
    if one.dot1x:
        yield "undo dot1x handshake"
        if admitted_to:
            yield f"dot1x critical vlan {admitted_to}"
            yield "dot1x critical eapol"
    if one.mac_bypass and admitted_to:
        yield f"mac-authentication critical vlan {admitted_to}"


def _lines(one: PortGuards, admitted_to: int) -> Iterator[str]:
    if admitted_to:
        yield "mac-vlan enable"
    if one.edge:
        yield "stp edged-port"
    yield from _asked(one, admitted_to)
    if one.addresses_max is not None:
        yield f"port-security max-mac-count {one.addresses_max}"
    if _counted(one):
        if not asks(one):
            yield "port-security mac-address dynamic"  # what it learns goes with a restart
        yield f"port-security port-mode {MODES[one.dot1x, one.mac_bypass]}"
    if one.trusted:
        yield "dhcp snooping trust"
    if one.source_guard:
        yield "ip verify source ip-address mac-address"
