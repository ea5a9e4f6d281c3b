"""Access lists and object groups, resolved once the whole text is read.

A use may precede its definition in a text. A name that nothing defines, a group without terms or
within itself, a condition that no packet shows: each refuses the line that says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, cast

from telemed_infra.packets import ICMP6, Family, Ranges, icmp, union
from telemed_infra.parse.ios.boxes import Box, Region, TooManyError, common, without
from telemed_infra.parse.ios.entries import Group
from telemed_infra.parse.ios.services import Services
from telemed_infra.parse.ios.state import AccessList, Binding, Ios, Numbered
from telemed_infra.parse.reading import Reading

DEPTH_MAX = 16
NEIGHBOUR_DISCOVERY = (icmp(ICMP6, 136), icmp(ICMP6, 135))
"""What every IPv6 list with an entry permits before it denies the rest."""


class Step(NamedTuple):
    """An entry of a list with its packets; `established` speaks of no first packet."""

    permits: bool
    box: Box
    established: bool


class Resolver:
    """The lists and groups of one text; remembers what it has resolved and what was used."""

    def __init__(self, state: Ios, reading: Reading) -> None:
        self.state = state
        self.reading = reading
        self.used_lists: set[str] = set()
        self.used_groups: set[str] = set()
        self._lists: dict[str, tuple[Step, ...]] = {}
        self._regions: dict[tuple[str, bool], Region] = {}
        self._groups: dict[tuple[str, bool], tuple[Ranges | Services, ...]] = {}
        self._open: list[str] = []

    def bound(self, binding: Binding, family: Family, effect: str) -> tuple[Step, ...] | None:
        """The steps of a list that a line binds; None if it has none, which permits everything."""
        found = self.state.lists.get(binding.name)
        if found is not None and found.family is not family:
            self.reading.refuse(binding.line, f"{binding.name} is a list of the other family")
            return None
        if found is None or not found.entries:
            is_there = "is empty" if found else "is defined nowhere"
            self.reading.refuse(
                binding.line, f"access list {binding.name} {is_there}: {effect} everything"
            )
            return None
        return self.steps(found)

    def steps(self, held: AccessList) -> tuple[Step, ...]:
        """The entries of a list in order, without what holds for all that is left."""
        self.used_lists.add(held.name)
        found = self._lists.get(held.name)
        if found is None:
            found = self._lists[held.name] = tuple(
                step for one in held.in_order() for step in self._step(one)
            )
        return found

    def permitted(self, held: AccessList, *, replies: bool) -> Region:
        """What a list permits, as a set: of first packets, or of replies."""
        key = (held.name, replies)
        found = self._regions.get(key)
        if found is None:
            try:
                found = _permitted(self.steps(held), replies=replies)
            except TooManyError:
                self.reading.refuse(held.line, "the list falls into too many pieces to be judged")
                found = ()
            self._regions[key] = found
        return found

    def _step(self, one: Numbered) -> Iterable[Step]:
        entry, line, name = one
        if entry.conditions:
            self.reading.refuse(
                line, f"when `{entry.conditions[0]}` holds is not shown by what is modelled"
            )
        sources = self._addresses(entry.source, line)
        destinations = self._addresses(entry.destination, line)
        services = self._services(entry.services, line)
        if sources and destinations and services:
            box = Box(entry.family, sources, destinations, services, line, name, entry.logs)
            yield Step(entry.permits, box, entry.established)

    def _addresses(self, term: Ranges | Group, line: int) -> Ranges:
        if not isinstance(term, Group):
            return term
        atoms = cast("tuple[Ranges, ...]", self._atoms(term.name, line, addresses=True))
        return _united(atoms)

    def _services(self, term: Services | Group, line: int) -> Services:
        if not isinstance(term, Group):
            return term
        atoms = cast("tuple[Services, ...]", self._atoms(term.name, line, addresses=False))
        return tuple(dict.fromkeys(service for atom in atoms for service in atom))

    def _atoms(self, name: str, line: int, *, addresses: bool) -> tuple[Ranges | Services, ...]:
        """The terms of a group and of the groups in it."""
        self.used_groups.add(name)
        known = self._groups.get((name, addresses))
        if known is not None:
            return known
        held = self.state.groups.get(name)
        if held is None or held.addresses is not addresses:
            kind = "networks" if addresses else "services"
            self.reading.refuse(line, f"there is no object group of {kind} {name}")
            return ()
        if not held.terms:
            self.reading.refuse(line, f"object group {name} is empty, so the line is not taken")
            return ()
        if name in self._open or len(self._open) >= DEPTH_MAX:
            self.reading.refuse(line, "the group holds itself")
            return ()
        self._open.append(name)
        found: list[Ranges | Services] = []
        for term, at in held.terms.items():
            if isinstance(term, Group):
                found += self._atoms(term.name, at, addresses=addresses)
            else:
                found.append(term)
        self._open.pop()
        self._groups[name, addresses] = tuple(found)
        return tuple(found)


@lru_cache(1 << 12)  # many entries name one group
def _united(atoms: tuple[Ranges, ...]) -> Ranges:
    return union(part for atom in atoms for part in atom)


def _permitted(steps: Iterable[Step], *, replies: bool) -> Region:
    denied: list[Box] = []
    found: list[Box] = []
    for permits, box, established in steps:
        if established and not replies:
            continue
        if not permits:
            denied.append(box)
            continue
        pieces = [box]
        for one in denied:
            if common(box, one) is not None:
                pieces = without(pieces, one)
        found += pieces
    return tuple(found)
