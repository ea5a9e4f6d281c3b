"""Which policy judges which way: zones, what is in none, and the device itself.

* zone to zone without a pair, or with one that has no policy: dropped;
* within a zone: open, unless the zone is paired with itself;
* zone to an interface without zone, and back: dropped; among these: open;
* to the device and from it: open, until a pair of that direction has a policy.

An interface that is shut passes nothing. One that has addresses speaks the families of these
(`ipv6 enable` counts) and no other; one that has none speaks both if it is in a zone, so that
nothing is taken for closed because a text is short, and none if it is in no zone. IPv4 is
forwarded unless `no ip routing` is said, IPv6 after `ipv6 unicast-routing` only; either way the
device speaks both. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.behaviour import LOCAL
from telemed_infra.parse.ios.policies import Policies, Policy
from telemed_infra.parse.ios.state import SELF, Ios, Port

NO_ZONE = ""
_INNER = ("Loopback", "Null", "NVI")
"""Nothing comes in or goes out by these."""
Names = frozenset[str]
_NONE: Names = frozenset()
OPEN: Policy = ()
"""The policy of a way that nothing judges."""


class Way(NamedTuple):
    """What goes from one group of interfaces to another; `policy` is `OPEN` if nothing judges."""

    source: str
    destination: str
    policy: Policy
    line: int


class Ways:
    """The open and judged ways between groups; every other way is closed."""

    def __init__(self, state: Ios, policies: Policies) -> None:
        self._groups = {family: _groups(state, family) for family in FAMILIES}
        self._routes = {Family.V4: state.routes4 is not False, Family.V6: state.routes6}
        self.names = tuple(dict.fromkeys(name for one in self._groups.values() for name in one))
        self._ways = {(one.source, one.destination): one for one in _judged(state, policies)}
        for one in _unjudged(state, self.names):
            self._ways.setdefault((one.source, one.destination), one)

    def __iter__(self) -> Iterator[Way]:
        return iter(self._ways.values())

    def between(self, source: str, destination: str) -> Way | None:
        """The way between two groups; None if it is closed."""
        return self._ways.get((source, destination))

    def ends(self, source: str, destination: str, family: Family) -> tuple[Names, Names]:
        """The interfaces that packets of a family come in and go out by; none if none do."""
        if not self._routes[family] and SELF not in (source, destination):
            return _NONE, _NONE
        groups = self._groups[family]
        ingress, egress = groups.get(source, _NONE), groups.get(destination, _NONE)
        return (ingress, egress) if ingress and egress else (_NONE, _NONE)


def spoken_families(port: Port) -> frozenset[Family]:
    """Of which families an interface has an address, or borrows one."""
    spoken = {Family.V6 if ":" in address else Family.V4 for address in port.addresses}
    if port.borrows:
        spoken.add(Family.V4)
    if port.enabled6:
        spoken.add(Family.V6)
    return frozenset(spoken)


def _groups(state: Ios, family: Family) -> dict[str, Names]:
    """The interfaces of each zone that speak a family, those in none, and the device."""
    found: dict[str, set[str]] = {name: set() for name in state.zones}
    found[NO_ZONE] = set()
    for name, port in state.ports.items():
        above = state.ports.get(name.partition(".")[0], port)
        if port.shut or above.shut or name.startswith(_INNER):
            continue
        spoken = spoken_families(port)
        if port.zone is not None and (family in spoken or not spoken):
            found.setdefault(port.zone.name, set()).add(name)
        elif port.zone is None and family in spoken:
            found[NO_ZONE].add(name)
    return {**{name: frozenset(names) for name, names in found.items()}, SELF: frozenset({LOCAL})}


def _judged(state: Ios, policies: Policies) -> Iterator[Way]:
    refuse = policies.resolver.reading.refuse
    for pair in state.pairs.values():
        ends = {pair.source, pair.destination}
        for name in sorted(ends - {SELF} - set(state.zones)):
            refuse(pair.line, f"there is no zone {name}")
        if ends == {SELF}:
            refuse(pair.line, "a pair leads from the device to itself")
        if pair.policy is not None:
            policy = policies.policy(*pair.policy)
            yield Way(pair.source, pair.destination, policy, pair.line)
        elif SELF in ends:
            refuse(pair.line, "what a pair with the device does without a policy is not known")


def _unjudged(state: Ios, groups: Iterable[str]) -> Iterator[Way]:
    for name in groups:
        line = state.zones.get(name, 0)
        if name != SELF:
            yield from (Way(name, other, OPEN, line) for other in (name, SELF))
            yield Way(SELF, name, OPEN, line)
