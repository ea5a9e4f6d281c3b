"""What arrives at each site, against what the plan lets it reach, while something may be lost.

Of each device: it hears nothing that no neighbour of the plan may tell it. Of each site: its
members together hear all that their neighbours may tell and that begins somewhere that still
stands. So whatever is lost, a site must go on reaching everything that is not lost itself; of
losses that cut a site off that is not true, and it is told.
Source: docs/concepts/routing.md, "What is told", "States".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from telemed_infra.model.network import Device, Network
from telemed_infra.packets import Family
from telemed_infra.parse.prefixes import PrefixSet, joined, no_prefixes, prefixes_within
from telemed_infra.plan.prefix import Prefix
from telemed_infra.plan.routing import RoutingPlan, View
from telemed_infra.prove.findings import Finding
from telemed_infra.prove.propagation import NO_LOSS, Fabric, Loss, Routes
from telemed_infra.prove.router_sessions import set_of

Services = Mapping[str, Iterable[str]]
"""The addresses "a/len" of the instances that stand on a service edge now, by its device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is lost, in words too, and where services stand meanwhile."""

    name: str
    loss: Loss = NO_LOSS
    services: Services = field(default_factory=dict)


class Reachability:
    """One family of a network whose texts are read; devices without a text say nothing."""

    def __init__(
        self, network: Network, routing: RoutingPlan, fabric: Fabric, family: Family
    ) -> None:
        self.family = family
        self._views: dict[str, tuple[View, ...]] = {}
        self._begins: dict[str, PrefixSet] = {}
        self._sites: dict[str, list[Device]] = {}
        for device in network.devices:
            views = [one for one in routing.of(device) if one.session.family is family]
            if not views or device.name not in fabric.behaviours:
                continue
            self._views[device.name] = tuple(views)
            begins = (one.prefix for one in routing.originates(device))
            self._begins[device.name] = joined(
                family, (_itself(one) for one in begins if one.family is family)
            )
            self._sites.setdefault(f"{device.site.id} {device.role}", []).append(device)

    def findings(self, scene: Scene, routes: Routes) -> Iterator[Finding]:
        """What a device hears too much, and what a site does not hear."""
        for name, peer in sorted(routes.closed):
            says = f"{scene.name}: its session with {peer} is closed: it is told too many prefixes"
            yield Finding(device=name, line=0, kind="excess", says=says)
        begun = self._begun(scene)
        for members in self._sites.values():
            alive = [one for one in members if one.name not in scene.loss.devices]
            for device in alive:
                yield from self._too_much(scene, routes, device)
            if alive:
                yield from self._too_little(scene, routes, alive, begun)

    def _too_much(self, scene: Scene, routes: Routes, device: Device) -> Iterator[Finding]:
        may = self._takes(self._views[device.name])
        found = routes.prefixes(device.name) - may
        if found:
            says = f"{scene.name}: hears {found}, {found.witness()} for one, which nobody may tell"
            yield Finding(device=device.name, line=0, kind="excess", says=says)

    def _too_little(
        self, scene: Scene, routes: Routes, members: list[Device], begun: PrefixSet
    ) -> Iterator[Finding]:
        must = joined(self.family, (self._takes(self._views[one.name]) for one in members)) & begun
        known = joined(self.family, (routes.prefixes(one.name) for one in members))
        own = joined(self.family, (self._begins[one.name] for one in members))
        found = must - known - own
        if found:
            names = " and ".join(one.name for one in members)
            says = f"{scene.name}: {names} do not hear {found}, {found.witness()} for one"
            yield Finding(device=members[0].name, line=0, kind="missing", says=says)

    def _takes(self, views: Iterable[View]) -> PrefixSet:
        return joined(self.family, {set_of(self.family, view.takes.reaches) for view in views})

    def _begun(self, scene: Scene) -> PrefixSet:
        """All that begins at a device that stands; a default route while some centre does."""
        alive = [name for name in self._begins if name not in scene.loss.devices]
        begun = joined(self.family, {self._begins[name] for name in alive})
        standing = (
            prefixes_within(one)
            for name, some in scene.services.items()
            if name not in scene.loss.devices
            for one in some
        )
        services = joined(self.family, (one for one in standing if one.family is self.family))
        conditions = {
            one for name in alive for view in self._views[name] for one in view.begins_default
        }
        default = no_prefixes(self.family)
        if joined(self.family, map(_itself, conditions)) & begun:
            default = _itself(Prefix(self.family, 0, 0))
        return begun | services | default


def _itself(prefix: Prefix) -> PrefixSet:
    return prefixes_within(prefix.text)
