"""Which rules of a firewall's text judge which way, found without reading every rule each time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import (
    LOCAL,
    Action,
    Chain,
    FirewallBehaviour,
    Interfaces,
    Rule,
)
from telemed_infra.prove.cells import bits
from telemed_infra.prove.services import by_protocol
from telemed_infra.prove.sweep import Judge, Step

OTHER = "(other)"
"""Any interface that the text does not name: what a default lets through would pass there too."""

Way = tuple[str, str]
"""Ingress and egress interface; LOCAL is the device itself."""


class Filters:
    """A firewall's chains, by way. Indexes the text once; each way then costs what it holds."""

    def __init__(self, behaviour: FirewallBehaviour) -> None:
        self._chains = [_ChainIndex(chain) for chain in behaviour.chains]
        self._judging = {
            ends: [index for index in self._chains if _judges(index.chain, ends)]
            for ends in product((False, True), (False, True))
        }
        self.named = frozenset(
            name for index in self._chains for name in (*index.ingress, *index.egress)
        ).union(interfaces_named(behaviour))
        """Every interface that the text names."""

    def way_rules(self, ingress: str, egress: str, family: Family) -> list[Judge]:
        """The judges of a way, in the order of the text; none if it is open."""
        judging = self._judging[ingress == LOCAL, egress == LOCAL]
        return [index.judge(ingress, egress, family) for index in judging]

    def open_ways(self, interfaces: Iterable[str] = ()) -> set[Way]:
        """The ways on which anything at all may pass, of either family: all others need no sweep.

        Ways between these interfaces, all that the text names, LOCAL and OTHER; also from an
        interface to itself, but not from LOCAL to LOCAL, which no packet of the network goes.
        """
        names = self.named.union(interfaces, (LOCAL, OTHER))
        bit = {name: 1 << place for place, name in enumerate(names)}
        order = list(bit)
        forwarded = [index for index in self._chains if index.chain.judges_forwarded]
        to_local = [index for index in self._chains if index.chain.judges_to_local]
        from_local = [index for index in self._chains if index.chain.judges_from_local]
        local = bit[LOCAL]
        others = (1 << len(order)) - 1 - local
        between, into, out_of = (_reach(group, bit) for group in (forwarded, to_local, from_local))
        result: set[Way] = set()
        for ingress in order:
            if ingress == LOCAL:
                reached = out_of[ingress] & others
            else:
                reached = between[ingress] & others | into[ingress] & local
            result.update([(ingress, order[place]) for place in bits(reached)])
        return result


def interfaces_named(behaviour: FirewallBehaviour) -> frozenset[str]:
    """The interfaces that a text names, whether or not its chains do."""
    return frozenset().union(behaviour.addresses, behaviour.vlans, *behaviour.zones.values())


def steps_of(rule: Rule, family: Family) -> list[Step]:
    """The rule in one family, a step for each protocol; none if it matches nothing there."""
    if family is Family.V4:
        sources, destinations = rule.source4, rule.destination4
    else:
        sources, destinations = rule.source6, rule.destination6
    if not (sources and destinations):
        return []
    return [
        Step((sources, destinations, services), rule.action, rule.certain, rule.line)
        for services in by_protocol(rule.services, family)
    ]


def lets_pass(rule: Rule) -> bool:
    """Whether it permits any packet at all."""
    return (
        rule.action is Action.PERMIT
        and bool(rule.services)
        and bool((rule.source4 and rule.destination4) or (rule.source6 and rule.destination6))
    )


def _judges(chain: Chain, ends: tuple[bool, bool]) -> bool:
    """Whether a chain judges ways whose ends are the device itself, or are not."""
    from_local, to_local = ends
    if not from_local and not to_local:
        return chain.judges_forwarded
    return (to_local and chain.judges_to_local) or (from_local and chain.judges_from_local)


class _ChainIndex:
    """The places of a chain's rules by interface, as masks: bit n is rule n."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.ingress, self._any_ingress = _by_name([rule.ingress for rule in chain.rules])
        self.egress, self._any_egress = _by_name([rule.egress for rule in chain.rules])
        self._steps: dict[Family, list[list[Step]]] = {}  # of each rule, by its place
        self._judges: dict[tuple[int, Family], Judge] = {}

    def judge(self, ingress: str, egress: str, family: Family) -> Judge:
        """The rules whose interfaces include the way and whose addresses are of the family."""
        mask = self.ingress.get(ingress, 0) | self._any_ingress
        mask &= self.egress.get(egress, 0) | self._any_egress
        # Ways with the same rules share one judge.
        judge = self._judges.get((mask, family))
        if judge is None:
            by_place = self._by_place(family)
            steps = [step for place in bits(mask) for step in by_place[place]]
            judge = self._judges[mask, family] = Judge(steps, self.chain.default, self.chain.line)
        return judge

    def _by_place(self, family: Family) -> list[list[Step]]:
        found = self._steps.get(family)
        if found is None:
            found = self._steps[family] = [steps_of(rule, family) for rule in self.chain.rules]
        return found


def _by_name(sets: Sequence[Interfaces]) -> tuple[dict[str, int], int]:
    """The places at which each name is in the set, and those of every name, as masks."""
    places: dict[str, list[int]] = {}
    wild: list[int] = []
    for place, names in enumerate(sets):
        if names is None:
            wild.append(place)
        else:
            for name in names:
                places.setdefault(name, []).append(place)
    return {name: _mask(found) for name, found in places.items()}, _mask(wild)


def _mask(places: Sequence[int]) -> int:
    """The mask with these bits, ascending; by text, since adding bit by bit copies it each time."""
    if not places:
        return 0
    if len(places) < 8:
        return sum(1 << place for place in places)
    digits = bytearray(b"0") * (places[-1] + 1)
    for place in places:
        digits[-1 - place] = 49
    return int(digits, 2)


def _reach(indexes: Sequence[_ChainIndex], bit: dict[str, int]) -> dict[str, int]:
    """By ingress, the mask of the egresses that each of these chains may permit something to."""
    everywhere = (1 << len(bit)) - 1
    reach = dict.fromkeys(bit, everywhere)
    for index in indexes:
        if index.chain.default is Action.PERMIT:
            continue
        permitted = dict.fromkeys(bit, 0)
        for ingress, egress in {
            (rule.ingress, rule.egress) for rule in index.chain.rules if lets_pass(rule)
        }:
            mask = everywhere if egress is None else sum(bit[name] for name in egress)
            for name in bit if ingress is None else ingress:
                permitted[name] |= mask
        for name, mask in permitted.items():
            reach[name] &= mask
    return reach
