"""The intent of the whole network: what must and what may pass at each enforcement point."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from telemed_infra.intent.break_out import BreakOuts
from telemed_infra.intent.cut import Side, Standing, Topology, cut, passed_on, side
from telemed_infra.intent.derived import derived
from telemed_infra.intent.ends import End, Ends
from telemed_infra.intent.openings import Opening
from telemed_infra.intent.scope import label, scopes
from telemed_infra.model.network import Network
from telemed_infra.model.schema.policy_file import Policy
from telemed_infra.plan.points import EnforcementPoints


@dataclass(frozen=True, slots=True)
class Flow:
    """What one policy allows in one scope, end to end: every source to every target."""

    policy: Policy
    sources: tuple[End, ...]
    targets: tuple[End, ...]


class Meeting(NamedTuple):
    """One policy in one scope, as the points of a site meet it."""

    policy: Policy
    source: Side
    target: Side


class Intent:
    """Every policy, laid out once; cut at an enforcement point when that point is asked for."""

    def __init__(self, network: Network, points: EnforcementPoints, ends: Ends) -> None:
        self._points = points
        self._topology = Topology(network)
        self._sides: dict[tuple[str, tuple[int, ...]], Side] = {}
        self._meeting: dict[str, list[Meeting]] = defaultdict(list)
        self._last: tuple[str, list[Opening]] = ("", [])
        self._break_outs = BreakOuts(network)
        self.flows = tuple(self._flows(network, ends))

    def at(self, site: str) -> list[Opening]:
        """The openings of a site's enforcement point: policies in their order, derived ones last.

        Asked for the same site again, it returns the same list.
        """
        if self._last[0] != site:
            seen: dict[int, Standing] = {}
            openings = [
                Opening(
                    policy=policy.id,
                    origin=policy.origin,
                    zone_in=zone_in,
                    zone_out=zone_out,
                    sources=sources,
                    destinations=targets,
                    apps=policy.apps,
                    sense=f"{source.label}>{target.label}",
                )
                for policy, source, target in self._meeting[site]
                for zone_in, zone_out, sources, targets in cut(
                    _standing(seen, source, site), _standing(seen, target, site)
                )
            ]
            point = self._points.of(site)
            if point.passes_on:
                openings.extend(list(passed_on(openings)))
            openings.extend(self._break_outs.at(site))
            openings.extend(derived(point))
            self._last = (site, openings)
        return self._last[1]

    def meeting(self, site: str) -> tuple[Meeting, ...]:
        """The policies that have an end below a site's enforcement point, in their order."""
        return tuple(self._meeting.get(site, ()))

    def _flows(self, network: Network, ends: Ends) -> Iterable[Flow]:
        for policy in network.policies:
            if policy.to.internet:
                guests, internet = ends.of(policy.source), ends.of(policy.to)
                self._break_outs.add(policy, guests)
                yield Flow(policy, guests, internet)
                continue
            for scope, sources, targets in scopes(
                policy, ends.of(policy.source), ends.of(policy.to)
            ):
                source = self._side(label(policy.source, scope), sources)
                target = self._side(label(policy.to, scope), targets)
                for point in dict.fromkeys((*source.inside, *target.inside)):
                    self._meeting[point].append(Meeting(policy, source, target))
                yield Flow(policy, sources, targets)

    def _side(self, name: str, ends: tuple[End, ...]) -> Side:
        key = (name, tuple(map(id, ends)))
        if key not in self._sides:
            self._sides[key] = side(name, ends, self._topology)
        return self._sides[key]


def _standing(seen: dict[int, Standing], one: Side, point: str) -> Standing:
    """The side as seen from the point, found once."""
    found = seen.get(id(one))
    if found is None:
        found = seen[id(one)] = Standing(one, point)
    return found


def written(openings: Iterable[Opening]) -> list[Opening]:
    """The openings that policies write, without derived and tolerated ones."""
    return [one for one in openings if one.policy[0] in "PN"]
