"""What a rule matches: one box of packets, and the conditions that narrow it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.packets import (
    ANY_SERVICE,
    ICMP,
    ICMP6,
    SCTP,
    TCP,
    UDP,
    Family,
    Range,
    Ranges,
    Service,
    intersect,
    union,
)
from telemed_infra.parse.behaviour import Interfaces
from telemed_infra.parse.nftables.tokens import Unreadable
from telemed_infra.parse.nftables.values import (
    BOTH_FAMILIES,
    EVERY_STATE,
    V4_BIT,
    V6_BIT,
    Value,
)

DCCP, UDPLITE = 33, 136
WITH_PORTS: Ranges = union((number, number) for number in (TCP, UDP, SCTP, DCCP, UDPLITE))
_EVERY4 = Family.V4.every_address
_EVERY6 = Family.V6.every_address
_WHOLE = frozenset({_EVERY4, _EVERY6})
_ANY_SERVICES = (ANY_SERVICE,)


class Match(NamedTuple):
    """A box of packets, as in a `Rule`."""

    ingress: Interfaces
    egress: Interfaces
    source4: Ranges
    destination4: Ranges
    source6: Ranges
    destination6: Ranges
    services: tuple[Service, ...]
    certain: bool = True  # False: a limit, quota or count has a say


EVERYTHING = Match(None, None, _EVERY4, _EVERY4, _EVERY6, _EVERY6, _ANY_SERVICES)
ANYWHERE, WHATEVER = EVERYTHING[:2], EVERYTHING[2:]
"""The part of a box that names interfaces, and the other, where they narrow nothing."""

Draft = dict[str, Value]
"""Conditions of a rule while it is read: what is narrowed → to which values."""


def narrow(draft: Draft, slot: str, value: Value) -> None:
    """Add one condition to those that a draft has."""
    old = draft.get(slot)
    if old is None:
        draft[slot] = value
    elif isinstance(old, tuple) and isinstance(value, tuple):
        draft[slot] = intersect(old, value)
    elif isinstance(old, frozenset) and isinstance(value, frozenset):
        draft[slot] = old.intersection(value)
    elif isinstance(old, int) and isinstance(value, int):
        draft[slot] = old & value


def states_of(draft: Draft) -> int:
    """Bits of the connection states that a draft lets match."""
    states = draft.get("state", EVERY_STATE)
    return states if isinstance(states, int) else 0


def match_of(draft: Draft, *, certain: bool) -> Match | None:
    """The box that a draft leaves, whatever the connection's state; None if it is empty."""
    if certain and not draft:
        return EVERYTHING
    family = draft.get("family", BOTH_FAMILIES)
    if not isinstance(family, int):
        return None
    source4, destination4 = _addresses(draft, "4", open_to=bool(family & V4_BIT), every=_EVERY4)
    source6, destination6 = _addresses(draft, "6", open_to=bool(family & V6_BIT), every=_EVERY6)
    services = services_of(
        *(_ranges(draft, slot) for slot in ("protocol", "dport", "sport", "type", "code"))
    )
    match = Match(
        _names(draft, "ingress"), _names(draft, "egress"),
        source4, destination4, source6, destination6, services, certain,
    )  # fmt: skip
    return None if _is_empty(match) else match


def both(left: Match, right: Match) -> Match | None:
    """What two boxes share; None if nothing."""
    if left is EVERYTHING:
        return right
    if right is EVERYTHING:
        return left
    if right[:2] == ANYWHERE and left[2:] == WHATEVER:  # the chain of a map of interfaces
        return Match(left[0], left[1], *right[2:])
    source4 = _shared(left.source4, right.source4)
    destination4 = _shared(left.destination4, right.destination4)
    source6 = _shared(left.source6, right.source6)
    destination6 = _shared(left.destination6, right.destination6)
    if not source4 or not destination4:
        source4 = destination4 = ()
    if not source6 or not destination6:
        source6 = destination6 = ()
    match = Match(
        _shared_names(left.ingress, right.ingress), _shared_names(left.egress, right.egress),
        source4, destination4, source6, destination6,
        shared_services(left.services, right.services), left.certain and right.certain,
    )  # fmt: skip
    return None if _is_empty(match) else match


def merged(matches: Iterable[Match]) -> list[Match]:
    """The same packets in fewer boxes: those that differ only in services become one."""
    found: dict[Match, list[Service]] = {}
    for match in matches:
        found.setdefault(match._replace(services=()), []).extend(match.services)
    return [match._replace(services=joined(boxes)) for match, boxes in found.items()]


