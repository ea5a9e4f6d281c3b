"""A prefix as integers, and its text: the currency of the plan."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_network
from typing import NamedTuple

from telemed_infra.packets import Family, Range


class Prefix(NamedTuple):
    """A network or a host: its first address as an integer, and its length in bits."""

    family: Family
    first: int
    length: int

    @property
    def last(self) -> int:
        """The last address."""
        return self.first | ((1 << (self.family.bits - self.length)) - 1)

    @property
    def range(self) -> Range:
        """First and last address."""
        return (self.first, self.last)

    @property
    def text(self) -> str:
        """The usual notation, `10.21.0.0/27`."""
        return f"{address_text(self.family, self.first)}/{self.length}"

    def host(self, number: int) -> Prefix:
        """The single address `number` after the first."""
        if not 0 <= number <= self.last - self.first:
            raise ValueError(f"{self.text} has no host number {number}")
        return Prefix(self.family, self.first + number, self.family.bits)

    def part(self, at: int, length: int) -> Prefix:
        """The prefix of `length` that begins `at` addresses after the first."""
        return Prefix(self.family, self.first + at, length)


class Span(NamedTuple):
    """Addresses in a row that need not be one network."""

    family: Family
    first: int
    last: int

    @property
    def range(self) -> Range:
        """First and last address."""
        return (self.first, self.last)

    @property
    def text(self) -> str:
        """`11.0.0.0-100.63.255.255`."""
        return f"{address_text(self.family, self.first)}-{address_text(self.family, self.last)}"


def parts(one: Prefix | Span) -> tuple[Prefix, ...]:
    """The same addresses as prefixes, as few as can be."""
    if isinstance(one, Prefix):
        return (one,)
    found: list[Prefix] = []
    first = one.first
    while first <= one.last:
        room = (one.last - first + 1).bit_length() - 1
        aligned = (first & -first).bit_length() - 1 if first else one.family.bits
        free = min(room, aligned)
        found.append(Prefix(one.family, first, one.family.bits - free))
        first += 1 << free
    return tuple(found)


def prefix(text: str) -> Prefix:
    """The prefix that a text names."""
    network = ip_network(text)
    return Prefix(Family(network.version), int(network.network_address), network.prefixlen)


def address_text(family: Family, address: int) -> str:
    """An address in the usual notation."""
    if family is Family.V4:
        return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"
    return _text6(address)


@lru_cache(maxsize=1 << 16)
def _text6(address: int) -> str:
    return str(IPv6Address(address))


@lru_cache(maxsize=64)
def mask_text(length: int) -> str:
    """The dotted mask of an IPv4 prefix length."""
    return address_text(Family.V4, (0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF)
