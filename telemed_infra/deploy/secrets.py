"""References in the place of secrets, and how values come there just before a text is brought.

A reference is a whole word, `vault:NAME` or `env:NAME`. All that is wrong with the references of a
text is told at once, by name and line; a value is told nowhere.

Source: docs/concepts/deploy.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import NoReturn, Protocol

from telemed_infra.problem import InputError, Problem

REFERENCE = re.compile(r"(?<![A-Za-z0-9_./:-])(?P<kind>vault|env):(?P<name>[A-Za-z0-9_./-]+)")

# Every platform's reader takes these as a part of the word. A blank ends it, a line's end begins
# another command, `?` asks the device for help, and quotes, braces and `#` are strongSwan's.
_FIT = re.compile(r"[A-Za-z0-9!$%&()*+,\-./:;<=>@\[\]^_|~]+")
_BYTES = ("0x", "0s")


class Secret:
    """A value that shows itself to nobody who does not ask by `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value. Whoever calls this keeps it in no variable that an exception may show."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")


@dataclass(frozen=True, slots=True)
class Missing:
    """A store has no such secret."""

    why: str
    hint: str = ""


class Store(Protocol):
    """Where secrets are kept."""

    def find(self, name: str) -> Secret | Missing:
        """The secret of this name.

        Raises:
            StoreUnreadable: nothing can be had from it, whatever the name.
        """
        ...


class StoreUnreadable(Exception):
    """Where secrets are kept cannot be read; its words hold none of them."""

    def __init__(self, says: str, mend: str = "") -> None:
        super().__init__(says + (f"\nhint: {mend}" if mend else ""))
        self.says, self.mend = says, mend


Stores = Mapping[str, Store]
"""Stores by the word before the colon, `vault` and `env`."""


def resolve(text: str, stores: Stores, file: str = "text") -> str:
    """The text with each reference replaced by its value.

    `file`: how the text is called in errors.

    Raises:
        InputError: references without a value, or whose value no device would take: all of them.
        StoreUnreadable: a store cannot be read at all.
    """
    found = {one[0]: find(one[0], stores) for one in REFERENCE.finditer(text)}
    problems = list(_problems(text, found, file))
    if problems:
        raise InputError(problems)
    return REFERENCE.sub(lambda one: _revealed(found[one[0]]), text)


def references(text: str) -> tuple[str, ...]:
    """Each reference of a text once, in the order of the text."""
    return tuple(dict.fromkeys(one[0] for one in REFERENCE.finditer(text)))


def find(reference: str, stores: Stores) -> Secret | Missing:
    """What a reference stands for; the whole of `reference` is one.

    Raises:
        StoreUnreadable: its store cannot be read at all.
    """
    kind, _, name = reference.partition(":")
    store = stores.get(kind)
    if store is None:
        return Missing("nobody said where such secrets are kept", f"name a store for `{kind}:`")
    return store.find(name)


def _problems(text: str, found: Mapping[str, Secret | Missing], file: str) -> Iterator[Problem]:
    wrong = {name: one for name, each in found.items() if (one := _wrong(each))}
    for word in REFERENCE.finditer(text):
        if missing := wrong.get(word[0]):
            line = text.count("\n", 0, word.start()) + 1
            yield Problem(file, line, word[0], missing.why, missing.hint)


def _wrong(one: Secret | Missing) -> Missing | None:
    if isinstance(one, Missing):
        return one
    if not one:
        return Missing("it is empty")
    if not _FIT.fullmatch(one.reveal()):
        return Missing(
            "its value has a sign that some device would not take as a part of it",
            "use letters, digits and `+/=`, for example from `openssl rand -base64 24`",
        )
    if one.reveal().startswith(_BYTES):
        return Missing("it begins with `0x` or `0s`, which strongSwan reads as bytes")
    return None


def _revealed(one: Secret | Missing) -> str:
    return one.reveal() if isinstance(one, Secret) else ""
