"""The virtual routers of a device, as every platform's view asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from telemed_infra.redundancy import Rank, Tracked, VirtualRouter

STANDBY_COST = 500  # of a standby's routes, whoever it is: worse than the second member's own 200
RANKS = {Rank.ACTIVE: "active", Rank.STANDBY: "standby"}


def by_interface(routers: Iterable[VirtualRouter]) -> Mapping[str, tuple[VirtualRouter, ...]]:
    """Those of each interface, IPv4 first."""
    found: dict[str, tuple[VirtualRouter, ...]] = {}
    for one in sorted(routers, key=lambda each: (each.interface, each.family, each.number)):
        found[one.interface] = (*found.get(one.interface, ()), one)
    return found


def rank_word(router: VirtualRouter) -> str:
    """What a member's place is called where the pair's state decides.

    Raises:
        ValueError: it is decided by numbers; a platform that says words cannot write that.
    """
    if router.rank not in RANKS:
        raise ValueError(f"{router.interface}: this platform's pairs decide by their state")
    return RANKS[router.rank]


def tracked(routers: Iterable[VirtualRouter]) -> tuple[str, ...]:
    """Every interface on which some virtual router depends, each once, in order."""
    found: set[Tracked] = set()
    for one in routers:
        found |= one.tracked
    return tuple(sorted({one.interface for one in found}))
