"""Sets of packets as unions of boxes: sources × destinations × services of one family.

Lists that deny in between, classes that want two things at once, and replies need more than one
box after another: here they are cut. Source: none; plain set algebra.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from telemed_infra.packets import (
    ANY_SERVICE,
    FAMILIES,
    ICMP,
    ICMP6,
    SCTP,
    TCP,
    UDP,
    Family,
    Ranges,
    Service,
    icmp,
    intersect,
    network_range,
    subtract,
    whole_protocol,
)

Services = tuple[Service, ...]
PIECES_MAX = 20_000
"""Into how many pieces one set may be cut before its line is refused."""
_REMEMBERED = 1 << 12  # a few services repeat among lists
_WITH_PORTS = (TCP, UDP, SCTP)
_ANSWERS = {ICMP: {8: 0, 13: 14, 15: 16, 17: 18}, ICMP6: {128: 129}}
_GROUPS: dict[Family, Ranges] = {
    family: (addresses,) for family, addresses in map(network_range, ("224.0.0.0/4", "ff00::/8"))
}
"""Addresses of groups: no packet comes from one. Source: RFC 1112 §7.2, RFC 4291 §2.7."""


class TooManyError(ValueError):
    """A set falls into more than `PIECES_MAX` pieces."""


class Box(NamedTuple):
    """Packets of one family; where in the text they come from."""

    family: Family
    sources: Ranges
    destinations: Ranges
    services: Services
    line: int = 0
    name: str = ""
    logs: bool = False


Region = tuple[Box, ...]
Extent = tuple[Family, Ranges, Ranges, Services]
"""Of a box, all but where in the text it comes from."""


class Alike(NamedTuple):
    """Boxes of one family and of the same services."""

    family: Family
    services: Services
    boxes: Region


def everything(line: int = 0) -> Region:
    """Every packet of both families."""
    return tuple(
        Box(family, family.every_address, family.every_address, (ANY_SERVICE,), line)
        for family in FAMILIES
    )


def common(one: Box, other: Box) -> Box | None:
    """What two boxes share, with the origin of the first; None if nothing."""
    if one.family is not other.family:
        return None
    sources = _both(one.sources, other.sources)
    destinations = _both(one.destinations, other.destinations) if sources else ()
    services = shared_services(one.services, other.services) if destinations else ()
    if not services:
        return None
    return one._replace(sources=sources, destinations=destinations, services=services)


def extent(box: Box) -> Extent:
    """Which packets a box holds; boxes of unlike extent may hold the same."""
    return box.family, box.sources, box.destinations, box.services


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes share anything."""
    return (
        one.family is other.family
        and bool(_both(one.sources, other.sources))
        and bool(_both(one.destinations, other.destinations))
        and bool(shared_services(one.services, other.services))
    )


def by_services(boxes: Iterable[Box]) -> tuple[Alike, ...]:
    """The same boxes, in groups: of hundreds few share anything with one service."""
    found: dict[tuple[Family, Services], list[Box]] = {}
    for box in boxes:
        found.setdefault((box.family, box.services), []).append(box)
    return tuple(Alike(*key, tuple(held)) for key, held in found.items())


def touches(boxes: Iterable[Box], alike: Alike) -> bool:
    """Whether any of the boxes holds packets of such a family and services."""
    return any(
        box.family is alike.family and bool(shared_services(box.services, alike.services))
        for box in boxes
    )


def both(one: Region, other: Region) -> Region:
    """What two sets share, box by box in the order of the first."""
    found = []
    for left in one:
        for right in other:
            piece = common(left, right)
            if piece is not None:
                found.append(piece)
        _check(found)
    return tuple(found)


def without(boxes: Iterable[Box], removed: Box) -> list[Box]:
    """What is in the boxes and not in another one."""
    found: list[Box] = []
    for box in boxes:
        if meet(box, removed):
            found += _cut(box, removed)
        else:
            found.append(box)
    _check(found)
    return found


