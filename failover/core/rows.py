"""Tables of rows: for each combination of facts exactly one row speaks, so order means nothing.

A table proves this when it is made, by trying every combination, and keeps what it found: a
decision is one look into a dictionary.
"""

from collections.abc import Mapping
from enum import Enum
from itertools import product
from typing import Generic, NamedTuple, TypeVar, get_type_hints

FactsT = TypeVar("FactsT", bound=tuple[Enum, ...])
VerdictT = TypeVar("VerdictT", bound=Enum)

OneOf = frozenset[Enum]
Cell = Enum | OneOf | None
ANY: Cell = None  # the fact has no say


def one_of(*values: Enum) -> OneOf:
    """A cell for several values."""
    return frozenset(values)


def none_of(*values: Enum) -> OneOf:
    """A cell for all other values of the same fact."""
    return frozenset(type(values[0])) - frozenset(values)


class Row(NamedTuple, Generic[VerdictT]):
    """What follows where every cell holds, and the sentence that a person is told."""

    id: str
    cells: tuple[Cell, ...]  # in the order of the table's facts
    verdict: VerdictT
    why: str


class TableFlawed(ValueError):
    """A table that leaves a combination of facts without an answer, or gives it two."""


class Table(Generic[FactsT, VerdictT]):
    """A total and disjoint set of rows over facts, a NamedTuple of enumerations.

    Raises TableFlawed, naming the facts that no row or two rows speak about, or the row.
    """

    __slots__ = ("_row_of", "domains", "name", "rows")

    def __init__(self, name: str, facts: type[FactsT], rows: tuple[Row[VerdictT], ...]) -> None:
        self.name = name
        self.rows = rows
        self.domains: Mapping[str, type[Enum]] = get_type_hints(facts)  # of each fact, in order
        self._row_of = self._compiled()

    def decide(self, facts: FactsT) -> Row[VerdictT]:
        """The one row that speaks about these facts."""
        return self._row_of[facts]

    def _compiled(self) -> dict[tuple[Enum, ...], Row[VerdictT]]:
        row_of: dict[tuple[Enum, ...], Row[VerdictT]] = {}
        for row in self.rows:
            for facts in product(*self._values(row)):
                if facts in row_of:
                    both = f"{row_of[facts].id} and {row.id}"
                    raise TableFlawed(f"{self.name}: {both} speak about {self._told(facts)}")
                row_of[facts] = row
        for facts in product(*self.domains.values()):
            if facts not in row_of:
                raise TableFlawed(f"{self.name}: no row speaks about {self._told(facts)}")
        return row_of

    def _values(self, row: Row[VerdictT]) -> list[list[Enum]]:
        if len(row.cells) != len(self.domains):
            raise TableFlawed(
                f"{self.name} {row.id}: {len(row.cells)} cells for {len(self.domains)} facts"
            )
        columns = zip(row.cells, self.domains.items(), strict=True)
        return [self._allowed(row, cell, fact, domain) for cell, (fact, domain) in columns]

    def _allowed(self, row: Row[VerdictT], cell: Cell, fact: str, domain: type[Enum]) -> list[Enum]:
        if cell is None:
            return list(domain)
        asked = cell if isinstance(cell, frozenset) else one_of(cell)
        if not asked:
            raise TableFlawed(f"{self.name} {row.id}: no {fact} is allowed")
        if strange := asked - frozenset(domain):
            raise TableFlawed(f"{self.name} {row.id}: {fact} cannot be {_words(strange)}")
        return [value for value in domain if value in asked]

    def _told(self, facts: tuple[Enum, ...]) -> str:
        named = zip(self.domains, facts, strict=True)
        return ", ".join(f"{name} {fact.value}" for name, fact in named)


def _words(values: OneOf) -> str:
    return ", ".join(sorted(f"{type(value).__name__}.{value.name}" for value in values))
