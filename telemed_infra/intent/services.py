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
    icmp,
    ports,
    whole_protocol,
)


class AppServices:
    """The services of the network's applications, each combination computed once."""

    def __init__(self, apps: Mapping[str, App]) -> None:
        self._apps = apps
        self._known: dict[tuple[tuple[str, ...], Family], tuple[Service, ...]] = {}

    def of(self, names: tuple[str, ...], family: Family) -> tuple[Service, ...]:
        """What some applications together are in one family."""
        key = (names, family)
        if key not in self._known:
            found = {one for name in names for one in app_services(self._apps[name], family)}
            self._known[key] = tuple(sorted(found))
        return self._known[key]


def app_services(app: App, family: Family) -> Iterable[Service]:
    """What one application is in one family."""
    for protocol, numbers in ((TCP, app.tcp), (UDP, app.udp)):
        for number in numbers or ():
            first, _, last = str(number).partition("-")
            yield ports(protocol, int(first), int(last or first))
    kinds, protocol = (app.icmp, ICMP) if family is Family.V4 else (app.icmp6, ICMP6)
    for kind in kinds or ():
        yield icmp(protocol, kind)
    for number in app.protocol or ():
        yield whole_protocol(number)
