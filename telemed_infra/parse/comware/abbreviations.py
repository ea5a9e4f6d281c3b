"""Words as a Comware device takes them: in any case, and as short as they stay unique.

A word that stands in full wins over longer words that begin with it. What is unique is judged by
the words that the tables know; a device knows more and refuses what is ambiguous to it, so a word
is never read as another command than the device would take.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic

from telemed_infra.parse.vrp.engine import Command, Finder, State, Unreadable, View, Words

_SHORT = re.compile(
    r"^(?P<indent>[ \t]*)(?:(?!(?-i:undo)[ \t])undo?(?=[ \t])"
    r"|(?P<move>sys[\w-]*|qu\w*|ret\w*)(?=[ \t\r]*$))",
    re.ASCII | re.IGNORECASE | re.MULTILINE,
)
_MOVES = ("system-view", "quit", "return")


@dataclass(slots=True)
class _Node(Generic[State]):
    """What the words so far have led to: a command, and the words that may follow."""

    command: Command[State] | None = None
    follow: dict[str, _Node[State]] = field(default_factory=dict)


def abbreviated(view: View[State]) -> Finder[State]:
    """Finds the longest head, word by word, each as short as it is unique in its place."""
    root: _Node[State] = _Node(follow={"undo": _Node()})
    for command in view:
        node = root
        for word in command.head:
            node = node.follow.setdefault(word, _Node())
        node.command = command

    def find(words: Words) -> Command[State] | None:
        node, found = root, root.command
        for word in words:
            next_word = _meant(word.lower(), node.follow)
            if not next_word:
                break
            node = node.follow[next_word]
            found = node.command or found
        return found

    return find


def keyword(word: str, choices: Iterable[str]) -> str:
    """The one of the choices that a word of a command's arguments means."""
    listed = tuple(choices)
    meant = _meant(word.lower(), dict.fromkeys(listed))
    if not meant:
        raise Unreadable(f"{word} is none of {', '.join(listed)}, or not clearly one")
    return meant


def means(word: str, full: str, shortest: int) -> bool:
    """Whether a word is one keyword, of which this many signs are unique in its place."""
    return len(word) >= shortest and full.startswith(word.lower())


def moves_in_full(text: str) -> str:
    """The text with `sys`, `qu`, `ret` and `und` written in full; lines keep their numbers."""
    return _SHORT.sub(_in_full, text)


def _in_full(found: re.Match[str]) -> str:
    move = found["move"]
    full = _meant(move.lower(), dict.fromkeys(_MOVES)) or move if move else "undo"
    return f"{found['indent']}{full}"


def _meant(word: str, choices: Mapping[str, object]) -> str:
    if not word or word in choices:
        return word
    fitting = [choice for choice in choices if choice.startswith(word)]
    return fitting[0] if len(fitting) == 1 else ""
