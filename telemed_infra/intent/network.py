"""The intent of the whole network: openings by enforcement point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from telemed_infra.intent.cut import Side, Topology, cut, side
from telemed_infra.intent.derived import derived
from telemed_infra.intent.ends import End, Ends
from telemed_infra.intent.openings import Opening
from telemed_infra.intent.scope import label, scopes
from telemed_infra.model.network import Network
from telemed_infra.model.schema.policy_file import Policy
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.points import EnforcementPoint


@dataclass(frozen=True, slots=True)
class Flow:
    """What one policy allows in one scope, end to end: every source to every target."""

    policy: Policy
    sources: tuple[End, ...]
    targets: tuple[End, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What must and what may pass, everywhere."""

    flows: tuple[Flow, ...]
    openings: dict[str, list[Opening]]       # enforcement point (site id) → openings


def network_intent(
    network: Network, plan: NetworkPlan, points: dict[str, EnforcementPoint], ends: Ends
) -> Intent:
    """Every policy cut at every enforcement point, and the derived openings after them."""
    topology = Topology(network)
    openings: dict[str, list[Opening]] = {site: [] for site in points}
    flows: list[Flow] = []
    sides: dict[tuple[str, tuple[int, ...]], Side] = {}

    def side_of(name: str, some: tuple[End, ...]) -> Side:
        key = (name, tuple(map(id, some)))
        if key not in sides:
            sides[key] = side(name, some, topology)
        return sides[key]

    for policy in network.policies:
        for scope, sources, targets in scopes(
            policy, ends.of(policy.source), ends.of(policy.to)
        ):
            flows.append(Flow(policy, sources, targets))
            products = cut(
                side_of(label(policy.source, scope), sources),
                side_of(label(policy.to, scope), targets),
            )
            for point, (zone_in, zone_out, source, target) in products:
                openings[point].append(Opening(
                    policy=policy.id, origin=policy.origin, zone_in=zone_in, zone_out=zone_out,
                    sources=source, destinations=target, apps=policy.apps,
                ))
    for point in points.values():
        openings[point.site.id].extend(derived(point))
    return Intent(flows=tuple(flows), openings=openings)


def written(openings: Iterable[Opening]) -> list[Opening]:
    """The openings that policies write, without derived and tolerated ones."""
    return [one for one in openings if one.policy[0] in "PN"]
