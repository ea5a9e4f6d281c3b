"""A group's service addresses in BGP: announced where they stand, with the owner's term.

The guard puts an address on `lo` while its door is open, with a lifetime that the kernel ends; FRR
announces what stands there. Nothing of that waits for this actuator. What it adds is the metric
(MED): the later a term, the lower the metric, so that a router which compares the metrics of all
its neighbours sends nobody to a frozen owner whose route is not gone yet.

    route-map SERVICES-V4 permit 65000       of the build: every service, a metric without a term
    route-map SERVICES-V4 permit <number>    of this actuator: the group's addresses, its term

It is looked up in bgpd each time. A restart of bgpd forgets it: what is announced then has the
metric without a term, which loses to any owner with one, until the next take.
Source: docs/concepts/failover.md, "Routes"; RFC 4271 §5.1.4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import NamedTuple

from failover.actuators.frr import Entry, Frr, Look, NoLook
from failover.actuators.port import DONE, Observation, Result, Role, done, not_done
from failover.core.cells import Term
from failover.plan_file.content import MoveGroup

ROUTE_MAPS: Mapping[int, str] = {4: "SERVICES-V4", 6: "SERVICES-V6"}  # by family; of the build
LAST_ENTRY = 65000  # theirs, of the build; those before it are ours
LOOPBACK = "lo"
# A metric is 32 bits: 4,000 generations of a million epochs.
GENERATIONS, EPOCHS = 4_000, 1_000_000
WITHOUT_TERM = GENERATIONS * EPOCHS  # the build's
WITHDRAWN_S_MAX = 1.0  # from an address that has gone to bgpd's knowing it
AGAIN_S = 0.1
_WORDS: Mapping[int, str] = {4: "ip", 6: "ipv6"}


def metric_of(term: Term) -> int:
    """The metric of a term: of two terms, the greater has the lower metric."""
    generation, epoch = min(term.generation, GENERATIONS - 1), min(term.epoch, EPOCHS - 1)
    return (GENERATIONS - generation) * EPOCHS - epoch


def term_of(metric: int) -> Term | None:
    """The term that a metric tells; None: it tells none."""
    if not 0 < metric < WITHOUT_TERM:
        return None
    block = -(-metric // EPOCHS)
    return Term(GENERATIONS - block, block * EPOCHS - metric)


class _Family(NamedTuple):
    """The group's addresses in one family."""

    version: int
    prefix_list: str
    addresses: tuple[str, ...]

    @property
    def route_map(self) -> str:
        return ROUTE_MAPS[self.version]

    @property
    def matches(self) -> frozenset[str]:
        word = _WORDS[self.version]
        return frozenset(
            {f"interface {LOOPBACK}", f"{word} address prefix-list {self.prefix_list}"}
        )


def bgp_actuators(groups: Sequence[MoveGroup], frr: Frr) -> dict[str, BgpActuator]:
    """An actuator for each group that is announced, by the group's name.

    Its entry has its place in the plan for a number, so that all groups must be given.
    """
    return {
        each.group.name: BgpActuator(frr, each, number)
        for number, each in enumerate(groups, start=1)
        if each.actuators.bgp
    }


