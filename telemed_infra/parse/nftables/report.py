"""From a ruleset in its parts to what the device would do, and what every line was good for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from telemed_infra.parse.behaviour import Action, Chain, FirewallBehaviour, Unread
from telemed_infra.parse.nftables.break_out import read_break_outs
from telemed_infra.parse.nftables.chains import ReadChains, judged_chain
from telemed_infra.parse.nftables.lines import LineRules
from telemed_infra.parse.nftables.lookups import Elements, read_elements
from telemed_infra.parse.nftables.rules import ReadRule
from telemed_infra.parse.nftables.ruleset import ChainText, Place, Ruleset, SetText, TableText
from telemed_infra.parse.nftables.shapes import read_rule
from telemed_infra.parse.nftables.tokens import Statement, Unreadable
from telemed_infra.parse.nftables.translations import COMES, GOES, read_translations

_SEPARATORS = " \t{};"


class Report:
    """Judges table after table and keeps account of the lines."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.unread: list[Place] = list(ruleset.unread)
        self.effective: set[int] = set()
        self.inert: set[int] = set(ruleset.inert)
        self.unused: list[str] = []
        self.translated = read_translations(ruleset.tables.values())
        self.effective.update(self.translated.effective)
        self.unread += self.translated.unread
        self.leaving = read_break_outs(
            ruleset.tables.values(), self.translated.covers, self.translated.sources
        )
        self.effective.update(self.leaving.effective)
        self.unread += self.leaving.unread
        self.chains = [chain for table in ruleset.tables.values() for chain in self.judge(table)]
        for variable in ruleset.defined:
            (self.effective if variable.used else self.inert).update(variable.lines)
            if not variable.used:
                self.unused.append(f"variable {variable.name}")

    def judge(self, table: TableText) -> list[Chain]:
        """The base chains of a table."""
        self.effective.update(table.lines)
        sets = self.sets(table.sets.values())
        lines = LineRules(sets)
        rules = {
            name: tuple(self.rules(chain.rules, sets, lines))
            for name, chain in table.chains.items()
            if not chain.is_nat
        }
        used = {name for read in rules.values() for rule in read for name in rule.sets}
        self.note_sets(table, used)
        self.note_chains(table, rules)
        read_chains = ReadChains(table.family, table.name, rules)
        judged = []
        for text in table.chains.values():
            if text.hook is not None and not text.is_nat:
                if text.drops or any(rule.branches for rule in rules[text.name]):
                    self.note_order(text)
                chain, unread = judged_chain(text, text.hook, read_chains)
                self.unread += unread
                if text.hook.name != COMES.name or _stops(chain):
                    judged.append(chain)  # else it marks packets, which others judge
        return judged

    def note_order(self, chain: ChainText) -> None:
        """A filter that sees the outside addresses, where the others see those inside."""
        hook = chain.hook
        early = hook and hook.name == COMES.name and hook.priority <= COMES.priority
        late = hook and hook.name == GOES.name and hook.priority >= GOES.priority
        if self.translated.translations and (early or late):
            why = "it judges packets by addresses that the others do not see"
            self.unread.append(Place(chain.line, why))

    def sets(self, texts: Iterable[SetText]) -> dict[str, Elements]:
        """The sets that can be read, by name."""
        found: dict[str, Elements] = {}
        for text in texts:
            try:
                if not text.kinds:
                    raise Unreadable(f"`{text.name}` has no readable type")
                elements = read_elements(text.elements, text.kinds, is_map=text.is_map)
                found[text.name] = elements._replace(changes=text.changes)
            except Unreadable as unreadable:
                self.unread.append(Place(text.line, str(unreadable)))
        return found

    def rules(
        self, statements: Iterable[Statement], sets: Mapping[str, Elements], lines: LineRules
    ) -> Iterable[ReadRule]:
        """The rules that can be read."""
        for statement in statements:
            try:
                yield lines.read(statement) or read_rule(statement, sets)
            except Unreadable as unreadable:
                self.unread.append(Place(statement.line, str(unreadable)))

    def note_sets(self, table: TableText, used: set[str]) -> None:
        """Lines of sets that a rule names, and of those that none names."""
        for text in table.sets.values():
            (self.effective if text.name in used else self.inert).update(text.lines)
            if text.name not in used:
                self.unused.append(f"{'map' if text.is_map else 'set'} {text.name}")

    def note_chains(self, table: TableText, rules: Mapping[str, tuple[ReadRule, ...]]) -> None:
        """Lines of chains that packets reach, and of those that they do not."""
        reached = _reached(table, rules)
        for name, chain in table.chains.items():
            if chain.is_nat:
                continue
            if name not in reached:
                self.unused.append(f"chain {name}")
            deciding = self.effective if name in reached else self.inert
            deciding.update(chain.lines)
            for rule in rules[name]:
                lines = deciding if rule.branches else self.inert
                lines.update(range(rule.line, rule.last + 1))

    def behaviour(self, lines: Sequence[str], continued: Mapping[int, int]) -> FirewallBehaviour:
        """All of it; `lines` are those of the text without comments."""
        said = {number for number, line in enumerate(lines, 1) if line.strip(_SEPARATORS)}
        for number, first in continued.items():
            for numbers in (self.effective, self.inert):
                if first in numbers:
                    numbers.add(number)
        marks = {place.line for place in self.leaving.unread}
        self.effective = (self.effective & said) - marks
        self.inert = (self.inert & said) - self.effective - marks
        self.note_rest(said, continued)
        last = len(lines)
        return FirewallBehaviour(
            hostname="",
            chains=tuple(self.chains),
            zones={},
            addresses={},
            vlans={},
            unread=tuple(
                Unread(line=line, text=lines[line - 1].strip(), why=why)
                for line, why in sorted({(min(line, last), why) for line, why in self.unread})
            ),
            lines=len(said),
            effective=frozenset(self.effective),
            inert=frozenset(self.inert),
            unused=tuple(self.unused),
            translations=self.translated.translations,
            translation_lines=self.translated.lines,
            break_outs=self.leaving.found.found,
            break_out_lines=self.leaving.found.lines,
        )

    def note_rest(self, said: set[int], continued: Mapping[int, int]) -> None:
        """No line may go unnoticed: what nothing accounts for is unread."""
        known = self.effective | self.inert | {place.line for place in self.unread}
        for number in sorted(said - known):
            first = continued.get(number)
            where = "stands in what" if first is None else f"continues line {first}, which"
            self.unread.append(Place(number, f"it {where} is not read"))


def _reached(table: TableText, rules: Mapping[str, tuple[ReadRule, ...]]) -> set[str]:
    """Base chains and what they lead to."""
    waiting = [name for name, chain in table.chains.items() if chain.hook is not None]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in reached or name not in rules:
            continue
        reached.add(name)
        waiting += [
            branch.verdict.target
            for rule in rules[name]
            for branch in rule.branches
            if branch.verdict.target
        ]
    return reached


def _stops(chain: Chain) -> bool:
    return Action.DENY in (chain.default, *(rule.action for rule in chain.rules))
