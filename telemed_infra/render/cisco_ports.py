"""What a Cisco switch does against hosts that misbehave, port by port.

Spanning tree's guard is told once for all edge ports, the watch over DHCP once for VLANs.

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
from telemed_infra.render.vlans import vlan_list

PLATFORM = "cisco_ios"


class GuardsView(NamedTuple):
    """What is told once for the switch."""

    bpdu_protection: bool
    dot1x: bool
    admits: bool  # who asks by 802.1X is told that he is let in while no server answers
    snooping: bool
    snooped: str  # VLANs; "" for none


def guards_view(config: SwitchConfig) -> GuardsView:
    """The switch's own part.

    Raises:
        ValueError: ports differ in what is told once for all of them, or no server is named.
    """
    guards = frozenset(one.guards for one in config.ports)
    refuse_unasked(guards, config.plane, PLATFORM)
    snooped = vlan_list(watched_vlans(config.ports, PLATFORM))
    return GuardsView(
        bpdu_protection=guarded_alike(guards, PLATFORM),
        dot1x=any(map(asks, guards)),
        admits=any(one.admits and one.dot1x for one in guards),
        snooping=bool(snooped) or any(one.trusted for one in guards),
        snooped=snooped,
    )


def guard_lines(port: PortConfig) -> str:
    """The lines of a port."""
    return _written(port.guards, port.vlan if port.guards.admits else 0)


@lru_cache(maxsize=256)
def _written(guards: PortGuards, admitted_to: int) -> str:
    """Alike ports have them from here."""
    return "".join(f" {line}\n" for line in _lines(guards, admitted_to))


def _lines(one: PortGuards, admitted_to: int) -> Iterator[str]:
    """In the order in which they are printed."""
    if one.addresses_max is not None:
        yield f"switchport port-security maximum {one.addresses_max}"
        yield "switchport port-security violation restrict"
        yield "switchport port-security"
    if admitted_to:
        yield from _admitted(one, admitted_to)
    if asks(one):
        yield from _asked(one)
    if one.edge:
        yield "spanning-tree portfast"
    if one.source_guard:
        yield "ip verify source"
    if one.trusted:
        yield "ip dhcp snooping trust"


def _admitted(one: PortGuards, vlan: int) -> Iterator[str]:
    """The second word is for ports of several hosts, which the first lets in only as one."""
    action = "authorize" if one.addresses_max == 1 else "reinitialize"
    yield f"authentication event server dead action {action} vlan {vlan}"
    yield "authentication event server alive action reinitialize"


def _asked(one: PortGuards) -> Iterator[str]:
    """A port that asks who plugs in; without the first line it takes a single host."""
    if one.addresses_max != 1:
        yield "authentication host-mode multi-auth"
    yield "authentication port-control auto"
    if one.mac_bypass:
        yield "mab"
    if one.dot1x:
        yield "dot1x pae authenticator"
