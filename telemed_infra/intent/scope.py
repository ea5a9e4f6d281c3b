"""Who reaches whom: cuts the two sides of a policy into scopes whose members all meet.

Source: docs/concepts/policies.md, "Who reaches whom".
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.intent.ends import End
from telemed_infra.model.schema.policy_file import Policy, Selector

Ends2 = tuple[str, tuple[End, ...], tuple[End, ...]]       # scope's name, sources, targets

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
    if policy.to.within:
        scope = policy.to.within
        keyed = _by_key(sources, lambda end: end.within(scope))
        others = _by_key(targets, lambda end: end.within(scope))
        for key, some in keyed.items():
            if key is not None and key in others:
                yield key, some, others[key]
        return
    if not (policy.source.service or policy.to.service):
        yield "", sources, targets
        return
    keyed = _by_key(sources, _tenants)
    others = _by_key(targets, _tenants)
    everybody = keyed.pop(None, ())
    if everybody:
        yield "", everybody, targets
    for_all = others.pop(None, ())
    if for_all and keyed:
        yield "", tuple(end for some in keyed.values() for end in some), for_all
    for key, some in keyed.items():
        if key in others:
            yield str(key), some, others[key]


def _tenants(end: End) -> str | None:
    return None if end.shared else end.prefecture


def _by_key(ends, key) -> dict[str | None, tuple[End, ...]]:  # type: ignore[no-untyped-def]
    found: dict[str | None, list[End]] = {}
    for end in ends:
        found.setdefault(key(end), []).append(end)
    return {name: tuple(some) for name, some in found.items()}


def label(selector: Selector, scope: str) -> str:
    """A short name for the ends of a selector in a scope, for address groups on devices."""
    kinds = (selector.kind,) if isinstance(selector.kind, str) else selector.kind or ()
    parts = ["SITES"] if set(kinds) == TENANTS else [KIND_LABELS[kind] for kind in kinds]
    for part in (selector.service, selector.partner, selector.site, selector.county,
                 selector.prefecture, selector.group, selector.devices, selector.zone, scope):
        if part:
            parts.append(part)
    return "-".join(parts)
