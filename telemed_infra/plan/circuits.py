"""Uplinks to the core that no circuit carries, and circuits that lead to no uplink.

Told before anything is built: a new site may stand in the inventory before its circuits do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from telemed_infra.model.network import Network
from telemed_infra.problem import Problem


def uncarried(network: Network) -> Iterator[Problem]:
    """A device has as many circuits to the centres as uplinks to the core."""
    there = Counter(
        circuit.ends[0]
        for circuit in network.circuits
        if circuit.ends[1].partition(".")[0] in network.data_centers
    )
    for site in network.sites.values():
        if site.kind == "data-center":
            continue  # its own core is in the next room
        uplinks = Counter(
            uplink.port.partition(":")[0]
            for blueprint in (site.blueprint, site.aggregation)
            for uplink in (blueprint.uplinks if blueprint else ())
            if uplink.to == "core"
        )
        for device, wanted in uplinks.items():
            found = there.get(f"{site.id}.{device}", 0)
            if found != wanted:
                yield Problem.at(
                    site.origin,
                    f"hospitals.{site.id}",
                    f"`{device}` has {found} circuits to the data centres, and {wanted} uplinks "
                    "to the core",
                    f"write one for each under `circuits`, with `{site.id}.{device}` as first end",
                )
