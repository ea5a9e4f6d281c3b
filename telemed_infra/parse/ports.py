"""A switch port as its text was understood: the same for all platforms."""

from __future__ import annotations

from typing import Protocol

from telemed_infra.parse.behaviour import PortMode, SwitchPort


class Written(Protocol):
    """What each reader keeps of a port."""

    @property
    def line(self) -> int:
        """Where it begins in the text."""
        ...

    @property
    def description(self) -> str:
        """What a person wrote about it."""
        ...


def port_found(
    name: str,
    port: Written,
    mode: PortMode,
    *,
    access: int | None = None,
    native: int | None = None,
    vlans: frozenset[int] = frozenset(),
) -> SwitchPort:
    """The port with what its mode carries; what a mode does not have stays empty."""
    return SwitchPort(
        name=name,
        line=port.line,
        mode=mode,
        access_vlan=access,
        native_vlan=native,
        trunk_vlans=vlans,
        description=port.description,
    )
