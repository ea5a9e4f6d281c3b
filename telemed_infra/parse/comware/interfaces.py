"""Names of Comware interfaces, in full or as short as typed, and ranges of them.

Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re

from telemed_infra.parse.vrp.engine import Unreadable, Words

RANGES_A_LINE = 24
PORTS_A_RANGE = 512

BRIDGE_AGGREGATION, ROUTE_AGGREGATION = "Bridge-Aggregation", "Route-Aggregation"
ETHERNET = (
    *("Ethernet", "GigabitEthernet", "Ten-GigabitEthernet", "Twenty-FiveGigE", "FortyGigE"),
    *("FiftyGigE", "HundredGigE", "TwoHundredGigE", "FourHundredGigE"),
)
"""Ports that are bridged or routed."""
NOT_PORTS = (
    *("Vlan-interface", "LoopBack", "InLoopBack", "NULL", "Tunnel", "M-GigabitEthernet"),
    *("M-Ethernet", "Aux", "Register-Tunnel", "Vsi-interface"),
)
"""What frames of a VLAN do not cross as they cross a port."""
KINDS = (*ETHERNET, BRIDGE_AGGREGATION, ROUTE_AGGREGATION, *NOT_PORTS)
SHORT = {
    "ge": "GigabitEthernet",
    "xge": "Ten-GigabitEthernet",
    "wge": "Twenty-FiveGigE",
    "fge": "FortyGigE",
    "hge": "HundredGigE",
    "mge": "M-GigabitEthernet",
    "bagg": BRIDGE_AGGREGATION,
    "ragg": ROUTE_AGGREGATION,
}
"""The names that `display interface brief` prints; a device takes them too."""

_NAME = re.compile(r"([A-Za-z][A-Za-z-]*) ?(\d[\d/]*(?::\d+)?(?:\.\d+)?)\Z", re.ASCII)


def kind_of(name: str) -> str:
    """The type of an interface by its full name."""
    return name.rstrip("0123456789/:.")


def interface(words: Words) -> str:
    """A full name, made of one word or two, in any case, its type as short as it is unique."""
    text = " ".join(words)
    found = _NAME.match(text)
    kind = _kind(found.group(1).lower()) if found else ""
    if not found or not kind:
        raise Unreadable(f"{text} is not the name of an interface")
    return kind + found.group(2)


def interface_list(words: Words) -> tuple[str, ...]:
    """`{<type> <number> [to <type> <number>]}&<1-24>` as full names, in the order given."""
    names: list[str] = []
    ranges = 0
    while words:
        first, words = _first(words)
        if words and words[0].lower() == "to":
            last, words = _first(words[1:])
            names += _between(first, last)
        else:
            names.append(first)
        ranges += 1
    if not 1 <= ranges <= RANGES_A_LINE:
        raise Unreadable(f"1 to {RANGES_A_LINE} interfaces or ranges of them are expected")
    return tuple(dict.fromkeys(names))


def _kind(word: str) -> str:
    for kind in KINDS:
        if kind.lower() == word:
            return kind
    fitting = [kind for kind in KINDS if kind.lower().startswith(word)]
    return fitting[0] if len(fitting) == 1 else SHORT.get(word, "")


def _first(words: Words) -> tuple[str, Words]:
    """The name at the start of the words, and the words that follow it."""
    if words and _NAME.match(words[0]):
        return interface(words[:1]), words[1:]
    return interface(words[:2]), words[2:]


def _between(first: str, last: str) -> list[str]:
    """Ports of one module whose last numbers lie between two, both included."""
    head, _, low = first.rpartition("/")
    other, _, high = last.rpartition("/")
    if not head:
        head, low = _parted(first)
        other, high = _parted(last)
    if head != other or not (low.isdigit() and high.isdigit()):
        raise Unreadable(f"{first} and {last} are no ends of one row of ports")
    if not 0 <= int(high) - int(low) < PORTS_A_RANGE:
        raise Unreadable(f"{first} to {last} is empty or longer than {PORTS_A_RANGE} ports")
    slash = "/" if "/" in first else ""
    return [f"{head}{slash}{number}" for number in range(int(low), int(high) + 1)]


def _parted(name: str) -> tuple[str, str]:
    kind = kind_of(name)
    return kind, name[len(kind) :]
