"""Names in rules and sets, resolved once the whole text is read: a use may precede its definition.

A name that nothing defines, a set without entries, a set within itself: each refuses the line that
says so, because what a device does with it is not known. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telemed_infra.packets import ANY_SERVICE, Service, subtract, union
from telemed_infra.parse.behaviour import LOCAL
from telemed_infra.parse.reading import Reading
from telemed_infra.parse.vrp.arguments import EVERY_ADDRESS, Addresses
from telemed_infra.parse.vrp.services import PREDEFINED
from telemed_infra.parse.vrp.usg_state import ANY, AddressTerm, ServiceTerm, Usg

Services = tuple[Service, ...]
NO_ADDRESSES = Addresses()
_EMPTY = "what a set without entries matches is not known"
_LOOP = "the set holds itself"
DEPTH_MAX = 32
"""How deep sets may nest; real devices stop much earlier."""


class References:
    """The resolved zones and sets of one text; remembers each set and that it was used."""

    def __init__(self, state: Usg, reading: Reading, zones: Mapping[str, frozenset[str]]) -> None:
        self.zones = zones
        self.everywhere = frozenset({LOCAL}).union(*zones.values())
        self._state = state
        self._reading = reading
        self._address_sets: dict[str, Addresses] = {}
        self._service_sets: dict[str, Services] = {}
        self._open: list[str] = []

    def interfaces(self, terms: Mapping[str, int]) -> frozenset[str]:
        """The interfaces of zones; of every zone if none is named or `any` is."""
        if not terms or self._is_any(terms):
            return self.everywhere
        if len(terms) == 1:
            ((name, line),) = terms.items()
            return self._zone(name, line)
        return frozenset().union(*(self._zone(name, line) for name, line in terms.items()))

    def addresses(
        self, terms: Mapping[AddressTerm, int], excluded: Mapping[AddressTerm, int]
    ) -> Addresses:
        """The union of the terms, every address if there is none, without the excluded ones."""
        included = EVERY_ADDRESS
        if terms and not self._is_any(terms):
            included = self._union(terms)
        if not excluded:
            return included
        removed = self._union(excluded)
        return Addresses(subtract(included.v4, removed.v4), subtract(included.v6, removed.v6))

    def services(self, terms: Mapping[ServiceTerm, int]) -> Services:
        """The services of all terms; any service if there is none."""
        if not terms or self._is_any(terms):
            return (ANY_SERVICE,)
        return _every_service([self._service_term(term, line) for term, line in terms.items()])

    def unused(self) -> tuple[str, ...]:
        """The sets that no rule names, not even by way of another set."""
        return (
            *(f"address-set {name}" for name in self._state.address_sets
              if name not in self._address_sets),
            *(f"service-set {name}" for name in self._state.service_sets
              if name not in self._service_sets),
        )  # fmt: skip

    def address_sets(self) -> frozenset[str]:
        """The address sets that were asked for."""
        return frozenset(self._address_sets)

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

    def _union(self, terms: Mapping[AddressTerm, int]) -> Addresses:
        return _every_address([self._address_term(term, line) for term, line in terms.items()])

    def _address_term(self, term: AddressTerm, line: int) -> Addresses:
        if isinstance(term, Addresses):
            return term
        known = self._address_sets.get(term)
        if known is not None:
            return known
        held = self._state.address_sets.get(term)
        if held is None:
            self._reading.refuse(line, f"there is no address set {term}")
            return NO_ADDRESSES
        if not self._may_open(term, line, empty=not held.entries):
            return NO_ADDRESSES
        found = [self._address_term(entry, at) for entry, at in held.entries.values()]
        self._open.pop()
        result = self._address_sets[term] = _every_address(found)
        return result

    def _service_term(self, term: ServiceTerm, line: int) -> Services:
        if not isinstance(term, str):
            return term
        known = self._service_sets.get(term) or PREDEFINED.get(term)
        if known is not None:
            return known
        held = self._state.service_sets.get(term)
        if held is None:
            self._reading.refuse(line, f"there is no service {term} that the parser knows")
            return ()
        if not self._may_open(term, line, empty=not held.entries):
            return ()
        found = [self._service_term(entry, at) for entry, at in held.entries.values()]
        self._open.pop()
        result = self._service_sets[term] = _every_service(found)
        return result

    def _may_open(self, name: str, line: int, *, empty: bool) -> bool:
        if empty:
            self._reading.refuse(line, _EMPTY)
        elif name in self._open or len(self._open) >= DEPTH_MAX:
            self._reading.refuse(line, _LOOP)
        else:
            self._open.append(name)
            return True
        return False


def _every_address(found: list[Addresses]) -> Addresses:
    """The union, in normal form; what is alone is in it already."""
    if len(found) == 1:
        return found[0]
    return Addresses(
        union([part for each in found for part in each.v4]),
        union([part for each in found for part in each.v6]),
    )


def _every_service(found: list[Services]) -> Services:
    """All of them in their order, each once."""
    if len(found) == 1 and len(found[0]) == 1:
        return found[0]
    return tuple(dict.fromkeys([service for services in found for service in services]))