@lru_cache(_REMEMBERED)
def shared_services(one: Services, other: Services) -> Services:
    """What two unions of services share."""
    if other == (ANY_SERVICE,):
        return one
    if one == (ANY_SERVICE,):
        return other
    pieces = (_service(left, right) for left in one for right in other)
    return tuple(piece for piece in pieces if piece)


@lru_cache(_REMEMBERED)
def services_without(services: Services, removed: Services) -> Services:
    """What is in the services and not in the others."""
    rest = list(services)
    for hole in removed:
        rest = [piece for one in rest for piece in _service_cut(one, hole)]
        _check(rest)
    return tuple(rest)


def replies(box: Box) -> Region:
    """The answers to the packets of a box: both ends exchanged; what goes to a group has none.

    A member of the group that speaks from its own address opens something new.
    """
    services = tuple(part for service in box.services for part in _replies(service))
    sources = subtract(box.destinations, _GROUPS[box.family])
    if not services or not sources:
        return ()
    return (box._replace(sources=sources, destinations=box.sources, services=services),)


def _check(found: list[Box] | list[Service]) -> None:
    if len(found) > PIECES_MAX:
        raise TooManyError


def _both(one: Ranges, other: Ranges) -> Ranges:
    if one == other:
        return one
    if not one or not other or one[-1][1] < other[0][0] or other[-1][1] < one[0][0]:
        return ()
    return intersect(one, other)


def _cut(box: Box, removed: Box) -> Iterator[Box]:
    """The box without what it shares with another, in up to three pieces."""
    sources = subtract(box.sources, removed.sources)
    if sources:
        yield box._replace(sources=sources)
    inner = box._replace(sources=_both(box.sources, removed.sources))
    destinations = subtract(box.destinations, removed.destinations)
    if destinations:
        yield inner._replace(destinations=destinations)
    services = services_without(box.services, removed.services)
    if services:
        shared = _both(box.destinations, removed.destinations)
        yield inner._replace(destinations=shared, services=services)


def _service(one: Service, other: Service) -> Service | None:
    """What two services share."""
    low, high = max(one.key_low, other.key_low), min(one.key_high, other.key_high)
    start = max(one.source_low, other.source_low)
    end = min(one.source_high, other.source_high)
    return Service(low, high, start, end) if low <= high and start <= end else None


def _service_cut(one: Service, hole: Service) -> Iterator[Service]:
    inner = _service(one, hole)
    if inner is None:
        yield one
        return
    if one.key_low < inner.key_low:
        yield one._replace(key_high=inner.key_low - 1)
    if inner.key_high < one.key_high:
        yield one._replace(key_low=inner.key_high + 1)
    if one.source_low < inner.source_low:
        yield inner._replace(source_low=one.source_low, source_high=inner.source_low - 1)
    if inner.source_high < one.source_high:
        yield inner._replace(source_low=inner.source_high + 1, source_high=one.source_high)


def _replies(service: Service) -> Iterator[Service]:
    """The answers to a service, protocol by protocol."""
    if service == ANY_SERVICE:
        yield from _EVERY_ANSWER
        return
    for protocol in range(service.key_low >> 16, (service.key_high >> 16) + 1):
        first, last = protocol << 16, protocol << 16 | 0xFFFF
        low, high = max(service.key_low, first), min(service.key_high, last)
        if protocol in _WITH_PORTS:
            yield Service(
                first | service.source_low, first | service.source_high,
                low & 0xFFFF, high & 0xFFFF,
            )  # fmt: skip
        elif protocol in _ANSWERS:
            for question, answer in _ANSWERS[protocol].items():
                asked = icmp(protocol, question)
                if low <= asked.key_high and asked.key_low <= high:
                    yield icmp(protocol, answer)
        else:
            yield whole_protocol(protocol)


def _every_answer() -> Iterator[Service]:
    """All protocols at once, with only the answers of the two that number their messages."""
    start = 0
    for protocol in sorted(_ANSWERS):
        yield Service(start << 16, (protocol << 16) - 1)
        for answer in _ANSWERS[protocol].values():
            yield icmp(protocol, answer)
        start = protocol + 1
    yield Service(start << 16, ANY_SERVICE.key_high)


_EVERY_ANSWER = tuple(_every_answer())
