"""Arguments as a Comware device takes them: keywords in any case and shortened, put in full.

What follows is then read by the same steps as VRP's (`parse/route_lines`), which know full words.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.parse.comware.abbreviations import keyword
from telemed_infra.parse.vrp.engine import Unreadable, Words


def spelled(words: Words, *forms: str) -> Words:
    """The words with keywords in full, by the first form that they fit.

    In a form a word stands for itself, `a|b` for one of several, `*` for anything, and `...` at the
    end for any words that follow.
    """
    for form in forms:
        found = _fitting(words, tuple(form.split()))
        if found is not None:
            return found
    raise Unreadable(f"`{forms[0]}` is expected".replace("*", "<value>").replace(" ...", ""))


def options(words: Words, known: Mapping[str, int]) -> Words:
    """`<keyword> <value>…` in any order, keywords in full; `known`: how many values each has."""
    found: list[str] = []
    while words:
        meant = keyword(words[0], known)
        used = 1 + known[meant]
        if len(words) < used:
            raise Unreadable(f"a value is expected behind {meant}")
        found += (meant, *words[1:used])
        words = words[used:]
    return tuple(found)


def split_address(words: Words) -> tuple[Words, Words]:
    """An address with its mask or length at the start, and what follows."""
    at = 0
    while at < min(2, len(words)) and (words[at][:1].isdigit() or ":" in words[at]):
        at += 1
    return words[:at], words[at:]


def _fitting(words: Words, form: Words) -> Words | None:
    rest: Words = ()
    if form[-1] == "...":
        form, rest = form[:-1], words[len(form) - 1 :]
    if len(words) != len(form) + len(rest):
        return None
    try:
        found = [_one(word, part) for word, part in zip(words, form, strict=False)]
    except Unreadable:
        return None
    return (*found, *rest)


def _one(word: str, part: str) -> str:
    return word if part == "*" else keyword(word, part.split("|"))
