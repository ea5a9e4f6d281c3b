"""What a device's role does, function by function, from what the plan says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from telemed_infra.management_plane import ManagementPlane
from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.parse.behaviour import PortMode
from telemed_infra.plan.devices import Interface
from telemed_infra.prove.expected_router import DISCARD, ExpectedRouter
from telemed_infra.prove.functions import (
    Function,
    Functions,
    of_guards,
    of_multicast,
    of_plane,
    of_redundancy,
    of_tunnels,
)
from telemed_infra.prove.switches import ExpectedSwitch
from telemed_infra.redundancy import Redundancy
from telemed_infra.tunnels import Tunnel

NONE: Functions = frozenset()
SPEAKS = frozenset({Function.BGP, Function.BFD, Function.AT_ONCE})
OF_GUARD = frozenset({Function.DOORS})
OF_EDGE = SPEAKS | {Function.STATIC}


def expected_of_firewall(
    interfaces: Iterable[Interface],
    plane: ManagementPlane | None,
    redundancy: Redundancy,
    *,
    tags: bool,
    inspects: bool,
    changes: Functions = NONE,
    tunnels: Collection[Tunnel] = (),
) -> Functions:
    """Of a firewall, a gateway, or a host that filters for itself.

    `tags`: it defines its VLANs; `inspects`: it can look into what it permits; `changes`: of
    addresses, for its site; `tunnels`: those of which this text speaks.
    """
    found = {Function.FILTER, Function.STATE}
    if inspects:
        found.add(Function.INSPECTION)
    if tags and any(one.vlan for one in interfaces):
        found.add(Function.VLANS)
    found |= of_tunnels(tunnels)
    return frozenset(found) | changes | of_plane(plane) | of_redundancy(redundancy)


def expected_of_switch(
    switch: ExpectedSwitch,
    plane: ManagementPlane | None,
    tunnels: Collection[Tunnel] = (),
    snooped: Collection[int] = (),
) -> Functions:
    """Of a switch, or of what a router has of one.

    `tunnels`: those of which this text speaks; `snooped`: VLANs of lectures that it carries.
    """
    ports = switch.ports.values()
    modes = {one.mode for one in ports}
    found = of_guards([one.guards for one in ports if one.guards]) | {Function.VLANS}
    if PortMode.TRUNK in modes:
        found |= {Function.TRUNKS}
    if PortMode.SHUTDOWN in modes:
        found |= {Function.PARKED}
    if snooped:
        found |= {Function.GROUPS}
    return found | of_tunnels(tunnels) | of_plane(plane)


def expected_of_router(
    router: ExpectedRouter, multicast: MulticastRouting = NO_MULTICAST
) -> Functions:
    """Of whoever has routed lines."""
    found: Functions = SPEAKS if router.views else frozenset()
    if any(one.begins_default for one in router.views):
        found |= {Function.DEFAULT}
    if any(one.target == DISCARD for one in router.routes):
        found |= {Function.BLOCK}
    if any(one.target != DISCARD for one in router.routes):
        found |= {Function.STATIC}
    return found | of_multicast(multicast)
