"""What a parsed text does with one packet, and where its ranges begin and end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from telemed_infra.packets import Ranges
from telemed_infra.parse.behaviour import LOCAL, Action, Chain, FirewallBehaviour, Rule
from tests.parse.foreign.terms import (
    PROTOCOLS,
    Bounds,
    Packet,
    Term,
    boundary_packets,
    permits,
)

Way = tuple[str, str]


def differences(
    behaviour: FirewallBehaviour, terms: Sequence[Term], ways: Sequence[Way]
) -> list[Packet]:
    """Packets that the text treats otherwise than the terms: exact, both sides' bounds are cut."""
    bounds = Bounds()
    for term in terms:
        bounds.add(term)
    for chain in behaviour.chains:
        for rule in chain.rules:
            _add(bounds, rule)
    packets = list(boundary_packets(bounds, ways))
    assert len({permits(terms, packet) for packet in packets}) == 2
    return [one for one in packets if passes(behaviour, one) is not permits(terms, one)]


def _add(bounds: Bounds, rule: Rule) -> None:
    for into, four, six in (
        (bounds.sources, rule.source4, rule.source6),
        (bounds.destinations, rule.destination4, rule.destination6),
    ):
        into[4].update(four)
        into[6].update(six)
    for low, high, source_low, source_high in rule.services:
        for number in PROTOCOLS.values():
            first, last = max(low, number << 16), min(high, number << 16 | 0xFFFF)
            if first <= last:
                bounds.ports[number].add((first & 0xFFFF, last & 0xFFFF))
                bounds.source_ports[number].add((source_low, source_high))


def passes(behaviour: FirewallBehaviour, packet: Packet) -> bool:
    """Whether every chain that judges the packet's way permits it."""
    way = (packet.ingress, packet.egress)
    return all(_permits(one, packet) for one in behaviour.chains if _judges(one, way))


def _judges(one: Chain, way: Way) -> bool:
    if LOCAL not in way:
        return one.judges_forwarded
    return one.judges_to_local if way[1] == LOCAL else one.judges_from_local


def _permits(chain: Chain, packet: Packet) -> bool:
    for rule in chain.rules:
        if _matches(rule, packet):
            assert rule.certain
            return rule.action is Action.PERMIT
    return chain.default is Action.PERMIT


def _matches(rule: Rule, packet: Packet) -> bool:
    four = packet.family == 4
    key = packet.protocol << 16 | packet.port
    return (
        (rule.ingress is None or packet.ingress in rule.ingress)
        and (rule.egress is None or packet.egress in rule.egress)
        and _holds(rule.source4 if four else rule.source6, packet.source)
        and _holds(rule.destination4 if four else rule.destination6, packet.destination)
        and any(
            low <= key <= high and source_low <= packet.source_port <= source_high
            for low, high, source_low, source_high in rule.services
        )
    )


def _holds(ranges: Ranges, number: int) -> bool:
    return any(low <= number <= high for low, high in ranges)


def unread(behaviour: FirewallBehaviour) -> Iterable[str]:
    """The texts of the lines that were not understood."""
    return [one.text.strip() for one in behaviour.unread]
