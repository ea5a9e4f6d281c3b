"""One rule: its conditions, what it does beside, and its verdict.

A rule that says anything unknown is unreadable as a whole. Conditions that only a counter over
many packets decides (limit, quota, count, meter) make it uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from msgspec import Struct

from telemed_infra.packets import TCP
from telemed_infra.parse.nftables import statements
from telemed_infra.parse.nftables.conditions import Conditions
from telemed_infra.parse.nftables.fields import field_at
from telemed_infra.parse.nftables.lookups import Elements
from telemed_infra.parse.nftables.match import (
    Draft,
    Match,
    match_of,
    merged,
    narrow,
    order,
    states_of,
)
from telemed_infra.parse.nftables.tokens import Unreadable
from telemed_infra.parse.nftables.values import NEW, V4_BIT, V6_BIT
from telemed_infra.parse.nftables.verdicts import ACCEPT, DROP, Verdict, verdict_at

ALTERNATIVES_MAX = 20_000
"""Boxes of one rule, each concatenation's elements times those of the others."""


class Branch(Struct, frozen=True):
    """Packets that a rule matches, in these connection states, and what becomes of them."""

    match: Match
    states: int
    verdict: Verdict


class ReadRule(Struct, frozen=True):
    """A rule as read. Branches with different verdicts share no packet."""

    line: int
    last: int
    name: str
    logs: bool
    logs_all: bool  # it logs whatever opening comes to it
    branches: tuple[Branch, ...]
    exceptions: tuple[Match, ...]  # what it does not match, though the branches say so
    sets: tuple[str, ...]  # names of the sets that it looks up


