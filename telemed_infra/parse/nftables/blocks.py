"""What stands in the braces of tables, chains and sets. Source: nft(8), "Tables" to "Maps"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from telemed_infra.parse.nftables.fields import field_at
from telemed_infra.parse.nftables.ruleset import ChainText, Hook, Place, Ruleset, SetText, TableText
from telemed_infra.parse.nftables.tokens import END, Cursor, Statement, Unreadable, is_line
from telemed_infra.parse.nftables.values import KINDS

HOOKS = {"forward", "input", "output", "prerouting", "postrouting"}
PRIORITIES = {
    "raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100,
}  # fmt: skip
_PRIORITY = re.compile(r"([a-z]+)?([+-]?\d{1,9})?")
_SET_FLAGS = {"constant", "interval", "timeout", "dynamic"}
_INERT_OBJECTS = {"counter", "quota", "limit"}


class Reader:
    """Reads a text's blocks into a ruleset. What it cannot read it notes and passes over."""

    def __init__(self, cursor: Cursor, ruleset: Ruleset) -> None:
        self.cursor = cursor
        self.ruleset = ruleset

    def each(self, read: Callable[[str], None], *, until: str) -> None:
        """Read what comes up to the closing brace (or the text's end), which is passed."""
        cursor = self.cursor
        while (word := cursor.peek()) != until:
            if word == END:
                self.ruleset.unread.append(Place(cursor.line, "the text ends inside a block"))
                return
            line, at = cursor.line, cursor.at
            try:
                if word != "}":
                    read(word)
            except Unreadable as unreadable:
                self.ruleset.unread.append(Place(line, str(unreadable)))
            if cursor.at == at:
                self.pass_over(word)
        if until:
            cursor.skip()

    def pass_over(self, word: str) -> None:
        """Go on behind what cannot be read; a stray brace is noted."""
        if word == "}":
            self.ruleset.unread.append(Place(self.cursor.line, "a brace that closes nothing"))
            self.cursor.skip()
        else:
            self.cursor.statement()

    def statement(self) -> Statement:
        """The next statement, variables put in."""
        statement = self.cursor.statement()
        if self.ruleset.defined and any(word[0] == "$" for word in statement.words):
            return replace(statement, words=self.ruleset.expanded(statement.words))
        return statement

    def table(self, table: TableText) -> None:
        """A table's block, from behind its brace to behind the closing one."""
        outer = dict(self.ruleset.variables)
        self.each(lambda word: self.table_member(table, word), until="}")
        self.ruleset.variables = outer

    def table_member(self, table: TableText, word: str) -> None:
        """A chain, set, object or property of a table."""
        if word in {"chain", "set", "map"} or word in _INERT_OBJECTS:
            line = self.cursor.line
            words = self.cursor.block()
            if len(words) == 2:
                self.object(table, word, words[1], line)
                return
        statement = self.cursor.statement()
        self.property(table, statement)

    def object(self, table: TableText, word: str, name: str, line: int) -> None:
        """A chain, set, map or counter, from behind its brace to behind the closing one."""
        name = name.strip('"')
        if word == "chain":
            self.chain(table.chains.setdefault(name, ChainText(name, line)), line)
        elif word in _INERT_OBJECTS:
            self.ruleset.inert.add(line)
            self.each(lambda _: self.inert(), until="}")
        else:
            self.set(table, SetText(name, line, is_map=word == "map"))

    def inert(self) -> None:
        """A statement that lets no packet pass or stop."""
        statement = self.cursor.statement()
        self.ruleset.inert.update(range(statement.line, statement.last + 1))

    def property(self, table: TableText, statement: Statement) -> None:
        """A table's one-line member."""
        words = statement.words
        if words[0] == "define":
            self.ruleset.define(statement)
        elif words[0] == "comment" or (words[0] == "counter" and len(words) == 2):
            self.ruleset.inert.update(range(statement.line, statement.last + 1))
        elif words[0] == "chain" and len(words) == 2:
            table.chains.setdefault(words[1], ChainText(words[1], statement.line))
            self.ruleset.inert.add(statement.line)
        else:
            raise Unreadable(f"`{' '.join(words[:2])}` in a table")

    # Chains.

    def chain(self, chain: ChainText, line: int) -> None:
        """A chain's block. A chain may be opened again: its rules are added."""
        outer = dict(self.ruleset.variables)
        chain.lines.append(line)
        self.each(lambda word: self.chain_member(chain, word), until="}")
        self.ruleset.variables = outer

    def chain_member(self, chain: ChainText, word: str) -> None:
        """A rule, or the hook, policy or comment of a chain."""
        if is_line(word) and not self.ruleset.defined:
            chain.rules.extend(self.cursor.lines())
            return
        if word == "define":
            self.ruleset.define(self.cursor.statement())
            return
        statement = self.statement()
        if word == "type":
            chain.lines.append(statement.line)
            self.hook(chain, statement.words)
        elif word == "policy":
            chain.lines.append(statement.line)
            if statement.words not in (["policy", "accept"], ["policy", "drop"]):
                raise Unreadable("`policy` wants `accept` or `drop`")
            chain.drops = statement.words[1] == "drop"
        elif word == "comment":
            self.ruleset.inert.add(statement.line)
        else:
            chain.rules.append(statement)

    def hook(self, chain: ChainText, words: list[str]) -> None:
        """`type filter hook forward priority filter - 5`, `type nat hook …`."""
        if words[1:3] not in (["filter", "hook"], ["nat", "hook"]):
            raise Unreadable(f"chains of type `{' '.join(words[1:2])}` are not modelled")
        if len(words) < 6 or words[3] not in HOOKS or words[4] != "priority":
            raise Unreadable(f"`hook {' '.join(words[3:5])}` is not modelled")
        match = _PRIORITY.fullmatch("".join(words[5:]))
        if match is None or not match[0] or (match[1] or "filter") not in PRIORITIES:
            raise Unreadable(f"`priority {' '.join(words[5:])}` is not known")
        hook = Hook(words[3], PRIORITIES.get(match[1], 0) + int(match[2] or 0))
        if (chain.hook, chain.is_nat) not in {(None, False), (hook, words[1] == "nat")}:
            raise Unreadable("a chain with two hooks")
        chain.hook, chain.is_nat = hook, words[1] == "nat"

    # Sets and maps.

    def set(self, table: TableText, new: SetText) -> None:
        """A set's block. Elements of a set that is there already are added to it."""
        new.lines.append(new.line)
        self.each(lambda word: self.set_member(new, word), until="}")
        old = table.sets.setdefault(new.name, new)
        if old is not new:
            old.lines += new.lines
            add_elements(old, new.elements)
            if (old.kinds, old.is_map, old.changes) != (new.kinds, new.is_map, new.changes):
                raise Unreadable(f"`{new.name}` is there already, of another type")

    def set_member(self, text: SetText, word: str) -> None:
        """A property of a set, or its elements."""
        statement = self.statement()
        text.lines.extend(range(statement.line, statement.last + 1))
        read = _SET_MEMBERS.get(word)
        if read is None:
            raise Unreadable(f"`{statement.words[0]}` in a set")
        read(text, statement.words)


