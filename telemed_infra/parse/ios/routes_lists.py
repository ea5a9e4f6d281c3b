"""What the commands of prefix lists, as-path lists and community lists do.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import Args, Row, Unreadable
from telemed_infra.parse.frr.state import AttributeList, FilterList, ListEntry
from telemed_infra.parse.ios.routes_state import Judges, Routes, harmless, not_modelled, own
from telemed_infra.parse.ios.values import number
from telemed_infra.parse.prefixes import PrefixSet, prefixes_within

WORDS_OF = {Family.V4: "ip", Family.V6: "ipv6"}
_PLACES = {Family.V4: ("A.B.C.D/M", 32), Family.V6: ("X:X::X:X/M", 128)}
_SEQ = "[seq (1-4294967294)]"
_WHICH = "<permit|deny>"
_EXPANDED = "expressions over communities are not modelled"
_TEXT = "a text for people"


def add_prefix(family: Family) -> Judges:
    """`ip prefix-list N [seq S] {permit|deny} A/LEN [ge G] [le L]`."""

    def effect(state: Routes, args: Args, line: int) -> None:
        name, place, verdict, prefix, low, high = args
        held = _list(state, family, name, line)
        entry = ListEntry(line, verdict == "permit", _prefixes(family, prefix, low, high))
        taken = held.entries.get(int(place)) if place else None
        if taken is not None and taken[1:] != entry[1:]:
            raise Unreadable(f"there is an entry {place} already, which differs")
        if taken is None:
            held.add(place, entry)

    return effect


def describe(family: Family) -> Judges:
    """`ip prefix-list N description …`: makes the list, and one without entry permits all."""

    def effect(state: Routes, args: Args, line: int) -> None:
        _list(state, family, args[0], line)

    return effect


def drop_prefix(family: Family) -> Judges:
    """`no ip prefix-list N [seq S] [{permit|deny} A/LEN [ge G] [le L]]`."""

    def effect(state: Routes, args: Args, _line: int) -> None:
        name, place, verdict, prefix, low, high = (*args, *("",) * 6)[:6]
        held = state.bgp.prefix_lists.get((family, name))
        if held is None:
            return
        wanted = (verdict == "permit", _prefixes(family, prefix, low, high)) if prefix else None
        gone = [
            at for at, one in held.entries.items()
            if place in ("", str(at)) and wanted in (None, one[1:])
        ]  # fmt: skip
        if (place or wanted) and not gone:
            raise Unreadable("the list has no such entry")
        for at in gone:
            del held.entries[at]
        if not held.entries:
            del state.bgp.prefix_lists[family, name]

    return effect


def _list(state: Routes, family: Family, name: str, line: int) -> FilterList:
    return state.bgp.prefix_lists.setdefault((family, name), FilterList(line, family))


def _prefixes(family: Family, prefix: str, low: str, high: str) -> PrefixSet:
    """The prefixes of an entry; without `le`, `ge` reaches to single addresses."""
    own_length = number(prefix.partition("/")[2], 0, family.bits)
    first = number(low, own_length + 1, family.bits) if low else own_length
    last = number(high, first, family.bits) if high else (family.bits if low else own_length)
    try:
        return prefixes_within(prefix, first, last)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def add_as_path(state: Routes, args: Args, line: int) -> None:
    """`ip as-path access-list N {permit|deny} EXPRESSION`."""
    held = state.bgp.as_path_lists.setdefault(str(int(args[0])), AttributeList(line))
    held.add("", permits=args[1] == "permit", words=args[2])


def drop_as_path(state: Routes, args: Args, _line: int) -> None:
    """`no ip as-path access-list N`."""
    state.bgp.as_path_lists.pop(str(int(args[0])), None)


def add_community(state: Routes, args: Args, line: int) -> None:
    """`ip community-list {N|standard NAME} {permit|deny} AA:NN …`: all of them must be there."""
    words = " ".join(community(word) for word in args[2].split() if word.lower() != "internet")
    held = state.bgp.community_lists.setdefault(args[0], AttributeList(line))
    held.add("", permits=args[1] == "permit", words=words)


def drop_community(state: Routes, args: Args, _line: int) -> None:
    """`no ip community-list …`."""
    state.bgp.community_lists.pop(args[0], None)


def community(word: str) -> str:
    """A community as "aa:nn", or its name; a device prints one number unless told otherwise."""
    for name in ("no-export", "no-advertise", "local-AS"):
        if word.lower() == name.lower():
            return name
    high, colon, low = word.partition(":")
    if colon:
        return f"{number(high, 0, 65535)}:{number(low, 0, 65535)}"
    value = number(word, 1, 0xFFFFFFFF)
    return f"{value >> 16}:{value & 0xFFFF}"


def _prefix_rows(family: Family) -> tuple[Row[Routes], ...]:
    words, (place, longest) = WORDS_OF[family], _PLACES[family]
    head = f"{words} prefix-list"
    entry = f"WORD {_SEQ} {_WHICH} {place} [ge (1-{longest})] [le (1-{longest})]"
    return (
        *harmless(_TEXT, f"{head} sequence-number"),
        own(f"{head} WORD description LINE", describe(family)),
        own(f"{head} {entry}", add_prefix(family)),
        own(f"no {head} {entry}", drop_prefix(family)),
        own(f"no {head} WORD {_SEQ}", drop_prefix(family)),
        own(f"no {head} WORD description [LINE]", inert=True, why=_TEXT),
    )


LISTS: tuple[Row[Routes], ...] = (
    *_prefix_rows(Family.V4),
    *_prefix_rows(Family.V6),
    own(f"ip as-path access-list (1-500) {_WHICH} LINE", add_as_path),
    own("no ip as-path access-list (1-500)", drop_as_path),
    own(f"ip community-list (1-99) {_WHICH} LINE", add_community),
    own(f"ip community-list standard WORD {_WHICH} LINE", add_community),
    own("no ip community-list (1-99)", drop_community),
    own("no ip community-list standard WORD", drop_community),
    *not_modelled(
        _EXPANDED, "ip community-list (100-500) LINE", "ip community-list expanded LINE",
        "ip extcommunity-list LINE", "no ip extcommunity-list LINE",
    ),
    *harmless("how communities are printed", "ip bgp-community new-format"),
)  # fmt: skip
