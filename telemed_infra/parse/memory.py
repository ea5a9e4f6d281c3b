"""What was understood before: kept from the second time on, since most texts come once or often."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

KEPT_MAX = 1 << 12
SEEN_MAX = 1 << 14
RECENT_MAX = 1 << 9
LONG_MAX = 1 << 3
"""How many long texts are kept: those of a pair's first member, for its second."""


class Memory(dict[Key, Value]):
    """Key → what a pure function says of it; a mapping is looked up without a call of Python's.

    A key that comes once leaves its hash alone, and its value until some hundred others have come:
    the members of a pair are read one after the other. One whose hash was there before is kept.
    When there are too many everything is forgotten.
    """

    def __init__(self, find: Callable[[Key], Value]) -> None:
        super().__init__()
        self._find = find
        self._seen: set[int] = set()
        self._recent: dict[Key, Value] = {}

    def __missing__(self, key: Key) -> Value:
        found = self._recent[key] if key in self._recent else self._find(key)
        mark = hash(key)
        if mark not in self._seen:
            if len(self._seen) >= SEEN_MAX:
                self._seen.clear()
            self._seen.add(mark)
            if len(self._recent) >= RECENT_MAX:
                self._recent.clear()
            self._recent[key] = found
            return found
        if len(self) >= KEPT_MAX:
            self.clear()
        self[key] = found
        return found
