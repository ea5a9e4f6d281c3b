"""Applications as sets of protocol and port, by family.

ICMP exists in IPv4 alone and ICMPv6 in IPv6 alone: such a packet of the other family is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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


class AppServices:
    """The services of the network's applications, each combination computed once."""

    def __init__(self, apps: Mapping[str, App]) -> None:
        self._apps = apps
        self._known: dict[tuple[tuple[str, ...], Family, bool], tuple[Service, ...]] = {}

    def of(
        self, names: tuple[str, ...], family: Family, *, needed: bool = False
    ) -> tuple[Service, ...]:
        """What some applications together are in one family; `needed`: what of it is ever sent."""
        key = (names, family, needed)
        if key not in self._known:
            found = {
                one
                for name in names
                for one in app_services(self._apps[name], family, needed=needed)
            }
            services = tuple(sorted(found))
            every = self.of(names, family) if needed else services
            self._known[key] = every if every == services else services
        return self._known[key]


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
