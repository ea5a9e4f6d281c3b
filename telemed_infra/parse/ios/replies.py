"""Whether the answers to what passes pass, too: what has no state needs a way back of its own.

`inspect` lets answers back by itself, past the zones, but not past an access list on an
interface. What is passed without state (`pass`, ways that nothing judges) needs the way back to be
open, or a `pass` there that takes every answer; what goes to a group address (VRRP, OSPF, PIM) has
no answer. Where a set falls into too many pieces the answer is no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.ios.boxes import (
    Box,
    Region,
    TooManyError,
    both,
    common,
    everything,
    replies,
    without,
)
from telemed_infra.parse.ios.policies import Policy, inspected
from telemed_infra.parse.ios.resolve import Step
from telemed_infra.parse.ios.state import SELF
from telemed_infra.parse.ios.ways import OPEN, Ways

Filters = Mapping[tuple[str, Family, str], tuple[Step, ...]]
"""Access lists on interfaces: interface, family and direction → the steps of the list."""


def zones_answer(ways: Ways) -> bool:
    """Whether every answer to what the zones let pass is let pass by the zones."""
    try:
        return all(
            _passes_back(answer, back.policy if back else None)
            for way in ways
            for back in [ways.between(way.destination, way.source)]
            if not (back and back.policy is OPEN)
            for opening in _stateless(way.policy)
            if ways.ends(way.source, way.destination, opening.family)[0]
            for answer in replies(opening)
        )
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
    for box in taken:
        rest = without(rest, box)
    return rest


def _passes_back(answer: Box, policy: Policy | None) -> bool:
    """Whether a policy passes the whole answer; None is a closed way."""
    rest = [answer]
    for one in policy or ():
        for box in one.replies:
            if any(common(piece, box) for piece in rest):
                if one.action != "pass":
                    return False
                rest = without(rest, box)
        if not rest:
            return True
    return False


def _permits(steps: tuple[Step, ...], answer: Box) -> bool:
    """Whether a list permits the whole answer; answers over TCP are `established`."""
    rest = [answer]
    for permits, box, _ in steps:
        if any(common(piece, box) for piece in rest):
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
