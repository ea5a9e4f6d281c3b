"""What a failover guard's ruleset does to a packet, whatever its sets hold at the time.

A guard lets traffic of a service address pass while two sets of one *slot* hold the address:
*armed*, whose elements vanish in time, and *live*, whose elements stay. What they hold is not in
the text, so a packet carries what is supposed of it; `GuardChain.decide` then answers exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from telemed_infra.packets import Family, Ranges
from telemed_infra.parse.behaviour import Unread

CONNTRACK_PRIORITY = -200
"""A chain of a lower number sees every packet, of known connections too (NF_IP_PRI_CONNTRACK)."""
CALLS_MAX = 16
"""Calls within calls, as in the kernel (NFT_JUMP_STACK_SIZE)."""


class Side(Enum):
    """Which address of a packet."""

    SOURCE = "saddr"
    DESTINATION = "daddr"


class Role(Enum):
    """What a set of a slot is for."""

    ARMED = "armed"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSet:
    """One set of addresses."""

    name: str
    line: int
    family: Family
    role: Role | None = None  # None: a set whose elements the text gives
    slot: int = 0
    timed: bool = False  # its elements may vanish in time
    filled: bool = False  # the text puts elements into it
    members: Ranges = ()  # of a set without a role


class GuardPacket(NamedTuple):
    """One packet, with the sets that are supposed to hold its addresses."""

    family: Family
    source: int
    destination: int
    held: frozenset[tuple[Side, str]]

    def address(self, side: Side) -> int:
        """Its address on one side."""
        return self.source if side is Side.SOURCE else self.destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """An address in a set or among ranges, or a packet's family (no side)."""

    families: frozenset[Family]  # others never match, negated or not
    side: Side | None = None
    set_name: str = ""  # of a set with a role
    ranges: Ranges = ()
    negated: bool = False

    def holds(self, packet: GuardPacket) -> bool:
        """Whether a packet meets it."""
        if packet.family not in self.families:
            return False
        if self.side is None:
            return True
        if self.set_name:
            found = (self.side, self.set_name) in packet.held
        else:
            address = packet.address(self.side)
            found = any(low <= address <= high for low, high in self.ranges)
        return found is not self.negated


class Verdict(Enum):
    """What a rule does with what it matches."""

    ACCEPT = "accept"
    DROP = "drop"
    RETURN = "return"
    CONTINUE = "continue"
    JUMP = "jump"
    GOTO = "goto"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRule:
    """One rule."""

    line: int
    conditions: tuple[Condition, ...]
    verdict: Verdict
    target: str = ""  # of a jump or goto


class Decision(NamedTuple):
    """Whether a packet passes a chain, and the line that says so."""

    passes: bool
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardChain:
    """A base chain with all chains of its table that it may call."""

    name: str
    line: int
    families: frozenset[Family]
    hook: str  # prerouting or output
    priority: int
    policy: Decision
    rules: Mapping[str, tuple[GuardRule, ...]]  # by chain

    @property
    def before_conntrack(self) -> bool:
        """Whether it judges packets of known connections as well."""
        return self.priority < CONNTRACK_PRIORITY

    def decide(self, packet: GuardPacket) -> Decision:
        """What becomes of a packet of one of its families."""
        found = self._run(self.name, packet, 0)
        return self.policy if found is None else found

    def _run(self, chain: str, packet: GuardPacket, depth: int) -> Decision | None:
        """None: the chain came to its end, or returned."""
        for rule in self.rules[chain]:
            if not all(condition.holds(packet) for condition in rule.conditions):
                continue
            match rule.verdict:
                case Verdict.ACCEPT | Verdict.DROP:
                    return Decision(rule.verdict is Verdict.ACCEPT, rule.line)
                case Verdict.RETURN:
                    return None
                case Verdict.JUMP | Verdict.GOTO:
                    found = self._run(rule.target, packet, depth + 1)
                    if found is not None or rule.verdict is Verdict.GOTO:
                        return found
                case Verdict.CONTINUE:
                    pass
        return None

    def every_rule(self) -> Iterator[GuardRule]:
        """The rules of all its chains."""
        for rules in self.rules.values():
            yield from rules

    def conditions(self) -> Iterator[Condition]:
        """What a packet's fate can depend on."""
        for rule in self.every_rule():
            yield from rule.conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardBehaviour:
    """All that a text says as a guard."""

    chains: tuple[GuardChain, ...]
    sets: tuple[GuardSet, ...]
    rest: str
    """The text with the guard's own lines left blank: for who reads everything else."""
    unused: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    lines: int = 0
    effective: frozenset[int] = field(default_factory=frozenset)
    inert: frozenset[int] = field(default_factory=frozenset)
