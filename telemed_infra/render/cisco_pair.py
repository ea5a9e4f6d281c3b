"""The virtual routers of a Cisco router, and the objects on which they depend.

VRRP version 3 speaks both families. What is printed is grouped by family below the interface.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from telemed_infra.packets import Family
from telemed_infra.plan.devices import Interface
from telemed_infra.redundancy import Rank, VirtualRouter
from telemed_infra.render.cisco_lists import printed
from telemed_infra.render.virtual_routers import tracked

PRIORITY, ADVERTISED_MS, PREEMPT_S = 100, 1000, 0  # the platform's own: not printed


class RouterView(NamedTuple):
    """A virtual router in one family."""

    head: str
    lines: tuple[str, ...]


def track_numbers(routers: Iterable[VirtualRouter]) -> Mapping[str, int]:
    """The object of each interface on which something depends."""
    return {name: number for number, name in enumerate(tracked(routers), 1)}


def router_views(
    interface: Interface, routers: Iterable[VirtualRouter], objects: Mapping[str, int]
) -> Iterator[RouterView]:
    """The virtual routers of an interface.

    Raises:
        ValueError: the pair's state shall decide, for which the platform has no line.
    """
    for one in routers:
        if one.rank is not Rank.BY_PRIORITY:
            raise ValueError(f"{interface.name}: virtual routers decide by their priorities here")
        yield RouterView(
            f"vrrp {one.number} address-family ipv{one.family.value}",
            tuple(_lines(interface, one, objects)),
        )


def _lines(interface: Interface, one: VirtualRouter, objects: Mapping[str, int]) -> Iterator[str]:
    if one.advertised_ms != ADVERTISED_MS:
        yield f"timers advertise {one.advertised_ms}"
    if one.priority != PRIORITY:
        yield f"priority {one.priority}"
    if one.preempt_s is None:
        yield "no preempt"
    elif one.preempt_s != PREEMPT_S:
        yield f"preempt delay minimum {one.preempt_s}"
    for down in sorted(one.tracked, key=lambda each: objects[each.interface]):
        yield f"track {objects[down.interface]} decrement {down.reduced_by}"
    first, *others = (printed(one.family, each) for each in one.addresses)
    yield f"address {first} primary"
    for address in others:
        if one.family is Family.V4:
            yield f"address {address} secondary"
        else:
            assert interface.v6 is not None
            yield f"address {address}/{interface.v6.length}"
    yield "exit-vrrp"
