"""Whether the answers to what passes pass, too: what has no state needs a way back of its own.

`inspect` lets answers back by itself, past the zones, but not past an access list on an
interface. What is passed without state (`pass`, ways that nothing judges) needs the way back to be
open, or a `pass` there that takes every answer; what goes to a group address (VRRP, OSPF, PIM) has
no answer. Where a set falls into too many pieces the answer is no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.parse.ios.boxes import (
    Alike,
    Box,
    Extent,
    Region,
    TooManyError,
    both,
    by_services,
    everything,
    extent,
    meet,
    replies,
    touches,
    without,
)
from telemed_infra.parse.ios.policies import Class, Policy, inspected
from telemed_infra.parse.ios.resolve import Step
from telemed_infra.parse.ios.state import SELF
from telemed_infra.parse.ios.ways import OPEN, Way, Ways

Filters = Mapping[tuple[str, Family, str], tuple[Step, ...]]
"""Access lists on interfaces: interface, family and direction → the steps of the list."""


def zones_answer(ways: Ways) -> bool:
    """Whether every answer to what the zones let pass is let pass by the zones."""
    try:
        return all(_answered(ways, way) for way in ways)
    except TooManyError:
        return False


def filters_answer(ways: Ways, filters: Filters, direction: str) -> bool:
    """Whether the access lists of one direction let pass every answer to what passes.

    Lists for `in` judge the answers to what leaves by their interface; lists for `out` the answers
    to what enters by it, but for those of the device itself.
    """
    try:
        return all(
            _permits(filters[name, family, held], answer)
            for name, family, held in filters
            if held == direction
            for opening in _openings(ways, filters, name, family, direction)
            for answer in replies(opening)
        )
    except TooManyError:
        return False


def _answered(ways: Ways, way: Way) -> bool:
    """Whether every answer to what one way lets pass comes back."""
    back = ways.between(way.destination, way.source)
    if back and back.policy is OPEN:
        return True
    answers = [
        answer
        for opening in _stateless(way.policy)
        if ways.ends(way.source, way.destination, opening.family)[0]
        for answer in replies(opening)
    ]
    judging = [_judging(one) for one in back.policy] if back and answers else []
    return all(_passes_back(answer, judging) for answer in answers)


def _stateless(policy: Policy) -> Iterator[Box]:
    """What a policy lets pass without remembering it."""
    if policy is OPEN:
        yield from everything()
        return
    taken: list[Box] = []
    for one in policy:
        if one.action == "pass":
            yield from _left(one.openings, taken)
        taken += one.openings


def _left(region: Region, taken: Iterable[Box]) -> list[Box]:
    rest = list(region)
    for alike in by_services(taken):
        if touches(rest, alike):
            for box in alike.boxes:
                rest = without(rest, box)
    return rest


class _Judging(NamedTuple):
    """What a class does to answers."""

    passes: bool
    alike: tuple[Alike, ...]
    extents: frozenset[Extent]  # of the boxes that it passes


def _judging(one: Class) -> _Judging:
    passes = one.action == "pass"
    extents = frozenset(map(extent, one.replies)) if passes else frozenset()
    return _Judging(passes, by_services(one.replies), extents)


def _passes_back(answer: Box, policy: Iterable[_Judging]) -> bool:
    """Whether a policy passes the whole answer; without classes it is a closed way."""
    rest = [answer]
    wanted = extent(answer)
    for one in policy:
        if wanted in one.extents:
            return True  # what of the answer met a class before was passed too
        left = _past(rest, one)
        if not left:
            return left is not None
        rest = left
    return False


def _past(rest: list[Box], one: _Judging) -> list[Box] | None:
    """What a class leaves to the next; None if it stops any of it."""
    for alike in one.alike:
        if not touches(rest, alike):
            continue
        for box in alike.boxes:
            if any(meet(piece, box) for piece in rest):
                if not one.passes:
                    return None
                rest = without(rest, box)
    return rest


def _permits(steps: tuple[Step, ...], answer: Box) -> bool:
    """Whether a list permits the whole answer; answers over TCP are `established`."""
    rest = [answer]
    for permits, box, _ in steps:
        if any(meet(piece, box) for piece in rest):
            if not permits:
                return False
            rest = without(rest, box)
    return not rest


def _openings(
    ways: Ways, filters: Filters, name: str, family: Family, direction: str
) -> Iterator[Box]:
    """What may leave by an interface (for `in`) or enter by it (for `out`)."""
    inward = direction == "out"
    for way in ways:
        ingress, egress = ways.ends(way.source, way.destination, family)
        near, far = (ingress, egress) if inward else (egress, ingress)
        if name not in near or (inward and way.destination == SELF):
            continue
        passed = _passed(way.policy, family)
        for other in far:
            enters, leaves = (name, other) if inward else (other, name)
            found = _through(filters.get((enters, family, "in")), passed)
            if way.source != SELF:
                found = _through(filters.get((leaves, family, "out")), found)
            yield from found


def _passed(policy: Policy, family: Family) -> Region:
    """All first packets of a family that a policy lets pass, or a few more."""
    if policy is OPEN:
        return tuple(box for box in everything() if box.family is family)
    return tuple(
        part
        for one in policy
        if one.action != "drop"
        for box in one.openings
        if box.family is family
        for part in [inspected(box) if one.action == "inspect" else box]
        if part
    )


def _through(steps: tuple[Step, ...] | None, region: Region) -> Region:
    """What of a set a list permits, or a little more; None is no list."""
    if steps is None:
        return region
    permitted = tuple(box for permits, box, established in steps if permits and not established)
    return both(region, permitted)
