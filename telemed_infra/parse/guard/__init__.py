"""Reads the failover guard out of nftables text: a file, or what `nft list ruleset` prints.

The guard is every table that holds a set named for a slot, `armed0` or `live1` with any mark of a
family beside it; other tables are left to others (`GuardBehaviour.rest`). Names of sets are part of
what is read, since agents fill them by name. What is not modelled is an `Unread`, never an error.
Source: nft(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.guard.behaviour import (
    CALLS_MAX,
    Decision,
    GuardBehaviour,
    GuardChain,
    GuardRule,
    GuardSet,
    Role,
    Verdict,
)
from telemed_infra.parse.guard.rules import ADDRESS_TYPES, element_ranges, read_rule
from telemed_infra.parse.nftables.commands import read_commands
from telemed_infra.parse.nftables.ruleset import ChainText, Place, Ruleset, SetText, TableText
from telemed_infra.parse.nftables.tokens import Cursor, Unreadable, without_comments

__all__ = ["parse_guard"]

_SEPARATORS = " \t{};"
_NUMBER = re.compile(r"\d+")
_TIMED = re.compile(r"\bflags\b[^;}]*\btimeout\b")
_INTERVAL = re.compile(r"\bflags\b[^;}]*\binterval\b")
_COMMAND = re.compile(r"\s*(?:add|create|insert|delete|destroy|flush|table|reset)\b")
_BRACES = re.compile(r'"[^"]*"|([{}])')
_TABLE_FAMILIES = {
    "ip": frozenset({Family.V4}),
    "ip6": frozenset({Family.V6}),
    "inet": frozenset(FAMILIES),
}
_FAMILY_NUMBERS = {"4", "6"}


def parse_guard(text: str) -> GuardBehaviour:
    """What the guard's tables do. Never raises."""
    lines = without_comments(text)
    ruleset = read_commands(Cursor("\n".join(lines)))
    tables = [one for one in ruleset.tables.values() if any(map(slot_of, one.sets))]
    own = _own_lines(lines, tables)
    reader = _Reader(lines, own)
    for table in tables:
        reader.table(table)
    return reader.behaviour(ruleset, text)


def slot_of(name: str) -> tuple[Role, int] | None:
    """The role and slot that a set's name says: `armed0`, `live_v6_1`, `armed4_0`."""
    role = next((role for role in Role if role.value in name.lower()), None)
    numbers = [n for n in _NUMBER.findall(name) if n not in _FAMILY_NUMBERS]
    if role is None or numbers not in (["0"], ["1"]):
        return None
    return role, int(numbers[0])


