"""Which routes arrive where: a fixpoint over the sessions of all texts, whatever the plan says.

Devices are joined by what their texts say: two sessions meet if each names the other's address, AS
and key. Then each tells its neighbours what it knows best, until nobody has anything new to say
(`parse/route_exchange.py`). What is lost, a device or a line, takes its sessions along, and the
networks and static routes of both ends of its lines.

A line is a network of two addresses (/31, /127); the other ways between devices are taken to be up.
Among routes for one prefix the best is chosen as all platforms do: own, preference, path, metric
of one neighbouring AS, eBGP, and at last the lower address, in place of the router id.
Source: RFC 4271 §9.1.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_interface
from typing import NamedTuple

from telemed_infra.packets import Family, Range, union
from telemed_infra.parse.prefixes import PrefixSet, joined, prefixes_within
from telemed_infra.parse.route_exchange import (
    Heard,
    Table,
    hears,
    in_bgp,
    local_routes,
    says,
    too_many,
)
from telemed_infra.parse.route_filter import Part, Route
from telemed_infra.parse.routes import RouteBehaviour, Session, StaticRoute
from telemed_infra.prove.meetings import (
    End,
    ends_of,
    lines_of,
    meetings_of,
    owners_of,
    version,
)

LOOPBACK = "lo"
TURNS_MAX = 1000
"""How often one device may speak before the routes count as never coming to rest."""


class Key(NamedTuple):
    """One prefix: its length, and its first address."""

    length: int
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What is gone: devices, lines between two devices, and ports with all that stands on them."""

    devices: frozenset[str] = frozenset()
    lines: frozenset[frozenset[str]] = frozenset()
    ports: frozenset[tuple[str, str]] = frozenset()  # device and interface

    def parts(self, one: str, other: str) -> bool:
        """Whether the two do not hear each other any more."""
        return bool({one, other} & self.devices) or frozenset((one, other)) in self.lines


NO_LOSS = Loss()


class Best(NamedTuple):
    """The chosen route for a prefix, and the session that it came by."""

    route: Route
    certain: bool
    by: Session


Known = dict[Key, Best]
Told = dict[tuple[str, str], tuple[Part, ...]]
"""By who hears it, and the neighbour's address: what the session has let in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Where everything has come to rest."""

    family: Family
    known: Mapping[str, Known]
    local: Mapping[str, tuple[Part, ...]]
    static: Mapping[str, tuple[StaticRoute, ...]]
    """Those of the main tables, of both families, that are there."""
    closed: frozenset[tuple[str, str]] = frozenset()
    """Device and neighbour of sessions that were told more prefixes than they take."""
    heard: Told = field(default_factory=dict, repr=False)

    def prefixes(self, device: str) -> PrefixSet:
        """All that a device has learned."""
        return _set(self.family, self.known.get(device, {}))


