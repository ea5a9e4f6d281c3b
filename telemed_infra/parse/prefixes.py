"""Sets of prefixes, exact: which networks of which lengths.

A prefix list speaks of networks, not of addresses: `10.12.0.0/20 ge 32` holds the 4,096 hosts and
not the block. So a set is kept length by length, each as ranges of first addresses. All ranges
begin and end where prefixes of their length do, so equal sets are equal values.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from ipaddress import ip_address, ip_network

from msgspec import Struct

from telemed_infra.packets import NO_RANGES, Family, Ranges, intersect, subtract, union


class PrefixSet(Struct, frozen=True):
    """Prefixes of one family; `lengths[n]` holds those of n bits."""

    family: Family
    lengths: tuple[Ranges, ...]

    def __bool__(self) -> bool:
        return any(self.lengths)

    def __or__(self, other: PrefixSet) -> PrefixSet:
        pairs = zip(self.lengths, other.lengths, strict=True)
        return PrefixSet(
            self.family, tuple([union((*a, *b)) if a and b else a or b for a, b in pairs])
        )

    def __and__(self, other: PrefixSet) -> PrefixSet:
        pairs = zip(self.lengths, other.lengths, strict=True)
        return PrefixSet(
            self.family, tuple([intersect(a, b) if a and b else NO_RANGES for a, b in pairs])
        )

    def __sub__(self, other: PrefixSet) -> PrefixSet:
        pairs = zip(self.lengths, other.lengths, strict=True)
        return PrefixSet(self.family, tuple([subtract(a, b) if a and b else a for a, b in pairs]))

    def witness(self) -> str:
        """The shortest prefix in the set, the lowest of that length; the set is not empty."""
        for length, ranges in enumerate(self.lengths):
            if ranges:
                return _text(self.family, ranges[0][0], length)
        raise ValueError("an empty set has no witness")

    def count(self) -> int:
        """How many prefixes the set holds."""
        return sum(
            (high - low + 1) >> (self.family.bits - length)
            for length, ranges in enumerate(self.lengths)
            for low, high in ranges
        )

    def __str__(self) -> str:
        count = self.count()
        return f"{count} prefixes" if count != 1 else self.witness()


def _text(family: Family, first: int, length: int) -> str:
    # Built by family: a small integer alone would be taken for an IPv4 address.
    size = 4 if family is Family.V4 else 16
    return f"{ip_address(first.to_bytes(size, 'big'))}/{length}"


@cache
def no_prefixes(family: Family) -> PrefixSet:
    """The empty set."""
    return PrefixSet(family, (NO_RANGES,) * (family.bits + 1))


@cache
def every_prefix(family: Family) -> PrefixSet:
    """Everything that a route may be for, the default route too."""
    return PrefixSet(family, (family.every_address,) * (family.bits + 1))


def prefixes_within(text: str, low: int | None = None, high: int | None = None) -> PrefixSet:
    """The prefixes inside one, of lengths low to high (both included; its own length if none).

    Bits behind the length are ignored, as FRR does. Raises ValueError if it is no prefix, or the
    lengths are not in order.
    """
    network = ip_network(text, strict=False)
    family = Family(network.version)
    low = network.prefixlen if low is None else low
    high = low if high is None else high
    if not network.prefixlen <= low <= high <= family.bits:
        raise ValueError(f"lengths {low} to {high} are not in {text}")
    ranges = ((int(network.network_address), int(network.broadcast_address)),)
    lengths = (ranges if low <= n <= high else NO_RANGES for n in range(family.bits + 1))
    return PrefixSet(family, tuple(lengths))


def prefixes_inside(prefixes: PrefixSet) -> PrefixSet:
    """Every prefix that is longer than some prefix of a set and lies in it."""
    inside: list[Ranges] = []
    so_far = NO_RANGES
    for ranges in prefixes.lengths:
        inside.append(so_far)
        so_far = union((*so_far, *ranges))
    return PrefixSet(prefixes.family, tuple(inside))


def networks_at(family: Family, ranges: Ranges) -> PrefixSet:
    """Prefixes of every length whose own address, the first one, lies in some ranges."""
    lengths: list[Ranges] = []
    for length in range(family.bits + 1):
        size = 1 << (family.bits - length)
        aligned = ((-(-low // size) * size, high // size * size + size - 1) for low, high in ranges)
        lengths.append(union((low, high) for low, high in aligned if low < high or size == 1))
    return PrefixSet(family, tuple(lengths))


def hosts(family: Family, ranges: Ranges) -> PrefixSet:
    """Single addresses: /32 or /128 each."""
    return PrefixSet(family, ((NO_RANGES,) * family.bits) + (ranges,))


def host_ranges(prefixes: PrefixSet) -> Ranges:
    """Every address that some prefix of the set covers."""
    return union(part for ranges in prefixes.lengths for part in ranges)


def joined(family: Family, sets: Iterable[PrefixSet]) -> PrefixSet:
    """The union of any number of sets."""
    result = no_prefixes(family)
    for one in sets:
        result |= one
    return result
