"""What an inventory asks of a platform that cannot give it: told before anything is built."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.network import Device, Network, Site
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.plan.platforms import PLATFORMS, PlatformFacts
from telemed_infra.problem import Problem


def beyond_the_platforms(network: Network) -> Iterator[Problem]:
    """Each need of a blueprint that its enforcing platform does not meet, where that was chosen.

    A county's or a blueprint's choice is told once, however many sites it is about.
    """
    told: set[tuple[str, str]] = set()
    for site in network.sites.values():
        for device in network.devices_of(site):
            if device.role != site.blueprint.enforcing:
                continue
            origin, field = _chosen(device)
            for lacks, hint in _lacks(site.blueprint, device.role, PLATFORMS[device.platform]):
                if (origin, lacks) not in told:
                    told.add((origin, lacks))
                    text = f"{device.platform} {lacks}, and a {site.kind} needs that"
                    yield Problem.at(origin, field, text, hint)


def _lacks(
    blueprint: BlueprintFile, role: str, facts: PlatformFacts
) -> Iterator[tuple[str, str]]:
    """What the platform lacks, and how to mend it."""
    other = "choose another platform: {} can"
    if not facts.filters:
        able = _able(lambda one: one.filters)
        yield f"filters nothing, and `enforcing` is {role}", other.format(able)
        return
    own = [uplink for uplink in blueprint.uplinks if uplink.port[: -len(":0")].startswith(role)]
    if not facts.lte and any(uplink.medium == "lte" for uplink in own):
        able = _able(lambda one: one.filters and bool(one.lte))
        yield "has no interface to the mobile network", other.format(able)
