"""A service edge beside its filter: which addresses its guard keeps, and how it is routed.

It announces what stands on its loopback and lies in the pool of services, to its own centre's core
routers, and learns nothing. Whoever of the centres owns an instance puts its address there; nothing
in here says who that is. Source: docs/concepts/failover.md, "Routes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from telemed_infra.compile.config import Origins
from telemed_infra.model.network import Device, Network
from telemed_infra.packets import FAMILIES, Family
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.service_edge import HOPS_MAX, ServiceEdgePlan, service_edge_plan

# A silent line is noticed by BFD; BGP's own timers are for what BFD does not see.
BFD_INTERVAL_MS, BFD_MULTIPLIER = 300, 3
KEEPALIVE_S, HOLD_S, RECONNECT_S = 3, 9, 1
# Core routers send nothing, and nothing of it would be taken.
LEARNS_MAX = 1
# Worse than any that an owner's term gives: whoever does not know his term loses to who does.
METRIC_WITHOUT_TERM = 4_000_000_000


class Guarded(NamedTuple):
    """The address of an instance in one family."""

    address: Prefix
    origins: Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardConfig:
    """What a guard keeps: every instance, since each centre may come to own any."""

    services: tuple[Guarded, ...]
    origins: Origins


class StaticRoute(NamedTuple):
    """A prefix by a gateway."""

    to: Prefix
    gateway: Prefix
    origins: Origins


class Session(NamedTuple):
    """BGP with one neighbour in one family."""

    name: str
    neighbour: Prefix
    own: Prefix
    origins: Origins


class Announced(NamedTuple):
    """What may be announced in one family: each instance's own address, nothing wider."""

    family: Family
    services: tuple[Guarded, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingConfig:
    """Interfaces, static routes and BGP of one service edge."""

    hostname: str
    interfaces: tuple[Interface, ...]
    routes: tuple[StaticRoute, ...]
    as_number: int
    neighbour_as: int
    router_id: Prefix
    key: str  # a reference; whoever loads the text puts the key in its place
    hops_max: int
    sessions: tuple[Session, ...]
    announced: tuple[Announced, ...]
    origins: Origins
    center_origins: Origins


def guard_config(network: Network, plan: NetworkPlan, device: Device) -> GuardConfig:
    """What the guard of a service edge keeps, the addresses in their order."""
    families = _families(device)
    services = (one for family in families for one in _services(network, plan, family))
    return GuardConfig(
        services=tuple(sorted(services, key=lambda one: one.address)), origins=(device.origin,)
    )


def routing_config(network: Network, plan: NetworkPlan, device: Device) -> RoutingConfig:
    """How one service edge is routed."""
    own = service_edge_plan(network, plan, device)
    families = _families(device)
    assert own.services.interface.v4 is not None
    return RoutingConfig(
        hostname=device.name,
        interfaces=(own.services.interface, own.management.interface),
        routes=tuple(route for family in families for route in _routes(own, family)),
        as_number=own.as_number,
        neighbour_as=own.core_as_number,
        router_id=own.services.interface.v4,
        key=network.data_centers[device.site.id].service_edge_key,
        hops_max=HOPS_MAX,
        sessions=tuple(one for family in families for one in _sessions(own, family)),
        announced=tuple(
            Announced(family, tuple(_services(network, plan, family))) for family in families
        ),
        origins=(device.origin,),
        center_origins=(network.data_centers[device.site.id].origin,),
    )


def _services(network: Network, plan: NetworkPlan, family: Family) -> Iterator[Guarded]:
    """The address of each instance: what is announced is what the guard can close."""
    for instance in plan.instances:
        address = instance.v4 if family is Family.V4 else instance.v6
        yield Guarded(address, (network.services[instance.service].origin,))


def _families(device: Device) -> tuple[Family, ...]:
    return FAMILIES if device.site.blueprint.ipv6 else (Family.V4,)


def _routes(own: ServiceEdgePlan, family: Family) -> list[StaticRoute]:
    """Everybody by the firewall; managers where they ask; core routers by name.

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
    return found


def _sessions(own: ServiceEdgePlan, family: Family) -> list[Session]:
    interface = own.services.interface
    mine = _of(family, interface.v4, interface.v6)
    assert mine is not None
    return [
        Session(router.name, loopback, mine._replace(length=family.bits), (router.origin,))
        for router in own.routers
        if (loopback := _of(family, router.v4, router.v6)) is not None
    ]


def _of(family: Family, v4: Prefix | None, v6: Prefix | None) -> Prefix | None:
    return v4 if family is Family.V4 else v6
