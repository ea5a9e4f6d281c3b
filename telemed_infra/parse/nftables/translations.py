"""Chains of type nat: rules that change whole prefixes one to one, in both directions.

What comes by some interfaces for a prefix is sent to another one before the filter sees it, and
what goes by the same interfaces from that one bears the first one's addresses after it. Beside them
stands what hides guests (see `break_out`). Everything else that a nat chain may do is unread.
Source: nft(8), "NAT statements"; nft 1.0.6 itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from telemed_infra.packets import Range, Ranges, union
from telemed_infra.parse.nftables.break_out import Hidden, hidden
from telemed_infra.parse.nftables.ruleset import ChainText, Hook, Place, TableText
from telemed_infra.parse.nftables.statements import closing, past_counter
from telemed_infra.parse.nftables.tokens import END, Statement, Unreadable, cut
from telemed_infra.parse.nftables.values import read_values
from telemed_infra.translation import Translation

COMES, GOES = Hook("prerouting", -100), Hook("postrouting", 100)


class Form(NamedTuple):
    """The words of a rule at one hook."""

    interface: str
    address: str
    statement: str


FORMS: Mapping[Hook, Form] = {
    COMES: Form("iifname", "daddr", "dnat"),
    GOES: Form("oifname", "saddr", "snat"),
}
_PREFIX = "a nat rule that is not `… ip prefix to` of one prefix on interfaces that it names"
_ENDS = (END,) * 6


class Change(NamedTuple):
    """One rule: what bears the addresses `found` gets those of `given`."""

    found: Range
    given: Range


Changes = dict[Change, dict[str, int]]
"""Each change, with the interfaces where it is done and the lines that say so."""


class ReadTranslations(NamedTuple):
    """What the nat chains of a text say, all of it."""

    translations: tuple[Translation, ...]
    lines: Mapping[Range, int]  # outside addresses → line
    effective: frozenset[int]
    unread: tuple[Place, ...]
    covers: tuple[Hidden, ...]
    sources: Ranges  # what of sources is changed, one to one


def read_translations(tables: Iterable[TableText]) -> ReadTranslations:
    """The translations of all tables: the kernel shows packets to each of their chains."""
    reader = _Reader()
    for table in tables:
        for chain in table.chains.values():
            if chain.is_nat:
                reader.chain(table.family, chain)
    return reader.result()


class _Reader:
    def __init__(self) -> None:
        self.changes: dict[Hook, Changes] = {hook: {} for hook in FORMS}
        self.effective: set[int] = set()
        self.unread: list[Place] = []
        self.covers: list[Hidden] = []

    def chain(self, family: str, chain: ChainText) -> None:
        """One nat chain, its rules kept by what they change."""
        hook = chain.hook
        form = FORMS.get(hook) if hook else None
        if hook is None or form is None:
            self.unread.append(Place(chain.line, "a nat chain at another hook or priority"))
            self.effective.update(line for line in chain.lines if line != chain.line)
            return
        self.effective.update(chain.lines)
        if chain.drops:
            self.effective.discard(chain.line)
            self.unread.append(Place(chain.line, "a nat chain that drops what it does not change"))
        for rule in chain.rules:
            try:
                cover = hidden(rule) if hook == GOES and family != "ip6" else None
                if cover is not None:
                    self.covers.append(cover)
                    continue
                change, names = _rule(form, family, rule)
            except Unreadable as unreadable:
                self.unread.append(Place(rule.line, str(unreadable)))
                continue
            self.effective.update(range(rule.line, rule.last + 1))
            places = self.changes[hook].setdefault(change, {})
            for name in names:
                places.setdefault(name, rule.line)

    def result(self) -> ReadTranslations:
        """What is changed both ways; what is not is unread."""
        comes, goes = self.changes[COMES], self.changes[GOES]
        found: list[Translation] = []
        lines: dict[Range, int] = {}
        for (outside, inside), names in comes.items():
            back = goes.get(Change(inside, outside), {})
            if names.keys() != back.keys():
                self.one_way(names, back.keys())
                continue
            found.append(Translation(inside, outside, frozenset(names)))
            lines[outside] = min(names.values())
        for (inside, outside), names in goes.items():
            there = comes.get(Change(outside, inside), {})
            if names.keys() != there.keys():
                self.one_way(names, there.keys())
        return ReadTranslations(
            tuple(found),
            lines,
            frozenset(self.effective),
            tuple(self.unread),
            tuple(self.covers),
            union(change.found for change in goes),
        )

    def one_way(self, names: Mapping[str, int], others: Iterable[str]) -> None:
        """Note the lines about interfaces where the other direction lacks."""
        alone = {name: line for name, line in names.items() if name not in set(others)}
        why = f"nothing changes the addresses the other way on {', '.join(sorted(alone))}"
        self.unread += [Place(line, why) for line in sorted(set(alone.values()))]
        self.effective.difference_update(alone.values())


def _rule(form: Form, family: str, rule: Statement) -> tuple[Change, frozenset[str]]:
    words = rule.words if len(rule.words) > 1 else cut(rule.words[0])
    if words[-2:-1] == ["comment"]:
        words = words[:-2]
    said = list(_conditions(form, [*words, *_ENDS]))
    by_name = dict(said)
    if len(said) != len(by_name) or by_name.keys() != {"interface", "found", "given"}:
        raise Unreadable(_PREFIX)
    if said[-1][0] != "given":
        raise Unreadable("words behind a nat statement")
    if family not in {"ip", "inet"} or (family == "inet" and "ip" not in _statement(words, form)):
        raise Unreadable(f"`{form.statement} prefix` in a table of family {family}")
    names = read_values("ifname", by_name["interface"])
    found, given = _range(by_name["found"]), _range(by_name["given"])
    if not isinstance(names, frozenset) or found[1] - found[0] != given[1] - given[0]:
        raise Unreadable("two prefixes of unlike length")
    return Change(found, given), names


def _conditions(form: Form, words: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a rule's words say, part after part, each with its value's words."""
    at = 0
    while words[at] != END:
        if words[at] == "counter":
            at = past_counter(words, at)
        elif words[at] == form.interface and words[at + 1] == "{":
            end = closing(words, at + 1)
            yield "interface", tuple(_listed(words[at + 2 : end]))
            at = end + 1
        elif words[at] == form.interface:
            yield "interface", (words[at + 1],)
            at += 2
        elif words[at : at + 2] == ["ip", form.address]:
            yield "found", (words[at + 2],)
            at += 3
        elif words[at] == form.statement:
            at += 2 if words[at + 1] == "ip" else 1
            if words[at : at + 2] != ["prefix", "to"]:
                raise Unreadable(_PREFIX)
            yield "given", (words[at + 2],)
            at += 3
        else:
            raise Unreadable(_PREFIX)


def _statement(words: list[str], form: Form) -> list[str]:
    return words[words.index(form.statement) :]


def _listed(words: list[str]) -> list[str]:
    """The names between braces."""
    names, commas = words[::2], words[1::2]
    if set(commas) - {","} or "," in names or not names:
        raise Unreadable("a list of interfaces that is not read")
    return names


def _range(words: tuple[str, ...]) -> Range:
    """The addresses of one prefix, or one address."""
    if words[0][:1] in {"@", "{"} or "-" in words[0]:
        raise Unreadable(_PREFIX)
    value = read_values("ipv4_addr", words)
    if not isinstance(value, tuple):
        raise Unreadable(_PREFIX)
    return value[0]
