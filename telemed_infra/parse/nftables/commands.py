"""Commands outside of blocks: `table`, `add`, `flush`, `delete`, `define`. Source: nft(8)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from telemed_infra.parse.nftables.blocks import Reader, add_elements
from telemed_infra.parse.nftables.ruleset import ChainText, Ruleset, SetText, TableText
from telemed_infra.parse.nftables.tokens import END, Cursor, Statement, Unreadable

FAMILIES = {"ip", "ip6", "inet"}
OTHER_FAMILIES = {"arp", "bridge", "netdev"}
_BLOCKS = {"table", "chain", "set", "map"}
_OBJECTS = _BLOCKS | {"rule", "element"}
_DELETES = {"delete", "destroy"}


def read_commands(cursor: Cursor) -> Ruleset:
    """Everything that the text says, in its order."""
    ruleset = Ruleset()
    _Commands(Reader(cursor, ruleset), cursor, ruleset).read()
    return ruleset


class _Commands:
    def __init__(self, reader: Reader, cursor: Cursor, ruleset: Ruleset) -> None:
        self.reader = reader
        self.cursor = cursor
        self.ruleset = ruleset

    def read(self) -> None:
        self.reader.each(self.command, until=END)

    def command(self, word: str) -> None:
        cursor = self.cursor
        if word in {"add", "create"} and cursor.tokens[cursor.at + 1] in _BLOCKS | {"counter"}:
            cursor.skip()
            word = cursor.tokens[cursor.at]
        if word in _BLOCKS:
            line = cursor.line
            words = cursor.block()
            if words:
                self.block(list(words), line)
                return
        if word == "define":
            self.ruleset.define(cursor.statement())
            return
        self.run(self.reader.statement())

    def block(self, words: list[str], line: int) -> None:
        """A command whose block was just opened."""
        try:
            read = self.opened(words, line)
        except Unreadable:
            self.close()
            raise
        read()

    def opened(self, words: list[str], line: int) -> Callable[[], None]:
        family, names = family_and_names(words[1:])
        if words[0] == "table" and len(names) == 1:
            table = self.named_table(family, names[0])
            table.lines.append(line)
            return lambda: self.reader.table(table)
        if words[0] != "table" and len(names) == 2:
            table = self.ruleset.table(family, names[0])
            return lambda: self.reader.object(table, words[0], names[1], line)
        raise Unreadable(f"`{' '.join(words)} {{`")

    def close(self) -> None:
        """Pass over the block that was opened."""
        cursor = self.cursor
        depth = 1
        while depth and (word := cursor.peek()) != END:
            depth += {"{": 1, "}": -1}.get(word, 0)
            cursor.skip()

    def named_table(self, family: str, name: str) -> TableText:
        return self.ruleset.tables.setdefault((family, name), TableText(family, name))

    # Commands of one statement.

    def run(self, statement: Statement) -> None:
        added = statement.words[0] in {"add", "create"}
        words = statement.words[1:] if added else statement.words
        key = words[0] if words else ""
        if key in _OBJECTS or key == "counter":
            self.add(key, words, statement)
        elif key == "insert" and words[1:2] == ["rule"]:
            self.add_rule(words[1:], statement, at_front=True)
        elif key == "flush":
            self.flush(words[1:])
            self.inert(statement)
        elif key in _DELETES:
            self.delete(words[1:])
            self.inert(statement)
        else:
            raise Unreadable(f"`{' '.join(words[:2])}`")

    def inert(self, statement: Statement) -> None:
        self.ruleset.inert.update(range(statement.line, statement.last + 1))

    def add(self, key: str, words: list[str], statement: Statement) -> None:
        if key == "rule":
            self.add_rule(words, statement, at_front=False)
            return
        if key == "element":
            self.add_element(words, statement)
            return
        family, names = family_and_names(words[1:])
        if key == "table" and len(names) == 1:
            self.named_table(family, names[0])
        elif key == "chain" and len(names) == 2:
            table = self.ruleset.table(family, names[0])
            table.chains.setdefault(names[1], ChainText(names[1], statement.line))
        elif key != "counter":
            raise Unreadable(f"`{' '.join(words[:4])}`")
        self.inert(statement)

    def add_rule(self, words: list[str], statement: Statement, *, at_front: bool) -> None:
        family, names = family_and_names(words[1:])
        if len(names) < 3 or names[2] in {"handle", "position", "index"}:
            raise Unreadable(f"`{' '.join(words[:6])}`")
        chain = self.ruleset.table(family, names[0]).chain(names[1])
        rule = replace(statement, words=names[2:])
        chain.rules.insert(0 if at_front else len(chain.rules), rule)

    def add_element(self, words: list[str], statement: Statement) -> None:
        family, names = family_and_names(words[1:])
        if len(names) < 4 or names[2] != "{" or names[-1] != "}":
            raise Unreadable(f"`{' '.join(words[:5])}`")
        text: SetText = self.ruleset.table(family, names[0]).set(names[1])
        add_elements(text, names[3:-1])
        text.lines.extend(range(statement.line, statement.last + 1))

    def flush(self, words: list[str]) -> None:
        """`flush ruleset`, `flush table inet x`, `flush chain …`, `flush set …`."""
        if words[:1] == ["ruleset"]:
            self.flush_ruleset(words[1:])
            return
        family, names = family_and_names(words[1:])
        if words[:1] == ["table"] and len(names) == 1:
            for chain in self.ruleset.table(family, names[0]).chains.values():
                self.flush_chain(chain)
        elif words[:1] == ["chain"] and len(names) == 2:
            self.flush_chain(self.ruleset.table(family, names[0]).chain(names[1]))
        elif words[:1] in (["set"], ["map"]) and len(names) == 2:
            self.ruleset.table(family, names[0]).set(names[1]).elements.clear()
        else:
            raise Unreadable(f"`flush {' '.join(words[:3])}`")

    def flush_ruleset(self, families: list[str]) -> None:
        if len(families) > 1 or set(families) - FAMILIES:
            raise Unreadable(f"`flush ruleset {' '.join(families)}`")
        for key in list(self.ruleset.tables):
            if not families or key[0] == families[0]:
                self.forget(self.ruleset.tables.pop(key))

    def flush_chain(self, chain: ChainText) -> None:
        for rule in chain.rules:
            self.inert(rule)
        chain.rules.clear()

    def delete(self, words: list[str]) -> None:
        """`delete table inet x`. Other deletions ask the kernel what is there."""
        family, names = family_and_names(words[1:])
        if words[:1] != ["table"] or len(names) != 1:
            raise Unreadable(f"`delete {' '.join(words[:3])}`")
        table = self.ruleset.tables.pop((family, names[0]), None)
        if table is not None:
            self.forget(table)

    def forget(self, table: TableText) -> None:
        """Lines of a table that is deleted further down say nothing in the end."""
        inert = self.ruleset.inert
        inert.update(table.lines)
        for chain in table.chains.values():
            inert.update(chain.lines)
            self.flush_chain(chain)
        for text in table.sets.values():
            inert.update(text.lines)


def family_and_names(words: list[str]) -> tuple[str, list[str]]:
    """The family (`ip` if none is named) and what follows it."""
    if words and words[0] in OTHER_FAMILIES:
        raise Unreadable(f"tables of family `{words[0]}` are not modelled")
    if len(words) > 1 and words[0] in FAMILIES:
        return words[0], words[1:]
    return "ip", words
