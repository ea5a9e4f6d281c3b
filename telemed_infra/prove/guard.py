"""A failover guard's ruleset against its rule, for every state that its sets can be in.

The rule: a packet to a service address (prerouting) or from one (output) passes if and only if one
slot holds the address in its armed and in its live set; every other packet passes. Addresses are
cut where the text or the pool cuts them; one of each class, every state of the sets that matter and
both families are tried, so the answer is exact. A chain that comes after conntrack does not count
as closing: connections that are known already would run on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from telemed_infra.packets import FAMILIES, Family, Ranges
from telemed_infra.parse.guard.behaviour import (
    Decision,
    GuardBehaviour,
    GuardChain,
    GuardPacket,
    GuardSet,
    Role,
    Side,
)
from telemed_infra.plan.prefix import address_text
from telemed_infra.prove.expected_edge import ExpectedEdge
from telemed_infra.prove.findings import DeviceProof, Finding
from telemed_infra.prove.service_edge import WORDS

SLOTS = (0, 1)
_SEPARATORS = " \t\r{};"
TESTED = {"prerouting": Side.DESTINATION, "output": Side.SOURCE}
_WORD = {Side.DESTINATION: "to", Side.SOURCE: "from"}
QUESTIONS_MAX = 12
"""Sets that the chains of one hook may ask about (two sides of six sets); more are refused."""

_FLUSH = re.compile(r"\s*flush\s+ruleset\b")

Question = tuple[Side, str]
Slots = Mapping[tuple[Role, int], GuardSet]


def prove_guard(
    device: str,
    behaviour: GuardBehaviour,
    expected: ExpectedEdge,
    must: Mapping[Family, Ranges],
) -> DeviceProof:
    """Everything about one guard; `must` are the addresses that it has to close, by family.

    Addresses of the pool beyond them may be closed too. Sizes: `must` counts states of sets and
    addresses that were tried, `rules` the rules read, `ways` hooks by family.
    """
    prover = _Prover(device, behaviour, expected, must)
    findings = tuple(prover.findings())
    return DeviceProof(
        device=device,
        findings=findings,
        must=prover.tried,
        rules=len({rule.line for one in behaviour.chains for rule in one.every_rule()}),
        ways=len(TESTED) * len(FAMILIES),
        lines=behaviour.lines,
        covered=behaviour.lines - len(behaviour.unread),
        effective=len(behaviour.effective),
    )


def spares_guard(device: str, filter_text: str) -> list[Finding]:
    """What in the device's other ruleset would take the guard away when it is loaded.

    Without its table the guard stops nothing, so this would open every door.
    """
    return [
        Finding(
            device=device,
            line=number,
            kind="excess",
            says=f"`{line.strip()}` removes the failover guard too: flush the own table alone",
        )
        for number, line in enumerate(filter_text.split("\n"), 1)
        if _FLUSH.match(line)
    ]


@dataclass(slots=True)
class _Prover:
    device: str
    behaviour: GuardBehaviour
    expected: ExpectedEdge
    must: Mapping[Family, Ranges]
    tried: int = 0

    def findings(self) -> Iterator[Finding]:
        yield from self.reading()
        for chain in self.behaviour.chains:
            if not chain.before_conntrack:
                says = (
                    f"chain {chain.name} at priority {chain.priority} comes after conntrack, so "
                    "known connections could run on: `priority raw`"
                )
                yield self.says(chain.line, "binding", says)
        for family in FAMILIES:
            slots = self.slots(family)
            yield from self.sets(family, slots)
            # What is not read cannot be run.
            for hook in () if self.behaviour.unread else TESTED:
                yield from self.hook(hook, family, slots)

    def reading(self) -> Iterator[Finding]:
        """What is not read, not used, or not the guard's."""
        for unread in self.behaviour.unread:
            yield self.says(unread.line, "unread", f"`{unread.text}`: {unread.why}")
        for number, line in enumerate(self.behaviour.rest.split("\n"), 1):
            if line.strip(_SEPARATORS) and line.lstrip()[0] != "#":
                says = f"`{line.strip()}` is no part of the guard: its file holds the guard alone"
                yield self.says(number, "excess", says)
        for name in self.behaviour.unused:
            yield self.says(0, "hygiene", f"{name} is bound nowhere")

    def says(self, line: int, kind: str, says: str) -> Finding:
        return Finding(device=self.device, line=line, kind=kind, says=says)

    def slots(self, family: Family) -> Slots:
        return {
            (one.role, one.slot): one
            for one in self.behaviour.sets
            if one.role is not None and one.family is family
        }

    def sets(self, family: Family, slots: Slots) -> Iterator[Finding]:
        """The four sets: each there once, armed ones timed, live ones not, all empty."""
        for role, slot in product(Role, SLOTS):
            if (role, slot) not in slots and family in self.expected.families:
                name = f"{role.value}{slot}"
                says = f"{WORDS[family]} has no set {name}: agents could not open a door"
                yield self.says(0, "missing", says)
        for one in self.behaviour.sets:
            if one.role is None or one.family is not family:
                continue
            if slots[one.role, one.slot] is not one:
                says = f"set {one.name} is a second one for {one.role.value}{one.slot}"
                yield self.says(one.line, "excess", says)
            if one.timed is not (one.role is Role.ARMED):
                mend = "add `flags timeout`" if one.role is Role.ARMED else "remove `flags timeout`"
                yield self.says(one.line, "binding", f"set {one.name}: {mend}")
            if one.filled:
                says = f"set {one.name} is not empty: the text opens doors, not the agent"
                yield self.says(one.line, "excess", says)

    def hook(self, hook: str, family: Family, slots: Slots) -> Iterator[Finding]:
        """One hook in one family: every class of addresses, every state of the sets."""
        chains = [
            one for one in self.behaviour.chains if one.hook == hook and family in one.families
        ]
        must = self.must.get(family, ()) if family in self.expected.families else ()
        if must and not any(one.before_conntrack for one in chains):
            says = (
                f"nothing at {hook} before conntrack judges {WORDS[family]}: "
                f"a chain with `type filter hook {hook} priority raw`"
            )
            yield self.says(0, "missing", says)
            return
        side = TESTED[hook]
        questions = sorted(_questions(chains, family, side, slots), key=str)
        if len(questions) > QUESTIONS_MAX:
            says = f"the chains at {hook} ask about more than {QUESTIONS_MAX} sets"
            yield self.says(chains[0].line, "unread", says)
            return
        pool = self.expected.pool[family]
        seen: set[tuple[str, int]] = set()
        for packet in _packets(chains, family, (must, pool), side, questions):
            self.tried += 1
            found = self.judged(packet, side, chains, slots, must)
            if found and (found.kind, found.line) not in seen:
                seen.add((found.kind, found.line))
                yield found

    def judged(
        self,
        packet: GuardPacket,
        side: Side,
        chains: Sequence[GuardChain],
        slots: Slots,
        must: Ranges,
    ) -> Finding | None:
        """What is wrong about the fate of one packet."""
        address = packet.address(side)
        open_ = any(
            all(
                (role, slot) in slots and (side, slots[role, slot].name) in packet.held
                for role in Role
            )
            for slot in SLOTS
        )
        every = _fate(chains, packet)
        closing = _fate([one for one in chains if one.before_conntrack], packet)
        where = f"{WORDS[packet.family]} {_WORD[side]} {address_text(packet.family, address)}"
        state = _state(packet, side)
        if _in(address, must) and not open_ and closing.passes:
            says = f"{where} passes with {state}: only armed and live of one slot may open it"
            return self.says(closing.line, "excess", says)
        if every.passes:
            return None
        if not _in(address, self.expected.pool[packet.family]):
            says = f"{where}, outside of the service pool, is dropped with {state}: let it pass"
            return self.says(every.line, "missing", says)
        if open_:
            says = f"{where} is dropped with {state}: armed and live of one slot open it"
            return self.says(every.line, "missing", says)
        return None


