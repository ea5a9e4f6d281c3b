"""A service edge beside its filter: which addresses its guard keeps, and how it is routed.

It announces what stands on its loopback and lies in the pool of services, to its own centre's core
routers, and learns nothing. Whoever of the centres owns an instance puts its address there; nothing
in here says who that is. Source: docs/concepts/failover.md, "Routes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from telemed_infra.compile.config import Origins
from telemed_infra.compile.routing import (
    RouteFilter,
    RoutingConfig,
    Service,
    StaticRoute,
    families_of,
    neighbours,
)
from telemed_infra.model.network import Device, Network
from telemed_infra.packets import Family
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.routing import RoutingPlan
from telemed_infra.plan.service_edge import ServiceEdgePlan, service_edge_plan

# Worse than any that an owner's term gives: whoever does not know his term loses to who does.
METRIC_WITHOUT_TERM = 4_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardConfig:
    """What a guard keeps: every instance, since each centre may come to own any."""

    services: tuple[Service, ...]
    origins: Origins


def guard_config(network: Network, plan: NetworkPlan, device: Device) -> GuardConfig:
    """What the guard of a service edge keeps, the addresses in their order."""
    families = families_of(plan, device)
    services = (one for family in families for one in _services(network, plan, family))
    return GuardConfig(
        services=tuple(sorted(services, key=lambda one: one.address)), origins=(device.origin,)
    )


def edge_config(
    network: Network, plan: NetworkPlan, routing: RoutingPlan, device: Device
) -> RoutingConfig:
    """How one service edge is routed. It forwards nothing: services stand on it."""
    own = service_edge_plan(network, plan, device)
    sessions = tuple(neighbours(routing, device))
    told: dict[Family, RouteFilter] = {one.address.family: one.gives for one in sessions}
    assert own.services.interface.v4 is not None
    return RoutingConfig(
        hostname=device.name,
        platform=device.platform,
        forwards=False,
        router_id=own.services.interface.v4,
        as_number=own.as_number,
        interfaces=(
            own.services.interface,
            own.management.interface,
            *(one.interface for one in own.others),
        ),
        management=None,
        routes=tuple(
            route for family in families_of(plan, device) for route in _routes(own, family)
        ),
        neighbours=sessions,
        originated=(),
        announces_connected=tuple(told.values()),
        origins=(device.origin,),
        as_origins=(network.data_centers[device.site.id].origin,),
    )


def _services(network: Network, plan: NetworkPlan, family: Family) -> Iterator[Service]:
    """The address of each instance: what is announced is what the guard can close."""
    for instance in plan.instances:
        address = instance.v4 if family is Family.V4 else instance.v6
        yield Service(address, (network.services[instance.service].origin,))


def _routes(own: ServiceEdgePlan, family: Family) -> list[StaticRoute]:
    """Everybody by the firewall; managers where they ask; core routers, agents' partners by name.

    A neighbour whom only a default route reaches is none to FRR.
    """
    services = _of(family, own.services.gateway4, own.services.gateway6)
    management = _of(family, own.management.gateway4, own.management.gateway6)
    assert services is not None
    assert management is not None
    origins = (own.services.interface.origin,)
    found = [StaticRoute(Prefix(family, 0, 0), services, origins)]
    for v4, v6, origin in own.managers:
        managers = _of(family, v4, v6)
        if managers is not None:
            found.append(StaticRoute(managers, management, (origin,)))
    for router in own.routers:
        loopback = _of(family, router.v4, router.v6)
        if loopback is not None:
            found.append(StaticRoute(loopback, services, (router.origin,)))
    if family is Family.V4:
        found += [StaticRoute(one.v4, one.gateway4, (one.origin,)) for one in own.partners]
    return found


def _of(family: Family, v4: Prefix | None, v6: Prefix | None) -> Prefix | None:
    return v4 if family is Family.V4 else v6
