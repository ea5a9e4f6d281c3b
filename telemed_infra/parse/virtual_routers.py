"""Virtual routers as lines build them, on every platform whose interfaces have some.

A group of a device that is down (its interface is shut, or has no address of the family) answers
nobody, so it is no virtual router; its line is kept, so that a finding can name it. An address
outside of the interface's networks is refused by devices, and so it is here.
Source: RFC 5798; docs/reference/platforms.md, "Pairs".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import PairPlace
from telemed_infra.redundancy import Rank, Tracked, VirtualRouter

NUMBER_MAX = 255
PRIORITY_MAX = 254
ADDRESSES_MAX = 16  # of one group
REDUCED_BY = 10  # where a line names an interface and no number
LINK_LOCAL = 0xFE80 >> 6

Refuse = Callable[[int, str], None]
"""Turns a line into an unread one, and says why."""


class GroupKey(NamedTuple):
    """A group of one interface."""

    family: Family
    number: int


@dataclass(slots=True)
class Group:
    """A group as it is being written; addresses and what is tracked with their lines."""

    line: int
    addresses: dict[int, int] = field(default_factory=dict)
    elsewhere: set[int] = field(default_factory=set)  # addresses with a mask of their own
    rank: Rank = Rank.BY_PRIORITY
    priority: int = 100
    numbered: int = 0  # the line that says what only counts BY_PRIORITY
    preempt_s: int | None = 0
    advertised_ms: int = 1000
    tracked: dict[str, tuple[int, int]] = field(default_factory=dict)
    """What is watched: by how much it lowers the priority, and the line."""
    off: bool = False  # the group itself is shut down


Groups = dict[GroupKey, Group]


class PortGroups(NamedTuple):
    """An interface with its groups, and what decides whether they stand."""

    interface: str
    addresses: Iterable[str]  # its own, as "a/len"
    shut: bool
    six: bool  # it speaks IPv6 by an address of the link, if by no other
    groups: Groups


class OwnAddress(NamedTuple):
    """An address of an interface, with the length of its network."""

    family: Family
    address: int
    length: int

    @property
    def mask(self) -> int:
        """The bits of the network."""
        return (1 << self.family.bits) - (1 << (self.family.bits - self.length))

    @property
    def network(self) -> int:
        """The network's first address."""
        return self.address & self.mask


class Standing(NamedTuple):
    """The virtual routers of a device, and where each begins, also those that are down."""

    routers: frozenset[VirtualRouter]
    lines: dict[PairPlace, int]


def standing(
    ports: Iterable[PortGroups], refuse: Refuse, watched: Callable[[str], str | None] | None = None
) -> Standing:
    """What the groups of a device come to.

    `watched` tells what a tracked name stands for (a track entry's interface), or None: no such.
    """
    routers: set[VirtualRouter] = set()
    lines: dict[PairPlace, int] = {}
    for port in ports:
        if not port.groups:
            continue
        networks = [own_address(one) for one in port.addresses]
        for key, group in port.groups.items():
            lines[PairPlace(port.interface, *key)] = group.line
            tracked = frozenset(_tracked(group, refuse, watched))
            addresses = tuple(_addresses(port, key.family, group, networks, refuse))
            if addresses and not group.off and not port.shut:
                routers.add(_router(port.interface, key, group, addresses, tracked))
    return Standing(frozenset(routers), lines)


def is_link_local(address: int) -> bool:
    """Whether an IPv6 address is good on its link alone."""
    return address >> 118 == LINK_LOCAL


def _router(
    interface: str,
    key: GroupKey,
    group: Group,
    addresses: tuple[int, ...],
    tracked: frozenset[Tracked],
) -> VirtualRouter:
    """Of a group whose pair decides, the numbers that platforms do not use are left as they are."""
    family, number = key
    if group.rank is not Rank.BY_PRIORITY:
        return VirtualRouter(interface, family, number, addresses, group.rank)
    return VirtualRouter(
        interface,
        family,
        number,
        addresses,
        group.rank,
        group.priority,
        group.preempt_s,
        group.advertised_ms,
        tracked,
    )


def _addresses(
    port: PortGroups,
    family: Family,
    group: Group,
    networks: list[OwnAddress],
    refuse: Refuse,
) -> Iterator[int]:
    """The addresses that the interface can have; of IPv6 the first is one of the link."""
    own = [(one.network, one.mask) for one in networks if one.family is family]
    speaks = bool(own) or (family is Family.V6 and port.six)
    first = True
    for address, line in group.addresses.items():
        local = family is Family.V6 and is_link_local(address)
        if family is Family.V6 and first and not local:
            refuse(line, "the first address of an IPv6 group is one of the link (fe80::/10)")
            continue
        near = any(address & mask == network for network, mask in own)
        if not speaks:
            refuse(line, "the interface has no address of this family")
        elif near or local or address in group.elsewhere:
            first = False
            yield address
        else:
            refuse(line, "the address is in no network of the interface")


def _tracked(
    group: Group, refuse: Refuse, watched: Callable[[str], str | None] | None
) -> Iterator[Tracked]:
    for name, (reduced_by, line) in group.tracked.items():
        interface = watched(name) if watched else name
        if interface is None:
            refuse(line, f"there is no track entry {name}, so nothing is watched")
        else:
            yield Tracked(interface, reduced_by)


@lru_cache(maxsize=1 << 10)
def own_address(text: str) -> OwnAddress:
    """An interface's "a/len"."""
    address, _, length = text.partition("/")
    if ":" in address:
        family, value = Family.V6, int(IPv6Address(address))
    else:
        family, value = Family.V4, int(IPv4Address(address))
    return OwnAddress(family, value, int(length))