def _fate(chains: Iterable[GuardChain], packet: GuardPacket) -> Decision:
    """A packet passes if every chain accepts; the line is that of the last one to decide."""
    found = Decision(passes=True, line=0)
    for chain in chains:
        found = chain.decide(packet)
        if not found.passes:
            return found
    return found


def _state(packet: GuardPacket, side: Side) -> str:
    own = sorted(name for at, name in packet.held if at is side)
    other = sorted(name for at, name in packet.held if at is not side)
    text = " and ".join(own) if own else "no set"
    held = f"{text} holding the address" if own else "no set holding the address"
    return f"{held}, {' and '.join(other)} the other one" if other else held


def _questions(
    chains: Iterable[GuardChain], family: Family, side: Side, slots: Slots
) -> set[Question]:
    """The memberships on which a packet's fate can depend, or should."""
    found = {(side, one.name) for one in slots.values()}
    for chain in chains:
        for one in chain.conditions():
            if one.set_name and one.side is not None and family in one.families:
                found.add((one.side, one.set_name))
    return found


def _packets(
    chains: Sequence[GuardChain],
    family: Family,
    pools: Sequence[Ranges],
    side: Side,
    questions: Sequence[Question],
) -> Iterator[GuardPacket]:
    """One packet of each class in each state: fewest sets first, so witnesses are small."""
    cuts: dict[Side, list[Ranges]] = {one: list(pools) if one is side else [] for one in Side}
    for chain in chains:
        for one in chain.conditions():
            if one.side is not None and not one.set_name and family in one.families:
                cuts[one.side].append(one.ranges)
    sources = _representatives(cuts[Side.SOURCE], family)
    destinations = _representatives(cuts[Side.DESTINATION], family)
    states = sorted(product((True, False), repeat=len(questions)), key=sum)
    for state in states:
        held = frozenset(one for one, on in zip(questions, state, strict=True) if on)
        for source, destination in product(sources, destinations):
            yield GuardPacket(family, source, destination, held)


def _representatives(cuts: Sequence[Ranges], family: Family) -> list[int]:
    """The lowest address of each class that the sets tell apart."""
    ((first, last),) = family.every_address
    points = {first}
    for ranges in cuts:
        for low, high in ranges:
            points.update((low, high + 1))
    classes: dict[tuple[bool, ...], int] = {}
    for point in sorted(points):
        if point <= last:
            classes.setdefault(tuple(_in(point, ranges) for ranges in cuts), point)
    return list(classes.values())


def _in(address: int, ranges: Ranges) -> bool:
    return any(low <= address <= high for low, high in ranges)