class BgpActuator:
    """`Actuator` for the routes of one group."""

    name = "bgp"

    def __init__(self, frr: Frr, group: MoveGroup, number: int) -> None:
        """`number`: of the group's entry in the route maps, below `LAST_ENTRY`; no other's."""
        if not 0 < number < LAST_ENTRY:
            raise ValueError(f"entry {number} of a route map")
        self._frr = frr
        self._number = number
        found = [
            str(ip_address(address))
            for instance in group.instances
            for address in (instance.v4, instance.v6)
            if address
        ]
        self._families = tuple(
            _Family(version, f"{group.group.name}-V{version}", addresses)
            for version in ROUTE_MAPS
            if (addresses := tuple(one for one in found if ip_address(one).version == version))
        )
        self._addresses = tuple(found)

    async def observe(self) -> Observation:
        """See `Actuator.observe`. Groups share a look, which may be `KEPT_S` old."""
        look = await self._frr.watch()
        if isinstance(look, NoLook):
            role = Role.DOWN if look.down else Role.UNKNOWN
            return Observation(role=role, fit=False, why=look.why)
        here = self._announced(look)
        words = [_sessions(look)]
        if here:
            missing = [one for one in self._addresses if one not in here]
            words.append(f"announces {len(here)} of {len(self._addresses)} addresses")
            words += [f"not {missing[0]}"] if missing else []
            words += self._without_term(look)
        return Observation(
            role=Role.SERVES if here else Role.STANDS_BY,
            fit=bool(look.established) and not self._missing_maps(look),
            why="; ".join([*words, *self._missing_maps(look)]),
            term=self._seen_term(look),
        )

    async def prepare(self, term: Term) -> Result:  # noqa: ARG002 (nothing of it is kept)
        """See `Actuator.prepare`: ready if what is announced here would be heard."""
        look = await self._frr.look()
        if isinstance(look, NoLook):
            return not_done(look.why)
        problems = [*self._missing_maps(look), *([] if look.established else [_sessions(look)])]
        return not_done("; ".join(problems)) if problems else DONE

    async def take(self, term: Term) -> Result:
        """See `Actuator.take`. Sessions that are down do not stop it: they may come back."""
        look = await self._frr.look()
        if isinstance(look, NoLook):
            return not_done(look.why)
        seen = self._seen_term(look)
        if seen is not None and seen > term:
            return not_done(f"refused: the routes have been announced for the later {_words(seen)}")
        missing = self._missing_maps(look)
        if missing:
            return not_done("; ".join(missing))
        changed = await self._frr.change(list(self._lines(look, metric_of(term))))
        if isinstance(changed, NoLook):
            return not_done(changed.why)
        if not self._has(changed, metric_of(term)):
            return not_done("bgpd has not taken the entries of the route maps")
        if not changed.established:
            return done(f"{_sessions(changed)}: nobody hears it yet")
        return done(f"announced with metric {metric_of(term)} where the guard opens")

    async def release(self, term: Term) -> Result:  # noqa: ARG002 (any owner's is to be gone)
        """See `Actuator.release`: done when nothing of the group is announced here.

        The addresses go with the doors, by the guard; this waits until bgpd knows.
        """
        end_s = asyncio.get_running_loop().time() + WITHDRAWN_S_MAX
        while True:
            look = await self._frr.look()
            if isinstance(look, NoLook):
                # Who does not run announces nothing: its neighbours drop what it said.
                return done(look.why) if look.down else not_done(look.why)
            here = self._announced(look)
            if not here:
                return DONE
            if asyncio.get_running_loop().time() >= end_s:
                return not_done(f"{here[0]} is still announced: it stands on {LOOPBACK}")
            await asyncio.sleep(AGAIN_S)

    async def relax(self, term: Term) -> Result:  # noqa: ARG002
        """See `Actuator.relax`: nothing to a route."""
        return DONE

    async def tighten(self, term: Term) -> Result:  # noqa: ARG002
        """See `Actuator.tighten`: nothing to a route."""
        return DONE

    async def close(self) -> None:
        """See `Actuator.close`. Nothing is kept open; what is announced stays announced."""

    def _lines(self, look: Look, metric: int) -> Iterator[str]:
        """The group's entry as it should be; entries of other numbers that speak of it go."""
        for family in self._families:
            word = _WORDS[family.version]
            for entry in look.entries:
                if entry.route_map == family.route_map and self._is_in_the_way(entry, family):
                    yield f"no route-map {family.route_map} permit {entry.number}"
            yield f"no {word} prefix-list {family.prefix_list}"
            for place, address in enumerate(family.addresses, start=1):
                single = f"{address}/{ip_address(address).max_prefixlen}"
                yield f"{word} prefix-list {family.prefix_list} seq {place} permit {single}"
            yield f"route-map {family.route_map} permit {self._number}"
            yield from sorted(f"match {each}" for each in family.matches)
            yield f"set metric {metric}"
            yield "exit"

    def _is_in_the_way(self, entry: Entry, family: _Family) -> bool:
        """Another group's at our number, or ours at another: left by an older plan."""
        ours = f"{_WORDS[family.version]} address prefix-list {family.prefix_list}" in entry.matches
        return ours != (entry.number == self._number)

    def _own_entries(self, look: Look) -> dict[int, Entry]:
        """By family, the entry that gives the group's addresses their metric."""
        return {
            family.version: entry
            for family in self._families
            for entry in look.entries
            if entry.route_map == family.route_map and entry.matches == family.matches
        }

    def _has(self, look: Look, metric: int) -> bool:
        own = self._own_entries(look)
        return len(own) == len(self._families) and all(
            (entry.number, entry.metric) == (self._number, metric) for entry in own.values()
        )

    def _seen_term(self, look: Look) -> Term | None:
        terms = [
            term
            for entry in self._own_entries(look).values()
            if entry.metric is not None and (term := term_of(entry.metric)) is not None
        ]
        return max(terms, default=None)

    def _announced(self, look: Look) -> list[str]:
        return [one for one in self._addresses if one in look.routes]

    def _without_term(self, look: Look) -> list[str]:
        bare = [one for one in self._announced(look) if term_of(look.routes[one]) is None]
        return [f"{bare[0]} without a term: bgpd was restarted since the take"] if bare else []

    def _missing_maps(self, look: Look) -> list[str]:
        there = {entry.route_map for entry in look.entries if entry.number == LAST_ENTRY}
        return [
            f"FRR has no route map {family.route_map}: load the text that the build has for here"
            for family in self._families
            if family.route_map not in there
        ][:1]


def _sessions(look: Look) -> str:
    count = len(look.sessions)
    if not count:
        return "FRR has no BGP neighbour"
    return f"{len(look.established)} of {count} BGP sessions stand"


def _words(term: Term) -> str:
    return f"term {term.generation}.{term.epoch}"
