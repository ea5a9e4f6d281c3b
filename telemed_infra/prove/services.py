"""One spelling for each set of services, so that what is equal looks equal.

ICMP exists in IPv4 alone and ICMPv6 in IPv6 alone: boxes of the other family's are left out.
"""

from __future__ import annotations

from functools import lru_cache

from telemed_infra.packets import ICMP, ICMP6, Family, Service, union

_FOREIGN = {Family.V4: ICMP6, Family.V6: ICMP}
_PROTOCOL = 16  # bits to the right of the protocol in a key


@lru_cache(maxsize=1 << 14)
def by_protocol(services: tuple[Service, ...], family: Family) -> tuple[tuple[Service, ...], ...]:
    """The same set, cut by protocol and source ports, each part sorted and joined.

    A box of several protocols stays whole.
    """
    parts: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    wide: set[Service] = set()
    for service in services:
        low, high, source_low, source_high = service
        protocol = low >> _PROTOCOL
        if protocol != high >> _PROTOCOL:
            wide.add(service)
        elif protocol != _FOREIGN[family]:
            parts.setdefault((protocol, source_low, source_high), []).append((low, high))
    return (
        *((service,) for service in sorted(wide)),
        *(
            tuple(Service(low, high, first, last) for low, high in union(keys))
            for (_, first, last), keys in sorted(parts.items())
        ),
    )
