"""YAML text → plain data in which each mapping knows its place; oddities are told by `traps`.

The usual constructor of PyYAML is left out: it resolves the type of every scalar by regular
expressions, keeps the last of two equal keys silently and expands aliases. Here a tree of nodes is
made in C, and one walk makes the data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import accumulate

import yaml

from telemed_infra.model.schema.base import Origin, PlacedMapping

STR = "tag:yaml.org,2002:str"
DEPTH_MAX = 40
# Deeper text overflows the C stack of libyaml's composer before any Python sees it.
BRACKETS_MAX = 1000
_DASHES = re.compile(r"^(?:---)?[ \t]*(?:[-?][ \t]+){50}", re.MULTILINE)
# YAML ends lines here and editors do not: line numbers would differ.
_STRAY_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_TAGS = {
    yaml.ScalarNode: STR,
    yaml.MappingNode: "tag:yaml.org,2002:map",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
}
_RESOLVERS: Mapping[str, list[tuple[str, re.Pattern[str]]]] = (
    yaml.SafeLoader.yaml_implicit_resolvers
)
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_TRUTHS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


class _Composer(yaml.CBaseLoader):
    """Every scalar is a string: `plain` gives the types, one regular expression a distinct text."""

    def resolve(self, kind: type[yaml.Node], *_: object) -> str:
        return _TAGS[kind]

    def descend_resolver(self, *_: object) -> None:
        """Paths have no say."""

    def ascend_resolver(self) -> None:
        """Paths have no say."""


class Refused(yaml.YAMLError):
    """YAML, but not for us: `problem` says why, `line` counts from 1."""

    def __init__(self, problem: str, line: int = 1) -> None:
        super().__init__(problem)
        self.line = line


def compose(text: str) -> yaml.Node | None:
    """The tree of nodes, every scalar a string; None for a text without a document.

    Raises:
        yaml.YAMLError: not YAML, several documents, or nested without sense.
    """
    if any(sign in text for sign in "\r\x85\u2028\u2029") and (stray := _STRAY_BREAK.search(text)):
        raise Refused("an unusual line break", text.count("\n", 0, stray.start()) + 1)
    if text.count("{") + text.count("[") > BRACKETS_MAX and _depth(text) > BRACKETS_MAX:
        raise Refused("nested too deeply")
    if _DASHES.search(text):
        raise Refused("nested too deeply")
    loader = _Composer(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def _depth(text: str) -> int:
    brackets = re.sub(r"[^][{}]+", "", text)
    return max(accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0)


class Reader:
    """Makes the data of one file. `odd` says that `traps` should look at the same text."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._scalars: dict[str, object] = {}
        self._keys: set[str] = set()
        self.odd = False

    def read(self, text: str) -> object:
        """The data of the text's one document."""
        root = compose(text)
        self.odd = "&" in text
        if root is None or ("*" in text and has_alias(text)):  # a bomb is never unfolded
            self.odd = True
            return None
        return self._value(root, 0, 0)

    def _value(self, node: yaml.Node, depth: int, line: int) -> object:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if depth > DEPTH_MAX:
            self.odd = True
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth, line)
        return [self._value(item, depth + 1, item.start_mark.line) for item in node.value]

    def _mapping(self, node: yaml.MappingNode, depth: int, line: int) -> PlacedMapping:
        data = PlacedMapping()
        data.origin = Origin(f"{self._file}:{line + 1}")
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.__class__ is not yaml.ScalarNode:
                self.odd = True
                continue
            if key in data:
                self.odd = True
            if key not in self._keys:
                self._key(key_node)
            data[key] = (
                self._scalar(value_node)
                if value_node.__class__ is yaml.ScalarNode
                else self._value(value_node, depth + 1, key_node.start_mark.line)
            )
        if node.tag != "tag:yaml.org,2002:map":
            self.odd = True
        return data

    def _key(self, node: yaml.ScalarNode) -> None:
        if node.tag == STR and (node.style or kind(node.value) == STR):
            self._keys.add(node.value)
        else:
            self.odd = True

    def _scalar(self, node: yaml.ScalarNode) -> object:
        text: str = node.value
        if node.tag != STR:
            self.odd = True
        if node.style:
            return text
        if text in self._scalars:
            return self._scalars[text]
        value = self._scalars[text] = plain(text)
        if value is text and kind(text) != STR:
            self.odd = True
        return value


def has_alias(text: str) -> bool:
    """Whether some value stands for another place's (`*name`)."""
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.CBaseLoader))


def kind(text: str) -> str:
    """The tag that YAML 1.1 gives to a plain scalar."""
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return tag
    return STR


def plain(text: str) -> object:
    """The value of a plain scalar; the same text if it is one, or if YAML's reading is a trap."""
    tag = kind(text)
    if tag == STR:
        return text
    match tag.rpartition(":")[2]:
        case "int" if _WHOLE.match(text) and len(text) < 20:
            return int(text)
        case "float" if "_" not in text and ":" not in text and text[-1].isdigit():
            return float(text)
        case "bool":
            return _TRUTHS[text.lower()]
        case "null":
            return None
        case "timestamp" if len(text) == 10:
            try:
                return date.fromisoformat(text)
            except ValueError:
                return text
        case _:
            return text
