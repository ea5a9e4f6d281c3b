"""The arguments of commands, as values: names, numbers, addresses, ports, interfaces, VLANs.

Every function takes words and returns a value or raises `Unreadable`.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from telemed_infra.packets import FAMILIES, NO_RANGES, Family, Range, Ranges, union
from telemed_infra.parse.vrp.engine import Unreadable, Words

RANGES_MAX = 1024
"""How many ranges one address with a discontiguous wildcard may become before it is refused."""
VLANS_A_LINE = 10
VLAN_MAX = 4094

_OCTETS = {str(octet): octet for octet in range(256)}
_PORT = re.compile(r"([A-Za-z-]+|\d+GE) ?(\d[\d/]*(?::\d+)?(?:\.\d+)?)\Z")
_PORT_TYPES = {
    name.lower(): name
    for name in (
        *("Ethernet", "GigabitEthernet", "XGigabitEthernet", "MultiGE", "GE", "10GE", "25GE"),
        *("40GE", "50GE", "100GE", "200GE", "400GE", "Eth-Trunk", "Vlanif", "LoopBack", "MEth"),
        *("NULL", "Tunnel", "Dialer", "Virtual-Template", "Virtual-if", "Cellular", "Serial"),
        "Bridge-if",
    )
}


class Addresses(NamedTuple):
    """Addresses of both families."""

    v4: Ranges = NO_RANGES
    v6: Ranges = NO_RANGES


EVERY_ADDRESS = Addresses(*(family.every_address for family in FAMILIES))


def number(word: str, low: int, high: int) -> int:
    """A decimal number between two bounds, both included."""
    if not (word.isascii() and word.isdigit() and len(word) <= 10):
        raise Unreadable(f"{word} is not a number")
    value = int(word)
    if not low <= value <= high:
        raise Unreadable(f"{value} is not between {low} and {high}")
    return value


def one(words: Words) -> str:
    """Exactly one argument: a name."""
    if len(words) != 1:
        raise Unreadable("one name is expected")
    return name(words[0])


def name(word: str) -> str:
    """A name; the two signs no name may have are `?` and the quote."""
    if not word or '"' in word or "?" in word:
        raise Unreadable(f"{word} is not a name")
    return word


def nothing(words: Words) -> None:
    """No argument."""
    if words:
        raise Unreadable(f"{words[0]} is not expected here")


def names(words: Words, limit: int = 6) -> tuple[str, ...]:
    """One to six names, the number that one line of a rule takes."""
    if not 1 <= len(words) <= limit:
        raise Unreadable(f"a line takes 1 to {limit} names")
    return tuple(name(word) for word in words)


def without_description(words: Words) -> Words:
    """The words before a trailing `description <text>`."""
    return words[: words.index("description")] if "description" in words else words


def interface(words: Words) -> str:
    """A full interface name; typed text may split it and use any case, the result does neither."""
    found = _PORT.match(" ".join(words))
    kind = found and _PORT_TYPES.get(found.group(1).lower())
    if not found or not kind:
        raise Unreadable(f"{' '.join(words)} is not the full name of an interface")
    return kind + found.group(2)


def ipv4(word: str) -> int:
    """A dotted IPv4 address."""
    try:
        first, second, third, fourth = [_OCTETS[octet] for octet in word.split(".")]
    except (KeyError, ValueError):
        raise Unreadable(f"{word} is not an IPv4 address") from None
    return first << 24 | second << 16 | third << 8 | fourth


def address(word: str) -> tuple[Family, int]:
    """An address of either family."""
    if ":" not in word:
        return Family.V4, ipv4(word)
    try:
        if "%" in word:
            raise ValueError
        return Family.V6, int(IPv6Address(word))
    except ValueError:
        raise Unreadable(f"{word} is not an IPv6 address") from None


def address_range(words: Words) -> Addresses:
    """`range` with its first and last address taken off: two addresses of one family, in order."""
    if len(words) != 2:
        raise Unreadable("a range has two ends")
    family, low = address(words[0])
    other, high = address(words[1])
    if family is not other or high < low:
        raise Unreadable("the ends of the range do not belong together")
    return _of(family, ((low, high),))


def set_address(words: Words) -> Addresses:
    """What stands in an address set: `<ip> {0|<wildcard>|mask {<len>|<mask>}} | <ip6> <len>`.

    `0` is a host; other bare lengths are not in the grammar. Source: docs/reference/platforms.md.
    """
    if len(words) == 2 and "." in words[0] and words[1] == "0":
        return _host(ipv4(words[0]))
    if len(words) == 2 and "." in words[0] and "." not in words[1]:
        raise Unreadable("an IPv4 address of a set takes 0, a wildcard or `mask`")
    return _either(words)


def rule_address(words: Words) -> Addresses:
    """What stands in a rule: `<ip> {<len>|mask <mask>|<wildcard>} | <ip6> <len>`.

    A dotted word without `mask` is a wildcard. A length 0 could as well be the wildcard of a host,
    so it is refused. Source: docs/reference/platforms.md.
    """
    if len(words) == 2 and "." in words[0] and "." not in words[1]:
        return _v4_prefix(words[0], number(words[1], 1, 32))
    return _either(words)


def interface_address(words: Words) -> str:
    """An interface's `<ip> {<mask>|<len>} [sub]`, `<ip6> <len>` or `<ip6>/<len>` as "a/len"."""
    if words and words[-1] == "sub":
        words = words[:-1]
    if len(words) == 1 and "/" in words[0] and ":" in words[0]:
        words = tuple(words[0].split("/", 1))
    if len(words) != 2:
        raise Unreadable("an address and its mask are expected")
    family, value = address(words[0])
    if "." in words[1] and family is Family.V4:
        length = _length(ipv4(words[1]))
    else:
        length = number(words[1], 0, family.bits)
    text = IPv4Address(value) if family is Family.V4 else IPv6Address(value)
    return f"{text}/{length}"


