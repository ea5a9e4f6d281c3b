"""What a blueprint asks of its enforcing platform that this one cannot give.

Told before anything is built, at the line that chose the platform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from telemed_infra.model.network import Device, Network, Site
from telemed_infra.plan.platforms import PLATFORMS, PlatformFacts
from telemed_infra.problem import Problem


@dataclass(frozen=True, slots=True)
class Need:
    """Something that some sites need of the platform that enforces there."""

    asked: Callable[[Device], bool]
    met: Callable[[PlatformFacts], bool]
    problem: str  # what the platform lacks
    otherwise: str  # how to do without


NEEDS = (
    Need(
        lambda device: True,  # noqa: ARG005
        lambda facts: facts.filters,
        "filters nothing, so it cannot be the enforcing role",
        "name another role in `enforcing`",
    ),
    Need(
        lambda device: any(
            uplink.medium == "lte" and uplink.port.startswith(device.role)
            for uplink in device.blueprint.uplinks
        ),
        lambda facts: not facts.filters or bool(facts.lte),
        "has no interface to a mobile network, and an uplink is `medium: lte`",
        "take that uplink out of the blueprint",
    ),
    Need(
        lambda device: (
            device.blueprint.tunnels_from_below
            or any(uplink.to == "tunnel" for uplink in device.blueprint.uplinks)
        ),
        lambda facts: not facts.filters or bool(facts.tunnel),
        "has no tunnel interface, and the blueprint joins its sites by tunnels",
        "join them by lines",
    ),
)


def beyond_the_platforms(network: Network) -> Iterator[Problem]:
    """Each need that is not met; what a county or a blueprint chose is told once."""
    told: set[tuple[str, str, str]] = set()
    for device in _enforcing(network):
        facts = PLATFORMS[device.platform]
        for need in NEEDS:
            if need.met(facts) or not need.asked(device):
                continue
            origin, field = _chosen(device)
            row = (origin, device.site.kind, need.problem)
            if row not in told:
                told.add(row)
                yield Problem.at(
                    origin,
                    field,
                    f"as {device.role} of a {device.site.kind}, {device.platform} {need.problem}",
                    f"choose {_able(need)}, or {need.otherwise}",
                )


def _enforcing(network: Network) -> Iterator[Device]:
    for device in network.devices:
        if device.role == device.site.blueprint.enforcing:
            yield device


def _able(need: Need) -> str:
    able = (name for name, facts in PLATFORMS.items() if facts.filters and need.met(facts))
    return " or ".join(able) or "a platform that can"


def _chosen(device: Device) -> tuple[str, str]:
    """Where the platform was chosen: by the site, its county or the blueprint."""
    site = device.site
    if site.vendor is None:
        return device.blueprint.devices[device.role].origin, f"devices.{device.role}.platform"
    if site.county and site.county.vendor == site.vendor:
        return site.county.origin, f"counties.{site.county_id}.vendor"
    return site.origin, f"{_entry(site)}.vendor"


def _entry(site: Site) -> str:
    """A site's place in its file."""
    if site.county is None:
        return f"{'hospitals' if site.prefecture else 'data_centers'}.{site.id}"
    below = {"county-center": "center", "county-hospital": f"hospitals.{site.id}"}
    return f"counties.{site.county_id}.{below.get(site.kind, f'townships.{site.id}')}"
