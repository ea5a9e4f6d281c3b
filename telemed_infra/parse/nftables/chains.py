"""Base chains as one list of rules each: `jump`, `goto`, `return` and `!=` of names written out.

A packet that a rule takes out of its course (a `return`, the end of a `goto`, an interface that
`!=` names) goes on with what follows where it lands. That rest is written out for it, down to the
policy; so the list is exact. Where it would grow without measure the chain stays unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from telemed_infra.parse.behaviour import LOCAL, Action, Chain, Interfaces, Rule
from telemed_infra.parse.nftables.match import ANYWHERE, EVERYTHING, WHATEVER, Match, both
from telemed_infra.parse.nftables.replies import replies_pass
from telemed_infra.parse.nftables.rules import Branch, ReadRule
from telemed_infra.parse.nftables.ruleset import ChainText, Hook, Place
from telemed_infra.parse.nftables.tokens import Unreadable
from telemed_infra.parse.nftables.values import EVERY_STATE, NEW
from telemed_infra.parse.nftables.verdicts import Kind, Verdict

RULES_PER_READ_RULE_MAX = 50
RULES_MAX = 20_000
"""Written-out rules of one base chain: this many, and so many for each rule that was read."""
VISITS_MAX = 500_000
"""Rules looked at for all rests of one base chain: about a second."""
JUMPS_MAX = 16
"""Calls within calls, as in the kernel (NFT_JUMP_STACK_SIZE)."""
RESTS_MAX = 20
"""Rests within rests; with all calls in each of them, still within Python's stack."""
CONNTRACK_PRIORITY = -200

Rules = tuple[ReadRule, ...]
_ACTIONS = {"accept": Action.PERMIT, "drop": Action.DENY}


class ReadChains(NamedTuple):
    """The chains of one table with their rules read."""

    family: str
    table: str
    rules: Mapping[str, Rules]


class Way(NamedTuple):
    """What a hook knows of the interfaces of a packet that it shows."""

    judges: tuple[bool, bool, bool]  # forwarded, to the box, from the box
    ingress: Interfaces
    egress: Interfaces
    has_ingress: bool  # whether rules may ask for it
    has_egress: bool


_HERE = frozenset({LOCAL})
WAYS: Mapping[str, Way] = {
    "forward": Way((True, False, False), None, None, has_ingress=True, has_egress=True),
    "input": Way((False, True, False), None, _HERE, has_ingress=True, has_egress=False),
    "output": Way((False, False, True), _HERE, None, has_ingress=False, has_egress=True),
    "prerouting": Way((True, True, False), None, None, has_ingress=True, has_egress=False),
    "postrouting": Way((True, False, True), None, None, has_ingress=False, has_egress=True),
}


def judged_chain(text: ChainText, hook: Hook, chains: ReadChains) -> tuple[Chain, list[Place]]:
    """A base chain as the proof reads it, and the places where that cannot be done."""
    writer = _Writer(text, hook, chains)
    try:
        writer.write()
    except Unreadable as unreadable:
        writer.unread.append(Place(text.line, str(unreadable)))
    forwarded, to_local, from_local = WAYS[hook.name].judges
    chain = Chain(
        name=f"{chains.family} {chains.table} {text.name}",
        line=text.line,
        judges_forwarded=forwarded,
        judges_to_local=to_local,
        judges_from_local=from_local,
        rules=tuple(writer.rules),
        default=writer.policy,
        logs_denied=writer.denies_logged == {True},
        stateful=replies_pass(chains.rules, text.name, drops=text.drops),
    )
    return chain, writer.unread


class _Rest(NamedTuple):
    """Where a called chain's end leads: the caller's rules from an index on, and its rest."""

    rules: Rules
    start: int
    then: _Rest | None
    jumps: int


@dataclass(slots=True)
class _Scope:
    """What is known of all packets of a box, on their way through the rules."""

    match: Match
    logged: bool = False
    """Every opening that comes this far was logged."""
    last: tuple[Action, bool] | None = None
    """The first rule that takes all that is left, and whether that is logged."""


