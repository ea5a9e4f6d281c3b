"""Whether a chain lets the replies of a permitted connection pass, and the errors about it.

A chain does if every packet of an established connection, and every related one, surely meets an
`accept` or an accepting policy before any rule that might drop it. A drop under a condition
(`tcp dport 23 drop` before `ct state established accept`) might hit a reply, so it spoils the
answer: the parser does not know which openings are permitted elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from telemed_infra.parse.nftables.match import EVERYTHING
from telemed_infra.parse.nftables.rules import Branch, ReadRule
from telemed_infra.parse.nftables.values import ESTABLISHED, RELATED
from telemed_infra.parse.nftables.verdicts import Kind

_CALLS_MAX = 10_000
"""Chains followed for one answer; beyond it the answer is no."""


class Fate(Enum):
    """What becomes of all packets of one connection state in a chain."""

    PASSES = "every one passes"
    FALLS = "none is dropped, and some reach the end"
    LOST = "some may be dropped"


def replies_pass(chains: Mapping[str, tuple[ReadRule, ...]], name: str, *, drops: bool) -> bool:
    """Whether packets of both states pass a base chain whose policy drops or accepts."""
    for state in (ESTABLISHED, RELATED):
        fate = _Walk(chains, state).fate(name, 0)
        if fate is Fate.LOST or (fate is Fate.FALLS and drops):
            return False
    return True


class _Walk:
    def __init__(self, chains: Mapping[str, tuple[ReadRule, ...]], state: int) -> None:
        self.chains = chains
        self.state = state
        self.calls = 0

    def fate(self, name: str, depth: int) -> Fate:
        self.calls += 1
        if name not in self.chains or depth > 16 or self.calls > _CALLS_MAX:
            return Fate.LOST
        some_fell = False
        for rule in self.chains[name]:
            for branch in rule.branches:
                if not branch.states & self.state:
                    continue
                fate, ends = self.branch(branch, depth)
                if fate is Fate.LOST:
                    return fate
                whole = branch.match == EVERYTHING and not rule.exceptions
                if ends and whole:
                    return Fate.FALLS if some_fell else fate
                some_fell |= ends and fate is Fate.FALLS
        return Fate.FALLS

    def branch(self, branch: Branch, depth: int) -> tuple[Fate, bool]:
        """What becomes of the packets of a branch, and whether they leave the chain with it."""
        kind, target = branch.verdict
        match kind:
            case Kind.ACCEPT:
                return Fate.PASSES, True
            case Kind.DROP:
                return Fate.LOST, True
            case Kind.RETURN:
                return Fate.FALLS, True
            case Kind.CONTINUE:
                return Fate.FALLS, False
            case Kind.JUMP:
                fate = self.fate(target, depth + 1)
                return fate, fate is Fate.PASSES
            case Kind.GOTO:
                return self.fate(target, depth + 1), True
