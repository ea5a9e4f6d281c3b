"""Which sites a selector speaks of, by its conditions on sites."""

from __future__ import annotations

from telemed_infra.model.network import Site
from telemed_infra.model.schema.policy_file import Selector


def matches(site: Site, selector: Selector) -> bool:
    """Whether every condition that the selector gives holds for the site."""
    kinds = (selector.kind,) if isinstance(selector.kind, str) else selector.kind
    return (
        (kinds is None or site.kind in kinds)
        and selector.site in (None, site.id)
        and selector.county in (None, site.county_id)
        and selector.prefecture in (None, site.prefecture.id if site.prefecture else "-")
        and (selector.group is None or selector.group in site.groups)
    )
