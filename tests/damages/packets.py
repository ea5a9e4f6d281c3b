"""Single packets against what was read from a text, rule by rule: no sets, no sweeps.

A second reading of `FirewallBehaviour` beside the proof's, slow and short.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import product
from typing import NamedTuple

from telemed_infra.intent.openings import Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.packets import ICMP, ICMP6, TCP, UDP, Family, Ranges, Service
from telemed_infra.parse.behaviour import LOCAL, Action, Chain, FirewallBehaviour, Rule

PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMP6}
WITNESS = re.compile(
    r"(?P<protocol>tcp|udp|icmp|icmpv6|protocol \d+)(?: type (?P<type>\d+) code (?P<code>\d+))? "
    r"(?P<source>\S+) -> (?P<destination>\S+) "
    r"from (?P<ingress>\S+) \((?P<zone_in>\S+)\) to (?P<egress>\S+) \((?P<zone_out>\S+)\) "
    r"(?P<verdict>must pass and does not|passes and no policy allows it)"
)


class Packet(NamedTuple):
    """The first packet of a connection, on its way through a device."""

    ingress: str
    egress: str
    family: Family
    source: int
    destination: int
    key: int
    source_port: int


class Witness(NamedTuple):
    """The packet that a finding shows, with the zones that it names."""

    packet: Packet
    zones: tuple[str, str]


def witness(says: str) -> Witness:
    """The packet in a finding's sentence; the sentence must be of the one form there is."""
    found = WITNESS.fullmatch(says)
    assert found, says
    source, source_port = end(found["source"])
    destination, port = end(found["destination"])
    family = Family(source.version)
    assert destination.version == source.version, says
    protocol = PROTOCOLS.get(found["protocol"]) or int(found["protocol"].removeprefix("protocol "))
    assert (protocol in (TCP, UDP)) == (port is not None) == (source_port is not None), says
    assert (protocol in (ICMP, ICMP6)) == (found["type"] is not None), says
    low = port or (int(found["type"]) << 8 | int(found["code"]) if found["type"] else 0)
    packet = Packet(
        found["ingress"], found["egress"], family, int(source), int(destination),
        protocol << 16 | low, source_port or 0,
    )  # fmt: skip
    return Witness(packet, (found["zone_in"], found["zone_out"]))


def end(text: str):  # type: ignore[no-untyped-def]  # an address of either family, and a port
    bare = re.fullmatch(r"\[(\S+)\]:(\d+)", text) or re.fullmatch(r"([\d.]+):(\d+)", text)
    return (ip_address(bare[1]), int(bare[2])) if bare else (ip_address(text), None)


def passes(behaviour: FirewallBehaviour, packet: Packet) -> bool:
    """Whether each chain that judges the packet's way permits it; limits never bite."""
    return all(
        verdict(chain, packet) is Action.PERMIT
        for chain in behaviour.chains
        if judges(chain, packet)
    )


def verdict(chain: Chain, packet: Packet) -> Action:
    for rule in chain.rules:
        if matches(rule, packet) and (rule.certain or rule.action is Action.PERMIT):
            return rule.action
    return chain.default


def judges(chain: Chain, packet: Packet) -> bool:
    if packet.egress == LOCAL:
        return chain.judges_to_local
    return chain.judges_from_local if packet.ingress == LOCAL else chain.judges_forwarded


def matches(rule: Rule, packet: Packet) -> bool:
    four = packet.family is Family.V4
    return (
        (rule.ingress is None or packet.ingress in rule.ingress)
        and (rule.egress is None or packet.egress in rule.egress)
        and within(rule.source4 if four else rule.source6, packet.source)
        and within(rule.destination4 if four else rule.destination6, packet.destination)
        and any(
            one.key_low <= packet.key <= one.key_high
            and one.source_low <= packet.source_port <= one.source_high
            for one in rule.services
        )
    )


def within(ranges: Ranges, number: int) -> bool:
    return any(low <= number <= high for low, high in ranges)


def opened(openings: Iterable[Opening], services: AppServices, found: Witness) -> set[str]:
    """Which of a device's openings (by policy) speak of a packet between two zones."""
    packet = found.packet
    return {
        one.policy
        for one in openings
        if one.way == found.zones
        and within(one.sources.ranges(packet.family), packet.source)
        and within(one.destinations.ranges(packet.family), packet.destination)
        and any(
            low.key_low <= packet.key <= low.key_high
            for low in services.of(one.apps, packet.family)
        )
    }


def corners(rule: Rule, ways: Iterable[tuple[str, str]]) -> Iterator[Packet]:
    """Packets at the edges of what a rule matches, inside and just outside, on each of the ways."""
    sides = (
        (Family.V4, rule.source4, rule.destination4),
        (Family.V6, rule.source6, rule.destination6),
    )
    for (ingress, egress), (family, sources, destinations) in product(ways, sides):
        for source, destination, (key, port) in product(
            edges(sources, family), edges(destinations, family), keys(rule.services, family)
        ):
            yield Packet(ingress, egress, family, source, destination, key, port)


def edges(ranges: Ranges, family: Family) -> list[int]:
    """First and last of the outermost ranges, and their neighbours outside."""
    shown = ranges if len(ranges) <= 4 else (*ranges[:2], *ranges[-2:])
    numbers = {n for low, high in shown for n in (low - 1, low, high, high + 1)}
    return sorted(n for n in numbers if 0 <= n < 1 << family.bits)


def keys(services: Iterable[Service], family: Family) -> list[tuple[int, int]]:
    """Protocol and ports at the edges; ICMP is of one family, ICMPv6 of the other."""
    foreign = ICMP6 if family is Family.V4 else ICMP
    found = {
        (key, port)
        for one in services
        for key in (one.key_low - 1, one.key_low, one.key_high, one.key_high + 1)
        for port in (one.source_low, one.source_high)
        if 0 <= key < 256 << 16 and key >> 16 != foreign
    }
    return sorted(found)
