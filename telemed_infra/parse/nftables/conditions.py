"""Conditions of a rule, from words to what they leave of all packets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from telemed_infra.parse.nftables.fields import Field, field_at
from telemed_infra.parse.nftables.lookups import Elements, Row, read_elements
from telemed_infra.parse.nftables.match import Draft, narrow
from telemed_infra.parse.nftables.statements import closing
from telemed_infra.parse.nftables.tokens import END, Unreadable
from telemed_infra.parse.nftables.values import (
    ADDRESS_KINDS,
    EVERY_STATE,
    NAME_KINDS,
    UNIVERSES,
    Value,
    compared,
    complement,
    read_values,
)
from telemed_infra.parse.nftables.verdicts import Verdict

_EQUAL = {"==", "eq"}
_UNEQUAL = {"!=", "ne"}
_COMPARED = {
    "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "<": "<", ">": ">", "<=": "<=", ">=": ">=",
}  # fmt: skip
_OPERATORS = _EQUAL | _UNEQUAL | set(_COMPARED) | {"!"}


# More than any statement looks ahead.
_ENDS = (END,) * 12


class Hole(NamedTuple):
    """Where a rule's words name the addresses that a condition of it wants."""

    slot: str
    kind: str
    start: int
    end: int  # every other word is a comma


