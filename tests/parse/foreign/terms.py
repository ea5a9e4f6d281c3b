"""A small policy, the packets that it lets pass, and the same policy in Aerleon's language.

The oracle here knows terms in order: no parser, no generator, no set of packets of the library.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import product
from typing import NamedTuple

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "esp": 50, "icmpv6": 58, "vrrp": 112}
TYPES = {
    ("icmp", "echo-reply"): 0,
    ("icmp", "echo-request"): 8,
    ("icmp", "timestamp-request"): 13,
    ("icmpv6", "echo-request"): 128,
    ("icmpv6", "echo-reply"): 129,
    ("icmpv6", "router-solicit"): 133,
    ("icmpv6", "router-advertisement"): 134,
    ("icmpv6", "neighbor-solicit"): 135,
    ("icmpv6", "neighbor-advertisement"): 136,
}
TOP_OF = {4: (1 << 32) - 1, 6: (1 << 128) - 1}

Ports = tuple[int, int]


class Packet(NamedTuple):
    """One opening packet. For ICMP the port is type << 8 | code, for others it is 0."""

    ingress: str
    egress: str
    family: int
    source: int
    destination: int
    protocol: int
    source_port: int
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term; an empty field asks for nothing."""

    name: str
    permits: bool = True
    protocol: str = ""
    sources: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    source_ports: tuple[Ports, ...] = ()
    ports: tuple[Ports, ...] = ()
    types: tuple[str, ...] = ()
    ingress: str = ""
    egress: str = ""
    logs: bool = False

    def matches(self, packet: Packet) -> bool:
        """Whether the term speaks of a packet."""
        return (
            self.ingress in ("", packet.ingress)
            and self.egress in ("", packet.egress)
            and self.protocol in ("", _NAMES[packet.protocol])
            and _one_of(self.sources, packet.family, packet.source)
            and _one_of(self.destinations, packet.family, packet.destination)
            and _between(self.source_ports, packet.source_port)
            and _between(self.ports, packet.port)
            and (not self.types or packet.port >> 8 in self.type_numbers())
        )

    def type_numbers(self) -> list[int]:
        """Numbers of its ICMP types."""
        return [TYPES[self.protocol, one] for one in self.types]


_NAMES = {number: name for name, number in PROTOCOLS.items()}


def permits(terms: Iterable[Term], packet: Packet) -> bool:
    """First match; nothing matches: denied."""
    for term in terms:
        if term.matches(packet):
            return term.permits
    return False


def _one_of(prefixes: Sequence[str], family: int, address: int) -> bool:
    return not prefixes or any(
        low <= address <= high for low, high in map(_bounds, prefixes, [family] * len(prefixes))
    )


_known: dict[tuple[str, int], Ports] = {}


def _bounds(prefix: str, family: int) -> Ports:
    """First and last address; of another family, none."""
    found = _known.get((prefix, family))
    if found is None:
        network = ip_network(prefix)
        found = _ends(network) if network.version == family else (1, 0)
        _known[prefix, family] = found
    return found


def _ends(network: IPv4Network | IPv6Network) -> Ports:
    return int(network.network_address), int(network.broadcast_address)


def _between(ranges: Sequence[Ports], number: int) -> bool:
    return not ranges or any(low <= number <= high for low, high in ranges)


# Packets to ask about --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bounds:
    """First and last numbers of ranges, wherever they were found."""

    sources: dict[int, set[Ports]] = field(default_factory=lambda: {4: set(), 6: set()})
    destinations: dict[int, set[Ports]] = field(default_factory=lambda: {4: set(), 6: set()})
    source_ports: dict[int, set[Ports]] = field(default_factory=lambda: defaultdict(set))
    ports: dict[int, set[Ports]] = field(default_factory=lambda: defaultdict(set))

    def add(self, term: Term) -> None:
        """The bounds of one term."""
        for into, prefixes in (
            (self.sources, term.sources),
            (self.destinations, term.destinations),
        ):
            for network in map(ip_network, prefixes):
                into[network.version].add(_ends(network))
        if term.protocol:
            number = PROTOCOLS[term.protocol]
            self.source_ports[number].update(term.source_ports)
            self.ports[number].update(term.ports)
            self.ports[number].update((one << 8, one << 8 | 0xFF) for one in term.type_numbers())


def boundary_packets(bounds: Bounds, ways: Sequence[tuple[str, str]]) -> Iterator[Packet]:
    """One packet of each part into which the bounds cut all packets: what holds of them holds."""
    for family, top in TOP_OF.items():
        ends = (_cuts(bounds.sources[family], top), _cuts(bounds.destinations[family], top))
        other = "icmpv6" if family == 4 else "icmp"  # exists in the other family only
        for number in (one for name, one in PROTOCOLS.items() if name != other):
            rest = (_cuts(bounds.source_ports[number], 0xFFFF), _cuts(bounds.ports[number], 0xFFFF))
            for (ingress, egress), source, destination, sport, port in product(ways, *ends, *rest):
                yield Packet(ingress, egress, family, source, destination, number, sport, port)


def _cuts(bounds: Iterable[Ports], top: int) -> list[int]:
    """A number of each part into which the ranges cut the line."""
    cuts = {0, *(one for low, high in bounds for one in (low, high + 1))}
    return sorted(one for one in cuts if one <= top)


# Aerleon's and Capirca's language ----------------------------------------------------------------


def policy_text(filters: Mapping[str, Sequence[Term]]) -> str:
    """A policy file: target → terms. Its names are those of `names`; no two terms share one."""
    return "".join(
        f"header {{\n  target:: {target}\n}}\n{''.join(map(_term_text, terms))}"
        for target, terms in filters.items()
    )


def names(filters: Mapping[str, Sequence[Term]]) -> tuple[list[str], list[str]]:
    """Lines of a file of networks, and of one of services."""
    networks: list[str] = []
    services: list[str] = []
    for term in (term for terms in filters.values() for term in terms):
        for side, some in (("S", term.sources), ("D", term.destinations)):
            networks += _list_text(_token(side, term), list(some))
        for side, ports in (("SP", term.source_ports), ("DP", term.ports)):
            spans = [f"{low}-{high}" if high > low else f"{low}" for low, high in ports]
            entries = [f"{one}/{term.protocol}" for one in spans]
            services += _list_text(_token(side, term), entries)
    return networks, services


def _list_text(name: str, entries: list[str]) -> list[str]:
    return [f"{name} = {entries[0]}", *(f"  {one}" for one in entries[1:])] if entries else []


def _term_text(term: Term) -> str:
    lines = [
        f"source-interface:: {term.ingress}" if term.ingress else "",
        f"destination-interface:: {term.egress}" if term.egress else "",
        f"source-address:: {_token('S', term)}" if term.sources else "",
        f"destination-address:: {_token('D', term)}" if term.destinations else "",
        f"protocol:: {term.protocol}" if term.protocol else "",
        f"source-port:: {_token('SP', term)}" if term.source_ports else "",
        f"destination-port:: {_token('DP', term)}" if term.ports else "",
        f"icmp-type:: {' '.join(term.types)}" if term.types else "",
        f"action:: {'accept' if term.permits else 'deny'}",
        "logging:: true" if term.logs else "",
    ]
    body = "".join(f"  {line}\n" for line in lines if line)
    return f"term {term.name} {{\n{body}}}\n"


def _token(side: str, term: Term) -> str:
    return f"{side}_{term.name}".upper().replace("-", "_")