def set_type(text: SetText, words: list[str]) -> None:
    """`type ipv4_addr . inet_service`, `typeof ip saddr . tcp dport`, in maps `: verdict`."""
    text.kinds = _kinds(words, is_map=text.is_map)
    unknown = set(text.kinds) - KINDS
    if unknown:
        text.kinds = ()
        raise Unreadable(f"values of type `{', '.join(sorted(unknown))}` are not modelled")


def set_flags(text: SetText, words: list[str]) -> None:
    """`flags interval,timeout`: a set that packets or time change cannot be judged."""
    flags = {word for word in words[1:] if word != ","}
    if flags - _SET_FLAGS:
        raise Unreadable(f"flag `{', '.join(sorted(flags - _SET_FLAGS))}` of a set")
    text.changes |= bool(flags & {"timeout", "dynamic"})


def set_elements(text: SetText, words: list[str]) -> None:
    """`elements = { … }`."""
    if words[1:3] != ["=", "{"] or words[-1] != "}":
        raise Unreadable("`elements` wants `= { … }`")
    add_elements(text, words[3:-1])


def add_elements(text: SetText, words: list[str]) -> None:
    """More elements, words separated by commas."""
    if text.elements and text.elements[-1] != "," and words:
        text.elements.append(",")
    text.elements += words


def _set_timeout(text: SetText, _: list[str]) -> None:
    text.changes = True


def _nothing(_text: SetText, _words: list[str]) -> None:
    """Comment, size, policy of memory: no element depends on them."""


_SET_MEMBERS: Mapping[str, Callable[[SetText, list[str]], None]] = {
    "type": set_type,
    "typeof": set_type,
    "flags": set_flags,
    "elements": set_elements,
    "timeout": _set_timeout,
    "gc-interval": _nothing,
    "auto-merge": _nothing,
    "size": _nothing,
    "policy": _nothing,
    "comment": _nothing,
    "counter": _nothing,
}


def _kinds(words: list[str], *, is_map: bool) -> tuple[str, ...]:
    head = words[1:]
    if is_map:
        if head[-2:] != [":", "verdict"]:
            raise Unreadable("a map of other things than verdicts")
        head = head[:-2]
    if words[0] == "type":
        if not head or set(head[1::2]) - {"."} or len(head) % 2 == 0:
            raise Unreadable("`type` wants types with ` . ` between")
        return tuple(head[::2])
    return _kinds_of_fields([*head, END, END])


def _kinds_of_fields(words: list[str]) -> tuple[str, ...]:
    kinds: list[str] = []
    at = -1
    while not kinds or words[at] == ".":
        found = field_at(words, at + 1)
        if found is None:
            raise Unreadable(f"`typeof {' '.join(words).strip()}`")
        kinds.append(found[0].kind)
        at = found[1]
    if words[at] != END:
        raise Unreadable(f"`typeof {' '.join(words).strip()}`")
    return tuple(kinds)
