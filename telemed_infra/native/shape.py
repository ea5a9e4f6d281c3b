"""The shape of a text: what remains when addresses, numbers, names and repetitions are gone.

Two texts of one shape are written with the same words in the same order, so one of them shows
whether a program accepts the words. It shows nothing about values: overlapping prefixes, an
undefined name or a number out of range have no shape, so a shape is never a reason to skip the
proof. Names are words with a capital, quoted words, what follows `description`, and references of
secrets; another name in lower case alone counts as a keyword: too many shapes cost time, too few
would cost a check.

What is a number, an address or a name is decided line by line and a run of equal lines is one line,
so that a longer set of addresses is no new shape. Ranks across lines (the third name) would tell
more and cost ten times as much: 63 MB of texts take 0.9 s. A digit inside a keyword counts as a
number but for `v4` and `v6`, since a family is never a detail.
"""

from __future__ import annotations

import re
from hashlib import blake2s
from itertools import chain, compress
from operator import ne

# Digits and capitals first: some ten times fewer lines are then left to look at.
_CLASSES = bytes(
    ord("0") if chr(code).isdigit() else ord("A") if "A" <= chr(code) <= "Z" else code
    for code in range(128)
) + bytes(range(128, 256))
_FAMILIES = ((b"v4", b"v\x04"), (b"v6", b"v\x06"))
_RULES: tuple[tuple[re.Pattern[bytes], bytes], ...] = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (rb"^(\s*#).*", rb"\1"),  # comments
        (rb"^(\s*description )\S.*", rb"\1N"),
        (rb'"[^"]*"', rb'"N"'),
        (rb"\b(?:vault|env):[\w-]+", rb"S"),  # references of secrets
        (rb"(?<![\w:.-])[0a-f]*(?::[0a-f]*){2,}(?![\w:.-])", rb"6"),  # IPv6 address
        (rb"(?<![\w:.-])0+(?:\.0+){3}(?![\w:.-])", rb"4"),  # IPv4 address
        (rb"[\w./-]*A[\w./-]*", rb"N"),  # a word with a capital
        (rb"0+", rb"0"),
    )
)


class Shapes:
    """Finds shapes; keeps the forms of lines that it has seen, for as long as it lives."""

    def __init__(self) -> None:
        self._forms = _Forms()

    def of(self, text: str) -> str:
        """The shape of a text, as a short digest."""
        content = text.encode()
        for family, code in _FAMILIES:
            content = content.replace(family, code)
        forms = list(map(self._forms.__getitem__, content.translate(_CLASSES).split(b"\n")))
        is_new = map(ne, forms, chain([None], forms))
        return digest(b"\n".join(compress(forms, is_new)))


def digest(content: bytes) -> str:
    """A short name for a content."""
    return blake2s(content, digest_size=16).hexdigest()


def form(line: bytes) -> bytes:
    """A line whose digits are `0` and capitals `A`, without what makes it one of its kind."""
    for pattern, replacement in _RULES:
        line = pattern.sub(replacement, line)
    return line


class _Forms(dict[bytes, bytes]):
    """Line → form. A mapping with a default is looked up without a call of Python's."""

    def __missing__(self, line: bytes) -> bytes:
        self[line] = found = form(line)
        return found
