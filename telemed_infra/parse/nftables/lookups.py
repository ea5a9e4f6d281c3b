"""Elements of sets and maps: what stands between braces, or behind `elements =`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from telemed_infra.packets import intersect
from telemed_infra.parse.nftables.tokens import Unreadable
from telemed_infra.parse.nftables.values import Value, read_values
from telemed_infra.parse.nftables.verdicts import Verdict, verdict_at

OVERLAP_ROWS_MAX = 1_000
"""Rows of intervals of a map that are compared each with each; a larger one stays unread."""


class Row(NamedTuple):
    """One element: a value for each field, and in a map the verdict."""

    values: tuple[Value, ...]
    verdict: Verdict | None = None


class Elements(NamedTuple):
    """A set or map, ready to be looked up in."""

    kinds: tuple[str, ...]  # nft's data type of each field
    is_map: bool
    rows: tuple[Row, ...]  # in a set of one field a single one
    changes: bool = False  # packets or time add and remove elements


def read_elements(words: list[str], kinds: tuple[str, ...], *, is_map: bool) -> Elements:
    """The elements that words separated by commas name. Braces inside (variables) are dropped."""
    if "{" in words:
        words = [word for word in words if word not in {"{", "}"}]
    if is_map:
        return Elements(kinds, is_map, _map_rows(words, kinds))
    if len(kinds) == 1:
        items = _plain_items(words)
        return Elements(kinds, is_map, (Row((read_values(kinds[0], items),)),))
    rows = tuple(Row(_values(_without_options(item), kinds)) for item in _items(words))
    return Elements(kinds, is_map, rows)


def dotted(words: list[str]) -> list[str]:
    """The parts of a concatenation, each as one word: `10.0.0.1 - 10.0.0.5 . 22` → two."""
    parts = [""]
    for word in words:
        if word == ".":
            parts.append("")
        elif parts[-1] and not (word[:1] == "-" or parts[-1][-1] == "-"):
            raise Unreadable(f"`{word}` behind `{parts[-1]}`")
        else:
            parts[-1] += word
    return parts


def _plain_items(words: list[str]) -> tuple[str, ...]:
    values, commas = words[::2], words[1::2]
    # Most sets are single words between commas, the last comma being optional.
    if commas.count(",") == len(commas) and "," not in values:
        return tuple(values)
    return tuple(_single(item) for item in _items(words))


def _items(words: list[str]) -> Iterator[list[str]]:
    item: list[str] = []
    for word in words:
        if word != ",":
            item.append(word)
        elif item:
            yield item
            item = []
        else:
            raise Unreadable("a comma without an element before it")
    if item:
        yield item


def _single(item: list[str]) -> str:
    parts = dotted(_without_options(item))
    if len(parts) != 1:
        raise Unreadable("more fields in an element than in its set")
    return parts[0]


def _without_options(item: list[str]) -> list[str]:
    """An element without its comment and counter, which decide nothing."""
    if len(item) < 3:
        return item
    for at, word in enumerate(item[1:], start=1):
        if word == "comment" and item[at - 1] != ".":
            return _without_options(item[:at]) if at + 2 == len(item) else item
        if word == "counter" and item[at + 1 : at + 2] in ([], ["packets"]):
            return item[:at]
        if word in {"timeout", "expires"}:
            raise Unreadable("an element that vanishes in time")
    return item


def _values(item: list[str], kinds: tuple[str, ...]) -> tuple[Value, ...]:
    parts = dotted(item)
    if len(parts) != len(kinds):
        raise Unreadable(f"{len(parts)} fields in an element of {len(kinds)}")
    return tuple(read_values(kind, (part,)) for kind, part in zip(kinds, parts, strict=True))


def _map_rows(words: list[str], kinds: tuple[str, ...]) -> tuple[Row, ...]:
    if len(kinds) == 1:
        return _grouped_rows(words, kinds[0])
    rows = [
        Row(_values(key, kinds), verdict)
        for key, verdict in (_key_and_verdict(item) for item in _items(words))
    ]
    _refuse_conflicts(rows)
    return tuple(rows)


def _grouped_rows(words: list[str], kind: str) -> tuple[Row, ...]:
    """One row a verdict: the keys that share it."""
    keys: dict[Verdict, list[str]] = {}
    for item in _items(words):
        key, verdict = _key_and_verdict(item)
        keys.setdefault(verdict, []).append(_single(key))
    rows = [Row((read_values(kind, tuple(found)),), verdict) for verdict, found in keys.items()]
    _refuse_conflicts(rows)
    return tuple(rows)


def _key_and_verdict(item: list[str]) -> tuple[list[str], Verdict]:
    if ":" not in item:
        raise Unreadable("an element of a map without a verdict")
    colon = item.index(":")
    found = verdict_at([*item[colon + 1 :], ""], 0)
    if found is None or found[1] != len(item) - colon - 1:
        raise Unreadable(f"`{' '.join(item[colon + 1 :])}` is not a verdict")
    return _without_options(item[:colon]), found[0]


def _refuse_conflicts(rows: list[Row]) -> None:
    """Two verdicts for one packet: the kernel refuses most such maps, the parser all."""
    if all(row.verdict == rows[0].verdict for row in rows):
        return
    points = {row.values for row in rows if all(map(_is_point, row.values))}
    if len(points) == len(rows):
        return
    if len(rows) > OVERLAP_ROWS_MAX:
        raise Unreadable("a map of intervals too large to compare")
    for at, row in enumerate(rows):
        for other in rows[:at]:
            if row.verdict != other.verdict and all(map(_overlap, row.values, other.values)):
                raise Unreadable("two verdicts for one element")


def _is_point(value: Value) -> bool:
    if isinstance(value, tuple):
        return len(value) == 1 and value[0][0] == value[0][1]
    return isinstance(value, frozenset) and len(value) == 1


def _overlap(left: Value, right: Value) -> bool:
    if isinstance(left, tuple) and isinstance(right, tuple):
        return bool(intersect(left, right))
    if isinstance(left, frozenset) and isinstance(right, frozenset):
        return bool(left & right)
    return isinstance(left, int) and isinstance(right, int) and bool(left & right)
