"""Paths of a document → lines and fields that a reader finds. Used only when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from telemed_infra.model.documents import document_of
from telemed_infra.model.finding import WHOLE, Finding, Path
from telemed_infra.model.yaml_text import compose
from telemed_infra.problem import Problem


class Places:
    """Texts by file name (below `folder`), composed again on demand.

    `overlay` is the file whose values, if it has any at a path, replaced those of the base.
    """

    def __init__(self, folder: str, texts: Mapping[str, str], overlay: str = "") -> None:
        self._folder = folder
        self._texts = texts
        self._overlay = overlay
        self._roots: dict[str, yaml.Node | None] = {}

    def root(self, file: str) -> yaml.Node | None:
        """The file's tree of nodes; None if it has none."""
        if file not in self._roots:
            try:
                self._roots[file] = compose(self._texts.get(file, ""))
            except yaml.YAMLError:
                self._roots[file] = None
        return self._roots[file]

    def relative(self, file: str) -> str:
        """The file's name below the inventory's folder."""
        return file.removeprefix(f"{self._folder}/")

    def source(self, file: str, path: Path) -> tuple[str, Path]:
        """The file, and the path in it, that gave the value: the overlay's if it has one."""
        above = (self.relative(file), *path)
        if self._overlay and path and len(_known(self.root(self._overlay), above)) == len(above):
            return self._overlay, above
        return file, path

    def known_part(self, file: str, location: Path) -> Path:
        """The parts of a validator's location that stand in the document."""
        found = _known(self.root(file), location)
        if self._overlay:
            above = (self.relative(file), *location)
            overlaid = _known(self.root(self._overlay), above)[1:]
            return max(found, overlaid, key=len)
        return found

    def scalar(self, file: str, path: Path) -> str | None:
        """A plain scalar's text as it is written; None for quoted ones and collections."""
        file, path = self.source(file, path)
        node, _ = _walk(self.root(file), path)
        return node.value if isinstance(node, yaml.ScalarNode) and not node.style else None

    def problem(self, finding: Finding) -> Problem:
        """The finding with its line, and its path as a field."""
        file, line, field = self._place(finding.file, finding.path)
        problem = finding.problem
        if finding.other:
            other_file, other_line, other = self._place(*finding.other)
            problem = problem.replace("{other}", f"`{other}` ({other_file}:{other_line})")
        return Problem(file, finding.line or line, field, problem, finding.hint)

    def _place(self, file: str, path: Path) -> tuple[str, int, str]:
        file, path = self.source(file, path)
        _, line = _walk(self.root(file), path)
        return file, line, self._field(file, path)

    def _field(self, file: str, path: Path) -> str:
        """`policies[P0301].from.zone`: an item of a list goes by its id, if it has one."""
        document = document_of(self.relative(file))
        shown = document.head if document and path else ""
        node = self.root(file)
        for part in path:
            node, _ = _walk(node, (part,))
            if isinstance(part, int):
                shown += f"[{_name(node) or part}]"
            else:
                shown += f".{part}" if shown else str(part)
        return shown or "(file)"


def walk(root: yaml.Node) -> Iterator[tuple[Path, yaml.Node | None, yaml.Node]]:
    """Each node once, in the order of the text, with its path and its key."""
    seen: set[int] = set()
    todo: list[tuple[Path, yaml.Node | None, yaml.Node]] = [(WHOLE, None, root)]
    while todo:
        path, key, node = todo.pop()
        yield path, key, node
        if id(node) in seen:
            continue
        seen.add(id(node))
        below: list[tuple[Path, yaml.Node | None, yaml.Node]] = []
        if isinstance(node, yaml.MappingNode):
            below = [((*path, str(k.value)[:80]), k, v) for k, v in node.value]
        elif isinstance(node, yaml.SequenceNode):
            below = [((*path, index), None, item) for index, item in enumerate(node.value)]
        todo.extend(reversed(below))


def find(root: yaml.Node | None, path: Path) -> yaml.Node | None:
    """The node at a path; None if there is none."""
    return _walk(root, path)[0]


def _walk(root: yaml.Node | None, path: Path) -> tuple[yaml.Node | None, int]:
    """The node at a path, and the line where a reader looks: its key's, or its parent's."""
    node, line = root, root.start_mark.line + 1 if root else 1
    for part in path:
        step = _step(node, part)
        if step is None:
            return None, line
        node, mark = step
        line = mark.line + 1
    return node, line


def _step(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, yaml.Mark] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark
    if isinstance(node, yaml.MappingNode) and isinstance(part, str):
        for key, value in reversed(node.value):  # the last one wins, as in the reader
            if key.value == part:
                return value, key.start_mark
    return None


def _known(node: yaml.Node | None, location: Path) -> Path:
    found: list[str | int] = []
    for part in location:
        step = _step(node, part)
        if step is not None:
            node = step[0]
            found.append(part)
    return tuple(found)


def _name(node: yaml.Node | None) -> str:
    step = _step(node, "id")
    return str(step[0].value) if step and isinstance(step[0], yaml.ScalarNode) else ""
