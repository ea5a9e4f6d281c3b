"""Sets of packets, as ranges of integers: the one vocabulary that intent, parsers and proof share.

An address is an integer of its family. Protocol and port are one integer, the *key*:
`protocol << 16 | destination port`, for ICMP and ICMPv6 `protocol << 16 | type << 8 | code`, for
protocols without ports `protocol << 16` up to `protocol << 16 | 0xFFFF`. Ranges include both ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NamedTuple

Range = tuple[int, int]
Ranges = tuple[Range, ...]
"""Sorted, disjoint and not adjacent: two equal sets are equal tuples (see `union`)."""

ICMP, TCP, UDP, ESP, ICMP6, VRRP, SCTP = 1, 6, 17, 50, 58, 112, 132
# ICMP types of which only code 0 is assigned (RFC 792, 4443, 4861): whatever speaks them sends it.
ONE_CODE = {ICMP: frozenset({0, 8, 13, 14}), ICMP6: frozenset({2, 128, 129, 133, 134, 135, 136})}
NO_RANGES: Ranges = ()
ANY_PORT: Range = (0, 0xFFFF)
ANY_KEY: Range = (0, (256 << 16) - 1)


class Family(IntEnum):
    """An address family, by the number that names it."""

    V4 = 4
    V6 = 6

    bits: int
    """Bits in one address."""
    every_address: Ranges
    """All addresses of the family."""

    def __init__(self, number: int) -> None:
        """Its facts, found once: they are asked for hundreds of thousands of times."""
        self.bits = 32 if number == 4 else 128
        self.every_address = ((0, (1 << self.bits) - 1),)


FAMILIES = (Family.V4, Family.V6)


class Service(NamedTuple):
    """A box of keys and source ports; for protocols without ports the source port is any."""

    key_low: int
    key_high: int
    source_low: int = 0
    source_high: int = 0xFFFF


ANY_SERVICE = Service(*ANY_KEY)


def ports(protocol: int, low: int, high: int | None = None) -> Service:
    """Destination ports low to high (both included) of a protocol, from any source port."""
    return Service(protocol << 16 | low, protocol << 16 | (low if high is None else high))


def icmp(protocol: int, kind: int, code: int | None = None) -> Service:
    """One ICMP or ICMPv6 type; every code of it unless one is named."""
    first = protocol << 16 | kind << 8
    return Service(first | (code or 0), first | (0xFF if code is None else code))


def assigned_codes(protocol: int, kind: int) -> Range:
    """The codes that a message of an ICMP or ICMPv6 type can have; every one where many are."""
    return (0, 0) if kind in ONE_CODE[protocol] else (0, 0xFF)


def whole_protocol(protocol: int) -> Service:
    """Everything of one IP protocol."""
    return Service(protocol << 16, protocol << 16 | 0xFFFF)


def network_range(prefix: str | IPv4Network | IPv6Network) -> tuple[Family, Range]:
    """The family and the first and last address of a prefix or a single address."""
    network = ip_network(prefix) if isinstance(prefix, str) else prefix
    first = int(network.network_address)
    last = first | (1 << (network.max_prefixlen - network.prefixlen)) - 1
    return Family(network.version), (first, last)


def union(ranges: Iterable[Range]) -> Ranges:
    """The normal form of any collection of ranges."""
    result: list[Range] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            if high > result[-1][1]:
                result[-1] = (result[-1][0], high)
        else:
            result.append((low, high))
    return tuple(result)


def subtract(ranges: Ranges, removed: Ranges) -> Ranges:
    """What is in `ranges` and not in `removed`; both in normal form."""
    result: list[Range] = []
    rest = iter(removed)
    cut = next(rest, None)
    for low, high in ranges:
        while cut is not None and cut[1] < low:
            cut = next(rest, None)
        start = low
        while cut is not None and cut[0] <= high:
            if start < cut[0]:
                result.append((start, cut[0] - 1))
            start = cut[1] + 1
            if start > high:
                break
            cut = next(rest, None)
        if start <= high:
            result.append((start, high))
    return tuple(result)


def intersect(left: Ranges, right: Ranges) -> Ranges:
    """What is in both; both in normal form."""
    result: list[Range] = []
    i = j = 0
    while i < len(left) and j < len(right):
        low = max(left[i][0], right[j][0])
        high = min(left[i][1], right[j][1])
        if low <= high:
            result.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(result)
