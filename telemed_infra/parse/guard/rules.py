"""One rule of a guard, from words to conditions and a verdict.

The language is small on purpose. A condition that is not about addresses (a connection's state,
an interface, a limit) would make the guard depend on more than its sets, and is unread.
Source: nft(8), "Payload expressions", "Meta expressions", "Verdict statement".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from telemed_infra.packets import Family, Ranges
from telemed_infra.parse.guard.behaviour import Condition, GuardRule, GuardSet, Side, Verdict
from telemed_infra.parse.nftables.lookups import read_elements
from telemed_infra.parse.nftables.tokens import Statement, Unreadable, cut, is_line
from telemed_infra.parse.nftables.values import read_values

ADDRESS_TYPES = {Family.V4: "ipv4_addr", Family.V6: "ipv6_addr"}
_FIELDS = {
    (header, side.value): (family, side)
    for header, family in (("ip", Family.V4), ("ip6", Family.V6))
    for side in Side
}
_FAMILIES = {
    ("nfproto", "ipv4"): Family.V4,
    ("nfproto", "ipv6"): Family.V6,
    ("protocol", "ip"): Family.V4,
    ("protocol", "ip6"): Family.V6,
}
_LOG_OPTIONS = {"prefix", "group", "level", "snaplen", "queue-threshold", "flags"}
_PLAIN = {one.value: one for one in Verdict if one not in (Verdict.JUMP, Verdict.GOTO)}
_CALLS = {one.value: one for one in (Verdict.JUMP, Verdict.GOTO)}


def read_rule(
    statement: Statement, families: frozenset[Family], sets: Mapping[str, GuardSet]
) -> GuardRule:
    """A rule of a table of some families. Raises `Unreadable`."""
    return _Reader(statement, families, sets).rule()


class _Reader:
    def __init__(
        self, statement: Statement, families: frozenset[Family], sets: Mapping[str, GuardSet]
    ) -> None:
        self.line = statement.line
        self.words: list[str] = [
            word
            for token in statement.words
            for word in (cut(token) if is_line(token) else (token,))
        ]
        self.at = 0
        self.families = families
        self.sets = sets
        self.limited = False

    def rule(self) -> GuardRule:
        conditions: list[Condition] = []
        verdict, target = Verdict.CONTINUE, ""
        while self.at < len(self.words):
            condition = self.condition()
            if condition is not None:
                conditions.append(condition)
            elif self.word in _PLAIN:
                verdict = _PLAIN[self.take()]
                self.end()
            elif self.word in _CALLS:
                verdict, target = _CALLS[self.take()], self.take()
                self.end()
            else:
                self.inert()
        if self.limited and verdict is not Verdict.CONTINUE:
            raise Unreadable("a limit decides whether a packet passes")
        if not self.families.intersection(*(one.families for one in conditions)):
            raise Unreadable("no packet is of both families")
        return GuardRule(
            line=self.line, conditions=tuple(conditions), verdict=verdict, target=target
        )

    @property
    def word(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self) -> str:
        word = self.word
        if not word:
            raise Unreadable("the rule ends too early")
        self.at += 1
        return word

    def end(self) -> None:
        """Behind a verdict only a comment stands."""
        self.comment()
        if self.word:
            raise Unreadable(f"`{self.word}` behind a verdict")

    def comment(self) -> bool:
        if self.word != "comment":
            return False
        self.at += 1
        self.take()
        return True

    def inert(self) -> None:
        """A statement that changes nothing for the packet."""
        if self.comment():
            return
        word = self.take()
        if word == "counter":
            self.counter()
        elif word == "log":
            while self.word in _LOG_OPTIONS:
                self.at += 1
                self.take()
        elif word == "limit" and self.take() == "rate":
            self.limited = True
            if self.word == "over":
                self.at += 1
            self.take()
            if self.word == "burst":
                self.at += 3
        else:
            raise Unreadable(
                f"`{word} {self.word}`".replace(" `", "`") + " has no place in a guard"
            )

    def counter(self) -> None:
        if self.word == "name":
            self.at += 2
        for name in ("packets", "bytes"):
            if self.word == name:
                self.at += 1
                self.take()

    def condition(self) -> Condition | None:
        key = (self.word, self.words[self.at + 1] if self.at + 1 < len(self.words) else "")
        if key[0] == "meta" and key[1] in ("nfproto", "protocol"):
            return self.family_condition(key[1])
        if key not in _FIELDS:
            return None
        family, side = _FIELDS[key]
        if family not in self.families:
            raise Unreadable(f"`{' '.join(key)}` in a table of the other family")
        self.at += 2
        negated = self.operator()
        only = frozenset({family})
        if self.word[:1] == "@":
            found = self.named(self.take()[1:], family)
            return Condition(
                families=only,
                side=side,
                set_name=found.name if found.role else "",
                ranges=found.members,
                negated=negated,
            )
        return Condition(families=only, side=side, ranges=self.values(family), negated=negated)

    def family_condition(self, keyword: str) -> Condition:
        self.at += 2
        negated = self.operator()
        family = _FAMILIES.get((keyword, self.take()))
        if family is None:
            raise Unreadable(f"`meta {keyword}` of another family")
        families = self.families - {family} if negated else self.families & {family}
        return Condition(families=families)

    def operator(self) -> bool:
        """Whether the condition is turned round."""
        if self.word in ("==", "!="):
            return self.take() == "!="
        return False

    def named(self, name: str, family: Family) -> GuardSet:
        found = self.sets.get(name)
        if found is None:
            raise Unreadable(f"no set `{name}` that could be read")
        if found.family is not family:
            raise Unreadable(f"set `{name}` holds addresses of the other family")
        return found

    def values(self, family: Family) -> Ranges:
        """An address, a prefix, a range, or several in braces."""
        if self.word != "{":
            value = read_values(ADDRESS_TYPES[family], (self.take(),))
        else:
            end = self.words.index("}", self.at)
            value = element_ranges(self.words[self.at + 1 : end], family)
            self.at = end + 1
        assert isinstance(value, tuple)  # addresses are ranges
        return value


def element_ranges(words: Sequence[str], family: Family) -> Ranges:
    """The addresses that elements, separated by commas, name."""
    rows = read_elements(list(words), (ADDRESS_TYPES[family],), is_map=False).rows
    (value,) = rows[0].values
    assert isinstance(value, tuple)
    return value