class Conditions:
    """The conditions read so far, and the place in a rule's words."""

    def __init__(self, words: list[str], sets: Mapping[str, Elements] | None) -> None:
        self.words = [*words, *_ENDS]
        self.at = 0
        self.sets = sets
        self.draft: Draft = {}
        """Narrowed by every condition of one field."""
        self.alternatives: list[list[Draft]] = []
        """For each concatenation: the drafts of its elements, any of which may match."""
        self.excepted: list[Draft] = []
        """What `!=` of names and of concatenations takes away."""
        self.verdicts: list[tuple[Draft, Verdict]] | None = None
        """The verdict map: no packet is in two of its drafts."""
        self.used: list[str] = []
        """Names of the sets that are looked up."""
        self.holes: list[Hole] = []
        """Where the addresses stand, if `is_plain`."""
        self.is_plain = True
        """Whether addresses are compared at most once each, with plain values or one set."""

    @property
    def is_empty(self) -> bool:
        """Whether no condition was read yet."""
        return not (self.draft or self.alternatives or self.excepted or self.verdicts is not None)

    def read(self, field: Field, at: int) -> None:
        """Read the condition on a field, whose operator or value begins at a word."""
        word = self.words[at]
        self.at = at
        if word in {".", "vmap"}:
            self._lookup([field])
            return
        operator = ""
        if word in _OPERATORS:
            operator = word
            self.at = at = at + 1
            word = self.words[at]
        if field.kind == "ct_state" and word[:1] not in {"{", "@"}:
            self._states(operator)
        elif operator:
            self._compare(field, operator, self._value(field))
            self.is_plain &= field.kind not in ADDRESS_KINDS
        else:
            value = self._value(field)
            if field.kind in ADDRESS_KINDS:
                self._note_hole(field, at)
            field.narrow(self.draft, value)

    def _note_hole(self, field: Field, start: int) -> None:
        end = self.at
        if self.words[start] == "{":
            start, end = start + 1, end - 1
            values = self.words[start:end:2]
            commas = self.words[start + 1 : end : 2]
            self.is_plain &= commas.count(",") == len(commas) and "{" not in values
        else:
            self.is_plain &= end == start + 1
        self.is_plain &= field.slot not in self.draft
        self.holes.append(Hole(field.slot, field.kind, start, end))

    def _compare(self, field: Field, operator: str, value: Value) -> None:
        if operator in _EQUAL:
            field.narrow(self.draft, value)
        elif operator in _COMPARED and field.kind in UNIVERSES:
            field.narrow(self.draft, compared(field.kind, _COMPARED[operator], value))
        elif operator not in _UNEQUAL:
            raise Unreadable(f"`{operator}` before the value of {field.slot}")
        elif field.kind in NAME_KINDS:
            excepted: Draft = {}
            field.narrow(excepted, value)
            self.excepted.append(excepted)
        else:
            field.narrow(self.draft, complement(field.kind, value))

    def _value(self, field: Field) -> Value:
        """The value that begins at a word: a set's name, an anonymous set, or words."""
        words, at = self.words, self.at
        word = words[at]
        if word == "{" or word[:1] == "@":
            rows = self._elements((field.kind,), is_map=False).rows
            return rows[0].values[0]
        if words[at + 1][:1] == "-":
            word, at = word + "-" + (words[at + 1][1:] or words[at + 2]), at + 1
            at += 1 if words[at] == "-" else 0
        self.at = at + 1
        return read_values(field.kind, (word,))

    def _states(self, operator: str) -> None:
        """A list of connection states. nft reads `!= a,b` as `is not a and b at once`."""
        items = [self.words[self.at]]
        while self.words[self.at + 1] in {",", "|"}:
            items.append(self.words[self.at + 2])
            self.at += 2
        self.at += 1
        value = read_values("ct_state", tuple(items))
        states = value if isinstance(value, int) else 0
        several = states & (states - 1)
        if operator in _EQUAL:
            states = 0 if several else states
        elif operator in _UNEQUAL:
            states = EVERY_STATE if several else EVERY_STATE & ~states
        elif operator == "!":
            states = EVERY_STATE & ~states
        elif operator:
            raise Unreadable(f"`{operator}` before connection states")
        narrow(self.draft, "state", states)

    def _lookup(self, fields: list[Field]) -> None:
        """A concatenation, or a map: `iifname . oifname vmap { … }`."""
        words = self.words
        while words[self.at] == ".":
            found = field_at(words, self.at + 1)
            if found is None:
                raise Unreadable(f"`{words[self.at + 1]}` is not a known field")
            fields.append(found[0])
            self.at = found[1]
        operator = words[self.at]
        if operator == "vmap" or operator in _EQUAL or operator in _UNEQUAL:
            self.at += 1
        if words[self.at][:1] not in {"{", "@"}:
            raise Unreadable("a concatenation or map without a set")
        kinds = tuple(field.kind for field in fields)
        self.is_plain &= ADDRESS_KINDS.isdisjoint(kinds)
        rows = self._elements(kinds, is_map=operator == "vmap").rows
        if operator == "vmap":
            self.verdicts = [
                (_drafted(fields, row), row.verdict) for row in rows if row.verdict is not None
            ]
        else:
            self._keep(fields, rows, unequal=operator in _UNEQUAL)

    def _keep(self, fields: list[Field], rows: tuple[Row, ...], *, unequal: bool) -> None:
        drafts = [_drafted(fields, row) for row in rows]
        if not unequal:
            self.alternatives.append(drafts)
            return
        self.excepted.extend(drafts)
        # What is compared must be there: `tcp dport` wants TCP, whatever the port.
        for field in fields:
            if field.kind in UNIVERSES:
                field.narrow(self.draft, UNIVERSES[field.kind])

    def _elements(self, kinds: tuple[str, ...], *, is_map: bool) -> Elements:
        """The named or anonymous set or map that begins here; passes it."""
        word = self.words[self.at]
        if word == "{":
            end = closing(self.words, self.at)
            inside = self.words[self.at + 1 : end]
            self.at = end + 1
            return read_elements(inside, kinds, is_map=is_map)
        self.at += 1
        name = word[1:]
        self.used.append(name)
        if self.sets is None:
            return _any_address(kinds)
        return named(self.sets, name, kinds, is_map=is_map)


def named(
    sets: Mapping[str, Elements], name: str, kinds: tuple[str, ...], *, is_map: bool
) -> Elements:
    """The set or map of that name, if a rule may look up such values in it."""
    found = sets.get(name)
    if found is None:
        raise Unreadable(f"no readable set `{name}` in this table")
    if found.changes:
        raise Unreadable(f"the elements of `{name}` change while the device runs")
    if found.kinds != kinds or found.is_map != is_map:
        raise Unreadable(f"`{name}` holds {' . '.join(found.kinds)}, not {' . '.join(kinds)}")
    return found


def _any_address(kinds: tuple[str, ...]) -> Elements:
    """What stands for a set while a shape is read."""
    if not ADDRESS_KINDS.issuperset(kinds):
        raise Unreadable("a set of other things than addresses: no shape")
    return Elements(kinds, is_map=False, rows=(Row(tuple(UNIVERSES[kind] for kind in kinds)),))


def _drafted(fields: list[Field], row: Row) -> Draft:
    draft: Draft = {}
    for field, value in zip(fields, row.values, strict=True):
        field.narrow(draft, value)
    return draft
