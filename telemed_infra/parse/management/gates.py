"""Ways in for administrators, and what several of them let in together: what the worst one does.

A device has several lines for logins over the network, and somebody who is refused by one of them
tries the next: so the plane of a device is never better than its worst line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from telemed_infra.management_plane import Listener, Method
from telemed_infra.packets import Ranges, union

Methods = tuple[Method, ...]
_WEAKNESS = {
    Method.TACACS: 0, Method.RADIUS: 1, Method.LOCAL: 2, Method.PASSWORD: 3, Method.NONE: 4,
}  # fmt: skip
T = TypeVar("T")


class Gate(NamedTuple):
    """One line, or all of them: the fields of `Login` that a line has."""

    methods: Methods
    authorization: Methods  # empty: nobody is asked
    sessions_accounted: bool
    commands_accounted: bool
    listeners: frozenset[Listener]
    sources4: Ranges | None  # None: from anywhere
    sources6: Ranges | None
    idle_s: int | None  # None: never ends


def worst(gates: Sequence[Gate]) -> Gate:
    """What all the gates let in together; there is at least one."""
    return Gate(
        methods=weakest(one.methods for one in gates),
        authorization=weakest(one.authorization for one in gates),
        sessions_accounted=all(one.sessions_accounted for one in gates),
        commands_accounted=all(one.commands_accounted for one in gates),
        listeners=frozenset(kind for one in gates for kind in one.listeners),
        sources4=widest(one.sources4 for one in gates),
        sources6=widest(one.sources6 for one in gates),
        idle_s=longest(one.idle_s for one in gates),
    )


def weakest(several: Iterable[Methods]) -> Methods:
    """The methods that ask least: by the weakest among them, then by the one that is tried first.

    No method at all is weaker than any.
    """
    return max(several, key=_weakness)


def widest(several: Iterable[Ranges | None]) -> Ranges | None:
    """The addresses of any of them; None if one takes every address."""
    found = list(several)
    known = [one for one in found if one is not None]
    return union(part for one in known for part in one) if len(known) == len(found) else None


def longest(several: Iterable[int | None]) -> int | None:
    """The longest time of several; None, which is for ever, is longer than any."""
    found = list(several)
    known = [one for one in found if one is not None]
    return max(known) if len(known) == len(found) else None


def _weakness(methods: Methods) -> tuple[int, tuple[int, ...]]:
    ranks = tuple(_WEAKNESS[one] for one in methods)
    return max(ranks, default=len(_WEAKNESS)), ranks
