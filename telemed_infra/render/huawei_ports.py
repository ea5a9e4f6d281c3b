"""What a Huawei switch does against hosts that misbehave, port by port.

A port that asks who plugs in takes no `port-security`: its authentication profile says how many
hosts may stand behind it, and in which VLAN they are while no server answers: such a VLAN has
profiles of its own. Spanning tree's guard is told once for all edge ports, the watch over DHCP once
for a VLAN.

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

PLATFORM = "huawei_vrp"


class ProfileView(NamedTuple):
    """How a port asks: by 802.1X, by the MAC address, or by the second where the first fails."""

    name: str
    dot1x: bool
    mac: bool
    hosts_max: int | None
    admitted_to: int  # the VLAN in which hosts are while no server answers; 0: they are not let in


class GuardsView(NamedTuple):
    """What is told once for the switch."""

    bpdu_protection: bool
    snooping: bool
    snooped: frozenset[int]  # VLANs
    profiles: tuple[ProfileView, ...]
    admits: bool  # some of them let hosts in while no server answers


def guards_view(config: SwitchConfig) -> GuardsView:
    """The switch's own part.

    Raises:
        ValueError: ports differ in what is told once for all of them, or no server is named.
    """
    snooped = watched_vlans(config.ports, PLATFORM)
    guards = frozenset(one.guards for one in config.ports)
    refuse_unasked(guards, config.plane, PLATFORM)
    profiles = _profiles(frozenset(map(_kind, config.ports)))
    return GuardsView(
        bpdu_protection=guarded_alike(guards, PLATFORM),
        snooping=bool(snooped) or any(one.trusted for one in guards),
        snooped=snooped,
        profiles=profiles,
        admits=any(one.admitted_to for one in profiles),
    )


def guard_lines(port: PortConfig) -> str:
    """The lines of a port."""
    return _written(*_kind(port))


class _Kind(NamedTuple):
    """Ports of one kind have the same lines."""

    guards: PortGuards
    admitted_to: int  # 0: hosts are not let in while no server answers


def _kind(port: PortConfig) -> _Kind:
    return _Kind(port.guards, port.vlan if port.guards.admits else 0)


@lru_cache(maxsize=256)
def _written(guards: PortGuards, admitted_to: int) -> str:
    return "".join(f" {line}\n" for line in _lines(_Kind(guards, admitted_to)))


@lru_cache(maxsize=256)
def _profiles(kinds: frozenset[_Kind]) -> tuple[ProfileView, ...]:
    found = {_profile(one) for one in kinds if asks(one.guards)}
    return tuple(sorted(found, key=lambda one: one.name))


def _profile(kind: _Kind) -> ProfileView:
    one, vlan = kind
    words = ["HOSTS", *["DOT1X"] * one.dot1x, *["MAC"] * one.mac_bypass]
    if one.addresses_max is not None:
        words.append(str(one.addresses_max))
    if vlan:
        words.append(f"V{vlan}")
    return ProfileView("-".join(words), one.dot1x, one.mac_bypass, one.addresses_max, vlan)


def _lines(kind: _Kind) -> Iterator[str]:
    one = kind.guards
    if one.edge:
        yield "stp edged-port enable"
    if asks(one):
        yield f"authentication-profile {_profile(kind).name}"
    elif one.addresses_max is not None:
        yield "port-security enable"
        yield f"port-security max-mac-num {one.addresses_max}"
    if one.trusted:
        yield "dhcp snooping trusted"
    if one.source_guard:
        yield "ip source check user-bind enable"
