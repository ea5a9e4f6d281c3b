"""How a SecPath stands by the other one of its pair (RBM), and its virtual routers.

Source: docs/reference/platforms.md; what no document shows: docs/reference/verify-on-device.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
from telemed_infra.redundancy import StateSync, VirtualRouter
from telemed_infra.render.virtual_routers import STANDBY_COST, rank_word

CONTROL_PORT = 60064  # the one that the derived policy opens between the members
SECONDS = 60  # of a minute, in which RBM counts


def group_lines(sync: StateSync) -> Iterator[str]:
    """The remote backup group, in the order in which the device prints it.

    Raises:
        ValueError: the delay is no whole number of minutes, or the own address is missing.
    """
    if sync.own is None or (sync.preempt_s or 0) % SECONDS:
        raise ValueError(f"{sync.interface}: RBM needs an own address and a delay in minutes")
    yield f"data-channel interface {sync.interface}"
    yield "hot-backup enable" if sync.sessions else "undo hot-backup enable"
    undo = "" if sync.configuration else "undo "
    yield f"{undo}configuration auto-sync enable"
    if sync.preempt_s is not None:
        yield f"delay-time {sync.preempt_s // SECONDS}"
    if sync.routes_follow:
        yield f"adjust-cost bgp enable absolute {STANDBY_COST}"
    for name in sorted(sync.tracked):
        yield f"track interface {name}"
    yield f"local-ip {address_text(Family.V4, sync.own)}"
    yield f"remote-ip {address_text(Family.V4, sync.remote)} port {CONTROL_PORT}"
    yield f"device-role {'primary' if sync.first else 'secondary'}"


def router_lines(routers: Iterable[VirtualRouter]) -> Iterator[str]:
    """The virtual routers of an interface; of IPv6 the link-local address has the rank."""
    for one in routers:
        texts = [address_text(one.family, each) for each in one.addresses]
        if one.family is Family.V4:
            for text in texts:
                yield f"vrrp vrid {one.number} virtual-ip {text} {rank_word(one)}"
        else:
            stem = f"vrrp ipv6 vrid {one.number} virtual-ip"
            yield f"{stem} {texts[0]} link-local {rank_word(one)}"
            yield from (f"{stem} {text}" for text in texts[1:])
