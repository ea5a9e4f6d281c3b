"""What prefix lists, as-path filters, community filters and access lists say to routing.

Source: Huawei command references, `ip ip-prefix`, `ip ipv6-prefix`, `ip as-path-filter`,
`ip community-filter`, `if-match acl`; H3C command references, `ip prefix-list`, `ip as-path`,
`ip community-list`; see docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import PrefixSet, every_prefix, networks_at, prefixes_within
from telemed_infra.parse.route_filter import readable_path
from telemed_infra.parse.route_lines.state import (
    RULE_STEP,
    STEP,
    Acl,
    AclRule,
    Numbered,
    PrefixEntry,
    Routes,
    WordList,
)
from telemed_infra.parse.vrp.arguments import address, name, number, rule_address
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

INDEX_MAX = 0xFFFFFFFF
VERDICTS = {"permit": True, "deny": False}
BASIC, ADVANCED = range(1, 100), range(100, 200)
WELL_KNOWN = {
    "no-export": "no-export",
    "no-advertise": "no-advertise",
    "no-export-subconfed": "local-AS",
    "internet": "internet",
}
"""Communities by the words that the vendors have for them, and those of `parse/routes.py`."""


def title(words: Words) -> tuple[str, Words]:
    """A name and what follows it."""
    if not words:
        raise Unreadable("a name is expected")
    return name(words[0]), words[1:]


def indexed(words: Words) -> tuple[int | None, Words]:
    """`[index <i>]` at the start, and what follows it."""
    if words[:1] != ("index",):
        return None, words
    if len(words) < 2:
        raise Unreadable("an index is expected")
    return number(words[1], 1, INDEX_MAX), words[2:]


def verdict(words: Words) -> tuple[bool, Words]:
    """`permit` or `deny`, and what follows it."""
    if not words or words[0] not in VERDICTS:
        raise Unreadable("permit or deny is expected")
    return VERDICTS[words[0]], words[1:]


def lengths(words: Words, length: int, bits: int) -> tuple[int, int]:
    """`[greater-equal g] [less-equal l]` behind `<ip> <length>`: the shortest and the longest."""
    bounds: dict[str, int] = {}
    while words:
        if words[0] not in ("greater-equal", "less-equal") or words[0] in bounds or len(words) < 2:
            raise Unreadable(f"{words[0]} is not expected here")
        bounds[words[0]] = number(words[1], 0, bits)
        words = words[2:]
    low = bounds.get("greater-equal", length)
    high = bounds.get("less-equal", bits if "greater-equal" in bounds else length)
    if not length <= low <= high:
        raise Unreadable(f"lengths {low} to {high} do not belong to /{length}")
    return low, high


def network(family: Family, words: Words) -> tuple[int, int, Words]:
    """`<ip> <len>` of a list: address and length, and what follows; bits behind it are dropped."""
    if len(words) < 2:
        raise Unreadable("an address and a length are expected")
    found, value = address(words[0])
    if found is not family:
        raise Unreadable(f"{words[0]} is not of this family")
    length = number(words[1], 0, family.bits)
    return value & ~((1 << (family.bits - length)) - 1), length, words[2:]


def within(family: Family, value: int, length: int, low: int, high: int) -> PrefixSet:
    """The prefixes in one, of some lengths."""
    size = 4 if family is Family.V4 else 16
    return prefixes_within(f"{ip_address(value.to_bytes(size, 'big'))}/{length}", low, high)


PrefixRange = Callable[[Family, Words], PrefixSet]
"""What the words of an entry behind its verdict match."""


def add_prefix(family: Family, prefix_range: PrefixRange) -> Reader[Routes]:
    """`ip ip-prefix <n> [index i] {permit|deny} …`; an entry with a known index is replaced."""

    def reader(words: Words) -> Effect[Routes]:
        list_name, rest = title(words)
        index, rest = indexed(rest)
        permits, rest = verdict(rest)
        prefixes = prefix_range(family, rest)

        def effect(state: Routes, line: int) -> None:
            found = state.prefix_lists.setdefault((family, list_name), Numbered(line, family))
            place = max(found.entries, default=0) + STEP if index is None else index
            found.entries[place] = PrefixEntry(line, permits, prefixes)

        return effect

    return reader


def drop_prefix(family: Family) -> Reader[Routes]:
    """`undo ip ip-prefix <n> [index i]`; with the last entry the list goes."""

    def reader(words: Words) -> Effect[Routes]:
        list_name, rest = title(words)
        index, rest = indexed(rest)
        if rest:
            raise Unreadable("an entry is removed by its index")

        def effect(state: Routes, _line: int) -> None:
            found = state.prefix_lists.get((family, list_name))
            if found is None or (index is not None and index not in found.entries):
                raise Unreadable("there is no such entry")
            if index is not None:
                del found.entries[index]
            if index is None or not found.entries:
                del state.prefix_lists[family, list_name]

        return effect

    return reader


def add_as_path(words: Words) -> Effect[Routes]:
    """`ip as-path-filter {<n>|<name>} [index i] {permit|deny} <expression>`."""
    list_name, rest = title(words)
    index, rest = indexed(rest)
    permits, rest = verdict(rest)
    expression = " ".join(rest)
    if not readable_path(expression):
        raise Unreadable(f"`{expression}`: only digits, _ ^ $ . and .* are modelled")

    def effect(state: Routes, line: int) -> None:
        found = state.as_path_filters.setdefault(list_name, WordList(line))
        _append(found, index, (permits, expression))

    return effect


def add_community(words: Words) -> Effect[Routes]:
    """`ip community-filter {<1-99>|basic <name>} [index i] {permit|deny} <community>…`."""
    if words[:1] == ("advanced",) or (words and words[0].isdigit() and int(words[0]) in ADVANCED):
        raise Unreadable("expressions over communities are not modelled")
    list_name, rest = title(words[1:] if words[:1] == ("basic",) else words)
    index, rest = indexed(rest)
    permits, rest = verdict(rest)
    wanted = " ".join(sorted(communities(rest)))

    def effect(state: Routes, line: int) -> None:
        found = state.community_filters.setdefault(list_name, WordList(line))
        _append(found, index, (permits, wanted))

    return effect


def communities(words: Words) -> frozenset[str]:
    """Communities as `aa:nn`; a single number is split, a well-known one keeps its word."""
    return frozenset(_community(word) for word in words) - {"internet"}


def _community(word: str) -> str:
    if word in WELL_KNOWN:
        return WELL_KNOWN[word]
    high, colon, low = word.partition(":")
    if colon:
        return f"{number(high, 0, 0xFFFF)}:{number(low, 0, 0xFFFF)}"
    value = number(word, 0, 0xFFFFFFFF)
    return f"{value >> 16}:{value & 0xFFFF}"


def _append(found: WordList, index: int | None, entry: tuple[bool, str]) -> None:
    place = max(found.entries, default=0) + STEP if index is None else index
    found.entries[place] = entry


def drop_words(attribute: str) -> Reader[Routes]:
    """`undo ip as-path-filter <n> [index i]`, `undo ip community-filter [basic] <n> [index i]`."""

    def reader(words: Words) -> Effect[Routes]:
        list_name, rest = title(words[1:] if words[:1] == ("basic",) else words)
        index, rest = indexed(rest)
        if rest:
            raise Unreadable("an entry is removed by its index")

        def effect(state: Routes, _line: int) -> None:
            lists: dict[str, WordList] = getattr(state, attribute)
            found = lists.get(list_name)
            if found is None or (index is not None and index not in found.entries):
                raise Unreadable("there is no such entry")
            if index is not None:
                del found.entries[index]
            if index is None or not found.entries:
                del lists[list_name]

        return effect

    return reader


# Access lists. Another reader judges their lines; here is what they are as filters of routes.

_LIST_WORDS = {
    *("number", "name", "basic", "advance", "advanced", "ipv6", "match-order", "auto", "config")
}


def enter_acl(words: Words) -> Effect[Routes]:
    """`acl [ipv6] [number] <n>`, `acl [ipv6] name <x> [<kind>|<n>]`: known by number and name."""
    titles = [word for word in words if word not in _LIST_WORDS]
    if not titles:
        raise Unreadable("a number or a name is expected")
    six = "ipv6 " if "ipv6" in words[:1] else ""

    def effect(state: Routes, line: int) -> None:
        known = [state.acls[six + one] for one in titles if six + one in state.acls]
        state.acl = known[0] if known else Acl(line)
        for one in titles:
            state.acls[six + one] = state.acl

    return effect


def undo_acl(words: Words) -> Effect[Routes]:
    """`undo acl {number <n>|name <x>}`."""
    six = "ipv6 " if "ipv6" in words[:1] else ""
    titles = [word for word in words if word not in _LIST_WORDS]

    def effect(state: Routes, _line: int) -> None:
        gone = [state.acls[six + one] for one in titles if six + one in state.acls]
        state.acls = {key: one for key, one in state.acls.items() if one not in gone}

    return effect


def add_rule(*, first: int, overlays: bool) -> Reader[Routes]:
    """`rule [<id>] {permit|deny} [source {<ip> <wildcard>|any}]`: networks by their own address.

    `first` is the id of a list's first rule without one; if a rule `overlays` the one with its id,
    what both say together is not judged.
    """

    def reader(words: Words) -> Effect[Routes]:
        rule_id = int(words[0]) if words and words[0].isdecimal() and len(words[0]) <= 10 else None
        rest = words if rule_id is None else words[1:]
        if rest[:1] in (("description",), ("comment",)):
            return lambda _state, _line: None
        permits, rest = verdict(rest)
        prefixes = _networks(rest)

        def effect(state: Routes, line: int) -> None:
            if state.acl is None:
                return
            rules = state.acl.rules
            after = max(rules) // RULE_STEP * RULE_STEP + RULE_STEP if rules else first
            place = after if rule_id is None else rule_id
            known = overlays and place in rules and rules[place].prefixes != prefixes
            rules[place] = AclRule(line, permits, None if known else prefixes)

        return effect

    return reader


def drop_rule(words: Words) -> Effect[Routes]:
    """`undo rule <id>`; with more words it only widens the rule."""
    rule_id = number(words[0], 0, INDEX_MAX) if words else 0

    def effect(state: Routes, line: int) -> None:
        rules = state.acl.rules if state.acl is not None else {}
        if len(words) == 1:
            rules.pop(rule_id, None)
        elif rule_id in rules:
            rules[rule_id] = AclRule(line, rules[rule_id].permits, None)

    return effect


def _networks(words: Words) -> PrefixSet | None:
    if words in ((), ("source", "any")):
        return every_prefix(Family.V4)
    try:
        if words[0] == "source" and len(words) == 3 and words[2] == "0":
            return networks_at(Family.V4, ((address(words[1])[1],) * 2,))
        if words[0] == "source" and len(words) == 3:
            return networks_at(Family.V4, rule_address(words[1:]).v4)
    except Unreadable:
        return None
    return None
