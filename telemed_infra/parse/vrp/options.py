"""Arguments as keywords with values, in any order; and effects on the management part of a state.

A keyword may be shortened as far as it stays unique, in any case, as the family's devices take it.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from telemed_infra.packets import Family
from telemed_infra.parse.management.state import Management
from telemed_infra.parse.vrp.arguments import address, nothing
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

Options = dict[str, Words]
_FORMS = ("cipher", "simple", "plain", "irreversible-cipher", "hash", "plaintext")
_FORM_SHORTEST = 3


def keyword(word: str, choices: Iterable[str]) -> str:
    """The one of the choices that a word means."""
    listed = tuple(choices)
    lower = word.lower()
    fitting = [choice for choice in listed if choice.startswith(lower)]
    if lower in listed:
        return lower
    if len(fitting) != 1:
        raise Unreadable(f"{word} is none of {', '.join(listed)}, or not clearly one")
    return fitting[0]


def options(words: Words, known: Mapping[str, int]) -> Options:
    """`<keyword> <value>…` in any order; `known`: how many values each keyword has."""
    found: Options = {}
    while words:
        meant = keyword(words[0], known)
        used = 1 + known[meant]
        if len(words) < used:
            raise Unreadable(f"a value is expected behind {meant}")
        if meant in found:
            raise Unreadable(f"{meant} stands twice")
        found[meant] = words[1:used]
        words = words[used:]
    return found


def value(found: Options, word: str) -> str:
    """The one value of a keyword, or ""."""
    return found[word][0] if found.get(word) else ""


def host(words: Words) -> tuple[str, Words]:
    """`[ipv6] <address>` at the start as canonical text, and what follows."""
    if words[:1] == ("ipv6",):
        words = words[1:]
    if not words:
        raise Unreadable("an address is expected")
    family, number = address(words[0])
    return canonical(family, number), words[1:]


def canonical(family: Family, number: int) -> str:
    """An address as everyone writes it."""
    return str(IPv4Address(number) if family is Family.V4 else IPv6Address(number))


def secret(words: Words) -> tuple[str, Words]:
    """`[cipher|simple|plain|…] <secret>` at the start, and what follows."""
    if len(words) > 1 and any(
        len(words[0]) >= _FORM_SHORTEST and form.startswith(words[0].lower()) for form in _FORMS
    ):
        words = words[1:]
    if not words:
        raise Unreadable("a secret is expected")
    return words[0], words[1:]


def does(change: Callable[[Management, int], object]) -> Effect[Any]:
    """An effect on the management part of any state."""

    def effect(state: Any, line: int) -> None:
        change(state.management, line)

    return effect


def bare(change: Callable[[Management, int], object]) -> Reader[Any]:
    """A reader of a command without arguments."""
    effect = does(change)

    def reader(words: Words) -> Effect[Any]:
        nothing(words)
        return effect

    return reader


def ignored(_words: Words) -> Effect[Any]:
    """A command that is understood and tells nothing that is kept."""
    return _no_effect


def _no_effect(_state: object, _line: int) -> None:
    """Nothing."""


def joined(words: Words, key: str, port_name: Callable[[Words], str]) -> Words:
    """The name of an interface behind a keyword as one word, however it was typed."""
    if key not in words:
        return words
    at = words.index(key) + 1
    for used in (1, 2):
        try:
            return (*words[:at], port_name(words[at : at + used]), *words[at + used :])
        except Unreadable:
            continue
    raise Unreadable(f"an interface is expected behind {key}")


def place_of(words: Words, word: str, shortest: int) -> int | None:
    """Where a keyword stands among words, in any case and as short as this many signs."""
    for at, one in enumerate(words):
        if len(one) >= shortest and word.startswith(one.lower()):
            return at
    return None
