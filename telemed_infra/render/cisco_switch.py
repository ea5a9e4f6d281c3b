"""A switch as Cisco IOS writes it, in the printed normal form.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from telemed_infra.compile.config import PortConfig, PortUse, SwitchConfig
from telemed_infra.packets import Family
from telemed_infra.plan.platforms import PLATFORMS, PlatformFacts
from telemed_infra.plan.prefix import address_text, mask_text
from telemed_infra.render.cisco_lists import ManagersView, managers_view, printed
from telemed_infra.render.text import mark


class VlanView(NamedTuple):
    """One VLAN block."""

    mark: str
    number: int
    name: str


class PortView(NamedTuple):
    """One interface block of a port."""

    mark: str
    name: str
    description: str
    access_vlan: int | None
    native_vlan: int | None  # of a trunk
    allowed: str  # of a trunk: its VLANs
    shut: bool


class SwitchView(NamedTuple):
    """A whole switch."""

    mark: str
    hostname: str
    vlans: tuple[VlanView, ...]
    management_interface: str
    address: str
    address6: str  # "" for none
    ports: tuple[PortView, ...]
    gateway: str
    gateway6: str  # "" for none
    ntp: tuple[str, ...]
    managers: ManagersView


def switch_view(config: SwitchConfig) -> SwitchView:
    """All of a switch."""
    facts = PLATFORMS[config.platform]
    own4, own6 = config.management, config.management6
    return SwitchView(
        mark=mark(config.origins),
        hostname=config.hostname,
        vlans=tuple(VlanView(mark(one.origins), one.number, one.name) for one in config.vlans),
        management_interface=facts.vlan_interface.format(config.management_vlan),
        address=f"{address_text(Family.V4, own4.first)} {mask_text(own4.length)}",
        address6=f"{printed(Family.V6, own6.first)}/{own6.length}" if own6 else "",
        ports=tuple(_port(one, facts) for one in config.ports),
        gateway=address_text(Family.V4, config.gateway.first),
        gateway6=printed(Family.V6, config.gateway6.first) if config.gateway6 else "",
        ntp=tuple(address_text(*one[:2]) for one in config.servers.ntp),
        managers=managers_view(config.servers.bastions, mark(config.servers.origins)),
    )


def vlan_list(numbers: Iterable[int]) -> str:
    """`10,20-22,80`: sorted, runs joined."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    """Two neighbours are printed by a comma, more by a dash."""
    return f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run))


def _port(one: PortConfig, facts: PlatformFacts) -> PortView:
    trunk = one.use is PortUse.TRUNK
    access = one.use in {PortUse.ACCESS, PortUse.PARKED}
    return PortView(
        mark=mark(one.origins),
        name=facts.port.format(one.number),
        description=one.description,
        access_vlan=one.vlan if access else None,
        native_vlan=one.vlan if trunk else None,
        allowed=vlan_list(one.vlans) if trunk else "",
        shut=one.use not in {PortUse.ACCESS, PortUse.TRUNK},
    )
