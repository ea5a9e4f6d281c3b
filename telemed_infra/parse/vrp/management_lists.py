"""Access lists of Huawei devices, kept for the lines that bind them to a server.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from typing import Any

from telemed_infra.packets import Family
from telemed_infra.parse.management.lists import AccessList, list_rule
from telemed_infra.parse.management.state import Management
from telemed_infra.parse.vrp.arguments import number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words
from telemed_infra.parse.vrp.options import does

_WORDS = ("ipv6", "number", "name", "advance", "basic", "link", "match-order", "config", "auto")
_RULE_MAX = 4294967294
_TWICE = "a rule written twice"


def together(first: Reader[Any], second: Reader[Any]) -> Reader[Any]:
    """A reader of a line that says two things."""

    def reader(words: Words) -> Effect[Any]:
        one, other = first(words), second(words)

        def effect(state: Any, line: int) -> None:
            one(state, line)
            other(state, line)

        return effect

    return reader


def list_name(word: str, *, six: bool) -> str:
    """How a list is called by those who bind it."""
    return f"ipv6 {word}" if six else word


def enter_list(words: Words) -> Effect[Any]:
    """`acl [ipv6] [number] <n>` or `acl [ipv6] name <name> [<kind>|<n>] [match-order …]`."""
    six = words[:1] == ("ipv6",)
    titles = [list_name(word, six=six) for word in words if word not in _WORDS]
    if not titles:
        raise Unreadable("a number or a name is expected")
    by_depth = "auto" in words

    def change(state: Management, line: int) -> None:
        family = Family.V6 if six else Family.V4
        held = next((state.lists[one] for one in titles if one in state.lists), None)
        held = held or AccessList(line, family, by_depth=by_depth)
        for title in titles:
            state.lists[title] = held
        state.open_list = titles[0]

    return does(change)


def undo_list(words: Words) -> Effect[Any]:
    """`undo acl …`."""
    six = words[:1] == ("ipv6",)
    titles = [list_name(word, six=six) for word in words if word not in _WORDS]

    def change(state: Management, _line: int) -> None:
        for title in titles:
            gone = state.lists.get(title)
            for name in [name for name, held in state.lists.items() if held is gone]:
                del state.lists[name]

    return does(change)


def rule(words: Words) -> Effect[Any]:
    """`rule [<id>] {permit|deny} …` or `rule <id> description …`."""
    numbered = bool(words) and words[0].isdigit()
    wanted = number(words[0], 0, _RULE_MAX) if numbered else None
    rest = words[1:] if numbered else words
    if rest[:1] in (("description",), ("comment",)):
        return does(lambda _state, _line: None)

    def change(state: Management, line: int) -> None:
        held = state.lists[state.open_list]
        place = held.next_number() if wanted is None else wanted
        found = list_rule(rest, held.family)
        if place in held.rules and held.rules[place][0] != found:
            found = found._replace(why_unread=_TWICE)
        held.rules[place] = found, line

    return does(change)


def undo_rule(words: Words) -> Effect[Any]:
    """`undo rule <id>`; with more words a part of it goes, which is not modelled."""
    if not words:
        raise Unreadable("the number of a rule is expected")
    place = number(words[0], 0, _RULE_MAX)

    def change(state: Management, _line: int) -> None:
        rules = state.lists[state.open_list].rules
        held = rules.pop(place, None)
        if held and len(words) > 1:
            rules[place] = held[0]._replace(why_unread="a part that is taken back"), held[1]

    return does(change)


def step(words: Words) -> Effect[Any]:
    """`step <n>`: how far apart rules without a number are numbered."""
    size = number(words[0], 1, 20) if words else 5

    def change(state: Management, _line: int) -> None:
        held = state.lists[state.open_list]
        if held.rules:
            raise Unreadable("the device numbers rules anew: set the step before the first one")
        held.step = held.first = size

    return does(change)