class Fabric:
    """The speakers of one family, with their sessions."""

    def __init__(self, behaviours: Mapping[str, RouteBehaviour], family: Family) -> None:
        self.family = family
        self.behaviours = behaviours
        self.owners = owners_of(behaviours, family)
        self.ends = tuple(ends_of(behaviours, family))
        self.meetings = tuple(meetings_of(behaviours, self.ends, self.owners))
        self._neighbours: dict[str, list[tuple[End, End]]] = {}
        for one, other in self.meetings:
            self._neighbours.setdefault(one.device, []).append((one, other))
            self._neighbours.setdefault(other.device, []).append((other, one))
        self._lines = lines_of(behaviours, family)
        self._stands: dict[tuple[str, frozenset[str]], _Standing] = {}

    def lonely(self) -> tuple[End, ...]:
        """Ends that nobody answers."""
        met = {(end.device, end.session.peer) for one in self.meetings for end in one}
        return tuple(end for end in self.ends if (end.device, end.session.peer) not in met)

    def settled(
        self,
        loss: Loss = NO_LOSS,
        extra: Mapping[str, Iterable[str]] | None = None,
        before: Routes | None = None,
    ) -> Routes:
        """What everybody knows at the end.

        `extra` are addresses "a/len" that devices have besides, on their loopback; `before` is
        where it all stood with the same ones and nothing lost, to begin from.
        Raises ArithmeticError if the routes never come to rest.
        """
        loss = self._with_lines(loss)
        alive = {
            name: self._standing(name, loss) for name in self.behaviours if name not in loss.devices
        }
        local = {
            name: (*one.local, *self._services(name, (extra or {}).get(name, ())))
            for name, one in alive.items()
        }
        static = {name: one.static for name, one in alive.items()}
        run = _Run(self, loss, local, static)
        if before is None:
            return run.routes(local)
        run.heard = {
            (device, peer): parts
            for (device, peer), parts in before.heard.items()
            if not loss.parts(device, self.owners.get(peer, device))
        }
        run.known = {name: before.known[name] for name in local}
        run.closed = {
            (device, peer)
            for device, peer in before.closed
            if not loss.parts(device, self.owners.get(peer, device))
        }
        return run.routes([name for name in local if self._touched(name, loss)])

    def _touched(self, name: str, loss: Loss) -> bool:
        """Whether a device that stands has lost a neighbour, a line or a port."""
        if any(name == device for device, _ in loss.ports):
            return True
        others = {other.device for _, other in self.neighbours(name)}
        others |= set(self._lines.get(name, {}).values())
        return any(loss.parts(name, other) for other in others)

    def neighbours(self, device: str) -> list[tuple[End, End]]:
        """The sessions of a device that somebody answers, its own end first."""
        return self._neighbours.get(device, [])

    def next_device(self, address: str) -> str | None:
        """Who has an address, if any text says so."""
        return self.owners.get(address)

    def _standing(self, name: str, loss: Loss) -> _Standing:
        """What is left where lines are down: their networks go, and the routes by them."""
        ends = self._lines.get(name, {}).items()
        gone = {address for address, other in ends if loss.parts(name, other)}
        for device, port in loss.ports:
            gone.update(self._on_port(name, port) if device == name else ())
        down = frozenset(gone)
        if (name, down) not in self._stands:
            self._stands[name, down] = _left(self.behaviours[name], self.family, down)
        return self._stands[name, down]

    def _with_lines(self, loss: Loss) -> Loss:
        """With the lines that end on lost ports; their sessions go with them."""
        ends = (
            (name, self._lines.get(name, {}).get(address))
            for name, port in loss.ports
            for address in self._on_port(name, port)
        )
        lost = {frozenset((name, other)) for name, other in ends if other is not None}
        return replace(loss, lines=loss.lines | lost) if lost else loss

    def _on_port(self, device: str, port: str) -> Iterator[str]:
        """The addresses of a port and of its subinterfaces."""
        for name, some in self.behaviours[device].addresses.items():
            if port in (name, name.partition(".")[0]):
                yield from some

    def _services(self, name: str, extra: Iterable[str]) -> Iterator[Part]:
        route = Route(source=self.behaviours[name].connected, interface=LOOPBACK)
        found = (Part(prefixes_within(one), route, certain=True) for one in extra)
        return (part for part in found if part.prefixes.family is self.family)


class _Standing(NamedTuple):
    """What a device has by itself, and its static routes of the main table."""

    local: tuple[Part, ...]
    static: tuple[StaticRoute, ...]


def _left(behaviour: RouteBehaviour, family: Family, down: frozenset[str]) -> _Standing:
    addresses = {
        port: tuple(one for one in some if one not in down)
        for port, some in behaviour.addresses.items()
    }
    up = [ip_interface(one).network for some in addresses.values() for one in some]
    static = tuple(
        one
        for one in behaviour.static_routes
        if not one.vrf
        and (not version(one.target) or any(ip_address(one.target) in network for network in up))
    )
    left = replace(behaviour, addresses=addresses, static_routes=static)
    return _Standing(local_routes(left, family), static)