class RuleReader:
    """Reads a rule's words; without sets, only those of addresses are looked up (see `shapes`)."""

    def __init__(self, words: list[str], sets: Mapping[str, Elements] | None) -> None:
        self.conditions = Conditions(words, sets)
        self.words = self.conditions.words
        self.certain = True
        self.over: set[bool] = set()
        """Of each limit: whether the rule speaks of what exceeds it."""
        self.name = ""
        self.logs = self.logs_all = False
        self.verdict: Verdict | None = None
        self.unmodelled = ""
        """A condition that no verdict may stand behind."""

    def read(self, size: int) -> None:
        """Read so many words; raises Unreadable."""
        conditions, words = self.conditions, self.words
        while (at := conditions.at) < size:
            if self.verdict is not None or conditions.verdicts is not None:
                self.after_verdict(words[at])
                continue
            found = field_at(words, at)
            if found is not None:
                conditions.read(*found)
            elif (read := _STATEMENTS.get(words[at])) is not None:
                read(self)
            elif (plain := verdict_at(words, at)) is not None:
                self.verdict, conditions.at = plain
            else:
                raise Unreadable(f"`{' '.join(words[at : at + 2]).strip()}`")
        if conditions.at > size:
            raise Unreadable("a rule that ends in the middle")
        if self.unmodelled and (self.verdict is not None or conditions.verdicts is not None):
            raise Unreadable(f"a verdict that depends on {self.unmodelled}")

    def after_verdict(self, word: str) -> None:
        """What may stand behind a verdict: nothing that decides."""
        if word == "comment":
            self.comment()
        elif word == "counter" and self.verdict is None:
            self.counter()
        else:
            raise Unreadable(f"`{word}` behind a verdict")

    # Statements.

    def counter(self) -> None:
        """`counter`: counts, decides nothing."""
        self.conditions.at = statements.past_counter(self.words, self.conditions.at)

    def log(self) -> None:
        """`log`: of whatever comes, if no condition stands before it but a limit."""
        draft = self.conditions.draft
        only_state = set(draft) == {"state"} and states_of(draft) & NEW
        self.logs_all = self.logs_all or self.conditions.is_empty or bool(only_state)
        self.logs = True
        self.conditions.at = statements.past_log(self.words, self.conditions.at)

    def comment(self) -> None:
        """`comment "…"`, the name of a rule."""
        at = self.conditions.at
        self.name = self.words[at + 1].strip('"')
        self.conditions.at = at + 2

    def limit(self) -> None:
        """`limit`."""
        self.uncertain(statements.past_limit)

    def quota(self) -> None:
        """`quota`."""
        self.uncertain(statements.past_quota)

    def set_update(self) -> None:
        """`add @s { … }`, `update @s { … }`, `meter m { … }`."""
        self.uncertain(statements.past_set_update)

    def uncertain(self, past: Callable[[list[str], int], int]) -> None:
        """What many packets together decide."""
        self.certain = False
        begin = self.conditions.at
        self.conditions.at = past(self.words, begin)
        spoken = self.words[begin : self.conditions.at]
        self.over.add("over" in spoken)
        if "name" in spoken:  # defined elsewhere: either may be meant
            self.over.add("over" not in spoken)

    def reject(self) -> None:
        """`reject`, with what nft adds for the answer's protocol."""
        words, at, draft = self.words, self.conditions.at + 1, self.conditions.draft
        self.verdict = DROP
        if words[at] == "with":
            answer = words[at + 1]
            if answer == "tcp":
                narrow(draft, "protocol", ((TCP, TCP),))
            elif answer in _ANSWERS:
                narrow(draft, "family", _ANSWERS[answer])
            elif answer != "icmpx":
                raise Unreadable(f"`reject with {answer}`")
            at += 4 if words[at + 2] == "type" else 3
        self.conditions.at = at

    def assign(self) -> None:
        """`… set …`, and `ct count`, which begins with the same word."""
        at = self.conditions.at
        family = {"ip": V4_BIT, "ip6": V6_BIT}.get(self.words[at])
        if self.words[at : at + 2] == ["ct", "count"]:
            self.uncertain(statements.past_count)
            return
        self.conditions.at = statements.past_assignment(self.words, at)
        if family is not None:
            narrow(self.conditions.draft, "family", family)

    def tcp(self) -> None:
        """`tcp flags` and `tcp option`, where they only clamp the segment size."""
        at = self.conditions.at
        flags = self.words[at + 1] == "flags"
        past = statements.past_flags_of_segment_size if flags else statements.past_segment_size
        self.unmodelled = "TCP flags or options"
        self.conditions.at = past(self.words, at)

    # What was read.

    def branches(self) -> tuple[Branch, ...]:
        """What the rule matches, and what becomes of it."""
        verdicts = self.conditions.verdicts
        if verdicts is None and self.verdict is None:
            return ()
        if not self.certain:
            self.refuse_bites(verdicts)
        drafts = self.drafts()
        if verdicts is None:
            return tuple(self.branches_of(drafts, self.verdict or DROP))
        found = [
            branch
            for verdict in dict.fromkeys(verdict for _, verdict in verdicts)
            for branch in self.branches_of(
                [
                    _joined(draft, row)
                    for row, its in verdicts
                    for draft in drafts
                    if its == verdict
                ],
                verdict,
            )
        ]
        return tuple(sorted(found, key=_branch_order))

    def refuse_bites(self, verdicts: Sequence[tuple[object, Verdict]] | None) -> None:
        """An uncertain rule counts as matching if it accepts, as not matching if it drops.

        That is how things are while no limit bites: so only `limit rate 9/second accept` and
        `limit rate over 9/second drop` are read, in their many forms, and nothing else.
        """
        found = {verdict for _, verdict in verdicts or ()} or {self.verdict or DROP}
        fitting = {ACCEPT: {False}, DROP: {True}}
        if any(self.over != fitting.get(verdict) for verdict in found):
            raise Unreadable("a limit that lets pass or stops only once it is exceeded, or jumps")

    def branches_of(self, drafts: list[Draft], verdict: Verdict) -> list[Branch]:
        """Branches of one verdict."""
        by_states: dict[int, list[Match]] = {}
        for draft in drafts:
            match = match_of(draft, certain=self.certain)
            states = states_of(draft)
            if match is not None and states:
                by_states.setdefault(states, []).append(match)
        return [
            Branch(match, states, verdict)
            for states, matches in by_states.items()
            for match in (matches if len(matches) == 1 else sorted(merged(matches), key=order))
        ]

    def drafts(self) -> list[Draft]:
        """The conditions outside of verdict maps, concatenations written out."""
        base, alternatives = self.conditions.draft, self.conditions.alternatives
        if not alternatives:
            return [base]
        count = 1
        for choice in alternatives:
            count *= len(choice)
        if count > ALTERNATIVES_MAX:
            raise Unreadable("concatenations with too many elements in one rule")
        return [_joined(base, *choice) for choice in product(*alternatives)]

    def exceptions(self) -> tuple[Match, ...]:
        """What `!=` of names and of concatenations takes away."""
        if not self.conditions.excepted:
            return ()
        matches = (match_of(draft, certain=True) for draft in self.conditions.excepted)
        return tuple(sorted(merged(match for match in matches if match is not None), key=order))


_ANSWERS = {"icmp": V4_BIT, "icmpv6": V6_BIT}
_STATEMENTS: Mapping[str, Callable[[RuleReader], None]] = {
    "counter": RuleReader.counter,
    "log": RuleReader.log,
    "comment": RuleReader.comment,
    "limit": RuleReader.limit,
    "quota": RuleReader.quota,
    "meter": RuleReader.set_update,
    "add": RuleReader.set_update,
    "update": RuleReader.set_update,
    "reject": RuleReader.reject,
    "ip": RuleReader.assign,
    "ip6": RuleReader.assign,
    "meta": RuleReader.assign,
    "ct": RuleReader.assign,
    "tcp": RuleReader.tcp,
}


def _joined(*drafts: Draft) -> Draft:
    """The conditions of all drafts at once."""
    joined = dict(drafts[0])
    for draft in drafts[1:]:
        for slot, value in draft.items():
            narrow(joined, slot, value)
    return joined


def _branch_order(branch: Branch) -> tuple[object, ...]:
    return (*order(branch.match), branch.states, branch.verdict.kind.value, branch.verdict.target)
