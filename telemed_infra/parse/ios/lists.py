"""Access lists as commands build them: numbered, named, IPv6.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.ios.entries import Entry, extended_entry, standard_entry
from telemed_infra.parse.ios.state import AccessList, Does, Ios
from telemed_infra.parse.ios.values import number

_STANDARD = ((1, 99), (1300, 1999))
_EXTENDED = ((100, 199), (2000, 2699))


def enter_list(*, standard: bool = False, family: Family = Family.V4) -> Does:
    """`ip access-list {standard|extended} WORD`, `ipv6 access-list WORD`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        name = args[0]
        if name.isdigit() and _is_standard(name) is not standard:
            raise Unreadable(f"{name} is not a number of such a list")
        state.open_list = _opened(state, name, line, standard=standard, family=family)

    return effect


def remove_list(state: Ios, args: Args, _line: int) -> None:
    """`no ip access-list … WORD`; also `no access-list N …`, which takes the whole list away.

    Scripts remove before they define: of a list that is not there nothing remains, too.
    """
    state.lists.pop(args[0], None)


def add_entry(state: Ios, args: Args, line: int) -> None:
    """`[N] {permit|deny} …` in a list's view."""
    place, action, text = args
    words = text.split()
    if state.open_list.family is Family.V6 and words[-2:-1] == ["sequence"]:
        place, text = words[-1], " ".join(words[:-2])
    state.open_list.add(_place(place), _entry(state.open_list, action, text), line)


def add_unnumbered(state: Ios, args: Args, line: int) -> None:
    """`{permit|deny} …`: at the end."""
    add_entry(state, ("", *args), line)


def remove_entry(state: Ios, args: Args, _line: int) -> None:
    """`no {permit|deny} …`."""
    state.open_list.drop(_entry(state.open_list, *args))


def remove_place(state: Ios, args: Args, _line: int) -> None:
    """`no N`, also `no N permit …`."""
    if state.open_list.entries.pop(int(args[0]), None) is None:
        raise Unreadable(f"there is no entry {args[0]} to remove")


def remark(state: Ios, args: Args, _line: int) -> None:
    """`remark TEXT`: names the entries that follow."""
    state.open_list.remark = args[-1]


def numbered_entry(state: Ios, args: Args, line: int) -> None:
    """`access-list N {permit|deny} …`."""
    held = _numbered(state, args[0], line)
    held.add(None, _entry(held, args[1], args[2]), line)


def numbered_remark(state: Ios, args: Args, line: int) -> None:
    """`access-list N remark TEXT`."""
    _numbered(state, args[0], line).remark = args[1]


def resequence(state: Ios, args: Args, _line: int) -> None:
    """`ip access-list resequence WORD START STEP`: new numbers, the same order."""
    held = state.lists.get(args[0])
    if held is None:
        raise Unreadable(f"there is no access list {args[0]}")
    start, step = int(args[1]), int(args[2])
    ordered = held.in_order()
    held.entries = {start + step * place: entry for place, entry in enumerate(ordered)}


def _numbered(state: Ios, name: str, line: int) -> AccessList:
    return _opened(state, name, line, standard=_is_standard(name), family=Family.V4)


def _is_standard(name: str) -> bool:
    value = number(name, 1, 2699)
    if any(low <= value <= high for low, high in _STANDARD):
        return True
    if any(low <= value <= high for low, high in _EXTENDED):
        return False
    raise Unreadable(f"{name} is not the number of an IP access list")


def _opened(state: Ios, name: str, line: int, *, standard: bool, family: Family) -> AccessList:
    held = state.lists.setdefault(name, AccessList(name, line, family, standard))
    if held.family is not family or held.standard is not standard:
        raise Unreadable(f"{name} is the name of another kind of list already")
    return held


def _entry(held: AccessList, action: str, text: str) -> Entry:
    if held.standard:
        return standard_entry(action, text)
    return extended_entry(action, text, held.family)


def _place(word: str) -> int | None:
    return number(word, 1, 4294967295) if word else None