def order(match: Match) -> tuple[object, ...]:
    """A key that sorts boxes the same way, whatever way the kernel lists them."""
    return (
        () if match.ingress is None else tuple(sorted(match.ingress)),
        () if match.egress is None else tuple(sorted(match.egress)),
        *match[2:],
    )


@lru_cache(maxsize=1 << 12)
def services_of(
    protocols: Ranges | None,
    dports: Ranges | None,
    sports: Ranges | None,
    types: Ranges | None,
    codes: Ranges | None,
) -> tuple[Service, ...]:
    """Boxes of services; None is no condition. Raises Unreadable where ports have no protocol."""
    if protocols is None:
        if all(ranges is None for ranges in (dports, sports, types, codes)):
            return _ANY_SERVICES
        raise Unreadable("a port without a protocol: name it with `meta l4proto { tcp, udp }`")
    if dports is None and sports is None:
        if types is not None or codes is not None:
            return _icmp(protocols, types, codes)
        return joined(Service(low << 16, high << 16 | 0xFFFF) for low, high in protocols)
    if intersect(protocols, WITH_PORTS) != protocols:
        raise Unreadable("a port of a protocol that has no ports")
    every_port = ((0, 0xFFFF),)
    return joined(
        Service(number << 16 | low, number << 16 | high, *source)
        for number in _numbers(protocols)
        for low, high in (every_port if dports is None else dports)
        for source in (every_port if sports is None else sports)
    )


def joined(boxes: Iterable[Service]) -> tuple[Service, ...]:
    """A union of boxes in one form: sorted, and joined where only the keys differ."""
    keys: dict[Range, list[Range]] = {}
    for box in boxes:
        keys.setdefault((box.source_low, box.source_high), []).append((box.key_low, box.key_high))
    return tuple(sorted(
        Service(low, high, *source) for source, found in keys.items() for low, high in union(found)
    ))  # fmt: skip


@lru_cache(maxsize=1 << 12)
def shared_services(left: tuple[Service, ...], right: tuple[Service, ...]) -> tuple[Service, ...]:
    """What two unions of boxes share."""
    if right in (left, _ANY_SERVICES):
        return left
    if left == _ANY_SERVICES:
        return right
    return joined(
        Service(*low_high)
        for one in left
        for other in right
        if (low_high := _shared_box(one, other)) is not None
    )


def _shared_box(one: Service, other: Service) -> tuple[int, int, int, int] | None:
    key_low, key_high = max(one.key_low, other.key_low), min(one.key_high, other.key_high)
    low, high = max(one.source_low, other.source_low), min(one.source_high, other.source_high)
    return (key_low, key_high, low, high) if key_low <= key_high and low <= high else None


def _icmp(protocols: Ranges, types: Ranges | None, codes: Ranges | None) -> tuple[Service, ...]:
    return joined(
        Service(number << 16 | kind << 8 | low, number << 16 | kind << 8 | high)
        for number in _numbers(intersect(protocols, union(((ICMP, ICMP), (ICMP6, ICMP6)))))
        for kind in _numbers(((0, 0xFF),) if types is None else types)
        for low, high in (((0, 0xFF),) if codes is None else codes)
    )


def _numbers(ranges: Ranges) -> Iterable[int]:
    return (number for low, high in ranges for number in range(low, high + 1))


def _is_empty(match: Match) -> bool:
    no_family = not match.source4 and not match.source6
    nowhere = match.ingress == frozenset() or match.egress == frozenset()
    return no_family or nowhere or not match.services


def _addresses(draft: Draft, family: str, *, open_to: bool, every: Ranges) -> tuple[Ranges, Ranges]:
    if not open_to:
        return (), ()
    source = _ranges(draft, "source" + family)
    destination = _ranges(draft, "destination" + family)
    source = every if source is None else source
    destination = every if destination is None else destination
    return (source, destination) if source and destination else ((), ())


def _ranges(draft: Mapping[str, Value], slot: str) -> Ranges | None:
    value = draft.get(slot)
    return value if isinstance(value, tuple) else None


def _names(draft: Mapping[str, Value], slot: str) -> Interfaces:
    value = draft.get(slot)
    return value if isinstance(value, frozenset) else None


def _shared(left: Ranges, right: Ranges) -> Ranges:
    if left == right or right in _WHOLE:
        return left
    return right if left in _WHOLE else intersect(left, right)


def _shared_names(left: Interfaces, right: Interfaces) -> Interfaces:
    if left is None:
        return right
    return left if right is None else left & right
