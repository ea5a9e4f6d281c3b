"""How much there is of what: the same numbers for `telemed check`, a build and a playbook."""

from __future__ import annotations

from collections import Counter

from telemed_infra.model.network import Network
from telemed_infra.plan.network import NetworkPlan

HOSPITALS = ("provincial-hospital", "city-hospital", "county-hospital")


def counts_of(network: Network, plan: NetworkPlan) -> dict[str, int]:
    """The sizes of a network. `endpoints` are sets of telemedicine equipment, not devices."""
    sites: Counter[str] = Counter(site.kind for site in network.sites.values())
    return {
        "sites": len(network.sites),
        "data_centers": sites["data-center"],
        "hospitals": sum(sites[kind] for kind in HOSPITALS),
        "county_centers": sites["county-center"],
        "townships": sites["township"],
        "devices": len(network.devices),
        "endpoints": sum(site.endpoints for site in network.sites.values()),
        "services": len(network.services),
        "instances": len(plan.instances),
        "policies": len(network.policies),
    }
