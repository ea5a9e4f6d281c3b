"""What a service edge is for, from the inventory's numbers alone.

A service edge has a BGP session with each core router of its centre, tells it the addresses of
instances that are on its loopback now, and learns nothing. Which they are, the agent decides; so
the text must let every instance's address be announced, and nothing outside of the pool.
Source: docs/concepts/policies.md, "Addresses"; docs/concepts/failover.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telemed_infra.model.network import Device, Network
from telemed_infra.packets import FAMILIES, Family, Ranges, union
from telemed_infra.plan.devices import GATEWAY_HOST
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.prefix import Prefix, address_text, prefix

CORE_ROUTER, EDGE_ZONE = "CR", "DMZ"
DETECTION_MS_MAX = 900
"""Three BFD packets of 300 ms lost: within half a lease of the shortest profile's two seconds."""
CONNECT_S = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedNeighbor:
    """One core router: its addresses, of which a session names one."""

    name: str
    addresses: frozenset[str]
    remote_as: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEdge:
    """All that a service edge's texts must and may do."""

    local_as: int
    families: tuple[Family, ...]
    neighbors: tuple[ExpectedNeighbor, ...]
    sources: Mapping[Family, Prefix]  # its own address, where its sessions come from
    gateways: Mapping[Family, str]  # where its way to everybody leads
    by_name: Mapping[str, str]  # hosts that the default, or managers' routes, would miss: gateways
    key: str  # the reference of the sessions' secret
    block: Prefix  # of its centre: the router id is one of these
    instances: Mapping[Family, Ranges]  # addresses that must be announced if they are there
    may: Mapping[Family, Ranges]  # addresses that may be announced: those that the guard closes
    pool: Mapping[Family, Ranges]  # where all of them lie


def expected_edge(network: Network, plan: NetworkPlan, device: Device) -> ExpectedEdge:
    """What one service edge is for."""
    center = network.data_centers[device.site.id]
    own = plan.sites[device.site.id]
    families = FAMILIES if own.ipv6 else (Family.V4,)
    neighbors = []
    for router in network.devices_of(device.site):
        if router.role == CORE_ROUTER:
            addresses = filter(None, own.loopback(router.host))
            neighbors.append(
                ExpectedNeighbor(
                    name=router.name,
                    addresses=frozenset(address_text(a.family, a.first) for a in addresses),
                    remote_as=center.as_number,
                )
            )
    zone = own.zones[EDGE_ZONE]
    addresses4, addresses6 = zone.host(device.host)
    gateway4, gateway6 = zone.host(GATEWAY_HOST)
    pool = network.addresses.service_pool
    hosts = {
        Family.V4: union(one.v4.range for one in plan.instances),
        Family.V6: union(one.v6.range for one in plan.instances),
    }
    return ExpectedEdge(
        local_as=center.service_edge_as,
        families=families,
        neighbors=tuple(neighbors),
        sources=_by_family(addresses4, addresses6),
        gateways={
            family: address_text(family, one.first)
            for family, one in _by_family(gateway4, gateway6).items()
        },
        by_name=_by_name(network, plan, device),
        key=center.service_edge_key,
        block=own.block4,
        instances={family: hosts[family] for family in families},
        may={family: hosts[family] for family in families},
        pool={Family.V4: (prefix(pool.v4).range,), Family.V6: (prefix(pool.v6).range,)},
    )


def _by_family(v4: Prefix, v6: Prefix | None) -> dict[Family, Prefix]:
    return {Family.V4: v4} if v6 is None else {Family.V4: v4, Family.V6: v6}


def _by_name(network: Network, plan: NetworkPlan, device: Device) -> dict[str, str]:
    """Whom the agent on this edge calls from its health address, and over the fibre.

    Managers are answered by another gateway, so the register among them needs a route by name.
    """
    found = {}
    own, failover = plan.sites[device.site.id], network.failover
    health, fibre, register = (
        failover.heartbeats.health,
        failover.heartbeats.fibre,
        failover.register_,
    )
    if (health.zone, health.host) == (EDGE_ZONE, device.host):
        for center in network.data_centers:
            found[_host(plan, center, register.zone, register.host)] = _host(
                plan, own.site.id, EDGE_ZONE, GATEWAY_HOST
            )
    label = f"{device.role}{device.number:02d}:"
    cabled = any(
        link.zone == fibre.zone and label in (link.a[: len(label)], link.b[: len(label)])
        for link in device.blueprint.links
    )
    if cabled and fibre.host == device.host:
        for center in network.data_centers:
            if center != own.site.id:
                found[_host(plan, center, fibre.zone, fibre.host)] = _host(
                    plan, own.site.id, fibre.zone, GATEWAY_HOST
                )
    return found


def _host(plan: NetworkPlan, site: str, zone: str, number: int) -> str:
    address, _ = plan.sites[site].zones[zone].host(number)
    return address_text(address.family, address.first)
