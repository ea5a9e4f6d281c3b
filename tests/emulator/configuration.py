"""What a device runs: a tree of lines that entered lines change and that prints itself."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.emulator.grammar import Refused, Row, Table

Words = tuple[str, ...]


@dataclass(slots=True)
class Node:
    words: Words
    row: Row | None
    children: dict[Words, Node] = field(default_factory=dict)

    @property
    def view(self) -> str:
        return self.row.opens if self.row else "system"

    def all_lines(self) -> list[Node]:
        return [self, *(line for child in self.children.values() for line in child.all_lines())]


Path = list[Node]
Rewrite = Callable[[Path, list[str]], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One platform's command line."""

    table: Table
    undo: str  # `undo` or `no`
    separator: str  # `#` or `!`
    rewrite: Rewrite  # a line as the device keeps it; may refuse
    indent_globals: bool = False  # lines of the outermost view stand one to the right
    finds_global: bool  # a global line is taken in a view below
    aliases: dict[str, str] = field(default_factory=dict)  # after `undo`
    used_by: dict[str, tuple[str, ...]] = field(default_factory=dict)  # head: words before name
    always: dict[str, tuple[str, ...]] = field(default_factory=dict)  # view: lines never typed
    missing: dict[str, str] = field(default_factory=dict)  # head: what is said of an absent one


