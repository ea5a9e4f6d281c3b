"""A new entry in a YAML mapping, put in as text: every other byte of the file stays.

Nothing is written out again from data. The tree of nodes only tells where the mapping's last entry
ends and how its entries are indented.
"""

from __future__ import annotations

import yaml

from telemed_infra.model.finding import Path
from telemed_infra.model.places import find
from telemed_infra.model.yaml_text import compose


class NoPlace(Exception):
    """The mapping is written in a way that leaves no place for a new line."""


def insert_entry(text: str, path: Path, entry: str) -> str:
    """The text with `entry` (one line, without indent) as the last of the mapping at `path`.

    An absent, empty or flow mapping `{}` is written anew as a block.

    Raises:
        NoPlace: the mapping is in flow style and not empty, or its parent is in flow style.
    """
    root = compose(text)
    node = find(root, path)
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        lines = text.splitlines(keepends=True)
        indent = node.value[0][0].start_mark.column
        after = _last_line(node) + 1
        return _put(lines, after, " " * indent + entry)
    if isinstance(node, yaml.MappingNode) and node.value:
        raise NoPlace(f"`{path[-1]}` is written in braces: give each entry its line")
    return _first_entry(text, root, path, node, entry)


def _first_entry(
    text: str, root: yaml.Node | None, path: Path, node: yaml.Node | None, entry: str
) -> str:
    parent = find(root, path[:-1])
    if not isinstance(parent, yaml.MappingNode) or parent.flow_style or not parent.value:
        raise NoPlace(f"what holds `{path[-1]}` is written in braces: give each entry its line")
    lines = text.splitlines(keepends=True)
    indent = parent.value[0][0].start_mark.column
    below = " " * (indent + 2) + entry
    if node is None:
        lines_with_key = _put(lines, _last_line(parent) + 1, f"{' ' * indent}{path[-1]}:")
        return _put(lines_with_key.splitlines(keepends=True), _last_line(parent) + 2, below)
    start, end = node.start_mark, node.end_mark
    if start.line != end.line:
        raise NoPlace(f"`{path[-1]}` is empty in an unusual way: write `{path[-1]}: {{}}`")
    line = lines[start.line]
    lines[start.line] = (line[: start.column].rstrip() + line[end.column :]).rstrip() + _ending(
        line
    )
    return _put(lines, start.line + 1, below)


def _put(lines: list[str], after: int, line: str) -> str:
    """The lines with a new one after the first `after`, ended as its neighbour is."""
    ending = _ending(lines[after - 1]) or "\n"
    before = lines[:after]
    if not _ending(before[-1]):  # the file's last line has no end: the new one becomes the last
        before[-1] += ending
        ending = ""
    return "".join([*before, line + ending, *lines[after:]])


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _last_line(node: yaml.Node) -> int:
    """The line, from 0, on which the last value of a node ends; block nodes end further down."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        key, node = last if isinstance(last, tuple) else (last, last)
        if isinstance(node, yaml.ScalarNode) and not node.value and not node.style:
            node = key  # the mark of no value is the next token's
    assert node.end_mark is not None
    below = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return node.end_mark.line - (1 if below and node.end_mark.column == 0 else 0)