class _Run:
    """One way from a beginning to rest."""

    def __init__(
        self,
        fabric: Fabric,
        loss: Loss,
        local: Mapping[str, tuple[Part, ...]],
        static: Mapping[str, tuple[StaticRoute, ...]],
    ) -> None:
        self.fabric = fabric
        self.loss = loss
        self.local = local
        self.static = static
        self.heard: Told = {}
        self.closed: set[tuple[str, str]] = set()
        self.known: dict[str, Known] = {}

    def routes(self, first: Iterable[str]) -> Routes:
        """Where it all comes to rest, if some devices have something new to say."""
        waiting = deque(first)
        queued = set(waiting)
        turns = dict.fromkeys(self.local, 0)
        while waiting:
            name = waiting.popleft()
            queued.discard(name)
            turns[name] += 1
            if turns[name] > TURNS_MAX:
                raise ArithmeticError(f"the routes of {name} never come to rest")
            for other in self._speaks(name):
                if other not in queued:
                    waiting.append(other)
                    queued.add(other)
        return Routes(
            family=self.fabric.family,
            known=self.known,
            local=self.local,
            static=self.static,
            closed=frozenset(self.closed),
            heard=self.heard,
        )

    def _speaks(self, name: str) -> Iterator[str]:
        """Tells each neighbour what is known now; those for whom that is news."""
        ends = [
            (own, other)
            for own, other in self.fabric.neighbours(name)
            if not self.loss.parts(own.device, other.device)
        ]
        if not ends:
            self.known[name] = {}
            return
        router = self.fabric.behaviours[name].routers[0]
        found = best((own.session, self.heard.get((name, own.session.peer), ())) for own, _ in ends)
        own_routes, _ = in_bgp(router, self._table(name, found))
        for part in own_routes:
            for key in keys(part.prefixes):
                found.pop(key, None)
        self.known[name] = found
        table = self._table(name, found)
        for own, other in ends:
            told = says(router, own.session, own.exchange, table)
            place = (other.device, other.session.peer)
            self.closed.discard(place)
            if too_many(other.exchange, told):
                self.closed.add(place)
                told = ()
            parts = _normal(hears(other.session, other.exchange, told))
            if parts != self.heard.get(place, ()):
                self.heard[place] = parts
                yield other.device

    def _table(self, name: str, known: Known) -> Table:
        family = self.fabric.family
        return Table(family=family, local=self.local[name], heard=_as_heard(family, known))


def best(heard: Iterable[tuple[Session, tuple[Part, ...]]]) -> Known:
    """The best route for each prefix of what some sessions have let in."""
    found: dict[Key, tuple[tuple[object, ...], Best]] = {}
    for session, parts in heard:
        for part in parts:
            rank = _rank(session, part.route)
            chosen = Best(part.route, part.certain, session)
            for key in keys(part.prefixes):
                if key not in found or rank < found[key][0]:
                    found[key] = (rank, chosen)
    return {key: one for key, (_, one) in found.items()}


def keys(prefixes: PrefixSet) -> Iterator[Key]:
    """Each prefix of a set that is not too large to be told one by one."""
    for length, ranges in enumerate(prefixes.lengths):
        size = 1 << (prefixes.family.bits - length)
        for low, high in ranges:
            yield from (Key(length, first) for first in range(low, high + 1, size))


def _rank(session: Session, route: Route) -> tuple[object, ...]:
    """The lower, the better.

    Metrics are compared whatever the neighbour's AS: paths of one length to one prefix come from
    one AS, or have none.
    """
    path = route.as_path
    return (
        -route.local_preference,
        len(path) if path is not None else 1 << 16,
        route.med or 0,
        not session.external,
        int(ip_address(session.peer)),
    )


def _as_heard(family: Family, known: Known) -> tuple[Heard, ...]:
    by: dict[str, tuple[Session, dict[tuple[Route, bool], list[Key]]]] = {}
    for key, one in known.items():
        _, routes = by.setdefault(one.by.peer, (one.by, {}))
        routes.setdefault((one.route, one.certain), []).append(key)
    return tuple(
        Heard(session, tuple(Part(_set(family, some), *of) for of, some in routes.items()))
        for session, routes in by.values()
    )


def _set(family: Family, some: Iterable[Key]) -> PrefixSet:
    lengths: list[list[Range]] = [[] for _ in range(family.bits + 1)]
    for length, first in some:
        lengths[length].append((first, first + (1 << (family.bits - length)) - 1))
    return PrefixSet(family, tuple(union(one) for one in lengths))


def _normal(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Equal routes in one part, in an order that depends on nothing but the parts."""
    by: dict[tuple[Route, bool], list[PrefixSet]] = {}
    for prefixes, route, certain in parts:
        by.setdefault((route, certain), []).append(prefixes)
    found = (Part(joined(sets[0].family, sets), *of) for of, sets in by.items())
    return tuple(sorted(found, key=lambda part: (part.prefixes.lengths, repr(part.route))))