class _Reader:
    def __init__(self, lines: Sequence[str], own: frozenset[int]) -> None:
        self.lines = lines
        self.own = own
        self.said = frozenset(n for n in own if lines[n - 1].strip(_SEPARATORS))
        self.chains: list[GuardChain] = []
        self.sets: list[GuardSet] = []
        self.unused: list[str] = []
        self.unread: list[Place] = []
        self.effective: set[int] = set()

    def table(self, table: TableText) -> None:
        self.effective.update(table.lines)
        families = _TABLE_FAMILIES[table.family]
        sets = {one.name: one for one in self.read_sets(table.sets.values())}
        self.sets += sets.values()
        rules = {
            name: tuple(self.read_rules(chain, families, sets))
            for name, chain in table.chains.items()
        }
        bases = [one for one in table.chains.values() if one.hook is not None]
        leads = {base.name: self.reached(base, rules) for base in bases}
        reached = {name for some in leads.values() for name in some}
        for name, chain in table.chains.items():
            self.effective.update(chain.lines)
            if name not in reached:
                self.unused.append(f"chain {name}")
        used = {name for text in table.chains.values() for name in _set_names(text)}
        self.unused += [f"set {name}" for name in table.sets if name not in used]
        self.chains += [
            one
            for base in bases
            if (one := self.base(base, families, {n: rules[n] for n in sorted(leads[base.name])}))
        ]

    def read_sets(self, texts: Iterable[SetText]) -> Iterable[GuardSet]:
        for text in texts:
            self.effective.update(text.lines)
            try:
                yield self.read_set(text)
            except Unreadable as unreadable:
                self.unread.append(Place(text.line, str(unreadable)))

    def read_set(self, text: SetText) -> GuardSet:
        family = next((f for f in FAMILIES if text.kinds == (ADDRESS_TYPES[f],)), None)
        if family is None or text.is_map:
            raise Unreadable(f"`{text.name}` is no set of addresses")
        found = slot_of(text.name)
        if found is None:
            if text.changes:
                raise Unreadable(f"`{text.name}` is changed by packets or time")
            members = element_ranges(text.elements, family) if text.elements else ()
            ranges = any("/" in word or "-" in word for word in text.elements)
            if ranges and not self.has(text, _INTERVAL):
                raise Unreadable(f"`{text.name}` holds ranges and has no `flags interval`")
            return GuardSet(name=text.name, line=text.line, family=family, members=members)
        role, slot = found
        return GuardSet(
            name=text.name,
            line=text.line,
            family=family,
            role=role,
            slot=slot,
            timed=self.has(text, _TIMED),
            filled=bool(text.elements),
        )

    def has(self, text: SetText, words: re.Pattern[str]) -> bool:
        """Whether one of a set's lines has these words."""
        return any(words.search(self.lines[n - 1]) for n in text.lines)

    def read_rules(
        self, chain: ChainText, families: frozenset[Family], sets: Mapping[str, GuardSet]
    ) -> Iterable[GuardRule]:
        for statement in chain.rules:
            try:
                rule = read_rule(statement, families, sets)
            except (Unreadable, ValueError) as unreadable:
                self.unread.append(Place(statement.line, str(unreadable)))
            else:
                self.effective.update(range(statement.line, statement.last + 1))
                yield rule

    def reached(self, base: ChainText, rules: Mapping[str, tuple[GuardRule, ...]]) -> set[str]:
        """The chains that a base chain leads to; a call that leads nowhere or back is unread."""
        found: set[tuple[str, int]] = set()
        waiting = [(base.name, 0)]
        while waiting:
            name, depth = at = waiting.pop()
            if at in found:
                continue
            found.add(at)
            for rule in rules[name]:
                if rule.verdict not in (Verdict.JUMP, Verdict.GOTO):
                    continue
                if rule.target not in rules or depth >= CALLS_MAX:
                    self.unread.append(Place(rule.line, f"`{rule.target}` cannot be called here"))
                else:
                    waiting.append((rule.target, depth + 1))
        return {name for name, _ in found}

    def base(
        self,
        text: ChainText,
        families: frozenset[Family],
        rules: Mapping[str, tuple[GuardRule, ...]],
    ) -> GuardChain | None:
        assert text.hook is not None
        if text.hook.name not in ("prerouting", "output"):
            why = f"a guard has no business at hook {text.hook.name}"
            self.unread.append(Place(text.line, why))
            return None
        if self.unread:
            return None  # it cannot be run: what it calls may be among what is not read
        return GuardChain(
            name=text.name,
            line=text.line,
            families=families,
            hook=text.hook.name,
            priority=text.hook.priority,
            policy=Decision(not text.drops, text.line),
            rules=rules,
        )

    def said_by_others(self, line: int) -> bool:
        """Whether a line stands in `rest` and says something there."""
        return line not in self.own and bool(self.lines[line - 1].strip(_SEPARATORS))

    def behaviour(self, ruleset: Ruleset, text: str) -> GuardBehaviour:
        """All of it. What others read (`rest`) is theirs to complain about."""
        # A complaint about the text's end, where nobody else will make it, is the last line's.
        for place in ruleset.unread:
            if place.line in self.said:
                self.unread.append(place)
            elif self.said and not self.said_by_others(min(place.line, len(self.lines))):
                self.unread.append(place._replace(line=max(self.said)))
        refused = {place.line for place in self.unread}
        effective = frozenset(self.effective & self.said) - refused
        inert = (frozenset(ruleset.inert) & self.said) - effective - refused
        for number in sorted(self.said - effective - inert - refused):
            self.unread.append(Place(number, "it stands in what is not read"))
        raw = text.split("\n")
        return GuardBehaviour(
            chains=tuple(self.chains),
            sets=tuple(self.sets),
            rest="\n".join("" if n in self.own else line for n, line in enumerate(raw, 1)),
            unused=tuple(self.unused),
            unread=tuple(
                Unread(line=line, text=self.lines[line - 1].strip(), why=why)
                for line, why in sorted(set(self.unread))
            ),
            lines=len(self.said),
            effective=effective,
            inert=inert,
        )


def _set_names(chain: ChainText) -> set[str]:
    """The sets that a chain's rules name."""
    words = (word for rule in chain.rules for token in rule.words for word in token.split())
    return {word[1:] for word in words if word[:1] == "@"}


def _own_lines(lines: Sequence[str], tables: Sequence[TableText]) -> frozenset[int]:
    """Lines of the guard's blocks, and of commands that name one of its tables."""
    heads = {
        number: _block_end(lines, number)
        for table in tables
        for number in _head_lines(lines, table)
    }
    own = {n for first, last in heads.items() for n in range(first, last + 1)}
    for number, line in enumerate(lines, 1):
        words = line.split()
        if _COMMAND.match(line) and any(
            [table.family, table.name] == words[at : at + 2]
            for table in tables
            for at in range(len(words))
        ):
            own.update(range(number, _block_end(lines, number) + 1))
    return frozenset(own)


def _head_lines(lines: Sequence[str], table: TableText) -> list[int]:
    return [number for number in table.lines if number <= len(lines)]


def _block_end(lines: Sequence[str], first: int) -> int:
    """The line where the block that a line opens is closed; the line itself if it opens none."""
    depth = 0
    for number in range(first, len(lines) + 1):
        for found in _BRACES.finditer(lines[number - 1]):
            depth += {"{": 1, "}": -1, None: 0}[found[1]]
        if depth <= 0:
            return number
    return len(lines)
