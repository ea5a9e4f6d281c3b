"""Names in rules and groups, resolved once the whole text is read, since a use may come first.

A name that nothing defines, a group without objects, a group within itself: each refuses the line
that says so, because what a device does with it is not known. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telemed_infra.packets import (
    ANY_SERVICE,
    FAMILIES,
    NO_RANGES,
    Family,
    Ranges,
    Service,
    subtract,
    union,
)
from telemed_infra.parse.behaviour import LOCAL
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.secpath.services import PREDEFINED
from telemed_infra.parse.secpath.state import ANY, AddressTerm, Entry, SecPath, ServiceTerm
from telemed_infra.parse.vrp.arguments import Addresses

Services = tuple[Service, ...]
_EMPTY = "what a group without objects matches is not known"
_LOOP = "the group holds itself"
_DEEP = "groups nest five deep at most"
DEPTH_MAX = 5
_GROUPS = {Family.V4: "ip address group", Family.V6: "ipv6 address group"}


class References:
    """The resolved zones and groups of one text; remembers each group and that it was used."""

    def __init__(
        self, state: SecPath, reading: Reading, zones: Mapping[str, frozenset[str]]
    ) -> None:
        self.zones = zones
        self.everywhere = frozenset({LOCAL}).union(*zones.values())
        self._state = state
        self._reading = reading
        self._addresses: dict[Family, dict[str, Ranges]] = {family: {} for family in FAMILIES}
        self._services: dict[str, Services] = {}
        self._open: list[str] = []

    def interfaces(self, terms: Mapping[str, int]) -> frozenset[str]:
        """The interfaces of zones; of every zone if none is named or `any` is."""
        if not terms or self._is_any(terms):
            return self.everywhere
        if len(terms) == 1:
            ((name, line),) = terms.items()
            return self._zone(name, line)
        return frozenset().union(*(self._zone(name, line) for name, line in terms.items()))

    def addresses(self, terms: Mapping[AddressTerm, int], family: Family) -> Ranges:
        """The union of the terms; every address of the family if there is none."""
        if not terms or self._is_any(terms):
            return family.every_address
        found = [self._address_term(term, line, family) for term, line in terms.items()]
        return found[0] if len(found) == 1 else union([part for each in found for part in each])

    def services(self, terms: Mapping[ServiceTerm, int]) -> Services:
        """The services of all terms; any service if there is none."""
        if not terms or self._is_any(terms):
            return (ANY_SERVICE,)
        return _every_service([self._service_term(term, line) for term, line in terms.items()])

    def unused(self) -> tuple[str, ...]:
        """The groups that no rule names, not even by way of another group."""
        addresses = self._state.address_groups
        return (
            *(f"{_GROUPS[family]} {group.name}"
              for family in FAMILIES for key, group in addresses[family].items()
              if key not in self._addresses[family]),
            *(f"service group {group.name}" for key, group in self._state.service_groups.items()
              if key not in self._services),
        )  # fmt: skip

    def _is_any(self, terms: Mapping[Any, int]) -> bool:
        if ANY not in terms:
            return False
        if len(terms) > 1:
            self._reading.refuse(terms[ANY], "`any` beside other values of its kind")
        return True

    def _zone(self, name: str, line: int) -> frozenset[str]:
        found = self.zones.get(name)
        if found is None:
            self._reading.refuse(line, f"there is no zone {name}")
            return frozenset()
        return found

    def _address_term(self, term: AddressTerm, line: int, family: Family) -> Ranges:
        if isinstance(term, Addresses):
            return term.v4 if family is Family.V4 else term.v6
        known = self._addresses[family].get(term)
        if known is not None:
            return known
        if term == ANY:
            return family.every_address
        held = self._state.address_groups[family].get(term)
        if held is None:
            self._reading.refuse(line, f"there is no {_GROUPS[family]} {term}")
            return NO_RANGES
        if not self._may_open(term, line, empty=not held.entries):
            return NO_RANGES
        parts = [self._entry(entry, family) for entry in held.entries.values()]
        self._open.pop()
        result = union([part for each in parts for part in each])
        self._addresses[family][term] = result
        return result

    def _entry(self, entry: Entry[AddressTerm], family: Family) -> Ranges:
        found = self._address_term(entry.value, entry.line, family)
        if not entry.excluded:
            return found
        removed = [self._address_term(term, line, family) for term, line in entry.excluded.items()]
        return subtract(found, union([part for each in removed for part in each]))

    def _service_term(self, term: ServiceTerm, line: int) -> Services:
        if not isinstance(term, str):
            return term
        known = self._services.get(term) or PREDEFINED.get(term)
        if known is not None:
            return known
        if term == ANY:
            return (ANY_SERVICE,)
        held = self._state.service_groups.get(term)
        if held is None:
            self._reading.refuse(line, f"there is no service group {term} that the parser knows")
            return ()
        if not self._may_open(term, line, empty=not held.entries):
            return ()
        parts = [self._service_term(entry.value, entry.line) for entry in held.entries.values()]
        self._open.pop()
        result = self._services[term] = _every_service(parts)
        return result

    def _may_open(self, name: str, line: int, *, empty: bool) -> bool:
        if empty:
            self._reading.refuse(line, _EMPTY)
        elif name in self._open:
            self._reading.refuse(line, _LOOP)
        elif len(self._open) >= DEPTH_MAX:
            self._reading.refuse(line, _DEEP)
        else:
            self._open.append(name)
            return True
        return False


def _every_service(found: list[Services]) -> Services:
    """All of them in their order, each once."""
    if len(found) == 1:
        return found[0]
    return tuple(dict.fromkeys([service for services in found for service in services]))
