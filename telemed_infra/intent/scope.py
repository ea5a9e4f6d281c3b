"""Who reaches whom: cuts the two sides of a policy into scopes whose members all meet.

Source: docs/concepts/policies.md, "Who reaches whom".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from telemed_infra.intent.ends import End
from telemed_infra.model.schema.policy_file import Policy, Selector

Ends2 = tuple[str, tuple[End, ...], tuple[End, ...]]  # scope's name, sources, targets

ByKey = dict[str | None, tuple[End, ...]]

KIND_LABELS = {
    "data-center": "DC",
    "provincial-hospital": "PH",
    "city-hospital": "CH",
    "county-center": "CC",
    "county-hospital": "KH",
    "township": "TW",
}
TENANTS = set(KIND_LABELS) - {"data-center"}


def scopes(policy: Policy, sources: tuple[End, ...], targets: tuple[End, ...]) -> Iterator[Ends2]:
    """The scopes of a policy; within one, each source may open to each target."""
    within = policy.to.within
    if within:
        yield from _alike(
            _by_key(sources, lambda end: end.within(within)),
            _by_key(targets, lambda end: end.within(within)),
        )
    elif policy.source.service or policy.to.service:
        yield from _tenants_of(_by_key(sources, _tenants), _by_key(targets, _tenants))
    else:
        yield "", sources, targets


def _alike(sources: ByKey, targets: ByKey) -> Iterator[Ends2]:
    for key, some in sources.items():
        if key is not None and key in targets:
            yield key, some, targets[key]


def _tenants_of(sources: ByKey, targets: ByKey) -> Iterator[Ends2]:
    """Those of no group reach everybody and are reached by everybody; the others their own."""
    everybody = sources.pop(None, ())
    if everybody:
        yield "", everybody, tuple(end for some in targets.values() for end in some)
    for_all = targets.pop(None, ())
    if for_all and sources:
        yield "", tuple(end for some in sources.values() for end in some), for_all
    yield from _alike(sources, targets)


def _tenants(end: End) -> str | None:
    return None if end.shared else end.prefecture


def _by_key(ends: Iterable[End], key: Callable[[End], str | None]) -> ByKey:
    found: dict[str | None, list[End]] = {}
    for end in ends:
        found.setdefault(key(end), []).append(end)
    return {name: tuple(some) for name, some in found.items()}


def label(selector: Selector, scope: str) -> str:
    """A short name for the ends of a selector in a scope, for address groups on devices."""
    kinds = (selector.kind,) if isinstance(selector.kind, str) else selector.kind or ()
    parts = ["SITES"] if set(kinds) == TENANTS else [KIND_LABELS[kind] for kind in kinds]
    servers = [name.upper() for name in selector.management or ()]
    groups = "MULTICAST" if selector.multicast else None
    hosts = [name.upper() for name in selector.failover or ()]
    chosen = (
        *(("FAILOVER", *hosts) if hosts else ()),
        *(("MANAGEMENT", *servers) if servers else ()),
        groups,
        selector.service,
        selector.partner,
        "INTERNET" if selector.internet else None,
        selector.site,
        selector.county,
        selector.prefecture,
        selector.group,
        selector.devices,
        selector.zone,
        scope,
    )
    return "-".join([*parts, *filter(None, chosen)])
