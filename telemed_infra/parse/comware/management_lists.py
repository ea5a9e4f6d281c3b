"""Access lists of Comware devices, kept for the lines that bind them to a server.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import Any

from telemed_infra.packets import Family
from telemed_infra.parse.management.lists import AccessList, list_rule
from telemed_infra.parse.management.state import Management
from telemed_infra.parse.vrp.arguments import number
from telemed_infra.parse.vrp.engine import Effect, Unreadable, Words
from telemed_infra.parse.vrp.options import does

_RULE_MAX = 65534
_LIST_WORDS = ("basic", "advanced", "number", "name", "ipv6", "mac", "match-order", "user-defined")


def list_name(words: Words, *, six: bool = False) -> tuple[str, Words]:
    """`[ipv6] [name] <list>` as lists are kept, in any case, and what follows."""
    if words and words[0].lower() == "ipv6":
        six, words = True, words[1:]
    if len(words) > 1 and words[0].lower() == "name":
        words = words[1:]
    if not words:
        raise Unreadable("a list is expected")
    return f"ipv6 {words[0].lower()}" if six else words[0].lower(), words[1:]


def enter_list(words: Words) -> Effect[Any]:
    """`acl [ipv6|mac] {basic|advanced|number} {<n> | name <x>} [match-order …]`."""
    lower = tuple(word.lower() for word in words)
    six, by_depth = lower[:1] == ("ipv6",), lower[-2:] == ("match-order", "auto")
    titles = [word for word in lower if not _is_list_word(word)]
    title = f"ipv6 {titles[0]}" if six and titles else (titles or [""])[0]

    def change(state: Management, line: int) -> None:
        family = Family.V6 if six else Family.V4
        held = AccessList(line, family, first=0, by_depth=by_depth)
        state.lists.setdefault(title, held)
        state.open_list = title

    return does(change)


def undo_list(words: Words) -> Effect[Any]:
    """`undo acl …`."""
    lower = tuple(word.lower() for word in words)
    titles = [word for word in lower if not _is_list_word(word)]
    title = f"ipv6 {titles[0]}" if lower[:1] == ("ipv6",) and titles else (titles or [""])[0]
    return does(lambda state, _line: state.lists.pop(title, None))


def rule(words: Words) -> Effect[Any]:
    """`rule [<id>] {permit|deny} …`: written again under its number it is laid over the first."""
    numbered = bool(words) and words[0].isdigit()
    wanted = number(words[0], 0, _RULE_MAX) if numbered else None
    rest = words[1:] if numbered else words
    if rest and rest[0].lower().startswith(("c", "r")):  # a comment, a remark
        return does(lambda _state, _line: None)

    def change(state: Management, line: int) -> None:
        held = state.lists[state.open_list]
        place = held.next_number() if wanted is None else wanted
        found = list_rule(rest, held.family)
        if place in held.rules and held.rules[place][0] != found:
            found = found._replace(why_unread="a rule laid over another")
        held.rules[place] = found, line

    return does(change)


def undo_rule(words: Words) -> Effect[Any]:
    """`undo rule <id>`; with more words a part of it goes."""
    place = number(words[0], 0, _RULE_MAX) if words and words[0].isdigit() else -1

    def change(state: Management, _line: int) -> None:
        rules = state.lists[state.open_list].rules
        held = rules.pop(place, None)
        if held and len(words) > 1:
            rules[place] = held[0]._replace(why_unread="a part that is taken back"), held[1]

    return does(change)


def step(words: Words) -> Effect[Any]:
    """`step <n>`."""
    size = number(words[0], 1, 20) if words else 5
    return does(lambda state, _line: setattr(state.lists[state.open_list], "step", size))


def _is_list_word(word: str) -> bool:
    return word in ("config", "auto") or any(
        len(word) >= 2 and known.startswith(word) for known in _LIST_WORDS
    )