class _Writer:
    def __init__(self, text: ChainText, hook: Hook, chains: ReadChains) -> None:
        self.text = text
        self.way = WAYS[hook.name]
        self.before_conntrack = (
            hook.name in {"prerouting", "output"} and hook.priority <= CONNTRACK_PRIORITY
        )
        self.chains = chains
        self.policy = Action.DENY if text.drops else Action.PERMIT
        self.rules: list[Rule] = []
        self.unread: list[Place] = []
        self.scope = _Scope(EVERYTHING)
        self.denies_logged: set[bool] = set()
        """Of each last or default deny, whether it is logged."""
        self.budget = RULES_MAX + RULES_PER_READ_RULE_MAX * sum(map(len, chains.rules.values()))
        self.visits = VISITS_MAX
        self.rests = 0

    def write(self) -> None:
        other = _other_family(self.chains.family)
        if other is not None:
            self.emit(self.text.line, "", Action.PERMIT, other, logs=False)
        self.body(self.chains.rules[self.text.name], 0, EVERYTHING, None, 0)
        self.close_scope()

    def close_scope(self) -> None:
        action, logs = self.scope.last or (self.policy, self.scope.logged)
        if action is Action.DENY:
            self.denies_logged.add(logs)

    def body(self, rules: Rules, start: int, match: Match, then: _Rest | None, jumps: int) -> None:
        """Write out rules from an index on, for what a box holds."""
        only_names = self.rests == 0 and match[2:] == WHATEVER
        for index in range(start, len(rules)):
            rule = rules[index]
            if only_names and self.settle(rule, match):
                continue
            if rule.logs_all and match == self.scope.match:
                self.scope.logged = True
            for branch, shared in self.openings(rule, match):
                rest = _Rest(rules, index + 1, then, jumps)
                if rule.exceptions and self.pass_by(rule, shared, rest, certain=match.certain):
                    continue
                takes_all = shared == match and branch.match.certain and not rule.exceptions
                action = _ACTIONS.get(branch.verdict.kind)
                if action is None:
                    ends = self.lead(rule, branch.verdict, shared, rest, takes_all=takes_all)
                else:
                    self.emit(rule.line, rule.name, action, shared, logs=rule.logs)
                    # Outside of rests, rules never reached stay in the list, to be found there.
                    ends = takes_all and self.rests > 0
                if ends:
                    return

    def settle(self, rule: ReadRule, match: Match) -> bool:
        """Write out a rule the short way: one box and its action, behind a map of interfaces."""
        if len(rule.branches) != 1 or rule.exceptions or rule.logs_all or self.before_conntrack:
            return False
        branch = rule.branches[0]
        box = branch.match
        action = _ACTIONS.get(branch.verdict.kind)
        if action is None or not branch.states & NEW or box[:2] != ANYWHERE or box[2:] == WHATEVER:
            return False
        self.append(rule.line, rule.name, action, match[:2], box, logs=rule.logs)
        return True

    def openings(self, rule: ReadRule, match: Match) -> Iterator[tuple[Branch, Match]]:
        """The branches that openings of a box meet, each with what it shares with the box."""
        for branch in rule.branches:
            if self.before_conntrack and branch.states != EVERY_STATE:
                self.note(rule.line, "a connection's state, before the kernel knows it")
            shared = both(match, branch.match) if branch.states & NEW else None
            if shared is not None:
                yield branch, shared

    def pass_by(self, rule: ReadRule, match: Match, rest: _Rest, *, certain: bool) -> bool:
        """Write out what of a box a rule's `!=` lets pass by; whether that is all of it."""
        box = match._replace(certain=certain)
        shared = [both(box, exception) for exception in rule.exceptions]
        if match in shared:
            return True
        for one in shared:
            self.rest(rest, one)
        return False

    def lead(
        self, rule: ReadRule, verdict: Verdict, match: Match, rest: _Rest, *, takes_all: bool
    ) -> bool:
        """Write out what becomes of a box in other rules; whether to end the chain there."""
        kind, target = verdict
        if kind is Kind.CONTINUE:
            return False
        if kind is Kind.RETURN:
            if not takes_all:
                self.rest(rest.then, match)
            return takes_all
        if rest.jumps == JUMPS_MAX:
            raise Unreadable(f"chains call each other more than {JUMPS_MAX} deep")
        called = self.chains.rules.get(target)
        if called is None:
            self.note(rule.line, f"no chain `{target}` in table `{self.chains.table}`")
            return False
        goes = kind is Kind.GOTO
        self.body(called, 0, match, rest.then if goes else rest, rest.jumps + 1)
        if goes and not takes_all:
            self.rest(rest.then, match)
        return goes and takes_all

    def rest(self, rest: _Rest | None, match: Match | None) -> None:
        """Write out a rest down to the policy."""
        if match is None:
            return
        if self.rests == RESTS_MAX:
            raise Unreadable(f"`return`, `goto` or `!=` of names more than {RESTS_MAX} deep")
        self.rests += 1
        outer, self.scope = self.scope, _Scope(match)
        while rest is not None:
            self.visits -= len(rest.rules) - rest.start
            self.body(rest.rules, rest.start, match, rest.then, rest.jumps)
            rest = rest.then
        self.emit(self.text.line, "", self.policy, match, logs=False)
        self.close_scope()
        self.scope = outer
        self.rests -= 1

    def emit(self, line: int, name: str, action: Action, match: Match, *, logs: bool) -> None:
        if self.scope.last is None and match == self.scope.match:
            self.scope.last = action, logs or self.scope.logged
        self.append(line, name, action, match[:2], match, logs=logs)

    def append(
        self, line: int, name: str, action: Action, ends: tuple[Interfaces, Interfaces],
        box: Match, *, logs: bool,
    ) -> None:  # fmt: skip
        way = self.way
        self.budget -= 1
        if self.budget < 0 or self.visits < 0:
            raise Unreadable("too many rules where `jump`, `return` and `!=` are written out")
        ingress, egress = ends
        if ingress is not None and not way.has_ingress:
            self.note(line, "the incoming interface, where the kernel knows none")
        if egress is not None and not way.has_egress:
            self.note(line, "the outgoing interface, where the kernel knows none yet")
        _, _, source4, destination4, source6, destination6, services, certain = box
        self.rules.append(Rule(
            line=line,
            name=name,
            action=action,
            ingress=way.ingress if ingress is None else ingress,
            egress=way.egress if egress is None else egress,
            source4=source4,
            source6=source6,
            destination4=destination4,
            destination6=destination6,
            services=services,
            certain=certain,
            logs=logs,
        ))  # fmt: skip

    def note(self, line: int, why: str) -> None:
        place = Place(line, why)
        if place not in self.unread:
            self.unread.append(place)


def _other_family(family: str) -> Match | None:
    """What never comes to a table of one family."""
    match family:
        case "ip":
            return EVERYTHING._replace(source4=(), destination4=())
        case "ip6":
            return EVERYTHING._replace(source6=(), destination6=())
        case _:
            return None