def port_list(words: Words) -> tuple[Ranges, Words]:
    """`{p [to q]}&<1-64>` at the start of the words, and the words that follow it."""
    found, rest = _numbers(words, 0, 0xFFFF)
    if not 1 <= len(found) <= 64:
        raise Unreadable("1 to 64 ports are expected")
    return union(found), rest


def vlan_list(words: Words) -> frozenset[int]:
    """`{a [to b]}&<1-10>`."""
    found, rest = _numbers(words, 1, VLAN_MAX)
    if rest or not 1 <= len(found) <= VLANS_A_LINE:
        raise Unreadable(f"1 to {VLANS_A_LINE} VLANs or ranges of VLANs are expected")
    return frozenset(vlan for low, high in found for vlan in range(low, high + 1))


def number_range(words: Words, low: int, high: int) -> tuple[Range, Words]:
    """`a [to b]` at the start of the words, and the words that follow it."""
    if not words:
        raise Unreadable("a number is expected")
    first = number(words[0], low, high)
    if len(words) < 3 or words[1] != "to":
        return (first, first), words[1:]
    last = number(words[2], low, high)
    if last < first:
        raise Unreadable(f"{first} to {last} is empty")
    return (first, last), words[3:]


def _numbers(words: Words, low: int, high: int) -> tuple[list[Range], Words]:
    found: list[Range] = []
    while words and words[0].isdigit():
        part, words = number_range(words, low, high)
        found.append(part)
    return found, words


def _either(words: Words) -> Addresses:
    if len(words) == 3 and words[1] == "mask":
        if "." in words[2]:
            return _masked(ipv4(words[0]), ipv4(words[2]))
        return _v4_prefix(words[0], number(words[2], 0, 32))
    if len(words) != 2:
        raise Unreadable("an address with its mask, wildcard or length is expected")
    if ":" in words[0]:
        family, value = address(words[0])
        host_bits = (1 << (family.bits - number(words[1], 0, family.bits))) - 1
        return _of(family, ((value & ~host_bits, value | host_bits),))
    return _masked(ipv4(words[0]), ~ipv4(words[1]) & 0xFFFFFFFF)


def _v4_prefix(word: str, length: int) -> Addresses:
    host_bits = (1 << (32 - length)) - 1
    value = ipv4(word)
    return Addresses(v4=((value & ~host_bits, value | host_bits),))


def _host(value: int) -> Addresses:
    return Addresses(v4=((value, value),))


def _masked(value: int, mask: int) -> Addresses:
    """All addresses that agree with the value where the mask has ones, also between zeros."""
    free = ~mask & 0xFFFFFFFF
    run = 0
    while free >> run & 1:
        run += 1
    scattered = [bit for bit in range(run, 32) if free >> bit & 1]
    if 1 << len(scattered) > RANGES_MAX:
        raise Unreadable(f"the mask leaves more than {RANGES_MAX} separate ranges")
    starts = [value & mask]
    for bit in scattered:
        starts += [start | 1 << bit for start in starts]
    size = (1 << run) - 1
    return Addresses(v4=union((start, start + size) for start in starts))


def _of(family: Family, ranges: Ranges) -> Addresses:
    return Addresses(v4=ranges) if family is Family.V4 else Addresses(v6=ranges)


def _length(mask: int) -> int:
    inverted = ~mask & 0xFFFFFFFF
    if inverted & (inverted + 1):
        raise Unreadable("the mask of an interface has no gaps")
    return 32 - inverted.bit_length()
