"""Values of nft's data types: a word, or the words of a set, as ranges of integers.

Source: nft(8), "Data types". Words repeat from device to device, so small pieces are remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import IPv6Address

from telemed_infra.packets import Family, Range, Ranges, subtract, union
from telemed_infra.parse.nftables import words
from telemed_infra.parse.nftables.tokens import Unreadable

Names = frozenset[str]
Value = Ranges | Names | int
"""Ranges of a number, a set of interface names, or a set of bits."""

# Bits of a connection's state as the kernel numbers them; `nft -n` prints them in hex.
INVALID, ESTABLISHED, RELATED, NEW, UNTRACKED = 1, 2, 4, 8, 64
EVERY_STATE = INVALID | ESTABLISHED | RELATED | NEW | UNTRACKED
V4_BIT, V6_BIT = 1, 2
BOTH_FAMILIES = V4_BIT | V6_BIT

UNIVERSES: Mapping[str, Ranges] = {
    "ipv4_addr": Family.V4.every_address,
    "ipv6_addr": Family.V6.every_address,
    "inet_service": ((0, 0xFFFF),),
    "inet_proto": ((0, 0xFF),),
    "icmp_type": ((0, 0xFF),),
    "icmp_code": ((0, 0xFF),),
    "icmpv6_type": ((0, 0xFF),),
    "icmpv6_code": ((0, 0xFF),),
}
ADDRESS_KINDS = frozenset({"ipv4_addr", "ipv6_addr"})
NAME_KINDS = frozenset({"ifname", "iface_index"})
BITS: Mapping[str, Mapping[str, int]] = {
    "ct_state": {
        "invalid": INVALID, "established": ESTABLISHED, "related": RELATED, "new": NEW,
        "untracked": UNTRACKED,
    },
    "nf_proto": {"ipv4": V4_BIT, "ipv6": V6_BIT, "2": V4_BIT, "10": V6_BIT},
    "ether_type": {"ip": V4_BIT, "ip6": V6_BIT, "0x0800": V4_BIT, "0x86dd": V6_BIT},
}  # fmt: skip
EVERY_BIT: Mapping[str, int] = {
    "ct_state": EVERY_STATE, "nf_proto": BOTH_FAMILIES, "ether_type": BOTH_FAMILIES,
}  # fmt: skip
KINDS = frozenset(UNIVERSES) | NAME_KINDS | frozenset(BITS)


@lru_cache(maxsize=1 << 11)
def read_values(kind: str, items: tuple[str, ...]) -> Value:
    """The union of items, each a value, a prefix or a range without spaces."""
    if kind in NAME_KINDS:
        return frozenset(map(_interface, items))
    if kind in BITS:
        bits = 0
        for item in items:
            bits |= _bit(kind, item)
        return bits
    read = _READERS[kind]
    if len(items) == 1:
        return (read(items[0]),)
    return union([read(item) for item in items])


def complement(kind: str, value: Value) -> Value:
    """Everything of the kind but the value; interface names have no complement."""
    if isinstance(value, int):
        return EVERY_BIT[kind] & ~value
    if isinstance(value, frozenset):
        raise Unreadable("`!=` of interface names is not read here")
    return subtract(UNIVERSES[kind], value)


def compared(kind: str, operator: str, value: Value) -> Value:
    """What `<`, `>`, `<=` or `>=` a single number leaves."""
    if not isinstance(value, tuple) or len(value) != 1 or value[0][0] != value[0][1]:
        raise Unreadable(f"`{operator}` wants one number")
    ((low, high),) = UNIVERSES[kind]
    number = value[0][0]
    cut = {
        "<": (low, number - 1), "<=": (low, number), ">": (number + 1, high), ">=": (number, high),
    }[operator]  # fmt: skip
    return (cut,) if cut[0] <= cut[1] else ()


def _interface(item: str) -> str:
    name = item.strip('"')
    if "*" in name or "\\" in name:
        raise Unreadable(f"`{item}` stands for interfaces that the text does not name")
    # A bare address as a name would be lost among the addresses of a shape.
    if not name or (item[0] != '"' and (not name[0].isalpha() or item.count(":") > 1)):
        raise Unreadable(f"`{item}` is not the name of an interface")
    return name


def _bit(kind: str, item: str) -> int:
    bit = BITS[kind].get(item)
    if bit is None and kind == "ct_state" and item.startswith("0x"):
        number = _whole(item)
        bit = number if number in BITS[kind].values() else None
    if bit is None:
        raise Unreadable(f"`{item}` is not a known {kind}")
    return bit


def _address4(item: str) -> Range:
    head, slash, length = item.partition("/")
    if "-" in head:
        low, _, high = head.partition("-")
        return _ordered(_number4(low), _number4(high), item)
    first = _number4(head)
    if not slash:
        return first, first
    return _prefix(first, length, 32, item)


# nft takes `010` for eight: such a word is not in here, and stays unread.
_BYTES = {str(number): number for number in range(256)}


def _number4(word: str) -> int:
    try:
        a, b, c, d = word.split(".")
        return _BYTES[a] << 24 | _BYTES[b] << 16 | _BYTES[c] << 8 | _BYTES[d]
    except (KeyError, ValueError):
        raise Unreadable(f"`{word}` is not an IPv4 address") from None


def _address6(item: str) -> Range:
    head, slash, length = item.partition("/")
    if "-" in head:
        low, _, high = head.partition("-")
        return _ordered(_number6(low), _number6(high), item)
    first = _number6(head)
    if not slash:
        return first, first
    return _prefix(first, length, 128, item)


def _number6(word: str) -> int:
    try:
        return int(IPv6Address(word))
    except ValueError:
        raise Unreadable(f"`{word}` is not an IPv6 address") from None


def _prefix(first: int, length: str, bits: int, item: str) -> Range:
    ones = _BYTES.get(length, 255)
    if ones > bits:
        raise Unreadable(f"`{item}` is not a prefix")
    host = (1 << (bits - ones)) - 1
    first &= ~host
    return first, first | host


def _number_reader(names: Mapping[str, int], highest: int) -> Callable[[str], Range]:
    def number(word: str) -> int | None:
        word = word.strip('"')
        found = names.get(word)
        found = _whole(word) if found is None else found
        return found if found is not None and found <= highest else None

    @lru_cache(maxsize=1 << 12)
    def read(item: str) -> Range:
        single = number(item)
        if single is not None:
            return single, single
        # Names may hold a hyphen too: `nd-redirect-echo-reply` is beyond what people write.
        low, dash, high = item.partition("-")
        first, last = number(low), number(high)
        if not dash or first is None or last is None:
            raise Unreadable(f"`{item}` is not a known name or number up to {highest}")
        return _ordered(first, last, item)

    return read


def _whole(word: str) -> int | None:
    if _is_decimal(word):
        # nft takes `010` for eight, and long numbers for an error.
        return int(word) if word == "0" or (word[0] != "0" and len(word) < 10) else None
    digits = word[2:]
    hexadecimal = word.startswith("0x") and 0 < len(digits) < 9
    if hexadecimal and all(digit in "0123456789abcdefABCDEF" for digit in digits):
        return int(digits, 16)
    return None


def _is_decimal(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 10


def _ordered(low: int, high: int, item: str) -> Range:
    if low > high:
        raise Unreadable(f"`{item}` ends before it begins")
    return low, high


_READERS: Mapping[str, Callable[[str], Range]] = {
    "ipv4_addr": _address4,
    "ipv6_addr": _address6,
    "inet_service": _number_reader(words.PORTS, 0xFFFF),
    "inet_proto": _number_reader(words.PROTOCOLS, 0xFF),
    "icmp_type": _number_reader(words.ICMP_TYPES, 0xFF),
    "icmp_code": _number_reader(words.ICMP_CODES, 0xFF),
    "icmpv6_type": _number_reader(words.ICMP6_TYPES, 0xFF),
    "icmpv6_code": _number_reader(words.ICMP6_CODES, 0xFF),
}
