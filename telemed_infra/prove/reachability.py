"""What arrives at each device, against what the plan lets arrive, while something may be lost.

The plan is followed for itself: what begins somewhere that stands goes from neighbour to neighbour
as far as the plan's sets let it, over lines that stand. That is what each device has to hear, and
nothing else; no text is asked, no path and no preference. A device without a text neither tells nor
hears anything, so that where a platform's routing is not written yet the rest is still compared.
Source: docs/concepts/routing.md, "What is told", "States".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.plan.links import LineKind
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.plan.reach import Reach
from telemed_infra.plan.routing import RoutingPlan, Source, View
from telemed_infra.prove.findings import Finding
from telemed_infra.prove.propagation import NO_LOSS, Key, Loss, Routes

Services = Mapping[str, Iterable[str]]
"""The addresses "a/len" of the instances that stand on a service edge now, by its device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is lost, in words too, and where services stand meanwhile."""

    name: str
    loss: Loss = NO_LOSS
    services: Services = field(default_factory=dict)


class Reachability:
    """One family of a network; `written` are the devices whose texts are read."""

    def __init__(
        self,
        devices: Iterable[Device],
        routing: RoutingPlan,
        written: Collection[str],
        family: Family,
    ) -> None:
        self.family = family
        self._devices = {one.name: one for one in devices if one.name in written}
        self._views = {
            name: [
                one
                for one in routing.of(device)
                if one.session.family is family and one.other.device.name in self._devices
            ]
            for name, device in self._devices.items()
        }
        self._begins = {
            name: [one for one in routing.originates(device) if one.prefix.family is family]
            for name, device in self._devices.items()
        }
        self._defaults = {
            (name, view.other.device.name): frozenset(map(_key, view.begins_default))
            for name, views in self._views.items()
            for view in views
            if view.begins_default
        }
        self._firewalls = {
            name: other.device.name
            for name, device in self._devices.items()
            for line, _, other in routing.lines_of(device)
            if line.kind is LineKind.FIREWALL and other.device.name in self._devices
        }
        self._takes: dict[tuple[Reach, ...], frozenset[Key]] = {}

    def findings(self, scene: Scene, routes: Routes) -> Iterator[Finding]:
        """What a device hears too much, and what it does not hear."""
        for name, peer in sorted(routes.closed):
            says = f"{scene.name}: its session with {peer} is closed: it is told too many prefixes"
            yield Finding(device=name, line=0, kind="excess", says=says)
        for name, wanted in self.expected(scene).items():
            heard = routes.known.get(name, {}).keys()
            own = {_key(one.prefix) for one in self._begins[name]} | self._own(name, scene)
            for kind, what, found in (
                ("missing", "does not hear", wanted - heard - own),
                ("excess", "hears", heard - wanted),
            ):
                if found:
                    says = f"{scene.name}: {what} {self._text(min(found))}"
                    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
                    yield Finding(device=name, line=0, kind=kind, says=says + more)

    def expected(self, scene: Scene) -> dict[str, set[Key]]:
        """What each device that stands knows by the plan, its own blocks with it."""
        alive = [name for name in self._devices if name not in scene.loss.devices]
        known = {name: self._own(name, scene) for name in alive}
        universe = frozenset(
            {key for some in known.values() for key in some}
            | {_key(one.prefix) for name in alive for one in self._begins[name]}
            | {Key(0, 0)}
        )
        self._takes.clear()
        grows = True
        while grows:
            grows = False
            for name in alive:
                before = len(known[name])
                for view in self._views[name]:
                    known[name] |= self._told(view, known, scene.loss, universe)
                known[name] |= self._aggregates(name, known[name])
                grows |= len(known[name]) > before
        return known

    def _own(self, name: str, scene: Scene) -> set[Key]:
        """What begins here whatever the neighbours tell."""
        found = set()
        for one in self._begins[name]:
            firewall = self._firewalls.get(name)
            cut = firewall is not None and scene.loss.parts(name, firewall)
            here = one.source in (Source.DISCARD, Source.MEMBER)
            if here or (one.source is Source.FIREWALL and not cut):
                found.add(_key(one.prefix))
        for text in scene.services.get(name, ()):
            network = ip_network(text)
            if network.version == self.family:
                found.add(Key(network.prefixlen, int(network.network_address)))
        return found

    def _told(
        self, view: View, known: Mapping[str, set[Key]], loss: Loss, universe: frozenset[Key]
    ) -> set[Key]:
        """What the other end knows, may tell, and is heard to tell."""
        own, other = view.own.device.name, view.other.device.name
        if other not in known or loss.parts(own, other):
            return set()
        told = known[other] - {Key(0, 0)} if (other, own) in self._defaults else set(known[other])
        if self._defaults.get((other, own), frozenset()) & known[other]:
            told.add(Key(0, 0))
        reaches = view.takes.reaches
        if reaches not in self._takes:
            self._takes[reaches] = frozenset(
                key for key in universe if any(_within(key, one) for one in reaches)
            )
        return told & self._takes[reaches]

    def _aggregates(self, name: str, known: set[Key]) -> set[Key]:
        """The aggregates of which some part is known."""
        return {
            _key(one.prefix)
            for one in self._begins[name]
            if one.source is Source.LEARNED
            and any(
                key.length > one.prefix.length and one.prefix.first <= key.first <= one.prefix.last
                for key in known
            )
        }

    def _text(self, key: Key) -> str:
        return f"{address_text(self.family, key.first)}/{key.length}"


def _key(prefix: Prefix) -> Key:
    return Key(prefix.length, prefix.first)


def _within(key: Key, reach: Reach) -> bool:
    inside = reach.prefix.first <= key.first <= reach.prefix.last
    return inside and reach.shortest <= key.length <= reach.longest
