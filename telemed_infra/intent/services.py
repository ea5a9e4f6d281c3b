"""Applications as sets of protocol and port, by family.

ICMP exists in IPv4 alone and ICMPv6 in IPv6 alone: such a packet of the other family is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from telemed_infra.model.schema.network_file import App
from telemed_infra.packets import (
    ICMP,
    ICMP6,
    TCP,
    UDP,
    Family,
    Service,
    assigned_codes,
    icmp,
    ports,
    whole_protocol,
)


class NeededServices(NamedTuple):
    """What applications are, and the part of it that has to pass."""

    every: tuple[Service, ...]
    needed: tuple[Service, ...]


class AppServices:
    """The services of the network's applications, each combination computed once."""

    def __init__(self, apps: Mapping[str, App]) -> None:
        self._apps = apps
        self._known: dict[tuple[tuple[str, ...], Family], NeededServices] = {}

    def of(self, names: tuple[str, ...], family: Family) -> tuple[Service, ...]:
        """What some applications together are in one family."""
        return self.needed_of(names, family).every

    def needed_of(self, names: tuple[str, ...], family: Family) -> NeededServices:
        """The same, and what of it is ever sent; one object where the two are equal."""
        key = (names, family)
        if key not in self._known:
            every, needed = (self._together(names, family, needed=one) for one in (False, True))
            self._known[key] = NeededServices(every, every if needed == every else needed)
        return self._known[key]

    def _together(
        self, names: tuple[str, ...], family: Family, *, needed: bool
    ) -> tuple[Service, ...]:
        return tuple(
            sorted(
                {
                    one
                    for name in names
                    for one in app_services(self._apps[name], family, needed=needed)
                }
            )
        )


def app_services(app: App, family: Family, *, needed: bool = False) -> Iterable[Service]:
    """What one application is in one family: of an ICMP type every code, or the assigned ones."""
    for protocol, numbers in ((TCP, app.tcp), (UDP, app.udp)):
        for number in numbers or ():
            first, _, last = str(number).partition("-")
            yield ports(protocol, int(first), int(last or first))
    kinds, protocol = (app.icmp, ICMP) if family is Family.V4 else (app.icmp6, ICMP6)
    for kind in kinds or ():
        low, high = assigned_codes(protocol, kind)
        yield icmp(protocol, kind, low) if needed and low == high else icmp(protocol, kind)
    for number in app.protocol or ():
        yield whole_protocol(number)
