"""Which hospitals report the centres that they reach."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.network import Network, Site
from telemed_infra.model.schema.failover_file import ObserverSelector

HOSPITALS = ("provincial-hospital", "city-hospital", "county-hospital")


def observing(network: Network) -> Iterator[Site]:
    """Each hospital that one of the selectors matches, in the inventory's order."""
    selectors = network.failover.observers.sites
    for site in network.sites.values():
        if site.kind in HOSPITALS and any(_matches(one, site) for one in selectors):
            yield site


def _matches(selector: ObserverSelector, site: Site) -> bool:
    kinds = (selector.kind,) if isinstance(selector.kind, str) else selector.kind
    return (
        (kinds is None or site.kind in kinds)
        and selector.prefecture in (None, site.prefecture and site.prefecture.id)
        and selector.county in (None, site.county_id)
        and selector.site in (None, site.id)
        and (selector.group is None or selector.group in site.groups)
    )