class Configuration:
    """The configuration in force (or a candidate), changed line by line."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.root = Node((), None)

    def copy(self) -> Configuration:
        other = Configuration(self.dialect)
        other.root = copied(self.root)
        return other

    def enter(self, path: Path, line: str) -> Path:
        """Executes a line in a view.

        Args:
            path: the views from the outermost to the one that it is entered in
            line: without indentation

        Returns:
            The views after it.

        Raises:
            Refused: nothing has changed.
        """
        words = line.split()
        try:
            return self._execute(path, words)
        except Refused as refused:
            if not self.dialect.finds_global or refused.kind != "unknown" or len(path) == 1:
                raise
            for above in range(len(path) - 1, 0, -1):
                try:
                    return self._execute(path[:above], words)
                except Refused:
                    continue
            raise

    def _execute(self, path: Path, words: list[str]) -> Path:
        if words[0] == self.dialect.undo:
            self._remove(path, words[1:])
            return path
        row, spelt = self.dialect.table.match(path[-1].view, words)
        kept = self.dialect.rewrite(path, spelt)
        if kept != spelt:
            row, kept = self.dialect.table.match(path[-1].view, kept)
        line = tuple(kept)
        here = path[-1].children
        if "on" in row.marks:
            here.pop((self.dialect.undo, *row.key(line)), None)
            return path
        key = row.key(line)
        if row.opens:
            node = here.get(key)
            if node is None:
                here[key] = node = Node(line, row)
                for each in self.dialect.always.get(row.opens, ()):
                    self._execute([*path, node], each.split())
            return [*path, node]
        if "merge" in row.marks:
            line = merged(row, here.get(key), line)
        here[key] = Node(line, row)
        return path

    def _remove(self, path: Path, words: list[str]) -> None:  # noqa: C901 (one exit a kind)
        if not words:
            raise Refused("incomplete", 1)
        text = " ".join(words)
        for said, means in self.dialect.aliases.items():
            if text.startswith(said + " "):
                words = (means + text[len(said) :]).split()
                break
        try:
            row, spelt = self.dialect.table.match(path[-1].view, words, part=True)
        except Refused as refused:
            raise Refused(refused.kind, refused.at + 1, refused.says) from None
        here = path[-1].children
        if "on" in row.marks:
            line = (self.dialect.undo, *spelt)
            here[(self.dialect.undo, *row.key(tuple(spelt)))] = Node(line, row)
            return
        if row.opens and spelt[:2] != (full := self.dialect.rewrite(path, spelt))[:2]:
            row, spelt = self.dialect.table.match(path[-1].view, full, part=True)
        if "merge" in row.marks and len(spelt) > len(row.words):
            self._take_from_list(here, row, spelt)
            return
        found = found_for(row, here, tuple(spelt), self.dialect.rewrite, path)
        if not found and (says := self.dialect.missing.get(row.words[0])):
            raise Refused("says", 0, says)
        for key in found:
            self._refuse_if_used(here[key])
        for key in found:
            del here[key]

    def _take_from_list(self, here: dict[Words, Node], row: Row, spelt: list[str]) -> None:
        node = here.get(row.key(tuple(spelt)))
        if node is None:
            return
        head, gone = node.words[: len(row.words)], vlans(spelt[len(row.words) :])
        left = vlans(node.words[len(row.words) :]) - gone
        if left:
            node.words = (*head, *shown_vlans(left))
        else:
            del here[row.key(tuple(spelt))]

    def _refuse_if_used(self, node: Node) -> None:
        for head, phrases in self.dialect.used_by.items():
            if node.row is None or " ".join(node.words[: len(head.split())]) != head:
                continue
            name = node.row.values(node.words)[0]
            wanted = [f" {phrase} {name} " for phrase in phrases]
            for line in self.root.all_lines():
                text = f" {' '.join(line.words)} "
                if line is not node and any(each in text for each in wanted):
                    raise Refused("says", 0, f"{' '.join(node.words)} is used")

    def text(self) -> str:
        """As the device prints it, without what comes before the first line and after the last."""
        lines: list[str] = []
        before: tuple[str, bool] | None = None
        for node in printed(self.root):
            block = node.words[0], bool(node.row and node.row.opens)
            if before is not None and (block != before or block[1]):
                lines.append(self.dialect.separator)
            before = block
            show(node, int(self.dialect.indent_globals and not block[1]), lines, self.dialect)
        return "\n".join([self.dialect.separator, *lines, self.dialect.separator, ""])

    def load(self, text: str) -> list[tuple[int, str, Refused]]:
        """Executes a text as printed; its lines that were refused, with their numbers."""
        refused = []
        open_at: list[tuple[int, Node]] = []
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.rstrip()
            if not line.strip() or line.lstrip()[0] in "#!" or line == "return":
                if line[:1] in "#!":
                    open_at = []
                continue
            depth = len(line) - len(line.lstrip())
            while open_at and open_at[-1][0] >= depth:
                open_at.pop()
            path = [self.root, *(node for _, node in open_at)]
            if line.strip() in ("end", "exit", "exit-address-family", "quit"):
                continue
            try:
                after = self.enter(path, line.strip())
            except Refused as why:
                refused.append((number, line.strip(), why))
                continue
            if len(after) > 1 and after[-1] is not path[-1]:
                open_at = [*open_at[: len(after) - 2], (depth, after[-1])]
        return refused


def copied(node: Node) -> Node:
    return Node(node.words, node.row, {key: copied(each) for key, each in node.children.items()})


def found_for(
    row: Row, here: dict[Words, Node], spelt: Words, rewrite: Rewrite, path: Path
) -> list[Words]:
    """Keys of the lines that an `undo` means: the line itself, else all that begin so."""
    with contextlib.suppress(Refused):
        spelt = tuple(rewrite(path, list(spelt)))
    key = row.key(spelt)
    if len(spelt) >= row.known_by and key in here:
        return [each for each in here if each[: len(key)] == key]
    return [each for each, node in here.items() if node.words[: len(spelt)] == spelt]


def printed(node: Node) -> list[Node]:
    """Children in the order of the table; rows that sort, by their numbers."""

    def order(child: Node) -> tuple[int, int]:
        assert child.row is not None
        numbers = (int(word) for word in child.words if word.isdecimal())
        return child.row.rank, next(numbers, 0) if "sort" in child.row.marks else 0

    return sorted(node.children.values(), key=order)


def show(node: Node, depth: int, lines: list[str], dialect: Dialect) -> None:
    lines.append(" " * depth + " ".join(node.words))
    for child in printed(node):
        if child.row and child.row.opens and "family" in child.words[0] + child.words[-1]:
            lines.append(" " * (depth + 1) + dialect.separator)
        show(child, depth + 1, lines, dialect)


def merged(row: Row, old: Node | None, line: Words) -> Words:
    size = len(row.words)
    both = vlans(line[size:]) | (vlans(old.words[size:]) if old else set())
    return (*line[:size], *shown_vlans(both))


def vlans(words: Words | list[str]) -> set[int]:
    """`10 20 to 22` or `10,20-22`."""
    said: set[int] = set()
    text = " ".join(words).replace(" to ", "-").replace(",", " ")
    if text == "all":
        return set(range(2, 4095))
    for part in text.split():
        first, _, last = part.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal() and 0 < int(first) < 4095):
            raise Refused("wrong", 0)
        said |= set(range(int(first), int(last or first) + 1))
    return said


def shown_vlans(numbers: set[int]) -> list[str]:
    shown: list[str] = []
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    for first, last in runs:
        shown += [str(first)] if first == last else [str(first), "to", str(last)]
    return shown
