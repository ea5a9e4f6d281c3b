"""The arguments of IOS commands as values: numbers, addresses, masks, VLANs, interface names.

Every function takes words and returns a value, or raises `Unreadable`.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from telemed_infra.packets import Range, Ranges, union
from telemed_infra.parse.frr.engine import Unreadable

RANGES_MAX = 1024
"""How many ranges one address with a discontiguous wildcard may become before it is refused."""
VLAN_MAX = 4094
ALL_VLANS = frozenset(range(1, VLAN_MAX + 1))
RESERVED_VLANS = frozenset(range(1002, 1006))

_PORT = re.compile(r"([A-Za-z-]+) ?(\d+(?:/\d+){0,3}(?::\d+)?(?:\.\d+)?)\Z")
_RANGE = re.compile(r"\s*([A-Za-z-]+ ?\d[\d/:.]*)\s*(?:-\s*(\S+(?: \d\S*)?)\s*)?")
_PORT_TYPES = (
    *("Ethernet", "FastEthernet", "GigabitEthernet", "TwoGigabitEthernet", "FiveGigabitEthernet"),
    *("TenGigabitEthernet", "TwentyFiveGigE", "FortyGigabitEthernet", "HundredGigE"),
    *("AppGigabitEthernet", "Port-channel", "Vlan", "Loopback", "Tunnel", "Serial", "Dialer"),
    *("BDI", "BVI", "Null", "Cellular", "Virtual-Template", "NVI", "Async", "Multilink"),
)


def number(word: str, low: int, high: int) -> int:
    """A decimal number between two bounds, both included."""
    if not (word.isascii() and word.isdigit() and len(word) <= 10):
        raise Unreadable(f"{word} is not a number")
    value = int(word)
    if not low <= value <= high:
        raise Unreadable(f"{value} is not between {low} and {high}")
    return value


@lru_cache(1 << 14)
def ipv4(word: str) -> int:
    """A dotted IPv4 address."""
    try:
        return int(IPv4Address(word))
    except ValueError:
        raise Unreadable(f"{word} is not an IPv4 address") from None


def is_ipv4(word: str) -> bool:
    """Whether a word looks like a dotted address, right or wrong."""
    return word[:1].isdigit() and word.count(".") == 3


@lru_cache(1 << 12)
def ipv6(word: str) -> int:
    """An IPv6 address without a zone."""
    try:
        if "%" in word or ":" not in word:
            raise ValueError
        return int(IPv6Address(word))
    except ValueError:
        raise Unreadable(f"{word} is not an IPv6 address") from None


def ipv6_prefix(word: str) -> Range:
    """`X:X::X:X/M`: first and last address; bits below the length do not count."""
    address, _, length = word.partition("/")
    host_bits = (1 << (128 - number(length, 0, 128))) - 1
    value = ipv6(address)
    return value & ~host_bits, value | host_bits


def mask_length(mask: str) -> int:
    """The length of a netmask; one with gaps, or a wildcard, is refused."""
    inverted = ~ipv4(mask) & 0xFFFFFFFF
    if inverted & (inverted + 1):
        raise Unreadable(f"{mask} is not a netmask")
    return 32 - inverted.bit_length()


def netmasked(address: str, length: int) -> Ranges:
    """The network that an address lies in."""
    host_bits = (1 << (32 - length)) - 1
    value = ipv4(address)
    return ((value & ~host_bits, value | host_bits),)


@lru_cache(1 << 14)
def wildcard(address: str, free_bits: str) -> Ranges:
    """All addresses that agree where the wildcard has zeros, also between its ones."""
    value, free = ipv4(address), ipv4(free_bits)
    run = 0
    while free >> run & 1:
        run += 1
    scattered = [bit for bit in range(run, 32) if free >> bit & 1]
    if 1 << len(scattered) > RANGES_MAX:
        raise Unreadable(f"the wildcard leaves more than {RANGES_MAX} separate ranges")
    starts = [value & ~free & 0xFFFFFFFF]
    for bit in scattered:
        starts += [start | 1 << bit for start in starts]
    size = (1 << run) - 1
    return union((start, start + size) for start in starts)


def interface_ipv4(address: str, mask: str) -> str:
    """An interface's address as "a/len"."""
    return f"{IPv4Address(ipv4(address))}/{mask_length(mask)}"


def interface_ipv6(word: str) -> str:
    """An interface's address as "a/len"."""
    try:
        network = IPv6Network(word, strict=False)
    except ValueError:
        raise Unreadable(f"{word} is not an IPv6 address with its length") from None
    return f"{IPv6Address(ipv6(word.partition('/')[0]))}/{network.prefixlen}"


def vlan_list(text: str) -> frozenset[int]:
    """`10,20,30-35`; blanks after a comma are typed now and then."""
    found: set[int] = set()
    for part in re.sub(r"\s*,\s*", ",", text).split(","):
        low, dash, high = part.partition("-")
        first = number(low.strip(), 1, VLAN_MAX)
        last = number(high.strip(), 1, VLAN_MAX) if dash else first
        if last < first:
            raise Unreadable(f"{part} is empty")
        found.update(range(first, last + 1))
    return frozenset(found)


@lru_cache(1 << 12)
def interface(text: str) -> str:
    """The full name of an interface, from any unique abbreviation of its type."""
    found = _PORT.match(text.strip())
    typed = found[1].lower() if found else ""
    kinds = [kind for kind in _PORT_TYPES if kind.lower().startswith(typed)]
    exact = [kind for kind in kinds if kind.lower() == typed]
    if not found or len(exact or kinds) != 1:
        raise Unreadable(f"{text} is not the name of one interface")
    return (exact or kinds)[0] + found[2]


def interface_range(text: str) -> tuple[str, ...]:
    """`Gi1/0/1 - 4, Te1/1/1`: the names of all the interfaces."""
    names: list[str] = []
    for part in text.split(","):
        found = _RANGE.fullmatch(part)
        if not found:
            raise Unreadable(f"{part.strip()} is no range of interfaces")
        names += _counted(found[1], found[2] or "")
    if len(set(names)) != len(names):
        raise Unreadable("an interface stands twice in the range")
    return tuple(names)


def _counted(first: str, last: str) -> list[str]:
    name = interface(first)
    if not last:
        return [name]
    head, low = _split(name)
    stem, high = (head, number(last, 0, 9999)) if last.isdigit() else _split(interface(last))
    if stem != head or not low <= high <= low + 1000:
        raise Unreadable(f"{first} - {last} is no range of interfaces")
    return [f"{head}{place}" for place in range(low, high + 1)]


def _split(name: str) -> tuple[str, int]:
    digits = len(name) - len(name.rstrip("0123456789"))
    return name[:-digits], int(name[-digits:])
