"""An nftables text in its parts: tables, chains, sets and variables, rules still as words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from telemed_infra.parse.nftables.tokens import Statement, Unreadable


class Hook(NamedTuple):
    """Where the kernel shows packets to a base chain."""

    name: str  # forward, input, output, prerouting or postrouting
    priority: int


class Place(NamedTuple):
    """A line of the text and why it is not understood."""

    line: int
    why: str


@dataclass(slots=True)
class ChainText:
    """A chain; its policy is ACCEPT until the text says otherwise."""

    name: str
    line: int
    hook: Hook | None = None
    is_nat: bool = False
    drops: bool = False
    lines: list[int] = field(default_factory=list)  # header, hook, policy
    rules: list[Statement] = field(default_factory=list)


@dataclass(slots=True)
class SetText:
    """A set or a map with verdicts."""

    name: str
    line: int
    is_map: bool
    kinds: tuple[str, ...] = ()
    changes: bool = False
    elements: list[str] = field(default_factory=list)  # words, with commas between elements
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class TableText:
    """A table. Its family says which packets come to its chains."""

    family: str
    name: str
    lines: list[int] = field(default_factory=list)
    chains: dict[str, ChainText] = field(default_factory=dict)
    sets: dict[str, SetText] = field(default_factory=dict)

    def chain(self, name: str) -> ChainText:
        """The chain of that name; Unreadable if there is none."""
        found = self.chains.get(name)
        if found is None:
            raise Unreadable(f"no chain `{name}` in table `{self.name}`")
        return found

    def set(self, name: str) -> SetText:
        """The set or map of that name; Unreadable if there is none."""
        found = self.sets.get(name)
        if found is None:
            raise Unreadable(f"no set `{name}` in table `{self.name}`")
        return found


@dataclass(slots=True)
class Variable:
    """What `define` names."""

    name: str
    words: list[str]
    lines: range
    used: bool = False


@dataclass(slots=True)
class Ruleset:
    """What a text says, command after command."""

    tables: dict[tuple[str, str], TableText] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)  # those in force here
    defined: list[Variable] = field(default_factory=list)  # all that the text defines
    inert: set[int] = field(default_factory=set)
    unread: list[Place] = field(default_factory=list)

    def table(self, family: str, name: str) -> TableText:
        """The table of that name; Unreadable if there is none."""
        found = self.tables.get((family, name))
        if found is None:
            raise Unreadable(f"no table `{family} {name}`")
        return found

    def define(self, statement: Statement) -> None:
        """`define name = words`; variables in them are put in at once."""
        words = statement.words
        if len(words) < 4 or words[2] != "=":
            raise Unreadable("`define` wants a name, `=` and a value")
        variable = Variable(
            words[1], list(self.expanded(words[3:])), range(statement.line, statement.last + 1)
        )
        self.variables[variable.name] = variable
        self.defined.append(variable)

    def expanded(self, words: Iterable[str]) -> list[str]:
        """The words with variables replaced by what they stand for."""
        result: list[str] = []
        for word in words:
            if word[0] != "$":
                result.append(word)
                continue
            variable = self.variables.get(word[1:])
            if variable is None:
                raise Unreadable(f"nothing defines `{word}`")
            variable.used = True
            result.extend(variable.words)
            if len(result) > EXPANDED_WORDS_MAX:
                raise Unreadable("variables within variables, too many words")
        return result


EXPANDED_WORDS_MAX = 1_000_000
"""Words of one statement: twenty variables that double each other are a million."""
