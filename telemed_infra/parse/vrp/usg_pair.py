"""What a USG's state says of its pair, and what two members read one after the other share."""

from __future__ import annotations

import re
from typing import NamedTuple

from telemed_infra.packets import UDP
from telemed_infra.parse.behaviour import SYNC_PLACE, Moved, PairPlace
from telemed_infra.parse.virtual_routers import PortGroups, Refuse, standing
from telemed_infra.parse.vrp.hrp import sync_of
from telemed_infra.parse.vrp.usg_state import Usg
from telemed_infra.redundancy import Redundancy

HRP_KEY = UDP << 16 | 18514
"""By which the members tell their state; no line sets it."""
_LINE = re.compile(r"^ ?(?:undo )?hrp .*\n", re.MULTILINE)


class PairRead(NamedTuple):
    """A member's part in its pair, and where each thing begins."""

    redundancy: Redundancy
    lines: dict[PairPlace, int]


def pair_of(state: Usg, refuse: Refuse) -> PairRead:
    """The virtual routers and the state synchronisation of a text read through."""
    shut = {name for name, port in state.ports.items() if port.shut}
    ports = [
        PortGroups(
            name,
            port.addresses,
            name in shut or name.partition(".")[0] in shut,
            port.six,
            port.groups,
        )
        for name, port in state.ports.items()
    ]
    routers, lines = standing(ports, refuse)
    if state.hrp.first_line:
        lines[SYNC_PLACE] = state.hrp.line or state.hrp.first_line
    sync = sync_of(state.hrp, (one.groups for one in ports))
    return PairRead(Redundancy(routers=routers, sync=sync), lines)


class Head(NamedTuple):
    """The head of a text without the lines that keep a pair alike, and where these stand."""

    bare: str
    places: tuple[int, ...]  # numbers of the lines left out


def without_pair(head: str) -> Head:
    """`hrp` lines bear on no chain, and members may have more or fewer of them."""
    places: list[int] = []
    last = number = 0
    for found in _LINE.finditer(head):
        number += head.count("\n", last, found.start()) + 1
        places.append(number)
        last = found.end()
    return Head(_LINE.sub("", head), tuple(places))


def moved_between(one: tuple[int, ...], other: tuple[int, ...], after: int, by: int) -> Moved:
    """From lines of one text to those of another, whose left-out lines stand elsewhere.

    Behind line `after` all stand `by` lines further.
    """
    if one == other:
        return Moved(after, by)
    steps: list[tuple[int, int]] = []
    here = there = 0  # lines of each text that are left out so far
    kept = 0
    while here < len(one) or there < len(other):
        ahead_here = one[here] - here - 1 if here < len(one) else after
        ahead_there = other[there] - there - 1 if there < len(other) else after
        kept = min(ahead_here, ahead_there)
        while here < len(one) and one[here] - here - 1 == kept:
            here += 1
        while there < len(other) and other[there] - there - 1 == kept:
            there += 1
        steps.append((kept + here, there - here))
    first, *then = [*steps, (after, by)]
    return Moved(*first, tuple(then))
