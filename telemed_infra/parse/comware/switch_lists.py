"""Lists and policies of a Comware switch, and lines that name one: what is undefined fails open.

Each reader takes the words after a command's head and returns the effect on the state.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.comware.abbreviations import keyword, means
from telemed_infra.parse.comware.switch_state import AccessList, Switch, Use
from telemed_infra.parse.vrp.arguments import name, number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

LOGIN, MATCH, FILTER = "login", "match", "filter"
_ANYONE = "is not there or has no rule: the device lets everyone in"
_LIST_KINDS = ("basic", "advanced", "mac", "user-defined", "number", "ipv6", "name")
_RULE_MAX = 65534
_NUMBERS = (2000, 5999)


def list_title(words: Words) -> tuple[str, Words]:
    """`[ipv6|mac] {<number> | name <n>}` as one word, and what follows; names in any case."""
    family = ""
    if words and words[0].lower() in ("ipv6", "mac"):
        family, words = words[0].lower() + " ", words[1:]
    if len(words) > 1 and means(words[0], "name", 1):
        return f"{family}{name(words[1]).lower()}", words[2:]
    if not words:
        raise Unreadable("a list is expected")
    return f"{family}{number(words[0], *_NUMBERS)}", words[1:]


def enter_list(words: Words) -> Effect[Switch]:
    """`acl [ipv6|mac] {basic|advanced|number} {<n> | name <x>} […]`, or as it was typed of old."""
    title = _own_title(words)

    def effect(state: Switch, line: int) -> None:
        state.lists.setdefault(title, AccessList(line))
        state.list_title = title

    return effect


def undo_list(words: Words) -> Effect[Switch]:
    """`undo acl …`: the list goes with its rules."""
    title = _own_title(words)

    def effect(state: Switch, _line: int) -> None:
        if state.lists.pop(title, None) is None:
            raise Unreadable(f"there is no list {title}")

    return effect


def rule(words: Words) -> Effect[Switch]:
    """`rule [<id>] {permit|deny} …` or `rule <id> comment …`; a second one lies over the first."""
    numbered = bool(words) and words[0].isdigit()
    wanted = number(words[0], 0, _RULE_MAX) if numbered else None
    rest = words[1:] if numbered else words
    if not rest:
        raise Unreadable("permit or deny is expected")
    action = keyword(rest[0], ("permit", "deny", "comment"))

    def effect(state: Switch, line: int) -> None:
        rules = state.lists[state.list_title].rules
        if action == "comment":
            if wanted not in rules:
                raise Unreadable("the comment is for a rule that is not there")
            return
        place = state.lists[state.list_title].next_number() if wanted is None else wanted
        rules[place] = (line, action == "deny")

    return effect


def undo_rule(words: Words) -> Effect[Switch]:
    """`undo rule <id>`; with more words a part of it goes, which widens the rule that stays."""
    if not words:
        raise Unreadable("the number of a rule is expected")
    place = number(words[0], 0, _RULE_MAX)

    def effect(state: Switch, _line: int) -> None:
        rules = state.lists[state.list_title].rules
        if place not in rules:
            raise Unreadable(f"there is no rule {place}")
        if len(words) == 1:
            del rules[place]

    return effect


def step(words: Words) -> Effect[Switch]:
    """`step <n>`: with rules in the list, the device numbers them anew."""
    size = number(words[0], 1, 20) if words else 5

    def effect(state: Switch, _line: int) -> None:
        if state.lists[state.list_title].rules:
            raise Unreadable("the device numbers rules anew: set the step before the first one")
        state.lists[state.list_title].step = size

    return effect


def login_list(*head: str) -> Reader[Switch]:
    """A command that may name a list of those who may ask: `… acl [ipv6] {<n> | name <x>}`."""

    def reader(words: Words) -> Effect[Switch]:
        at = _acl_at(words)
        if at is None:
            return _nothing_kept
        title, _ = list_title(words[at + 1 :])
        if "ipv6" in words[:at] and not title.startswith("ipv6 "):
            title = f"ipv6 {title}"
        key = (*head, *words[:at])

        def effect(state: Switch, line: int) -> None:
            state.uses[key] = Use(line, LOGIN, title, f"the list {title} {_ANYONE}")

        return effect

    return reader


def no_login_list(*head: str) -> Reader[Switch]:
    """`undo …` of such a command."""

    def reader(words: Words) -> Effect[Switch]:
        at = _acl_at(words)
        key = (*head, *words[:at])

        def effect(state: Switch, _line: int) -> None:
            for used in tuple(state.uses):
                if used == key or (at is None and used[: len(key)] == key):
                    del state.uses[used]

        return effect

    return reader


def bind_filter(words: Words) -> Effect[Switch]:
    """`packet-filter [ipv6|mac] {<n> | name <x>} […] {inbound|outbound}`: judged at the end."""
    title, rest = list_title(words)
    if not rest:
        raise Unreadable("a direction is expected")
    where = tuple(word.lower() for word in rest)

    def effect(state: Switch, line: int) -> None:
        for place in state.chosen if where[0] in ("inbound", "outbound") else ("",):
            state.filters[place, title, *where] = line

    return effect


def undo_bind_filter(words: Words) -> Effect[Switch]:
    """`undo packet-filter …`."""
    title, rest = list_title(words)
    where = tuple(word.lower() for word in rest)

    def effect(state: Switch, _line: int) -> None:
        for place in state.chosen if where[:1] in (("inbound",), ("outbound",)) else ("",):
            for key in [
                key for key in state.filters if key[: 2 + len(where)] == (place, title, *where)
            ]:
                del state.filters[key]

    return effect


def filters_deny(*, value: bool) -> Reader[Switch]:
    """`packet-filter default deny`: what a bound filter does not match is dropped, not passed."""

    def reader(words: Words) -> Effect[Switch]:
        if words:
            raise Unreadable(f"{words[0]} is not expected here")

        def effect(state: Switch, _line: int) -> None:
            state.filters_deny = value

        return effect

    return reader


def define(kind: str) -> Reader[Switch]:
    """A line that defines what others may name."""

    def reader(words: Words) -> Effect[Switch]:
        if not words:
            raise Unreadable("a name is expected")
        title = name(words[0])

        def effect(state: Switch, _line: int) -> None:
            state.defined.setdefault(kind, set()).add(title)
            state.policy = title

        return effect

    return reader


def undo_define(kind: str) -> Reader[Switch]:
    """`undo <kind> <name>`; with more words only a part of it goes."""

    def reader(words: Words) -> Effect[Switch]:
        if len(words) != 1:
            raise Unreadable("what is left of it is not known")

        def effect(state: Switch, _line: int) -> None:
            state.defined.get(kind, set()).discard(words[0])

        return effect

    return reader


def uses_of_nothing(state: Switch) -> Iterator[tuple[int, str]]:
    """Lines that name what no line defines, filters that are bound, and denies where none belongs.

    Every packet filter that is bound is here: filters are no part of a switch's behaviour.
    """
    yield from _filters(state)
    matched: set[str] = set()
    for use in state.uses.values():
        if not _is_there(use, state):
            yield use.line, use.why
        elif use.kind == MATCH:
            matched.add(use.name)
    for title in sorted(matched):
        for line, denies in state.lists[title].rules.values():
            if denies:
                yield line, "what a deny in a list for marking does differs by product"


def _is_there(use: Use, state: Switch) -> bool:
    if use.kind in (LOGIN, MATCH):
        return use.name in state.lists and bool(state.lists[use.name].rules)
    return use.name in state.defined.get(use.kind, set())


def _filters(state: Switch) -> Iterator[tuple[int, str]]:
    rest = "dropped" if state.filters_deny else "passed"
    for (_, title, *_), line in state.filters.items():
        missing = "" if title in state.lists else f", and there is no list {title}"
        yield line, f"a filter is not modelled (what it does not match is {rest}){missing}"


def _own_title(words: Words) -> str:
    """The title by which others name the list that an `acl …` line opens."""
    family, rest = "", words
    while rest and not rest[0].isdigit():
        kind = keyword(rest[0], _LIST_KINDS)
        if kind in ("ipv6", "mac"):
            family = kind + " "
        rest = rest[1:]
        if kind == "name":
            break
    if not rest:
        raise Unreadable("a number or a name is expected")
    named = not rest[0].isdigit()
    return f"{family}{name(rest[0]).lower() if named else number(rest[0], *_NUMBERS)}"


def _acl_at(words: Words) -> int | None:
    for at, word in enumerate(words):
        if means(word, "acl", 2):
            return at
    return None


def _nothing_kept(_state: Switch, _line: int) -> None:
    """A line that names no list."""
