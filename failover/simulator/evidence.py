"""What the agents are told of the world: probes, positions, hospitals, the witness. All may lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from failover.core.effects import Event, Mirrored, Observed, Positioned, Probed, Witnessed
from failover.core.messages import Report
from failover.core.plan import Durability
from failover.simulator.links import HOSPITALS, REACH, REPORT, SITES, WATCH, WITNESS

if TYPE_CHECKING:
    from failover.simulator.world import World

PULSE_S = 0.7  # positions; probes and the witness at each second pulse
REPORT_S = 1.4
_REACHED = {
    (False, False): frozenset[str](),
    (True, False): frozenset({"A"}),
    (False, True): frozenset({"B"}),
    (True, True): frozenset({"A", "B"}),
}


class Evidence:
    """Sends what is observed, again and again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sequence = dict.fromkeys(HOSPITALS, 0)
        self.no_uplink = dict.fromkeys(HOSPITALS, 0)
        self.lying = dict.fromkeys(HOSPITALS, 0)
        self.gone = dict.fromkeys(HOSPITALS, 0)
        self.slow = dict.fromkeys(SITES, 0)
        self.probes_lie = dict.fromkeys(SITES, 0)
        self.probes_gone = dict.fromkeys(SITES, 0)

    def begin(self) -> None:
        """Start everything at its own phase."""
        rng, queue = self._world.rng, self._world.queue
        for site in SITES:
            queue.at(rng.uniform(0, PULSE_S), self._pulse, site, 0)
        for hospital in HOSPITALS:
            queue.at(rng.uniform(0, REPORT_S), self._report, hospital)

    def _pulse(self, site: str, count: int) -> None:
        world = self._world
        world.queue.at(world.queue.now_s + PULSE_S, self._pulse, site, count + 1)
        place = world.sites[site]
        agents = [each.agent for each in place.machines if each.running and not each.agent.frozen]
        if not agents:
            return
        events = self._positions(site)
        if count % 2:
            events += self._probes(site)
            events += self._witness(site)
        for agent in agents:
            agent.deliver(*events)

    def _positions(self, site: str) -> list[Event]:
        data = self._world.data
        events: list[Event] = []
        for name, group in data.groups.items():
            if group.durability is Durability.STATELESS:
                continue
            data.settle(name)
            events.append(Positioned(name, data.position(name, site)))
            if group.durability is Durability.SYNCHRONOUS and data.copies[name][site].primary:
                events.append(Mirrored(name, data.mirrored(name, site)))
        return events

    def _probes(self, site: str) -> list[Event]:
        if self.probes_gone[site]:
            return []
        failed, lie = self._world.sites[site].failed, bool(self.probes_lie[site])
        return [Probed(name, (not failed[name]) != lie) for name in self._world.data.groups]

    def _witness(self, site: str) -> list[Event]:
        world, other = self._world, _other(site)
        if world.witness_down or not world.links.both_up(WATCH, site, WITNESS):
            return []
        reaches = world.links.both_up(WATCH, other, WITNESS) and world.sites[other].running
        return [Witnessed(reaches)]

    def _report(self, hospital: str) -> None:
        world = self._world
        world.queue.at(world.queue.now_s + REPORT_S, self._report, hospital)
        if self.gone[hospital]:
            return
        self._sequence[hospital] += 1
        lie = bool(self.lying[hospital])
        reached = _REACHED[self._reaches(hospital, "A") != lie, self._reaches(hospital, "B") != lie]
        slow = frozenset(site for site in SITES if self.slow[site] and site in reached)
        report = Report(
            hospital, self._sequence[hospital], reached, slow, not self.no_uplink[hospital]
        )
        for site in SITES:
            if world.links.get(REPORT, hospital, site).delay() is None:
                continue
            for machine in world.sites[site].machines:
                if machine.running:
                    machine.agent.deliver(Observed(report))

    def _reaches(self, hospital: str, site: str) -> bool:
        links = self._world.links
        return (
            not links.get(REPORT, hospital, site).cut
            and not links.get(REACH, site, hospital).cut
            and self._world.sites[site].running
        )


def _other(site: str) -> str:
    return SITES[1] if site == SITES[0] else SITES[0]
