"""Names of interfaces in RGOS texts: a type, a blank, a place.

They are printed `GigabitEthernet 1/0/25` or `gi 1/0/25` by one and the same device, and typed with
or without the blank; here each has its whole name. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from functools import lru_cache

from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.values import number

VLAN, BUNDLE, MANAGEMENT = "VLAN ", "AggregatePort ", "Mgmt "
SOFTWARE = (VLAN, BUNDLE, "Loopback ", "Null ", "Tunnel ")
"""Begins the name of an interface that is no socket of the box."""
_KINDS = (
    *("FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "TFGigabitEthernet"),
    *("FortyGigabitEthernet", "HundredGigabitEthernet", "AggregatePort", "VLAN", "Loopback"),
    *("Mgmt", "Null", "Tunnel"),
)
_PLACE = r"\d{1,4}(?:/\d{1,4}){0,3}"
_NAME = re.compile(rf"([A-Za-z]+) ?({_PLACE}(?:\.\d{{1,4}})?)", re.ASCII)
_RANGE = re.compile(rf"(?:([A-Za-z]+) ?)?({_PLACE}) ?(?:- ?(?:[A-Za-z]+ ?)?({_PLACE}))?", re.ASCII)
_RANGE_MAX = 1000


@lru_cache(1 << 12)
def interface(text: str) -> str:
    """The whole name of an interface, from any abbreviation of its type that only one begins so."""
    found = _NAME.fullmatch(text.strip())
    if not found:
        raise Unreadable(f"{text} is not the name of an interface")
    return f"{_kind(found[1])} {found[2]}"


def interface_range(text: str) -> tuple[str, ...]:
    """`gi 0/1-2,0/5, te 0/25 - 26`: a part without a type has that of the part before it."""
    names: list[str] = []
    kind = ""
    for part in text.split(","):
        found = _RANGE.fullmatch(part.strip())
        kind = _kind(found[1]) if found and found[1] else kind
        if not found or not kind:
            raise Unreadable(f"{part.strip()} is no range of interfaces")
        names += _counted(kind, found[2], found[3] or found[2])
    if len(set(names)) != len(names):
        raise Unreadable("an interface stands twice in the range")
    return tuple(names)


def fused(text: str) -> str:
    """`… source vlan 10 …` with the interface's name as one word."""
    return re.sub(rf"\b(source [A-Za-z]+) (?={_PLACE}(?: |$))", r"\1", text)


def vlan_of_interface(name: str) -> int:
    """The VLAN whose interface this is; 0 of another interface."""
    return number(name.removeprefix(VLAN), 1, 4094) if name.startswith(VLAN) else 0


def _kind(typed: str) -> str:
    kinds = [kind for kind in _KINDS if kind.lower().startswith(typed.lower())]
    exact = [kind for kind in kinds if kind.lower() == typed.lower()]
    if len(exact or kinds) != 1:
        raise Unreadable(f"{typed} is not the name of one type of interfaces")
    return (exact or kinds)[0]


def _counted(kind: str, first: str, last: str) -> list[str]:
    stem, _, low = first.rpartition("/")
    head, _, high = last.rpartition("/")
    if head not in ("", stem) or not int(low) <= int(high) <= int(low) + _RANGE_MAX:
        raise Unreadable(f"{first} - {last} is no range of interfaces")
    way = f"{stem}/" if stem else ""
    return [f"{kind} {way}{place}" for place in range(int(low), int(high) + 1)]
