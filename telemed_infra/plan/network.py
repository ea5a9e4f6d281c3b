"""The whole network's numbers: every site, every instance, every management address."""

from __future__ import annotations

from dataclasses import dataclass

from telemed_infra.model.network import Network
from telemed_infra.packets import Family
from telemed_infra.plan.devices import management_address
from telemed_infra.plan.prefix import Prefix, prefix
from telemed_infra.plan.sites import SitePlan, site_plan

PROVINCE_GROUP = "province"  # the tenants of group 0, and of services by province


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One service for one group of tenants."""

    name: str
    service: str
    group: str  # a prefecture's id, or `province`
    home: str  # the data centre it belongs to
    refuge: str  # the other one
    v4: Prefix
    v6: Prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlan:
    """All numbers; nothing in it depends on the order of the inventory."""

    sites: dict[str, SitePlan]
    instances: tuple[Instance, ...]
    management: dict[str, tuple[str, Prefix, Prefix | None]]  # device name → zone, v4, v6


def network_plan(network: Network) -> NetworkPlan:
    """Plan every site, instance and device of a network."""
    sites = {site.id: site_plan(network, site) for site in network.sites.values()}
    management = {
        device.name: management_address(sites[site.id], device)
        for site in network.sites.values()
        for device in network.devices_of(site)
    }
    return NetworkPlan(sites=sites, instances=instances(network), management=management)


def instances(network: Network) -> tuple[Instance, ...]:
    """Every service for each group of its tenants."""
    pool4, pool6 = (
        prefix(network.addresses.service_pool.v4),
        prefix(network.addresses.service_pool.v6),
    )
    found = []
    for name, service in network.services.items():
        shared = service.instances.by == "province"
        groups = (
            [PROVINCE_GROUP]
            if shared
            else sorted(network.prefectures, key=lambda key: network.prefectures[key].num)
        )
        for group in groups:
            number = 256 * service.num + (0 if shared else network.prefectures[group].num)
            home = service.instances.home
            if home == "prefecture.home":
                home = network.prefectures[group].home
            refuge = next(center for center in network.data_centers if center != home)
            found.append(
                Instance(
                    name=f"{name}-{group}",
                    service=name,
                    group=group,
                    home=home,
                    refuge=refuge,
                    v4=Prefix(Family.V4, pool4.first + number, 32),
                    v6=Prefix(Family.V6, pool6.first + number, 128),
                )
            )
    return tuple(found)
